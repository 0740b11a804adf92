//! Near misses and missing facts: who is short in one clause only, and which fact would settle most.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::judge::{BoundPolicy, Exact, PolicyResult, Verdict};

/// A subject that one clause alone keeps from a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// The subject.
    pub subject_id: String,
    /// The policy.
    pub policy: String,
    /// The clause.
    pub clause: String,
    /// How far it falls short, in its unit, as a negative number.
    pub gap: String,
    /// What the policy would be worth, with two decimals; `None` where that is not known.
    pub amount: Option<String>,
}

/// A fact that is not known and alone keeps policies from being settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingFact {
    /// Its name.
    pub variable: String,
    /// How many subjects it would settle a policy for.
    pub subjects: usize,
    /// What those policies would be worth together, as far as that is known, with two decimals.
    pub amount: String,
}

/// Both lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Near misses, in the order of the subjects and by policy.
    pub near: Vec<NearMiss>,
    /// Missing facts, those that would settle the most money first.
    pub facts: Vec<MissingFact>,
}

/// Collects both over subjects and policies.
#[derive(Debug, Default)]
pub struct GapCollector {
    near: Vec<NearMiss>,
    facts: BTreeMap<String, (BTreeSet<String>, Exact)>,
}

impl GapCollector {
    /// Takes in what one policy says of one subject.
    pub fn add(&mut self, subject_id: &str, bound: &BoundPolicy, result: &PolicyResult) {
        self.near.extend(near_miss(subject_id, bound, result));
        if let Some(variable) = settling_fact(result) {
            let (subjects, amount) = self.facts.entry(variable.to_owned()).or_default();
            subjects.insert(subject_id.to_owned());
            if let Some(worth) = &result.amount {
                *amount = &*amount + worth;
            }
        }
    }

    /// What was found.
    pub fn finish(self) -> Gaps {
        let mut facts: Vec<(String, usize, Exact)> = self
            .facts
            .into_iter()
            .map(|(variable, (subjects, amount))| (variable, subjects.len(), amount))
            .collect();
        facts.sort_by(|a, b| (&b.2, b.1, &a.0).cmp(&(&a.2, a.1, &b.0)));
        let facts = facts
            .into_iter()
            .map(|(variable, subjects, amount)| MissingFact {
                variable,
                subjects,
                amount: amount.to_money_text(),
            })
            .collect();
        Gaps {
            near: self.near,
            facts,
        }
    }
}

/// The one false clause of a policy whose other clauses are all true, where it says how far it is off.
fn near_miss(subject_id: &str, bound: &BoundPolicy, result: &PolicyResult) -> Option<NearMiss> {
    let mut short = result
        .clauses
        .iter()
        .zip(&bound.clauses)
        .filter(|(r, _)| r.truth != Some(true));
    let (clause, law) = short.next()?;
    if short.next().is_some() || clause.truth != Some(false) {
        return None;
    }
    let places = law.gap?.unit.places();
    Some(NearMiss {
        subject_id: subject_id.to_owned(),
        policy: bound.id.clone(),
        clause: clause.id.clone(),
        gap: clause.gap.as_ref()?.to_fixed_text(places),
        amount: result.amount.as_ref().map(Exact::to_money_text),
    })
}

/// The one fact that keeps a verdict unknown, or an eligible subject's amount.
fn settling_fact(result: &PolicyResult) -> Option<&str> {
    let open = match result.verdict {
        Verdict::Unknown => true,
        Verdict::Eligible => result.has_amount && result.amount.is_none(),
        Verdict::Ineligible | Verdict::NotInForce => false,
    };
    let mut missing = result.missing.iter();
    let only = missing.next().filter(|_| open)?;
    missing.next().is_none().then_some(only.as_str())
}
