//! What the values alone do not tell of an old workbook: number formats, hidden rows and columns.

use std::collections::HashMap;

use crate::number_format::NumberFormat;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const FORMAT: u16 = 0x041e;
const XF: u16 = 0x00e0;
const ROW: u16 = 0x0208;
const COLINFO: u16 = 0x007d;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027e;
const MULRK: u16 = 0x00bd;
const FORMULA: u16 = 0x0006;
const LABELSST: u16 = 0x00fd;
const LABEL: u16 = 0x0204;
const RICH_LABEL: u16 = 0x00d6;
const BOOL_OR_ERROR: u16 = 0x0205;
const DIMENSIONS: u16 = 0x0200;
const BOUND_SHEET: u16 = 0x0085;

/// How a sheet shows its cells.
#[derive(Debug, Default)]
pub struct SheetLook {
    /// Index of the format of each cell that has a value.
    pub formats: HashMap<(u32, u16), u16>,
    /// Hidden rows.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns, first and last.
    pub hidden_columns: Vec<(u16, u16)>,
}

/// How the whole workbook shows its cells.
#[derive(Debug, Default)]
pub struct Look {
    /// The cell formats.
    pub formats: Vec<NumberFormat>,
    /// The sheets in the order of the stream.
    pub sheets: Vec<SheetLook>,
}

/// Walks over the records of a BIFF8 stream.
pub fn look_of(stream: &[u8]) -> Look {
    let mut look = Look::default();
    let mut codes: HashMap<u32, NumberFormat> = HashMap::new();
    let mut ids: Vec<u32> = Vec::new();
    let mut depth = 0_usize;
    let mut in_globals = true;
    for (kind, data) in Records(stream) {
        match kind {
            BOF => {
                depth += 1;
                let substream = word(data, 2);
                in_globals = substream == 0x0005;
                if depth == 1 && substream == 0x0010 {
                    look.sheets.push(SheetLook::default());
                }
            }
            EOF => depth = depth.saturating_sub(1),
            FORMAT if in_globals => {
                if let Some(code) = text_of(data.get(2..).unwrap_or_default()) {
                    codes.insert(u32::from(word(data, 0)), NumberFormat::from_code(&code));
                }
            }
            XF if in_globals => ids.push(u32::from(word(data, 2))),
            _ if depth == 1 => {
                if let Some(sheet) = look.sheets.last_mut() {
                    cell_record(kind, data, sheet);
                }
            }
            _ => {}
        }
    }
    look.formats = ids
        .iter()
        .map(|id| {
            codes
                .get(id)
                .copied()
                .unwrap_or_else(|| NumberFormat::built_in(*id))
        })
        .collect();
    look
}

/// How many places the sheets of a stream span from their first to their last cell, or say that they do. The
/// library that reads the values makes room for each of them, however few are filled.
pub fn places_of(stream: &[u8]) -> u64 {
    let sheets = Records(stream)
        .take_while(|(kind, _)| *kind != EOF)
        .filter(|(kind, _)| *kind == BOUND_SHEET)
        .filter_map(|(_, data)| stream.get(long(data, 0) as usize..));
    sheets.fold(0, |sum, sheet| sum.saturating_add(places_of_sheet(sheet)))
}

fn places_of_sheet(stream: &[u8]) -> u64 {
    let mut said = 0_u64;
    let mut area = Area::default();
    let (mut begun, mut depth) = (false, 0_usize);
    for (kind, data) in Records(stream) {
        match kind {
            BOF => {
                depth += usize::from(begun);
                begun = true;
            }
            EOF if depth > 0 => depth -= 1,
            EOF => break,
            _ if depth > 0 => {}
            DIMENSIONS => said = said.max(said_of(data)),
            NUMBER | RK | FORMULA | LABELSST | LABEL | RICH_LABEL | BOOL_OR_ERROR => {
                area.take(word(data, 0), word(data, 2));
            }
            MULRK => {
                area.take(word(data, 0), word(data, 2));
                area.take(word(data, 0), word(data, data.len().saturating_sub(2)));
            }
            _ => {}
        }
    }
    said.max(area.places())
}

/// The places that a sheet says it spans, in the form of either version.
fn said_of(data: &[u8]) -> u64 {
    let span = |first: u32, end: u32| u64::from(end.saturating_sub(first).max(1));
    if data.len() == 10 {
        let at = |at| u32::from(word(data, at));
        span(at(0), at(2)) * span(at(4), at(6))
    } else {
        // A first column that cannot be is taken for the very first one.
        span(long(data, 0), long(data, 4)) * span(0, u32::from(word(data, 10)))
    }
}

/// The smallest area that holds all cells.
#[derive(Default)]
struct Area(Option<[u16; 4]>);

