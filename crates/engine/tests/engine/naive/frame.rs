//! Random rows as the tables that a user brings: typed columns or texts.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
};
use datafusion::arrow::record_batch::RecordBatch;
use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::judge::Row;
use super::language::{Kind, PERIODS, Period, V, VARIABLES};
use engine::number::format_exact;

/// The rows as a table; the identity of row k is `rk`.
pub fn table<'r>(
    rows: impl Iterator<Item = &'r Row>,
    as_of: NaiveDate,
    typed: bool,
) -> RecordBatch {
    let rows: Vec<&Row> = rows.collect();
    let ids: StringArray = (0..rows.len()).map(|at| Some(format!("r{at}"))).collect();
    let mut columns: Vec<(String, ArrayRef)> = vec![("subject_id".to_owned(), Arc::new(ids))];
    for (at, variable) in VARIABLES.iter().enumerate() {
        for back in 0..PERIODS {
            if back > 0 && variable.period == Period::None {
                continue;
            }
            let cells: Vec<&V> = rows.iter().map(|row| &row[at][back]).collect();
            let name = format!(
                "{}{}",
                variable.name,
                period(variable.period, back, as_of, at)
            );
            if !typed {
                let texts: StringArray = cells.iter().map(|cell| text(cell)).collect();
                columns.push((name, Arc::new(texts)));
                continue;
            }
            if variable.kind != Kind::Truth {
                let absent: BooleanArray =
                    cells.iter().map(|cell| Some(**cell == V::Absent)).collect();
                columns.push((format!("{name}.none"), Arc::new(absent)));
            }
            columns.push((name, column(variable.kind, &cells)));
        }
    }
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// The period behind a column's name; the current one of every other variable has none.
fn period(period: Period, back: usize, as_of: NaiveDate, at: usize) -> String {
    let back = i32::try_from(back).unwrap();
    match period {
        _ if back == 0 && at.is_multiple_of(2) => String::new(),
        Period::None => String::new(),
        Period::Year => format!("@{}", as_of.year() - back),
        Period::Month => {
            let month = as_of.year() * 12 + i32::try_from(as_of.month0()).unwrap() - back;
            format!("@{}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
        }
    }
}

fn text(cell: &V) -> Option<String> {
    Some(match cell {
        V::Null | V::Root(..) => return None,
        V::Absent => "none".to_owned(),
        V::Number(number) => format_exact(number),
        V::Truth(truth) => truth.to_string(),
        V::Day(day) => day.to_string(),
        V::Code(code) => (*code).to_owned(),
    })
}

/// A number at this scale as the digits of a decimal.
pub fn digits(number: &BigRational, places: u32) -> i128 {
    let scaled = number * BigRational::from_integer(num_bigint::BigInt::from(10).pow(places));
    assert!(
        scaled.is_integer(),
        "{number} has more than {places} decimals"
    );
    scaled
        .to_integer()
        .to_i128()
        .expect("numbers of rows are small")
}

fn column(kind: Kind, cells: &[&V]) -> ArrayRef {
    let number = |cell: &&V| match cell {
        V::Number(number) => Some(number.clone()),
        _ => None,
    };
    let decimals = |places: u32| -> ArrayRef {
        let values: Decimal128Array = cells
            .iter()
            .map(|cell| number(cell).map(|n| digits(&n, places)))
            .collect();
        let scale = i8::try_from(places).unwrap();
        Arc::new(values.with_precision_and_scale(38, scale).unwrap())
    };
    match kind {
        Kind::Money => decimals(2),
        Kind::Part => decimals(12),
        Kind::Integer => {
            let whole = |cell| number(cell).and_then(|n| n.to_integer().to_i64());
            Arc::new(cells.iter().map(whole).collect::<Int64Array>())
        }
        Kind::Truth => {
            let truth = |cell: &&V| match cell {
                V::Truth(truth) => Some(*truth),
                _ => None,
            };
            Arc::new(cells.iter().map(truth).collect::<BooleanArray>())
        }
        Kind::Date => {
            let days = |cell: &&V| match cell {
                V::Day(day) => i32::try_from((*day - NaiveDate::default()).num_days()).ok(),
                _ => None,
            };
            Arc::new(cells.iter().map(days).collect::<Date32Array>())
        }
        Kind::Code => {
            let code = |cell: &&V| match cell {
                V::Code(code) => Some(*code),
                _ => None,
            };
            Arc::new(cells.iter().map(code).collect::<StringArray>())
        }
    }
}
