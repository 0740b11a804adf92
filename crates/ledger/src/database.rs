//! The one place that opens the database: SQLite in a file by default, PostgreSQL by its URL.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions,
    TransactionTrait,
};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{LedgerError, Result};
use crate::sql::{Row, Sql};

/// Which database the ledger stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A file in the data directory.
    Sqlite,
    /// A server.
    Postgres,
}

impl Dialect {
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }
}

/// How long a writer waits for another one before it gives up.
const BUSY: Duration = Duration::from_mins(1);
const SQLITE_CONNECTIONS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Key of the lock under which all writers of one PostgreSQL database queue.
const WRITER_LOCK: i64 = 0x6775_616e_6a69_6101;

/// A pool of connections and the queue of writers.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) connection: DatabaseConnection,
    pub(crate) dialect: Dialect,
    /// The file, where there is one.
    pub(crate) file: Option<PathBuf>,
    writers: Arc<Mutex<()>>,
}

impl Database {
    /// Opens `postgres://…`, `sqlite:PATH` or a bare path.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .connect(url)
                .await
                .map_err(connect_error)?;
            return Ok(Self::new(
                SqlxPostgresConnector::from_sqlx_postgres_pool(pool),
                Dialect::Postgres,
                None,
            ));
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let file = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            // Of a statement with forty facts, three fit a page of 4 KiB and leave a quarter of it empty.
            .page_size(8192)
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged survives a power cut, not only a killed process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "MEMORY")
            .pragma("mmap_size", "1073741824")
            .statement_cache_capacity(256);
        let pool = SqlitePoolOptions::new()
            .max_connections(SQLITE_CONNECTIONS)
            .connect_with(options)
            .await
            .map_err(connect_error)?;
        let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
        Ok(Self::new(connection, Dialect::Sqlite, Some(file)))
    }

    fn new(connection: DatabaseConnection, dialect: Dialect, file: Option<PathBuf>) -> Self {
        Self {
            connection,
            dialect,
            file,
            writers: Arc::default(),
        }
    }

    /// All rows of a query.
    pub(crate) async fn rows(&self, sql: Sql) -> Result<Vec<Row>> {
        rows(&self.connection, self.dialect, sql).await
    }

    /// The first row of a query.
    pub(crate) async fn row(&self, sql: Sql) -> Result<Option<Row>> {
        let statement = sql.statement(self.dialect.backend())?;
        Ok(self.connection.query_one_raw(statement).await?.map(Row))
    }

    /// Runs a statement outside any entry: only for what is no record (logins, throttling).
    pub(crate) async fn execute(&self, sql: Sql) -> Result<u64> {
        let statement = sql.statement(self.dialect.backend())?;
        Ok(self
            .connection
            .execute_raw(statement)
            .await?
            .rows_affected())
    }

    /// Lets the database look at what its tables hold now, so that it picks the right indexes.
    pub(crate) async fn tidy_statistics(&self) -> Result<()> {
        let statement = match self.dialect {
            Dialect::Sqlite => "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002",
            Dialect::Postgres => "ANALYZE",
        };
        self.connection.execute_unprepared(statement).await?;
        Ok(())
    }

    /// A transaction that sees one state of the database throughout.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            isolation_level: (self.dialect == Dialect::Postgres)
                .then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        Ok(self.connection.begin_with_options(options).await?)
    }

    /// A transaction that holds the writers' lock until it ends, so that entries, ids and moments
    /// follow each other on both databases.
    pub(crate) async fn begin_write(&self) -> Result<(DatabaseTransaction, OwnedMutexGuard<()>)> {
        let turn = Arc::clone(&self.writers).lock_owned().await;
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.dialect == Dialect::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.connection.begin_with_options(options).await?;
        if self.dialect == Dialect::Postgres {
            let lock = Sql::with("SELECT pg_advisory_xact_lock($1)", [WRITER_LOCK.into()]);
            transaction
                .execute_raw(lock.into_statement(DbBackend::Postgres))
                .await?;
        }
        Ok((transaction, turn))
    }
}

/// All rows of a query on a connection or in a transaction.
pub(crate) async fn rows(
    connection: &impl ConnectionTrait,
    dialect: Dialect,
    sql: Sql,
) -> Result<Vec<Row>> {
    let statement = sql.statement(dialect.backend())?;
    let found = connection.query_all_raw(statement).await?;
    Ok(found.into_iter().map(Row).collect())
}

fn connect_error(error: sqlx::Error) -> LedgerError {
    LedgerError::Database(DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))
}
