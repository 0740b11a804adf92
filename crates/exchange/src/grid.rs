//! Cells of a workbook, packed tightly: what every file format is read into.

use std::collections::HashMap;
use std::fmt;

use rust_decimal::Decimal;

pub use crate::merges::{Merge, Merges};
use crate::number_format::NumberFormat;

/// Which kind of file a workbook was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Office Open XML (xlsx, xlsm).
    Xlsx,
    /// The binary format of Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
    /// Comma, tab, semicolon or bar separated text.
    Text,
}

/// A workbook as it was read.
#[derive(Debug)]
pub struct Workbook {
    /// The kind of file.
    pub format: FileFormat,
    /// All sheets in the file's order, hidden ones too.
    pub sheets: Vec<Sheet>,
    /// Every text that a cell points to.
    pub strings: Strings,
    /// Every number format that a cell points to.
    pub formats: Vec<NumberFormat>,
    /// Whether day numbers count from 1904.
    pub epoch_1904: bool,
}

/// One sheet.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Its name; empty for a text file.
    pub name: String,
    /// Hidden from the reader of the spreadsheet.
    pub hidden: bool,
    /// All cells that hold something, row by row.
    pub cells: Vec<Cell>,
    /// The rows that have cells, in order.
    pub rows: Vec<SheetRow>,
    /// Merged ranges.
    pub merges: Vec<Merge>,
    /// Hidden columns, first and last, counted from zero.
    pub hidden_columns: Vec<(u16, u16)>,
}

/// A row that has cells.
#[derive(Debug, Clone, Copy)]
pub struct SheetRow {
    /// Row, from zero.
    pub row: u32,
    /// Where its cells begin in [`Sheet::cells`].
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// Hidden by hand or by a filter.
    pub hidden: bool,
}

/// One cell in sixteen bytes.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    bits: i64,
    /// Column, from zero.
    pub column: u16,
    /// Index into [`Workbook::formats`].
    pub format: u16,
    kind: Kind,
    scale: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Bool,
    Error,
    NoCachedValue,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A number, or a date as a number of days.
    Number(Exact),
    /// A text, as an index into [`Workbook::strings`].
    Text(u32),
    /// True or false.
    Bool(bool),
    /// An error such as `#REF!`, as an index into [`Workbook::strings`].
    Error(u32),
    /// A formula whose result the file does not hold.
    NoCachedValue,
}

/// A decimal number of at most fifteen significant digits, which is what a spreadsheet keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    /// All digits.
    pub mantissa: i64,
    /// How many of them stand behind the point.
    pub scale: u8,
}

impl Cell {
    /// A cell in `column` holding `content`, shown in `format`.
    pub fn new(column: u16, format: u16, content: Content) -> Self {
        let (kind, bits, scale) = match content {
            Content::Number(number) => (Kind::Number, number.mantissa, number.scale),
            Content::Text(id) => (Kind::Text, i64::from(id), 0),
            Content::Bool(flag) => (Kind::Bool, i64::from(flag), 0),
            Content::Error(id) => (Kind::Error, i64::from(id), 0),
            Content::NoCachedValue => (Kind::NoCachedValue, 0, 0),
        };
        Self {
            bits,
            column,
            format,
            kind,
            scale,
        }
    }

    /// What the cell holds.
    pub fn content(&self) -> Content {
        let id = || u32::try_from(self.bits).expect("text ids are 32 bits wide");
        match self.kind {
            Kind::Number => Content::Number(Exact {
                mantissa: self.bits,
                scale: self.scale,
            }),
            Kind::Text => Content::Text(id()),
            Kind::Bool => Content::Bool(self.bits != 0),
            Kind::Error => Content::Error(id()),
            Kind::NoCachedValue => Content::NoCachedValue,
        }
    }
}

impl Exact {
    /// Reads a plain or scientific decimal; more than fifteen significant digits are rounded off, as
    /// a spreadsheet shows them. `None` if it is no number or needs more than 28 decimals.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text.as_bytes()).or_else(|| Self::parse_decimal(text))
    }

    /// The quick way for `-12.50` and its like, up to fifteen digits.
    fn parse_plain(bytes: &[u8]) -> Option<Self> {
        let (negative, digits) = match bytes.split_first()? {
            (b'-', rest) => (true, rest),
            _ => (false, bytes),
        };
        if digits.is_empty() || digits.len() > 16 {
            return None;
        }
        let (mut mantissa, mut scale, mut count, mut point) = (0_i64, 0_u8, 0, false);
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa * 10 + i64::from(byte - b'0');
                    count += 1;
                    scale += u8::from(point);
                }
                b'.' if !point => point = true,
                _ => return None,
            }
        }
        (count > 0 && count <= 15).then_some(Self {
            mantissa: if negative { -mantissa } else { mantissa },
            scale,
        })
    }

    fn parse_decimal(text: &str) -> Option<Self> {
        let number = if text.contains(['e', 'E']) {
            Decimal::from_scientific(text).ok()?
        } else {
            Decimal::from_str_exact(text)
                .or_else(|_| text.parse::<Decimal>())
                .ok()?
        };
        Self::from_decimal(number)
    }

    /// The number, rounded to fifteen significant digits.
    pub fn from_decimal(number: Decimal) -> Option<Self> {
        let rounded = number.round_sf(15)?.normalize();
        Some(Self {
            mantissa: i64::try_from(rounded.mantissa()).ok()?,
            scale: u8::try_from(rounded.scale()).ok()?,
        })
    }

    /// The same number as a decimal.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.mantissa, u32::from(self.scale))
    }

    /// The whole number it is; `None` with decimals.
    pub fn to_integer(self) -> Option<i64> {
        i64::try_from(self.to_decimal().normalize())
            .ok()
            .filter(|_| self.to_decimal().fract().is_zero())
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().normalize().fmt(f)
    }
}

