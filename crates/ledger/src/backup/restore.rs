//! Filling an empty database and folder from a backup, all of it or nothing.

use std::path::Path;

use sea_orm_migration::MigratorTrait;
use serde_json::Value as Json;

use crate::Ledger;
use crate::backup::container::{Piece, Reader, check_backup, damaged};
use crate::backup::{BackupContents, TABLES};
use crate::database::{Database, Dialect};
use crate::error::{LedgerError, Result};
use crate::migrations::Migrator;
use crate::sql::{Param, Sql};
use crate::write::placeholders;

use sea_orm::{ConnectionTrait, DatabaseTransaction};

pub(super) async fn restore(
    backup: &Path,
    url: &str,
    files_dir: &Path,
) -> Result<(Ledger, BackupContents)> {
    let path = backup.to_path_buf();
    let sha256 = tokio::task::spawn_blocking(move || check_backup(&path)).await??;
    let ledger = Ledger::open_unmigrated(url, files_dir).await?;
    Migrator::up(&ledger.database.connection, None).await?;
    require_empty(&ledger.database).await?;
    let (transaction, _turn) = ledger.database.begin_write().await?;
    let defer = match ledger.database.dialect {
        Dialect::Sqlite => "PRAGMA defer_foreign_keys = ON",
        Dialect::Postgres => "SET CONSTRAINTS ALL DEFERRED",
    };
    transaction.execute_unprepared(defer).await?;
    let mut contents = fill(&ledger, &transaction, backup).await?;
    let uses = "INSERT INTO source_uses (source_id, entry_id) SELECT source_id, entry_id FROM statements \
         UNION SELECT source_id, entry_id FROM confirmations";
    transaction.execute_unprepared(uses).await?;
    transaction.commit().await?;
    contents.sha256 = sha256;
    ledger.database.tidy_statistics().await?;
    match ledger.verify_audit().await?.broken {
        None => Ok((ledger, contents)),
        Some(broken) => Err(LedgerError::damaged(
            "audit of backup",
            format!("entry {}: {}", broken.entry_id, broken.fault),
        )),
    }
}

async fn require_empty(database: &Database) -> Result<()> {
    for (table, _) in TABLES {
        let any = Sql::new(&format!("SELECT 1 FROM {table} LIMIT 1"));
        if database.row(any).await?.is_some() {
            return Err(LedgerError::Refused(
                "a backup is restored into an empty database",
            ));
        }
    }
    Ok(())
}

/// Rows of one table on their way in.
struct Batch {
    table: String,
    columns: Vec<String>,
    texts: Vec<bool>,
    rows: Vec<Vec<Param>>,
}

async fn fill(
    ledger: &Ledger,
    transaction: &DatabaseTransaction,
    backup: &Path,
) -> Result<BackupContents> {
    let mut reader = Reader::open(backup)?;
    let mut found = BackupContents::default();
    let mut batch: Option<Batch> = None;
    loop {
        match reader.next()? {
            Piece::Table { name, columns } => {
                flush(transaction, ledger.dialect(), batch.as_mut()).await?;
                found.rows.insert(name.clone(), 0);
                batch = Some(Batch::of(ledger, name, columns).await?);
            }
            Piece::Row(values) => {
                let batch = batch.as_mut().ok_or_else(|| damaged("a row of no table"))?;
                *found.rows.entry(batch.table.clone()).or_default() += 1;
                batch.push(values)?;
                if batch.rows.len() == batch.height() {
                    flush(transaction, ledger.dialect(), Some(batch)).await?;
                }
            }
            Piece::File { sha256, content } => {
                found.files += 1;
                if ledger.place_file(content).await?.sha256 != sha256 {
                    return Err(damaged("a file is not what it was"));
                }
            }
            Piece::End(stated) => {
                flush(transaction, ledger.dialect(), batch.as_mut()).await?;
                return if stated == found {
                    Ok(found)
                } else {
                    Err(damaged("it does not hold what it says"))
                };
            }
        }
    }
}

impl Batch {
    async fn of(ledger: &Ledger, table: String, columns: Vec<String>) -> Result<Self> {
        if !TABLES.iter().any(|(known, _)| *known == table) {
            return Err(LedgerError::Refused("the backup is of another version"));
        }
        let texts = text_columns(&ledger.database, &table, &columns).await?;
        Ok(Self {
            table,
            columns,
            texts,
            rows: Vec::new(),
        })
    }

    fn height(&self) -> usize {
        (32_000 / self.columns.len()).min(1_000)
    }

    fn push(&mut self, values: Vec<Json>) -> Result<()> {
        if values.len() != self.columns.len() {
            return Err(damaged(
                "a row has not as many values as its table has columns",
            ));
        }
        let cells = values.into_iter().zip(&self.texts);
        let row = cells.map(|(value, is_text)| match (value, is_text) {
            (Json::String(text), true) => Ok(Param::from(text)),
            (Json::Number(number), false) => number
                .as_i64()
                .map(Param::from)
                .ok_or_else(|| damaged("a number is no whole number")),
            (Json::Null, true) => Ok(Param::String(None)),
            (Json::Null, false) => Ok(Param::BigInt(None)),
            _ => Err(damaged("a value is not of its column's kind")),
        });
        self.rows.push(row.collect::<Result<_>>()?);
        Ok(())
    }
}

async fn flush(
    transaction: &DatabaseTransaction,
    dialect: Dialect,
    batch: Option<&mut Batch>,
) -> Result<()> {
    let Some(batch) = batch.filter(|batch| !batch.rows.is_empty()) else {
        return Ok(());
    };
    let rows = std::mem::take(&mut batch.rows);
    let columns = batch.columns.join(", ");
    let mut text = format!("INSERT INTO {} ({columns}) VALUES ", batch.table);
    placeholders(&mut text, rows.len(), batch.columns.len());
    let params: Vec<Param> = rows.into_iter().flatten().collect();
    let statement = Sql::in_order(text, params).into_statement(dialect.backend());
    transaction.execute_raw(statement).await?;
    Ok(())
}

/// Which of the columns hold text. A column that this program does not know is of a newer one.
async fn text_columns(database: &Database, table: &str, columns: &[String]) -> Result<Vec<bool>> {
    let text = match database.dialect {
        Dialect::Sqlite => "SELECT name, LOWER(type) FROM pragma_table_info($1)",
        Dialect::Postgres => {
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1"
        }
    };
    let rows = database.rows(Sql::with(text, [table.into()])).await?;
    let mut known: Vec<(String, bool)> = Vec::new();
    for row in rows {
        known.push((row.at(0)?, row.at::<String>(1)? == "text"));
    }
    columns
        .iter()
        .map(|column| {
            let found = known.iter().find(|(name, _)| name == column);
            found
                .map(|(_, is_text)| *is_text)
                .ok_or(LedgerError::Refused("the backup is of another version"))
        })
        .collect()
}
