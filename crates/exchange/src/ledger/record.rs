//! Records as they come out of rows, and what is said of rows and cells beside them.

use domain::{CellAddress, Value};

use crate::reason::Reason;

/// One row that was read without fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The row, from zero.
    pub row: u32,
    /// Its values, in the order of the columns.
    pub entries: Vec<Entry>,
}

/// One value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place of its variable and period in the sheet's slots.
    pub slot: u32,
    /// The value.
    pub value: Value,
    /// 约, 余, 底; empty for none.
    pub qualifier: String,
    /// The unit that stands in the cell itself; else that of the column counts.
    pub unit: Option<String>,
    /// The cell that it stands in; `None` for a value given beside the file (`--park`).
    pub cell: Option<CellAddress>,
}

/// A cell that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The cell.
    pub cell: CellAddress,
    /// The variable of its column; the header's words where it has none.
    pub variable: String,
    /// Why.
    pub reason: Reason,
}

/// A row that holds no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// The row, from zero.
    pub row: u32,
    /// `note`, `section`, `header`, `title` or `column_numbers`.
    pub why: &'static str,
}

/// Something worth knowing that refuses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The cell; `None` for the sheet as a whole.
    pub cell: Option<CellAddress>,
    /// What.
    pub reason: Reason,
}
