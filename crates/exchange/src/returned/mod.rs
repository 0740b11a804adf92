//! The workbook that goes back to its sender: the same cells, refused rows coloured, the reason at the cell.

mod attributes;
mod comments;
mod package;
mod rebuilt;
mod sheet_xml;
mod styles_xml;

use std::collections::BTreeMap;

use domain::CellAddress;

use crate::ledger::{LedgerRead, SheetRead};
use crate::open::ReadError;
use crate::reason::Language;
use crate::write::table::WriteError;

/// Why a workbook could not be given back.
#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    /// It cannot be read any more.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its package cannot be written.
    #[error("the package could not be written")]
    Package(#[from] zip::result::ZipError),
    /// A part cannot be written.
    #[error("a part of the package could not be written")]
    Part(#[from] std::io::Error),
    /// The new workbook cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What is to be marked in one sheet.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// Rows to colour, from zero.
    pub rows: Vec<u32>,
    /// Comments by row and column.
    pub comments: BTreeMap<(u32, u32), String>,
    /// First and last column of the table.
    pub columns: (u16, u16),
}

/// The workbook with a comment at every refused cell and every refused row coloured. An xlsx keeps its
/// package, every part that is not touched byte for byte; other formats come back as xlsx with the same
/// cells.
///
/// # Errors
/// [`ReturnError`], when the bytes are not those that were read, or a part cannot be written.
pub fn returned_workbook(bytes: &[u8], read: &LedgerRead) -> Result<Vec<u8>, ReturnError> {
    let marks: Vec<Marks> = read.sheets.iter().map(marks_of).collect();
    if bytes.starts_with(b"PK")
        && let Some(edited) = package::edit(bytes, &read.sheets, &marks)?
    {
        return Ok(edited);
    }
    rebuilt::rebuild(bytes, &marks)
}

fn marks_of(sheet: &SheetRead) -> Marks {
    let mut marks = Marks {
        rows: sheet.refused_row_numbers.clone(),
        ..Marks::default()
    };
    for refusal in &sheet.refused {
        let CellAddress { row, column } = refusal.cell;
        let words = refusal.reason.text(Language::Chinese);
        let comment: &mut String = marks.comments.entry((row, column)).or_default();
        if !comment.is_empty() {
            comment.push('\n');
        }
        comment.push_str(&words);
    }
    marks.rows.sort_unstable();
    marks.rows.dedup();
    let columns = || sheet.columns.iter().map(|column| column.column);
    marks.columns = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
    marks
}

impl Marks {
    /// Whether there is nothing to mark.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.comments.is_empty()
    }
}
