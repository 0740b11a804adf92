//! Where a fact comes from, down to the cell or the sentence.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cell of a sheet, counted from zero, written as the spreadsheet shows it (`C9`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellAddress {
    /// Row, from zero.
    pub row: u32,
    /// Column, from zero.
    pub column: u32,
}

impl CellAddress {
    /// The row as the spreadsheet shows it, from one.
    pub fn row_number(self) -> u32 {
        self.row + 1
    }
}

/// The letters of a column counted from zero: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(
            b'A' + u8::try_from(rest % 26).expect("below 26"),
        ));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), self.row + 1)
    }
}

/// The place a fact was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceRef {
    /// A cell of a file that the house keeps.
    Cell {
        /// SHA-256 of the file, in hex.
        file_sha256: String,
        /// Name of the sheet; empty for a text table.
        sheet: String,
        /// The cell.
        cell: CellAddress,
    },
    /// A sentence of a document.
    Quote {
        /// SHA-256 of the document, in hex.
        file_sha256: String,
        /// The sentence, word for word.
        quote: String,
    },
    /// A form filled in on a page.
    Form {
        /// Name of the form.
        form: String,
    },
    /// A call of the interface for programs.
    Api {
        /// Id of the request.
        request_id: String,
        /// The sentence or note that the caller gave as the reason for the value, word for word;
        /// `None` for none.
        quote: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_the_spreadsheet_shows_them() {
        assert_eq!(CellAddress { row: 8, column: 2 }.to_string(), "C9");
        assert_eq!(column_letters(25), "Z");
        assert_eq!(column_letters(26), "AA");
        assert_eq!(column_letters(16_383), "XFD");
    }
}
