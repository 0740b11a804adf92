//! Separated text in whatever encoding and with whatever separator it came.

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

use super::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, ReadError};
use crate::grid::{Cell, Content, FileFormat, Sheet, Strings, Workbook};
use crate::number_format::NumberFormat;

/// Separators that are looked for, the likelier first.
const SEPARATORS: [char; 4] = [',', '\t', ';', '|'];
/// How many rows the separator is told by.
const ROWS_SAMPLED: usize = 60;

/// Reads a text table. Its cells are texts, whatever they look like.
pub fn read(bytes: &[u8]) -> Result<Workbook, ReadError> {
    let text = decode(bytes)?;
    if is_other_kind(&text) {
        return Err(ReadError::UnknownKind);
    }
    let separator = separator_of(&text);
    let mut strings = Strings::default();
    let mut sheet = Sheet::default();
    let mut rows = Rows::new(&text, separator);
    let mut field = String::new();
    let mut row = 0_u32;
    while rows.more() {
        if row >= ROWS_MAX {
            return Err(ReadError::TooManyRows {
                sheet: String::new(),
            });
        }
        sheet.begin_row(row, false);
        let mut column = 0_u32;
        loop {
            let last = rows.field(&mut field);
            if column >= COLUMNS_MAX {
                return Err(ReadError::TooManyColumns {
                    sheet: String::new(),
                });
            }
            let words = without_formula(&field);
            if !words.trim().is_empty() {
                let id = strings.intern(&words);
                let at = u16::try_from(column).expect("checked against the most columns");
                sheet.push(Cell::new(at, 0, Content::Text(id)));
            }
            column += 1;
            if last {
                break;
            }
        }
        if sheet.cells.len() > CELLS_MAX {
            return Err(ReadError::TooLarge);
        }
        row += 1;
    }
    sheet.finish();
    Ok(Workbook {
        format: FileFormat::Text,
        sheets: vec![sheet],
        strings,
        formats: vec![NumberFormat::General],
        epoch_1904: false,
    })
}

/// Programs write `="00123"` so that a spreadsheet keeps the zeros.
fn without_formula(field: &str) -> Cow<'_, str> {
    let quoted = field
        .trim()
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    match quoted {
        Some(inside) if inside.contains('"') => Cow::Owned(inside.replace("\"\"", "\"")),
        Some(inside) => Cow::Borrowed(inside),
        None => Cow::Borrowed(field),
    }
}

/// Whether a text is no table but a document: web pages are often saved under the name of a workbook.
fn is_other_kind(text: &str) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "%pdf-",
        "{\\rtf",
        "<!doctype",
        "<html",
        "<?xml",
        "<table",
        "<meta",
    ];
    let start: String = text.trim_start().chars().take(12).collect();
    let start = start.to_ascii_lowercase();
    BEGINNINGS
        .iter()
        .any(|beginning| start.starts_with(beginning))
}

/// The text in its encoding: by its byte order mark, else UTF-8, else GB18030, else a guess.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return Ok(text);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return Ok(encoding.decode_without_bom_handling(bytes).0);
    }
    // A zero byte is in no text; what has one is some other kind of file.
    if bytes.contains(&0) {
        return Err(ReadError::UnknownKind);
    }
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let mut detector = EncodingDetector::new();
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), false);
    if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes)
        && (guess == encoding_rs::GBK || guess == GB18030 || mostly_chinese(&text))
    {
        return Ok(text);
    }
    // No Chinese text, then: one of elsewhere.
    let guess = if prices_in_pounds(bytes) {
        WINDOWS_1252
    } else {
        detector.guess(None, false)
    };
    Ok(guess.decode_without_bom_handling(bytes).0)
}

/// Whether figures have the sign of the pound in front, which is a letter of their own for encodings of
/// Central Europe and is taken for one by its frequency.
fn prices_in_pounds(bytes: &[u8]) -> bool {
    bytes
        .windows(2)
        .any(|pair| pair[0] == 0xa3 && pair[1].is_ascii_digit())
}

fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(400)];
    let zeros = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
            * 8
            > sample.len()
    };
    match (zeros(0), zeros(1)) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

