//! Sheets made for a test, and a report as text that can be read beside them.

use std::fmt::Write as _;

use exchange::ledger::{Column, LedgerRead, SheetRead, report_value};
use exchange::{Language, LedgerKind, Options, read_ledger};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// A cell of a sheet made for a test.
pub enum C {
    /// Nothing.
    No,
    /// Words.
    T(&'static str),
    /// A number in the General format.
    N(f64),
    /// A number in a format of its own.
    F(f64, &'static str),
    /// A formula with its cached result.
    X(&'static str, &'static str),
}

/// Writes rows from the first one on, and merges ranges given as first row, first column, last row, last
/// column.
pub fn sheet(sheet: &mut Worksheet, rows: &[Vec<C>], merges: &[(u32, u16, u32, u16)]) {
    for (first_row, first_column, last_row, last_column) in merges {
        let format = Format::new();
        sheet
            .merge_range(
                *first_row,
                *first_column,
                *last_row,
                *last_column,
                "",
                &format,
            )
            .unwrap();
    }
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                C::No => {}
                C::T(text) => drop(sheet.write(row, column, *text).unwrap()),
                C::N(number) => drop(sheet.write(row, column, *number).unwrap()),
                C::X(formula, result) => {
                    let formula = Formula::new(*formula).set_result(*result);
                    sheet.write_formula(row, column, formula).unwrap();
                }
                C::F(number, code) => {
                    let format = Format::new().set_num_format(*code);
                    sheet
                        .write_with_format(row, column, *number, &format)
                        .unwrap();
                }
            }
        }
    }
}

/// A workbook of one sheet.
pub fn book(name: &str, rows: &[Vec<C>], merges: &[(u32, u16, u32, u16)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(name).unwrap();
    sheet(worksheet, rows, merges);
    workbook.save_to_buffer().unwrap()
}

/// Reads bytes as a ledger with nothing chosen.
pub fn read(bytes: &[u8], kind: LedgerKind) -> LedgerRead {
    read_ledger(bytes, "ledger", &Options::new(kind)).unwrap()
}

/// The values of a record by variable, qualifiers in brackets; empty where the row holds none.
pub fn values(sheet: &SheetRead, row: u32) -> Vec<String> {
    let record = sheet.records.iter().find(|record| record.row + 1 == row);
    let entries = record.map_or_else(Vec::new, |record| record.entries.iter().collect());
    entries
        .into_iter()
        .map(|entry| {
            let key = &sheet.slots[entry.slot as usize].key;
            let value = report_value(&entry.value).to_string().replace('"', "");
            let qualifier = if entry.qualifier.is_empty() {
                String::new()
            } else {
                format!(" [{}]", entry.qualifier)
            };
            format!("{key}={value}{qualifier}")
        })
        .collect()
}

/// The refused cells with their reasons.
pub fn refusals(sheet: &SheetRead) -> Vec<String> {
    let refused = sheet.refused.iter();
    refused
        .map(|refusal| {
            format!(
                "{} {}",
                refusal.cell,
                refusal.reason.text(Language::Chinese)
            )
        })
        .collect()
}

/// A report on as many lines as it has things to say.
pub fn outline(read: &LedgerRead) -> String {
    let mut text = String::new();
    for sheet in &read.sheets {
        sheet_outline(sheet, &mut text);
    }
    text
}

fn sheet_outline(sheet: &SheetRead, text: &mut String) {
    let shown = |range: Option<(u32, u32)>| {
        range.map_or("-".to_owned(), |(first, last)| {
            format!("{}..{}", first + 1, last + 1)
        })
    };
    let unit = sheet.unit.as_ref().map_or("-", |unit| unit.words.as_str());
    let (header, body) = (shown(sheet.header), shown(sheet.body));
    writeln!(
        text,
        "sheet `{}` header {header} rows {body} unit {unit}",
        sheet.name
    )
    .unwrap();
    for column in sheet.columns.iter().filter(|column| !column.numbering) {
        column_outline(sheet, column, text);
    }
    for record in &sheet.records {
        let row = record.row + 1;
        writeln!(text, "{row}: {}", values(sheet, row).join("; ")).unwrap();
    }
    for refusal in &sheet.refused {
        let why = refusal.reason.text(Language::Chinese);
        writeln!(text, "refused {} {}: {why}", refusal.cell, refusal.variable).unwrap();
    }
    for total in &sheet.totals {
        let sign = if total.agrees { "=" } else { "≠" };
        let (stated, summed) = (&total.stated, &total.summed);
        writeln!(
            text,
            "total {} {}: {stated} {sign} {summed}",
            total.cell, total.variable
        )
        .unwrap();
    }
    for skipped in &sheet.skipped {
        writeln!(text, "skipped {}: {}", skipped.row + 1, skipped.why).unwrap();
    }
    for note in &sheet.notes {
        let cell = note
            .cell
            .map_or("sheet".to_owned(), |cell| cell.to_string());
        writeln!(text, "note {cell}: {}", note.reason.text(Language::Chinese)).unwrap();
    }
}

fn column_outline(sheet: &SheetRead, column: &Column, text: &mut String) {
    let unit = column
        .unit
        .as_ref()
        .map_or(String::new(), |unit| format!(" in {}", unit.words));
    if !column.mapped {
        writeln!(text, "{} {} unmapped", column.letters(), column.header).unwrap();
        return;
    }
    for slot in &column.slots {
        let slot = &sheet.slots[*slot as usize];
        let period = slot
            .period
            .as_ref()
            .map_or(String::new(), |period| format!(" of {period}"));
        let (letters, header) = (column.letters(), &column.header);
        writeln!(text, "{letters} {header} → {}{unit}{period}", slot.variable).unwrap();
    }
}
