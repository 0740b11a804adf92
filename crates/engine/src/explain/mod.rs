//! Why a policy says what it says: clause by clause, down to the facts and where they come from.

mod card;
mod put_in;
mod render;

use domain::SubjectKind;
use serde::Serialize;

use crate::judge::{
    BoundClause, BoundPolicy, FactKey, FactTerm, Given, Judge, TermId, TermKind, Value, Verdict,
};
use crate::rulebook::{Clause, Label, Policy, Provenance, Rulebook, VariableKey};

pub use card::{CardExplained, ItemExplained};
pub use put_in::put_in;
pub use render::{Language, Words, to_markdown, to_text};

/// Words in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Label> for Bilingual {
    fn from(label: &Label) -> Self {
        Self {
            zh: label.zh().to_owned(),
            en: label.en().to_owned(),
        }
    }
}

/// A document of law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Legal {
    /// Name and number.
    pub cite: String,
    /// Article, paragraph, item.
    pub article: Option<String>,
    /// Whether somebody has seen the text.
    pub verified: bool,
}

/// A fact that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactExplained {
    /// Its name, with its period where that is not the current one.
    pub name: String,
    /// Words for people.
    pub label: Bilingual,
    /// Its value as reports write it; `None` where it is not known.
    pub value: Option<String>,
    /// The name under which it was given, where that is another: under the policy's own definition.
    pub given_as: Option<String>,
    /// What its formula gives, where it has one: beside a given value only where they differ.
    pub computed: Option<String>,
    /// What was given that cannot be used, and why.
    pub unusable: Option<(String, &'static str)>,
    /// Where it was taken from.
    pub source: Option<String>,
}

/// A clause for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseExplained {
    /// Its id.
    pub id: String,
    /// The law's own words.
    pub text: Bilingual,
    /// What it rests on.
    pub legal: Vec<Legal>,
    /// Nobody has seen that it holds.
    pub unverified: bool,
    /// The condition as the rule file writes it.
    pub expression: String,
    /// The same with the facts put in.
    pub put_in: String,
    /// `true`, `false` or `unknown`.
    pub state: &'static str,
    /// How far it is from true, negative where it falls short.
    pub gap: Option<String>,
    /// The gap's unit: `money`, `ratio`, `integer` or `days`.
    pub unit: Option<&'static str>,
    /// Facts that keep it from being known.
    pub missing: Vec<String>,
    /// Facts it reads.
    pub facts: Vec<FactExplained>,
}

/// An amount with how it came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AmountExplained {
    /// The amount with two decimals; `None` where it is not known.
    pub value: Option<String>,
    /// As the rule file writes it.
    pub expression: String,
    /// The same with the facts put in.
    pub put_in: String,
    /// Facts it reads.
    pub facts: Vec<FactExplained>,
}

/// A policy for one subject, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The subject's identity.
    pub subject_id: String,
    /// The policy's id.
    pub policy: String,
    /// Its name.
    pub name: Bilingual,
    /// Who grants it.
    pub authority: Option<Bilingual>,
    /// What it rests on.
    pub legal: Vec<Legal>,
    /// Some part of it nobody has seen to hold.
    pub unverified: bool,
    /// The assessment date, as 2024-12-31.
    pub as_of: String,
    /// The assessment year.
    pub year: i32,
    /// `eligible`, `ineligible`, `unknown` or `not_in_force`.
    pub verdict: &'static str,
    /// Its clauses that count, in the order of the law.
    pub clauses: Vec<ClauseExplained>,
    /// The scorecards that it reads, and those that these read.
    pub scorecards: Vec<CardExplained>,
    /// What it is or would be worth; `None` where the policy names no amount.
    pub amount: Option<AmountExplained>,
    /// What it saves alone, with two decimals.
    pub saves: Option<String>,
    /// The money only comes earlier.
    pub timing: bool,
    /// Further figures.
    pub parts: Vec<(String, Option<String>)>,
    /// Facts that are not known and could change it.
    pub missing: Vec<String>,
    /// Papers, steps, deadline, in this order.
    pub materials: Vec<Bilingual>,
    /// Steps to get it.
    pub steps: Vec<Bilingual>,
    /// By when.
    pub deadline: Option<Bilingual>,
}