impl Area {
    fn take(&mut self, row: u16, column: u16) {
        let [top, left, bottom, right] = self.0.unwrap_or([row, column, row, column]);
        self.0 = Some([
            top.min(row),
            left.min(column),
            bottom.max(row),
            right.max(column),
        ]);
    }

    fn places(&self) -> u64 {
        self.0.map_or(0, |[top, left, bottom, right]| {
            (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1)
        })
    }
}

fn cell_record(kind: u16, data: &[u8], sheet: &mut SheetLook) {
    const HIDDEN_ROW: u16 = 0x0020;
    match kind {
        ROW if word(data, 12) & HIDDEN_ROW != 0 => sheet.hidden_rows.push(u32::from(word(data, 0))),
        COLINFO if word(data, 8) & 1 != 0 => {
            sheet.hidden_columns.push((word(data, 0), word(data, 2)));
        }
        NUMBER | RK | FORMULA | LABELSST | LABEL => {
            sheet
                .formats
                .insert((u32::from(word(data, 0)), word(data, 2)), word(data, 4));
        }
        MULRK => {
            let (row, first) = (u32::from(word(data, 0)), word(data, 2));
            let cells = data.len().saturating_sub(6) / 6;
            for offset in 0..cells {
                let column = first.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX));
                sheet
                    .formats
                    .insert((row, column), word(data, 4 + offset * 6));
            }
        }
        _ => {}
    }
}

struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let header = self.0.get(..4)?;
        let (kind, length) = (word(header, 0), usize::from(word(header, 2)));
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

fn word(data: &[u8], at: usize) -> u16 {
    data.get(at..at + 2)
        .map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn long(data: &[u8], at: usize) -> u32 {
    u32::from(word(data, at)) | u32::from(word(data, at + 2)) << 16
}

/// A text with a length of two bytes and a byte that says whether characters take one byte or two.
fn text_of(data: &[u8]) -> Option<String> {
    let length = usize::from(word(data, 0));
    let wide = data.get(2)? & 1 != 0;
    let bytes = data.get(3..)?;
    Some(if wide {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .take(length)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        bytes
            .iter()
            .take(length)
            .map(|byte| char::from(*byte))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, words: &[u16]) -> Vec<u8> {
        let length = u16::try_from(words.len() * 2).unwrap();
        [kind, length]
            .iter()
            .chain(words)
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// A stream of one sheet with these records.
    fn stream(records: &[Vec<u8>]) -> Vec<u8> {
        let globals = [
            record(BOF, &[0x0600, 0x0005]),
            record(BOUND_SHEET, &[24, 0, 0, 0]),
            record(EOF, &[]),
        ]
        .concat();
        assert_eq!(globals.len(), 24);
        let sheet = [record(BOF, &[0x0600, 0x0010]), records.concat()].concat();
        [globals, sheet, record(EOF, &[])].concat()
    }

    #[test]
    fn places_are_counted_from_the_first_to_the_last_cell() {
        let near = record(NUMBER, &[3, 2, 0, 0, 0, 0, 0]);
        assert_eq!(places_of(&stream(std::slice::from_ref(&near))), 1);
        let far = record(RK, &[0xffff, 0xffff, 0, 0, 0]);
        let sheet = stream(&[near.clone(), far]);
        assert_eq!(places_of(&sheet), (65_536 - 3) * (65_536 - 2));
        let row = record(MULRK, &[3, 4, 0, 0, 0, 9]);
        assert_eq!(places_of(&stream(&[near, row])), 8);
    }

    #[test]
    fn what_a_sheet_says_of_itself_counts_too() {
        let said = record(DIMENSIONS, &[0, 0, 0, 0x10, 0, 0x100, 0]);
        assert_eq!(places_of(&stream(&[said])), 0x10_0000 * 0x100);
        let old = record(DIMENSIONS, &[1, 11, 2, 4, 0]);
        assert_eq!(places_of(&stream(&[old])), 20);
    }

    #[test]
    fn a_chart_inside_a_sheet_has_no_places() {
        let far = record(RK, &[0xffff, 0xffff, 0, 0, 0]);
        let near = record(RK, &[0, 0, 0, 0, 0]);
        let chart = [record(BOF, &[0x0600, 0x0020]), far, record(EOF, &[])].concat();
        assert_eq!(places_of(&stream(&[near, chart])), 1);
    }

    #[test]
    fn a_stream_cut_short_has_no_places() {
        let whole = stream(&[record(NUMBER, &[3, 2, 0, 0, 0, 0, 0])]);
        for end in 0..whole.len() {
            assert!(places_of(&whole[..end]) <= 1);
        }
    }
}
