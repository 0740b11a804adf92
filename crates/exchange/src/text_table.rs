//! Any table as texts: for commands that bring their own types, such as `screen`.

use crate::grid::Content;
use crate::number_format::{NumberFormat, ShownDate};
use crate::open::{ReadError, read_workbook};
use crate::table::View;
use crate::value::fold::one_line;

/// A table without types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextTable {
    /// The headers, from left to right.
    pub columns: Vec<String>,
    /// The rows; `None` is an empty cell. Numbers keep every digit that the file has, dates are ISO.
    pub rows: Vec<TextRow>,
}

/// A row of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextRow {
    /// The row as the spreadsheet shows it.
    pub number: u32,
    /// One text for each column.
    pub cells: Vec<Option<String>>,
}

/// Reads the first sheet that has cells; its first row holds the headers.
///
/// # Errors
/// [`ReadError`], when the file cannot be read.
pub fn read_text_table(bytes: &[u8]) -> Result<TextTable, ReadError> {
    let book = read_workbook(bytes)?;
    let Some(sheet) = book.sheets.iter().find(|sheet| !sheet.rows.is_empty()) else {
        return Ok(TextTable::default());
    };
    let view = View::new(&book, sheet);
    let header = sheet.rows[0];
    let heads: Vec<(u16, String)> = sheet
        .cells_of(&header)
        .iter()
        .map(|cell| (cell.column, one_line(&view.words_of(cell))))
        .collect();
    let mut table = TextTable {
        columns: heads.iter().map(|(_, words)| words.clone()).collect(),
        rows: Vec::with_capacity(sheet.rows.len() - 1),
    };
    for row in &sheet.rows[1..] {
        let mut cells = vec![None; heads.len()];
        for cell in sheet.cells_of(row) {
            if let Ok(place) = heads.binary_search_by_key(&cell.column, |(column, _)| *column) {
                cells[place] = shown(&view, cell);
            }
        }
        table.rows.push(TextRow {
            number: row.row + 1,
            cells,
        });
    }
    Ok(table)
}

fn shown(view: &View<'_>, cell: &crate::grid::Cell) -> Option<String> {
    let words = match cell.content() {
        Content::Number(number) => {
            let kind = view.book.formats.get(usize::from(cell.format)).copied();
            match kind.and_then(|kind: NumberFormat| kind.date(number, view.book.epoch_1904)) {
                Some(ShownDate::Full(date)) => date.to_string(),
                _ => number.to_string(),
            }
        }
        Content::Text(id) => {
            let text = view.book.strings.get(id).trim();
            text.to_owned()
        }
        Content::Bool(flag) => flag.to_string(),
        Content::Error(_) | Content::NoCachedValue => return None,
    };
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_are_texts() {
        let table = read_text_table("uscc,revenue@2023\n91A,\n92B, 12.50 \n".as_bytes()).unwrap();
        assert_eq!(table.columns, ["uscc", "revenue@2023"]);
        let row = |number, cells: [Option<&str>; 2]| TextRow {
            number,
            cells: cells.iter().map(|cell| cell.map(str::to_owned)).collect(),
        };
        assert_eq!(
            table.rows,
            [
                row(2, [Some("91A"), None]),
                row(3, [Some("92B"), Some("12.50")])
            ]
        );
    }
}
