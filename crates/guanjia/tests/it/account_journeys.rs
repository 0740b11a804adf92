//! What a person does with their own account: one-time codes, the first password, tokens.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use guanjia::accounts::passwords;
use guanjia::clock;

use crate::doors::credentials;
use crate::house::{House, PASSWORD, on_every_database, stamp};

/// What stands between two marks of a page.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split_once(after).map_or("", |(found, _)| found)
}

/// The code of a secret, `steps` steps from now.
fn code(secret: &str, steps: i64) -> String {
    let bytes = totp_rs::Secret::Encoded(secret.to_owned())
        .to_bytes()
        .unwrap();
    let totp = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes).unwrap();
    let moment = clock::now().timestamp() + 30 * steps;
    totp.generate(u64::try_from(moment).unwrap())
}

#[tokio::test]
async fn one_time_codes_are_asked_for_and_good_once() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let page = house.get("/account", &cookie).await.text();
        let secret = between(&page, "id=\"totp-secret\">", "</code>").to_owned();
        assert!(secret.len() >= 26, "{secret}");
        let wrong = house.post("/account/code", &cookie, "code=000000x").await;
        assert!(wrong.text().contains("role=\"alert\""));
        // The code of the step before, so that the one of now is left for signing in.
        let on = house
            .post(
                "/account/code",
                &cookie,
                &format!("code={}", code(&secret, -1)),
            )
            .await;
        assert_eq!(on.status(), StatusCode::OK);
        let user = house.app.ledger.user(house.people["leader"]).await.unwrap();
        assert_eq!(user.totp_secret.as_deref(), Some(secret.as_str()));
        assert!(
            house.get("/account", &cookie).await.asks_to_sign_in(),
            "old sessions end"
        );

        let asked = house
            .post("/login", "", &credentials("leader", PASSWORD))
            .await;
        assert_eq!(asked.status(), StatusCode::OK);
        let pending = asked.cookie();
        assert!(
            house.get("/account", &pending).await.asks_to_sign_in(),
            "not in yet"
        );
        let refused = house.post("/login/code", &pending, "code=123&next=/").await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let form = format!("code={}&next=/account", code(&secret, 0));
        let entered = house.post("/login/code", &pending, &form).await;
        assert_eq!(entered.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            house.get("/account", &entered.cookie()).await.status(),
            StatusCode::OK
        );

        let again = house
            .post("/login", "", &credentials("leader", PASSWORD))
            .await;
        let replayed = house.post("/login/code", &again.cookie(), &form).await;
        assert_eq!(
            replayed.status(),
            StatusCode::UNAUTHORIZED,
            "each code is good once"
        );
    })
    .await;
}

