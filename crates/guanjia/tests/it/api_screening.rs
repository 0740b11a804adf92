//! Policies and all enterprises: the summary of a zone counts what the verdicts of each say, and a policy's own
//! list says whom it finds.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::{Money, Period, SourceRef, Value};
use ledger::{NewFact, NewSubject, Scope};
use serde_json::{Value as Json, json};

use crate::house::{House, NORTH_ENTERPRISE, SOUTH_ENTERPRISE, on_every_database, stamp};
use crate::program::{Program, problem};

fn fact(variable: &str, period: Period, value: Value) -> NewFact {
    NewFact {
        variable: variable.to_owned(),
        period,
        value,
        qualifier: String::new(),
        unit: String::new(),
        source: SourceRef::Form {
            form: "test".to_owned(),
        },
        known_on: None,
    }
}

async fn know(house: &House, id: i64, facts: Vec<NewFact>) {
    let all = Scope::everything();
    let ledger = &house.app.ledger;
    ledger
        .record_facts(&stamp(), &all, id, facts)
        .await
        .unwrap();
}

/// One enterprise with a certificate and an income, one of which figures of an earlier year are known, one of
/// which nothing is.
async fn figures(house: &House) -> i64 {
    let date = |text: &str| Value::Date(text.parse().unwrap());
    let certificate = vec![
        fact("hnte_valid_from", Period::Current, date("2022-11-15")),
        fact("hnte_valid_until", Period::Current, date("2025-11-14")),
    ];
    let income = |year| {
        let money = Value::Money(Money::from_fen(123_456_789));
        fact("taxable_income", Period::Year(year), money)
    };
    let staff = |year| fact("staff", Period::Year(year), Value::Integer(30));
    let mut north = certificate.clone();
    north.extend([income(2023), staff(2023)]);
    know(house, house.subjects[NORTH_ENTERPRISE], north).await;
    know(house, house.subjects[SOUTH_ENTERPRISE], vec![staff(2021)]).await;
    let new = NewSubject::of(
        domain::SubjectKind::Enterprise,
        "南园丁有限公司",
        house.south.id,
    );
    house.app.ledger.add_subject(&stamp(), new).await.unwrap()
}

/// What the verdicts of these enterprises say of each policy, counted one by one.
async fn counted(program: &Program, enterprises: &[i64], on: &str) -> BTreeMap<String, Json> {
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for id in enterprises {
        let verdicts = program
            .read(&format!("/api/v1/enterprises/{id}/verdicts{on}"))
            .await;
        for verdict in verdicts["items"].as_array().unwrap() {
            let policy = verdict["policy"].as_str().unwrap().to_owned();
            let said = verdict["verdict"].as_str().unwrap().to_owned();
            *counts.entry(policy).or_default().entry(said).or_default() += 1;
        }
    }
    let of = |said: &BTreeMap<String, u64>| {
        let count = |verdict: &str| said.get(verdict).copied().unwrap_or(0);
        json!([
            count("eligible"),
            count("ineligible"),
            count("unknown"),
            count("not_in_force"),
        ])
    };
    counts
        .iter()
        .map(|(policy, said)| (policy.clone(), of(said)))
        .collect()
}

fn totals(summary: &Json) -> BTreeMap<String, Json> {
    let items = summary["items"].as_array().unwrap().iter();
    let of = |one: &Json| {
        json!([
            one["eligible"],
            one["ineligible"],
            one["unknown"],
            one["not_in_force"]
        ])
    };
    items
        .map(|one| (one["policy"].as_str().unwrap().to_owned(), of(one)))
        .collect()
}

