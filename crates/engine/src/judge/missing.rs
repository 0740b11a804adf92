//! Which facts keep a term from being known.

use std::collections::{BTreeSet, HashSet};

use super::evaluate::{Choice, Judge};
use super::term::{TermId, TermKind};
use super::value::Value;
use crate::expression::{CardPart, PolicyPart};

/// Names of facts, sorted, each once.
pub type Missing = BTreeSet<String>;

impl Judge<'_> {
    /// The facts that are not known and keep a term NULL: of an AND, OR, NOT, comparison, calculation or
    /// function those of the operands that are NULL; of a CASE those of its condition if that is NULL,
    /// else of the branch taken. Nothing where the term is known, or where what is absent or a division
    /// by nought makes it NULL.
    pub fn missing(&self, id: TermId) -> Missing {
        let mut search = Search {
            judge: self,
            seen: HashSet::new(),
            found: Missing::new(),
        };
        search.visit(id);
        search.found
    }
}

struct Search<'j, 'a> {
    judge: &'j Judge<'a>,
    seen: HashSet<TermId>,
    found: Missing,
}

impl Search<'_, '_> {
    fn visit(&mut self, id: TermId) {
        // A run of months that is not known to the end lacks the fact of a month, though it has a value.
        let value = self.judge.value_under(id, Choice::Nobody);
        if !matches!(value, Value::Null | Value::Interval { .. }) || !self.seen.insert(id) {
            return;
        }
        let terms = &self.judge.binding.terms;
        match &terms.get(id).kind {
            TermKind::Fact(fact) => {
                if value.is_null() {
                    self.found.insert(fact.shown.clone());
                }
            }
            TermKind::Derived { given, formula } => {
                if self.judge.is_bad(*given) {
                    self.visit(*given);
                } else {
                    self.visit(*formula);
                }
            }
            TermKind::Case {
                branches,
                otherwise,
            } => {
                for (when, then) in branches {
                    match self.judge.truth(*when) {
                        Some(true) => return self.visit(*then),
                        Some(false) => {}
                        None => return self.visit(*when),
                    }
                }
                if let Some(otherwise) = otherwise {
                    self.visit(*otherwise);
                }
            }
            TermKind::MonthsRunning(months) => {
                if let Some(month) = months.iter().find(|m| self.judge.truth(**m).is_none()) {
                    self.visit(*month);
                }
            }
            TermKind::Card(card, part) if value.is_null() => {
                let result = self.judge.card(*card);
                let missing = match part {
                    CardPart::Score => &result.missing_score,
                    CardPart::Level => &result.missing_level,
                    CardPart::Item(item) => match result.item(item) {
                        Some(item) => &item.missing,
                        None => return,
                    },
                };
                self.found.extend(missing.iter().cloned());
            }
            TermKind::Policy(policy, PolicyPart::Amount) => {
                if let Some(result) = self.judge.policy(policy) {
                    self.found.extend(result.missing_amount.iter().cloned());
                }
            }
            TermKind::Card(..) => {}
            _ => {
                for child in terms.get(id).children() {
                    self.visit(child);
                }
            }
        }
    }
}
