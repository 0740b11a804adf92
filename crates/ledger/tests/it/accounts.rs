//! Accounts, grants, sessions and tokens.

use ledger::accounts::{NewApiToken, NewGrant, NewUser};
use ledger::{LedgerError, Scope, Timestamp};

use crate::house::{House, on_every_database};

fn user(login: &str) -> NewUser {
    NewUser {
        login: login.to_owned(),
        display_name: login.to_owned(),
        password_hash: Some("$argon2id$…".to_owned()),
        must_change_password: false,
        external_id: None,
        demo: false,
    }
}

async fn administrator(house: &House, login: &str) -> (i64, i64) {
    let user = house
        .ledger
        .add_user(&house.stamp(), user(login))
        .await
        .unwrap();
    let grant = NewGrant {
        user_id: user.id,
        role: "admin".to_owned(),
        organisation_id: None,
        enterprise_id: None,
    };
    let grant = house.ledger.grant(&house.stamp(), grant).await.unwrap();
    (user.id, grant)
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let (first, grant) = administrator(&house, "Chen").await;
        let refused = ledger.set_disabled(&house.stamp(), first, true).await;
        assert!(matches!(refused, Err(LedgerError::Refused(_))));
        let refused = ledger.revoke_grant(&house.stamp(), grant).await;
        assert!(matches!(refused, Err(LedgerError::Refused(_))));
        let (_, _) = administrator(&house, "li").await;
        ledger.revoke_grant(&house.stamp(), grant).await.unwrap();
        assert!(ledger.grants_of(first).await.unwrap().is_empty());
        let found = ledger.user_by_login("CHEN").await.unwrap().unwrap();
        assert!(!found.disabled);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let (id, _) = administrator(&house, "wang").await;
        let (now, later) = (Timestamp(10), Timestamp(20));
        ledger
            .save_session("s", Some(id), b"data", later)
            .await
            .unwrap();
        let loaded = ledger.load_session("s", now).await.unwrap();
        assert_eq!(loaded, Some((b"data".to_vec(), later)));
        assert_eq!(ledger.load_session("s", later).await.unwrap(), None);
        ledger
            .set_password(&house.stamp(), id, "$argon2id$…", false)
            .await
            .unwrap();
        assert_eq!(ledger.load_session("s", now).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_owner_and_its_revocation() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let (id, _) = administrator(&house, "zhao").await;
        let new = NewApiToken {
            user_id: id,
            name: "bi",
            token_hash: "h1",
            expires_at: Some(Timestamp(50)),
            reads_only: true,
        };
        let token = ledger.add_api_token(&house.stamp(), new).await.unwrap();
        assert_eq!(
            ledger.api_token("h1", Timestamp(49)).await.unwrap(),
            Some(token.clone())
        );
        assert!(token.reads_only);
        let kept = ledger.api_tokens_of(id).await.unwrap();
        assert_eq!(kept, std::slice::from_ref(&token));
        assert_eq!(ledger.api_token("h1", Timestamp(50)).await.unwrap(), None);
        ledger
            .revoke_api_token(&house.stamp(), id, token.id)
            .await
            .unwrap();
        assert_eq!(ledger.api_token("h1", Timestamp(1)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn failures_are_counted_until_their_time_is_over() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let key = "login:li";
        let count = async |at, since| {
            let seen = ledger.login_failures(key).await.unwrap();
            let counted = ledger.count_login_failure(key, seen, Timestamp(at), Timestamp(since));
            assert!(counted.await.unwrap());
            ledger.login_failures(key).await.unwrap().unwrap()
        };
        count(10, 0).await;
        count(11, 0).await;
        let counted = count(12, 0).await;
        assert_eq!((counted.failures, counted.first_at), (3, Timestamp(10)));
        ledger.forgive_login_failure(key).await.unwrap();
        let left = ledger.login_failures(key).await.unwrap().unwrap();
        assert_eq!(left.failures, 2);
        assert_eq!(count(99, 50).await.failures, 1);
        ledger.clear_login_failures(key).await.unwrap();
        assert_eq!(ledger.login_failures(key).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_failure_counted_in_between_is_looked_at_again() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let count = async |seen| {
            let (now, since) = (Timestamp(10), Timestamp(0));
            let counted = ledger.count_login_failure("login:li", seen, now, since);
            counted.await.unwrap()
        };
        assert!(count(None).await);
        assert!(!count(None).await, "somebody was faster");
        let seen = ledger.login_failures("login:li").await.unwrap();
        assert!(count(seen).await);
        assert!(!count(seen).await);
    })
    .await;
}

#[tokio::test]
async fn one_time_codes_are_good_once() {
    on_every_database(|house| async move {
        let (id, _) = administrator(&house, "sun").await;
        assert!(house.ledger.use_totp_step(id, 7).await.unwrap());
        assert!(!house.ledger.use_totp_step(id, 7).await.unwrap());
        assert!(!house.ledger.use_totp_step(id, 6).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_grant_over_the_installation_opens_no_records() {
    on_every_database(|house| async move {
        let (id, _) = administrator(&house, "qian").await;
        let grants = house.ledger.grants_of(id).await.unwrap();
        assert_eq!(grants[0].scope.as_scope(), Scope::nothing());
    })
    .await;
}

#[tokio::test]
async fn a_view_of_the_same_name_is_replaced() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let (id, _) = administrator(&house, "zhou").await;
        for query in ["stage=signed", "stage=started"] {
            ledger
                .save_view(&house.stamp(), id, "projects", "我的", query)
                .await
                .unwrap();
        }
        let views = ledger.saved_views(id, "projects").await.unwrap();
        assert_eq!(views.len(), 1);
        assert_eq!(views[0].query, "stage=started");
        ledger
            .delete_view(&house.stamp(), id, views[0].id)
            .await
            .unwrap();
        assert!(ledger.saved_views(id, "projects").await.unwrap().is_empty());
    })
    .await;
}
