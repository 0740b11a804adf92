//! Evaluation: what a term is worth for one subject, each term once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::binding::Binding;
use super::fact::{Facts, Given};
use super::functions;
use super::operations;
use super::population::Population;
use super::scorecard::CardResult;
use super::term::{CardId, FactTerm, Term, TermId, TermKind};
use super::value::Value;
use super::verdict::PolicyResult;
use crate::expression::{CardPart, PolicyPart};

/// Which policies a combination has, where that matters (`chosen('…')` in `saves`).
#[derive(Clone, Copy)]
pub(super) enum Choice<'c> {
    /// Nobody asks: terms that depend on it are not reached.
    Nobody,
    /// Exactly these.
    Of(&'c dyn Fn(&str) -> bool),
}

impl Choice<'_> {
    fn has(&self, policy: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Of(has) => has(policy),
        }
    }
}

/// Judges one subject on what is known about it. Everything is computed when it is asked for, and once.
pub struct Judge<'a> {
    pub(super) binding: &'a Binding,
    pub(super) facts: &'a Facts,
    pub(super) population: Option<&'a Population>,
    values: RefCell<Vec<Option<Value>>>,
    pub(super) policies: RefCell<HashMap<String, Rc<PolicyResult>>>,
    pub(super) cards: RefCell<HashMap<CardId, Rc<CardResult>>>,
}

impl<'a> Judge<'a> {
    /// A judge of this subject. Cards that compare it with others compare it with itself alone.
    pub fn new(binding: &'a Binding, facts: &'a Facts) -> Self {
        Self {
            binding,
            facts,
            population: None,
            values: RefCell::new(vec![None; binding.terms.len()]),
            policies: RefCell::default(),
            cards: RefCell::default(),
        }
    }

    /// A judge of this subject among these.
    pub fn among(binding: &'a Binding, facts: &'a Facts, population: &'a Population) -> Self {
        Self {
            population: Some(population),
            ..Self::new(binding, facts)
        }
    }