/// Where a fact was taken from, in words; `None` where that is not known.
pub type SourceOf<'s> = &'s dyn Fn(&FactKey) -> Option<String>;

/// The explanation of a bound policy; `None` where the rulebook or the judge does not have it.
pub fn explain(
    rulebook: &Rulebook,
    judge: &Judge<'_>,
    policy: &str,
    source_of: SourceOf<'_>,
) -> Option<Explanation> {
    let law = rulebook.policies.get(policy)?;
    let bound = judge.binding().policy(policy)?;
    let result = judge.policy(policy)?;
    let explainer = Explainer {
        rulebook,
        judge,
        source_of,
        subject: &law.subject,
    };
    let as_of = judge.binding().as_of;
    let clauses = bound
        .clauses
        .iter()
        .zip(&result.clauses)
        .filter_map(|(clause, _)| explainer.clause(law, clause))
        .collect();
    let in_force = result.verdict != Verdict::NotInForce;
    let money = |value: Option<&crate::judge::Exact>| value.map(crate::judge::Exact::to_money_text);
    Some(Explanation {
        subject_id: judge.facts().subject_id.clone(),
        policy: policy.to_owned(),
        name: (&law.name).into(),
        authority: law.authority.as_ref().map(Into::into),
        legal: legal(&law.provenance),
        unverified: is_unverified(law),
        as_of: as_of.format("%Y-%m-%d").to_string(),
        year: bound.year,
        verdict: result.verdict.as_str(),
        clauses,
        scorecards: card::cards(rulebook, judge, bound),
        amount: explainer.amount(law, bound, result.amount.as_ref()),
        saves: in_force
            .then(|| money(judge.saves_alone(bound).as_ref()))
            .flatten(),
        timing: law.benefit.timing,
        parts: result
            .parts
            .iter()
            .map(|(name, value)| {
                let ty = bound
                    .parts
                    .get(name)
                    .map_or(crate::expression::Type::Number, |p| p.1);
                (name.clone(), (!value.is_null()).then(|| value.to_text(ty)))
            })
            .collect(),
        missing: result.missing.iter().cloned().collect(),
        materials: law.guide.materials.iter().map(Into::into).collect(),
        steps: law.guide.steps.iter().map(Into::into).collect(),
        deadline: law.guide.deadline.as_ref().map(Into::into),
    })
}

fn legal(provenance: &Provenance) -> Vec<Legal> {
    provenance.legal.iter().map(legal_reference).collect()
}

fn legal_reference(reference: &crate::rulebook::LegalReference) -> Legal {
    Legal {
        cite: reference.cite.clone(),
        article: reference.article.clone(),
        verified: reference.verified,
    }
}

/// Whether the policy or a clause of it says that nobody has verified it.
pub fn is_unverified(policy: &Policy) -> bool {
    policy.provenance.unverified
        || policy.provenance.legal.iter().any(|legal| !legal.verified)
        || policy.clauses.iter().any(clause_is_unverified)
}

fn clause_is_unverified(clause: &Clause) -> bool {
    clause.provenance.unverified || clause.provenance.legal.iter().any(|legal| !legal.verified)
}

struct Explainer<'e, 'a> {
    rulebook: &'e Rulebook,
    judge: &'e Judge<'a>,
    source_of: SourceOf<'e>,
    subject: &'e SubjectKind,
}

impl Explainer<'_, '_> {
    fn clause(&self, law: &Policy, bound: &BoundClause) -> Option<ClauseExplained> {
        let clause = law.clauses.get(bound.index)?;
        let when = clause.when_on(self.judge.binding().as_of)?;
        let result = self.judge.policy(&law.id)?;
        let of_clause = result
            .clauses
            .iter()
            .find(|found| found.index == bound.index)?;
        let places = bound.gap.map(|gap| gap.unit.places());
        let gap = of_clause
            .gap
            .as_ref()
            .zip(places)
            .map(|(gap, places)| gap.to_fixed_text(places));
        Some(ClauseExplained {
            id: clause.id.clone(),
            text: (&clause.text).into(),
            legal: clause.legal(law).iter().map(legal_reference).collect(),
            unverified: clause_is_unverified(clause),
            expression: one_line(self.rulebook.text_of(when)),
            put_in: put_in(self.judge, bound.when),
            state: state(of_clause.truth),
            unit: bound
                .gap
                .filter(|_| gap.is_some())
                .map(|gap| gap.unit.as_str()),
            gap,
            missing: self.judge.missing(bound.when).into_iter().collect(),
            facts: self.facts(bound.when),
        })
    }

