//! A file into the ledger: read, each row placed with its organisation, all of it in one transaction.
//!
//! The reader runs on a thread of its own and hands batches over a bounded channel, so that memory
//! stays that of the packed workbook however many rows it has.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use exchange::LedgerKind;
use exchange::ledger::{LedgerRead, Options, Record, Slot, each_record};
use exchange::open::{ReadError, read_workbook};
use ledger::imports::{ImportCounts, NewImport};
use ledger::{Ledger, LedgerError, Organisation, Scope, Stamp};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::parks::{Parks, Place};
use super::sheet::ROWS_SHOWN;
use super::writer::{NamedProjects, Owners, Writer};
use super::{kind, vocabulary};
use crate::shell::PageError;

/// Records that cross from the reader to the writer at a time.
const BATCH_RECORDS: usize = 256;
/// Batches that may wait between the two.
const BATCHES_WAITING: usize = 4;

/// Which rows are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// All of them or none.
    #[default]
    All,
    /// Those without a fault.
    Good,
}

/// How a file was taken, as the import keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The organisation whose ledger it is.
    #[serde(default)]
    pub organisation_id: i64,
    /// Which rows were taken.
    #[serde(default)]
    pub rows: Rows,
    /// The park of rows that name none.
    #[serde(default)]
    pub park: Option<String>,
    /// What was chosen for the headers.
    #[serde(default)]
    pub mapping: exchange::Mapping,
}

impl Settings {
    /// Settings as an import keeps them; the default for what is none.
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}

/// A file to be taken in.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which ledger it is.
    pub kind: LedgerKind,
    /// Its name as it came.
    pub file_name: String,
    /// SHA-256 of the kept file.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// The zone it goes into.
    pub zone: Place,
    /// The organisation whose ledger it is: where rows go that name no known park.
    pub place: Place,
    /// The zone's parks.
    pub parks: Parks,
    /// How far the sender's rights reach: rows beyond it are refused.
    pub reach: Scope,
    /// What was chosen for the headers.
    pub mapping: exchange::Mapping,
    /// The park of rows that name none.
    pub park: Option<String>,
    /// Which rows are to be taken.
    pub rows: Rows,
    /// When its facts were known.
    pub known_on: Option<NaiveDate>,
    /// Whether its subjects are invented.
    pub invented: bool,
    /// Whether facts about other zones may go in: for commands, which see the whole installation.
    pub other_zones: bool,
    /// Whether it is only tried: everything is compared, nothing is kept.
    pub rehearsal: bool,
}

impl Order {
    /// An order with everything as it is by default.
    pub fn new(
        kind: LedgerKind,
        organisations: &[Organisation],
        zone: Place,
        place: Place,
        reach: Scope,
    ) -> Self {
        let park = (!place.is_zone).then(|| place.name.clone());
        Self {
            kind,
            file_name: String::new(),
            sha256: String::new(),
            bytes: Arc::default(),
            zone,
            place,
            parks: Parks::of(organisations),
            reach,
            mapping: exchange::Mapping::default(),
            park,
            rows: Rows::All,
            known_on: None,
            invented: false,
            other_zones: false,
            rehearsal: false,
        }
    }

    /// How its file is to be read.
    pub fn options(&self) -> Options {
        Options {
            vocabulary: vocabulary::of(self.kind),
            park: self.park.clone(),
            mapping: self.mapping.clone(),
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            organisation_id: self.place.id,
            rows: self.rows,
            park: self.park.clone(),
            mapping: self.mapping.clone(),
        }
    }

    fn import(&self) -> NewImport {
        NewImport {
            zone_id: self.zone.id,
            kind: kind::id(self.kind).to_owned(),
            file_sha256: Some(self.sha256.clone()),
            file_name: self.file_name.clone(),
            sender: self.place.name.clone(),
            mapping: serde_json::to_string(&self.settings()).expect("settings are plain data"),
            known_on: self.known_on,
        }
    }
}

/// What came of a file.
#[derive(Debug)]
pub struct Taken {
    /// What was read, without the records.
    pub read: LedgerRead,
    /// The first records of each sheet.
    pub first: Vec<Vec<Record>>,
    /// How the rows fared, those that the ledger refused among the refused.
    pub counts: ImportCounts,
    /// How it ended.
    pub end: End,
}

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was taken in as this import.
    Committed(i64),
    /// Rows were refused, and all or none were to be taken: nothing was.
    Refused,
    /// It was only tried.
    Rehearsed,
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The reader broke off.
    #[error("the reader broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl From<IntakeError> for PageError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Ledger(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

/// Reads a file without the ledger: what it holds, and the first records of each sheet.
pub async fn look(order: &Order) -> Result<(LedgerRead, Vec<Vec<Record>>), IntakeError> {
    let options = order.options();
    let bytes = Arc::clone(&order.bytes);
    let (sheets, mut first) = tokio::task::spawn_blocking(move || {
        let book = read_workbook(&bytes)?;
        let mut first: Vec<Vec<Record>> = book.sheets.iter().map(|_| Vec::new()).collect();
        let sheets = each_record(&book, &options, &mut |sheet, _, record| {
            if first[sheet].len() < ROWS_SHOWN {
                first[sheet].push(record);
            }
        });
        Ok::<_, ReadError>((sheets, first))
    })
    .await??;
    first.resize_with(sheets.len(), Vec::new);
    let (file, sha256) = (order.file_name.clone(), order.sha256.clone());
    Ok((
        LedgerRead {
            file,
            sha256,
            kind: order.kind,
            sheets,
        },
        first,
    ))
}

