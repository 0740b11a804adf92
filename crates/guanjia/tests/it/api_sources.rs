//! Sources for programs: listed as far as the facts that were taken from them are seen, with the cell and the
//! sentence; nobody learns from a file what others said in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use domain::{CellAddress, Money, Period, SourceRef, Value};
use guanjia::shell::{Permission, Role};
use ledger::{AsOf, NewFact, Scope};
use serde_json::{Value as Json, json};

use crate::house::{
    House, NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_PROJECT, SOUTH_ENTERPRISE, SOUTH_PROJECT,
    on_every_database, stamp,
};
use crate::program::{Program, problem, walked};

/// A ledger of the whole zone: what one enterprise pays stands below what the other pays.
const LEDGER: &str = "企业,行业,地址,税收\n北园甲,精密,北路1号,7001\n南园乙,光电,南路2号,8002\n";
const DOCUMENT: &str =
    "开头。\n\n北园甲纳税7001元，南园乙纳税8002元。\n\n另起一段，北园甲又说9003元。\n";

async fn kept(house: &House, name: &str, content: &str) -> String {
    let bytes = content.as_bytes().to_vec();
    let ledger = &house.app.ledger;
    let file = ledger.keep_file(&stamp(), name, "text/plain", bytes).await;
    file.unwrap().sha256
}

/// A fact of a subject with this source; gives its id.
async fn recorded(house: &House, name: &str, variable: &str, source: SourceRef) -> i64 {
    let fact = NewFact {
        variable: variable.to_owned(),
        period: Period::Current,
        value: Value::Money(Money::from_fen(700_100)),
        qualifier: String::new(),
        unit: String::new(),
        source,
        known_on: None,
    };
    let (all, id) = (Scope::everything(), house.subjects[name]);
    let ledger = &house.app.ledger;
    let done = ledger.record_facts(&stamp(), &all, id, vec![fact]).await;
    done.unwrap();
    let facts = ledger.facts_of(&all, id, AsOf::Now).await.unwrap();
    let found = facts.iter().find(|fact| fact.variable == variable);
    found.unwrap().id
}

/// The ledger of the zone, with a fact of each enterprise: theirs.
async fn zone_ledger(house: &House) -> (i64, i64) {
    let file_sha256 = kept(house, "税收.csv", LEDGER).await;
    let cell = |row| SourceRef::Cell {
        file_sha256: file_sha256.clone(),
        sheet: String::new(),
        cell: CellAddress { row, column: 3 },
    };
    let north = recorded(house, NORTH_ENTERPRISE, "tax_paid", cell(1)).await;
    let south = recorded(house, SOUTH_ENTERPRISE, "tax_paid", cell(2)).await;
    (north, south)
}

