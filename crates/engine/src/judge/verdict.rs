//! The verdict on one policy: clauses, gaps, amount, what is missing.

use std::rc::Rc;

use indexmap::IndexMap;

use super::bound::{BoundClause, BoundGap, BoundPolicy, BoundSaves};
use super::evaluate::{Choice, Judge};
use super::exact::Exact;
use super::missing::Missing;
use super::operations;
use super::rate;
use super::value::Value;
use crate::expression::{Arithmetic, Type};

/// What a policy says of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Every clause is true.
    Eligible,
    /// Some clause is false.
    Ineligible,
    /// None is false, some is not known.
    Unknown,
    /// The policy is not in force on the assessment date.
    NotInForce,
}

impl Verdict {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::Ineligible => "ineligible",
            Self::Unknown => "unknown",
            Self::NotInForce => "not_in_force",
        }
    }

    /// The verdict that files write with this word.
    pub fn named(word: &str) -> Option<Self> {
        [
            Self::Eligible,
            Self::Ineligible,
            Self::Unknown,
            Self::NotInForce,
        ]
        .into_iter()
        .find(|verdict| verdict.as_str() == word)
    }

    /// The verdict of clauses with these truths.
    pub fn of(truths: impl IntoIterator<Item = Option<bool>>) -> Self {
        match operations::and(truths) {
            Some(true) => Self::Eligible,
            Some(false) => Self::Ineligible,
            None => Self::Unknown,
        }
    }
}

/// A clause for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseResult {
    /// Its id.
    pub id: String,
    /// Its place in the policy's file.
    pub index: usize,
    /// Whether it holds.
    pub truth: Option<bool>,
    /// How far it is from true, rounded for its unit, negative where it falls short; `None` where the
    /// clause has no gap or a side of it is not one known number.
    pub gap: Option<Exact>,
}

/// A policy for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyResult {
    /// What it says.
    pub verdict: Verdict,
    /// Its clauses, in the order of the law; those that do not count are not there.
    pub clauses: Vec<ClauseResult>,
    /// What it is or would be worth, rounded half-up to the hundredth.
    pub amount: Option<Exact>,
    /// Ids of the false clauses, in the order of the law.
    pub failed: Vec<String>,
    /// Facts that are not known and could change it, sorted.
    pub missing: Missing,
    /// Facts that keep the amount NULL, whatever the verdict.
    pub missing_amount: Missing,
    /// Further figures by name; money rounded to the hundredth.
    pub parts: IndexMap<String, Value>,
    /// Whether the policy names an amount at all.
    pub has_amount: bool,
}

impl PolicyResult {
    fn not_in_force() -> Self {
        Self {
            verdict: Verdict::NotInForce,
            clauses: Vec::new(),
            amount: None,
            failed: Vec::new(),
            missing: Missing::new(),
            missing_amount: Missing::new(),
            parts: IndexMap::new(),
            has_amount: false,
        }
    }

    /// Gaps by clause; a clause that has none is not there, one whose gap is not known is.
    pub fn gaps<'r>(
        &'r self,
        bound: &'r BoundPolicy,
    ) -> impl Iterator<Item = (&'r str, Option<&'r Exact>)> {
        bound
            .clauses
            .iter()
            .zip(&self.clauses)
            .filter(|(clause, _)| clause.gap.is_some())
            .map(|(clause, result)| (clause.id.as_str(), result.gap.as_ref()))
    }
}

impl Judge<'_> {
    /// What a bound policy says; `None` where it is not bound.
    pub fn policy(&self, id: &str) -> Option<Rc<PolicyResult>> {
        if let Some(known) = self.policies.borrow().get(id) {
            return Some(Rc::clone(known));
        }
        let bound = self.binding.policy(id)?;
        let result = Rc::new(self.judge_policy(bound));
        self.policies
            .borrow_mut()
            .insert(id.to_owned(), Rc::clone(&result));
        Some(result)
    }

    fn judge_policy(&self, bound: &BoundPolicy) -> PolicyResult {
        if !bound.in_force {
            return PolicyResult::not_in_force();
        }
        let clauses: Vec<ClauseResult> = bound
            .clauses
            .iter()
            .map(|clause| self.clause(clause))
            .collect();
        let verdict = Verdict::of(clauses.iter().map(|clause| clause.truth));
        let amount = bound.amount.and_then(|amount| money(&self.value(amount)));
        let missing_amount = match bound.amount {
            Some(term) if amount.is_none() => self.missing(term),
            _ => Missing::new(),
        };
        let mut missing = Missing::new();
        for (clause, result) in bound.clauses.iter().zip(&clauses) {
            if result.truth.is_none() {
                missing.extend(self.missing(clause.when));
            }
        }
        if verdict != Verdict::Ineligible {
            missing.extend(missing_amount.iter().cloned());
        }
        let failed = clauses
            .iter()
            .filter(|clause| clause.truth == Some(false))
            .map(|clause| clause.id.clone())
            .collect();
        let parts = bound
            .parts
            .iter()
            .map(|(name, (term, ty))| {
                let value = self.value(*term);
                let value = match value.number() {
                    Some(number) if *ty == Type::Money => Value::Number(number.round(2)),
                    _ => value,
                };
                (name.clone(), value)
            })
            .collect();
        PolicyResult {
            verdict,
            clauses,
            amount,
            failed,
            missing,
            missing_amount,
            parts,
            has_amount: bound.amount.is_some(),
        }
    }

    fn clause(&self, clause: &BoundClause) -> ClauseResult {
        ClauseResult {
            id: clause.id.clone(),
            index: clause.index,
            truth: self.truth(clause.when),
            gap: clause.gap.as_ref().and_then(|gap| self.gap(gap)),
        }
    }

    fn gap(&self, gap: &BoundGap) -> Option<Exact> {
        let (from, less) = (self.value(gap.from), self.value(gap.less));
        let places = gap.unit.places();
        // A rate is rarely rational: the difference is rounded once, from the exact root.
        match (&from, &less) {
            (Value::Rate { quotient, periods }, Value::Number(number)) => {
                Some(rate::difference_rounded(quotient, *periods, number, places))
            }
            (Value::Number(number), Value::Rate { quotient, periods }) => Some(
                -rate::difference_rounded(quotient, *periods, number, places),
            ),
            _ => operations::calculate(Arithmetic::Subtract, &from, &less)
                .number()
                .map(|difference| difference.round(places)),
        }
    }

    /// What a policy saves under a choice of policies, before any pool; `None` where it is NULL.
    pub(super) fn saves_under(&self, bound: &BoundPolicy, choice: Choice<'_>) -> Option<Exact> {
        if !bound.in_force {
            return None;
        }
        match bound.saves {
            BoundSaves::Amount => self.policy(&bound.id)?.amount.clone(),
            BoundSaves::Nothing => Some(Exact::zero()),
            BoundSaves::Term(term) => money(&self.value_under(term, choice)),
            BoundSaves::Unknown => None,
        }
    }
}

/// An amount, rounded half-up to the hundredth, once.
fn money(value: &Value) -> Option<Exact> {
    value.number().map(|number| number.round(2))
}
