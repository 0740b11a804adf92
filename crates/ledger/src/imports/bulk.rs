//! Taking in many records in one transaction, in bounded memory.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{CellAddress, Period, SourceRef, Value};
use serde_json::json;

use crate::Ledger;
use crate::error::Result;
use crate::imports::ImportCounts;
use crate::imports::flush::{RowOutcome, Terms};
use crate::projection::Reader;
use crate::sql::Sql;
use crate::subjects::NewSubject;
use crate::time::{Timestamp, day_number};
use crate::write::{Action, Stamp, Write, Written};

/// What an import says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// The zone it goes into.
    pub zone_id: i64,
    /// What it is read as: `projects`, `enterprises`, `facts`.
    pub kind: String,
    /// SHA-256 of the kept file; `None` where it is no file.
    pub file_sha256: Option<String>,
    /// Name of the file as it came.
    pub file_name: String,
    /// Who sent it, in the words by which mappings are remembered.
    pub sender: String,
    /// The mapping that is used, as JSON.
    pub mapping: String,
    /// When its facts were known.
    pub known_on: Option<NaiveDate>,
}

/// A variable, period and unit that many facts share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkColumn {
    pub(super) variable: i64,
    pub(super) period: i64,
    pub(super) unit: i64,
}

/// A sheet, sentence, form or call that facts are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkSource(pub(super) i64);

/// A fact of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkFact {
    /// Variable, period and unit.
    pub column: BulkColumn,
    /// The value.
    pub value: Value,
    /// What was written beside the number; empty for nothing.
    pub qualifier: String,
    /// Where it was taken from.
    pub source: BulkSource,
    /// The cell, where the source is a sheet.
    pub cell: Option<CellAddress>,
}

/// A row of a ledger: the subject that it means, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRecord {
    /// The subject, added when no known one answers to its code or name.
    pub subject: NewSubject,
    /// What the row says.
    pub facts: Vec<BulkFact>,
}

/// What a committed import came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Id of the import.
    pub import_id: i64,
    /// How the rows fared.
    pub counts: ImportCounts,
    /// Entry and moment.
    pub written: Written,
}

/// An import under way. Dropped or abandoned, it leaves nothing behind; until it is committed nobody
/// sees any of it. Other writers wait.
#[derive(Debug)]
pub struct BulkImport {
    pub(super) write: Write,
    pub(super) import: NewImport,
    pub(super) known_on: Option<i64>,
    pub(super) terms: Terms,
    pub(super) reader: Reader,
    pub(super) buffer: Vec<BulkRecord>,
    pub(super) counts: ImportCounts,
    pub(super) outcomes: Vec<RowOutcome>,
    buffered: usize,
    columns: HashMap<(String, Period, String), BulkColumn>,
}

/// Facts held in memory before they are written: the bound on memory.
const BUFFER_FACTS: usize = 20_000;
/// Records held in memory before they are written.
const BUFFER_RECORDS: usize = 1_000;

impl Ledger {
    /// Opens an import.
    pub async fn begin_import(&self, stamp: &Stamp, import: NewImport) -> Result<BulkImport> {
        let mut write = self.begin(stamp).await?;
        let zone = write.organisation(import.zone_id).await?;
        debug_assert_eq!(zone.zone_id, import.zone_id, "imports go into a zone");
        Ok(BulkImport {
            reader: Reader::of_write(&mut write).await?,
            terms: Terms::of_write(&mut write).await?,
            known_on: import.known_on.map(day_number),
            write,
            import,
            buffer: Vec::new(),
            counts: ImportCounts::default(),
            outcomes: Vec::new(),
            buffered: 0,
            columns: HashMap::new(),
        })
    }
}

