//! One table of an OpenDocument spreadsheet: repeated rows and cells, spans, hidden parts.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::xml::{attribute, damaged, number_attribute, push_reference, raw_attribute};
use super::{COLUMNS_MAX, ROWS_MAX, ReadError};
use crate::grid::{Cell, Content, Exact, Merge, Sheet, Strings};
use crate::number_format::NumberFormat;

use super::ods::FORMATS;

/// What the attributes of a cell say.
struct OpenCell {
    repeated: u32,
    row_span: u32,
    column_span: u32,
    kind: Vec<u8>,
    value: Option<String>,
    formula: bool,
    covered: bool,
}

struct Table<'a> {
    sheet: Sheet,
    name: &'a str,
    /// Filled cells that repetition may still add.
    repeats_left: &'a mut usize,
    row: u32,
    column: u32,
    row_repeated: u32,
    hidden: bool,
    /// The cells of the open row, which may stand for several.
    pending: Vec<Cell>,
}

/// Reads a table up to its end tag. A few bytes can stand for millions of cells, so what repetition adds in all
/// tables of a file is taken off `repeats_left`.
pub fn read_table<R: BufRead>(
    xml: &mut Reader<R>,
    name: &str,
    strings: &mut Strings,
    repeats_left: &mut usize,
) -> Result<Sheet, ReadError> {
    let mut table = Table {
        sheet: Sheet::default(),
        name,
        repeats_left,
        row: 0,
        column: 0,
        row_repeated: 1,
        hidden: false,
        pending: Vec::new(),
    };
    let (mut buffer, mut next_column) = (Vec::new(), 0_u32);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.name().as_ref() {
                b"table:table-row" => table.open_row(&element),
                b"table:table-cell" | b"table:covered-table-cell" => {
                    let open = open_cell(&element);
                    let text = text_of_cell(xml)?;
                    table.cell(&open, &text, strings)?;
                }
                b"table:table-column" => table.columns(&element, &mut next_column),
                _ => {}
            },
            Event::Empty(element) => match element.name().as_ref() {
                b"table:table-row" => {
                    table.open_row(&element);
                    table.close_row()?;
                }
                b"table:table-cell" | b"table:covered-table-cell" => {
                    table.cell(&open_cell(&element), "", strings)?;
                }
                b"table:table-column" => table.columns(&element, &mut next_column),
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                b"table:table-row" => table.close_row()?,
                b"table:table" => break,
                _ => {}
            },
            Event::Eof => return Err(ReadError::Damaged("a table has no end".to_owned())),
            _ => {}
        }
        buffer.clear();
    }
    table.sheet.finish();
    Ok(table.sheet)
}

