//! The interface for programs: a program registers, records, imports and undoes with the rights of its
//! account; what is wrong is said in its language and pointed at; a call sent twice is done once.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value as Json, json};

use crate::account_journeys::between;
use crate::house::{
    Answer, House, NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_PROJECT, SOUTH_PROJECT, on_every_database,
};

/// A token of a person, made on the account page as people make it.
async fn token_of(house: &House, login: &str) -> String {
    let cookie = house.session_of(login).await;
    let page = house.post("/account/tokens", &cookie, "name=test").await;
    between(&page.text(), "<code class=\"mono\">", "</code>").to_owned()
}

/// A program with a token.
struct Program {
    house: Arc<House>,
    token: String,
}

impl Program {
    async fn of(house: &Arc<House>, login: &str) -> Self {
        Self {
            token: token_of(house, login).await,
            house: Arc::clone(house),
        }
    }

    fn request(&self, method: &Method, address: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method.clone())
            .uri(address)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9,zh;q=0.5")
    }

    async fn get(&self, address: &str) -> Answer {
        let request = self.request(&Method::GET, address);
        self.house.ask(request.body(Body::empty()).unwrap()).await
    }

    /// The body of an answer that is as it should be.
    async fn read(&self, address: &str) -> Json {
        let answer = self.get(address).await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "{address}: {}",
            answer.text()
        );
        body(&answer)
    }

    async fn post(&self, address: &str, headers: &[(&str, &str)], body: &Json) -> Answer {
        let mut request = self
            .request(&Method::POST, address)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(body.to_string());
        self.house.ask(request.body(body).unwrap()).await
    }

    /// Sends a form with a file.
    async fn send(&self, file: &str, fields: &[(&str, &str)], key: Option<&str>) -> Answer {
        let boundary = format!("b{}", uuid::Uuid::now_v7().simple());
        let mut form = String::new();
        for (name, value) in fields {
            form.push_str(&format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        form.push_str(&format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; \
             filename=\"ledger.csv\"\r\n\r\n{file}\r\n--{boundary}--\r\n"
        ));
        let kind = format!("multipart/form-data; boundary={boundary}");
        let mut request = self
            .request(&Method::POST, "/api/v1/imports")
            .header(header::CONTENT_TYPE, kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.house
            .ask(request.body(Body::from(form)).unwrap())
            .await
    }
}

fn body(answer: &Answer) -> Json {
    serde_json::from_slice(answer.bytes()).unwrap_or_else(|_| panic!("{}", answer.text()))
}

/// Checks that an answer is a problem with this status; gives it.
fn problem(answer: &Answer, status: StatusCode) -> Json {
    assert_eq!(answer.status(), status, "{}", answer.text());
    let kind = answer.header("content-type");
    assert_eq!(kind, "application/problem+json", "{}", answer.text());
    let problem = body(answer);
    assert_eq!(problem["status"], status.as_u16());
    problem
}

fn fact<'a>(subject: &'a Json, variable: &str) -> &'a Json {
    let facts = subject["facts"].as_array().unwrap();
    facts
        .iter()
        .find(|fact| fact["variable"] == variable)
        .unwrap_or_else(|| panic!("{variable} in {subject:#}"))
}