    /// The rules by which it judges.
    pub fn binding(&self) -> &'a Binding {
        self.binding
    }

    /// What is known about the subject.
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// The value of a term.
    pub fn value(&self, id: TermId) -> Value {
        self.value_under(id, Choice::Nobody)
    }

    /// The truth of a condition.
    pub fn truth(&self, id: TermId) -> Option<bool> {
        self.value(id).truth()
    }

    /// The value of a term under a choice of policies.
    pub(super) fn value_under(&self, id: TermId, choice: Choice<'_>) -> Value {
        if self.binding.terms.depends_on_choice(id) {
            return self.evaluate(self.binding.terms.get(id), choice);
        }
        if let Some(known) = &self.values.borrow()[id.index()] {
            return known.clone();
        }
        let value = self.evaluate(self.binding.terms.get(id), Choice::Nobody);
        self.values.borrow_mut()[id.index()] = Some(value.clone());
        value
    }

    fn evaluate(&self, term: &Term, choice: Choice<'_>) -> Value {
        let value = |id: &TermId| self.value_under(*id, choice);
        let truth = |id: &TermId| self.value_under(*id, choice).truth();
        match &term.kind {
            TermKind::Constant(constant) => constant.clone(),
            TermKind::Fact(fact) => match self.given(fact) {
                Some((_, Given::Known(known))) => known.clone(),
                None if fact.blank_is_zero && term.ty.is_numeric() => Value::integer(0),
                Some((_, Given::Bad { .. })) | None => Value::Null,
            },
            TermKind::Derived { given, formula } => match value(given) {
                // A value that cannot be used is not known, whatever the formula gives.
                Value::Null if !self.is_bad(*given) => value(formula),
                known => known,
            },
            TermKind::SubjectId => Value::Text(self.facts.subject_id.clone()),
            TermKind::Not(inner) => Value::of_truth(operations::not(truth(inner))),
            TermKind::And(all) => Value::of_truth(operations::and(all.iter().map(truth))),
            TermKind::Or(all) => Value::of_truth(operations::or(all.iter().map(truth))),
            TermKind::Negate(inner) => operations::negate(&value(inner)),
            TermKind::Arithmetic(operator, left, right) => {
                operations::calculate(*operator, &value(left), &value(right))
            }
            TermKind::Compare(operator, left, right) => {
                Value::of_truth(operations::compare(*operator, &value(left), &value(right)))
            }
            TermKind::In(needle, list) => self.is_in(*needle, list, choice),
            TermKind::Case {
                branches,
                otherwise,
            } => {
                for (when, then) in branches {
                    match truth(when) {
                        Some(true) => return value(then),
                        Some(false) => {}
                        None => return Value::Null,
                    }
                }
                otherwise.as_ref().map_or(Value::Null, value)
            }
            TermKind::Call(function, arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(value).collect();
                functions::call(*function, &arguments)
            }
            TermKind::Present(inner) => match value(inner) {
                Value::Null => Value::Null,
                other => Value::Boolean(other != Value::Absent),
            },
            TermKind::Growth {
                now,
                base,
                periods,
                compound,
            } => functions::growth(&value(now), &value(base), *periods, *compound),
            TermKind::Step {
                value: of,
                rows,
                after,
            } => functions::step(&value(of), rows, *after),
            TermKind::PrefixIn(code, prefixes) => match value(code) {
                Value::Text(code) => Value::Boolean(
                    prefixes
                        .iter()
                        .any(|prefix| code.starts_with(prefix.as_str())),
                ),
                _ => Value::Null,
            },
            TermKind::Card(card, part) => self.card_part(*card, part),
            TermKind::Policy(policy, part) => self.policy_part(policy, *part, choice),
            TermKind::MonthsRunning(months) => self.running(months),
        }
    }

    /// The fact that is read, with the key under which it was found.
    pub(super) fn given(&self, fact: &FactTerm) -> Option<(&'a super::fact::FactKey, &'a Given)> {
        let facts: &'a Facts = self.facts;
        fact.keys.iter().find_map(|key| facts.entry(key))
    }

    /// Whether something was given for a fact that cannot be used.
    pub(super) fn is_bad(&self, id: TermId) -> bool {
        match &self.binding.terms.get(id).kind {
            TermKind::Fact(fact) => matches!(self.given(fact), Some((_, Given::Bad { .. }))),
            _ => false,
        }
    }

    /// What is absent matches nothing, whether it is looked for or stands in the list.
    fn is_in(&self, needle: TermId, list: &[TermId], choice: Choice<'_>) -> Value {
        let needle = self.value_under(needle, choice);
        let each = list.iter().map(|item| {
            let item = self.value_under(*item, choice);
            operations::compare(crate::expression::Comparison::Equal, &needle, &item)
        });
        Value::of_truth(operations::or(each))
    }

    fn card_part(&self, card: CardId, part: &CardPart) -> Value {
        let result = self.card(card);
        match part {
            CardPart::Score => result.score.clone(),
            CardPart::Level => result.level.clone(),
            CardPart::Item(item) => result
                .item(item)
                .map_or(Value::Null, |found| found.score.clone()),
        }
    }

    fn policy_part(&self, policy: &str, part: PolicyPart, choice: Choice<'_>) -> Value {
        match part {
            PolicyPart::Chosen => Value::Boolean(choice.has(policy)),
            PolicyPart::Amount => self
                .policy(policy)
                .and_then(|result| result.amount.clone())
                .map_or(Value::Null, Value::Number),
            PolicyPart::Verdict => self.policy(policy).map_or(Value::Null, |result| {
                Value::Text(result.verdict.as_str().to_owned())
            }),
        }
    }

    /// How many conditions hold without a break from the first on. A condition that is not known may
    /// hold or not, so the count then lies between those before it and those up to the first that is
    /// known to fail.
    fn running(&self, months: &[TermId]) -> Value {
        let mut known = None;
        for (count, month) in (0_i64..).zip(months) {
            let count = super::exact::Exact::from_integer(i128::from(count));
            match self.truth(*month) {
                Some(true) => {}
                None => {
                    known.get_or_insert(count);
                }
                Some(false) => {
                    return match known {
                        None => Value::Number(count),
                        Some(low) => Value::Interval {
                            low,
                            high: Some(count),
                        },
                    };
                }
            }
        }
        let all = i128::try_from(months.len()).unwrap_or(i128::MAX);
        let low = known.unwrap_or_else(|| super::exact::Exact::from_integer(all));
        Value::Interval { low, high: None }
    }
}
