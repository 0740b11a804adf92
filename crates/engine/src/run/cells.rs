//! What the cells of a column say, by the type of its variable and by Arrow's.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type};

use super::functions::{day_number, day_of};
use super::infer::{FACT_DECIMALS, NUMBER_MAX, WHOLE_MAX};
use super::shape::Shape;
use super::text;
use super::vector::{Column, Digits, Numbers, Vector, same_truth};
use crate::expression::Type;
use crate::judge::{BadValue, Exact, Given, Value, read_text};
use crate::rulebook::Variable;

/// A column that was read.
pub struct Cells {
    /// The values.
    pub column: Column,
    /// Cells that cannot be used: row, what was written, why.
    pub refused: Vec<(usize, String, BadValue)>,
    /// Rows whose number is larger than the vectors are made for, with that number; the value in the
    /// column is wrong there.
    pub beyond: Vec<(usize, Value)>,
}

/// Reads a column; `None` where Arrow's type cannot be read as the variable's.
pub fn read(variable: &Variable, array: &ArrayRef, absent: Option<&ArrayRef>) -> Option<Cells> {
    let mut cells = match (variable.ty, array.data_type()) {
        (_, DataType::Null) => Cells {
            column: Column::plain(unknown_of(variable.ty, array.len())),
            refused: Vec::new(),
            beyond: Vec::new(),
        },
        (Type::Boolean, DataType::Boolean) => plain(Vector::Truth(array.as_boolean().clone())),
        (Type::Date, DataType::Date32) => {
            let days = array.as_primitive::<Date32Type>();
            plain(numbers(
                days.values().iter().map(|day| i64::from(*day)),
                days.nulls(),
            ))
        }
        (Type::Date, DataType::Date64 | DataType::Timestamp(..)) => {
            let days = cast(array, &DataType::Date32).ok()?;
            return read(variable, &days, absent);
        }
        (Type::Money, DataType::Decimal128(_, scale)) => decimal(array, *scale, 2),
        (Type::Integer | Type::Days, DataType::Decimal128(_, scale)) => decimal(array, *scale, 0),
        (Type::Number | Type::Ratio, DataType::Decimal128(_, scale)) => {
            decimal(array, *scale, FACT_DECIMALS)
        }
        (ty, kind) if ty.is_numeric() && kind.is_integer() => {
            let whole = cast(array, &DataType::Int64).ok()?;
            whole_numbers(ty, &whole)
        }
        (ty, kind) if ty.is_numeric() && kind.is_floating() => {
            let floats = cast(array, &DataType::Float64).ok()?;
            let floats = floats.as_primitive::<Float64Type>();
            // The shortest decimal that means the same float is what was meant.
            read_texts(variable, array.len(), |row| {
                floats.is_valid(row).then(|| floats.value(row).to_string())
            })
        }
        (Type::Code | Type::Text, _) if is_text(array) && variable.values.is_empty() => {
            texts(array)
        }
        _ if is_text(array) => read_texts(variable, array.len(), |row| {
            text::value_at(array.as_ref(), row).map(str::to_owned)
        }),
        (Type::Code | Type::Text, _) => {
            let words = cast(array, &DataType::Utf8).ok()?;
            return read(variable, &words, absent);
        }
        _ => return None,
    };
    if let Some(absent) = absent {
        let flags = absent.as_boolean_opt()?;
        let known = BooleanBuffer::collect_bool(flags.len(), |row| {
            flags.is_valid(row) && flags.value(row) && !cells.column.has_value(row)
        });
        cells.column.absent = Some(match cells.column.absent.take() {
            Some(other) => &other | &known,
            None => known,
        });
    }
    Some(cells)
}

fn plain(vector: Vector) -> Cells {
    Cells {
        column: Column::plain(vector),
        refused: Vec::new(),
        beyond: Vec::new(),
    }
}

fn is_text(array: &ArrayRef) -> bool {
    match array.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => {
            matches!(
                **values,
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            )
        }
        _ => false,
    }
}

fn numbers(values: impl Iterator<Item = i64>, nulls: Option<&NullBuffer>) -> Vector {
    Vector::Numbers(Numbers {
        digits: Digits::Narrow(values.collect()),
        nulls: nulls.cloned(),
    })
}

/// Whole numbers: of money they are units, so two decimals are put behind them.
fn whole_numbers(ty: Type, array: &ArrayRef) -> Cells {
    let whole = array.as_primitive::<Int64Type>();
    let scale = match ty {
        Type::Money => 2,
        Type::Number | Type::Ratio => FACT_DECIMALS,
        _ => 0,
    };
    scaled(
        whole.values().iter().map(|v| i128::from(*v)),
        whole.nulls(),
        0,
        scale,
    )
}

fn decimal(array: &ArrayRef, from: i8, to: u32) -> Cells {
    let decimals = array.as_primitive::<Decimal128Type>();
    scaled(
        decimals.values().iter().copied(),
        decimals.nulls(),
        i32::from(from),
        to,
    )
}