impl BulkImport {
    /// A column of facts.
    pub async fn column(
        &mut self,
        variable: &str,
        period: &Period,
        unit: &str,
    ) -> Result<BulkColumn> {
        let key = (variable.to_owned(), period.clone(), unit.to_owned());
        if let Some(known) = self.columns.get(&key) {
            return Ok(*known);
        }
        if variable.is_empty() {
            return Err(crate::LedgerError::Refused("a fact needs a variable"));
        }
        let words = period.to_string();
        let column = BulkColumn {
            variable: self.write.term(variable).await?,
            period: self.write.term(&words).await?,
            unit: self.write.term(unit).await?,
        };
        self.reader.learn(column.period, &words);
        self.columns.insert(key, column);
        Ok(column)
    }

    /// A source of facts. Of a cell only the sheet counts here; the place stands in the fact.
    pub async fn source(&mut self, source: &SourceRef) -> Result<BulkSource> {
        Ok(BulkSource(self.write.source(source).await?.0))
    }

    /// Takes in a record.
    pub async fn push(&mut self, record: BulkRecord) -> Result<()> {
        self.buffered += record.facts.len();
        self.buffer.push(record);
        if self.buffered >= BUFFER_FACTS || self.buffer.len() >= BUFFER_RECORDS {
            self.flush().await?;
        }
        Ok(())
    }

    /// How each row pushed so far fared, in order.
    pub async fn outcomes(&mut self) -> Result<&[RowOutcome]> {
        self.flush().await?;
        Ok(&self.outcomes)
    }

    /// How rows and facts fared so far.
    pub async fn counts(&mut self) -> Result<ImportCounts> {
        self.flush().await?;
        Ok(self.counts)
    }

    pub(super) fn emptied(&mut self) {
        self.buffered = 0;
    }

    /// Commits all of it at once. `at` is the clock at the end; `rows_refused` is what the reader of
    /// the file left out.
    pub async fn commit(mut self, at: Timestamp, rows_refused: i64) -> Result<Committed> {
        self.flush().await?;
        self.counts.rows_refused = rows_refused;
        self.write.set_clock(at);
        let id = self.write.next_id("imports").await?;
        self.write.execute(self.insertion(id)).await?;
        let counts = self.counts;
        let detail = json!({
            "kind": self.import.kind,
            "file": self.import.file_name,
            "sha256": self.import.file_sha256,
            "rows_accepted": counts.rows_accepted,
            "rows_refused": counts.rows_refused,
            "rows_unchanged": counts.rows_unchanged,
            "rows_superseded": counts.rows_superseded,
        });
        let action = Action::new("import.commit", "import", id)
            .in_zone(self.import.zone_id)
            .with(detail);
        let ledger = self.write.ledger().clone();
        let written = self.write.commit(action).await?;
        ledger.database.tidy_statistics().await?;
        Ok(Committed {
            import_id: id,
            counts,
            written,
        })
    }

    /// Leaves nothing behind: what a rehearsal ends with.
    pub async fn abandon(self) -> Result<()> {
        self.write.abandon().await
    }

    fn insertion(&self, id: i64) -> Sql {
        let (import, counts) = (&self.import, &self.counts);
        let mut sql = Sql::new(
            "INSERT INTO imports (id, zone_id, kind, file_sha256, file_name, sender, mapping, \
             known_on, status, rows_accepted, rows_refused, rows_unchanged, rows_superseded, \
             facts_recorded, entry_id) VALUES (",
        );
        sql.bind_all([id, import.zone_id]);
        sql.push(", ").bind(import.kind.as_str());
        sql.push(", ").bind(import.file_sha256.clone());
        sql.push(", ").bind(import.file_name.as_str());
        sql.push(", ").bind(import.sender.as_str());
        sql.push(", ").bind(import.mapping.as_str());
        sql.push(", ").bind(self.known_on);
        sql.push(", 'committed', ");
        sql.bind_all([
            counts.rows_accepted,
            counts.rows_refused,
            counts.rows_unchanged,
            counts.rows_superseded,
            counts.facts_recorded,
            self.write.entry_id(),
        ]);
        sql.push(")");
        sql
    }
}
