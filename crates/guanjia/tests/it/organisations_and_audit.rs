//! The administrator keeps the tree of organisations; the auditor sees it in the audit.

use axum::http::StatusCode;
use ledger::{AsOf, Scope};

use crate::house::{House, NORTH_PROJECT, OTHER_PROJECT, SOUTH_PROJECT, forge, on_every_database};

fn form(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap()
}

async fn is_closed(house: &House, id: i64) -> bool {
    let found = house
        .app
        .ledger
        .organisation(&Scope::everything(), id, AsOf::Now)
        .await;
    found.unwrap().closed
}

#[tokio::test]
async fn the_administrator_adds_renames_closes_and_opens_again() {
    on_every_database(|house| async move {
        let cookie = house.session_of("admin").await;
        let parent = house.north.id.to_string();
        let new = form(&[
            ("parent", &parent),
            ("kind", "department"),
            ("name", "招商科"),
            ("code", ""),
        ]);
        let added = house.post("/organisations", &cookie, &new).await;
        assert_eq!(added.status(), StatusCode::SEE_OTHER, "{}", added.text());
        let address = added.header("location").to_owned();
        let id: i64 = address.rsplit('/').next().unwrap().parse().unwrap();
        assert!(
            house
                .get("/organisations", &cookie)
                .await
                .text()
                .contains("招商科")
        );

        let again = house.post("/organisations", &cookie, &new).await;
        assert!(
            again.text().contains("role=\"alert\""),
            "siblings have names of their own"
        );

        house
            .post(
                &format!("{address}/name"),
                &cookie,
                &form(&[("name", "投资促进科")]),
            )
            .await;
        assert!(
            house
                .get(&address, &cookie)
                .await
                .text()
                .contains("投资促进科")
        );

        let above = format!("/organisations/{}", house.north.id);
        let refused = house.post(&format!("{above}/closure"), &cookie, "").await;
        assert!(
            refused.text().contains("role=\"alert\""),
            "what is under it is open"
        );
        assert!(!is_closed(&house, house.north.id).await);
        house.post(&format!("{address}/closure"), &cookie, "").await;
        assert!(is_closed(&house, id).await);
        house.post(&format!("{above}/closure"), &cookie, "").await;
        assert!(is_closed(&house, house.north.id).await);
        let refused = house
            .post(&format!("{address}/reopening"), &cookie, "")
            .await;
        assert!(
            refused.text().contains("role=\"alert\""),
            "what is above it is closed"
        );
        house.post(&format!("{above}/reopening"), &cookie, "").await;
        house
            .post(&format!("{address}/reopening"), &cookie, "")
            .await;
        assert!(!is_closed(&house, id).await);
    })
    .await;
}

#[tokio::test]
async fn a_zone_is_added_by_whoever_keeps_the_installation_alone() {
    on_every_database(|house| async move {
        let new = form(&[("parent", "0"), ("kind", "zone"), ("name", "新区")]);
        let cookie = house.session_of("admin").await;
        let refused = house.post("/organisations", &cookie, &new).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let foreign = house.other_zone.id.to_string();
        let under = form(&[("parent", &foreign), ("kind", "department"), ("name", "科")]);
        let refused = house.post("/organisations", &cookie, &under).await;
        assert!(
            refused.text().contains("role=\"alert\""),
            "another zone's tree is not ours"
        );

        let grant = ledger::accounts::NewGrant {
            user_id: house.people["spare"],
            role: "admin".to_owned(),
            organisation_id: None,
            enterprise_id: None,
        };
        house
            .app
            .ledger
            .grant(&crate::house::stamp(), grant)
            .await
            .unwrap();
        let cookie = house.session_of("spare").await;
        let added = house.post("/organisations", &cookie, &new).await;
        assert_eq!(added.status(), StatusCode::SEE_OTHER, "{}", added.text());
    })
    .await;
}

