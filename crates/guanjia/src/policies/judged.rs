//! The judgement itself: every policy for one enterprise, as plain values.

use engine::explain::{Explanation, explain};
use engine::gaps::GapCollector;
use engine::judge::{Binding, Exact, FactKey, Facts, Judge, Verdict};

use super::known::KnownFacts;
use super::rules::{Day, Rules};

/// What one policy says of the enterprise.
#[derive(Debug, Clone)]
pub struct PolicyVerdict {
    /// Its id.
    pub id: String,
    /// What it says.
    pub verdict: Verdict,
    /// The year whose figures it looks at.
    pub year: i32,
    /// What it is or would be worth, in fen; `None` where that is not known or it names no amount.
    pub amount: Option<i64>,
    /// Whether it names an amount at all.
    pub has_amount: bool,
    /// The one clause it fails, with how far it falls short, where all others hold.
    pub near: Option<Short>,
    /// Places of the clauses that are false, in the policy's file.
    pub failed: Vec<usize>,
    /// Names of facts that are not known and could change it.
    pub missing: Vec<String>,
    /// Whether it belongs to the combination that saves most.
    pub chosen: bool,
}

/// How far a clause falls short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// The clause's id.
    pub clause: String,
    /// The gap, negative, in its unit.
    pub gap: String,
    /// `money`, `ratio`, `integer` or `days`.
    pub unit: &'static str,
}

/// All of them, with what the best combinations save.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// By id.
    pub policies: Vec<PolicyVerdict>,
    /// What the chosen ones save together, in fen.
    pub saves: i64,
}