impl Table<'_> {
    fn open_row(&mut self, element: &BytesStart<'_>) {
        self.column = 0;
        self.row_repeated = number_attribute(element, b"number-rows-repeated")
            .unwrap_or(1)
            .max(1);
        self.hidden = is_hidden(element);
        self.pending.clear();
    }

    fn close_row(&mut self) -> Result<(), ReadError> {
        if self.pending.is_empty() {
            self.row = self.row.saturating_add(self.row_repeated);
            return Ok(());
        }
        for time in 0..self.row_repeated {
            if self.row >= ROWS_MAX {
                return Err(ReadError::TooManyRows {
                    sheet: self.name.to_owned(),
                });
            }
            if time > 0 {
                self.repeat(self.pending.len())?;
            }
            self.sheet.begin_row(self.row, self.hidden);
            for cell in &self.pending {
                self.sheet.push(*cell);
            }
            self.row += 1;
        }
        Ok(())
    }

    fn repeat(&mut self, cells: usize) -> Result<(), ReadError> {
        let left = self.repeats_left.checked_sub(cells);
        *self.repeats_left = left.ok_or(ReadError::TooLarge)?;
        Ok(())
    }

    fn columns(&mut self, element: &BytesStart<'_>, next: &mut u32) {
        let count = number_attribute(element, b"number-columns-repeated")
            .unwrap_or(1)
            .max(1);
        let last = next.saturating_add(count - 1).min(COLUMNS_MAX - 1);
        if is_hidden(element)
            && let (Ok(first), Ok(last)) = (u16::try_from(*next), u16::try_from(last))
        {
            self.sheet.hidden_columns.push((first, last));
        }
        *next = next.saturating_add(count);
    }

    fn cell(
        &mut self,
        open: &OpenCell,
        text: &str,
        strings: &mut Strings,
    ) -> Result<(), ReadError> {
        let first = self.column;
        self.column = self.column.saturating_add(open.repeated);
        // A covered cell may still hold what it held before it was merged; nobody sees that.
        let Some((content, format)) = content_of(open, text, strings).filter(|_| !open.covered)
        else {
            return Ok(());
        };
        if self.column > COLUMNS_MAX {
            return Err(ReadError::TooManyColumns {
                sheet: self.name.to_owned(),
            });
        }
        self.repeat(open.repeated as usize - 1)?;
        let place = |column: u32| u16::try_from(column).expect("checked against the most columns");
        if open.row_span > 1 || open.column_span > 1 {
            let last_column = (first + open.column_span - 1).min(COLUMNS_MAX - 1);
            self.sheet.merges.push(Merge {
                first_row: self.row,
                first_column: place(first),
                last_row: self.row.saturating_add(open.row_span - 1).min(ROWS_MAX - 1),
                last_column: place(last_column),
            });
        }
        for column in first..self.column {
            self.pending.push(Cell::new(place(column), format, content));
        }
        Ok(())
    }
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    raw_attribute(element, b"visibility").is_some_and(|value| value.as_ref() != b"visible")
}

fn open_cell(element: &BytesStart<'_>) -> OpenCell {
    let count = |name: &[u8]| number_attribute(element, name).unwrap_or(1).max(1);
    let kind = attribute_named(element, b"office:value-type").unwrap_or_default();
    let value = [
        "office:value",
        "office:date-value",
        "office:boolean-value",
        "office:string-value",
    ]
    .iter()
    .find_map(|name| attribute_named(element, name.as_bytes()));
    OpenCell {
        repeated: count(b"number-columns-repeated"),
        row_span: count(b"number-rows-spanned").min(ROWS_MAX),
        column_span: count(b"number-columns-spanned").min(COLUMNS_MAX),
        kind: kind.into_bytes(),
        value,
        formula: attribute(element, b"formula").is_some(),
        covered: element.name().as_ref() == b"table:covered-table-cell",
    }
}

/// An attribute by its full name: `office:value-type` and `calcext:value-type` stand side by side.
fn attribute_named(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == name)
        .map(|attribute| super::xml::unescape(&attribute.value))
}

fn content_of(open: &OpenCell, text: &str, strings: &mut Strings) -> Option<(Content, u16)> {
    let format = |wanted: NumberFormat| {
        FORMATS
            .iter()
            .position(|known| *known == wanted)
            .map_or(0, |at| u16::try_from(at).unwrap_or(0))
    };
    let number = open
        .value
        .as_deref()
        .and_then(Exact::parse)
        .map(Content::Number);
    match open.kind.as_slice() {
        b"float" | b"currency" => {
            let shown = text.trim();
            // What is shown decides what a month written as a number means: 2024.10 is October.
            let two_decimals =
                shown.len() > 3 && shown.as_bytes()[shown.len().saturating_sub(3)] == b'.';
            let format = if two_decimals {
                format(NumberFormat::Decimals(2))
            } else {
                0
            };
            number.map(|number| (number, format))
        }
        b"percentage" => number.map(|number| (number, format(NumberFormat::Percent))),
        b"boolean" => open
            .value
            .as_ref()
            .map(|value| (Content::Bool(value == "true"), 0)),
        // The shown words say at which precision the date was meant; the value is always a day.
        b"date" => {
            let shown = text.trim();
            let words = if shown.is_empty() || !shown.contains(|c: char| c.is_ascii_digit()) {
                open.value.as_deref().unwrap_or_default()
            } else if crate::value::date::reads_alone(shown) {
                shown
            } else {
                open.value.as_deref().unwrap_or(shown)
            };
            let words = words.split('T').next().unwrap_or_default();
            Some((Content::Text(strings.intern(words)), 0))
        }
        b"" if open.formula && text.is_empty() => Some((Content::NoCachedValue, 0)),
        _ if is_error(text) && open.formula => Some((Content::Error(strings.intern(text)), 0)),
        _ => {
            let words = if text.is_empty() {
                open.value.as_deref().unwrap_or_default()
            } else {
                text
            };
            (!words.is_empty()).then(|| (Content::Text(strings.intern(words)), 0))
        }
    }
}

