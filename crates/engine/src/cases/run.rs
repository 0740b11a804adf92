//! Running cases.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::NaiveDate;
use domain::SubjectKind;

use super::compare::{Comparison, colour};
use super::coverage::Coverage;
use super::{CaseReport, ReportLine};
use crate::explain::{put_in, state};
use crate::judge::{
    Binding, BindingTerms, Definitions, Facts, Judge, Missing, Population, Select, ranks,
};
use crate::rulebook::{Case, CaseFile, Expect, ParameterValue, Rulebook, Target};

/// Runs the cases of one rulebook; what is bound once serves all cases of the same day.
pub struct Runner<'r> {
    rulebook: &'r Rulebook,
    bindings: HashMap<(NaiveDate, Bound), Rc<Binding>>,
    coverage: Coverage,
    settings: HashMap<String, ParameterValue>,
}

/// What is bound for a case.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Bound {
    Policy(String),
    /// Every policy of the kind: what a combination needs.
    Policies(SubjectKind),
    Scorecard(String),
    Light(String),
    Variable(String, SubjectKind),
}

impl<'r> Runner<'r> {
    /// A runner over this rulebook.
    pub fn new(rulebook: &'r Rulebook) -> Self {
        Self {
            rulebook,
            bindings: HashMap::new(),
            coverage: Coverage::default(),
            settings: HashMap::new(),
        }
    }

    /// Puts these values in the place of parameters in every case that does not set them itself.
    pub fn settings(&mut self, settings: HashMap<String, ParameterValue>) {
        self.settings = settings;
    }

    /// Runs all cases of a file.
    pub fn run(&mut self, file: &CaseFile) -> Vec<CaseReport> {
        file.cases
            .iter()
            .map(|case| self.case(&file.path, case))
            .collect()
    }

    /// Runs all cases of the rulebook.
    pub fn run_all(&mut self) -> Vec<CaseReport> {
        let rulebook = self.rulebook;
        rulebook
            .case_files
            .iter()
            .flat_map(|file| self.run(file))
            .collect()
    }

    /// Which states of which clauses the cases have seen.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Runs one case.
    pub fn case(&mut self, path: &str, case: &Case) -> CaseReport {
        let mut report = CaseReport {
            name: case.name.clone(),
            path: path.to_owned(),
            span: case.span,
            target: case.target.clone(),
            doubtful: case.doubtful,
            official: case.source.is_some(),
            differences: Vec::new(),
            lines: Vec::new(),
        };
        let subjects: Vec<Facts> = if case.population.is_empty() {
            vec![Facts::of_case(&case.name, &case.given)]
        } else {
            // What `given` says beside a population holds for each of its subjects.
            case.population
                .iter()
                .map(|(id, given)| {
                    let all: Vec<_> = case.given.iter().chain(given).cloned().collect();
                    Facts::of_case(id, &all)
                })
                .collect()
        };
        let definitions: Definitions = subjects.iter().flat_map(Facts::definitions).collect();
        let mut set = self.settings.clone();
        set.extend(case.set.iter().cloned());
        let of_combination = |expect: &Expect| expect.saves.is_some() || expect.chosen.is_some();
        let combined = case.expect.iter().any(|(_, expect)| of_combination(expect));
        let binding = self.binding(case, &set, &definitions, combined);
        let population = Population::new(&binding, &subjects);
        let judges: Vec<Judge<'_>> = subjects
            .iter()
            .map(|facts| Judge::among(&binding, facts, &population))
            .collect();
        let ranks = binding.card.map_or_else(Vec::new, |card| {
            let totals: Vec<_> = judges
                .iter()
                .map(|judge| judge.card(card).score.number().cloned())
                .collect();
            ranks(&totals)
        });
        for (subject, expect) in &case.expect {
            let at = subject.as_ref().map_or(Some(0), |id| {
                subjects.iter().position(|facts| facts.subject_id == *id)
            });
            let Some(at) = at else {
                report.differences.push(super::Difference {
                    subject: subject.clone(),
                    what: "population".to_owned(),
                    expected: subject.clone().unwrap_or_default(),
                    got: "-".to_owned(),
                });
                continue;
            };
            let mut comparison = Comparison::new(subject.clone());
            let rank = ranks.get(at).copied().flatten();
            compare(case, &judges[at], expect, combined, rank, &mut comparison);
            if !comparison.differences.is_empty() {
                report
                    .lines
                    .extend(lines(case, &judges[at], subject.as_ref()));
            }
            report.differences.extend(comparison.differences);
        }
        if let Target::Policy(id) = &case.target {
            for judge in &judges {
                self.coverage.see(self.rulebook, judge, id);
            }
        }
        report
    }

