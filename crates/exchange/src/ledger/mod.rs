//! A workbook as a ledger: columns with their meaning, records with their facts, and what was refused.

mod columns;
mod fact_row;
mod facts;
mod mapping;
mod read;
mod record;
mod report;
mod table_reader;
mod totals;

pub use columns::{Column, Slot};
pub use fact_row::{FactRow, fact_of_row};
pub use mapping::{ColumnChoice, Mapping};
pub use read::{Options, each_record, read_ledger};
pub use record::{Entry, Note, Record, Refusal, Skipped};
pub use report::{Counts, kind_name, report, value as report_value};
pub use totals::TotalCheck;

use crate::reason::Reason;
use crate::table::LedgerTime;
use crate::vocabulary::{HeaderUnit, LedgerKind};

/// All that was read of a file.
#[derive(Debug)]
pub struct LedgerRead {
    /// Its name.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Which ledger it was read as.
    pub kind: LedgerKind,
    /// The sheets in the file's order.
    pub sheets: Vec<SheetRead>,
}

/// All that was read of a sheet.
#[derive(Debug, Default)]
pub struct SheetRead {
    /// Its name.
    pub name: String,
    /// First and last row of the header, from zero; `None` for a sheet without a table.
    pub header: Option<(u32, u32)>,
    /// First and last row of the body, from zero.
    pub body: Option<(u32, u32)>,
    /// The unit line.
    pub unit: Option<HeaderUnit>,
    /// Who sends the ledger in, as a line of it says.
    pub sender: Option<String>,
    /// The ledger's own year and month.
    pub time: LedgerTime,
    /// The columns, mapped or not.
    pub columns: Vec<Column>,
    /// What values of records point to.
    pub slots: Vec<Slot>,
    /// The rows that were read; empty where they were handed on one by one.
    pub records: Vec<Record>,
    /// How many rows were read without fault.
    pub accepted_rows: usize,
    /// How many rows were refused.
    pub refused_rows: usize,
    /// The rows that were refused, from zero, in order.
    pub refused_row_numbers: Vec<u32>,
    /// The cells that were refused.
    pub refused: Vec<Refusal>,
    /// The totals with the sums of their rows.
    pub totals: Vec<TotalCheck>,
    /// The rows that hold no record.
    pub skipped: Vec<Skipped>,
    /// What is worth knowing and refuses nothing.
    pub notes: Vec<Note>,
}

impl SheetRead {
    /// Notes something of a cell, or of the whole sheet.
    fn note(&mut self, cell: Option<domain::CellAddress>, reason: Reason) {
        self.notes.push(Note { cell, reason });
    }

    /// Puts what was said in the order of the cells.
    fn in_order(&mut self) {
        self.refused
            .sort_by_key(|refusal| (refusal.cell.row, refusal.cell.column));
        self.notes
            .sort_by_key(|note| note.cell.map(|cell| (cell.row, cell.column)));
        self.skipped.sort_by_key(|skipped| skipped.row);
    }
}

impl LedgerRead {
    /// How many rows were refused in all sheets.
    pub fn refused_rows(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.refused_rows).sum()
    }

    /// How many rows were read without fault in all sheets.
    pub fn accepted_rows(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.accepted_rows).sum()
    }
}