fn mostly_chinese(text: &str) -> bool {
    let foreign: Vec<char> = text.chars().filter(|c| !c.is_ascii()).take(2000).collect();
    let common = foreign
        .iter()
        .filter(|c| matches!(**c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}'))
        .count();
    common * 10 >= foreign.len() * 9
}

/// The separator that splits the most rows into the same number of fields.
fn separator_of(text: &str) -> char {
    let best = SEPARATORS.iter().rev().max_by_key(|separator| {
        let mut counts: Vec<usize> = Vec::new();
        let mut rows = Rows::new(text, **separator);
        let mut field = String::new();
        while rows.more() && counts.len() < ROWS_SAMPLED {
            let mut fields = 1;
            while !rows.field(&mut field) {
                fields += 1;
            }
            counts.push(fields);
        }
        let all = counts.len().max(1);
        counts.retain(|count| *count > 1);
        counts.sort_unstable();
        let usual = counts.get(counts.len() / 2).copied().unwrap_or_default();
        let alike = counts.iter().filter(|count| **count == usual).count();
        // The share of rows that agree; a separator inside sentences parts a few rows of many.
        (alike * 1000 / all, counts.len())
    });
    *best.expect("there are separators")
}

/// Walks over the fields of a text with quotes doubled inside quotes.
struct Rows<'a> {
    rest: &'a str,
    separator: char,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, separator: char) -> Self {
        Self {
            rest: text,
            separator,
        }
    }

    fn more(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Puts the next field into `field`; true where it is the last of its row.
    fn field(&mut self, field: &mut String) -> bool {
        field.clear();
        if self.rest.starts_with('"') {
            self.quoted(field);
        }
        let end = self
            .rest
            .find([self.separator, '\n', '\r'])
            .unwrap_or(self.rest.len());
        field.push_str(&self.rest[..end]);
        self.rest = &self.rest[end..];
        self.end_of_field()
    }

    fn quoted(&mut self, field: &mut String) {
        let whole = self.rest;
        let mut rest = &self.rest[1..];
        loop {
            let Some(quote) = rest.find('"') else {
                // A quote that is never closed is a character of its field.
                field.clear();
                self.rest = whole;
                field.push('"');
                self.rest = &self.rest[1..];
                return;
            };
            field.push_str(&rest[..quote]);
            rest = &rest[quote + 1..];
            if let Some(after) = rest.strip_prefix('"') {
                field.push('"');
                rest = after;
            } else {
                self.rest = rest;
                return;
            }
        }
    }

    fn end_of_field(&mut self) -> bool {
        if let Some(rest) = self.rest.strip_prefix(self.separator) {
            self.rest = rest;
            return false;
        }
        let rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = rest.strip_prefix('\n').unwrap_or(rest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn table(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let book = read(bytes).unwrap();
        let sheet = &book.sheets[0];
        let text = |cell: &Cell| match cell.content() {
            Content::Text(id) => book.strings.get(id).to_owned(),
            other => panic!("{other:?}"),
        };
        sheet
            .rows
            .iter()
            .map(|row| (row.row, sheet.cells_of(row).iter().map(text).collect()))
            .collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[rstest]
    #[case("名称,投资\n甲,1\n".as_bytes().to_vec())]
    #[case("\u{feff}名称;投资\r\n甲;1".as_bytes().to_vec())]
    #[case("名称\t投资\n甲\t1\n".as_bytes().to_vec())]
    #[case(GB18030.encode("名称,投资\n甲,1\n").0.into_owned())]
    #[case([&b"\xff\xfe"[..], &"名称,投资\n甲,1".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat())]
    fn encodings_and_separators_are_told(#[case] bytes: Vec<u8>) {
        assert_eq!(
            table(&bytes),
            [(0, words(&["名称", "投资"])), (1, words(&["甲", "1"]))]
        );
    }

    #[test]
    fn pounds_of_western_europe_are_pounds() {
        let bytes =
            b"project_name;cost\nCaf\xe9 and Crossrail;\xa312,131.50\nThameslink;\xa326.19m\n";
        let read = table(bytes);
        assert_eq!(read[1].1, words(&["Café and Crossrail", "£12,131.50"]));
    }

    #[test]
    fn blank_lines_keep_their_row_and_quotes_their_breaks() {
        let read = table("a,b\n\n\"x\n\"\"y\",2\n".as_bytes());
        assert_eq!(
            read,
            [(0, words(&["a", "b"])), (2, words(&["x\n\"y", "2"]))]
        );
    }

    #[test]
    fn what_keeps_the_zeros_of_a_code_is_no_part_of_it() {
        let read = table(b"a,b\n=\"0012\",\"=\"\"91410400MA0000015T\"\"\"\n");
        assert_eq!(read[1], (1, words(&["0012", "91410400MA0000015T"])));
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_nothing() {
        assert_eq!(
            table(b"a,\"b\nc,d\n"),
            [(0, words(&["a", "\"b"])), (1, words(&["c", "d"]))]
        );
    }
}