#[tokio::test]
async fn a_program_registers_a_project_and_tells_more_about_it() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let new = json!({
            "name": "氢能制造基地二期",
            "code": "2410-420000-04-01-123456",
            "park": "北园",
            "facts": [
                {"variable": "investment_total", "value": "235000000.00", "qualifier": "约",
                 "quote": "总投资约2.35亿元", "known_on": "2024-05-31"},
                {"variable": "investment_plan_year", "period": "2024", "value": "50000000.00"},
                {"variable": "signed_on", "value": "none"},
                {"variable": "investment_contract",
                 "value": {"value": "3500000.00", "currency": "USD"}},
            ],
        });
        let answer = program.post("/api/v1/projects", &[], &new).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{}", answer.text());
        let address = answer.header("location").to_owned();
        let registered = program.read(&address).await;
        assert_eq!(body(&answer), registered);
        assert_eq!(registered["organisation"], house.north.id);
        assert_eq!(fact(&registered, "investment_total")["qualifier"], "约");
        assert_eq!(fact(&registered, "signed_on")["value"], "none");
        assert_eq!(
            fact(&registered, "investment_contract")["value"]["currency"],
            "USD"
        );

        let listed = program.read("/api/v1/projects?q=%E4%BA%8C%E6%9C%9F").await;
        let row = &listed["items"][0];
        assert_eq!(row["values"]["investment_total"], "235000000.00");
        assert_eq!(row["qualifiers"]["investment_total"], "约");
        assert_eq!(row["values"]["investment_contract"]["value"], "3500000.00");
        assert_eq!(row["values"]["park"], "北园");

        let more = json!({"facts": [
            {"variable": "investment_total", "value": "240000000.00"},
            {"variable": "investment_plan_year", "period": "2024", "value": "50000000.00"},
        ]});
        let answer = program.post(&format!("{address}/facts"), &[], &more).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let recorded = body(&answer);
        assert_eq!(
            (&recorded["superseded"], &recorded["unchanged"]),
            (&json!(1), &json!(1))
        );

        let id = recorded["facts"][0]["id"].as_i64().unwrap();
        let source = program.read(&format!("/api/v1/facts/{id}")).await;
        let values: Vec<&Json> = source["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["value"])
            .collect();
        assert_eq!(values.len(), 2, "{source:#}");
        assert_eq!(source["source"]["kind"], "api");
        assert_eq!(source["source"]["request"], recorded["request"]);
        let first = source["history"][0]["id"].as_i64().unwrap();
        let first = program.read(&format!("/api/v1/facts/{first}")).await;
        assert_eq!(first["source"]["quote"], "总投资约2.35亿元");

        let twice = program.post("/api/v1/projects", &[], &new).await;
        problem(&twice, StatusCode::CONFLICT);

        let retraction = json!({"reason": "recorded by mistake"});
        let answer = program
            .post(&format!("/api/v1/facts/{id}/retraction"), &[], &retraction)
            .await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let again = program
            .post(&format!("/api/v1/facts/{id}/retraction"), &[], &retraction)
            .await;
        problem(&again, StatusCode::CONFLICT);
        let left = program.read(&address).await;
        assert!(
            left["facts"]
                .as_array()
                .unwrap()
                .iter()
                .all(|fact| fact["variable"] != "investment_total")
        );
        assert!(
            house
                .app
                .ledger
                .verify_audit()
                .await
                .unwrap()
                .broken
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_pointed_at_and_nothing_of_it_is_kept() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "policy").await;
        let before = house.audit_entries().await;
        let new = json!({"name": "丁公司", "code": "91350100M000100Y44", "facts": []});
        let said = problem(
            &program.post("/api/v1/enterprises", &[], &new).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        );
        assert_eq!(said["errors"][0]["pointer"], "#/code");
        let new = json!({"name": "丁公司", "facts": [
            {"variable": "revenue", "period": "2023", "value": "12.00"},
            {"variable": "revenue", "period": "2024", "value": "twelve"},
        ]});
        let said = problem(
            &program.post("/api/v1/enterprises", &[], &new).await,
            StatusCode::UNPROCESSABLE_ENTITY,
        );
        assert_eq!(said["errors"][0]["pointer"], "#/facts/1/value");
        let new = json!({"name": "丁公司", "colour": "red"});
        let said = problem(
            &program.post("/api/v1/enterprises", &[], &new).await,
            StatusCode::BAD_REQUEST,
        );
        assert_eq!(said["errors"][0]["pointer"], "#/colour");
        assert_eq!(house.audit_entries().await, before, "nothing was written");
        let said = problem(
            &program.get("/api/v1/enterprises?size=large&limit=0").await,
            StatusCode::BAD_REQUEST,
        );
        assert_eq!(said["errors"][0]["parameter"], "size");
        assert_eq!(said["errors"][1]["parameter"], "limit");
    })
    .await;
}

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
async fn a_write_may_ask_for_what_it_saw() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let address = format!("/api/v1/projects/{}", house.subjects[NORTH_PROJECT]);
        let seen = program.get(&address).await.header("etag").to_owned();
        let known = program
            .request(&Method::GET, &address)
            .header(header::IF_NONE_MATCH, &seen);
        let answer = house.ask(known.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert!(answer.bytes().is_empty());
        let facts = format!("{address}/facts");
        let remark = |text: &str| json!({"facts": [{"variable": "remarks", "value": text}]});
        let matching = [("if-match", seen.as_str())];
        let answer = program.post(&facts, &matching, &remark("甲")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let answer = program.post(&facts, &matching, &remark("乙")).await;
        let said = problem(&answer, StatusCode::PRECONDITION_FAILED);
        assert_eq!(said["errors"][0]["header"], "If-Match");
        let now = program.read(&address).await;
        assert_eq!(fact(&now, "remarks")["value"], "甲");
    })
    .await;
}