#[tokio::test]
async fn sources_are_listed_as_far_as_their_facts_are_seen() {
    on_every_database(|house| async move {
        let (north, south) = zone_ledger(&house).await;
        let statistics = Program::of(&house, "statistics").await;
        let figures = json!({"facts": [{"variable": "remarks", "value": "区的说明"}]});
        let address = format!("/api/v1/organisations/{}/facts", house.zone.id);
        let said = statistics.post(&address, &[], &figures).await;
        assert_eq!(said.status(), StatusCode::OK, "{}", said.text());
        let facts = statistics.read("/api/v1/facts?kind=zone").await;
        let of_zone = facts["items"][0]["id"].as_i64().unwrap();

        let mut all: Vec<i64> = house.facts.values().copied().collect();
        all.extend([north, south, of_zone]);
        for role in Role::ALL {
            let program = Program::of(&house, role.id()).await;
            if !role.may(Permission::SeeFacts) {
                problem(&program.get("/api/v1/sources").await, StatusCode::FORBIDDEN);
                continue;
            }
            let mut seen = BTreeSet::new();
            for fact in &all {
                let answer = program.get(&format!("/api/v1/facts/{fact}")).await;
                if answer.status() == StatusCode::OK {
                    let fact = crate::program::body(&answer);
                    seen.insert(fact["source_id"].as_i64().unwrap());
                }
            }
            let mut listed = walked(&program, "/api/v1/sources").await;
            assert!(listed.is_sorted_by(|a, b| a > b), "newest first");
            listed.sort_unstable();
            let seen: Vec<i64> = seen.into_iter().collect();
            assert_eq!(listed, seen, "{}", role.id());
            for id in 1..=12 {
                let answer = program.get(&format!("/api/v1/sources/{id}")).await;
                let there = answer.status() == StatusCode::OK;
                assert_eq!(there, seen.contains(&id), "{id} as {}", role.id());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_source_shows_what_was_taken_from_it() {
    on_every_database(|house| async move {
        let (north, _) = zone_ledger(&house).await;
        let leader = Program::of(&house, "leader").await;
        let fact = leader.read(&format!("/api/v1/facts/{north}")).await;
        let address = format!("/api/v1/sources/{}", fact["source_id"]);
        let source = leader.read(&address).await;
        assert_eq!(source["origin"]["kind"], "sheet");
        assert_eq!(source["origin"]["file"], "税收.csv");
        let cells = |source: &Json| -> Vec<String> {
            let items = source["items"].as_array().unwrap().iter();
            items
                .map(|item| item["cell"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(cells(&source), ["D2", "D3"]);
        let first = leader.read(&format!("{address}?limit=1")).await;
        let next = first["next"].as_str().unwrap();
        let second = leader
            .read(&format!("{address}?limit=1&after={next}"))
            .await;
        assert_eq!(
            (cells(&first), cells(&second)),
            (vec!["D2".into()], vec!["D3".into()])
        );
        assert!(second["next"].is_null());
        let own = Program::of(&house, "enterprise").await.read(&address).await;
        assert_eq!(cells(&own), ["D2"], "an enterprise sees itself");
        let sheets = leader.read("/api/v1/sources?kind=sheet").await;
        assert_eq!(sheets["items"].as_array().unwrap().len(), 1);
        let long_ago = leader.get(&format!("{address}?as_of=2001-01-01")).await;
        problem(&long_ago, StatusCode::NOT_FOUND);
        let long_ago = leader.read("/api/v1/sources?as_of=2001-01-01").await;
        assert_eq!(long_ago["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_cell_is_shown_with_its_neighbours_to_whoever_sees_them() {
    on_every_database(|house| async move {
        let (north, south) = zone_ledger(&house).await;
        let around = format!("/api/v1/facts/{north}/source");
        let leader = Program::of(&house, "leader").await;
        let whole = leader.read(&around).await;
        assert_eq!(whole["source"]["cell"], "D2");
        assert_eq!(whole["cells"]["columns"], json!(["B", "C", "D"]));
        let rows = whole["cells"]["rows"].as_array().unwrap();
        let numbers: Vec<_> = rows
            .iter()
            .map(|row| row["row"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(rows[1]["cited"], 2);
        assert_eq!(rows[2]["texts"][2], "8002");
        assert_eq!(
            (&whole["reduced"], &whole["may_take_file"]),
            (&json!(false), &json!(true))
        );

        for login in ["enterprise", "park"] {
            let own = Program::of(&house, login).await;
            let reduced = own.read(&around).await;
            assert_eq!(reduced["reduced"], true);
            let rows = reduced["cells"]["rows"].as_array().unwrap();
            assert_eq!(rows.len(), 1, "{reduced:#}");
            assert_eq!(rows[0]["texts"][2], "7001");
            let file = own.get(&format!("/api/v1/facts/{north}/file")).await;
            problem(&file, StatusCode::FORBIDDEN);
            let other = own.get(&format!("/api/v1/facts/{south}/source")).await;
            problem(&other, StatusCode::NOT_FOUND);
            let cookie = house.session_of(login).await;
            let page = house.get(&format!("/facts/{north}"), &cookie).await.text();
            assert!(page.contains(">7001<") && !page.contains("8002"), "{page}");
            assert!(page.contains("属于他人的内容不显示"), "{page}");
            assert!(!page.contains("/file\""), "{page}");
            let file = house.get(&format!("/facts/{north}/file"), &cookie).await;
            assert_eq!(file.status(), StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn a_paragraph_is_shown_unless_others_stand_in_it() {
    on_every_database(|house| async move {
        let file_sha256 = kept(&house, "报道.txt", DOCUMENT).await;
        let quote = |quote: &str| SourceRef::Quote {
            file_sha256: file_sha256.clone(),
            quote: quote.to_owned(),
        };
        let shared = recorded(
            &house,
            NORTH_ENTERPRISE,
            "tax_paid",
            quote("北园甲纳税7001元"),
        );
        let shared = shared.await;
        let alone = recorded(
            &house,
            NORTH_ENTERPRISE,
            "tax_due",
            quote("北园甲又说9003元"),
        );
        let alone = alone.await;
        recorded(
            &house,
            SOUTH_ENTERPRISE,
            "tax_paid",
            quote("南园乙纳税8002元"),
        )
        .await;
        let around = |fact: i64| format!("/api/v1/facts/{fact}/source");

        let leader = Program::of(&house, "leader").await;
        let whole = leader.read(&around(shared)).await;
        assert_eq!(whole["passage"]["after"], "，南园乙纳税8002元。");
        assert_eq!(
            (&whole["reduced"], &whole["cells"]),
            (&json!(false), &Json::Null)
        );

        let own = Program::of(&house, "enterprise").await;
        let reduced = own.read(&around(shared)).await;
        assert_eq!(
            (&reduced["passage"], &reduced["reduced"]),
            (&Json::Null, &json!(true))
        );
        assert_eq!(reduced["source"]["quote"], "北园甲纳税7001元");
        let kept = own.read(&around(alone)).await;
        assert_eq!(kept["passage"]["before"], "另起一段，");
        assert_eq!(
            (&kept["reduced"], &kept["may_take_file"]),
            (&json!(false), &json!(false))
        );
        let cookie = house.session_of("enterprise").await;
        let page = house.get(&format!("/facts/{shared}"), &cookie).await.text();
        assert!(page.contains("<mark>北园甲纳税7001元</mark>"), "{page}");
        assert!(!page.contains("南园乙"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_another_kind_or_zone_is_not_taken_along() {
    on_every_database(|house| async move {
        let file_sha256 = kept(&house, "两类.csv", LEDGER).await;
        let cell = |row| SourceRef::Cell {
            file_sha256: file_sha256.clone(),
            sheet: String::new(),
            cell: CellAddress { row, column: 3 },
        };
        let project = recorded(&house, NORTH_PROJECT, "investment_total", cell(1)).await;
        let address = format!("/api/v1/facts/{project}/file");
        let taken = async |login: &str| {
            let program = Program::of(&house, login).await;
            program.get(&address).await.status()
        };
        assert_eq!(taken("projects").await, StatusCode::OK);
        assert_eq!(taken("park").await, StatusCode::OK);
        recorded(&house, SOUTH_PROJECT, "investment_total", cell(2)).await;
        assert_eq!(taken("projects").await, StatusCode::OK);
        assert_eq!(
            taken("park").await,
            StatusCode::FORBIDDEN,
            "the next park's"
        );
        recorded(&house, NORTH_ENTERPRISE, "tax_paid", cell(2)).await;
        assert_eq!(
            taken("projects").await,
            StatusCode::FORBIDDEN,
            "of enterprises, too"
        );
        assert_eq!(taken("leader").await, StatusCode::OK);
        recorded(&house, OTHER_PROJECT, "investment_total", cell(2)).await;
        assert_eq!(
            taken("leader").await,
            StatusCode::FORBIDDEN,
            "another zone's"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_takes_a_file_along_leaves_a_trace() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let ledger = "项目名称,总投资(万元)\n丙项目,2350\n";
        let sent = program.send(ledger, &[("as", "projects")], None).await;
        assert_eq!(sent.status(), StatusCode::CREATED, "{}", sent.text());
        let import = sent
            .header("location")
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        let listed = program
            .read("/api/v1/facts?kind=project&variable=investment_total")
            .await;
        let fact = listed["items"][0]["id"].as_i64().unwrap();
        let cookie = house.session_of("projects").await;
        for address in [
            format!("/facts/{fact}/file"),
            format!("/imports/{import}/file"),
            format!("/imports/{import}/returned"),
        ] {
            let before = downloads(&house).await;
            let file = house.get(&address, &cookie).await;
            assert_eq!(file.status(), StatusCode::OK, "{address}: {}", file.text());
            assert_eq!(downloads(&house).await, before + 1, "{address}");
        }
        let past = format!("/imports/{import}?as_of=2001-01-01");
        assert_eq!(
            house.get(&past, &cookie).await.status(),
            StatusCode::NOT_FOUND
        );
        let past = program
            .get(&format!("/api/v1/imports/{import}?as_of=2001-01-01"))
            .await;
        problem(&past, StatusCode::NOT_FOUND);
    })
    .await;
}

async fn downloads(house: &Arc<House>) -> usize {
    let query = ledger::audit::AuditQuery {
        action: Some("file.download".to_owned()),
        limit: 100,
        ..ledger::audit::AuditQuery::default()
    };
    house.app.ledger.audit_entries(&query).await.unwrap().len()
}
