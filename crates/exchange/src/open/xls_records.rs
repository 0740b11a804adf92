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
