//! The doors of the interface for programs: what a token opens and for how long, what every refusal carries,
//! what a broken house answers.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use chrono::Duration;
use guanjia::accounts::tokens;
use guanjia::shell::Role;
use ledger::Timestamp;
use ledger::accounts::NewApiToken;
use serde_json::json;

use crate::house::{Answer, NORTH_PROJECT, on_every_database, request, stamp};
use crate::program::{Program, body, problem, token_by, token_of};

#[tokio::test]
async fn a_token_that_only_reads_changes_nothing() {
    on_every_database(|house| async move {
        let token = token_by(&house, "projects", "name=bi&may=reads&days=30").await;
        let program = Program::with(&house, &token);
        program.read("/api/v1/projects").await;
        let before = house.audit_entries().await;
        let address = format!("/api/v1/projects/{}/facts", house.subjects[NORTH_PROJECT]);
        let more = json!({"facts": [{"variable": "remarks", "value": "不许"}]});
        let key = [("idempotency-key", "read-only")];
        let said = problem(
            &program.post(&address, &key, &more).await,
            StatusCode::FORBIDDEN,
        );
        assert!(said["detail"].as_str().unwrap().contains("only reads"));
        let fields = [("as", "projects"), ("dry_run", "true")];
        let tried = program.send("项目名称\n甲\n", &fields, None).await;
        problem(&tried, StatusCode::FORBIDDEN);
        assert_eq!(house.audit_entries().await, before);
        let id = house.people["projects"];
        let kept = house.app.ledger.api_tokens_of(id).await.unwrap();
        let days = (kept[0].expires_at.unwrap().0 - Timestamp::from(guanjia::clock::now()).0)
            / 86_400_000_000;
        assert!((29..=30).contains(&days), "{days}");
        let cookie = house.session_of("projects").await;
        let page = house.get("/account", &cookie).await.text();
        assert!(page.contains("只读"), "{page}");

        // A form that was made up makes a token of the usual kind.
        let odd = token_by(&house, "projects", "name=odd&may=everything&days=99999").await;
        Program::with(&house, &odd).read("/api/v1/account").await;
        let kept = house.app.ledger.api_tokens_of(id).await.unwrap();
        let days = (kept[1].expires_at.unwrap().0 - Timestamp::from(guanjia::clock::now()).0)
            / 86_400_000_000;
        assert!(days <= 365, "{days}");
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_revocation_and_its_account() {
    on_every_database(|house| async move {
        let ledger = &house.app.ledger;
        let id = house.people["leader"];
        let now = guanjia::clock::now();
        let secret = tokens::new_secret();
        let old = NewApiToken {
            user_id: id,
            name: "old",
            token_hash: &tokens::hash(&secret),
            expires_at: Some(Timestamp::from(now - Duration::seconds(1))),
            reads_only: false,
        };
        ledger.add_api_token(&stamp(), old).await.unwrap();
        let unauthorized = async |token: &str| {
            let answer = Program::with(&house, token).get("/api/v1/account").await;
            problem(&answer, StatusCode::UNAUTHORIZED);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        };
        unauthorized(&secret).await;
        for made_up in ["", "guanjia_", "guanjia_00", "x y", &"a".repeat(5000)] {
            unauthorized(made_up).await;
        }

        let token = token_of(&house, "leader").await;
        let program = Program::with(&house, &token);
        program.read("/api/v1/account").await;
        let grant = ledger.grants_of(id).await.unwrap()[0].id;
        ledger.revoke_grant(&stamp(), grant).await.unwrap();
        problem(
            &program.get("/api/v1/projects").await,
            StatusCode::FORBIDDEN,
        );
        ledger.set_disabled(&stamp(), id, true).await.unwrap();
        unauthorized(&token).await;
        ledger.set_disabled(&stamp(), id, false).await.unwrap();
        program.read("/api/v1/account").await;
        let cookie = house.session_of("leader").await;
        let kept = ledger.api_tokens_of(id).await.unwrap();
        let address = format!("/account/tokens/{}/revocation", kept[1].id);
        house.post(&address, &cookie, "").await;
        unauthorized(&token).await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_token_is_not_helped_by_a_session() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let with = |authorization: &str| {
            Request::builder()
                .uri("/api/v1/account")
                .header(header::COOKIE, &cookie)
                .header(header::AUTHORIZATION, authorization)
                .body(Body::empty())
                .unwrap()
        };
        problem(
            &house.ask(with("Bearer guanjia_00")).await,
            StatusCode::UNAUTHORIZED,
        );
        let own = house.get("/api/v1/account", &cookie).await;
        assert_eq!(body(&own)["login"], "leader");
        house.post("/logout", &cookie, "").await;
        let left = house.get("/api/v1/account", &cookie).await;
        problem(&left, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_first_password_comes_before_the_interface() {
    on_every_database(|house| async move {
        let token = token_of(&house, "leader").await;
        let id = house.people["leader"];
        let hash = guanjia::accounts::passwords::hash_now("given-by-phone-7");
        let ledger = &house.app.ledger;
        ledger
            .set_password(&stamp(), id, &hash, true)
            .await
            .unwrap();
        let answer = Program::with(&house, &token).get("/api/v1/account").await;
        problem(&answer, StatusCode::FORBIDDEN);
    })
    .await;
}

/// What every answer carries, whatever went wrong.
fn is_kept_to_itself(answer: &Answer, address: &str) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{address}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{address}: {policy}"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{address}");
    }
    assert!(
        answer
            .header("permissions-policy")
            .contains("geolocation=()"),
        "{address}"
    );
    assert_ne!(answer.header("cache-control"), "", "{address}");
}

/// Requests that are wrong in one way each: method, address, media type, body.
fn wrong_requests() -> Vec<(Method, &'static str, &'static str, &'static str)> {
    vec![
        (Method::GET, "/api", "", ""),
        (Method::GET, "/api/", "", ""),
        (Method::GET, "/api/v1", "", ""),
        (Method::GET, "/api/v2/projects", "", ""),
        (Method::GET, "/api/v1/projects/", "", ""),
        (Method::GET, "/api/docs/none", "", ""),
        (Method::GET, "/api/v1/projects/x", "", ""),
        (Method::GET, "/api/v1/projects/%FF", "", ""),
        (Method::GET, "/api/v1/projects/99999999999999999999", "", ""),
        (Method::GET, "/api/v1/projects/-1", "", ""),
        (Method::GET, "/api/v1/projects?x=1", "", ""),
        (Method::GET, "/api/v1/users", "", ""),
        (Method::PUT, "/api/v1/projects", "", ""),
        (Method::DELETE, "/api/v1/facts/1", "", ""),
        (Method::OPTIONS, "/api/v1/projects", "", ""),
        (Method::POST, "/api/v1/projects", "text/plain", "{}"),
        (Method::POST, "/api/v1/projects", "", "{}"),
        (Method::POST, "/api/v1/projects", "application/json", ""),
        (
            Method::POST,
            "/api/v1/projects",
            "application/json",
            "{\"name\": \"\\u0000\"}",
        ),
        (
            Method::POST,
            "/api/v1/projects",
            "application/json",
            "{\"name\": \"x\", \"park\": \"\\u0000\"}",
        ),
        (Method::POST, "/api/v1/imports", "application/json", "{}"),
        (Method::POST, "/api/v1/imports", "multipart/form-data", "x"),
        (
            Method::POST,
            "/api/v1/imports",
            "multipart/form-data; boundary=b",
            "x",
        ),
    ]
}

#[tokio::test]
async fn every_refusal_keeps_to_itself() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let mut asked = Vec::new();
        for (method, address, kind, text) in wrong_requests() {
            let mut request = program.request(&method, address);
            if !kind.is_empty() {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            asked.push((
                format!("{method} {address} {text}"),
                request.body(Body::from(text)),
            ));
        }
        for (address, request) in asked {
            let answer = house.ask(request.unwrap()).await;
            let status = answer.status();
            assert!(status.is_client_error(), "{address}: {status}");
            let said = problem(&answer, status);
            assert_eq!(said["type"], "about:blank", "{address}");
            assert!(!said["detail"].as_str().unwrap().is_empty(), "{address}");
            assert_eq!(answer.header("content-language"), "en", "{address}");
            is_kept_to_itself(&answer, &address);
        }
        let fine = program.get("/api/v1/projects").await;
        is_kept_to_itself(&fine, "projects");
        let cookie = house.session_of("projects").await;
        for address in [
            "/none",
            "/users",
            "/facts/999999",
            "/projects?as_of=x",
            "/login",
        ] {
            is_kept_to_itself(&house.get(address, &cookie).await, address);
        }
        let foreign = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/projects")
            .header("sec-fetch-site", "cross-site");
        let answer = house.ask(foreign.body(Body::empty()).unwrap()).await;
        problem(&answer, StatusCode::FORBIDDEN);
        is_kept_to_itself(&answer, "from another site");
    })
    .await;
}

#[tokio::test]
async fn a_house_without_its_database_says_so_to_everybody() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let token = token_of(&house, "leader").await;
        house.app.ledger.clone().close().await.unwrap();
        assert_eq!(house.get("/healthz", "").await.status(), StatusCode::OK);
        let ready = house.get("/readyz", "").await;
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
        let program = Program::with(&house, &token);
        for answer in [
            program.get("/api/v1/projects").await,
            house.get("/api/v1/projects", &cookie).await,
        ] {
            let said = problem(&answer, StatusCode::INTERNAL_SERVER_ERROR);
            let text = said.to_string().to_lowercase();
            assert!(!text.contains("pool") && !text.contains("sql"), "{text}");
            is_kept_to_itself(&answer, "api");
        }
        let page = house.get("/projects", &cookie).await;
        assert_eq!(page.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            page.text().contains("<html lang=\"zh-CN\""),
            "{}",
            page.text()
        );
        is_kept_to_itself(&page, "page");
    })
    .await;
}

