//! Organisations, subjects and facts, now and as of the past.

use domain::{CellAddress, SourceRef, SubjectKind, Value};
use ledger::{AsOf, LedgerError, NewSubject, Scope, SubjectStatus};

use crate::house::{fact, on_every_database, yuan};

fn all() -> Scope {
    Scope::everything()
}

#[tokio::test]
async fn a_correction_supersedes_and_the_past_stays_as_it_was() {
    on_every_database(|house| async move {
        let zone = house.zone("随州高新区").await;
        let project = house.project(&zone, "专汽产业园").await;
        house
            .record(project, vec![fact("investment_total", "", yuan("100.00"))])
            .await;
        let before = house.stamp().at;
        let recorded = house
            .record(project, vec![fact("investment_total", "", yuan("120.00"))])
            .await;
        assert_eq!((recorded.added, recorded.superseded), (0, 1));
        let again = house
            .record(project, vec![fact("investment_total", "", yuan("120.00"))])
            .await;
        assert_eq!(again.unchanged, 1);
        let ledger = &house.ledger;
        let now = ledger.facts_of(&all(), project, AsOf::Now).await.unwrap();
        let then = ledger
            .facts_of(&all(), project, AsOf::At(before))
            .await
            .unwrap();
        assert_eq!(now[0].value, Some(yuan("120.00")));
        assert_eq!(then[0].value, Some(yuan("100.00")));
        let history = ledger
            .history_of(
                &all(),
                project,
                "investment_total",
                &domain::Period::Current,
                AsOf::Now,
            )
            .await
            .unwrap();
        assert_eq!(history.len(), 2);
        assert_eq!(ledger.verify_audit().await.unwrap().broken, None);
    })
    .await;
}