    fn binding(
        &mut self,
        case: &Case,
        set: &HashMap<String, ParameterValue>,
        definitions: &Definitions,
        combined: bool,
    ) -> Rc<Binding> {
        let subject = self.subject(&case.target);
        let bound = match &case.target {
            Target::Policy(_) if combined => Bound::Policies(subject.clone()),
            Target::Policy(id) => Bound::Policy(id.clone()),
            Target::Scorecard(id) => Bound::Scorecard(id.clone()),
            Target::Light(id) => Bound::Light(id.clone()),
            Target::Variable(variable) => Bound::Variable(variable.name.clone(), subject.clone()),
        };
        let key = (case.as_of, bound);
        let plain = set.is_empty() && definitions.is_empty();
        if let Some(known) = self.bindings.get(&key).filter(|_| plain) {
            return Rc::clone(known);
        }
        let terms = BindingTerms {
            as_of: case.as_of,
            subject: &subject,
            set,
            definitions,
        };
        let select = |select| Rc::new(Binding::new(self.rulebook, &terms, select));
        let binding = match &key.1 {
            Bound::Policies(_) => select(Select::Policies),
            Bound::Policy(id) => select(Select::Some(std::slice::from_ref(id))),
            Bound::Scorecard(id) => select(Select::Scorecard(id)),
            Bound::Light(id) => select(Select::Light(id)),
            Bound::Variable(name, _) => select(Select::Variable(name)),
        };
        if plain {
            self.bindings.insert(key, Rc::clone(&binding));
        }
        binding
    }

    /// Whom a case judges.
    fn subject(&self, target: &Target) -> SubjectKind {
        let rulebook = self.rulebook;
        let found = match target {
            Target::Policy(id) => rulebook.policies.get(id).map(|policy| &policy.subject),
            Target::Scorecard(id) => rulebook.scorecards.get(id).map(|card| &card.subject),
            Target::Light(id) => rulebook.lights.get(id).map(|light| &light.subject),
            Target::Variable(variable) => Some(&variable.subject),
        };
        found.cloned().unwrap_or(SubjectKind::Enterprise)
    }
}

fn compare(
    case: &Case,
    judge: &Judge<'_>,
    expect: &Expect,
    combined: bool,
    rank: Option<usize>,
    comparison: &mut Comparison,
) {
    let binding = judge.binding();
    match &case.target {
        Target::Policy(id) => {
            if let (Some(bound), Some(result)) = (binding.policy(id), judge.policy(id)) {
                let combination = combined.then(|| judge.combination());
                comparison.policy(expect, bound, &result, combination.as_ref());
            }
        }
        Target::Scorecard(_) => {
            if let Some(card) = binding.card {
                comparison.card(expect, &judge.card(card), rank);
            }
        }
        Target::Light(_) => {
            if let Some(light) = judge.light() {
                comparison.light(expect, &light);
            }
        }
        Target::Variable(_) => {
            if let Some((term, ty)) = binding.variable {
                comparison.variable(expect, &judge.value(term), ty, &judge.missing(term));
            }
        }
    }
}

/// What each clause, item or aspect gave, to find out why a case fails.
fn lines(case: &Case, judge: &Judge<'_>, subject: Option<&String>) -> Vec<ReportLine> {
    let line = |id: &str, state: String, detail: String| ReportLine {
        subject: subject.cloned(),
        id: id.to_owned(),
        state,
        detail,
    };
    let list = |missing: &Missing| missing.iter().cloned().collect::<Vec<_>>().join(", ");
    let binding = judge.binding();
    match &case.target {
        Target::Policy(id) => clause_lines(judge, id, line),
        Target::Scorecard(_) => {
            let Some(card) = binding.card else {
                return Vec::new();
            };
            let result = judge.card(card);
            result
                .items
                .iter()
                .map(|item| {
                    let score = if item.score.is_null() {
                        "null".to_owned()
                    } else {
                        item.score.to_text(crate::expression::Type::Number)
                    };
                    let value = item.value.as_ref().map_or(String::new(), |(value, ty)| {
                        format!("value {} ", value.to_text(*ty))
                    });
                    line(&item.id, score, format!("{value}{}", list(&item.missing)))
                })
                .collect()
        }
        Target::Light(_) => {
            let Some(light) = judge.light() else {
                return Vec::new();
            };
            let aspects = light
                .aspects
                .iter()
                .map(|(id, colour)| line(id, colour.as_str().to_owned(), String::new()));
            let whole = line("light", colour(&light).to_owned(), list(&light.missing));
            aspects.chain([whole]).collect()
        }
        Target::Variable(variable) => {
            let Some((term, ty)) = binding.variable else {
                return Vec::new();
            };
            let detail = put_in_formula(judge, term);
            vec![line(&variable.name, judge.value(term).to_text(ty), detail)]
        }
    }
}

/// The clauses and the amount with the facts put in.
fn clause_lines(
    judge: &Judge<'_>,
    id: &str,
    line: impl Fn(&str, String, String) -> ReportLine,
) -> Vec<ReportLine> {
    let binding = judge.binding();
    let (Some(bound), Some(result)) = (binding.policy(id), judge.policy(id)) else {
        return Vec::new();
    };
    let clauses = bound
        .clauses
        .iter()
        .zip(&result.clauses)
        .map(|(clause, result)| {
            line(
                &clause.id,
                state(result.truth).to_owned(),
                put_in(judge, clause.when),
            )
        });
    let amount = bound.amount.map(|amount| {
        let value = result
            .amount
            .as_ref()
            .map_or("null".to_owned(), crate::judge::Exact::to_money_text);
        line("amount", value, put_in(judge, amount))
    });
    clauses.chain(amount).collect()
}

/// A variable's formula with the facts put in, not the value that stands for it.
fn put_in_formula(judge: &Judge<'_>, term: crate::judge::TermId) -> String {
    match &judge.binding().terms.get(term).kind {
        crate::judge::TermKind::Derived { formula, .. } => put_in(judge, *formula),
        _ => put_in(judge, term),
    }
}