/// Numbers at scale `from` brought to scale `to`; those with more decimals are refused, those too large
/// are noted.
fn scaled(
    values: impl Iterator<Item = i128>,
    nulls: Option<&NullBuffer>,
    from: i32,
    to: u32,
) -> Cells {
    let bound: i128 = match to {
        2 => i128::from(domain::money::FEN_MAX),
        0 => i128::try_from(WHOLE_MAX).unwrap_or(i128::MAX),
        _ => i128::try_from(NUMBER_MAX).unwrap_or(i128::MAX),
    };
    let shift = i32::try_from(to).unwrap_or(0) - from;
    let power = 10_i128
        .checked_pow(shift.unsigned_abs())
        .unwrap_or(i128::MAX);
    let mut refused = Vec::new();
    let mut beyond = Vec::new();
    let mut wide = Vec::new();
    let mut valid: Option<Vec<bool>> = None;
    for (row, value) in values.enumerate() {
        if nulls.is_some_and(|nulls| nulls.is_null(row)) {
            wide.push(0);
            continue;
        }
        let result = if shift >= 0 {
            value.checked_mul(power)
        } else if value % power == 0 {
            Some(value / power)
        } else {
            let text = plain_decimal(value, from);
            let why = match to {
                0 => BadValue::NotWhole,
                2 => BadValue::FinerThanHundredth,
                _ => BadValue::TooManyDecimals,
            };
            refused.push((row, text, why));
            wide.push(0);
            continue;
        };
        match result {
            Some(result) if result.abs() <= bound => wide.push(result),
            _ if to == 2 => {
                refused.push((row, plain_decimal(value, from), BadValue::OutOfRange));
                wide.push(0);
            }
            _ => {
                beyond.push((row, Value::Number(decimal_of(value, from))));
                wide.push(0);
            }
        }
    }
    if !refused.is_empty() {
        let mut flags: Vec<bool> = (0..wide.len())
            .map(|row| nulls.is_none_or(|nulls| nulls.is_valid(row)))
            .collect();
        for (row, ..) in &refused {
            flags[*row] = false;
        }
        valid = Some(flags);
    }
    let nulls = valid.map(NullBuffer::from).or_else(|| nulls.cloned());
    let digits = if to == FACT_DECIMALS {
        Digits::Wide(wide)
    } else {
        Digits::Narrow(
            wide.into_iter()
                .map(|v| i64::try_from(v).unwrap_or(0))
                .collect(),
        )
    };
    Cells {
        column: Column::plain(Vector::Numbers(Numbers { digits, nulls })),
        refused,
        beyond,
    }
}

fn plain_decimal(value: i128, scale: i32) -> String {
    decimal_of(value, scale).to_text()
}

fn decimal_of(value: i128, scale: i32) -> Exact {
    let number = Exact::from_integer(value);
    let power = Exact::from_integer(10).pow(scale.unsigned_abs());
    if scale >= 0 {
        &number / &power
    } else {
        &number * &power
    }
}

/// Words as they stand; `none` is known to be absent.
fn texts(array: &ArrayRef) -> Cells {
    let rows = array.len();
    let is = |row: usize, wanted: fn(&str) -> bool| {
        text::value_at(array.as_ref(), row).is_some_and(wanted)
    };
    let absent = BooleanBuffer::collect_bool(rows, |row| is(row, |text| text.trim() == "none"));
    let untidy = (0..rows).any(|row| is(row, |text| text.trim() != text || text.is_empty()));
    if absent.count_set_bits() == 0 && !untidy {
        return plain(Vector::Text(Arc::clone(array)));
    }
    let mut builder = StringBuilder::new();
    for row in 0..rows {
        let text = text::value_at(array.as_ref(), row).map(str::trim);
        builder.append_option(text.filter(|text| !text.is_empty() && *text != "none"));
    }
    Cells {
        column: Column {
            vector: Vector::Text(Arc::new(builder.finish())),
            absent: (absent.count_set_bits() > 0).then_some(absent),
        },
        refused: Vec::new(),
        beyond: Vec::new(),
    }
}

/// Cells of text read one by one, by the variable's type.
fn read_texts(variable: &Variable, rows: usize, cell: impl Fn(usize) -> Option<String>) -> Cells {
    let mut given = Vec::with_capacity(rows);
    let mut refused = Vec::new();
    for row in 0..rows {
        let Some(text) = cell(row) else {
            given.push(None);
            continue;
        };
        match read_text(variable, &text) {
            Some(Given::Known(value)) => given.push(Some(value)),
            Some(Given::Bad { text, why }) => {
                refused.push((row, text, why));
                given.push(None);
            }
            None => given.push(None),
        }
    }
    let (column, beyond) = column_of(variable.ty, &given);
    Cells {
        column,
        refused,
        beyond,
    }
}

