//! The interface for programs: what is wrong is said in the program's language and pointed at, a call sent
//! twice is done once, lists are walked through, and a token reaches as far as its account.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value as Json, json};

use crate::house::{
    NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_PROJECT, SOUTH_PROJECT, on_every_database,
};
use crate::program::{Program, body, problem};

#[tokio::test]
async fn every_refusal_is_a_problem_in_the_language_of_the_program() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let said = problem(&program.get("/api/v1/none").await, StatusCode::NOT_FOUND);
        assert!(said["detail"].as_str().unwrap().contains("no such address"));
        let answer = program.get("/api/v1/projects/999999").await;
        problem(&answer, StatusCode::NOT_FOUND);
        problem(
            &program.get("/api/v1/projects/x").await,
            StatusCode::BAD_REQUEST,
        );
        let put = program.request(&Method::PUT, "/api/v1/projects");
        let answer = house.ask(put.body(Body::empty()).unwrap()).await;
        problem(&answer, StatusCode::METHOD_NOT_ALLOWED);
        assert!(
            answer.header("allow").contains("POST"),
            "{}",
            answer.header("allow")
        );
        let text = program
            .request(&Method::POST, "/api/v1/projects")
            .header(header::CONTENT_TYPE, "text/plain");
        let answer = house.ask(text.body(Body::from("{}")).unwrap()).await;
        problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let large = json!({"name": "x".repeat(2 * 1024 * 1024)});
        let answer = program.post("/api/v1/projects", &[], &large).await;
        problem(&answer, StatusCode::PAYLOAD_TOO_LARGE);
        problem(&program.get("/api/v1/users").await, StatusCode::FORBIDDEN);
        let stranger = Request::builder().uri("/api/v1/projects");
        let answer = house.ask(stranger.body(Body::empty()).unwrap()).await;
        let said = problem(&answer, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.header("content-language"), "zh-CN");
        assert!(said["detail"].as_str().unwrap().contains("令牌"));
    })
    .await;
}

