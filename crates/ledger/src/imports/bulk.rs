//! Taking in many records in one transaction, in bounded memory.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{CellAddress, Period, SourceRef, Value};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::{FactRow, Stored};
use crate::imports::ImportCounts;
use crate::imports::chunk::Pending;
use crate::imports::flush::{RowOutcome, Terms};
use crate::projection::Reader;
use crate::sql::Sql;
use crate::subjects::NewSubject;
use crate::subjects::keys::Identity;
use crate::time::{Timestamp, day_number};
use crate::write::{Action, FACTS, Stamp, Write, Written};

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
    turn: Turn,
    /// What the buffer before came to: it is written while the next one is settled.
    pub(super) chunk: Option<Pending>,
    /// How many chunks were sent to be written.
    sent: u32,
    pub(super) next_subject: i64,
    pub(super) next_fact: i64,
    /// The paths of the organisations that subjects were put in.
    pub(super) paths: Arc<HashMap<i64, String>>,
    pub(super) entry_id: i64,
    pub(super) import: NewImport,
    known_on: Option<i64>,
    pub(super) terms: Arc<Terms>,
    pub(super) reader: Arc<Reader>,
    pub(super) buffer: Vec<Buffered>,
    pub(super) counts: ImportCounts,
    pub(super) outcomes: Vec<RowOutcome>,
    buffered: usize,
    columns: HashMap<(String, Period, String), BulkColumn>,
    qualifiers: HashMap<String, i64>,
}

/// Who has the write: this side, or the task that writes the buffer before.
#[derive(Debug)]
enum Turn {
    Ours(Box<Write>),
    Writing(JoinHandle<Result<Write>>),
    /// A buffer could not be written.
    Lost,
}

/// A record on its way into the database.
#[derive(Debug)]
pub(super) struct Buffered {
    pub(super) subject: NewSubject,
    pub(super) identity: Identity,
    /// What it says, its subject still open.
    pub(super) facts: Vec<FactRow>,
}

/// Facts held in memory before they are written: the bound on memory.
const BUFFER_FACTS: usize = 20_000;
/// Records held in memory before they are written.
const BUFFER_RECORDS: usize = 1_000;

const LOST: LedgerError = LedgerError::Refused("an import that failed takes in no more");

impl Ledger {
    /// Opens an import.
    pub async fn begin_import(&self, stamp: &Stamp, import: NewImport) -> Result<BulkImport> {
        let mut write = self.begin(stamp).await?;
        let zone = write.organisation(import.zone_id).await?;
        debug_assert_eq!(zone.zone_id, import.zone_id, "imports go into a zone");
        Ok(BulkImport {
            reader: Arc::new(Reader::of_write(&mut write).await?),
            terms: Arc::new(Terms::of_write(&mut write).await?),
            known_on: import.known_on.map(day_number),
            chunk: None,
            sent: 0,
            next_subject: write.next_ids("subjects", 0).await?,
            next_fact: write.next_ids(FACTS, 0).await?,
            paths: Arc::default(),
            entry_id: write.entry_id(),
            turn: Turn::Ours(Box::new(write)),
            import,
            buffer: Vec::new(),
            counts: ImportCounts::default(),
            outcomes: Vec::new(),
            buffered: 0,
            columns: HashMap::new(),
            qualifiers: HashMap::new(),
        })
    }
}

impl BulkImport {
    /// The write, once the buffer before is written.
    pub(super) async fn write(&mut self) -> Result<&mut Write> {
        if let Turn::Writing(task) = &mut self.turn {
            let written = task.await;
            self.turn = Turn::Lost;
            self.turn = Turn::Ours(Box::new(written??));
        }
        match &mut self.turn {
            Turn::Ours(write) => Ok(write),
            Turn::Writing(_) | Turn::Lost => Err(LOST),
        }
    }

    /// Has the chunk before written, if there is one.
    pub(super) async fn send(&mut self) -> Result<()> {
        if let Some(chunk) = self.chunk.take() {
            let write = self.take_write().await?;
            self.sent += 1;
            let looks = self.sent.is_power_of_two();
            self.turn = Turn::Writing(tokio::spawn(chunk.write(write, looks)));
        }
        Ok(())
    }

    async fn take_write(&mut self) -> Result<Write> {
        self.write().await?;
        match std::mem::replace(&mut self.turn, Turn::Lost) {
            Turn::Ours(write) => Ok(*write),
            Turn::Writing(_) | Turn::Lost => Err(LOST),
        }
    }

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
            return Err(LedgerError::Refused("a fact needs a variable"));
        }
        let words = period.to_string();
        let write = self.write().await?;
        let column = BulkColumn {
            variable: write.term(variable).await?,
            period: write.term(&words).await?,
            unit: write.term(unit).await?,
        };
        Arc::make_mut(&mut self.reader).learn(column.period, &words);
        self.columns.insert(key, column);
        Ok(column)
    }

    /// A source of facts. Of a cell only the sheet counts here; the place stands in the fact.
    pub async fn source(&mut self, source: &SourceRef) -> Result<BulkSource> {
        Ok(BulkSource(self.write().await?.source(source).await?.0))
    }

    /// Takes in a record.
    pub async fn push(&mut self, record: BulkRecord) -> Result<()> {
        self.buffered += record.facts.len();
        let mut facts = Vec::with_capacity(record.facts.len());
        for fact in record.facts {
            facts.push(self.fact_row(fact).await?);
        }
        self.buffer.push(Buffered {
            identity: Identity::of(&record.subject),
            subject: record.subject,
            facts,
        });
        if self.buffered >= BUFFER_FACTS || self.buffer.len() >= BUFFER_RECORDS {
            self.flush().await?;
        }
        Ok(())
    }

    async fn fact_row(&mut self, fact: BulkFact) -> Result<FactRow> {
        let stored = Stored::of(fact.value)?;
        Ok(FactRow {
            id: 0,
            subject_id: 0,
            variable_id: fact.column.variable,
            period_id: fact.column.period,
            kind: stored.kind,
            number: stored.number,
            text: stored.text,
            qualifier_id: self.qualifier(&fact.qualifier).await?,
            unit_id: fact.column.unit,
            source_id: fact.source.0,
            cell_row: fact.cell.map(|cell| i64::from(cell.row)),
            cell_column: fact.cell.map(|cell| i64::from(cell.column)),
            known_on: self.known_on,
            entry_id: self.entry_id,
        })
    }

    async fn qualifier(&mut self, qualifier: &str) -> Result<i64> {
        if qualifier.is_empty() {
            return Ok(0);
        }
        if let Some(id) = self.qualifiers.get(qualifier) {
            return Ok(*id);
        }
        let id = self.write().await?.term(qualifier).await?;
        Arc::make_mut(&mut self.reader).learn(id, qualifier);
        self.qualifiers.insert(qualifier.to_owned(), id);
        Ok(id)
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
        self.send().await?;
        let mut write = self.take_write().await?;
        write.set_clock(at);
        let id = write.next_id("imports").await?;
        write.execute(self.insertion(id)).await?;
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
        let ledger = write.ledger().clone();
        let written = write.commit(action).await?;
        ledger.database.tidy_statistics().await?;
        Ok(Committed {
            import_id: id,
            counts,
            written,
        })
    }

    /// Leaves nothing behind: what a rehearsal ends with.
    pub async fn abandon(mut self) -> Result<()> {
        self.take_write().await?.abandon().await
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
            self.entry_id,
        ]);
        sql.push(")");
        sql
    }
}
