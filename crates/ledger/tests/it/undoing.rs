//! Undoing an import takes away what it alone stands for, and nothing else.

use domain::{Money, SourceRef, Value};
use ledger::facts::FactRecord;
use ledger::{AsOf, LedgerError, Organisation, Scope};
use proptest::prelude::*;

use crate::house::{House, fact, on_every_database, sqlite, yuan};

const TOTAL: &str = "investment_total";

async fn import(house: &House, zone: &Organisation, file: &str, value: Value) -> i64 {
    let rows = [("甲项目", zone.id, vec![(TOTAL, "", value)])];
    house.import(zone, file, &rows).await.import_id
}

async fn undo(house: &House, import_id: i64) -> ledger::imports::Undone {
    let all = Scope::everything();
    house
        .ledger
        .undo_import(&house.stamp(), &all, import_id)
        .await
        .unwrap()
}

/// The fact that counts; `None` when nothing does, or nobody knows of the project any more.
async fn counts(house: &House, zone: &Organisation) -> Option<FactRecord> {
    let all = Scope::everything();
    let kind = domain::SubjectKind::Project;
    let found = house
        .ledger
        .subjects_by_name(&all, zone.id, &kind, "甲项目")
        .await
        .unwrap();
    let facts = house.ledger.facts_of(&all, found.first()?.id, AsOf::Now);
    match facts.await {
        Ok(facts) => facts.into_iter().find(|fact| fact.variable == TOTAL),
        Err(LedgerError::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn file_of(house: &House, fact: &FactRecord) -> Option<String> {
    let all = Scope::everything();
    let source = house.ledger.source_of_fact(&all, fact.id).await.unwrap();
    match source.source {
        SourceRef::Cell { file_sha256, .. } => Some(file_sha256.trim_start_matches('0').to_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn a_value_that_a_second_file_confirmed_stands_when_the_first_is_undone() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let first = import(&house, &zone, "a", yuan("5.00")).await;
        let second = import(&house, &zone, "b", yuan("5.00")).await;
        let undone = undo(&house, first).await;
        assert_eq!((undone.confirmed, undone.retracted), (1, 0));
        let stands = counts(&house, &zone).await.unwrap();
        assert_eq!(stands.value, Some(yuan("5.00")));
        assert_eq!(file_of(&house, &stands).await.as_deref(), Some("b"));
        let undone = undo(&house, second).await;
        assert_eq!((undone.retracted, undone.withdrawn), (1, 1));
        assert_eq!(counts(&house, &zone).await, None);
        assert_eq!(house.ledger.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_only_confirmed_takes_nothing_away() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        import(&house, &zone, "a", yuan("5.00")).await;
        let before = counts(&house, &zone).await;
        let second = import(&house, &zone, "b", yuan("5.00")).await;
        undo(&house, second).await;
        assert_eq!(counts(&house, &zone).await, before);
    })
    .await;
}

#[tokio::test]
async fn what_a_person_said_as_well_outlives_the_import() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let import_id = import(&house, &zone, "a", yuan("5.00")).await;
        let project = counts(&house, &zone).await.unwrap().subject_id;
        let same = || vec![fact(TOTAL, "", yuan("5.00"))];
        let recorded = house.record(project, same()).await;
        assert_eq!((recorded.unchanged, recorded.confirmed), (1, 1));
        // Said once more it makes no difference, so nothing is written.
        assert_eq!(house.record(project, same()).await.confirmed, 0);
        undo(&house, import_id).await;
        let stands = counts(&house, &zone).await.unwrap();
        assert_eq!(stands.value, Some(yuan("5.00")));
        assert_eq!(file_of(&house, &stands).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_came_back_and_was_confirmed_then_stands_too() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let first = import(&house, &zone, "a", yuan("5.00")).await;
        let second = import(&house, &zone, "b", yuan("6.00")).await;
        undo(&house, second).await;
        import(&house, &zone, "c", yuan("5.00")).await;
        undo(&house, first).await;
        let stands = counts(&house, &zone).await.unwrap();
        assert_eq!(stands.value, Some(yuan("5.00")));
        assert_eq!(file_of(&house, &stands).await.as_deref(), Some("c"));
    })
    .await;
}

/// One thing that happens: an import of a value, or the undoing of one of those that stand.
#[derive(Debug, Clone)]
enum Step {
    Import(i64),
    Undo(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (1_i64..4).prop_map(Step::Import),
        1 => (0_usize..8).prop_map(Step::Undo),
    ];
    prop::collection::vec(step, 1..16)
}

/// After every step the value is that of the last import that stands.
async fn the_last_that_stands_counts(house: &House, steps: &[Step]) {
    let zone = house.zone("随州").await;
    let mut standing: Vec<(i64, i64)> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Import(fen) => {
                let value = Value::Money(Money::from_fen(*fen));
                let id = import(house, &zone, &format!("f{number}"), value).await;
                standing.push((id, *fen));
            }
            Step::Undo(place) if *place < standing.len() => {
                let (id, _) = standing.remove(*place);
                undo(house, id).await;
            }
            Step::Undo(_) => {}
        }
        let expected = standing.last().map(|(_, fen)| Money::from_fen(*fen));
        let found = counts(house, &zone).await.and_then(|fact| fact.value);
        assert_eq!(found, expected.map(Value::Money), "after step {number}");
    }
    assert_eq!(house.ledger.verify_audit().await.unwrap().broken, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_last_import_that_stands_counts(steps in steps()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { the_last_that_stands_counts(&sqlite().await, &steps).await });
    }
}
