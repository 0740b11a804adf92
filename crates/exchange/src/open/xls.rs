//! Workbooks of Excel 97–2003, and the compound files that encrypted ones are packed in.

use std::io::Cursor;

use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};

use super::compound::CompoundFile;
use super::xls_records::{Look, SheetLook, look_of, places_of};
use super::{COLUMNS_MAX, ROWS_MAX, ReadError};
use crate::grid::{Cell, Content, Exact, FileFormat, Merge, Sheet, Strings, Workbook};
use crate::number_format::NumberFormat;

/// The most places that all sheets together may span: every row with half of the columns. Each takes some
/// fifty bytes while the file is read.
const PLACES_MAX: u64 = 65_536 * 128;

/// Reads a compound file.
pub fn read(bytes: &[u8]) -> Result<Workbook, ReadError> {
    let file = CompoundFile::open(bytes)?;
    if file.has("EncryptedPackage") {
        return Err(ReadError::Encrypted);
    }
    let stream = file.stream("Workbook").or_else(|| file.stream("Book"));
    let Some(stream) = stream else {
        return Err(ReadError::UnknownKind);
    };
    if places_of(&stream) > PLACES_MAX {
        return Err(ReadError::TooLarge);
    }
    let look = look_of(&stream);
    // The library that reads the values trusts lengths in the file; a damaged one must not end the
    // program.
    let opened = std::panic::catch_unwind(|| values(bytes, &look));
    opened.unwrap_or_else(|_| {
        Err(ReadError::Damaged(
            "the records do not fit together".to_owned(),
        ))
    })
}

fn values(bytes: &[u8], look: &Look) -> Result<Workbook, ReadError> {
    let mut xls: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(refusal)?;
    let mut strings = Strings::default();
    let mut sheets = Vec::new();
    let listed = xls.sheets_metadata().to_vec();
    let epoch_1904 = xls.has_1904_epoch();
    let worksheets = listed
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet);
    for (place, sheet) in worksheets.enumerate() {
        let range = xls.worksheet_range(&sheet.name).map_err(refusal)?;
        let empty = SheetLook::default();
        let look = look.sheets.get(place).unwrap_or(&empty);
        let mut read = Sheet {
            name: sheet.name.clone(),
            hidden: sheet.visible != SheetVisible::Visible,
            hidden_columns: look.hidden_columns.clone(),
            ..Sheet::default()
        };
        for merge in xls
            .merge_cells_by_sheet_name(&sheet.name)
            .unwrap_or_default()
        {
            let column = |c| u16::try_from(c).unwrap_or(u16::MAX);
            read.merges.push(Merge {
                first_row: merge.start.0,
                first_column: column(merge.start.1),
                last_row: merge.end.0,
                last_column: column(merge.end.1),
            });
        }
        fill(&mut read, &range, look, &mut strings)?;
        sheets.push(read);
    }
    let formats = if look.formats.is_empty() {
        vec![NumberFormat::General]
    } else {
        look.formats.clone()
    };
    Ok(Workbook {
        format: FileFormat::Xls,
        sheets,
        strings,
        formats,
        epoch_1904,
    })
}

fn fill(
    sheet: &mut Sheet,
    range: &calamine::Range<Data>,
    look: &SheetLook,
    strings: &mut Strings,
) -> Result<(), ReadError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut open = None;
    for (row, column, data) in range.used_cells() {
        let row = first_row + u32::try_from(row).unwrap_or(u32::MAX);
        let column = first_column + u32::try_from(column).unwrap_or(u32::MAX);
        if row >= ROWS_MAX {
            return Err(ReadError::TooManyRows {
                sheet: sheet.name.clone(),
            });
        }
        if column >= COLUMNS_MAX {
            return Err(ReadError::TooManyColumns {
                sheet: sheet.name.clone(),
            });
        }
        let column = u16::try_from(column).expect("checked against the most columns");
        if open != Some(row) {
            sheet.begin_row(row, look.hidden_rows.contains(&row));
            open = Some(row);
        }
        if let Some(content) = content_of(data, strings) {
            let format = look
                .formats
                .get(&(row, column))
                .copied()
                .unwrap_or_default();
            sheet.push(Cell::new(column, format, content));
        }
    }
    sheet.finish();
    Ok(())
}

fn content_of(data: &Data, strings: &mut Strings) -> Option<Content> {
    let number = |float: f64| Exact::parse(&float.to_string()).map(Content::Number);
    match data {
        Data::Empty => None,
        Data::Int(whole) => Some(Content::Number(Exact {
            mantissa: *whole,
            scale: 0,
        })),
        Data::Float(float) => number(*float),
        Data::DateTime(moment) => number(moment.as_f64()),
        Data::Bool(flag) => Some(Content::Bool(*flag)),
        Data::Error(error) => Some(Content::Error(strings.intern(&error.to_string()))),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            (!text.is_empty()).then(|| Content::Text(strings.intern(text)))
        }
    }
}

fn refusal(error: XlsError) -> ReadError {
    match error {
        XlsError::Password => ReadError::Encrypted,
        other => ReadError::Damaged(other.to_string()),
    }
}