fn is_error(text: &str) -> bool {
    text.starts_with('#') && text.ends_with(['!', '?', 'A']) || text.starts_with("Err:")
}

/// The words of a cell: its paragraphs on a line each, without those of a comment.
fn text_of_cell<R: BufRead>(xml: &mut Reader<R>) -> Result<String, ReadError> {
    let mut text = String::new();
    let mut buffer = Vec::new();
    let (mut paragraphs, mut in_paragraph, mut in_comment) = (0, 0_u32, 0_u32);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.name().as_ref() {
                b"office:annotation" => in_comment += 1,
                b"text:p" if in_comment == 0 => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    in_paragraph += 1;
                }
                _ => {}
            },
            Event::Empty(element) if in_paragraph > 0 && in_comment == 0 => {
                match element.name().as_ref() {
                    b"text:s" => {
                        let count = number_attribute(&element, b"c").unwrap_or(1).min(1000);
                        text.extend(std::iter::repeat_n(' ', count as usize));
                    }
                    b"text:tab" => text.push('\t'),
                    b"text:line-break" => text.push('\n'),
                    _ => {}
                }
            }
            Event::Text(piece) if in_paragraph > 0 && in_comment == 0 => {
                text.push_str(&String::from_utf8_lossy(&piece));
            }
            Event::GeneralRef(reference) if in_paragraph > 0 && in_comment == 0 => {
                push_reference(&reference, &mut text);
            }
            Event::End(element) => match element.name().as_ref() {
                b"office:annotation" => in_comment = in_comment.saturating_sub(1),
                b"text:p" if in_comment == 0 => in_paragraph = in_paragraph.saturating_sub(1),
                b"table:table-cell" | b"table:covered-table-cell" => return Ok(text),
                _ => {}
            },
            Event::Eof => return Err(ReadError::Damaged("a cell has no end".to_owned())),
            _ => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml::reader;
    use super::*;

    /// Reads rows of a table where ten cells may be repeated.
    fn read(rows: &str) -> Result<usize, ReadError> {
        let text = format!("<table:table>{rows}</table:table>");
        let mut xml = reader(text.as_bytes());
        xml.read_event_into(&mut Vec::new()).unwrap();
        let sheet = read_table(&mut xml, "s", &mut Strings::default(), &mut 10);
        sheet.map(|sheet| sheet.cells.len())
    }

    #[test]
    fn what_repetition_adds_is_bounded() {
        let row = |rows: u32, cells: u32| {
            format!(
                "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell \
                 table:number-columns-repeated=\"{cells}\"><text:p>x</text:p></table:table-cell>\
                 </table:table-row>"
            )
        };
        assert_eq!(read(&row(11, 1)), Ok(11));
        assert_eq!(read(&row(4, 3)), Err(ReadError::TooLarge));
        assert_eq!(read(&row(12, 1)), Err(ReadError::TooLarge));
        assert_eq!(read(&row(1, 12)), Err(ReadError::TooLarge));
        assert_eq!(read(&(row(6, 1) + &row(6, 1))), Ok(12));
        assert_eq!(read(&(row(6, 1) + &row(8, 1))), Err(ReadError::TooLarge));
        let empty = "<table:table-row table:number-rows-repeated=\"1048576\"/>";
        assert_eq!(read(empty), Ok(0));
    }
}
