//! The plan against the row-by-row judge: every case of the rulebook, and random neighbours of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use domain::SubjectKind;

use super::{Frame, Input, LongRow, Output, Plan, PolicyPlan, Screening};
use crate::judge::{Exact, FactKey, Facts, Given, Judge, Value, Verdict};
use crate::rulebook::{Rulebook, Target};

fn rulebook() -> Rulebook {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook/cn");
    let (rulebook, diagnostics) = crate::load(&dir, None);
    rulebook.unwrap_or_else(|| panic!("the rulebook does not load: {} findings", diagnostics.len()))
}

/// The facts of every policy case about enterprises, by assessment date.
fn facts_by_date(rulebook: &Rulebook) -> BTreeMap<NaiveDate, Vec<Facts>> {
    let mut by_date: BTreeMap<NaiveDate, Vec<Facts>> = BTreeMap::new();
    for case in rulebook.cases() {
        let Target::Policy(id) = &case.target else {
            continue;
        };
        let Some(policy) = rulebook.policies.get(id) else {
            continue;
        };
        if policy.subject == SubjectKind::Enterprise && case.set.is_empty() && case.zone.is_none() {
            let rows = by_date.entry(case.as_of).or_default();
            let id = format!("r{}", rows.len());
            rows.push(Facts::of_case(id, &case.given));
        }
    }
    by_date
}

