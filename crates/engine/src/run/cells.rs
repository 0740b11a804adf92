//! What the cells of a column say, by the type of its variable and by Arrow's.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal64Type, Decimal128Type, Float64Type, Int64Type,
};

use super::arithmetic;
use super::bits;
use super::functions::{day_number, day_of};
use super::infer::{FACT_DECIMALS, NUMBER_MAX, WHOLE_MAX};
use super::range::Range;
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
            let values: Vec<i64> = days.values().iter().map(|day| i64::from(*day)).collect();
            plain(Vector::Numbers(Numbers {
                digits: Digits::narrow(values),
                nulls: days.nulls().cloned(),
            }))
        }
        (Type::Date, DataType::Date64 | DataType::Timestamp(..)) => {
            let days = cast(array, &DataType::Date32).ok()?;
            return read(variable, &days, absent);
        }
        (ty, kind) if ty.is_numeric() && kind.is_decimal() => decimal(ty, array)?,
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
        let said = bits::known(flags.values(), flags.nulls());
        // A value that is given stands.
        let known = match cells.column.valid(flags.len()) {
            Some(valid) => &said & &!valid.inner(),
            None => BooleanBuffer::new_unset(flags.len()),
        };
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

/// Whole numbers: of money they are units, so two decimals are put behind them.
fn whole_numbers(ty: Type, array: &ArrayRef) -> Cells {
    let whole = array.as_primitive::<Int64Type>();
    narrow(whole.values(), whole.nulls(), 0, scale_of(ty))
}

/// Decimals of any of Arrow's widths; `None` for what is no decimal.
fn decimal(ty: Type, array: &ArrayRef) -> Option<Cells> {
    let to = scale_of(ty);
    match array.data_type() {
        DataType::Decimal32(precision, scale) => {
            let wider = cast(array, &DataType::Decimal64(*precision, *scale)).ok()?;
            decimal(ty, &wider)
        }
        DataType::Decimal64(_, scale) => {
            let decimals = array.as_primitive::<Decimal64Type>();
            let from = i32::from(*scale);
            Some(narrow(decimals.values(), decimals.nulls(), from, to))
        }
        DataType::Decimal128(_, scale) => {
            let decimals = array.as_primitive::<Decimal128Type>();
            let from = i32::from(*scale);
            Some(wide(decimals.values(), decimals.nulls(), from, to))
        }
        _ => None,
    }
}

/// The largest number of a fact with so many decimals.
fn bound_at(scale: u32) -> i128 {
    match scale {
        2 => i128::from(domain::money::FEN_MAX),
        0 => i128::try_from(WHOLE_MAX).unwrap_or(i128::MAX),
        _ => i128::try_from(NUMBER_MAX).unwrap_or(i128::MAX),
    }
}

/// Numbers of 64 bits at scale `from` brought to scale `to`. Where the column's range shows that none is
/// too large, and none has more decimals, the column's own buffer is used.
fn narrow(values: &ScalarBuffer<i64>, nulls: Option<&NullBuffer>, from: i32, to: u32) -> Cells {
    let shift = i32::try_from(to).unwrap_or(0) - from;
    let power = (shift >= 0)
        .then(|| 10_i128.checked_pow(shift.unsigned_abs()))
        .flatten();
    let range = Range::of_narrow(values);
    if let Some(power) = power {
        let (scaled, bound) = (range.times(Range::of(power)), bound_at(to));
        if -bound <= scaled.low && scaled.high <= bound {
            let digits = arithmetic::times(&Digits::Narrow(values.clone(), range), power);
            let nulls = nulls.cloned();
            return plain(Vector::Numbers(Numbers { digits, nulls }));
        }
    }
    scaled(values.iter().map(|v| i128::from(*v)), nulls, from, to)
}

/// As [`narrow`], of 128 bits.
fn wide(values: &ScalarBuffer<i128>, nulls: Option<&NullBuffer>, from: i32, to: u32) -> Cells {
    // Bits in which a number's upper half is more than the sign of its lower half.
    #[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
    let beyond = values.iter().fold(0_i64, |beyond, value| {
        beyond | ((value >> 64) as i64 ^ (*value as i64 >> 63))
    });
    if beyond == 0 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the upper halves are signs"
        )]
        let values: Vec<i64> = values.iter().map(|value| *value as i64).collect();
        return narrow(&values.into(), nulls, from, to);
    }
    scaled(values.iter().copied(), nulls, from, to)
}

/// Numbers at scale `from` brought to scale `to` one by one; those with more decimals are refused, those
/// too large are noted.
fn scaled(
    values: impl Iterator<Item = i128>,
    nulls: Option<&NullBuffer>,
    from: i32,
    to: u32,
) -> Cells {
    let bound = bound_at(to);
    let shift = i32::try_from(to).unwrap_or(0) - from;
    let power = 10_i128
        .checked_pow(shift.unsigned_abs())
        .unwrap_or(i128::MAX);
    let mut refused = Vec::new();
    let mut beyond = Vec::new();
    let mut found = Vec::new();
    for (row, value) in values.enumerate() {
        if nulls.is_some_and(|nulls| nulls.is_null(row)) {
            found.push(0);
            continue;
        }
        let result = if shift >= 0 {
            value.checked_mul(power)
        } else if value % power == 0 {
            Some(value / power)
        } else {
            let why = match to {
                0 => BadValue::NotWhole,
                2 => BadValue::FinerThanHundredth,
                _ => BadValue::TooManyDecimals,
            };
            refused.push((row, plain_decimal(value, from), why));
            found.push(0);
            continue;
        };
        match result {
            Some(result) if result.abs() <= bound => found.push(result),
            _ if to == 2 => {
                refused.push((row, plain_decimal(value, from), BadValue::OutOfRange));
                found.push(0);
            }
            _ => {
                beyond.push((row, Value::Number(decimal_of(value, from))));
                found.push(0);
            }
        }
    }
    let nulls = if refused.is_empty() {
        nulls.cloned()
    } else {
        let mut known: Vec<bool> = (0..found.len())
            .map(|row| nulls.is_none_or(|nulls| nulls.is_valid(row)))
            .collect();
        for (row, ..) in &refused {
            known[*row] = false;
        }
        Some(NullBuffer::from(known))
    };
    let digits = Digits::of_wide(found);
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
    let interned = text::interned(array);
    if text::all(interned.as_ref(), is_tidy) {
        return plain(Vector::Text(interned));
    }
    let absent = BooleanBuffer::collect_bool(rows, |row| {
        text::value_at(array.as_ref(), row).is_some_and(|text| text.trim() == "none")
    });
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

/// Whether a text means itself: it has no blanks around it, and is neither empty nor `none`.
fn is_tidy(text: &str) -> bool {
    match text.as_bytes() {
        [] | b"none" => false,
        // Letters and digits of ASCII are no blanks; others need the slow look.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => true,
        _ => text.trim() == text,
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
            let digits = Digits::of_wide(wide);
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
    let digits = Digits::within(
        (0..rows).map(digit),
        numbers.digits.range().union(Range::of(0)),
    );
    // What is absent is known, and no number.
    let nulls = absent.as_ref().map(|absent| NullBuffer::new(!absent));
    Column {
        vector: Vector::Numbers(Numbers { digits, nulls }),
        absent,
    }
}
