//! Lists and pages of projects: filters in the address, corrections that supersede, the past.

use axum::http::StatusCode;

use crate::house::{House, NORTH_PROJECT, SOUTH_PROJECT, on_every_database, request, stamp};

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
        assert!(
            !totals.contains("id=\"opening\""),
            "the page has it already"
        );
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

/// The opening sentence of a list.
async fn opening(house: &House, address: &str, cookie: &str) -> String {
    let page = house.get(address, cookie).await.text();
    let sentence = page.split("id=\"opening\"").nth(1);
    let sentence = sentence.unwrap_or_else(|| panic!("{address} opens without a sentence: {page}"));
    sentence.split("</p>").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_list_opens_with_what_it_holds_and_how_it_stands() {
    on_every_database(|house| async move {
        let facts = [
            ("stage", "", "started", ""),
            ("completed_on_planned", "", "2024-03-31", ""),
            ("investment_total", "", "5.2", "亿元"),
            ("investment_plan_year", "2024", "100", "万元"),
            ("investment_done_year", "2024-01/2024-03", "10", "万元"),
        ];
        for (variable, period, value, unit) in facts {
            let typed = form(variable, period, value, unit);
            let status = correct(&house, "projects", NORTH_PROJECT, &typed).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{variable}");
        }
        let cookie = house.session_of("leader").await;
        let whole = opening(&house, "/projects", &cookie).await;
        for link in [
            "<a href=\"/projects\">2 个项目</a>",
            "<a href=\"/projects?late=2024-03-31\">1 个逾期</a>",
            "<a href=\"/projects?pace=25&#38;year=2024\">1 个进度落后</a>",
            "title=\"520,000,000.00 元\"",
            "数据截至 2024-03-31",
        ] {
            assert!(whole.contains(link), "{link} in {whole}");
        }
        // Each number leads to as many rows as it says.
        for address in ["/projects?late=2024-03-31", "/projects?pace=25&year=2024"] {
            let page = house.get(address, &cookie).await.text();
            assert_eq!(page.matches("<tr data-href").count(), 1, "{address}");
        }
        let late = opening(&house, "/projects?late=2024-03-31", &cookie).await;
        assert!(
            late.contains("筛选出") && late.contains("1 个项目"),
            "{late}"
        );
        assert!(
            !late.contains("个逾期"),
            "what is asked for is not told: {late}"
        );
        let south = format!("/projects?park={}", house.south.id);
        let south = opening(&house, &south, &cookie).await;
        assert!(
            south.contains("0 个逾期") && south.contains("1 个项目"),
            "{south}"
        );
        let park = house.session_of("park").await;
        let own = opening(&house, "/projects", &park).await;
        assert!(own.contains("1 个项目"), "a park counts its own: {own}");
        let firms = opening(&house, "/enterprises", &cookie).await;
        assert!(
            firms.contains("2 家企业") && firms.contains("certificate=hnte"),
            "{firms}"
        );
        let none = house.get("/projects?q=none-such", &cookie).await.text();
        assert!(
            !none.contains("id=\"opening\""),
            "nothing is said of nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_long_list_is_counted_after_its_page() {
    let kind = domain::SubjectKind::Project;
    on_every_database(|house| {
        let kind = kind.clone();
        async move {
            let new = ledger::imports::NewImport {
                zone_id: house.zone.id,
                kind: "projects".to_owned(),
                file_sha256: None,
                file_name: "long".to_owned(),
                sender: "test".to_owned(),
                mapping: "{}".to_owned(),
                known_on: None,
            };
            let ledger = &house.app.ledger;
            let mut import = ledger.begin_import(&stamp(), new).await.unwrap();
            for number in 0..5_000 {
                let name = format!("第{number}号项目");
                let subject = ledger::NewSubject::of(kind.clone(), &name, house.north.id);
                let facts = Vec::new();
                let record = ledger::imports::BulkRecord { subject, facts };
                import.push(record).await.unwrap();
            }
            import.commit(stamp().at, 0).await.unwrap();
            let cookie = house.session_of("leader").await;
            let whole = opening(&house, "/projects", &cookie).await;
            assert!(
                whole.contains("5,002 个项目") && !whole.contains("逾期"),
                "{whole}"
            );
            let found = opening(&house, "/projects?q=%E5%8F%B7", &cookie).await;
            assert!(
                found.contains("href=\"/projects?q=%E5%8F%B7&#38;totals=1\""),
                "{found}"
            );
            let after = house
                .get("/projects/totals?q=%E5%8F%B7", &cookie)
                .await
                .text();
            assert!(
                after.contains("hx-swap-oob") && after.contains("5,000 个项目"),
                "{after}"
            );
            let plain = opening(&house, "/projects?q=%E5%8F%B7&totals=1", &cookie).await;
            assert!(
                plain.contains("5,000 个项目") && plain.contains("0 个逾期"),
                "{plain}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_project_says_where_it_lies_and_what_is_to_be_done_next() {
    on_every_database(|house| async move {
        let id = house.subjects[NORTH_PROJECT];
        let address = format!("/projects/{id}");
        let typed = form("completed_on_planned", "", "2024-03-31", "");
        correct(&house, "projects", NORTH_PROJECT, &typed).await;
        let cookie = house.session_of("projects").await;
        let page = house
            .get(&format!("{address}?saved=fact"), &cookie)
            .await
            .text();
        let next = format!("{address}/correction?variable=completed_on&#38;period=");
        assert!(page.contains(&next), "{page}");
        assert!(page.contains("data-saved"), "what was saved is said");
        let park = format!("href=\"/projects?park={}\">北园</a>", house.north.id);
        assert!(page.contains(&park), "{page}");
        let leader = house.session_of("leader").await;
        let page = house.get(&address, &leader).await.text();
        assert!(
            !page.contains("/correction"),
            "who changes nothing is asked for nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_wrong_report_of_a_building_comes_back_beside_its_field() {
    on_every_database(|house| async move {
        let before = house.audit_entries().await;
        let address = format!("/projects/{}/buildings", house.subjects[NORTH_PROJECT]);
        let cookie = house.session_of("park").await;
        let typed =
            "building=1%E5%8F%B7%E6%A5%BC&part=%E5%9F%BA%E7%A1%80&percent=120&seen_on=2024-03-30";
        let page = house.post(&address, &cookie, typed).await;
        assert_eq!(page.status(), StatusCode::OK);
        let text = page.text();
        assert!(
            text.contains("value=\"1号楼\"") && text.contains("value=\"120\""),
            "{text}"
        );
        assert!(
            text.contains("id=\"percent-wrong\" role=\"alert\""),
            "{text}"
        );
        assert_eq!(house.audit_entries().await, before);
        let right = typed.replace("120", "95");
        let saved = house.post(&address, &cookie, &right).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER);
        assert!(
            saved
                .header("location")
                .ends_with("?saved=progress#buildings")
        );
    })
    .await;
}

#[tokio::test]
async fn figures_carry_their_sources_as_notes_for_paper() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let address = format!("/projects/{}", house.subjects[NORTH_PROJECT]);
        let page = house.get(&address, &cookie).await.text();
        assert!(
            page.contains("data-note=\"1\"") && !page.contains("data-fact="),
            "{page}"
        );
        let notes = page.split("class=\"footnotes\"").nth(1).unwrap();
        let quote = format!("“{NORTH_PROJECT}的备注”");
        assert!(
            notes.contains("<strong>notes.txt ·") && notes.contains(&quote),
            "{notes}"
        );
        assert!(!notes.contains(SOUTH_PROJECT));
    })
    .await;
}

#[tokio::test]
async fn the_history_opens_at_the_side_without_the_frame() {
    on_every_database(|house| async move {
        let cookie = house.session_of("leader").await;
        let address = format!("/projects/{}/history", house.subjects[NORTH_PROJECT]);
        let mut asked = request(&axum::http::Method::GET, &address, &cookie, "");
        asked
            .headers_mut()
            .insert("hx-request", "true".parse().unwrap());
        let side = house.ask(asked).await.text();
        assert!(
            side.contains("data-close-side") && !side.contains("<nav"),
            "{side}"
        );
        let page = house.get(&address, &cookie).await.text();
        assert!(page.contains("<nav") && page.contains("class=\"footnotes\""));
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
