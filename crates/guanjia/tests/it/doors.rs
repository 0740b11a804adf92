//! The doors of the house: requests of other sites, cookies, headers, throttling, error pages.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use guanjia::app::{App, router, routes};
use http_body_util::BodyExt;
use std::net::SocketAddr;
use tower::ServiceExt;

use crate::house::{Answer, House, PASSWORD, on_every_database, request};

/// The form of the sign-in page.
pub fn credentials(login: &str, password: &str) -> String {
    serde_urlencoded::to_string([
        ("login", login),
        ("password", password),
        ("next", "/account"),
    ])
    .unwrap()
}

async fn sign_in(house: &House, login: &str, password: &str) -> Answer {
    house
        .post("/login", "", &credentials(login, password))
        .await
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    on_every_database(|house| async move {
        let cookie = house.session_of("admin").await;
        let before = house.audit_entries().await;
        for route in routes()
            .into_iter()
            .filter(|route| route.method != Method::GET)
        {
            let address = route.path.replace("{id}", "1").replace("{grant}", "1");
            let foreign = [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ];
            for (name, value) in foreign {
                let mut request = Request::builder()
                    .method(route.method.clone())
                    .uri(&address)
                    .header(header::COOKIE, &cookie)
                    .header(header::HOST, "zone.example");
                request = request.header(name, value);
                let answer = house.ask(request.body(Body::empty()).unwrap()).await;
                let status = answer.status();
                assert_eq!(
                    status,
                    StatusCode::FORBIDDEN,
                    "{} {address} {value}",
                    route.method
                );
            }
        }
        assert_eq!(house.audit_entries().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_session_cookie_is_kept_from_scripts_and_other_sites() {
    on_every_database(|house| async move {
        let answer = sign_in(&house, "leader", PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/account");
        let cookie = answer.set_cookie();
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(
            !cookie.contains("Secure") && !cookie.contains("Domain"),
            "{cookie}"
        );

        let app = App {
            secure_cookies: true,
            ..house.app.clone()
        };
        let form = credentials("leader", PASSWORD);
        let answer = router(&app)
            .oneshot(request(&Method::POST, "/login", "", &form))
            .await
            .unwrap();
        let cookie = answer.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(cookie.starts_with("__Host-guanjia="), "{cookie}");
        assert!(cookie.contains("Secure"), "{cookie}");
        assert!(
            answer
                .headers()
                .contains_key(header::STRICT_TRANSPORT_SECURITY)
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_begins_anew_when_somebody_signs_in() {
    on_every_database(|house| async move {
        // Somebody else's session is planted in the browser before the sign-in.
        let planted = house.session_of("partner").await;
        assert_eq!(
            house.get("/account", &planted).await.status(),
            StatusCode::OK
        );
        let form = credentials("admin", PASSWORD);
        let answer = house.post("/login", &planted, &form).await;
        let own = answer.cookie();
        assert!(!own.is_empty() && own != planted);
        assert!(house.get("/users", &planted).await.asks_to_sign_in());
        assert_eq!(house.get("/users", &own).await.status(), StatusCode::OK);
        house.post("/logout", &own, "").await;
        assert!(house.get("/users", &own).await.asks_to_sign_in());
    })
    .await;
}

#[tokio::test]
async fn every_answer_keeps_the_page_to_itself() {
    on_every_database(|house| async move {
        let cookie = house.session_of("admin").await;
        for address in [
            "/login",
            "/users",
            "/no-such-page",
            "/projects",
            "/healthz",
            "/api/none",
        ] {
            let answer = house.get(address, &cookie).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'"), "{address}: {policy}");
            assert!(policy.contains("script-src 'self'"), "{address}: {policy}");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{address}: {policy}"
            );
            assert_eq!(
                answer.header("x-content-type-options"),
                "nosniff",
                "{address}"
            );
            assert_eq!(answer.header("x-frame-options"), "DENY", "{address}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{address}");
            assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        }
        let asset = house.get("/assets/app.css", "").await;
        assert!(asset.header("cache-control").contains("immutable"));
    })
    .await;
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    on_every_database(|house| async move {
        for _ in 0..5 {
            let answer = sign_in(&house, "leader", "不是这个口令-2024").await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        let answer = sign_in(&house, "leader", PASSWORD).await;
        assert_eq!(
            answer.status(),
            StatusCode::TOO_MANY_REQUESTS,
            "even the right one waits"
        );
        let answer = sign_in(&house, "projects", PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "others do not wait");
    })
    .await;
}

#[tokio::test]
async fn one_address_cannot_try_many_logins() {
    on_every_database(|house| async move {
        let from = |address: &str, login: &str, password: &str| {
            let form = credentials(login, password);
            let mut request = request(&Method::POST, "/login", "", &form);
            let peer: SocketAddr = format!("{address}:4000").parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        };
        for number in 0..30 {
            let login = format!("nobody-{number}");
            let answer = house
                .ask(from("203.0.113.9", &login, "不是这个口令-2024"))
                .await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        let answer = house.ask(from("203.0.113.9", "leader", PASSWORD)).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        let answer = house.ask(from("203.0.113.10", "leader", PASSWORD)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn ended_sessions_and_old_failures_are_cleared_away() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        sign_in(&house, "nobody", "不是这个口令-2024").await;
        let soon = guanjia::clock::now() + chrono::Duration::minutes(30);
        let clear = |at| guanjia::accounts::timers::clear_away_once(&house.app.ledger, at);
        assert_eq!(clear(soon).await.unwrap(), 0);
        assert!(
            house
                .app
                .ledger
                .login_failures("login:nobody")
                .await
                .unwrap()
                .is_some()
        );
        let later = guanjia::clock::now() + chrono::Duration::hours(3);
        assert_eq!(clear(later).await.unwrap(), 1);
        assert!(
            house
                .app
                .ledger
                .login_failures("login:nobody")
                .await
                .unwrap()
                .is_none()
        );
        assert!(house.get("/account", &cookie).await.asks_to_sign_in());
    })
    .await;
}

#[tokio::test]
async fn errors_are_said_in_the_language_of_the_request() {
    on_every_database(|house| async move {
        let session = house.session_of("admin").await;
        for (cookie, words) in [
            (session.clone(), "没有找到"),
            (format!("{session}; lang=en"), "Not found"),
        ] {
            let answer = house.get("/users/999999", &cookie).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            assert!(answer.text().contains(words), "{}", answer.text());
        }
        let english = format!("{session}; lang=en");
        let answer = house.post("/users", &english, "login=x").await;
        assert!(answer.status().is_client_error());
        assert!(
            answer.text().contains("<html lang=\"en\""),
            "{}",
            answer.text()
        );
        let answer = house
            .ask(request(&Method::PUT, "/users", &english, ""))
            .await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert!(answer.text().contains("<html lang=\"en\""));
        let answer = house.get("/api/v1/none", &english).await;
        assert!(
            answer
                .header("content-type")
                .contains("application/problem+json")
        );
    })
    .await;
}

#[tokio::test]
async fn a_part_of_a_page_sends_the_whole_page_to_sign_in() {
    on_every_database(|house| async move {
        let asked = Request::builder()
            .uri("/users")
            .header("hx-request", "true")
            .header("hx-current-url", "http://zone.example/users?page=2")
            .body(Body::empty())
            .unwrap();
        let answer = house.ask(asked).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(
            answer.header("hx-redirect"),
            "/login?next=/users%3Fpage%3D2"
        );
    })
    .await;
}

#[tokio::test]
async fn a_form_from_nobody_is_small() {
    on_every_database(|house| async move {
        let long = format!("login=leader&password={}", "x".repeat(100_000));
        let answer = house.post("/login", "", &long).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let answer = house
            .post("/login", "", &credentials(&"x".repeat(3_000), PASSWORD))
            .await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn nothing_can_be_changed_in_the_past() {
    on_every_database(|house| async move {
        let cookie = house.session_of("admin").await;
        let form = "parent=1&kind=department&name=x";
        let answer = house
            .post("/organisations?as_of=2024-01-01", &cookie, form)
            .await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn the_house_answers_on_a_real_socket() {
    on_every_database(|house| async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = house
            .router
            .clone()
            .into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(axum::serve(listener, service).into_future());
        let client: hyper_util::client::legacy::Client<_, Body> =
            hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
                .build_http();
        let answer = client
            .get(format!("http://{address}/readyz").parse().unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.as_ref(), b"ready\n");
        server.abort();
    })
    .await;
}

#[tokio::test]
async fn many_guesses_at_once_are_no_way_around_the_wait() {
    on_every_database(|house| async move {
        let guess = |house: std::sync::Arc<House>| async move {
            sign_in(&house, "leader", "不是这个口令-2024")
                .await
                .status()
        };
        let guesses: Vec<_> = (0..16)
            .map(|_| tokio::spawn(guess(std::sync::Arc::clone(&house))))
            .collect();
        let mut looked_at = 0;
        for done in guesses {
            match done.await.unwrap() {
                StatusCode::UNAUTHORIZED => looked_at += 1,
                status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
            }
        }
        assert_eq!(looked_at, 5, "the free ones, and no more");
    })
    .await;
}

#[tokio::test]
async fn an_account_of_ones_own_does_not_clear_the_way_to_others() {
    on_every_database(|house| async move {
        let from = |login: &str, password: &str| {
            let form = credentials(login, password);
            let mut request = request(&Method::POST, "/login", "", &form);
            let peer: SocketAddr = "203.0.113.77:4000".parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        };
        for number in 0..30 {
            if number % 10 == 9 {
                let own = house.ask(from("partner", PASSWORD)).await;
                assert_eq!(own.status(), StatusCode::SEE_OTHER, "{number}");
            }
            let login = format!("nobody-{number}");
            let guess = house.ask(from(&login, "不是这个口令-2024")).await;
            assert_eq!(guess.status(), StatusCode::UNAUTHORIZED, "{number}");
        }
        let next = house.ask(from("leader", "不是这个口令-2024")).await;
        assert_eq!(next.status(), StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}