#[tokio::test]
async fn a_key_of_ones_own_is_no_way_around_a_lost_role() {
    on_every_database(|house| async move {
        let program = Program::of(&house, "projects").await;
        let key = [("idempotency-key", "before-the-role-was-lost")];
        let new = json!({"name": "有过角色时登记的项目"});
        let first = program.post("/api/v1/projects", &key, &new).await;
        assert_eq!(first.status(), StatusCode::CREATED);
        let ledger = &house.app.ledger;
        let id = house.people["projects"];
        let grant = ledger.grants_of(id).await.unwrap()[0].id;
        ledger.revoke_grant(&stamp(), grant).await.unwrap();
        let again = program.post("/api/v1/projects", &key, &new).await;
        problem(&again, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn organisations_are_no_business_of_a_partner() {
    on_every_database(|house| async move {
        for (login, count) in [
            ("partner", 0),
            ("enterprise", 0),
            ("park", 1),
            ("admin", 3),
            ("leader", 3),
        ] {
            let program = Program::of(&house, login).await;
            let listed = program.read("/api/v1/organisations").await;
            assert_eq!(listed["items"].as_array().unwrap().len(), count, "{login}");
        }
    })
    .await;
}

/// The names that addresses of lists know.
const ASKED: [&str; 27] = [
    "q",
    "park",
    "sort",
    "order",
    "stage",
    "category",
    "light",
    "late",
    "pace",
    "year",
    "industry",
    "certificate",
    "only",
    "after",
    "before",
    "who",
    "action",
    "kind",
    "object",
    "from",
    "until",
    "on",
    "as_of",
    "view",
    "columns",
    "lang",
    "next",
];

#[tokio::test]
async fn no_sign_in_an_address_makes_the_house_fail() {
    on_every_database(|house| async move {
        let mut failed = Vec::new();
        for route in guanjia::app::routes() {
            if route.method != Method::GET || route.path.contains('{') {
                continue;
            }
            let mut roles = [Role::Statistics, Role::Auditor, Role::Admin].into_iter();
            let role = roles.find(|role| route.access.allows(*role));
            let cookie = house.session_of(role.unwrap().id()).await;
            for name in ASKED {
                for value in ["a%00b", "%27%22%3C", "-1", "99999999999999999999"] {
                    let address = format!("{}?{name}={value}", route.path);
                    let status = house.get(&address, &cookie).await.status();
                    if status.is_server_error() {
                        failed.push(format!("{address}: {status}"));
                    }
                }
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
    })
    .await;
}

#[tokio::test]
async fn no_sign_in_a_form_makes_the_house_fail() {
    on_every_database(|house| async move {
        let admin = house.session_of("admin").await;
        let statistics = house.session_of("statistics").await;
        let zone = house.zone.id;
        let before = house.audit_entries().await;
        for (address, cookie, form) in [
            ("/login", "", "login=a%00b&password=x".to_owned()),
            ("/login", "", "login=leader&password=a%00b".to_owned()),
            (
                "/users",
                &admin,
                format!(
                    "login=a%00b&name=x&role=leader&organisation={zone}&password=long-enough-1"
                ),
            ),
            (
                "/users",
                &admin,
                format!(
                    "login=ab&name=x%00&role=leader&organisation={zone}&password=long-enough-1"
                ),
            ),
            (
                "/organisations",
                &admin,
                format!("parent={zone}&kind=department&name=a%00b&code="),
            ),
            (
                "/organisations",
                &admin,
                format!("parent={zone}&kind=department&name=ab&code=%00"),
            ),
            ("/account/tokens", &admin, "name=a%00b".to_owned()),
            (
                "/projects/views",
                &statistics,
                "name=a%00b&query=x%00".to_owned(),
            ),
        ] {
            let answer = house
                .ask(request(&Method::POST, address, cookie, &form))
                .await;
            let status = answer.status();
            assert!(!status.is_server_error(), "{address} {form}: {status}");
        }
        assert_eq!(
            house.audit_entries().await,
            before,
            "nothing of it was kept"
        );
    })
    .await;
}