#[tokio::test]
async fn the_past_is_read_and_never_written() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let address = format!("/api/v1/projects/{}", house.subjects[NORTH_PROJECT]);
        let moment = guanjia::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let then = format!("{address}?as_of={moment}");
        let before = program.read(&address).await;
        let more = json!({"facts": [{"variable": "remarks", "value": "后来"}]});
        program.post(&format!("{address}/facts"), &[], &more).await;
        assert_eq!(program.read(&then).await, before);
        assert_ne!(program.read(&address).await, before);
        let answer = program
            .post(&format!("{address}/facts?as_of={moment}"), &[], &more)
            .await;
        problem(&answer, StatusCode::BAD_REQUEST);
    })
    .await;
}

const LEDGER: &str = "项目名称,总投资(万元),备注\n丙项目,2350,甲\n丁项目,约1848.39,乙\n";

#[tokio::test]
async fn a_ledger_is_tried_taken_in_and_undone() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "park").await;
        let fields = [("as", "projects"), ("dry_run", "true")];
        let before = house.audit_entries().await;
        let tried = program.send(LEDGER, &fields, None).await;
        assert_eq!(tried.status(), StatusCode::OK, "{}", tried.text());
        let report = body(&tried);
        assert_eq!(
            (&report["accepted"], &report["as"]),
            (&json!(2), &json!("projects"))
        );
        let record = &report["sheets"][0]["records"][1];
        assert_eq!(record["values"]["investment_total"], "18483900.00");
        assert_eq!(record["qualifiers"]["investment_total"], "约");
        assert_eq!(house.audit_entries().await, before, "nothing was kept");

        let fields = [("as", "projects"), ("known_on", "2024-05-31")];
        let taken = program.send(LEDGER, &fields, Some("ledger-of-may")).await;
        assert_eq!(taken.status(), StatusCode::CREATED, "{}", taken.text());
        assert_eq!(body(&taken), report);
        let again = program.send(LEDGER, &fields, Some("ledger-of-may")).await;
        assert_eq!(
            again.header("location"),
            taken.header("location"),
            "another boundary is no other file"
        );
        let address = taken.header("location").to_owned();
        let import = program.read(&address).await;
        assert_eq!(
            (&import["accepted"], &import["known_on"]),
            (&json!(2), &json!("2024-05-31"))
        );
        let listed = program.read("/api/v1/imports").await;
        assert_eq!(listed["items"][0], import);
        let south = program
            .read("/api/v1/projects?q=%E4%B8%99%E9%A1%B9%E7%9B%AE")
            .await;
        assert_eq!(south["items"].as_array().unwrap().len(), 1);

        let undoing = format!("{address}/undoing");
        let answer = program.post(&undoing, &[], &json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        assert_eq!(body(&answer)["withdrawn"], 2);
        problem(
            &program.post(&undoing, &[], &json!({})).await,
            StatusCode::CONFLICT,
        );
        assert_eq!(program.read(&address).await["undone"], true);
    })
    .await;
}

#[tokio::test]
async fn a_refused_ledger_comes_back_with_its_reasons() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let bad = "项目名称,总投资(万元)\n丙项目,三百\n丁项目,20\n";
        let fields = [("as", "projects")];
        let answer = program.send(bad, &fields, None).await;
        let said = problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(said["report"]["refused"], 1);
        assert_eq!(said["report"]["sheets"][0]["refused"][0]["cell"], "B2");
        let fields = [("as", "projects"), ("rows", "good")];
        let answer = program.send(bad, &fields, None).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{}", answer.text());
        assert_eq!(body(&answer)["accepted"], 1);
        let answer = program.send(bad, &[("as", "people")], None).await;
        let said = problem(&answer, StatusCode::BAD_REQUEST);
        assert_eq!(said["errors"][0]["pointer"], "#/as");
        let answer = program.send(bad, &[("as", "enterprises")], None).await;
        problem(&answer, StatusCode::FORBIDDEN);
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
        assert_eq!(verdicts["on"], "2024-06-30");
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
        let read = explained["missing"][0].as_str().unwrap().to_owned();
        let (variable, period) = read.split_once('@').unwrap_or((&read, ""));
        assert!(!variable.is_empty(), "{period}");
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
        assert!(
            !text.contains("https://"),
            "nothing is fetched from elsewhere"
        );
        assert!(house.get("/api/docs", "").await.asks_to_sign_in());
    })
    .await;
}
