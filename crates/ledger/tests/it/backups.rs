//! Backup and restore, from and into either database; damaged backups; a chain that was meddled with.

use std::path::Path;

use domain::Value;
use ledger::backup::check_backup;
use ledger::{Ledger, LedgerError};

use crate::house::{House, fact, fresh_schema, on_every_database, postgres_server, sqlite, yuan};

async fn filled(house: &House) {
    let zone = house.zone("随州").await;
    let park = house.park(&zone, "曾都园").await;
    let name = Value::Text("新\n名\"".to_owned());
    let cells = vec![
        ("investment_total", "", yuan("9.00")),
        ("stage", "", Value::Absent),
    ];
    let committed = house.import(&zone, "a", &[("甲", park.id, cells)]).await;
    let project = house.project(&zone, "乙").await;
    house.record(project, vec![fact("name", "", name)]).await;
    let content = (0_u8..=255).collect();
    house
        .ledger
        .keep_file(&house.stamp(), "a.bin", "application/x", content)
        .await
        .unwrap();
    let stamp = house.stamp();
    let all = ledger::Scope::everything();
    house
        .ledger
        .undo_import(&stamp, &all, committed.import_id)
        .await
        .unwrap();
}

fn body(backup: &Path) -> Vec<u8> {
    std::fs::read(backup).unwrap()
}

#[tokio::test]
async fn a_restored_ledger_gives_the_same_backup_on_either_database() {
    on_every_database(|house| async move {
        filled(&house).await;
        let dir = tempfile::tempdir().unwrap();
        let first = dir.path().join("first.backup");
        let contents = house.ledger.backup(&first).await.unwrap();
        assert_eq!(check_backup(&first).unwrap(), contents.sha256);
        assert!(contents.rows["statements"] > 0 && contents.files == 1);
        let mut targets = vec![dir.path().join("restored.sqlite").display().to_string()];
        if let Some(server) = postgres_server() {
            targets.push(fresh_schema(&server).await.0);
        }
        for (number, url) in targets.iter().enumerate() {
            let files = dir.path().join(format!("files{number}"));
            let (restored, found) = Ledger::restore(&first, url, &files).await.unwrap();
            assert_eq!(found, contents);
            let second = dir.path().join("second.backup");
            restored.backup(&second).await.unwrap();
            assert!(body(&first) == body(&second), "restored into {url}");
            let again = Ledger::restore(&first, url, &files).await;
            assert!(matches!(again, Err(LedgerError::Refused(_))));
        }
    })
    .await;
}

#[tokio::test]
async fn a_backup_that_is_cut_off_or_altered_is_refused() {
    let house = sqlite().await;
    filled(&house).await;
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole.backup");
    house.ledger.backup(&whole).await.unwrap();
    let bytes = body(&whole);
    let mut altered = bytes.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let cases = [
        ("cut", bytes[..bytes.len() - 1].to_vec()),
        ("half", bytes[..middle].to_vec()),
        ("empty", Vec::new()),
        ("altered", altered),
        ("longer", [bytes.as_slice(), b"\n"].concat()),
    ];
    for (name, content) in cases {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let url = dir.path().join(format!("{name}.sqlite"));
        let files = dir.path().join("files");
        let refused = Ledger::restore(&path, url.to_str().unwrap(), &files).await;
        assert!(
            matches!(refused, Err(LedgerError::Damaged { .. })),
            "{name}"
        );
        assert!(!url.exists(), "{name} left a database behind");
    }
}

#[tokio::test]
async fn a_backup_holds_every_table_but_the_passing_ones() {
    let house = sqlite().await;
    let dir = tempfile::tempdir().unwrap();
    let contents = house.ledger.backup(&dir.path().join("b")).await.unwrap();
    // What the facts tell is made again from them.
    let passing = [
        "sessions",
        "login_failures",
        "seaql_migrations",
        "source_uses",
    ];
    let text = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    for row in house.rows(text).await {
        let name: String = row.at(0).unwrap();
        let held = contents.rows.contains_key(&name);
        assert_eq!(held, !passing.contains(&name.as_str()), "{name}");
    }
}

#[tokio::test]
async fn the_walk_along_the_chain_names_the_first_link_that_was_meddled_with() {
    for (statement, fault) in [
        (
            "UPDATE audit_entries SET actor = 'nobody' WHERE id = 3",
            "hash",
        ),
        (
            "UPDATE statements SET facts = REPLACE(facts, '1', '2') WHERE entry_id = 3",
            "rows_digest",
        ),
        (
            "UPDATE statements SET facts = 'cut off' WHERE entry_id = 3",
            "rows_digest",
        ),
        (
            "UPDATE statements SET subject_id = 1 WHERE entry_id = 3",
            "rows_digest",
        ),
        ("DELETE FROM statements WHERE entry_id = 3", "rows_digest"),
        (
            "UPDATE terms SET term = term || 'x' WHERE entry_id = 3",
            "rows_digest",
        ),
        (
            "UPDATE sources SET sheet = 'Sheet2' WHERE entry_id = 3",
            "rows_digest",
        ),
        ("DELETE FROM audit_entries WHERE id = 3", "missing"),
        ("DELETE FROM audit_entries WHERE id >= 3", "missing"),
    ] {
        let house = sqlite().await;
        filled(&house).await;
        assert_eq!(house.ledger.verify_audit().await.unwrap().broken, None);
        let connection = rusqlite::Connection::open(&house.url).unwrap();
        let triggers = "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'";
        let mut query = connection.prepare(triggers).unwrap();
        let drops: Vec<String> = query
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(|drop| drop.unwrap())
            .collect();
        for drop in drops {
            connection.execute_batch(&drop).unwrap();
        }
        assert!(
            connection.execute(statement, []).unwrap() > 0,
            "{statement}"
        );
        let broken = house.ledger.verify_audit().await.unwrap().broken.unwrap();
        assert_eq!((broken.entry_id, broken.fault), (3, fault), "{statement}");
    }
}