#[tokio::test]
async fn a_fact_taken_back_counts_no_more_but_its_history_stays() {
    on_every_database(|house| async move {
        let zone = house.zone("白银高新区").await;
        let project = house.project(&zone, "铜箔项目").await;
        house
            .record(
                project,
                vec![fact("stage", "", Value::Code("signed".to_owned()))],
            )
            .await;
        let ledger = &house.ledger;
        let id = ledger.facts_of(&all(), project, AsOf::Now).await.unwrap()[0].id;
        let stamp = house.stamp();
        ledger
            .retract_fact(&stamp, &all(), id, "wrong project")
            .await
            .unwrap();
        assert!(
            ledger
                .facts_of(&all(), project, AsOf::Now)
                .await
                .unwrap()
                .is_empty()
        );
        let again = ledger.retract_fact(&stamp, &all(), id, "twice").await;
        assert!(matches!(again, Err(LedgerError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn zones_do_not_see_one_another() {
    on_every_database(|house| async move {
        let one = house.zone("榆林高新区").await;
        let other = house.zone("泰安高新区").await;
        let park = house.park(&one, "大柳塔园").await;
        let project = house.project(&park, "煤化工项目").await;
        let ledger = &house.ledger;
        let own = Scope::organisation(one.path.clone());
        let foreign = Scope::organisation(other.path.clone());
        assert!(ledger.subject(&own, project, AsOf::Now).await.is_ok());
        for scope in [foreign, Scope::nothing()] {
            let seen = ledger.facts_of(&scope, project, AsOf::Now).await;
            assert!(matches!(seen, Err(LedgerError::NotFound { .. })));
            let organisations = ledger.organisations(&scope, AsOf::Now).await.unwrap();
            assert!(organisations.iter().all(|found| found.id == other.id));
        }
        assert_eq!(ledger.organisation_ids_under(&own).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_renamed_and_closed_organisation_reads_as_it_was_called_then() {
    on_every_database(|house| async move {
        let zone = house.zone("随州经开区").await;
        let before = house.stamp().at;
        let ledger = &house.ledger;
        ledger
            .rename_organisation(&house.stamp(), zone.id, "随州高新区")
            .await
            .unwrap();
        ledger
            .close_organisation(&house.stamp(), zone.id)
            .await
            .unwrap();
        let now = ledger
            .organisation(&all(), zone.id, AsOf::Now)
            .await
            .unwrap();
        let then = ledger
            .organisation(&all(), zone.id, AsOf::At(before))
            .await
            .unwrap();
        assert_eq!((now.name.as_str(), now.closed), ("随州高新区", true));
        assert_eq!((then.name.as_str(), then.closed), ("随州经开区", false));
        let ids = [zone.subject_id.unwrap(), 999];
        let names = async |scope: &Scope, as_of| {
            let found = ledger.subjects_by_id(scope, &ids, as_of).await.unwrap();
            found.into_iter().map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&all(), AsOf::Now).await, ["随州高新区"]);
        assert_eq!(names(&all(), AsOf::At(before)).await, ["随州经开区"]);
        assert!(names(&Scope::nothing(), AsOf::Now).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn merged_subjects_answer_to_both_names_and_stood_apart_before() {
    on_every_database(|house| async move {
        let zone = house.zone("长治高新区").await;
        let ledger = &house.ledger;
        let mut new = NewSubject::of(SubjectKind::Enterprise, "长治光电", zone.id);
        new.code = Some("91140400MA0GTQ5X0K".to_owned());
        let kept = ledger.add_subject(&house.stamp(), new).await.unwrap();
        let new = NewSubject::of(SubjectKind::Enterprise, "长治光电有限公司", zone.id);
        let gone = ledger.add_subject(&house.stamp(), new).await.unwrap();
        house
            .record(gone, vec![fact("revenue", "2023", yuan("5.00"))])
            .await;
        let before = house.stamp().at;
        ledger
            .merge_subjects(&house.stamp(), &all(), gone, kept)
            .await
            .unwrap();
        let kind = SubjectKind::Enterprise;
        let named = ledger
            .subjects_by_name(&all(), zone.id, &kind, "长治光电有限公司")
            .await;
        assert_eq!(named.unwrap()[0].id, kept);
        let facts = ledger.facts_of(&all(), kept, AsOf::Now).await.unwrap();
        assert_eq!(facts[0].value, Some(yuan("5.00")));
        let then = ledger
            .subject(&all(), gone, AsOf::At(before))
            .await
            .unwrap();
        assert_eq!(then.status, SubjectStatus::Active);
        let now = ledger.subject(&all(), gone, AsOf::Now).await.unwrap();
        assert_eq!(now.merged_into, Some(kept));
    })
    .await;
}

#[tokio::test]
async fn a_fact_leads_back_to_its_cell() {
    on_every_database(|house| async move {
        let zone = house.zone("平顶山高新区").await;
        let project = house.project(&zone, "尼龙新材料").await;
        let ledger = &house.ledger;
        let content = b"a workbook".to_vec();
        let kept = ledger
            .keep_file(
                &house.stamp(),
                "台账.xlsx",
                "application/vnd.ms-excel",
                content.clone(),
            )
            .await
            .unwrap();
        let source = SourceRef::Cell {
            file_sha256: kept.sha256.clone(),
            sheet: "Sheet1".to_owned(),
            cell: CellAddress { row: 8, column: 2 },
        };
        let mut new = fact("investment_total", "", yuan("2350.00"));
        new.source = source.clone();
        house.record(project, vec![new]).await;
        let id = ledger.facts_of(&all(), project, AsOf::Now).await.unwrap()[0].id;
        let found = ledger.source_of_fact(&all(), id).await.unwrap();
        assert_eq!(found.source, source);
        assert_eq!(found.file_name.as_deref(), Some("台账.xlsx"));
        let places = ledger.places_of_facts(&all(), &[id, 999]).await.unwrap();
        assert_eq!(places.len(), 1);
        assert_eq!((places[0].fact_id, &places[0].source), (id, &source));
        assert_eq!(places[0].file_name.as_deref(), Some("台账.xlsx"));
        let nothing = Scope::nothing();
        assert!(
            ledger
                .places_of_facts(&nothing, &[id])
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(ledger.file_content(&kept.sha256).await.unwrap(), content);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_was_recorded() {
    on_every_database(|house| async move {
        let zone = house.zone("珠海高新区").await;
        let subject = zone.subject_id.unwrap();
        house
            .record(subject, vec![fact("gdp", "2023", yuan("1.00"))])
            .await;
        for table in ["statements", "audit_entries", "terms", "sources"] {
            for statement in [
                format!("DELETE FROM {table}"),
                format!("UPDATE {table} SET id = 9"),
            ] {
                let write = house.ledger.begin(&house.stamp()).await.unwrap();
                let refused = write.execute(ledger::Sql::new(&statement)).await;
                assert!(refused.is_err(), "{statement} went through");
            }
        }
    })
    .await;
}
