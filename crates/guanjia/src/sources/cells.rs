//! A small piece of a sheet around one cell, read back from the kept file.

use domain::CellAddress;
use domain::source::column_letters;
use exchange::grid::{Cell, Content, Sheet, Workbook};
use exchange::number_format::{NumberFormat, ShownDate};
use exchange::open::read_workbook;
use rust_decimal::Decimal;

/// Rows shown above and below the cell.
const ROWS_AROUND: u32 = 2;
/// Columns shown to its left and right.
const COLUMNS_AROUND: u16 = 2;
/// How far up headers are looked for.
const HEADER_ROWS: u32 = 4;

/// The neighbourhood of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbourhood {
    /// Letters of the columns.
    pub columns: Vec<String>,
    /// The rows from above to below; the first may be the sheet's own header.
    pub rows: Vec<NeighbourRow>,
}

/// A row of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourRow {
    /// The row as the spreadsheet shows it.
    pub number: u32,
    /// Whether rows are left out before it.
    pub after_gap: bool,
    /// Its cells.
    pub cells: Vec<NeighbourCell>,
}

/// A cell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourCell {
    /// What it shows.
    pub text: String,
    /// Whether it is the one that the fact came from.
    pub cited: bool,
    /// Whether it holds a number or a date.
    pub is_number: bool,
}

/// Why a piece of a sheet cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotShown {
    /// The file cannot be read as a workbook.
    Unreadable,
    /// The workbook has no such sheet.
    NoSuchSheet,
    /// The file is not kept here.
    NotKept,
}

/// The piece of a sheet around a cell. A text table has one sheet, whatever it is called.
pub fn around(content: &[u8], sheet: &str, cell: CellAddress) -> Result<Neighbourhood, NotShown> {
    let workbook = read_workbook(content).map_err(|_| NotShown::Unreadable)?;
    let sheet = named(&workbook, sheet)?;
    let numbers = rows_around(&workbook, sheet, cell);
    Ok(piece(&workbook, sheet, cell, numbers))
}

/// The piece of a sheet to the left and right of the cell: what others wrote in other rows is left out.
pub fn row_of(content: &[u8], sheet: &str, cell: CellAddress) -> Result<Neighbourhood, NotShown> {
    let workbook = read_workbook(content).map_err(|_| NotShown::Unreadable)?;
    let sheet = named(&workbook, sheet)?;
    Ok(piece(&workbook, sheet, cell, vec![cell.row]))
}

fn named<'w>(workbook: &'w Workbook, sheet: &str) -> Result<&'w Sheet, NotShown> {
    let found = workbook
        .sheets
        .iter()
        .find(|candidate| candidate.name == sheet);
    let only = match workbook.sheets.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    found.or(only).ok_or(NotShown::NoSuchSheet)
}

/// The header rows above a cell, and the rows next to it.
fn rows_around(workbook: &Workbook, sheet: &Sheet, cell: CellAddress) -> Vec<u32> {
    let last_row = sheet
        .rows
        .last()
        .map_or(cell.row, |row| row.row)
        .max(cell.row);
    let top = cell.row.saturating_sub(ROWS_AROUND);
    let mut numbers: Vec<u32> = (0..HEADER_ROWS)
        .filter(|row| *row < top && header_like(workbook, sheet, *row))
        .collect();
    numbers.extend(top..=(cell.row + ROWS_AROUND).min(last_row));
    numbers
}

fn piece(
    workbook: &Workbook,
    sheet: &Sheet,
    cell: CellAddress,
    numbers: Vec<u32>,
) -> Neighbourhood {
    let column = u16::try_from(cell.column).unwrap_or(u16::MAX);
    let last_column = sheet
        .cells
        .iter()
        .map(|cell| cell.column)
        .max()
        .unwrap_or(column);
    let from = column.saturating_sub(COLUMNS_AROUND);
    let to = column
        .saturating_add(COLUMNS_AROUND)
        .min(last_column.max(column));
    let mut before = None;
    let rows = numbers
        .into_iter()
        .map(|number| {
            let after_gap = before.is_some_and(|before: u32| number > before + 1);
            before = Some(number);
            let cells = (from..=to)
                .map(|at| NeighbourCell {
                    cited: number == cell.row && at == column,
                    ..shown(workbook, sheet, number, at)
                })
                .collect();
            NeighbourRow {
                number: number + 1,
                after_gap,
                cells,
            }
        })
        .collect();
    let columns = (from..=to)
        .map(|at| column_letters(u32::from(at)))
        .collect();
    Neighbourhood { columns, rows }
}

