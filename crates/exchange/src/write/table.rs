//! Tables to workbooks: real types, widths, a frozen header, filters.

use domain::{PartialDate, Value, ValueType};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Rows of a sheet after which a table goes on in another one.
const ROWS_PER_SHEET: usize = 1_048_000;
const NAME_CHARS_MAX: usize = 31;

/// A column of a table.
#[derive(Debug, Clone)]
pub struct TableColumn {
    /// The header.
    pub label: String,
    /// The type of its cells.
    pub value_type: ValueType,
    /// The unit that amounts are written in, behind the header: 万元.
    pub unit: Option<String>,
    /// Width in characters; `None` for one that fits the type.
    pub width: Option<f64>,
}

impl TableColumn {
    /// A column of a type.
    pub fn new(label: impl Into<String>, value_type: ValueType) -> Self {
        Self {
            label: label.into(),
            value_type,
            unit: None,
            width: None,
        }
    }

    /// With the unit that its amounts are written in.
    #[must_use]
    pub fn in_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    fn header(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{}（{unit}）", self.label),
            None => self.label.clone(),
        }
    }
}

/// A named table.
#[derive(Debug, Clone)]
pub struct Table {
    /// The sheet's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// Its rows; `None` is a cell that is not known.
    pub rows: Vec<Vec<Option<Value>>>,
}

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written")]
pub struct WriteError(#[from] XlsxError);

/// A workbook of one table.
///
/// # Errors
/// [`WriteError`], when a text is longer than a cell may hold.
pub fn write_table(table: &Table) -> Result<Vec<u8>, WriteError> {
    workbook_of(std::slice::from_ref(table))
}

/// A workbook of several tables, each on a sheet; one with too many rows for a sheet goes on in others.
///
/// # Errors
/// As [`write_table`].
pub fn workbook_of(tables: &[Table]) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let mut names = Vec::new();
    if tables.is_empty() {
        workbook.add_worksheet();
    }
    for table in tables {
        let mut parts: Vec<&[Vec<Option<Value>>]> = table.rows.chunks(ROWS_PER_SHEET).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        for (place, rows) in parts.iter().enumerate() {
            let sheet = workbook.add_worksheet();
            sheet.set_name(free_name(&table.name, place, &mut names))?;
            fill(sheet, &table.columns, rows)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// A name that a spreadsheet takes and no other sheet has.
pub(crate) fn free_name(wanted: &str, part: usize, names: &mut Vec<String>) -> String {
    let plain: String = wanted
        .chars()
        .map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c })
        .collect();
    let plain = if plain.trim().is_empty() {
        "Sheet".to_owned()
    } else {
        plain
    };
    let mut number = part + 1;
    loop {
        let suffix = if number == 1 {
            String::new()
        } else {
            format!(" {number}")
        };
        let kept = NAME_CHARS_MAX - suffix.chars().count();
        let name: String = plain.chars().take(kept).chain(suffix.chars()).collect();
        if !names
            .iter()
            .any(|known: &String| known.eq_ignore_ascii_case(&name))
        {
            names.push(name.clone());
            return name;
        }
        number += 1;
    }
}

fn fill(
    sheet: &mut Worksheet,
    columns: &[TableColumn],
    rows: &[Vec<Option<Value>>],
) -> Result<(), XlsxError> {
    let head = header_format();
    let formats: Vec<Format> = columns.iter().map(format_of).collect();
    for (place, column) in columns.iter().enumerate() {
        let at = column_number(place);
        sheet.set_column_width(at, column.width.unwrap_or_else(|| width_of(column)))?;
        sheet.write_with_format(0, at, column.header(), &head)?;
    }
    for (place, row) in rows.iter().enumerate() {
        let at = u32::try_from(place + 1).expect("tables are cut to the rows of a sheet");
        for (column, value) in row.iter().enumerate().take(columns.len()) {
            if let Some(value) = value {
                let divisor = columns[column].unit.as_deref();
                write_value(
                    sheet,
                    at,
                    column_number(column),
                    value,
                    divisor,
                    &formats[column],
                )?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let Some(last) = columns.len().checked_sub(1) {
        let rows = u32::try_from(rows.len()).expect("tables are cut to the rows of a sheet");
        sheet.autofilter(0, 0, rows.max(1), column_number(last))?;
    }
    Ok(())
}

fn column_number(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The look of a header cell.
pub(crate) fn header_format() -> Format {
    Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00E8_EEF4))
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
}

fn format_of(column: &TableColumn) -> Format {
    match column.value_type {
        ValueType::Money => Format::new().set_num_format("#,##0.00####"),
        ValueType::Integer => Format::new().set_num_format("0"),
        ValueType::Ratio => Format::new().set_num_format("0.00%"),
        ValueType::Date => Format::new().set_num_format("yyyy-mm-dd"),
        ValueType::Code | ValueType::Text => Format::new().set_num_format("@").set_text_wrap(),
        ValueType::Number | ValueType::Boolean => Format::new(),
    }
}

fn width_of(column: &TableColumn) -> f64 {
    let wide: usize = column
        .header()
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum();
    let least = match column.value_type {
        ValueType::Money => 16,
        ValueType::Text => 24,
        ValueType::Code => 20,
        ValueType::Date => 12,
        _ => 10,
    };
    f64::from(u32::try_from(wide.max(least).min(60) + 2).unwrap_or(62))
}

/// Writes a value as what it is. Amounts are divided by the unit of their column; one in another currency,
/// and one that a spreadsheet's fifteen digits cannot hold, is written as text.
fn write_value(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    unit: Option<&str>,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        Value::Money(money) if money.currency.is_cny() => {
            let factor = unit
                .and_then(crate::value::Unit::parse)
                .map(|unit| unit.factor);
            let number = factor
                .and_then(|factor| money.to_decimal().checked_div(factor))
                .unwrap_or_else(|| money.to_decimal());
            write_decimal(sheet, row, column, number, format)?;
        }
        Value::Money(money) => {
            let words = format!("{money} {}", money.currency.code());
            sheet.write_string(row, column, words)?;
        }
        Value::Integer(number) => {
            write_decimal(sheet, row, column, (*number).into(), format)?;
        }
        Value::Number(number) | Value::Ratio(number) => {
            write_decimal(sheet, row, column, *number, format)?;
        }
        Value::Boolean(flag) => {
            sheet.write_boolean(row, column, *flag)?;
        }
        Value::Date(PartialDate::Day(day)) => {
            use chrono::Datelike;
            let parts = (
                u16::try_from(day.year()),
                u8::try_from(day.month()),
                u8::try_from(day.day()),
            );
            match parts {
                (Ok(year @ 1900..), Ok(month), Ok(day)) => {
                    let date = ExcelDateTime::from_ymd(year, month, day)?;
                    sheet.write_datetime_with_format(row, column, &date, format)?;
                }
                _ => {
                    sheet.write_string(row, column, day.to_string())?;
                }
            }
        }
        // A month or a year is no day; as text it keeps its precision, and comes back as it was.
        Value::Date(date) => {
            sheet.write_string(row, column, date.to_string())?;
        }
        Value::Absent => {
            sheet.write_string(row, column, "无")?;
        }
        Value::Code(text) | Value::Text(text) => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

fn write_decimal(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    number: rust_decimal::Decimal,
    format: &Format,
) -> Result<(), XlsxError> {
    let shown = number.normalize().to_string();
    let digits = shown.bytes().filter(u8::is_ascii_digit).count();
    match shown.parse::<f64>() {
        Ok(float) if digits <= 15 => sheet.write_number_with_format(row, column, float, format)?,
        _ => sheet.write_string(row, column, shown)?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Money;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let table = Table {
            name: "项目/一".to_owned(),
            columns: vec![
                TableColumn::new("项目名称", ValueType::Text),
                TableColumn::new("总投资", ValueType::Money).in_unit("万元"),
                TableColumn::new("开工时间", ValueType::Date),
                TableColumn::new("竣工时间", ValueType::Date),
            ],
            rows: vec![vec![
                Some(Value::Text("智能终端产业园".to_owned())),
                Some(Value::Money(Money::from_fen(1_848_390_000))),
                Some(Value::Date("2024-05-31".parse().unwrap())),
                Some(Value::Date("2025-06".parse().unwrap())),
            ]],
        };
        let bytes = write_table(&table).unwrap();
        let options = crate::Options::new(crate::LedgerKind::Projects);
        let read = crate::read_ledger(&bytes, "x.xlsx", &options).unwrap();
        let sheet = &read.sheets[0];
        assert_eq!(sheet.name, "项目_一");
        let values: Vec<String> = sheet.records[0]
            .entries
            .iter()
            .map(|entry| entry.value.to_string())
            .collect();
        assert_eq!(
            values,
            ["智能终端产业园", "18483900.00", "2024-05-31", "2025-06"]
        );
    }

    #[test]
    fn sheets_of_one_name_are_told_apart() {
        let mut names = Vec::new();
        assert_eq!(free_name("表", 0, &mut names), "表");
        assert_eq!(free_name("表", 0, &mut names), "表 2");
        assert_eq!(free_name("", 0, &mut names), "Sheet");
    }
}
