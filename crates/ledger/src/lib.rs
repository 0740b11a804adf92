//! Record: append-only facts with their sources, as-of views, accounts, the audit, and the database
//! under them. Only this crate opens the database.

pub mod accounts;
pub mod audit;
pub mod backup;
mod database;
mod error;
pub mod facts;
mod files;
pub mod imports;
mod migrations;
mod organisations;
pub mod projection;
mod scope;
mod sight;
mod sort_key;
mod source_lists;
mod sources;
mod sql;
pub mod subjects;
mod terms;
mod time;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm_migration::MigratorTrait;

use crate::database::Database;
use crate::migrations::Migrator;
use crate::terms::Terms;

pub use database::Dialect;
pub use error::{LedgerError, Result};
pub use facts::{FactRecord, NewFact};
pub use files::KeptFile;
pub use organisations::{NewOrganisation, Organisation, OrganisationKind};
pub use scope::Scope;
pub use sight::Sight;
pub use sort_key::{initials, lookup_key, sort_key};
pub use source_lists::{KeptSource, SourceQuery};
pub use sources::{PlaceOfFact, SourceOfFact};
pub use sql::{Param, Row, Sql};
pub use subjects::{NewSubject, Subject, SubjectStatus};
pub use time::{AsOf, Timestamp};
pub use write::{Action, Actor, Stamp, Write, Written};

/// The ledger. Clones share one pool of connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) database: Database,
    pub(crate) files_dir: Arc<PathBuf>,
    pub(crate) terms: Arc<Terms>,
}

impl Ledger {
    /// Opens the ledger and brings its tables to this program's form.
    ///
    /// `url` is `postgres://…`, or a path to a file (with or without `sqlite:` before it), which is
    /// made when it is not there. `files_dir` holds the original files.
    pub async fn open(url: &str, files_dir: &Path) -> Result<Self> {
        let ledger = Self::open_unmigrated(url, files_dir).await?;
        let connection = &ledger.database.connection;
        let pending = !Migrator::get_pending_migrations(connection)
            .await?
            .is_empty();
        Migrator::up(connection, None).await?;
        if pending {
            ledger.follow_new_form().await?;
        }
        Ok(ledger)
    }

    /// Makes the lists again where steps have changed the form of tables that held something.
    async fn follow_new_form(&self) -> Result<()> {
        let any = Sql::new("SELECT 1 FROM subjects LIMIT 1");
        if self.database.row(any).await?.is_some() {
            // The entry gets the moment right after the last one.
            let stamp = Stamp::new(Timestamp(i64::MIN), Actor::system("migrate"));
            self.rebuild_lists(&stamp).await?;
        }
        Ok(())
    }

    pub(crate) async fn open_unmigrated(url: &str, files_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(files_dir)?;
        Ok(Self {
            database: Database::open(url).await?,
            files_dir: Arc::new(files_dir.to_path_buf()),
            terms: Arc::default(),
        })
    }

    /// Which database it stands on.
    pub fn dialect(&self) -> Dialect {
        self.database.dialect
    }

    /// All rows of a query of the caller's own tables.
    pub async fn rows(&self, sql: Sql) -> Result<Vec<Row>> {
        self.database.rows(sql).await
    }

    /// The first row of a query.
    pub async fn row(&self, sql: Sql) -> Result<Option<Row>> {
        self.database.row(sql).await
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.database.row(Sql::new("SELECT 1")).await.is_ok()
    }

    /// Lets go of all connections.
    pub async fn close(self) -> Result<()> {
        Ok(self.database.connection.close().await?)
    }
}
