//! Tables to comma separated text that spreadsheets open with the right characters.

use domain::Value;

use super::table::{Table, TableColumn};

/// The byte order mark by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

/// A table as comma separated text in UTF-8. Values stand as reports write them, money in yuan; a cell that
/// is not known is empty.
pub fn write_csv(table: &Table) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    let header = table.columns.iter().map(header_of);
    // Writing to memory cannot fail.
    let _ = writer.write_record(header);
    for row in &table.rows {
        let cells = table.columns.iter().enumerate().map(|(place, _)| {
            row.get(place)
                .and_then(Option::as_ref)
                .map_or_else(String::new, written)
        });
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

fn header_of(column: &TableColumn) -> String {
    column.label.clone()
}

/// A value in a cell; what a spreadsheet would run as a formula is made a text.
fn written(value: &Value) -> String {
    match value {
        Value::Money(money) if !money.currency.is_cny() => {
            format!("{money} {}", money.currency.code())
        }
        Value::Text(text) | Value::Code(text) if text.starts_with(['=', '+', '@', '-']) => {
            format!("'{text}")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Money, ValueType};

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let table = Table {
            name: String::new(),
            columns: vec![
                TableColumn::new("名称", ValueType::Text),
                TableColumn::new("总投资", ValueType::Money),
            ],
            rows: vec![
                vec![
                    Some(Value::Text("甲,乙".to_owned())),
                    Some(Value::Money(Money::from_fen(150))),
                ],
                vec![Some(Value::Text("=1+1".to_owned())), None],
            ],
        };
        let text = String::from_utf8(write_csv(&table)).unwrap();
        assert_eq!(text, "\u{feff}名称,总投资\n\"甲,乙\",1.50\n'=1+1,\n");
    }
}
