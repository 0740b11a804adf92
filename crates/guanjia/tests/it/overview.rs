//! The cockpit: every figure of the press page stands where a user of its zone looks for it.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Request, header};
use domain::{SourceRef, SubjectKind};
use guanjia::accounts::identity::{USER_KEY, ZONE_KEY};
use guanjia::accounts::session_store::LedgerSessions;
use guanjia::app::{App, COOKIE, router};
use http_body_util::BodyExt;
use ledger::subjects::SubjectQuery;
use ledger::{AsOf, Ledger, Scope};
use tower::ServiceExt;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};

use crate::demo;
use crate::house::{NORTH_PROJECT, SOUTH_PROJECT, on_every_database};

/// The page of an address as an account sees it in a zone.
async fn page(app: &App, login: &str, zone_id: i64, address: &str) -> String {
    let user = app.ledger.user_by_login(login).await.unwrap().unwrap();
    let mut record = Record {
        id: Id::default(),
        data: HashMap::from([
            (USER_KEY.to_owned(), user.id.into()),
            (ZONE_KEY.to_owned(), zone_id.into()),
        ]),
        expiry_date: OffsetDateTime::now_utc() + Duration::hours(1),
    };
    LedgerSessions::new(app.ledger.clone())
        .create(&mut record)
        .await
        .unwrap();
    let request = Request::builder()
        .uri(address)
        .header(header::COOKIE, format!("{COOKIE}={}", record.id))
        .body(Body::empty())
        .unwrap();
    let answer = router(app).oneshot(request).await.unwrap();
    assert!(
        answer.status().is_success(),
        "{address} → {}",
        answer.status()
    );
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A fact that quotes a sentence, and the page on which it is looked for.
struct Quoted {
    fact_id: i64,
    what: String,
    zone_id: i64,
    address: String,
}

/// All facts of subjects of a kind that quote a sentence.
async fn quoted(ledger: &Ledger, kind: &SubjectKind) -> Vec<Quoted> {
    let all = Scope::everything();
    let query = SubjectQuery {
        kind: kind.clone(),
        zone_id: None,
        owner_id: None,
        after: None,
        limit: 2_000,
    };
    let mut found = Vec::new();
    for subject in ledger.subjects(&all, &query, AsOf::Now).await.unwrap() {
        for fact in ledger.facts_of(&all, subject.id, AsOf::Now).await.unwrap() {
            let source = ledger.source(fact.source_id, fact.cell).await.unwrap();
            if matches!(source, SourceRef::Quote { .. }) {
                found.push(Quoted {
                    fact_id: fact.id,
                    what: format!("{} of {}", fact.variable, subject.name),
                    zone_id: subject.zone_id,
                    address: match kind {
                        SubjectKind::Project | SubjectKind::Enterprise => {
                            format!("/{kind}s/{}", subject.id)
                        }
                        _ => "/".to_owned(),
                    },
                });
            }
        }
    }
    found
}

#[tokio::test]
async fn every_figure_of_the_press_page_is_shown_in_its_zone() {
    let dir = tempfile::tempdir().unwrap();
    drop(demo::start(dir.path()));
    let url = dir.path().join("guanjia.db").display().to_string();
    let ledger = Ledger::open(&url, &dir.path().join("files")).await.unwrap();
    let app = App {
        ledger,
        single_sign_on: None,
        demo: true,
        secure_cookies: false,
    };
    let mut shown = 0;
    let mut missing = Vec::new();
    let mut pages: HashMap<(i64, String), String> = HashMap::new();
    for kind in [
        SubjectKind::Zone,
        SubjectKind::Park,
        SubjectKind::Programme,
        SubjectKind::Activity,
        SubjectKind::Recognition,
        SubjectKind::Fund,
        SubjectKind::Project,
        SubjectKind::Enterprise,
    ] {
        for one in quoted(&app.ledger, &kind).await {
            let key = (one.zone_id, one.address.clone());
            if let std::collections::hash_map::Entry::Vacant(place) = pages.entry(key.clone()) {
                place.insert(page(&app, "leader", one.zone_id, &one.address).await);
            }
            if pages[&key].contains(&format!("href=\"/facts/{}\"", one.fact_id)) {
                shown += 1;
            } else {
                missing.push(one.what);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(shown, 52);
}

#[tokio::test]
async fn a_park_sees_its_own_projects_and_no_other_on_the_cockpit() {
    on_every_database(|house| async move {
        let leader = house
            .get("/", &house.session_of("leader").await)
            .await
            .text();
        assert!(leader.contains("<a href=\"/projects\">2</a>"), "{leader}");
        let park = house.get("/", &house.session_of("park").await).await.text();
        assert!(park.contains("<a href=\"/projects\">1</a>"), "{park}");
        assert!(!park.contains(SOUTH_PROJECT));
        // Who sees a part of the zone is not told what was recorded in the rest of it.
        assert!(!park.contains("changes-title") && leader.contains("changes-title"));
        let list = house
            .get("/projects", &house.session_of("park").await)
            .await
            .text();
        assert!(list.contains(NORTH_PROJECT) && !list.contains(SOUTH_PROJECT));
    })
    .await;
}
