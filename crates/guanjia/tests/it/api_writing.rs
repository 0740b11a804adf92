//! Programs that write: subjects are registered and told more about, ledgers are tried, taken in and
//! undone, nobody's work is overwritten and the past is left alone.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value as Json, json};

use crate::house::{NORTH_PROJECT, on_every_database};
use crate::program::{Program, body, fact, problem};

/// A project with a qualifier, a quotation, a plan of a year, something known to be absent and money
/// in another currency.
fn new_project() -> Json {
    json!({
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
    })
}

#[tokio::test]
async fn a_program_registers_a_project() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let answer = program.post("/api/v1/projects", &[], &new_project()).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{}", answer.text());
        let registered = program.read(answer.header("location")).await;
        assert_eq!(body(&answer), registered);
        assert_eq!(registered["organisation"], house.north.id);
        assert_eq!(fact(&registered, "investment_total")["qualifier"], "约");
        assert_eq!(fact(&registered, "signed_on")["value"], "none");
        let contract = &fact(&registered, "investment_contract")["value"];
        assert_eq!(contract["currency"], "USD");

        let listed = program.read("/api/v1/projects?q=%E4%BA%8C%E6%9C%9F").await;
        let row = &listed["items"][0];
        assert_eq!(row["values"]["investment_total"], "235000000.00");
        assert_eq!(row["qualifiers"]["investment_total"], "约");
        assert_eq!(row["values"]["investment_contract"]["value"], "3500000.00");
        assert_eq!(row["values"]["park"], "北园");

        let twice = program.post("/api/v1/projects", &[], &new_project()).await;
        problem(&twice, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn a_correction_supersedes_and_a_fact_is_taken_back() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let answer = program.post("/api/v1/projects", &[], &new_project()).await;
        let address = answer.header("location").to_owned();
        let more = json!({"facts": [
            {"variable": "investment_total", "value": "240000000.00"},
            {"variable": "investment_plan_year", "period": "2024", "value": "50000000.00"},
        ]});
        let answer = program.post(&format!("{address}/facts"), &[], &more).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        let recorded = body(&answer);
        let counts = (&recorded["superseded"], &recorded["unchanged"]);
        assert_eq!(counts, (&json!(1), &json!(1)));

        let sent = recorded["facts"].as_array().unwrap();
        let total = sent
            .iter()
            .find(|fact| fact["variable"] == "investment_total");
        let id = total.unwrap()["id"].as_i64().unwrap();
        let now = program.read(&format!("/api/v1/facts/{id}")).await;
        assert_eq!(now["history"].as_array().unwrap().len(), 2, "{now:#}");
        assert_eq!(now["source"]["kind"], "api");
        assert_eq!(now["source"]["request"], recorded["request"]);
        let first = &now["history"][0]["id"];
        let first = program.read(&format!("/api/v1/facts/{first}")).await;
        assert_eq!(first["value"], "235000000.00");
        assert_eq!(first["source"]["quote"], "总投资约2.35亿元");
        assert_eq!(first["known_on"], "2024-05-31");

        let why = json!({"reason": "recorded by mistake"});
        let retraction = format!("/api/v1/facts/{id}/retraction");
        let answer = program.post(&retraction, &[], &why).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text());
        problem(
            &program.post(&retraction, &[], &why).await,
            StatusCode::CONFLICT,
        );
        let left = program.read(&address).await;
        let mut left = left["facts"].as_array().unwrap().iter();
        assert!(left.all(|fact| fact["variable"] != "investment_total"));
        let verified = house.app.ledger.verify_audit().await.unwrap();
        assert!(verified.broken.is_none());
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
async fn what_a_program_says_again_stands_when_the_import_is_undone() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let sent = program.send(LEDGER, &[("as", "projects")], None).await;
        assert_eq!(sent.status(), StatusCode::CREATED, "{}", sent.text());
        let listed = program
            .read("/api/v1/projects?q=%E4%B8%99%E9%A1%B9%E7%9B%AE")
            .await;
        let address = format!("/api/v1/projects/{}", listed["items"][0]["id"]);
        let again = json!({"facts": [{"variable": "investment_total", "value": "23500000.00"}]});
        let said = program.post(&format!("{address}/facts"), &[], &again).await;
        assert_eq!(body(&said)["unchanged"], 1, "{}", said.text());
        let undoing = format!("{}/undoing", sent.header("location"));
        let undone = program.post(&undoing, &[], &json!({})).await;
        assert_eq!(undone.status(), StatusCode::OK, "{}", undone.text());
        let left = program.read(&address).await;
        assert_eq!(fact(&left, "investment_total")["value"], "23500000.00");
        let mut left = left["facts"].as_array().unwrap().iter();
        assert!(
            left.all(|fact| fact["variable"] != "remarks"),
            "nobody else said it"
        );
    })
    .await;
}
