//! What the rulebook says of an enterprise: on its page and clause by clause, from the facts of the moment
//! shown, and for nobody who may not see the enterprise.

use axum::http::StatusCode;
use domain::{Money, Period, SourceRef, Value};
use ledger::{NewFact, Scope};

use crate::house::{House, NORTH_ENTERPRISE, SOUTH_ENTERPRISE, on_every_database, stamp};

async fn record(house: &House, facts: Vec<(&str, Period, Value)>) {
    let facts = facts
        .into_iter()
        .map(|(variable, period, value)| NewFact {
            variable: variable.to_owned(),
            period,
            value,
            qualifier: String::new(),
            unit: String::new(),
            source: SourceRef::Form {
                form: "test".to_owned(),
            },
            known_on: None,
        })
        .collect();
    let id = house.subjects[NORTH_ENTERPRISE];
    house
        .app
        .ledger
        .record_facts(&stamp(), &Scope::everything(), id, facts)
        .await
        .unwrap();
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

#[tokio::test]
async fn a_verdict_follows_the_facts_and_names_what_is_missing() {
    on_every_database(|house| async move {
        let own = format!("/enterprises/{}", house.subjects[NORTH_ENTERPRISE]);
        let policy = format!("{own}/policies/hnte_cit_rate");
        let cookie = house.session_of("policy").await;
        let open = house.get(&policy, &cookie).await.text();
        assert!(open.contains("○ 缺数据"), "nothing is known yet");

        record(
            &house,
            vec![
                ("hnte_valid_from", Period::Current, date("2022-11-15")),
                ("hnte_valid_until", Period::Current, date("2025-11-14")),
                ("staff", Period::Year(2023), Value::Integer(120)),
            ],
        )
        .await;
        let page = house.get(&policy, &cookie).await.text();
        assert!(page.contains("● 符合"));
        assert!(
            page.contains("2023-12-31"),
            "judged at the end of the year of the figures"
        );
        let put_in = format!("{own}/correction?variable=taxable_income&#38;period=2023");
        assert!(page.contains(&put_in), "what is missing can be put in");

        let income = Value::Money(Money::from_fen(123_456_789));
        record(&house, vec![("taxable_income", Period::Year(2023), income)]).await;
        let page = house.get(&policy, &cookie).await.text();
        assert!(page.contains("123,456.79 元"), "a tenth, to the fen");
        let all = house.get(&own, &cookie).await.text();
        assert!(all.contains("policies/hnte_cit_rate") && all.contains("12 万元"));
        let later = house.get(&format!("{policy}?on=2026-06-30"), &cookie).await;
        assert!(
            later.text().contains("■ 不符合"),
            "the certificate has ended"
        );
        let wrong = house.get(&format!("{policy}?on=tomorrow"), &cookie).await;
        assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
        let none = house.get(&format!("{own}/policies/no_such"), &cookie).await;
        assert_eq!(none.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_enterprise_asks_about_itself_alone() {
    on_every_database(|house| async move {
        let cookie = house.session_of("enterprise").await;
        let of = |name: &str| {
            format!(
                "/enterprises/{}/policies/hnte_cit_rate",
                house.subjects[name]
            )
        };
        let own = house.get(&of(NORTH_ENTERPRISE), &cookie).await;
        assert_eq!(own.status(), StatusCode::OK);
        assert!(!own.text().contains("/correction"), "it changes nothing");
        let other = house.get(&of(SOUTH_ENTERPRISE), &cookie).await;
        assert_eq!(other.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_ticked_are_shown_alone() {
    on_every_database(|house| async move {
        let cookie = house.session_of("policy").await;
        let only = format!("/enterprises?only={}", house.subjects[SOUTH_ENTERPRISE]);
        let page = house.get(&only, &cookie).await.text();
        assert!(page.contains(SOUTH_ENTERPRISE) && !page.contains(NORTH_ENTERPRISE));
        let wrong = house.get("/enterprises?only=x", &cookie).await;
        assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    })
    .await;
}