fn table(rulebook: &Rulebook, rows: &[Facts]) -> RecordBatch {
    let keys: BTreeSet<String> = rows
        .iter()
        .flat_map(|facts| facts.iter().map(|(key, _)| key.to_string()))
        .collect();
    let mut fields = vec![Field::new("subject_id", DataType::Utf8, false)];
    let ids: StringArray = rows
        .iter()
        .map(|facts| Some(facts.subject_id.clone()))
        .collect();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(ids)];
    for key in keys {
        let cells: StringArray = rows
            .iter()
            .map(|facts| cell(rulebook, facts, &key))
            .collect();
        fields.push(Field::new(&key, DataType::Utf8, true));
        columns.push(Arc::new(cells));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn cell(rulebook: &Rulebook, facts: &Facts, column: &str) -> Option<String> {
    let (key, given) = facts.iter().find(|(key, _)| key.to_string() == column)?;
    match given {
        Given::Known(value) => Some(text_of(rulebook, key, value)),
        Given::Bad { text, .. } => Some(text.clone()),
    }
}

fn text_of(rulebook: &Rulebook, key: &FactKey, value: &Value) -> String {
    let variable = rulebook
        .variable(&SubjectKind::Enterprise, &key.name)
        .unwrap();
    value.to_text(variable.ty)
}

fn hundredths(value: Option<&Exact>) -> Option<i128> {
    value.and_then(|value| (value * &Exact::from_integer(100)).to_integer())
}

fn run(rulebook: &Rulebook, as_of: NaiveDate, rows: &[Facts]) -> Vec<LongRow> {
    let screening = Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of,
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let input = Input::Table(table(rulebook, rows));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(screening.run(input, Output::Rows))
        .unwrap()
        .rows
}

fn compare(rulebook: &Rulebook, as_of: NaiveDate, rows: &[Facts]) -> usize {
    let screening = Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of,
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let batch = table(rulebook, rows);
    let frame = Frame::of_schema(rulebook, &SubjectKind::Enterprise, &batch.schema()).unwrap();
    assert!(frame.ignored.is_empty(), "{:?}", frame.ignored);
    let binding = screening.bind(&frame);
    let population = crate::judge::Population::new(&binding, rows);
    let found = run(rulebook, as_of, rows);
    let mut seen = 0;
    for (facts, found) in rows.iter().zip(found.chunks(binding.selected.len())) {
        let judge = Judge::among(&binding, facts, &population);
        let combination = judge.combination();
        for (id, row) in binding.selected.iter().zip(found) {
            let result = judge.policy(id).unwrap();
            let place = format!("{id} of {} on {as_of}", facts.subject_id);
            assert_eq!(row.verdict, result.verdict, "{place}");
            assert_eq!(row.failed, result.failed, "{place}");
            if result.verdict == Verdict::NotInForce {
                continue;
            }
            assert_eq!(row.amount, hundredths(result.amount.as_ref()), "{place}");
            assert_eq!(
                row.missing,
                result.missing.iter().cloned().collect::<Vec<_>>(),
                "{place}"
            );
            assert_eq!(row.chosen, combination.chosen.contains(id), "{place}");
            let saves = combination.saves.get(id).and_then(Option::as_ref);
            assert_eq!(row.saves, hundredths(saves), "saves of {place}");
            let bound = binding.policy(id).unwrap();
            for (clause, gap) in result.gaps(bound) {
                let unit = bound
                    .clauses
                    .iter()
                    .find(|c| c.id == clause)
                    .unwrap()
                    .gap
                    .unwrap()
                    .unit;
                let scale = Exact::from_integer(10_i128.pow(unit.places()));
                let wanted = gap.and_then(|gap| (gap * &scale).to_integer());
                let got = row
                    .gaps
                    .iter()
                    .find(|(c, ..)| c == clause)
                    .map(|(_, value, _)| *value);
                assert_eq!(got, wanted, "gap {clause} of {place}");
            }
            seen += 1;
        }
    }
    seen
}

#[test]
fn the_plan_and_the_judge_agree_on_every_case_of_the_rulebook() {
    let rulebook = rulebook();
    let mut seen = 0;
    for (as_of, rows) in facts_by_date(&rulebook) {
        seen += compare(&rulebook, as_of, &rows);
    }
    assert!(seen > 10_000, "{seen}");
}

/// Facts of one case with some of another's, and some moved by one unit: near boundaries, and with
/// facts missing and known to be absent.
fn neighbours(rows: &[Facts], count: usize, seed: u64) -> Vec<Facts> {
    let mut state = seed;
    let mut random = move |below: usize| {
        // The constants of Knuth's MMIX generator: repeatable, and no library needed for it.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    (0..count)
        .map(|number| {
            let base = &rows[random(rows.len())];
            let other = &rows[random(rows.len())];
            let mut facts = Facts::new(format!("n{number}"));
            let mut keys: Vec<_> = base.iter().chain(other.iter()).collect();
            keys.sort_by_key(|(key, _)| key.to_string());
            for (key, given) in keys {
                let Given::Known(value) = given else { continue };
                match (random(12), value) {
                    (0, _) => {}
                    (1, value) if value.truth().is_none() => facts.set(key.clone(), Value::Absent),
                    (2, Value::Number(number)) => {
                        let step = Exact::from_integer(1);
                        facts.set(key.clone(), Value::Number(number + &step));
                    }
                    (3, Value::Number(number)) if number.is_positive() => {
                        let step = Exact::from_integer(1);
                        facts.set(key.clone(), Value::Number(number - &step));
                    }
                    (4, Value::Boolean(truth)) => facts.set(key.clone(), Value::Boolean(!truth)),
                    (_, value) => facts.set(key.clone(), value.clone()),
                }
            }
            facts
        })
        .collect()
}

#[test]
fn the_plan_and_the_judge_agree_near_the_cases() {
    let rulebook = rulebook();
    let by_date = facts_by_date(&rulebook);
    let all: Vec<Facts> = by_date.values().flatten().cloned().collect();
    for (number, as_of) in by_date.keys().step_by(by_date.len() / 6 + 1).enumerate() {
        let rows = neighbours(&all, 200, number as u64 + 1);
        compare(&rulebook, *as_of, &rows);
    }
}

#[test]
fn most_policies_are_judged_by_whole_batches() {
    let rulebook = rulebook();
    let as_of = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
    let rows = [Facts::new("r0")];
    let batch = table(&rulebook, &rows);
    let frame = Frame::of_schema(&rulebook, &SubjectKind::Enterprise, &batch.schema()).unwrap();
    let screening = Screening {
        rulebook: &rulebook,
        subject: SubjectKind::Enterprise,
        as_of,
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let plan = Plan::new(Arc::new(screening.bind(&frame)), true);
    let by_rows: Vec<&String> = plan
        .binding
        .selected
        .iter()
        .zip(&plan.policies)
        .filter(|(_, policy)| matches!(policy, PolicyPlan::Rows))
        .map(|(id, _)| id)
        .collect();
    assert!(by_rows.len() * 2 < plan.policies.len(), "{by_rows:?}");
}
