//! Every step runs over tables that hold something.

use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;

use super::{Migrator, spoken};
use crate::projection::{EnterpriseRow, ListQuery, ProjectRow};
use crate::{AsOf, Ledger, Scope, Sight};

/// For each step the rows that a database of its form may hold.
const SAMPLES: [&str; 1] = [include_str!("0001_sample.sql")];

async fn every_step_keeps_what_was_there(url: &str, files: &std::path::Path) {
    let ledger = Ledger::open_unmigrated(url, files).await.unwrap();
    let connection = &ledger.database.connection;
    for sample in SAMPLES {
        Migrator::up(connection, Some(1)).await.unwrap();
        let backend = connection.get_database_backend();
        connection
            .execute_unprepared(&spoken(sample, backend))
            .await
            .unwrap();
    }
    Migrator::up(connection, None).await.unwrap();
    ledger.follow_new_form().await.unwrap();
    let all = Scope::everything();
    let query = ListQuery::of_zone(1);
    let mut projects = ledger
        .list::<ProjectRow>(&all, &query, AsOf::Now)
        .await
        .unwrap()
        .rows;
    assert_eq!(projects.len(), 1, "a withdrawn project is not listed");
    let project = projects.remove(0);
    assert_eq!(project.investment_total, Some(900));
    assert_eq!(
        (project.head.year, project.investment_plan_year),
        (Some(2024), Some(500))
    );
    assert_eq!(project.head.marks["investment_total"]["qualifier"], "约");
    let enterprises = ledger
        .list::<EnterpriseRow>(&all, &query, AsOf::Now)
        .await
        .unwrap();
    assert_eq!(enterprises.rows.len(), 1);
    assert_eq!(ledger.facts_of(&all, 2, AsOf::Now).await.unwrap().len(), 2);
    let sight = Sight::nothing().and(domain::SubjectKind::Project, all);
    let taken = ledger.facts_of_source(&sight, 1, 0, 10, AsOf::Now).await;
    assert_eq!(taken.unwrap().len(), 2, "the source of old facts is known");
}

#[tokio::test]
async fn every_step_runs_over_filled_tables() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("filled.sqlite");
    every_step_keeps_what_was_there(file.to_str().unwrap(), dir.path()).await;
    let Ok(server) = std::env::var("GUANJIA_TEST_POSTGRES_URL") else {
        return;
    };
    let schema = format!("migrations_{}", uuid::Uuid::now_v7().simple());
    let own = crate::database::Database::open(&server).await.unwrap();
    let statement = format!("CREATE SCHEMA {schema}");
    own.connection.execute_unprepared(&statement).await.unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{mark}options=-csearch_path%3D{schema}");
    every_step_keeps_what_was_there(&url, dir.path()).await;
    let statement = format!("DROP SCHEMA {schema} CASCADE");
    own.connection.execute_unprepared(&statement).await.unwrap();
}