/// Judges every enterprise policy on its day.
pub fn all(rules: &Rules, known: &KnownFacts, days: &[Day]) -> Verdicts {
    let mut found = Verdicts::default();
    for day in days {
        let binding = rules.bound(*day);
        let judge = Judge::new(&binding, &known.facts);
        let combination = judge.combination();
        found.saves += fen(&combination.total).unwrap_or(0);
        for id in &binding.selected {
            let verdict = verdict(&binding, &judge, id);
            found.policies.extend(verdict.map(|verdict| PolicyVerdict {
                chosen: combination.chosen.contains(id),
                ..verdict
            }));
        }
    }
    found.policies.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

/// What one policy says, taken alone: it belongs to no combination. `None` where no such policy judges
/// enterprises.
pub fn alone(rules: &Rules, facts: &Facts, days: &[Day], policy: &str) -> Option<PolicyVerdict> {
    let binding = rules.bound(day_of(rules, days, policy)?);
    verdict(&binding, &Judge::new(&binding, facts), policy)
}

/// The day on which a policy is judged.
fn day_of(rules: &Rules, days: &[Day], policy: &str) -> Option<Day> {
    let mut days = days.iter().copied();
    days.find(|day| rules.policies(*day).iter().any(|id| id == policy))
}

fn verdict(binding: &Binding, judge: &Judge<'_>, id: &str) -> Option<PolicyVerdict> {
    let (bound, result) = (binding.policy(id)?, judge.policy(id)?);
    let mut gaps = GapCollector::default();
    gaps.add(&judge.facts().subject_id, bound, &result);
    let amount = result.amount.as_ref().and_then(fen);
    // What would be worth nothing is not missed.
    let near = gaps.finish().near.pop().filter(|_| amount != Some(0));
    let near = near.and_then(|near| {
        let mut clauses = bound.clauses.iter();
        let clause = clauses.find(|clause| clause.id == near.clause)?;
        Some(Short {
            clause: near.clause,
            gap: near.gap,
            unit: clause.gap?.unit.as_str(),
        })
    });
    let failed = result.clauses.iter();
    let failed = failed.filter(|clause| clause.truth == Some(false));
    Some(PolicyVerdict {
        id: id.to_owned(),
        verdict: result.verdict,
        year: bound.year,
        amount,
        has_amount: result.has_amount,
        near,
        failed: failed.map(|clause| clause.index).collect(),
        missing: result.missing.iter().cloned().collect(),
        chosen: false,
    })
}

/// One policy, explained; a fact's source is the id of the ledger's fact. `None` where no such policy
/// judges enterprises.
pub fn one(rules: &Rules, known: &KnownFacts, days: &[Day], policy: &str) -> Option<Explanation> {
    let binding = rules.bound(day_of(rules, days, policy)?);
    let judge = Judge::new(&binding, &known.facts);
    let source = |key: &FactKey| Some(known.record(key)?.id.to_string());
    explain(&rules.rulebook, &judge, policy, &source)
}

/// An exact amount of yuan in fen, where it is whole fen.
fn fen(amount: &Exact) -> Option<i64> {
    let hundredths = (amount * &Exact::from_integer(100)).to_integer()?;
    i64::try_from(hundredths).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Period, SubjectKind, Value};
    use ledger::{FactRecord, Timestamp};

    fn fact(id: i64, variable: &str, period: Period, value: Value) -> FactRecord {
        FactRecord {
            id,
            subject_id: 1,
            variable: variable.to_owned(),
            period,
            value: Some(value),
            qualifier: String::new(),
            unit: String::new(),
            source_id: 1,
            cell: None,
            known_on: None,
            entry_id: 1,
            recorded_at: Timestamp(0),
        }
    }

    fn certified(taxable_income: Option<i64>) -> Vec<FactRecord> {
        let date = |text: &str| Value::Date(text.parse().unwrap());
        let mut facts = vec![
            fact(1, "hnte_valid_from", Period::Current, date("2022-11-15")),
            fact(2, "hnte_valid_until", Period::Current, date("2025-11-14")),
        ];
        let money = |fen| Value::Money(domain::Money::from_fen(fen));
        facts.extend(
            taxable_income.map(|fen| fact(3, "taxable_income", Period::Year(2023), money(fen))),
        );
        facts
    }

    fn verdict(facts: &[FactRecord], policy: &str) -> PolicyVerdict {
        let rules = Rules::of_zone(None).unwrap();
        let known = KnownFacts::of(&rules.rulebook, "A", facts);
        let days = Rules::days(known.last_year, "2026-11-28".parse().unwrap());
        let found = all(&rules, &known, &days);
        found
            .policies
            .into_iter()
            .find(|one| one.id == policy)
            .unwrap()
    }

    #[test]
    fn a_certificate_and_an_income_are_worth_a_tenth_of_it() {
        let found = verdict(&certified(Some(123_456_789)), "hnte_cit_rate");
        assert_eq!((found.verdict, found.year), (Verdict::Eligible, 2023));
        assert_eq!(found.amount, Some(12_345_679));
    }

    #[test]
    fn what_is_not_known_is_named_and_never_nought() {
        let mut facts = certified(None);
        facts.push(fact(4, "staff", Period::Year(2023), Value::Integer(30)));
        let found = verdict(&facts, "hnte_cit_rate");
        assert_eq!(found.amount, None);
        assert_eq!(found.missing, ["taxable_income"]);
    }

    #[test]
    fn an_explanation_leads_back_to_the_facts() {
        let rules = Rules::of_zone(None).unwrap();
        let facts = certified(Some(100));
        let known = KnownFacts::of(&rules.rulebook, "A", &facts);
        let days = Rules::days(known.last_year, "2026-11-28".parse().unwrap());
        let found = one(&rules, &known, &days, "hnte_cit_rate").unwrap();
        let sources: Vec<_> = found.clauses[0]
            .facts
            .iter()
            .map(|f| f.source.clone())
            .collect();
        assert_eq!(sources, [Some("1".to_owned()), Some("2".to_owned())]);
        assert_eq!(
            SubjectKind::Enterprise,
            rules.rulebook.policies["hnte_cit_rate"].subject
        );
        assert!(one(&rules, &known, &days, "no_such_policy").is_none());
    }
}