#[tokio::test]
async fn the_auditor_sees_the_own_zone_filters_it_and_takes_it_along() {
    on_every_database(|house| async move {
        let admin = house.session_of("admin").await;
        let new = form(&[
            ("parent", &house.north.id.to_string()),
            ("kind", "department"),
            ("name", "招商科"),
        ]);
        house.post("/organisations", &admin, &new).await;
        let auditor = house.session_of("auditor").await;
        let all = house.get("/audit", &auditor).await.text();
        assert!(all.contains("新增组织"), "{all}");
        let filtered = house
            .get("/audit?who=admin&action=organisation", &auditor)
            .await
            .text();
        assert!(filtered.contains("新增组织") && !filtered.contains("新增账号"));
        let none = house.get("/audit?from=2099-01-01", &auditor).await.text();
        assert!(none.contains("没有符合条件的记录"));
        let wrong = house.get("/audit?from=yesterday", &auditor).await.text();
        assert!(wrong.contains("role=\"alert\""));

        let foreign = house.session_of("other-auditor").await;
        let theirs = house
            .get("/audit?who=admin&action=organisation", &foreign)
            .await
            .text();
        assert!(
            !theirs.contains("新增组织"),
            "another zone's entries are not theirs"
        );

        let book = house
            .get("/audit/export?action=organisation", &auditor)
            .await;
        assert_eq!(book.status(), StatusCode::OK);
        assert!(book.bytes().starts_with(b"PK"), "a workbook is a package");
        let noted = house.get("/audit?action=export", &auditor).await.text();
        assert!(noted.contains("导出审计记录"));
    })
    .await;
}

#[tokio::test]
async fn a_park_auditor_sees_what_people_of_the_park_did() {
    on_every_database(|house| async move {
        let grants = house
            .app
            .ledger
            .grants_of(house.people["spare"])
            .await
            .unwrap();
        house
            .app
            .ledger
            .revoke_grant(&crate::house::stamp(), grants[0].id)
            .await
            .unwrap();
        let grant = ledger::accounts::NewGrant {
            user_id: house.people["spare"],
            role: "auditor".to_owned(),
            organisation_id: Some(house.north.id),
            enterprise_id: None,
        };
        house
            .app
            .ledger
            .grant(&crate::house::stamp(), grant)
            .await
            .unwrap();
        for login in ["park", "leader"] {
            let cookie = house.session_of(login).await;
            house.post("/account/tokens", &cookie, "name=nightly").await;
        }
        let cookie = house.session_of("spare").await;
        let seen = house.get("/audit?action=token", &cookie).await.text();
        assert!(
            seen.contains(">park<") && !seen.contains(">leader<"),
            "{seen}"
        );
    })
    .await;
}