#[tokio::test]
async fn a_first_password_is_changed_before_anything_else() {
    on_every_database(|house| async move {
        let admin = house.session_of("admin").await;
        let form = serde_urlencoded::to_string([
            ("login", "newcomer"),
            ("name", "新来的"),
            ("password", "first-secret-1"),
            ("role", "leader"),
            ("organisation", &house.zone.id.to_string()),
        ])
        .unwrap();
        assert_eq!(
            house.post("/users", &admin, &form).await.status(),
            StatusCode::SEE_OTHER
        );

        let entered = house
            .post("/login", "", &credentials("newcomer", "first-secret-1"))
            .await;
        let cookie = entered.cookie();
        for address in ["/", "/projects", "/enterprises"] {
            let answer = house.get(address, &cookie).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{address}");
            assert_eq!(answer.header("location"), "/account", "{address}");
        }
        let api = house.get("/api/v1/projects", &cookie).await;
        assert!(matches!(
            api.status(),
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
        ));
        let token = house.post("/account/tokens", &cookie, "name=x").await;
        assert_eq!(token.header("location"), "/account");
        assert_eq!(
            house.get("/account", &cookie).await.status(),
            StatusCode::OK
        );

        let same = "old=first-secret-1&new=first-secret-1&again=first-secret-1";
        let refused = house.post("/account/password", &cookie, same).await;
        assert!(
            refused.text().contains("role=\"alert\""),
            "the same one again is no change"
        );
        let own = "old=first-secret-1&new=second-secret-2&again=second-secret-2";
        let changed = house.post("/account/password", &cookie, own).await;
        assert_eq!(changed.status(), StatusCode::OK);
        let cookie = changed.cookie();
        assert_ne!(
            house.get("/projects", &cookie).await.header("location"),
            "/account"
        );
        let old = house
            .post("/login", "", &credentials("newcomer", "first-secret-1"))
            .await;
        assert_eq!(old.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn guessing_the_own_password_is_slowed_down() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let wrong = "old=wrong-guess-1&new=second-secret-2&again=second-secret-2";
        for _ in 0..5 {
            house.post("/account/password", &cookie, wrong).await;
        }
        let right = serde_urlencoded::to_string([
            ("old", PASSWORD),
            ("new", "second-secret-2"),
            ("again", "second-secret-2"),
        ])
        .unwrap();
        let answer = house.post("/account/password", &cookie, &right).await;
        assert!(answer.text().contains("role=\"alert\""));
        let user = house.app.ledger.user(house.people["leader"]).await.unwrap();
        assert!(
            passwords::verify(PASSWORD.to_owned(), user.password_hash)
                .await
                .unwrap()
        );
    })
    .await;
}

/// The status that an address of the interface for programs answers a token with.
async fn status_with(house: &House, secret: &str) -> StatusCode {
    let request = Request::builder()
        .uri("/api/v1/projects")
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .body(Body::empty())
        .unwrap();
    house.ask(request).await.status()
}

#[tokio::test]
async fn a_token_opens_the_interface_until_it_is_revoked() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let page = house
            .post("/account/tokens", &cookie, "name=nightly")
            .await
            .text();
        let secret = between(&page, "<code class=\"mono\">", "</code>").to_owned();
        assert!(secret.starts_with("guanjia_"), "{secret}");
        let listed = house.get("/account", &cookie).await.text();
        assert!(
            listed.contains("nightly") && !listed.contains(&secret),
            "shown once"
        );
        assert_eq!(status_with(&house, &secret).await, StatusCode::OK);
        assert_eq!(
            status_with(&house, "guanjia_wrong").await,
            StatusCode::UNAUTHORIZED
        );
        let page = Request::builder()
            .uri("/account")
            .header(header::AUTHORIZATION, format!("Bearer {secret}"))
            .body(Body::empty())
            .unwrap();
        assert!(
            house.ask(page).await.asks_to_sign_in(),
            "a token opens no page"
        );

        let tokens = house
            .app
            .ledger
            .api_tokens_of(house.people["projects"])
            .await
            .unwrap();
        let address = format!("/account/tokens/{}/revocation", tokens[0].id);
        let stranger = house.session_of("leader").await;
        house.post(&address, &stranger, "").await;
        assert_eq!(
            status_with(&house, &secret).await,
            StatusCode::OK,
            "only one's own"
        );
        house.post(&address, &cookie, "").await;
        assert_eq!(status_with(&house, &secret).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn an_account_without_a_role_stays_with_its_administrator() {
    on_every_database(|house| async move {
        let admin = house.session_of("admin").await;
        let id = house.people["leader"];
        let ledger = &house.app.ledger;
        let grant = ledger.grants_of(id).await.unwrap()[0].id;
        let address = format!("/users/{id}/grants/{grant}/revocation");
        let answer = house.post(&address, &admin, "").await;
        assert_eq!(answer.header("location"), format!("/users/{id}"));
        let list = house.get("/users", &admin).await.text();
        assert!(list.contains(">leader</a>"), "{list}");
        let page = house.get(&format!("/users/{id}"), &admin).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert!(page.text().contains("已无角色"));

        let other = house.session_of("other-admin").await;
        let list = house.get("/users", &other).await.text();
        assert!(!list.contains(">leader</a>"), "it never was this one's");
        let page = house.get(&format!("/users/{id}"), &other).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND);

        let form = format!("role=policy&organisation={}", house.zone.id);
        let answer = house
            .post(&format!("/users/{id}/grants"), &admin, &form)
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(ledger.grants_of(id).await.unwrap().len(), 1);

        // One who was never given a role is kept by whoever keeps the installation.
        let new = ledger::accounts::NewUser {
            login: "nobody-yet".to_owned(),
            display_name: "某".to_owned(),
            password_hash: None,
            must_change_password: false,
            external_id: None,
            demo: false,
        };
        ledger.add_user(&stamp(), new).await.unwrap();
        let list = house.get("/users", &admin).await.text();
        assert!(!list.contains("nobody-yet"));
        let whole = ledger::accounts::NewGrant {
            user_id: house.people["admin"],
            role: "admin".to_owned(),
            organisation_id: None,
            enterprise_id: None,
        };
        ledger.grant(&stamp(), whole).await.unwrap();
        let list = house.get("/users", &admin).await.text();
        assert!(list.contains("nobody-yet"), "{list}");
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_password_is_reset_without_mail() {
    on_every_database(|house| async move {
        let admin = house.session_of("admin").await;
        let leader = house.session_of("leader").await;
        let id = house.people["leader"];
        let address = format!("/users/{id}/password");
        let weak = house.post(&address, &admin, "password=short").await;
        assert!(weak.text().contains("role=\"alert\""), "{}", weak.text());
        let reset = house
            .post(&address, &admin, "password=given-by-phone-7")
            .await;
        assert!(reset.text().contains("role=\"status\""), "{}", reset.text());
        assert!(house.get("/account", &leader).await.asks_to_sign_in());
        let old = house
            .post("/login", "", &credentials("leader", PASSWORD))
            .await;
        assert_eq!(old.status(), StatusCode::UNAUTHORIZED);
        let entered = house
            .post("/login", "", &credentials("leader", "given-by-phone-7"))
            .await;
        let page = house.get("/projects", &entered.cookie()).await;
        assert_eq!(page.header("location"), "/account", "one's own comes first");

        let other = house.session_of("other-admin").await;
        let answer = house
            .post(&address, &other, "password=given-by-phone-8")
            .await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays_on_the_pages_too() {
    on_every_database(|house| async move {
        let ledger = &house.app.ledger;
        let other = house.people["other-admin"];
        ledger.set_disabled(&stamp(), other, true).await.unwrap();
        let admin = house.session_of("admin").await;
        let id = house.people["admin"];
        let grant = ledger.grants_of(id).await.unwrap()[0].id;
        for (address, form) in [
            (format!("/users/{id}/grants/{grant}/revocation"), ""),
            (format!("/users/{id}/disablement"), "disabled=true"),
        ] {
            let answer = house.post(&address, &admin, form).await;
            assert!(
                answer.text().contains("role=\"alert\""),
                "{address}: {}",
                answer.text()
            );
        }
        assert_eq!(ledger.grants_of(id).await.unwrap().len(), 1);
        assert!(!ledger.user(id).await.unwrap().disabled);
    })
    .await;
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        assert_eq!(
            house.get("/account", &cookie).await.status(),
            StatusCode::OK
        );
        house
            .app
            .ledger
            .set_disabled(&stamp(), house.people["leader"], true)
            .await
            .unwrap();
        assert!(house.get("/account", &cookie).await.asks_to_sign_in());
        let answer = house
            .post("/login", "", &credentials("leader", PASSWORD))
            .await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}