/// A row with several texts, as headers are; a title stands alone.
/// In a text table numbers are texts too, and no words.
fn header_like(workbook: &Workbook, sheet: &Sheet, row: u32) -> bool {
    let is_words = |cell: &&Cell| match cell.content() {
        Content::Text(id) => {
            let text = workbook.strings.get(id).trim();
            !text.is_empty() && text.parse::<Decimal>().is_err()
        }
        _ => false,
    };
    sheet
        .row(row)
        .is_some_and(|row| sheet.cells_of(row).iter().filter(is_words).count() >= 4)
}

/// What a cell shows; one inside a merged range shows what the range holds.
fn shown(workbook: &Workbook, sheet: &Sheet, row: u32, column: u16) -> NeighbourCell {
    let own = sheet
        .cell(row, column)
        .filter(|cell| !is_blank(workbook, cell));
    let merged = sheet.merges.iter().find(|merge| merge.covers(row, column));
    let cell =
        own.or_else(|| merged.and_then(|merge| sheet.cell(merge.first_row, merge.first_column)));
    match cell {
        Some(cell) => NeighbourCell {
            text: text(workbook, cell),
            cited: false,
            is_number: matches!(cell.content(), Content::Number(_)),
        },
        None => NeighbourCell {
            text: String::new(),
            cited: false,
            is_number: false,
        },
    }
}

fn is_blank(workbook: &Workbook, cell: &Cell) -> bool {
    matches!(cell.content(), Content::Text(id) if workbook.strings.get(id).trim().is_empty())
}

fn text(workbook: &Workbook, cell: &Cell) -> String {
    match cell.content() {
        Content::Text(id) | Content::Error(id) => workbook.strings.get(id).trim().to_owned(),
        Content::Bool(flag) => flag.to_string().to_uppercase(),
        Content::NoCachedValue => String::new(),
        Content::Number(number) => {
            let format = workbook.formats.get(usize::from(cell.format));
            let format = format.copied().unwrap_or(NumberFormat::General);
            match format.date(number, workbook.epoch_1904) {
                Some(ShownDate::Full(date)) => date.to_string(),
                Some(ShownDate::WithoutYear {
                    month,
                    day: Some(day),
                    ..
                }) => {
                    format!("{month:02}-{day:02}")
                }
                Some(ShownDate::WithoutYear {
                    month, day: None, ..
                }) => format!("{month:02}"),
                None if format == NumberFormat::Percent => {
                    let percent = (number.to_decimal() * Decimal::ONE_HUNDRED).normalize();
                    format!("{percent}%")
                }
                None => number.to_string(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "台账\n单位：万元\n序号,名称,总投资,年度计划,备注\n1,甲,6500,2600,\n2,乙,4800,1680,x\n3,丙,1,2,\n4,丁,3,4,\n5,戊,5,6,\n";

    #[test]
    fn a_cell_is_shown_with_its_neighbours_under_the_header() {
        let cell = CellAddress { row: 6, column: 2 };
        let piece = around(TABLE.as_bytes(), "", cell).unwrap();
        assert_eq!(piece.columns, ["A", "B", "C", "D", "E"]);
        let numbers: Vec<_> = piece.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [3, 5, 6, 7, 8]);
        assert_eq!(piece.rows[0].cells[2].text, "总投资");
        assert!(piece.rows[1].after_gap && !piece.rows[2].after_gap);
        let cited: Vec<_> = piece
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .filter(|cell| cell.cited)
            .collect();
        assert_eq!(cited.len(), 1);
        assert_eq!(cited[0].text, "3");
    }

    #[test]
    fn a_row_of_its_own_shows_no_other() {
        let cell = CellAddress { row: 6, column: 2 };
        let piece = row_of(TABLE.as_bytes(), "", cell).unwrap();
        let numbers: Vec<_> = piece.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [7]);
        assert!(piece.rows[0].cells[2].cited);
    }

    #[test]
    fn a_cell_outside_the_table_is_shown_empty() {
        let piece = around(
            TABLE.as_bytes(),
            "",
            CellAddress {
                row: 40,
                column: 30,
            },
        )
        .unwrap();
        assert!(
            piece
                .rows
                .iter()
                .flat_map(|row| &row.cells)
                .any(|cell| cell.cited)
        );
    }

    #[test]
    fn what_is_no_workbook_is_said_to_be_none() {
        assert_eq!(
            around(b"PK\x03\x04 broken", "x", CellAddress { row: 0, column: 0 }),
            Err(NotShown::Unreadable)
        );
    }
}