#[tokio::test]
async fn things_are_called_by_their_names_as_far_as_the_auditor_sees() {
    on_every_database(|house| async move {
        let auditor = house.session_of("auditor").await;
        let added = house.get("/audit?action=subject", &auditor).await.text();
        assert!(
            added.contains(NORTH_PROJECT) && added.contains(SOUTH_PROJECT),
            "{added}"
        );
        assert!(!added.contains(OTHER_PROJECT));
        let people = house.get("/audit?action=user", &auditor).await.text();
        assert!(people.contains("leader 某（leader）"), "{people}");
        assert!(!people.contains("other-admin"));
        let id = house.subjects[NORTH_PROJECT];
        let one = format!("/audit?kind=project&object={id}");
        let one = house.get(&one, &auditor).await.text();
        assert!(
            one.contains(&format!("对象编号 {NORTH_PROJECT} ×")),
            "{one}"
        );

        // Of what a person of the park did elsewhere, the park's auditor learns no name.
        let ledger = &house.app.ledger;
        for (login, role, organisation) in [
            ("spare", "auditor", house.north.id),
            ("park", "projects", house.south.id),
        ] {
            let grant = ledger::accounts::NewGrant {
                user_id: house.people[login],
                role: role.to_owned(),
                organisation_id: Some(organisation),
                enterprise_id: None,
            };
            ledger.grant(&crate::house::stamp(), grant).await.unwrap();
        }
        let grants = ledger.grants_of(house.people["spare"]).await.unwrap();
        let partner = grants.iter().find(|grant| grant.role == "partner").unwrap();
        ledger
            .revoke_grant(&crate::house::stamp(), partner.id)
            .await
            .unwrap();
        let park = house.session_of("park").await;
        for name in [NORTH_PROJECT, SOUTH_PROJECT] {
            let address = format!("/projects/{}/correction", house.subjects[name]);
            let typed = form(&[("variable", "problems"), ("period", ""), ("value", "缺电")]);
            let saved = house.post(&address, &park, &typed).await;
            assert_eq!(saved.status(), StatusCode::SEE_OTHER);
        }
        let spare = house.session_of("spare").await;
        let seen = house.get("/audit?action=facts", &spare).await.text();
        assert!(
            seen.contains(NORTH_PROJECT) && !seen.contains(SOUTH_PROJECT),
            "{seen}"
        );
        let number = format!("编号 {}", house.subjects[SOUTH_PROJECT]);
        assert!(seen.contains(&number), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn accounts_are_narrowed_to_those_that_the_sentence_counts() {
    on_every_database(|house| async move {
        let cookie = house.session_of("admin").await;
        let leader = house.people["leader"];
        let off = house
            .post(
                &format!("/users/{leader}/disablement"),
                &cookie,
                "disabled=true",
            )
            .await;
        assert_eq!(off.status(), StatusCode::SEE_OTHER);
        let all = house.get("/users", &cookie).await.text();
        assert!(
            all.contains("<a href=\"/users?state=disabled\">1 个已停用</a>"),
            "{all}"
        );
        let disabled = house.get("/users?state=disabled", &cookie).await.text();
        assert_eq!(disabled.matches("<tr data-href").count(), 1);
        let none = house.get("/users?state=without", &cookie).await.text();
        assert!(none.contains("没有符合条件的记录"), "{none}");
        let typed = form(&[
            ("login", "leader"),
            ("name", ""),
            ("role", "leader"),
            ("organisation", &house.north.id.to_string()),
            ("password", "南山有台-北山有莱-2024"),
        ]);
        let again = house.post("/users", &cookie, &typed).await.text();
        assert!(again.contains("id=\"new-login\" name=\"login\" value=\"leader\""));
        assert!(again.contains("aria-invalid=\"true\""), "{again}");
        let chosen = format!("<option value=\"{}\" selected>", house.north.id);
        assert!(again.contains(&chosen), "what was chosen is kept: {again}");
    })
    .await;
}

#[tokio::test]
async fn pages_of_the_audit_follow_each_other() {
    on_every_database(|house| async move {
        let auditor = house.session_of("auditor").await;
        for number in 0..120 {
            let action = ledger::Action::new("view.save", "user", house.people["leader"])
                .in_zone(house.zone.id)
                .with(serde_json::json!({"name": number}));
            house
                .app
                .ledger
                .note(&crate::house::stamp(), action)
                .await
                .unwrap();
        }
        let first = house.get("/audit?action=view", &auditor).await.text();
        let next = first
            .split("rel=\"next\" href=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let next = next.replace("&amp;", "&").replace("&#38;", "&");
        assert!(
            next.contains("action=view") && next.contains("before="),
            "{next}"
        );
        let second = house.get(&next, &auditor).await.text();
        assert_eq!(first.matches("<tr data-href").count(), 100);
        assert_eq!(second.matches("<tr data-href").count(), 20);
        assert!(!second.contains("rel=\"next\""));
    })
    .await;
}

#[tokio::test]
async fn the_auditor_verifies_the_chain_and_learns_where_it_breaks() {
    on_every_database(|house| async move {
        let auditor = house.session_of("auditor").await;
        let good = house.post("/audit/verification", &auditor, "").await.text();
        assert!(good.contains("notice good"), "{good}");
        forge(&house.app.ledger, 3).await;
        let bad = house.post("/audit/verification", &auditor, "").await.text();
        assert!(
            bad.contains("notice bad") && bad.contains("第 3 条"),
            "{bad}"
        );
    })
    .await;
}
