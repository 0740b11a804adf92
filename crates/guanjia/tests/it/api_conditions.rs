//! Conditions, cursors and moments: what is known is not sent again, nobody's work is overwritten, pages follow
//! each other while others write, and whatever is made up is refused as a problem.

use axum::http::StatusCode;
use serde_json::json;

use crate::house::{NORTH_PROJECT, on_every_database};
use crate::program::{Program, body, fact, problem, reads, walked};

#[tokio::test]
async fn what_is_known_is_not_sent_again_anywhere() {
    on_every_database(|house| async move {
        for operation in reads(&house).await.iter().filter(|one| one.is_tagged) {
            let program = Program::of(&house, operation.login()).await;
            let address = operation.address(&house).await;
            let first = program.get(&address).await;
            if operation.path == "/api/v1/imports/{id}" {
                problem(&first, StatusCode::NOT_FOUND);
                continue;
            }
            assert_eq!(
                first.status(),
                StatusCode::OK,
                "{address}: {}",
                first.text()
            );
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with('"') && tag.len() > 10, "{address}: {tag}");
            assert_eq!(
                first.header("cache-control"),
                "private, no-cache",
                "{address}"
            );
            // Noted as one of several, and weakened by a server in between.
            for known in [&tag, &format!("\"other\", W/{tag}"), "*"] {
                let again = program
                    .get_with(&address, &[("if-none-match", known)])
                    .await;
                assert_eq!(
                    again.status(),
                    StatusCode::NOT_MODIFIED,
                    "{address} {known}"
                );
                assert_eq!(again.header("etag"), tag, "{address}");
                assert!(again.bytes().is_empty(), "{address}");
            }
            let other = program
                .get_with(&address, &[("if-none-match", "\"other\"")])
                .await;
            assert_eq!(other.status(), StatusCode::OK, "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_address_that_reads_can_be_asked_of_any_moment() {
    on_every_database(|house| async move {
        for operation in reads(&house).await {
            let program = Program::of(&house, operation.login()).await;
            let address = operation.address(&house).await;
            let knows_past = operation.asks.iter().any(|name| name == "as_of");
            if !knows_past {
                let past = program.get(&format!("{address}&as_of=2024-01-01")).await;
                problem(&past, StatusCode::BAD_REQUEST);
                continue;
            }
            let now = program.get(&address).await;
            for future in [
                "2999-12-31",
                "2999-12-31T00:00:00Z",
                "2999-12-31T00:00:00%2B08:00",
            ] {
                let answer = program.get(&format!("{address}&as_of={future}")).await;
                assert_eq!(answer.status(), now.status(), "{address} {future}");
                assert_eq!(answer.bytes(), now.bytes(), "{address} {future}");
            }
            for past in ["2001-01-01", "0001-01-01", "2001-01-01T00:00:00.5-11:30"] {
                let answer = program.get(&format!("{address}&as_of={past}")).await;
                let status = answer.status();
                if operation.path.contains("{id}") {
                    problem(&answer, StatusCode::NOT_FOUND);
                    continue;
                }
                assert_eq!(
                    status,
                    StatusCode::OK,
                    "{address} {past}: {}",
                    answer.text()
                );
                let is_law = operation.path == "/api/v1/policies";
                let items = body(&answer)["items"].clone();
                assert!(is_law || items == json!([]), "{address} {past}: {items:#}");
            }
            for wrong in [
                "2024-13-01",
                "yesterday",
                "2024-05-31T25:00:00Z",
                "2024",
                "%00",
            ] {
                let answer = program.get(&format!("{address}&as_of={wrong}")).await;
                let said = problem(&answer, StatusCode::BAD_REQUEST);
                assert_eq!(said["errors"][0]["parameter"], "as_of", "{address} {wrong}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_was_made_up_is_refused_as_a_problem() {
    on_every_database(|house| async move {
        let hex = |text: &str| hex::encode(text);
        let mut made_up: Vec<String> = [
            "5",
            "\"x\"",
            "{}",
            "[]",
            "[1]",
            "[null,5]",
            "[\"a\\u0000\",5]",
            "[5,5]",
            "[-9223372036854775808,\"a\",\"b\"]",
            "[9223372036854775807,\"\\uffff\",\"2024\"]",
            "-9223372036854775808",
            "9223372036854775807",
            "99999999999999999999",
            "not json",
        ]
        .map(hex)
        .to_vec();
        made_up.extend(["zz", "5", "", "5B", "%00"].map(str::to_owned));
        made_up.push("ab".repeat(10_000));
        for operation in reads(&house).await {
            if operation.asks.iter().all(|name| name != "after") {
                continue;
            }
            let program = Program::of(&house, operation.login()).await;
            let address = operation.address(&house).await;
            for cursor in &made_up {
                let answer = program.get(&format!("{address}&after={cursor}")).await;
                match answer.status() {
                    StatusCode::OK => drop(body(&answer)),
                    StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                        let said = problem(&answer, answer.status());
                        assert_eq!(
                            said["errors"][0]["parameter"], "after",
                            "{address} {cursor}"
                        );
                    }
                    status => panic!("{address} {cursor}: {status} {}", answer.text()),
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_while_others_write() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        // Long names: what they sort by is several times as long.
        let long = |number: usize| {
            format!("{number:02}号专用汽车零部件及新能源装备产业园标准化厂房建设项目第{number}期")
        };
        let add = async |name: &str| {
            let new = json!({"name": name, "facts": [
                {"variable": "investment_total", "value": format!("{}.00", name.len())},
            ]});
            let added = program.post("/api/v1/projects", &[], &new).await;
            assert_eq!(added.status(), StatusCode::CREATED, "{}", added.text());
            body(&added)["id"].as_i64().unwrap()
        };
        let mut before = Vec::new();
        for number in (2..12).step_by(2) {
            before.push(add(&long(number)).await);
        }
        let then = guanjia::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        for list in [
            "/api/v1/projects?sort=name".to_owned(),
            "/api/v1/projects?sort=name&order=desc".to_owned(),
            "/api/v1/projects?sort=investment_total".to_owned(),
            "/api/v1/facts?kind=project&variable=investment_total".to_owned(),
            format!("/api/v1/projects?sort=name&as_of={then}"),
        ] {
            let mut seen = Vec::new();
            let mut after = String::new();
            let mut pages = 0;
            loop {
                let page = program.read(&format!("{list}&limit=2{after}")).await;
                for item in page["items"].as_array().unwrap() {
                    let id = item.get("subject").unwrap_or(&item["id"]);
                    seen.push(id.as_i64().unwrap());
                }
                let Some(next) = page["next"].as_str() else {
                    break;
                };
                after = format!("&after={next}");
                pages += 1;
                assert!(pages < 60, "{list}: it ends");
                if pages <= 3 {
                    // One is put in before the end of the page, one behind it.
                    let mark = seen.len() + list.len() * 100;
                    add(&format!("00号{mark}")).await;
                    add(&format!("{}{mark}", long(2 * pages + 1))).await;
                }
            }
            for id in &before {
                let times = seen.iter().filter(|seen| *seen == id).count();
                assert_eq!(times, 1, "{list}: {id} in {seen:?}");
            }
            if list.contains("as_of") {
                let last = seen.iter().max().unwrap();
                assert_eq!(last, before.last().unwrap(), "nothing that came later");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn periods_of_one_variable_are_all_walked_through() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "statistics").await;
        let periods = [
            "2024-05",
            "2024-01/2024-05",
            "2024-Q1",
            "2024",
            "2023",
            "2024-05-31",
        ];
        let facts: Vec<_> = periods
            .iter()
            .map(|period| json!({"variable": "产值", "period": period, "value": "1"}))
            .collect();
        let address = format!("/api/v1/organisations/{}/facts", house.zone.id);
        let said = program.post(&address, &[], &json!({"facts": facts})).await;
        assert_eq!(said.status(), StatusCode::OK, "{}", said.text());
        let seen = walked(
            &program,
            "/api/v1/facts?kind=zone&variable=%E4%BA%A7%E5%80%BC",
        )
        .await;
        assert_eq!(seen.len(), periods.len());
    })
    .await;
}

#[tokio::test]
async fn figures_of_a_park_may_ask_for_what_was_seen() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "statistics").await;
        let address = format!("/api/v1/organisations/{}", house.north.id);
        let more = |value: &str| json!({"facts": [{"variable": "remarks", "value": value}]});
        let seen = program.get(&address).await.header("etag").to_owned();
        let tag = [("if-match", seen.as_str())];
        let facts = format!("{address}/facts");
        let said = program.post(&facts, &tag, &more("甲")).await;
        assert_eq!(said.status(), StatusCode::OK, "{}", said.text());
        let said = program.post(&facts, &tag, &more("乙")).await;
        problem(&said, StatusCode::PRECONDITION_FAILED);
        let now = program.read(&address).await;
        assert_eq!(
            (&now["kind"], &now["name"]),
            (&json!("park"), &json!("北园"))
        );
        assert_eq!(fact(&now, "remarks")["value"], "甲");
        let projects = Program::of(&house, "park").await;
        let south = format!("/api/v1/organisations/{}", house.south.id);
        problem(&projects.get(&south).await, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_fact_is_taken_back_only_as_it_was_seen() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let project = format!("/api/v1/projects/{}", house.subjects[NORTH_PROJECT]);
        let address = format!("/api/v1/facts/{}", house.facts[NORTH_PROJECT]);
        let seen = program.get(&address).await.header("etag").to_owned();
        let why = json!({"reason": "wrong"});
        let retraction = format!("{address}/retraction");
        for wrong in ["\"other\"", "nonsense", "", &format!("W/{seen}")] {
            let said = program
                .post(&retraction, &[("if-match", wrong)], &why)
                .await;
            let said = problem(&said, StatusCode::PRECONDITION_FAILED);
            assert_eq!(said["errors"][0]["header"], "If-Match", "{wrong}");
        }
        let more = json!({"facts": [{"variable": "remarks", "value": "后来的说法"}]});
        program.post(&format!("{project}/facts"), &[], &more).await;
        let said = program
            .post(&retraction, &[("if-match", seen.as_str())], &why)
            .await;
        problem(&said, StatusCode::PRECONDITION_FAILED);
        let now = program.read(&project).await;
        let later = format!("/api/v1/facts/{}", fact(&now, "remarks")["id"]);
        let seen = program.get(&later).await.header("etag").to_owned();
        let said = program
            .post(
                &format!("{later}/retraction"),
                &[("if-match", seen.as_str())],
                &why,
            )
            .await;
        assert_eq!(said.status(), StatusCode::OK, "{}", said.text());
    })
    .await;
}

#[tokio::test]
async fn an_import_is_undone_only_as_it_was_seen() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let ledger = "项目名称,总投资(万元)\n丙项目,2350\n";
        let sent = program.send(ledger, &[("as", "projects")], None).await;
        let address = sent.header("location").to_owned();
        let undoing = format!("{address}/undoing");
        let said = program
            .post(&undoing, &[("if-match", "\"other\"")], &json!({}))
            .await;
        problem(&said, StatusCode::PRECONDITION_FAILED);
        let seen = program.get(&address).await.header("etag").to_owned();
        let said = program
            .post(&undoing, &[("if-match", seen.as_str())], &json!({}))
            .await;
        assert_eq!(said.status(), StatusCode::OK, "{}", said.text());
    })
    .await;
}
