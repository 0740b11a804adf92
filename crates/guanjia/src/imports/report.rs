//! The report of an import as its contract writes it, for the command and the interface for programs.

use exchange::ledger::{Counts, report};
use exchange::open::ReadError;
use exchange::{Options, read_ledger};
use serde_json::Value as Json;

use super::intake::{End, Rows, Taken};

/// What became of the rows in the ledger, or would.
pub fn counts_of(taken: &Taken, rows: Rows) -> Counts {
    let count = |count: i64| usize::try_from(count).unwrap_or_default();
    let refused = count(taken.counts.rows_refused);
    let none = taken.end == End::Refused || (refused > 0 && rows == Rows::All);
    if none {
        return Counts {
            refused,
            ..Counts::default()
        };
    }
    Counts {
        accepted: count(taken.counts.rows_accepted),
        refused,
        unchanged: count(taken.counts.rows_unchanged),
        superseded: count(taken.counts.rows_superseded),
    }
}

/// Lists all records of a file in what was taken of it, those that were refused left out.
///
/// # Errors
/// Where the file cannot be read, which it was before.
pub fn list_records(taken: &mut Taken, file: &[u8], options: &Options) -> Result<(), ReadError> {
    let listed = read_ledger(file, &taken.read.file, options)?;
    for (sheet, listed) in taken.read.sheets.iter_mut().zip(listed.sheets) {
        sheet.records = listed.records;
        let refused = &sheet.refused_row_numbers;
        sheet
            .records
            .retain(|record| refused.binary_search(&record.row).is_err());
    }
    Ok(())
}

/// The whole report.
///
/// # Errors
/// As [`list_records`].
pub fn report_of(
    mut taken: Taken,
    file: &[u8],
    options: &Options,
    rows: Rows,
) -> Result<Json, ReadError> {
    list_records(&mut taken, file, options)?;
    let counts = counts_of(&taken, rows);
    Ok(report(&taken.read, counts))
}