/// About how many rows a file has, without looking at them.
pub async fn row_count(order: &Order) -> Result<usize, IntakeError> {
    let bytes = Arc::clone(&order.bytes);
    let book = tokio::task::spawn_blocking(move || read_workbook(&bytes)).await??;
    Ok(book.sheets.iter().map(|sheet| sheet.rows.len()).sum())
}

/// Records of one sheet on their way.
pub struct Batch {
    /// Place of the sheet.
    pub sheet: usize,
    /// Its name, with its first batch.
    pub sheet_name: String,
    /// The sheet's slots, with its first batch.
    pub slots: Option<Vec<Slot>>,
    /// The records.
    pub records: Vec<Record>,
}

/// Takes a file in. `told` hears how many rows are written; `clock` is asked once, at the end.
pub async fn take(
    ledger: &Ledger,
    stamp: &Stamp,
    order: Order,
    clock: fn() -> DateTime<Utc>,
    told: &(dyn Fn(u64) + Sync),
) -> Result<Taken, IntakeError> {
    let owners = Owners::of(ledger, order.zone.id).await?;
    let projects = NamedProjects::of(ledger, &order).await?;
    let (sender, receiver) = mpsc::channel(BATCHES_WAITING);
    let options = order.options();
    let bytes = Arc::clone(&order.bytes);
    // The workbook is opened before the ledger is: other writers wait for as short as can be.
    let book = tokio::task::spawn_blocking(move || read_workbook(&bytes)).await??;
    let reader = tokio::task::spawn_blocking(move || {
        let mut outbox = Outbox::new(sender, book.sheets.iter().map(|sheet| sheet.name.clone()));
        let sheets = each_record(&book, &options, &mut |sheet, slots, record| {
            outbox.push(sheet, slots, record);
        });
        outbox.send();
        (sheets, outbox.first)
    });
    let mut import = ledger.begin_import(stamp, order.import()).await?;
    let mut writer = Writer::new(&order, owners, projects);
    let written = writer.write(&mut import, receiver, told).await;
    let (mut sheets, mut first) = reader.await?;
    written?;
    first.resize_with(sheets.len(), Vec::new);
    writer.report(&mut import, &mut sheets).await?;
    let refused = sheets.iter().map(|sheet| sheet.refused_rows).sum::<usize>();
    let refused = i64::try_from(refused).expect("rows are counted in an i64");
    let mut counts = import.counts().await?;
    counts.rows_refused = refused;
    let end = if order.rehearsal {
        import.abandon().await?;
        End::Rehearsed
    } else if refused > 0 && order.rows == Rows::All {
        import.abandon().await?;
        End::Refused
    } else {
        End::Committed(import.commit(clock().into(), refused).await?.import_id)
    };
    let read = LedgerRead {
        file: order.file_name,
        sha256: order.sha256,
        kind: order.kind,
        sheets,
    };
    Ok(Taken {
        read,
        first,
        counts,
        end,
    })
}

/// The reader's side of the channel.
struct Outbox {
    sender: mpsc::Sender<Batch>,
    names: Vec<String>,
    sheet: usize,
    slots: Option<Vec<Slot>>,
    records: Vec<Record>,
    first: Vec<Vec<Record>>,
}

impl Outbox {
    fn new(sender: mpsc::Sender<Batch>, names: impl Iterator<Item = String>) -> Self {
        Self {
            sender,
            names: names.collect(),
            sheet: 0,
            slots: None,
            records: Vec::new(),
            first: Vec::new(),
        }
    }

    fn push(&mut self, sheet: usize, slots: &[Slot], record: Record) {
        if self.first.len() <= sheet {
            self.send();
            self.first.resize_with(sheet + 1, Vec::new);
            self.sheet = sheet;
            self.slots = Some(slots.to_vec());
        }
        if self.first[sheet].len() < ROWS_SHOWN {
            self.first[sheet].push(record.clone());
        }
        self.records.push(record);
        if self.records.len() >= BATCH_RECORDS {
            self.send();
        }
    }

    fn send(&mut self) {
        if self.records.is_empty() {
            return;
        }
        let records = std::mem::replace(&mut self.records, Vec::with_capacity(BATCH_RECORDS));
        let slots = self.slots.take();
        let sheet_name = slots.as_ref().map(|_| self.names[self.sheet].clone());
        let sheet_name = sheet_name.unwrap_or_default();
        let batch = Batch {
            sheet: self.sheet,
            sheet_name,
            slots,
            records,
        };
        // The other side hangs up when the ledger failed: then nobody wants the rest.
        drop(self.sender.blocking_send(batch));
    }
}
