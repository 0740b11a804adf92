//! Imports: ledgers taken in as a whole, repeatable, and undone as a whole.

mod answers;
mod bulk;
mod chunk;
mod flush;
mod mappings;
mod undo;

use chrono::NaiveDate;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::scope::Scope;
use crate::sql::{Row, Sql};
use crate::time::{AsOf, day_of_number};

pub use answers::{Call, Reserved, StoredAnswer};
pub use bulk::{BulkColumn, BulkFact, BulkImport, BulkRecord, BulkSource, Committed, NewImport};
pub use flush::RowOutcome;
pub use undo::Undone;

/// How the rows and facts of an import fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// Rows that went in, those that changed nothing included.
    pub rows_accepted: i64,
    /// Rows that the reader of the file refused.
    pub rows_refused: i64,
    /// Rows of which all was known already.
    pub rows_unchanged: i64,
    /// Rows that superseded something.
    pub rows_superseded: i64,
    /// Facts appended.
    pub facts_recorded: i64,
}

/// An import that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: i64,
    /// The zone it went into.
    pub zone_id: i64,
    /// What it was read as: `projects`, `enterprises`, `facts`.
    pub kind: String,
    /// The kept file; `None` where it was no file.
    pub file_sha256: Option<String>,
    /// Name of the file as it came.
    pub file_name: String,
    /// Who sent it, in the words by which mappings are remembered.
    pub sender: String,
    /// The mapping that was used, as JSON.
    pub mapping: String,
    /// When its facts were known, where that was given.
    pub known_on: Option<NaiveDate>,
    /// Whether it was undone.
    pub undone: bool,
    /// How its rows fared.
    pub counts: ImportCounts,
    /// The audit entry.
    pub entry_id: i64,
}

/// Which imports to read. Newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportQuery {
    /// The zone.
    pub zone_id: i64,
    /// Only before this one: the last of the page before.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
    /// Only what was committed by then.
    pub as_of: AsOf,
}

const COLUMNS: &str = "id, zone_id, kind, file_sha256, file_name, sender, mapping, known_on, status, \
     rows_accepted, rows_refused, rows_unchanged, rows_superseded, facts_recorded, entry_id, \
     undone_entry";

impl Ledger {
    /// An import.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for one of a zone that the scope does not reach into.
    pub async fn import(&self, scope: &Scope, id: i64) -> Result<Import> {
        let text = format!("SELECT {COLUMNS} FROM imports WHERE id = $1");
        let row = self.database.row(Sql::with(&text, [id.into()])).await?;
        let missing = || LedgerError::not_found("import", id);
        let found = read(&row.ok_or_else(missing)?, i64::MAX)?;
        if scope.reaches_into(found.zone_id) {
            Ok(found)
        } else {
            Err(missing())
        }
    }

    /// Imports into a zone, newest first. A scope that does not reach into the zone sees none.
    pub async fn imports(&self, scope: &Scope, query: &ImportQuery) -> Result<Vec<Import>> {
        if !scope.reaches_into(query.zone_id) {
            return Ok(Vec::new());
        }
        let entry = self.last_entry(query.as_of).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM imports WHERE zone_id = "));
        sql.bind(query.zone_id)
            .push(" AND entry_id <= ")
            .bind(entry);
        if let Some(before) = query.before {
            sql.push(" AND id < ").bind(before);
        }
        sql.push(" ORDER BY id DESC LIMIT ")
            .bind(i64::from(query.limit));
        let rows = self.database.rows(sql).await?;
        rows.iter().map(|row| read(row, entry)).collect()
    }
}

fn read(row: &Row, entry: i64) -> Result<Import> {
    Ok(Import {
        id: row.at(0)?,
        zone_id: row.at(1)?,
        kind: row.at(2)?,
        file_sha256: row.at(3)?,
        file_name: row.at(4)?,
        sender: row.at(5)?,
        mapping: row.at(6)?,
        known_on: row.at::<Option<i64>>(7)?.map(day_of_number).transpose()?,
        undone: row
            .at::<Option<i64>>(15)?
            .is_some_and(|undone| undone <= entry),
        counts: ImportCounts {
            rows_accepted: row.at(9)?,
            rows_refused: row.at(10)?,
            rows_unchanged: row.at(11)?,
            rows_superseded: row.at(12)?,
            facts_recorded: row.at(13)?,
        },
        entry_id: row.at(14)?,
    })
}
