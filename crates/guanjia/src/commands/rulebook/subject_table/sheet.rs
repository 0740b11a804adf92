//! A sheet as a table of subjects: where its headers stand, and what its cells say as text.

use exchange::grid::{Cell, Content, Sheet, SheetRow, Workbook};
use exchange::number_format::{ShownDate, day_of_serial};

use super::SUBJECT_COLUMNS;

/// Rows in which the headers are looked for.
const HEADER_ROWS_MAX: usize = 20;

/// A table that was read from a sheet.
pub struct ReadSheet {
    /// The headers that say something.
    pub headers: Vec<String>,
    /// What stands below each of them; `None` for an empty cell.
    pub cells: Vec<Vec<Option<String>>>,
    /// The row of each subject in the sheet, from zero.
    pub rows: Vec<u32>,
    /// The column of each header in the sheet, from zero.
    pub columns: Vec<u16>,
}

/// The sheets that people see and that hold something, in their order.
pub fn visible(book: &Workbook) -> impl Iterator<Item = &Sheet> {
    let sheets = book.sheets.iter();
    sheets.filter(|sheet| !sheet.hidden && !sheet.rows.is_empty())
}

/// The sheet that is read: the first that names the identities, for a cover may stand before it; where
/// there is none, the first of all. `None` where no sheet holds anything.
pub fn chosen(book: &Workbook) -> Option<&Sheet> {
    visible(book)
        .find(|sheet| header_row(book, sheet).is_some())
        .or_else(|| visible(book).next())
}

/// The place of the first row that names the identities.
fn header_row(book: &Workbook, sheet: &Sheet) -> Option<usize> {
    let is_header = |row: &SheetRow| {
        let mut cells = sheet.cells_of(row).iter();
        cells.any(|cell| {
            cell_text(book, cell).is_some_and(|text| SUBJECT_COLUMNS.contains(&text.trim()))
        })
    };
    let mut rows = sheet.rows.iter().take(HEADER_ROWS_MAX);
    rows.position(is_header)
}

/// The table of a sheet: the headers stand in the first row that names the identities, what is above it
/// is a title.
pub fn read(book: &Workbook, sheet: &Sheet) -> ReadSheet {
    let text = |cell: &Cell| cell_text(book, cell);
    let at = header_row(book, sheet).unwrap_or(0);
    let mut read = ReadSheet {
        headers: Vec::new(),
        cells: Vec::new(),
        rows: Vec::new(),
        columns: Vec::new(),
    };
    let Some(header) = sheet.rows.get(at) else {
        return read;
    };
    for cell in sheet.cells_of(header) {
        if let Some(name) = text(cell).filter(|name| !name.trim().is_empty()) {
            read.headers.push(name.trim().to_owned());
            read.columns.push(cell.column);
            read.cells.push(Vec::new());
        }
    }
    for row in &sheet.rows[at + 1..] {
        let cells = sheet.cells_of(row);
        let values: Vec<Option<String>> = read
            .columns
            .iter()
            .map(|column| {
                let cell = cells.iter().find(|cell| cell.column == *column)?;
                text(cell).filter(|text| !text.trim().is_empty())
            })
            .collect();
        // A row with nothing under the headers is no subject.
        if values.iter().all(Option::is_none) {
            continue;
        }
        read.rows.push(row.row);
        for (column, value) in read.cells.iter_mut().zip(values) {
            column.push(value);
        }
    }
    read
}

/// What a cell says, as a text table would write it; an error of the spreadsheet is its sign.
fn cell_text(book: &Workbook, cell: &Cell) -> Option<String> {
    match cell.content() {
        Content::Text(id) | Content::Error(id) => Some(book.strings.get(id).to_owned()),
        Content::Bool(value) => Some(value.to_string()),
        Content::NoCachedValue => None,
        Content::Number(number) => {
            let format = book.formats.get(usize::from(cell.format)).copied();
            match format.and_then(|format| format.date(number, book.epoch_1904)) {
                Some(ShownDate::Full(_)) => day_of_serial(number, book.epoch_1904)
                    .map(|day| day.format("%Y-%m-%d").to_string()),
                _ => Some(number.to_decimal().normalize().to_string()),
            }
        }
    }
}