    fn amount(
        &self,
        law: &Policy,
        bound: &BoundPolicy,
        value: Option<&crate::judge::Exact>,
    ) -> Option<AmountExplained> {
        let term = bound.amount?;
        let expr = law.benefit.amount.on(self.judge.binding().as_of);
        Some(AmountExplained {
            value: value.map(crate::judge::Exact::to_money_text),
            expression: expr.map_or_else(String::new, |expr| one_line(self.rulebook.text_of(expr))),
            put_in: put_in(self.judge, term),
            facts: self.facts(term),
        })
    }

    /// The facts that a term reads, by name; those under a formula only where it is not given.
    fn facts(&self, root: TermId) -> Vec<FactExplained> {
        let terms = &self.judge.binding().terms;
        let mut open = vec![root];
        let mut seen = std::collections::BTreeSet::new();
        let mut found: Vec<FactExplained> = Vec::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let term = terms.get(id);
            match &term.kind {
                TermKind::Fact(fact) => found.push(self.fact(fact, id, None)),
                TermKind::Derived { given, formula } => {
                    if let TermKind::Fact(fact) = &terms.get(*given).kind {
                        found.push(self.fact(fact, *given, Some(*formula)));
                    }
                    if self.judge.value(*given).is_null() {
                        open.push(*formula);
                    }
                }
                // The months before the first that breaks the row say nothing new.
                TermKind::MonthsRunning(months) => {
                    let broken = months
                        .iter()
                        .position(|m| self.judge.truth(*m) != Some(true));
                    open.extend(&months[..broken.map_or(months.len(), |at| at + 1)]);
                }
                _ => open.extend(term.children()),
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.dedup_by(|a, b| a.name == b.name);
        found
    }

    fn fact(&self, fact: &FactTerm, id: TermId, formula: Option<TermId>) -> FactExplained {
        let ty = self.judge.binding().terms.get(id).ty;
        let text = |value: &Value| (!value.is_null()).then(|| value.to_text(ty));
        let value = self.judge.value(id);
        let given = fact
            .keys
            .iter()
            .find_map(|key| self.judge.facts().get(key).map(|given| (key, given)));
        let computed = formula.map(|formula| self.judge.value(formula));
        let differs = |computed: &Value| value.is_null() || *computed != value;
        let name = fact.keys.first().map_or("", |key| key.name.as_str());
        FactExplained {
            label: self.label(name, fact),
            value: text(&value).or_else(|| computed.as_ref().and_then(text)),
            given_as: given
                .filter(|(key, _)| key.definition.is_some())
                .map(|(key, _)| key.to_string()),
            computed: computed.as_ref().filter(|c| differs(c)).and_then(text),
            unusable: given.and_then(|(_, given)| match given {
                Given::Bad { text, why } => Some((text.clone(), why.as_str())),
                Given::Known(_) => None,
            }),
            source: given.and_then(|(key, _)| (self.source_of)(key)),
            name: fact.shown.clone(),
        }
    }

    fn label(&self, name: &str, fact: &FactTerm) -> Bilingual {
        let of_owner = fact.keys.first().is_some_and(|key| key.of_owner);
        let owner = crate::rulebook::owner_of(self.subject);
        let subject = owner
            .filter(|_| of_owner)
            .unwrap_or_else(|| self.subject.clone());
        let key = VariableKey {
            subject,
            name: name.to_owned(),
        };
        self.rulebook
            .variables
            .get(&key)
            .map_or_else(Bilingual::default, |variable| (&variable.label).into())
    }
}

/// The word for a truth value.
pub fn state(truth: Option<bool>) -> &'static str {
    match truth {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

/// An expression on one line, without the comments and breaks of its file.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
