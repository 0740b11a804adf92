//! From a source to what was taken from it, as far as it is seen; what a file holds beside.

use domain::{SourceRef, SubjectKind, Value};
use ledger::{AsOf, Ledger, LedgerError, Scope, Sight, SourceQuery};

use crate::house::{House, fact, on_every_database, yuan};

/// Sees projects under this path.
fn projects_of(path: &str) -> Sight {
    Sight::nothing().and(SubjectKind::Project, Scope::organisation(path))
}

async fn sheets(ledger: &Ledger, sight: &Sight) -> Vec<i64> {
    let query = SourceQuery {
        sight,
        kind: Some("sheet"),
        before: None,
        as_of: AsOf::Now,
        limit: 100,
    };
    let found = ledger.sources(&query).await.unwrap();
    found.iter().map(|source| source.id).collect()
}

async fn taken(ledger: &Ledger, sight: &Sight, source: i64) -> usize {
    let facts = ledger.facts_of_source(sight, source, 0, 100, AsOf::Now);
    facts.await.unwrap().len()
}

fn total(text: &str) -> Vec<(&'static str, &'static str, Value)> {
    vec![("investment_total", "", yuan(text))]
}

#[tokio::test]
async fn a_source_leads_to_its_facts_whoever_brought_them() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let (north, south) = (
            house.park(&zone, "北园").await,
            house.park(&zone, "南园").await,
        );
        let ledger = &house.ledger;
        let whole = projects_of(&zone.path);
        let (own, next) = (projects_of(&north.path), projects_of(&south.path));
        house
            .import(&zone, "a", &[("甲", north.id, total("1.00"))])
            .await;
        let file = format!("{:0>64}", "a");
        let source = sheets(ledger, &whole).await[0];
        assert_eq!(sheets(ledger, &own).await, [source]);
        assert!(sheets(ledger, &next).await.is_empty());
        assert!(!ledger.holds_unseen(&own, &file, None).await.unwrap());
        let unseen = ledger.kept_source(&next, source, AsOf::Now).await;
        assert!(matches!(unseen, Err(LedgerError::NotFound { .. })));

        // The same file comes again with a row of the next park.
        let rows = [
            ("甲", north.id, total("1.00")),
            ("乙", south.id, total("2.00")),
        ];
        let second = house.import(&zone, "a", &rows).await;
        assert_eq!(sheets(ledger, &next).await, [source]);
        let counts = (
            taken(ledger, &own, source).await,
            taken(ledger, &whole, source).await,
        );
        assert_eq!(counts, (1, 2));
        assert!(
            ledger
                .holds_unseen(&own, &file, Some("Sheet1"))
                .await
                .unwrap()
        );
        assert!(
            !ledger
                .holds_unseen(&own, &file, Some("Sheet2"))
                .await
                .unwrap()
        );
        assert!(!ledger.holds_unseen(&whole, &file, None).await.unwrap());

        let (stamp, all) = (house.stamp(), Scope::everything());
        let undone = ledger.undo_import(&stamp, &all, second.import_id).await;
        undone.unwrap();
        assert_eq!(
            taken(ledger, &whole, source).await,
            2,
            "what was said was said"
        );

        let backup = house.dir.path().join("a.backup");
        ledger.backup(&backup).await.unwrap();
        let url = house
            .dir
            .path()
            .join("restored.sqlite")
            .display()
            .to_string();
        let files = house.dir.path().join("restored");
        let (restored, _) = Ledger::restore(&backup, &url, &files).await.unwrap();
        assert_eq!(sheets(&restored, &next).await, [source]);
        assert_eq!(taken(&restored, &whole, source).await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_file_only_says_again_is_in_it_all_the_same() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let (north, south) = (
            house.park(&zone, "北园").await,
            house.park(&zone, "南园").await,
        );
        house
            .import(&zone, "a", &[("乙", south.id, total("2.00"))])
            .await;
        let rows = [
            ("甲", north.id, total("1.00")),
            ("乙", south.id, total("2.00")),
        ];
        house.import(&zone, "b", &rows).await;
        let own = projects_of(&north.path);
        let file = format!("{:0>64}", "b");
        assert!(house.ledger.holds_unseen(&own, &file, None).await.unwrap());
        assert_eq!(sheets(&house.ledger, &own).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_record_is_seen_with_its_owner_and_a_kind_that_is_not_named_is_not() {
    on_every_database(|house: House| async move {
        let zone = house.zone("随州").await;
        let project = house.project(&zone, "甲").await;
        let building = ledger::NewSubject {
            owner_id: Some(project),
            ..ledger::NewSubject::of(SubjectKind::Record("building".to_owned()), "1号", zone.id)
        };
        let building = house
            .ledger
            .add_subject(&house.stamp(), building)
            .await
            .unwrap();
        let said = SourceRef::Api {
            request_id: "r".to_owned(),
            quote: None,
        };
        let said = ledger::NewFact {
            source: said,
            ..fact("part", "", Value::Text("基础".to_owned()))
        };
        house.record(building, vec![said]).await;
        let seen = async |sight: &Sight| {
            let query = SourceQuery {
                sight,
                kind: Some("api"),
                before: None,
                as_of: AsOf::Now,
                limit: 10,
            };
            house.ledger.sources(&query).await.unwrap()
        };
        let found = seen(&projects_of(&zone.path)).await;
        assert_eq!(found[0].request_id.as_deref(), Some("r"));
        let enterprises =
            Sight::nothing().and(SubjectKind::Enterprise, Scope::organisation(zone.path));
        assert!(seen(&enterprises).await.is_empty());
        assert!(seen(&Sight::nothing()).await.is_empty());
    })
    .await;
}
