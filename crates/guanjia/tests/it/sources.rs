//! From a number to its cell or sentence, and the original file for whoever may see the number.

use axum::http::StatusCode;
use domain::{CellAddress, Money, Period, SourceRef, Value};
use ledger::{NewFact, Scope};

use crate::house::{
    House, NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_PROJECT, SOUTH_PROJECT, on_every_database, stamp,
};

const TABLE: &str = "重点项目台账\n单位：万元\n名称,总投资,年度计划\n甲,7000,10\n乙,8000,20\n";
const TEXT: &str = "开头一段。\n\n今年总投资7000万元，进展顺利。\n";

/// A fact of a project with this source; gives its id.
async fn recorded(house: &House, name: &str, variable: &str, source: SourceRef) -> i64 {
    let fact = NewFact {
        variable: variable.to_owned(),
        period: Period::Current,
        value: Value::Money(Money::from_fen(7_000_000_000)),
        qualifier: "约".to_owned(),
        unit: "万元".to_owned(),
        source,
        known_on: None,
    };
    let all = Scope::everything();
    let id = house.subjects[name];
    let ledger = &house.app.ledger;
    ledger
        .record_facts(&stamp(), &all, id, vec![fact])
        .await
        .unwrap();
    let facts = ledger.facts_of(&all, id, ledger::AsOf::Now).await.unwrap();
    facts
        .iter()
        .find(|fact| fact.variable == variable)
        .unwrap()
        .id
}

async fn kept(house: &House, name: &str, content: &str) -> String {
    let bytes = content.as_bytes().to_vec();
    let file = house
        .app
        .ledger
        .keep_file(&stamp(), name, "text/plain", bytes)
        .await
        .unwrap();
    file.sha256
}

#[tokio::test]
async fn a_number_leads_to_its_cell_with_the_neighbours() {
    on_every_database(|house| async move {
        let file_sha256 = kept(&house, "台账.csv", TABLE).await;
        let cell = CellAddress { row: 3, column: 1 };
        let source = SourceRef::Cell {
            file_sha256,
            sheet: String::new(),
            cell,
        };
        let fact = recorded(&house, NORTH_PROJECT, "investment_total", source).await;
        let cookie = house.session_of("leader").await;
        let page = house.get(&format!("/facts/{fact}"), &cookie).await.text();
        assert!(page.contains("<strong>B4</strong>"), "{page}");
        assert!(page.contains("cited") && page.contains(">8000<") && page.contains(">总投资<"));
        assert!(page.contains("约<strong>7,000</strong><span class=\"unit\">万元</span>"));
        let file = house.get(&format!("/facts/{fact}/file"), &cookie).await;
        assert_eq!(file.bytes(), TABLE.as_bytes());
        assert!(file.header("content-disposition").starts_with("attachment"));
    })
    .await;
}

#[tokio::test]
async fn a_number_leads_to_its_sentence_in_the_paragraph() {
    on_every_database(|house| async move {
        let file_sha256 = kept(&house, "报道.txt", TEXT).await;
        let source = SourceRef::Quote {
            file_sha256,
            quote: "总投资7000万元".to_owned(),
        };
        let fact = recorded(&house, NORTH_PROJECT, "investment_total", source).await;
        let page = house
            .get(&format!("/facts/{fact}"), &house.session_of("leader").await)
            .await
            .text();
        assert!(
            page.contains("今年<mark>总投资7000万元</mark>，进展顺利。"),
            "{page}"
        );
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_the_fact_gets_neither_page_nor_file() {
    on_every_database(|house| async move {
        let file_sha256 = kept(&house, "台账.csv", TABLE).await;
        let source = |row| SourceRef::Cell {
            file_sha256: file_sha256.clone(),
            sheet: String::new(),
            cell: CellAddress { row, column: 1 },
        };
        let south = recorded(&house, SOUTH_PROJECT, "investment_total", source(4)).await;
        let other = recorded(&house, OTHER_PROJECT, "investment_total", source(3)).await;
        let enterprise = house.facts[NORTH_ENTERPRISE];
        let refused = [
            ("park", south),       // the next park's
            ("leader", other),     // another zone's
            ("policy", south),     // a role that sees no projects
            ("enterprise", south), // an enterprise sees itself
            ("projects", enterprise),
        ];
        for (login, fact) in refused {
            let cookie = house.session_of(login).await;
            for address in [format!("/facts/{fact}"), format!("/facts/{fact}/file")] {
                let answer = house.get(&address, &cookie).await;
                assert_eq!(
                    answer.status(),
                    StatusCode::NOT_FOUND,
                    "{address} as {login}"
                );
            }
        }
        let cookie = house.session_of("enterprise").await;
        let own = house.get(&format!("/facts/{enterprise}"), &cookie).await;
        assert_eq!(own.status(), StatusCode::OK);
    })
    .await;
}
