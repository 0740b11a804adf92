//! Imports: repeatable, correctable, undone as a whole.

use domain::{Period, SubjectKind, Value};
use ledger::imports::{Call, ImportQuery, Reserved, RowOutcome, StoredAnswer};
use ledger::projection::{ListQuery, ProjectRow};
use ledger::{AsOf, LedgerError, NewSubject, Scope, Timestamp};

use crate::house::{House, on_every_database, push_rows, yuan};

fn all() -> Scope {
    Scope::everything()
}

fn rows(organisation: i64, total: &str) -> Vec<crate::house::ProjectRow<'static>> {
    vec![
        (
            "甲项目",
            organisation,
            vec![("investment_total", "", yuan(total))],
        ),
        (
            "乙项目",
            organisation,
            vec![("investment_total", "", yuan("7.00"))],
        ),
    ]
}

async fn totals(house: &House, zone: i64) -> Vec<(String, Option<i64>)> {
    let query = ListQuery::of_zone(zone);
    let page = house
        .ledger
        .list::<ProjectRow>(&all(), &query, AsOf::Now)
        .await
        .unwrap();
    page.rows
        .into_iter()
        .map(|row| (row.head.name, row.investment_total))
        .collect()
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_a_corrected_one_supersedes() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let first = house.import(&zone, "a", &rows(zone.id, "5.00")).await;
        assert_eq!(
            (first.counts.rows_accepted, first.counts.facts_recorded),
            (2, 2)
        );
        let again = house.import(&zone, "a", &rows(zone.id, "5.00")).await;
        assert_eq!(
            (again.counts.rows_unchanged, again.counts.facts_recorded),
            (2, 0)
        );
        let corrected = house.import(&zone, "b", &rows(zone.id, "6.00")).await;
        assert_eq!(corrected.counts.rows_superseded, 1);
        assert_eq!(corrected.counts.rows_unchanged, 1);
        let expected = [
            ("甲项目".to_owned(), Some(600)),
            ("乙项目".to_owned(), Some(700)),
        ];
        assert_eq!(totals(&house, zone.id).await, expected);
        assert_eq!(house.ledger.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn an_undone_import_leaves_what_counted_before_and_what_came_later() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        house.import(&zone, "a", &rows(zone.id, "5.00")[..1]).await;
        let second = house.import(&zone, "b", &rows(zone.id, "6.00")).await;
        let undone = house
            .ledger
            .undo_import(&house.stamp(), &all(), second.import_id)
            .await
            .unwrap();
        assert_eq!(
            (undone.restored, undone.retracted, undone.withdrawn),
            (1, 1, 1)
        );
        assert_eq!(
            totals(&house, zone.id).await,
            [("甲项目".to_owned(), Some(500))]
        );
        let again = house
            .ledger
            .undo_import(&house.stamp(), &all(), second.import_id)
            .await;
        assert!(matches!(again, Err(LedgerError::Refused(_))));
        house.import(&zone, "b", &rows(zone.id, "6.00")).await;
        assert_eq!(totals(&house, zone.id).await.len(), 2);
        assert_eq!(house.ledger.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn imports_undone_in_the_order_they_came_leave_nothing_of_either() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let first = house.import(&zone, "a", &rows(zone.id, "5.00")).await;
        let second = house.import(&zone, "b", &rows(zone.id, "6.00")).await;
        let (ledger, scope) = (&house.ledger, all());
        let undone = ledger
            .undo_import(&house.stamp(), &scope, first.import_id)
            .await
            .unwrap();
        assert_eq!(undone.superseded_since, 1);
        assert_eq!(totals(&house, zone.id).await[0].1, Some(600));
        ledger
            .undo_import(&house.stamp(), &scope, second.import_id)
            .await
            .unwrap();
        assert!(
            totals(&house, zone.id)
                .await
                .iter()
                .all(|row| row.1.is_none())
        );
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_import_leaves_nothing() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let mut import = house.begin_import(&zone, "a").await;
        push_rows(&mut import, "a", &rows(zone.id, "5.00")).await;
        let counts = import.counts().await.unwrap();
        assert_eq!(counts.rows_accepted, 2);
        import.abandon().await.unwrap();
        assert!(totals(&house, zone.id).await.is_empty());
        // Words of the abandoned import must not be taken for known.
        house.import(&zone, "a", &rows(zone.id, "5.00")).await;
        assert_eq!(totals(&house, zone.id).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_two_enterprises_have_is_ambiguous_without_a_code() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        for code in ["91420000615578XXX1", "91420000615578XXX2"] {
            let mut new = NewSubject::of(SubjectKind::Enterprise, "同名公司", zone.id);
            new.code = Some(code.to_owned());
            house.ledger.add_subject(&house.stamp(), new).await.unwrap();
        }
        let mut import = house.begin_import(&zone, "e").await;
        let column = import
            .column("revenue", &Period::Year(2023), "")
            .await
            .unwrap();
        let source = domain::SourceRef::Form {
            form: "t".to_owned(),
        };
        let source = import.source(&source).await.unwrap();
        let facts = vec![ledger::imports::BulkFact {
            column,
            value: yuan("1.00"),
            qualifier: String::new(),
            source,
            cell: None,
        }];
        for code in [None, Some("91420000615578XXX2")] {
            let mut subject = NewSubject::of(SubjectKind::Enterprise, "同名公司", zone.id);
            subject.code = code.map(str::to_owned);
            let facts = facts.clone();
            import
                .push(ledger::imports::BulkRecord { subject, facts })
                .await
                .unwrap();
        }
        let outcomes = import.outcomes().await.unwrap();
        assert_eq!(outcomes, [RowOutcome::Ambiguous, RowOutcome::Added]);
        import.abandon().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_project_without_a_code_takes_the_one_that_a_later_ledger_has() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        house.import(&zone, "a", &rows(zone.id, "5.00")[..1]).await;
        let mut import = house.begin_import(&zone, "b").await;
        let column = import.column("code", &Period::Current, "").await.unwrap();
        let source = domain::SourceRef::Form {
            form: "t".to_owned(),
        };
        let source = import.source(&source).await.unwrap();
        let mut subject = NewSubject::of(SubjectKind::Project, "甲项目", zone.id);
        subject.code = Some("2310-421300-04-01-100001".to_owned());
        let facts = vec![ledger::imports::BulkFact {
            column,
            value: Value::Text("2310-421300-04-01-100001".to_owned()),
            qualifier: String::new(),
            source,
            cell: None,
        }];
        import
            .push(ledger::imports::BulkRecord { subject, facts })
            .await
            .unwrap();
        import.commit(house.stamp().at, 0).await.unwrap();
        let kind = SubjectKind::Project;
        let code = "2310-421300-04-01-100001";
        let found = house
            .ledger
            .subject_by_code(&all(), zone.id, &kind, code)
            .await
            .unwrap();
        assert_eq!(found.unwrap().name, "甲项目");
        assert_eq!(totals(&house, zone.id).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn imports_are_listed_within_their_zone_only() {
    on_every_database(|house| async move {
        let (zone, other) = (house.zone("随州").await, house.zone("白银").await);
        let committed = house.import(&zone, "a", &rows(zone.id, "5.00")).await;
        let query = ImportQuery {
            zone_id: zone.id,
            before: None,
            limit: 10,
            as_of: AsOf::Now,
        };
        let foreign = Scope::organisation(other.path.clone());
        assert!(
            house
                .ledger
                .imports(&foreign, &query)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            house
                .ledger
                .import(&foreign, committed.import_id)
                .await
                .is_err()
        );
        let own = Scope::organisation(zone.path.clone());
        assert_eq!(house.ledger.imports(&own, &query).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_call_sent_twice_is_answered_the_same() {
    on_every_database(|house| async move {
        let ledger = &house.ledger;
        let (now, hour) = (Timestamp(10_000_000_000), 3_600_000_000);
        let ago = |hours: i64| Timestamp(now.0 - hours * hour);
        let call = |caller, digest| Call {
            caller,
            key: "k",
            request_digest: digest,
        };
        let reserve = async |call, at| {
            ledger
                .reserve_answer(call, at, ago(2), ago(1))
                .await
                .unwrap()
        };
        assert_eq!(reserve(call("7", "d"), now).await, Reserved::New);
        assert_eq!(reserve(call("7", "d"), now).await, Reserved::UnderWay);
        assert_eq!(reserve(call("7", "e"), now).await, Reserved::Other);
        assert_eq!(
            reserve(call("8", "e"), now).await,
            Reserved::New,
            "keys are one's own"
        );
        let answer = StoredAnswer {
            status: 201,
            answer: "{}".to_owned(),
        };
        ledger.keep_answer(call("7", "d"), &answer).await.unwrap();
        ledger.release_answer(call("7", "d")).await.unwrap();
        let known = reserve(call("7", "d"), now).await;
        assert_eq!(
            known,
            Reserved::Answered(answer),
            "what was answered is not let go"
        );
        assert_eq!(reserve(call("7", "e"), now).await, Reserved::Other);
        ledger.release_answer(call("8", "e")).await.unwrap();
        assert_eq!(
            reserve(call("8", "f"), ago(3)).await,
            Reserved::New,
            "nothing was done"
        );
        let again = reserve(call("8", "f"), now).await;
        assert_eq!(again, Reserved::New, "what died on the way is given up");
        assert_eq!(
            ledger.forget_answers(Timestamp(now.0 + 1)).await.unwrap(),
            2
        );
        assert_eq!(reserve(call("7", "e"), now).await, Reserved::New);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_remembered_per_sender() {
    on_every_database(|house| async move {
        let zone = house.zone("随州").await;
        let ledger = &house.ledger;
        for mapping in ["{\"C\":1}", "{\"C\":2}"] {
            ledger
                .remember_mapping(&house.stamp(), zone.id, "li", "projects", "h", mapping)
                .await
                .unwrap();
        }
        let known = ledger
            .remembered_mapping(zone.id, "li", "projects", "h")
            .await
            .unwrap();
        assert_eq!(known.as_deref(), Some("{\"C\":2}"));
        let other = ledger
            .remembered_mapping(zone.id, "wang", "projects", "h")
            .await
            .unwrap();
        assert_eq!(other, None);
    })
    .await;
}
