//! Writing a backup from one state of the database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use crate::Ledger;
use crate::backup::container::Writer;
use crate::backup::{BackupContents, TABLES};
use crate::database::{self, Dialect};
use crate::error::{LedgerError, Result};
use crate::sql::{Row, Sql};

/// Pages copied before other writers get a turn.
const PAGES_A_STEP: std::ffi::c_int = 4_096;
const ROWS_A_PAGE: i64 = 10_000;

pub(super) async fn backup(ledger: &Ledger, target: &Path) -> Result<BackupContents> {
    match ledger.database.file.clone() {
        Some(file) => {
            let (target, files) = (target.to_path_buf(), ledger.files_dir().to_path_buf());
            tokio::task::spawn_blocking(move || of_sqlite(&file, &files, &target)).await?
        }
        None => of_postgres(ledger, target).await,
    }
}

/// Copies the database page by page while it is used, then writes the copy out.
fn of_sqlite(file: &Path, files_dir: &Path, target: &Path) -> Result<BackupContents> {
    let mut copy = target.as_os_str().to_owned();
    copy.push(".copy");
    let copy = PathBuf::from(copy);
    let written = copy_pages(file, &copy).and_then(|()| write_out(&copy, files_dir, target));
    match std::fs::remove_file(&copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => written,
    }
}

fn copy_pages(file: &Path, copy: &Path) -> Result<()> {
    let source = rusqlite::Connection::open_with_flags(
        file,
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    let mut target = rusqlite::Connection::open(copy)?;
    let backup = rusqlite::backup::Backup::new(&source, &mut target)?;
    Ok(backup.run_to_completion(PAGES_A_STEP, Duration::ZERO, None)?)
}

fn write_out(copy: &Path, files_dir: &Path, target: &Path) -> Result<BackupContents> {
    let connection = rusqlite::Connection::open(copy)?;
    let mut writer = Writer::create(target)?;
    let mut files = Vec::new();
    for (table, order) in TABLES {
        let text = format!("SELECT * FROM {table} ORDER BY {order}");
        let mut statement = connection.prepare(&text)?;
        let columns: Vec<String> = statement
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        writer.table(table, &columns)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns.len());
            for place in 0..columns.len() {
                values.push(embedded_json(row.get_ref(place)?)?);
            }
            if *table == "files" {
                files.extend(values[0].as_str().map(str::to_owned));
            }
            writer.row(values)?;
        }
    }
    write_files(&mut writer, files_dir, &files)?;
    writer.finish()
}

fn embedded_json(value: ValueRef<'_>) -> Result<Json> {
    Ok(match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text);
            json!(text.map_err(|error| LedgerError::damaged("text", error))?)
        }
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            return Err(LedgerError::damaged("column", "neither number nor text"));
        }
    })
}

async fn of_postgres(ledger: &Ledger, target: &Path) -> Result<BackupContents> {
    let snapshot = ledger.database.snapshot().await?;
    let mut writer = Writer::create(target)?;
    let mut files = Vec::new();
    for (table, order) in TABLES {
        let columns = columns(&snapshot, table).await?;
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        writer.table(table, &names)?;
        let mut offset = 0;
        loop {
            let rows = page(&snapshot, table, order, &names, offset).await?;
            if rows.is_empty() {
                break;
            }
            offset = match rows.last() {
                Some(last) if *order == "id" => last.at(0)?,
                _ => offset + ROWS_A_PAGE,
            };
            for row in rows {
                let values = server_json(&row, &columns)?;
                if *table == "files" {
                    files.extend(values[0].as_str().map(str::to_owned));
                }
                writer.row(values)?;
            }
        }
    }
    snapshot.rollback().await?;
    write_files(&mut writer, ledger.files_dir(), &files)?;
    writer.finish()
}

/// Names of the columns, and whether each holds text.
async fn columns(snapshot: &DatabaseTransaction, table: &str) -> Result<Vec<(String, bool)>> {
    let text = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
         FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
    let rows = database::rows(snapshot, Dialect::Postgres, Sql::with(text, [table.into()])).await?;
    rows.iter()
        .map(|row| Ok((row.at(0)?, row.at::<String>(1)? == "text")))
        .collect()
}

/// The next rows: after an id where there is one, else by counting.
async fn page(
    snapshot: &DatabaseTransaction,
    table: &str,
    order: &str,
    columns: &[String],
    from: i64,
) -> Result<Vec<Row>> {
    let mut sql = Sql::new(&format!("SELECT {} FROM {table}", columns.join(", ")));
    if order == "id" {
        sql.push(" WHERE id > ").bind(from);
    }
    sql.push(" ORDER BY ")
        .push(order)
        .push(" LIMIT ")
        .bind(ROWS_A_PAGE);
    if order != "id" {
        sql.push(" OFFSET ").bind(from);
    }
    database::rows(snapshot, Dialect::Postgres, sql).await
}

fn server_json(row: &Row, columns: &[(String, bool)]) -> Result<Vec<Json>> {
    let mut values = Vec::with_capacity(columns.len());
    for (place, (_, is_text)) in columns.iter().enumerate() {
        values.push(if *is_text {
            json!(row.at::<Option<String>>(place)?)
        } else {
            json!(row.at::<Option<i64>>(place)?)
        });
    }
    Ok(values)
}

fn write_files(writer: &mut Writer, files_dir: &Path, files: &[String]) -> Result<()> {
    for sha256 in files {
        let content = std::fs::read(files_dir.join(&sha256[..2]).join(&sha256[2..]))?;
        writer.file(sha256, &content)?;
    }
    Ok(())
}