#[tokio::test]
async fn a_call_sent_twice_is_done_once() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let key = [("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324")];
        let new = json!({"name": "一次项目"});
        let first = program.post("/api/v1/projects", &key, &new).await;
        assert_eq!(first.status(), StatusCode::CREATED, "{}", first.text());
        let entries = house.audit_entries().await;
        let again = program.post("/api/v1/projects", &key, &new).await;
        assert_eq!(again.status(), StatusCode::CREATED);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.bytes(), first.bytes());
        assert_eq!(
            house.audit_entries().await,
            entries,
            "nothing was done again"
        );

        let other = json!({"name": "另一项目"});
        let answer = program.post("/api/v1/projects", &key, &other).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        let park = Program::of(&house, "park").await;
        let answer = park.post("/api/v1/projects", &key, &other).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "keys are one's own");

        let failing = [("idempotency-key", "a-call-that-fails")];
        let wrong = json!({"name": "三次项目", "park": "没有这个园"});
        let answer = program.post("/api/v1/projects", &failing, &wrong).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        let right = json!({"name": "三次项目"});
        let answer = program.post("/api/v1/projects", &failing, &right).await;
        assert_eq!(
            answer.status(),
            StatusCode::CREATED,
            "what failed did nothing"
        );

        let later = guanjia::clock::now() + chrono::Duration::hours(25);
        guanjia::accounts::timers::clear_away_once(&house.app.ledger, later)
            .await
            .unwrap();
        let answer = program.post("/api/v1/projects", &key, &new).await;
        problem(&answer, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn two_calls_at_once_are_one() {
    on_every_database(|house| async move {
        let program = Arc::new(Program::of(&house, "projects").await);
        let call = |program: Arc<Program>| async move {
            let key = [("idempotency-key", "at-once")];
            let new = json!({"name": "同时项目"});
            program.post("/api/v1/projects", &key, &new).await
        };
        let calls: Vec<_> = (0..4)
            .map(|_| tokio::spawn(call(Arc::clone(&program))))
            .collect();
        let mut created = 0;
        for done in calls {
            let answer = done.await.unwrap();
            match answer.status() {
                StatusCode::CREATED => created += 1,
                _ => drop(problem(&answer, StatusCode::CONFLICT)),
            }
        }
        assert!(created >= 1);
        let listed = program.read("/api/v1/projects?q=%E5%90%8C%E6%97%B6").await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);

        // One that somebody is still at is refused, whatever its request.
        let caller = house.people["projects"].to_string();
        let now = guanjia::clock::now();
        let new = json!({"name": "占用项目"});
        let under_way = ledger::imports::Call {
            caller: &caller,
            key: "busy",
            request_digest: "of another",
        };
        let ledger = &house.app.ledger;
        let long_ago = (now - chrono::Duration::days(9)).into();
        ledger
            .reserve_answer(under_way, now.into(), long_ago, long_ago)
            .await
            .unwrap();
        let key = [("idempotency-key", "busy")];
        let answer = program.post("/api/v1/projects", &key, &new).await;
        assert!(answer.status().is_client_error(), "{}", answer.text());
        let listed = program.read("/api/v1/projects?q=%E5%8D%A0%E7%94%A8").await;
        assert!(listed["items"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn lists_are_walked_through_by_their_cursors() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "statistics").await;
        for (list, least) in [
            ("/api/v1/projects?", 2),
            ("/api/v1/enterprises?", 2),
            ("/api/v1/facts?kind=project&", 2),
        ] {
            let mut after = String::new();
            let mut seen = Vec::new();
            loop {
                let page = program.read(&format!("{list}limit=1{after}")).await;
                let items = page["items"].as_array().unwrap();
                seen.extend(items.iter().map(|item| item["id"].as_i64().unwrap()));
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
            assert!(
                seen.len() >= least && distinct.len() == seen.len(),
                "{list}: {seen:?}"
            );
            let page = program.read(&format!("{list}limit=200")).await;
            assert_eq!(
                page["items"].as_array().unwrap().len(),
                seen.len(),
                "{list}"
            );
        }
        let auditor = Program::of(&house, "auditor").await;
        let first = auditor.read("/api/v1/audit?limit=1").await;
        let after = first["next"].as_str().unwrap();
        let second = auditor
            .read(&format!("/api/v1/audit?limit=1&after={after}"))
            .await;
        assert!(second["items"][0]["id"].as_i64() < first["items"][0]["id"].as_i64());
        let answer = auditor.get("/api/v1/audit?after=5b5d").await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_token_reaches_as_far_as_its_account() {
    on_every_database(|house| async move {
        let park = Program::of(&house, "park").await;
        let names = |page: &Json| page["items"].to_string();
        let own = names(&park.read("/api/v1/projects").await);
        assert!(own.contains(NORTH_PROJECT) && !own.contains(SOUTH_PROJECT));
        let before = house.audit_entries().await;
        let more = json!({"facts": [{"variable": "remarks", "value": "不是我的"}]});
        for name in [SOUTH_PROJECT, OTHER_PROJECT] {
            let address = format!("/api/v1/projects/{}/facts", house.subjects[name]);
            problem(
                &park.post(&address, &[], &more).await,
                StatusCode::NOT_FOUND,
            );
            let address = format!("/api/v1/facts/{}/retraction", house.facts[name]);
            let why = json!({"reason": "not mine"});
            problem(&park.post(&address, &[], &why).await, StatusCode::NOT_FOUND);
        }
        let south = json!({"name": "越界项目", "park": "南园"});
        let answer = park.post("/api/v1/projects", &[], &south).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = park
            .get(&format!("/api/v1/projects?zone={}", house.other_zone.id))
            .await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(house.audit_entries().await, before);

        let enterprise = Program::of(&house, "enterprise").await;
        let own = names(&enterprise.read("/api/v1/enterprises").await);
        assert_eq!(own.matches("\"id\"").count(), 1);
        assert!(own.contains(NORTH_ENTERPRISE));
        let account = enterprise.read("/api/v1/account").await;
        assert_eq!(
            account["roles"][0]["enterprise"],
            house.subjects[NORTH_ENTERPRISE]
        );
        let address = format!(
            "/api/v1/enterprises/{}/facts",
            house.subjects[NORTH_ENTERPRISE]
        );
        problem(
            &enterprise.post(&address, &[], &more).await,
            StatusCode::FORBIDDEN,
        );

        let statistics = Program::of(&house, "statistics").await;
        let organisations = statistics.read("/api/v1/organisations").await;
        assert_eq!(organisations["items"].as_array().unwrap().len(), 3);
        let address = format!("/api/v1/organisations/{}/facts", house.north.id);
        let answer = statistics.post(&address, &[], &more).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let seen = statistics
            .read("/api/v1/facts?kind=park&variable=remarks")
            .await;
        assert_eq!(seen["items"][0]["value"], "不是我的");
    })
    .await;
}

#[tokio::test]
async fn the_rulebook_says_what_it_says_of_an_enterprise() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "policy").await;
        let policies = program.read("/api/v1/policies?on=2024-06-30").await;
        let all = policies["items"].as_array().unwrap();
        assert!(all.len() > 20, "{}", all.len());
        let id = house.subjects[NORTH_ENTERPRISE];
        let verdicts = program
            .read(&format!("/api/v1/enterprises/{id}/verdicts?on=2024-06-30"))
            .await;
        assert_eq!(verdicts["saves"], "0.00");
        let verdicts = verdicts["items"].as_array().unwrap();
        let unknown = verdicts
            .iter()
            .find(|one| one["verdict"] == "unknown")
            .expect("nothing is known of it");
        assert!(!unknown["missing"].as_array().unwrap().is_empty());
        let policy = unknown["policy"].as_str().unwrap();
        let address = format!("/api/v1/enterprises/{id}/verdicts/{policy}");
        let explained = program.read(&format!("{address}?on=2024-06-30")).await;
        assert_eq!(explained["verdict"], "unknown");
        assert_eq!(explained["missing"], unknown["missing"]);
        let answer = program
            .get(&format!("/api/v1/enterprises/{id}/verdicts/no_such_policy"))
            .await;
        problem(&answer, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_interface_is_described_for_people_and_programs() {
    on_every_database(|house| async move {
        let described = body(&house.get("/api/openapi.json", "").await);
        assert_eq!(described["openapi"], "3.1.0");
        let cookie = house.session_of("partner").await;
        let page = house.get("/api/docs", &cookie).await;
        assert_eq!(page.status(), StatusCode::OK);
        let text = page.text();
        for path in described["paths"].as_object().unwrap().keys() {
            assert!(text.contains(path), "{path}");
        }
        // Under its policy the page works with nothing from elsewhere, and with no script of its own.
        for piece in [" src=\"", " href=\"", " action=\""] {
            for address in text.split(piece).skip(1) {
                let own = address.starts_with('/') && !address.starts_with("//");
                assert!(
                    own || address.starts_with('#'),
                    "{piece}{}",
                    &address[..address.len().min(80)]
                );
            }
        }
        for script in text.split("<script").skip(1) {
            assert!(
                script
                    .split('>')
                    .next()
                    .unwrap()
                    .contains(" src=\"/assets/"),
                "a script of its own"
            );
        }
        assert!(!text.contains("<style") && !text.contains(" onclick="));
        assert!(house.get("/api/docs", "").await.asks_to_sign_in());
    })
    .await;
}