#[tokio::test]
async fn the_summary_of_a_zone_counts_what_is_said_of_each() {
    on_every_database(|house| async move {
        let third = figures(&house).await;
        let (north, south) = (
            house.subjects[NORTH_ENTERPRISE],
            house.subjects[SOUTH_ENTERPRISE],
        );
        let program = Program::of(&house, "policy").await;
        for on in ["", "?on=2024-06-30", "?on=2009-01-01"] {
            let summary = program.read(&format!("/api/v1/screening{on}")).await;
            assert_eq!(summary["enterprises"], 3);
            assert_eq!(
                summary["on"].as_str().map(|_| ()),
                (!on.is_empty()).then_some(())
            );
            let expected = counted(&program, &[north, south, third], on).await;
            assert!(expected.len() > 20);
            assert_eq!(totals(&summary), expected, "{on}");
        }
        let summary = program.read("/api/v1/screening").await;
        let items = summary["items"].as_array().unwrap();
        let rate = items
            .iter()
            .find(|one| one["policy"] == "hnte_cit_rate")
            .unwrap();
        assert_eq!(
            (&rate["eligible"], &rate["amount"]),
            (&json!(1), &json!("123456.79"))
        );
        let own = program
            .read(&format!("/api/v1/enterprises/{north}/verdicts"))
            .await;
        assert_eq!(summary["saves"], own["saves"]);
        let long_ago = program.read("/api/v1/screening?as_of=2001-01-01").await;
        assert_eq!(long_ago["enterprises"], 0);
        assert_eq!(long_ago["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_summary_reaches_as_far_as_its_reader() {
    on_every_database(|house| async move {
        figures(&house).await;
        let policy = Program::of(&house, "policy").await;
        let south = format!("/api/v1/screening?park={}", house.south.id);
        assert_eq!(policy.read(&south).await["enterprises"], 2);
        for login in ["park", "enterprise"] {
            let own = Program::of(&house, login).await;
            let summary = own.read("/api/v1/screening").await;
            assert_eq!(summary["enterprises"], 1, "{login}");
            let said = problem(&own.get(&south).await, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(said["errors"][0]["parameter"], "park");
            let list = own.read("/api/v1/policies/hnte_cit_rate/verdicts").await;
            assert_eq!(list["items"].as_array().unwrap().len(), 1, "{login}");
        }
        let projects = Program::of(&house, "projects").await;
        problem(
            &projects.get("/api/v1/screening").await,
            StatusCode::FORBIDDEN,
        );
    })
    .await;
}

#[tokio::test]
async fn a_policy_says_whom_it_finds() {
    on_every_database(|house| async move {
        let third = figures(&house).await;
        let ids = [
            house.subjects[NORTH_ENTERPRISE],
            house.subjects[SOUTH_ENTERPRISE],
            third,
        ];
        let program = Program::of(&house, "policy").await;
        let address = "/api/v1/policies/hnte_cit_rate/verdicts";
        let whole = program.read(address).await;
        let items = whole["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        assert!(whole["next"].is_null());
        for (item, id) in items.iter().zip(ids) {
            assert_eq!(item["enterprise"], id);
            let verdicts = program
                .read(&format!("/api/v1/enterprises/{id}/verdicts"))
                .await;
            let all = verdicts["items"].as_array().unwrap();
            let own = all
                .iter()
                .find(|one| one["policy"] == "hnte_cit_rate")
                .unwrap();
            for field in ["verdict", "year", "amount", "failed", "short", "missing"] {
                assert_eq!(item[field], own[field], "{field} of {id}");
            }
        }
        assert_eq!(items[0]["verdict"], "eligible");

        let eligible = program.read(&format!("{address}?verdict=eligible")).await;
        assert_eq!(eligible["items"], json!([items[0]]));
        let mut walked = Vec::new();
        let mut after = String::new();
        loop {
            let page = program.read(&format!("{address}?limit=1{after}")).await;
            walked.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(&walked, items);
        let nobody = program
            .get("/api/v1/policies/no_such_policy/verdicts")
            .await;
        problem(&nobody, StatusCode::NOT_FOUND);
        let said = program.get(&format!("{address}?verdict=perhaps")).await;
        problem(&said, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_fact_known_later_is_not_seen_on_an_earlier_day() {
    on_every_database(|house| async move {
        let id = house.subjects[NORTH_ENTERPRISE];
        figures(&house).await;
        let known = |fen, day: &str| NewFact {
            known_on: Some(day.parse().unwrap()),
            ..fact(
                "taxable_income",
                Period::Year(2024),
                Value::Money(Money::from_fen(fen)),
            )
        };
        know(&house, id, vec![known(100_000_000, "2024-03-01")]).await;
        know(&house, id, vec![known(200_000_000, "2024-09-01")]).await;
        let program = Program::of(&house, "policy").await;
        let amount = async |day: &str| {
            let address =
                format!("/api/v1/policies/hnte_cit_rate/verdicts?on={day}&verdict=eligible");
            let found = program.read(&address).await["items"][0]["amount"].clone();
            let own = format!("/api/v1/enterprises/{id}/verdicts?on={day}");
            let own = program.read(&own).await;
            let own = own["items"].as_array().unwrap().clone();
            let own = own
                .iter()
                .find(|one| one["policy"] == "hnte_cit_rate")
                .unwrap();
            assert_eq!(own["amount"], found, "{day}");
            found
        };
        assert_eq!(amount("2024-06-30").await, "100000.00");
        assert_eq!(amount("2024-10-31").await, "200000.00");
    })
    .await;
}