fn column_of(ty: Type, given: &[Option<Value>]) -> (Column, Vec<(usize, Value)>) {
    let rows = given.len();
    let absent = BooleanBuffer::collect_bool(rows, |row| given[row] == Some(Value::Absent));
    let absent = (absent.count_set_bits() > 0).then_some(absent);
    let mut beyond = Vec::new();
    let vector = match ty {
        Type::Boolean => Vector::Truth(
            given
                .iter()
                .map(|value| value.as_ref().and_then(Value::truth))
                .collect(),
        ),
        Type::Code | Type::Text | Type::Null => {
            let mut builder = StringBuilder::new();
            for value in given {
                builder.append_option(match value {
                    Some(Value::Text(text)) => Some(text),
                    _ => None,
                });
            }
            Vector::Text(Arc::new(builder.finish()))
        }
        _ => {
            let scale = scale_of(ty);
            let mut wide = Vec::with_capacity(rows);
            let mut known = Vec::with_capacity(rows);
            for (row, value) in given.iter().enumerate() {
                let digits = match value {
                    Some(Value::Number(number)) => {
                        let scaled = number * &Exact::from_integer(10_i128.pow(scale));
                        let bound = bound_of(ty);
                        let fits = scaled.to_integer().filter(|v| v.unsigned_abs() <= bound);
                        if fits.is_none() {
                            beyond.push((row, Value::Number(number.clone())));
                        }
                        Some(fits.unwrap_or(0))
                    }
                    Some(Value::Date(day)) => Some(day_number(*day)),
                    _ => None,
                };
                known.push(digits.is_some());
                wide.push(digits.unwrap_or(0));
            }
            let nulls = NullBuffer::from(known);
            let nulls = (nulls.null_count() > 0).then_some(nulls);
            let digits = if scale == FACT_DECIMALS {
                Digits::Wide(wide)
            } else {
                Digits::Narrow(
                    wide.into_iter()
                        .map(|v| i64::try_from(v).unwrap_or(0))
                        .collect(),
                )
            };
            Vector::Numbers(Numbers { digits, nulls })
        }
    };
    (Column { vector, absent }, beyond)
}

fn scale_of(ty: Type) -> u32 {
    match ty {
        Type::Money => 2,
        Type::Number | Type::Ratio => FACT_DECIMALS,
        _ => 0,
    }
}

fn bound_of(ty: Type) -> u128 {
    match ty {
        Type::Money => domain::money::FEN_MAX.unsigned_abs().into(),
        Type::Number | Type::Ratio => NUMBER_MAX,
        _ => WHOLE_MAX,
    }
}

/// The value of a row that has one, of a column of facts of this type.
pub fn value_at(ty: Type, vector: &Vector, row: usize) -> Value {
    match vector {
        Vector::Truth(truth) => Value::Boolean(truth.value(row)),
        Vector::Numbers(numbers) if ty == Type::Date => {
            day_of(numbers.digits.at(row)).map_or(Value::Null, Value::Date)
        }
        Vector::Numbers(numbers) => {
            let digits = Exact::from_integer(numbers.digits.at(row));
            Value::Number(&digits / &Exact::from_integer(10_i128.pow(scale_of(ty))))
        }
        Vector::Text(_) | Vector::SameText(_) => {
            text::of_vector(vector, row).map_or(Value::Null, |text| Value::Text(text.to_owned()))
        }
        Vector::Quotients { .. } | Vector::Null => Value::Null,
    }
}

/// A column of which nothing is known, in the form of its shape.
pub fn unknown(shape: Shape, rows: usize) -> Vector {
    let nothing = || Some(NullBuffer::new_null(rows));
    match shape {
        Shape::Truth => Vector::Truth(same_truth(None, rows)),
        Shape::Number(_) => Vector::Numbers(Numbers {
            digits: Digits::Same(0),
            nulls: nothing(),
        }),
        Shape::Quotient(..) => Vector::Quotients {
            above: Numbers {
                digits: Digits::Same(0),
                nulls: nothing(),
            },
            below: Digits::Same(1),
        },
        Shape::Text | Shape::Null => Vector::Null,
    }
}

fn unknown_of(ty: Type, rows: usize) -> Vector {
    super::infer::fact_shape(ty).map_or(Vector::Null, |shape| unknown(shape, rows))
}

/// A filed form's empty cell is nought: rows that say nothing become 0.
pub fn nought_for_blank(column: Column, rows: usize) -> Column {
    let Vector::Numbers(numbers) = &column.vector else {
        return column;
    };
    let Some(nulls) = &numbers.nulls else {
        return column;
    };
    let absent = column.absent.clone();
    let digit = |row: usize| {
        if nulls.is_valid(row) {
            numbers.digits.at(row)
        } else {
            0
        }
    };
    let digits = match &numbers.digits {
        Digits::Wide(_) => Digits::Wide((0..rows).map(digit).collect()),
        _ => Digits::Narrow(
            (0..rows)
                .map(|row| i64::try_from(digit(row)).unwrap_or(0))
                .collect(),
        ),
    };
    // What is absent is known, and no number.
    let nulls = absent.as_ref().map(|absent| NullBuffer::new(!absent));
    Column {
        vector: Vector::Numbers(Numbers { digits, nulls }),
        absent,
    }
}
