//! A fresh ledger per test, on each database there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ledger::{
    Actor, Ledger, NewFact, NewOrganisation, NewSubject, Organisation, OrganisationKind, Row,
    Scope, Sql, Stamp, Timestamp,
};

use domain::{CellAddress, Period, SourceRef, SubjectKind, Value};
use ledger::imports::{BulkFact, BulkImport, BulkRecord, Committed, NewImport};

/// A ledger in a directory of its own, and a clock that only the test moves.
pub struct House {
    pub ledger: Ledger,
    pub dir: Arc<tempfile::TempDir>,
    pub url: String,
    clock: AtomicI64,
}

/// Runs a test on SQLite, and on PostgreSQL where `GUANJIA_TEST_POSTGRES_URL` names a server.
pub async fn on_every_database<F>(test: impl Fn(House) -> F)
where
    F: Future<Output = ()>,
{
    // A test may use up its house field by field; the directory stays until it has ended.
    let house = sqlite().await;
    let _dir = Arc::clone(&house.dir);
    test(house).await;
    if let Some(server) = postgres_server() {
        let (url, schema) = fresh_schema(&server).await;
        let house = open(url).await;
        let _dir = Arc::clone(&house.dir);
        test(house).await;
        run_on_server(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
    }
}

pub async fn sqlite() -> House {
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("guanjia.sqlite").display().to_string();
    open_in(dir, url).await
}

pub fn postgres_server() -> Option<String> {
    std::env::var("GUANJIA_TEST_POSTGRES_URL").ok()
}

/// A schema that nothing else uses, and the address that leads into it.
pub async fn fresh_schema(server: &str) -> (String, String) {
    let schema = format!("it_{}", uuid::Uuid::now_v7().simple());
    run_on_server(server, &format!("CREATE SCHEMA {schema}")).await;
    let mark = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{mark}options=-csearch_path%3D{schema}");
    (url, schema)
}

async fn run_on_server(server: &str, statement: &str) {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await
        .unwrap();
}

async fn open(url: String) -> House {
    open_in(tempfile::tempdir().unwrap(), url).await
}

pub async fn open_in(dir: tempfile::TempDir, url: String) -> House {
    let ledger = Ledger::open(&url, &dir.path().join("files")).await.unwrap();
    House {
        ledger,
        dir: Arc::new(dir),
        url,
        clock: AtomicI64::new(1_000_000),
    }
}

impl House {
    /// The next moment: a second after the one before.
    pub fn stamp(&self) -> Stamp {
        let at = self.clock.fetch_add(1_000_000, Ordering::Relaxed);
        Stamp {
            at: Timestamp(at),
            actor: Actor::system("test"),
        }
    }

    pub async fn zone(&self, name: &str) -> Organisation {
        let new = NewOrganisation {
            parent_id: None,
            kind: OrganisationKind::Zone,
            code: None,
            name: name.to_owned(),
        };
        self.ledger
            .add_organisation(&self.stamp(), new)
            .await
            .unwrap()
    }

    pub async fn park(&self, zone: &Organisation, name: &str) -> Organisation {
        let new = NewOrganisation {
            parent_id: Some(zone.id),
            kind: OrganisationKind::SubPark,
            code: None,
            name: name.to_owned(),
        };
        self.ledger
            .add_organisation(&self.stamp(), new)
            .await
            .unwrap()
    }

    pub async fn project(&self, organisation: &Organisation, name: &str) -> i64 {
        let new = NewSubject::of(SubjectKind::Project, name, organisation.id);
        self.ledger.add_subject(&self.stamp(), new).await.unwrap()
    }

    /// Records facts from a form.
    pub async fn record(&self, subject_id: i64, facts: Vec<NewFact>) -> ledger::facts::Recorded {
        let scope = Scope::everything();
        let stamp = self.stamp();
        let recorded = self
            .ledger
            .record_facts(&stamp, &scope, subject_id, facts)
            .await;
        recorded.unwrap().0
    }

    /// All rows of a query as text, for comparing two ledgers.
    pub async fn rows(&self, text: &str) -> Vec<Row> {
        self.ledger.rows(Sql::new(text)).await.unwrap()
    }
}

/// A fact typed into a form.
pub fn fact(variable: &str, period: &str, value: Value) -> NewFact {
    NewFact {
        variable: variable.to_owned(),
        period: Period::from_words(period),
        value,
        qualifier: String::new(),
        unit: String::new(),
        source: SourceRef::Form {
            form: "test".to_owned(),
        },
        known_on: None,
    }
}

/// Yuan, exact.
pub fn yuan(text: &str) -> Value {
    Value::Money(text.parse().unwrap())
}

/// A row of a ledger of projects: its name, its park's organisation, and what it says.
pub type ProjectRow<'a> = (&'a str, i64, Vec<(&'a str, &'a str, Value)>);

impl House {
    /// An import of projects, one fact a cell, row by row.
    pub async fn begin_import(&self, zone: &Organisation, file: &str) -> BulkImport {
        let import = NewImport {
            zone_id: zone.id,
            kind: "projects".to_owned(),
            file_sha256: Some(format!("{file:0>64}")),
            file_name: format!("{file}.xlsx"),
            sender: "test".to_owned(),
            mapping: "{}".to_owned(),
            known_on: None,
        };
        self.ledger
            .begin_import(&self.stamp(), import)
            .await
            .unwrap()
    }

    /// Imports projects and commits.
    pub async fn import(
        &self,
        zone: &Organisation,
        file: &str,
        rows: &[ProjectRow<'_>],
    ) -> Committed {
        let mut import = self.begin_import(zone, file).await;
        push_rows(&mut import, file, rows).await;
        import.commit(self.stamp().at, 0).await.unwrap()
    }
}

pub async fn push_rows(import: &mut BulkImport, file: &str, rows: &[ProjectRow<'_>]) {
    let sheet = SourceRef::Cell {
        file_sha256: format!("{file:0>64}"),
        sheet: "Sheet1".to_owned(),
        cell: CellAddress { row: 0, column: 0 },
    };
    let source = import.source(&sheet).await.unwrap();
    for (row, (name, organisation, cells)) in (0_u32..).zip(rows) {
        let mut facts = Vec::new();
        for (column, (variable, period, value)) in (0_u32..).zip(cells) {
            let period = Period::from_words(period);
            facts.push(BulkFact {
                column: import.column(variable, &period, "").await.unwrap(),
                value: value.clone(),
                qualifier: String::new(),
                source,
                cell: Some(CellAddress { row, column }),
            });
        }
        let subject = NewSubject::of(SubjectKind::Project, name, *organisation);
        import.push(BulkRecord { subject, facts }).await.unwrap();
    }
}