/// Texts of cells in one long string.
#[derive(Debug, Default)]
pub struct Strings {
    text: String,
    ends: Vec<u32>,
    short: HashMap<Box<str>, u32>,
}

/// Texts up to this length are kept once.
const INTERNED_BYTES: usize = 48;

impl Strings {
    /// Adds a text and gives its index.
    pub fn push(&mut self, text: &str) -> u32 {
        self.text.push_str(text);
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        u32::try_from(self.ends.len() - 1).expect("fewer texts than bytes")
    }

    /// The index of a text, added if it is new. Long texts and plain numbers, which hardly ever come
    /// back, are added each time.
    pub fn intern(&mut self, text: &str) -> u32 {
        if text.len() > INTERNED_BYTES || text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return self.push(text);
        }
        if let Some(id) = self.short.get(text) {
            return *id;
        }
        let id = self.push(text);
        self.short.insert(text.into(), id);
        id
    }

    /// The text of an index; empty for one that was never given.
    pub fn get(&self, id: u32) -> &str {
        let place = id as usize;
        let Some(end) = self.ends.get(place) else {
            return "";
        };
        let start = place
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..*end as usize).unwrap_or_default()
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl Sheet {
    /// Opens a row for the cells that are pushed next.
    pub fn begin_row(&mut self, row: u32, hidden: bool) {
        let at = self.cell_count();
        self.rows.push(SheetRow {
            row,
            start: at,
            end: at,
            hidden,
        });
    }

    /// Adds a cell to the row opened last.
    pub fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
        let end = self.cell_count();
        if let Some(row) = self.rows.last_mut() {
            row.end = end;
        }
    }

    fn cell_count(&self) -> u32 {
        u32::try_from(self.cells.len()).expect("the limits keep cells below four thousand million")
    }

    /// Drops what merged cells cover and rows without cells, and puts rows and cells in order where a file
    /// gave them in another.
    pub fn finish(&mut self) {
        crate::merges::drop_covered(self);
        self.rows.retain(|row| row.end > row.start);
        if !self.rows.is_sorted_by_key(|row| row.row) {
            self.rows.sort_by_key(|row| row.row);
        }
        for row in &self.rows {
            let cells = &mut self.cells[row.start as usize..row.end as usize];
            if !cells.is_sorted_by_key(|cell| cell.column) {
                cells.sort_by_key(|cell| cell.column);
            }
        }
    }

    /// The cells of a row.
    pub fn cells_of(&self, row: &SheetRow) -> &[Cell] {
        &self.cells[row.start as usize..row.end as usize]
    }

    /// The row with this number, from zero; `None` where it has no cells.
    pub fn row(&self, number: u32) -> Option<&SheetRow> {
        self.rows
            .binary_search_by_key(&number, |row| row.row)
            .ok()
            .map(|place| &self.rows[place])
    }

    /// The cell at a place; `None` where it holds nothing of its own.
    pub fn cell(&self, row: u32, column: u16) -> Option<&Cell> {
        let cells = self.cells_of(self.row(row)?);
        cells
            .binary_search_by_key(&column, |cell| cell.column)
            .ok()
            .map(|place| &cells[place])
    }

    /// Whether a column is hidden.
    pub fn column_hidden(&self, column: u16) -> bool {
        self.hidden_columns
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn floats_of_a_spreadsheet_are_read_at_fifteen_digits() {
        for (text, shown) in [
            ("1234.5600000000002", "1234.56"),
            ("0.1", "0.1"),
            ("1.0000000000000001E-5", "0.00001"),
            ("9.1350100000000003E+17", "913501000000000000"),
            ("-12.50", "-12.5"),
        ] {
            assert_eq!(
                Exact::parse(text).map(|n| n.to_string()).as_deref(),
                Some(shown),
                "{text}"
            );
        }
        assert_eq!(Exact::parse("abc"), None);
        assert_eq!(Exact::parse("."), None);
    }

    #[test]
    fn a_cell_takes_sixteen_bytes() {
        assert_eq!(size_of::<Cell>(), 16);
    }

    #[test]
    fn texts_come_back_by_their_index() {
        let mut strings = Strings::default();
        let first = strings.intern("新建");
        assert_eq!(strings.intern("新建"), first);
        let second = strings.push("");
        let third = strings.intern("续建");
        assert_eq!(
            [strings.get(first), strings.get(second), strings.get(third)],
            ["新建", "", "续建"]
        );
        assert_eq!(strings.get(99), "");
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_not_without_a_panic(text in ".*") {
            let _ = Exact::parse(&text);
        }

        #[test]
        fn short_decimals_keep_every_digit(mantissa in -99_999_999_999_999_i64..99_999_999_999_999, scale in 0_u8..10) {
            let number = Exact { mantissa, scale };
            let read = Exact::parse(&number.to_string()).unwrap();
            prop_assert_eq!(read.to_decimal(), number.to_decimal());
        }
    }
}
