//! Lists and pages of projects: filters in the address, corrections that supersede, the past.

use axum::http::StatusCode;

use crate::house::{House, NORTH_PROJECT, SOUTH_PROJECT, on_every_database};

async fn correct(house: &House, login: &str, name: &str, form: &str) -> StatusCode {
    let address = format!("/projects/{}/correction", house.subjects[name]);
    house
        .post(&address, &house.session_of(login).await, form)
        .await
        .status()
}

fn form(variable: &str, period: &str, value: &str, unit: &str) -> String {
    let pairs = [
        ("variable", variable),
        ("period", period),
        ("value", value),
        ("unit", unit),
    ];
    serde_urlencoded::to_string(pairs).unwrap()
}

#[tokio::test]
async fn a_correction_supersedes_and_the_past_still_shows_what_was() {
    on_every_database(|house| async move {
        let cookie = house.session_of("projects").await;
        let id = house.subjects[NORTH_PROJECT];
        let first = form("investment_total", "", "1848.39", "万元");
        assert_eq!(
            correct(&house, "projects", NORTH_PROJECT, &first).await,
            StatusCode::SEE_OTHER
        );
        let between = guanjia::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let second = form("investment_total", "", "2", "亿元");
        assert_eq!(
            correct(&house, "projects", NORTH_PROJECT, &second).await,
            StatusCode::SEE_OTHER
        );
        let now = house.get(&format!("/projects/{id}"), &cookie).await.text();
        assert!(now.contains("title=\"200,000,000.00 元\""), "{now}");
        let past = house
            .get(&format!("/projects/{id}?as_of={between}"), &cookie)
            .await
            .text();
        assert!(past.contains("title=\"18,483,900.00 元\""), "{past}");
        assert!(!past.contains("200,000,000.00"));
        assert!(
            !past.contains("/correction"),
            "the past cannot be corrected"
        );
        let history = house
            .get(&format!("/projects/{id}/history"), &cookie)
            .await
            .text();
        assert!(history.contains("1,848.39") && history.contains("class=\"superseded\""));
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_wrong_is_kept_and_nothing_is_recorded() {
    on_every_database(|house| async move {
        let before = house.audit_entries().await;
        let address = format!("/projects/{}/correction", house.subjects[NORTH_PROJECT]);
        let typed = form("investment_total", "", "三百万上下", "万元");
        let cookie = house.session_of("projects").await;
        let again = house.post(&address, &cookie, &typed).await;
        assert_eq!(again.status(), StatusCode::OK);
        assert!(again.text().contains("value=\"三百万上下\""));
        assert!(again.text().contains("aria-invalid=\"true\""));
        assert_eq!(house.audit_entries().await, before);
    })
    .await;
}

#[tokio::test]
async fn nobody_corrects_what_lies_outside_the_scope() {
    on_every_database(|house| async move {
        let typed = form("remarks", "", "x", "");
        assert_eq!(
            correct(&house, "leader", NORTH_PROJECT, &typed).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            correct(&house, "park", SOUTH_PROJECT, &typed).await,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            correct(&house, "park", NORTH_PROJECT, &typed).await,
            StatusCode::SEE_OTHER
        );
    })
    .await;
}

#[tokio::test]
async fn filters_stand_in_the_address_and_agree_with_the_foot() {
    on_every_database(|house| async move {
        for (name, stage) in [(NORTH_PROJECT, "started"), (SOUTH_PROJECT, "completed")] {
            let typed = form("stage", "", stage, "");
            assert_eq!(
                correct(&house, "projects", name, &typed).await,
                StatusCode::SEE_OTHER
            );
            for (variable, value) in [
                ("completed_on_planned", "2024-03"),
                ("started_on_planned", "2023-05-01"),
            ] {
                let typed = form(variable, "", value, "");
                assert_eq!(
                    correct(&house, "projects", name, &typed).await,
                    StatusCode::SEE_OTHER
                );
            }
        }
        let cookie = house.session_of("leader").await;
        let has = async |address: &str| {
            let page = house.get(address, &cookie).await;
            assert_eq!(page.status(), StatusCode::OK, "{address}");
            let text = page.text();
            (text.contains(NORTH_PROJECT), text.contains(SOUTH_PROJECT))
        };
        assert_eq!(has("/projects").await, (true, true));
        assert_eq!(has("/projects?stage=started").await, (true, false));
        // March has passed on its last day; a completed project owes its start no more.
        assert_eq!(has("/projects?late=2024-03-31").await, (true, false));
        assert_eq!(has("/projects?late=2024-03-30").await, (false, false));
        assert_eq!(has("/projects?q=nygx").await, (false, true));
        let park = format!("/projects?park={}", house.south.id);
        assert_eq!(has(&park).await, (false, true));
        let totals = house
            .get("/projects/totals?stage=started", &cookie)
            .await
            .text();
        assert!(totals.contains("共 1 条"), "{totals}");
        let with_foot = house
            .get("/projects?stage=started&totals=1", &cookie)
            .await
            .text();
        assert!(with_foot.contains("共 1 条"));
        for wrong in [
            "late=gestern",
            "pace=viel",
            "after=zz",
            "sort=password",
            "park=x",
        ] {
            let answer = house.get(&format!("/projects?{wrong}"), &cookie).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn views_and_columns_are_kept_for_the_person_who_chose_them() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let saved = house
            .post(
                "/projects/views",
                &cookie,
                "name=开工&query=stage%3Dstarted",
            )
            .await;
        assert_eq!(saved.header("location"), "/projects?stage=started");
        let mine = house.get("/projects", &cookie).await.text();
        assert!(
            mine.contains("href=\"/projects?stage=started\">开工</a>"),
            "{mine}"
        );
        let other = house
            .get("/projects", &house.session_of("projects").await)
            .await
            .text();
        assert!(!other.contains(">开工</a>"));
        let chosen = house
            .post(
                "/projects/columns",
                &cookie,
                "column=tax_expected&column=nonsense",
            )
            .await;
        let kept = chosen
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(kept, "columns-projects=tax_expected");
        let page = house
            .get("/projects", &format!("{cookie}; {kept}"))
            .await
            .text();
        assert!(page.contains("sort=tax_expected") && !page.contains("sort=stage"));
    })
    .await;
}

#[tokio::test]
async fn every_link_of_a_past_page_stays_in_the_past() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let id = house.subjects[NORTH_PROJECT];
        let moment = guanjia::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        for address in [
            "/",
            "/projects",
            "/projects/board",
            "/enterprises",
            &format!("/projects/{id}"),
        ] {
            let page = house
                .get(&format!("{address}?as_of={moment}"), &cookie)
                .await;
            assert_eq!(page.status(), StatusCode::OK, "{address}");
            let text = page.text();
            let content = text.split("id=\"content\"").nth(1).unwrap();
            for link in content.split("href=\"/").skip(1) {
                let link = link.split('"').next().unwrap();
                assert!(
                    link.contains("as_of="),
                    "/{link} on {address} leads back to now"
                );
            }
        }
    })
    .await;
}
