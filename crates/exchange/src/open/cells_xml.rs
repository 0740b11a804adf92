//! The cells of one xlsx sheet, read in a single pass over its stream.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::xml::{
    damaged, flag_attribute, number_attribute, push_reference, raw_attribute, reader,
    unescape_control,
};
use super::{COLUMNS_MAX, ROWS_MAX, ReadError};
use crate::grid::{Cell, Content, Exact, Merge, Sheet, Strings};

/// What cells of a sheet refer to.
pub struct Context<'a> {
    /// How many texts are shared ones, so that an index beyond them is damage.
    pub shared: u32,
    /// How many cell formats there are.
    pub formats: usize,
    /// Where texts of the sheet itself go.
    pub strings: &'a mut Strings,
}

/// Where the cell under the reader stands and what it said about itself.
#[derive(Default)]
struct Open {
    column: u32,
    format: u16,
    kind: CellKind,
    formula: bool,
    value_seen: bool,
    text_seen: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    #[default]
    Number,
    Shared,
    Words,
    Bool,
    Error,
}

/// Reads a sheet; `None` if the part is no worksheet.
pub fn read_sheet<R: BufRead>(
    source: R,
    name: &str,
    context: &mut Context<'_>,
) -> Result<Option<Sheet>, ReadError> {
    let mut xml = reader(source);
    let mut sheet = Sheet::default();
    let mut buffer = Vec::with_capacity(1024);
    let (mut next_row, mut next_column) = (0_u32, 0_u32);
    let mut text = String::new();
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.local_name().as_ref() {
                b"c" => {
                    let mut open = open_cell(&element, next_column);
                    next_column = open.column + 1;
                    if open.column >= COLUMNS_MAX {
                        return Err(ReadError::TooManyColumns {
                            sheet: name.to_owned(),
                        });
                    }
                    text.clear();
                    read_cell(&mut xml, &mut open, &mut text)?;
                    if let Some(cell) = close_cell(&open, &mut text, context)? {
                        sheet.push(cell);
                    }
                }
                b"row" => {
                    let row =
                        number_attribute(&element, b"r").map_or(next_row, |r| r.saturating_sub(1));
                    if row >= ROWS_MAX {
                        return Err(ReadError::TooManyRows {
                            sheet: name.to_owned(),
                        });
                    }
                    next_row = row + 1;
                    next_column = 0;
                    sheet.begin_row(row, flag_attribute(&element, b"hidden"));
                }
                b"chartsheet" | b"dialogsheet" => return Ok(None),
                _ => {}
            },
            Event::Empty(element) => match element.local_name().as_ref() {
                b"c" => next_column = open_cell(&element, next_column).column + 1,
                b"row" => {
                    next_row =
                        number_attribute(&element, b"r").unwrap_or(next_row.saturating_add(1));
                }
                b"col" => hidden_column(&element, &mut sheet),
                b"mergeCell" => merge(&element, &mut sheet),
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    sheet.finish();
    Ok(Some(sheet))
}

fn open_cell(element: &BytesStart<'_>, next_column: u32) -> Open {
    let mut open = Open {
        column: next_column,
        ..Open::default()
    };
    for attribute in element.attributes().with_checks(false).flatten() {
        let value = attribute.value.as_ref();
        match attribute.key.as_ref() {
            b"r" => open.column = column_of(value).unwrap_or(next_column),
            b"s" => {
                open.format = digits(value)
                    .and_then(|n| u16::try_from(n).ok())
                    .unwrap_or(0);
            }
            b"t" => {
                open.kind = match value {
                    b"s" => CellKind::Shared,
                    b"str" | b"inlineStr" | b"d" => CellKind::Words,
                    b"b" => CellKind::Bool,
                    b"e" => CellKind::Error,
                    _ => CellKind::Number,
                };
            }
            _ => {}
        }
    }
    open
}

/// The column of a reference such as `AB12`.
fn column_of(reference: &[u8]) -> Option<u32> {
    let mut column = 0_u32;
    for byte in reference.iter().take(4) {
        match byte {
            b'A'..=b'Z' => column = column * 26 + u32::from(byte - b'A') + 1,
            b'a'..=b'z' => column = column * 26 + u32::from(byte - b'a') + 1,
            _ => break,
        }
    }
    column.checked_sub(1)
}

fn digits(bytes: &[u8]) -> Option<u32> {
    (!bytes.is_empty() && bytes.len() < 10).then_some(())?;
    bytes.iter().try_fold(0_u32, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

/// Reads up to the end of the cell, gathering the text of its value.
fn read_cell<R: BufRead>(
    xml: &mut Reader<R>,
    open: &mut Open,
    text: &mut String,
) -> Result<(), ReadError> {
    let mut buffer = Vec::with_capacity(256);
    let (mut gather, mut phonetic) = (false, false);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.local_name().as_ref() {
                b"v" => (gather, open.value_seen) = (true, true),
                b"t" => (gather, open.text_seen) = (!phonetic, true),
                b"f" => open.formula = true,
                b"rPh" => phonetic = true,
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == b"f" => open.formula = true,
            Event::Text(piece) if gather => match std::str::from_utf8(&piece) {
                Ok(piece) => text.push_str(piece),
                Err(_) => text.push_str(&String::from_utf8_lossy(&piece)),
            },
            Event::CData(piece) if gather => text.push_str(&String::from_utf8_lossy(&piece)),
            Event::GeneralRef(reference) if gather => push_reference(&reference, text),
            Event::End(element) => match element.local_name().as_ref() {
                b"c" => return Ok(()),
                b"v" | b"t" => gather = false,
                b"rPh" => phonetic = false,
                _ => {}
            },
            Event::Eof => return Err(ReadError::Damaged("a sheet ends inside a cell".to_owned())),
            _ => {}
        }
        buffer.clear();
    }
}

fn close_cell(
    open: &Open,
    text: &mut String,
    context: &mut Context<'_>,
) -> Result<Option<Cell>, ReadError> {
    let column = u16::try_from(open.column).expect("checked against the most columns");
    let format = if usize::from(open.format) < context.formats {
        open.format
    } else {
        0
    };
    let cell = |content| Ok(Some(Cell::new(column, format, content)));
    let words = open.kind == CellKind::Words;
    if text.is_empty() {
        let has_result = words && (open.value_seen || open.text_seen);
        return if open.formula && !has_result {
            cell(Content::NoCachedValue)
        } else {
            Ok(None)
        };
    }
    match open.kind {
        CellKind::Shared => {
            let id = digits(text.as_bytes()).filter(|id| *id < context.shared);
            let id = id.ok_or_else(|| ReadError::Damaged(format!("no shared text `{text}`")))?;
            cell(Content::Text(id))
        }
        CellKind::Words => {
            unescape_control(text);
            cell(Content::Text(context.strings.intern(text)))
        }
        CellKind::Bool => cell(Content::Bool(text.trim() == "1" || text.trim() == "true")),
        CellKind::Error => cell(Content::Error(context.strings.intern(text))),
        CellKind::Number => match Exact::parse(text.trim()) {
            Some(number) => cell(Content::Number(number)),
            None => cell(Content::Text(context.strings.intern(text))),
        },
    }
}

fn hidden_column(element: &BytesStart<'_>, sheet: &mut Sheet) {
    if !flag_attribute(element, b"hidden") {
        return;
    }
    let bound = |name| {
        number_attribute(element, name)
            .and_then(|column| u16::try_from(column.saturating_sub(1)).ok())
    };
    if let (Some(first), Some(last)) = (bound(b"min"), bound(b"max")) {
        sheet.hidden_columns.push((first, last));
    }
}

fn merge(element: &BytesStart<'_>, sheet: &mut Sheet) {
    let Some(reference) = raw_attribute(element, b"ref") else {
        return;
    };
    if let Some(merge) = std::str::from_utf8(&reference).ok().and_then(merge_of) {
        sheet.merges.push(merge);
    }
}

/// The range of a reference such as `B3:D4`.
fn merge_of(reference: &str) -> Option<Merge> {
    let place = |text: &str| -> Option<(u32, u16)> {
        let text = text.replace('$', "");
        let column = u16::try_from(column_of(text.as_bytes())?).ok()?;
        let row = text
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .parse::<u32>()
            .ok()?;
        Some((row.checked_sub(1)?, column))
    };
    let (first, last) = reference.split_once(':')?;
    let ((first_row, first_column), (last_row, last_column)) = (place(first)?, place(last)?);
    Some(Merge {
        first_row,
        first_column,
        last_row,
        last_column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> (Sheet, Strings) {
        let mut strings = Strings::default();
        strings.push("共享");
        let mut context = Context {
            shared: 1,
            formats: 3,
            strings: &mut strings,
        };
        let sheet = read_sheet(xml.as_bytes(), "s", &mut context)
            .unwrap()
            .unwrap();
        (sheet, strings)
    }

    #[test]
    fn a_row_beyond_all_numbers_is_refused() {
        let mut strings = Strings::default();
        let mut context = Context {
            shared: 0,
            formats: 1,
            strings: &mut strings,
        };
        let xml = "<row r=\"4294967295\"/><row/><row/><row><c><v>1</v></c></row>";
        let refused = ReadError::TooManyRows {
            sheet: "s".to_owned(),
        };
        let read = read_sheet(xml.as_bytes(), "s", &mut context);
        assert_eq!(read.err(), Some(refused));
    }

    #[test]
    fn cells_of_every_kind_are_read() {
        let (sheet, strings) = read(
            r#"<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>
            <row r="3" hidden="1"><c r="A3" t="s"><v>0</v></c><c r="B3" s="2"><v>1.5</v></c>
            <c r="C3" t="inlineStr"><is><r><t>富</t></r><r><t>文&amp;本</t></r></is></c>
            <c r="D3"><f>A1</f></c><c r="E3" t="str"><f>A1</f><v></v></c>
            <c r="F3" t="e"><v>#REF!</v></c><c r="G3" t="b"><v>1</v></c></row>
            <row><c><v>7</v></c></row></sheetData>
            <mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>"#,
        );
        assert_eq!(
            sheet
                .rows
                .iter()
                .map(|r| (r.row, r.hidden))
                .collect::<Vec<_>>(),
            [(2, true), (3, false)]
        );
        let content = |column| sheet.cell(2, column).map(Cell::content);
        assert_eq!(content(0), Some(Content::Text(0)));
        assert_eq!(
            content(1),
            Some(Content::Number(Exact {
                mantissa: 15,
                scale: 1
            }))
        );
        let Some(Content::Text(id)) = content(2) else {
            panic!("no text")
        };
        assert_eq!(strings.get(id), "富文&本");
        assert_eq!(content(3), Some(Content::NoCachedValue));
        assert_eq!(content(4), None);
        assert!(matches!(content(5), Some(Content::Error(_))));
        assert_eq!(content(6), Some(Content::Bool(true)));
        assert!(sheet.column_hidden(2) && !sheet.column_hidden(0));
        assert_eq!(
            sheet.merges,
            [Merge {
                first_row: 0,
                first_column: 0,
                last_row: 1,
                last_column: 1
            }]
        );
    }
}
