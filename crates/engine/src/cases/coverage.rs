//! Coverage: which clauses the cases have seen true, false and unknown.

use std::collections::BTreeMap;

use crate::judge::{Judge, Term, TermId, TermKind, Terms};
use crate::rulebook::{Policy, Rulebook};

/// What the cases have seen of the policies' clauses.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    policies: BTreeMap<String, BTreeMap<usize, ClauseStates>>,
}

/// The states in which a clause was seen, and those it cannot take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClauseStates {
    /// It was seen true.
    pub seen_true: bool,
    /// It was seen false.
    pub seen_false: bool,
    /// It was seen unknown.
    pub seen_unknown: bool,
    /// Why it can never be unknown.
    pub never_unknown: Option<Unreachable>,
}

/// Why a clause cannot take a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreachable {
    /// All facts it reads are nought where they are not given (`blank: zero`).
    BlankIsZero,
    /// It reads no facts, only dates and parameters.
    NoFacts,
    /// It asks for verdicts, which are never NULL.
    NeverNull,
}

impl Unreachable {
    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BlankIsZero => "blank_is_zero",
            Self::NoFacts => "no_facts",
            Self::NeverNull => "never_null",
        }
    }
}

/// A state of a clause that no case has seen though it can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The policy.
    pub policy: String,
    /// The clause.
    pub clause: String,
    /// `true`, `false` or `unknown`.
    pub state: &'static str,
}

impl Coverage {
    /// Notes what a judgement shows of a policy's clauses.
    pub(super) fn see(&mut self, rulebook: &Rulebook, judge: &Judge<'_>, policy: &str) {
        let (Some(bound), Some(result)) = (judge.binding().policy(policy), judge.policy(policy))
        else {
            return;
        };
        if !rulebook.policies.contains_key(policy) {
            return;
        }
        let clauses = self.policies.entry(policy.to_owned()).or_default();
        for (clause, result) in bound.clauses.iter().zip(&result.clauses) {
            let states = clauses.entry(clause.index).or_default();
            match result.truth {
                Some(true) => states.seen_true = true,
                Some(false) => states.seen_false = true,
                None => states.seen_unknown = true,
            }
            states.never_unknown = never_unknown(&judge.binding().terms, clause.when);
        }
    }

    /// The states of a policy's clauses, in the order of the law; of one that no case has reached all are
    /// unseen.
    pub fn of<'c>(&'c self, policy: &'c Policy) -> impl Iterator<Item = (&'c str, ClauseStates)> {
        let seen = self.policies.get(&policy.id);
        policy
            .clauses
            .iter()
            .enumerate()
            .map(move |(index, clause)| {
                let states = seen
                    .and_then(|clauses| clauses.get(&index))
                    .copied()
                    .unwrap_or_default();
                (clause.id.as_str(), states)
            })
    }

    /// What no case has seen, over all policies by id.
    pub fn unseen(&self, rulebook: &Rulebook) -> Vec<Unseen> {
        let mut policies: Vec<&Policy> = rulebook.policies.values().collect();
        policies.sort_by(|a, b| a.id.cmp(&b.id));
        let mut unseen = Vec::new();
        for policy in policies {
            for (clause, states) in self.of(policy) {
                let open = [
                    (!states.seen_true, "true"),
                    (!states.seen_false, "false"),
                    (
                        !states.seen_unknown && states.never_unknown.is_none(),
                        "unknown",
                    ),
                ];
                unseen.extend(
                    open.into_iter()
                        .filter(|(open, _)| *open)
                        .map(|(_, state)| Unseen {
                            policy: policy.id.clone(),
                            clause: clause.to_owned(),
                            state,
                        }),
                );
            }
        }
        unseen
    }
}

/// Why a condition can never be unknown; `None` where it can.
fn never_unknown(terms: &Terms, root: TermId) -> Option<Unreachable> {
    let below: Vec<&Term> = terms
        .below(root)
        .into_iter()
        .map(|id| terms.get(id))
        .collect();
    let can_be_null = below.iter().any(|term| match &term.kind {
        TermKind::Fact(fact) => !(fact.blank_is_zero && term.ty.is_numeric()),
        TermKind::Constant(value) => value.is_null(),
        TermKind::Card(..)
        | TermKind::Growth { .. }
        | TermKind::Step { .. }
        | TermKind::Arithmetic(crate::expression::Arithmetic::Divide, ..) => true,
        TermKind::Policy(_, part) => *part == crate::expression::PolicyPart::Amount,
        _ => false,
    });
    if can_be_null {
        return None;
    }
    let reads = |wanted: fn(&TermKind) -> bool| below.iter().any(|term| wanted(&term.kind));
    Some(if reads(|kind| matches!(kind, TermKind::Fact(_))) {
        Unreachable::BlankIsZero
    } else if reads(|kind| matches!(kind, TermKind::Policy(..))) {
        Unreachable::NeverNull
    } else {
        Unreachable::NoFacts
    })
}
