//! Exports hold what their reader may see, and leave a trace.

use axum::http::StatusCode;

use crate::house::{
    NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_PROJECT, SOUTH_PROJECT, on_every_database,
};

/// The texts of a workbook: its shared strings, unpacked.
fn words(bytes: &[u8]) -> String {
    let table = exchange::read_text_table(bytes).unwrap();
    let rows = table
        .rows
        .iter()
        .flat_map(|row| row.cells.iter().flatten().cloned());
    table
        .columns
        .iter()
        .cloned()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn a_list_comes_out_as_far_as_its_reader_sees() {
    on_every_database(|house| async move {
        let office = house.session_of("projects").await;
        let whole = words(house.get("/projects/export", &office).await.bytes());
        assert!(whole.contains(NORTH_PROJECT) && whole.contains(SOUTH_PROJECT));
        assert!(!whole.contains(OTHER_PROJECT));
        let park = house.session_of("park").await;
        let own = words(house.get("/projects/export", &park).await.bytes());
        assert!(own.contains(NORTH_PROJECT) && !own.contains(SOUTH_PROJECT));
    })
    .await;
}

#[tokio::test]
async fn facts_of_what_one_may_not_see_are_not_exported() {
    on_every_database(|house| async move {
        let office = house.session_of("projects").await;
        let facts = words(house.get("/exports/facts", &office).await.bytes());
        assert!(facts.contains(NORTH_PROJECT) && facts.contains(SOUTH_PROJECT));
        assert!(
            !facts.contains(NORTH_ENTERPRISE),
            "the project office sees no enterprises"
        );
        assert!(!facts.contains(OTHER_PROJECT));
        let enterprises = house.get("/enterprises/export", &office).await;
        assert_eq!(enterprises.status(), StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn every_export_leaves_an_audit_entry() {
    on_every_database(|house| async move {
        let leader = house.session_of("leader").await;
        for address in [
            "/projects/export",
            "/enterprises/export",
            "/exports/facts",
            "/exports/oc4ids",
        ] {
            let before = house.audit_entries().await;
            let export = house.get(address, &leader).await;
            assert_eq!(
                export.status(),
                StatusCode::OK,
                "{address}: {}",
                export.text()
            );
            assert!(
                export
                    .header("content-disposition")
                    .starts_with("attachment")
            );
            assert_eq!(house.audit_entries().await, before + 1, "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn projects_come_out_as_an_oc4ids_package() {
    on_every_database(|house| async move {
        let leader = house.session_of("leader").await;
        let package = house.get("/exports/oc4ids", &leader).await;
        let package: serde_json::Value = serde_json::from_slice(package.bytes()).unwrap();
        assert_eq!(package["version"], "0.9");
        let titles: Vec<&str> = package["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap())
            .collect();
        assert!(titles.contains(&NORTH_PROJECT) && !titles.contains(&OTHER_PROJECT));
    })
    .await;
}
