//! Brings vectors to one form, and picks rows from several.

use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, StringBuilder};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::arithmetic;
use super::bits;
use super::functions;
use super::infer::quotient;
use super::range::Range;
use super::shape::{Shape, constant};
use super::text;
use super::vector::{Digits, Numbers, Vector, same_truth};
use crate::judge::Value;

/// A constant for all rows of a batch.
pub fn constant_vector(value: &Value, rows: usize) -> Vector {
    match value {
        Value::Boolean(value) => Vector::Truth(same_truth(Some(*value), rows)),
        Value::Date(day) => Vector::Numbers(Numbers {
            digits: Digits::Same(functions::day_number(*day)),
            nulls: None,
        }),
        Value::Text(text) => Vector::SameText(text.clone()),
        Value::Number(number) => match constant(number) {
            Some((digits, _, None)) => Vector::Numbers(Numbers {
                digits: Digits::Same(digits),
                nulls: None,
            }),
            Some((above, _, Some((below, _)))) => Vector::Quotients {
                above: Numbers {
                    digits: Digits::Same(above),
                    nulls: None,
                },
                below: Digits::Same(below),
            },
            None => Vector::Null,
        },
        Value::Null | Value::Absent | Value::Interval { .. } | Value::Rate { .. } => Vector::Null,
    }
}

/// The vector in the form `to`, which holds it.
pub fn fit(vector: &Vector, from: Shape, to: Shape) -> Vector {
    match (vector, from, to) {
        (Vector::Numbers(numbers), Shape::Number(is), Shape::Number(into)) => {
            Vector::Numbers(Numbers {
                digits: arithmetic::rescale(&numbers.digits, is.scale, into),
                nulls: numbers.nulls.clone(),
            })
        }
        (Vector::Numbers(_) | Vector::Quotients { .. }, _, Shape::Quotient(above, below)) => {
            let (Some((numbers, divisors)), Some((is_above, is_below))) =
                (parts(vector), quotient(from))
            else {
                return Vector::Null;
            };
            Vector::Quotients {
                above: Numbers {
                    digits: arithmetic::rescale(&numbers.digits, is_above.scale, above),
                    nulls: numbers.nulls,
                },
                below: arithmetic::rescale(&divisors, is_below.scale, below),
            }
        }
        _ => vector.clone(),
    }
}

/// Numerators and divisors of a number or a quotient.
pub fn parts(vector: &Vector) -> Option<(Numbers, Digits)> {
    match vector {
        Vector::Numbers(numbers) => Some((numbers.clone(), Digits::Same(1))),
        Vector::Quotients { above, below } => Some((above.clone(), below.clone())),
        _ => None,
    }
}

/// Row by row the value of the vector whose bit is set; not known where none is. At most one is.
pub fn pick(parts: &[(BooleanBuffer, Vector)], shape: Shape, rows: usize) -> Vector {
    match shape {
        Shape::Null => Vector::Null,
        Shape::Truth => pick_truth(parts, rows),
        Shape::Text => pick_text(parts, rows),
        Shape::Number(_) => Vector::Numbers(Numbers {
            digits: pick_digits(parts, rows, 0, |vector| match vector {
                Vector::Numbers(numbers) => Some(&numbers.digits),
                _ => None,
            }),
            nulls: known(parts, rows),
        }),
        Shape::Quotient(..) => Vector::Quotients {
            above: Numbers {
                digits: pick_digits(parts, rows, 0, |vector| match vector {
                    Vector::Quotients { above, .. } => Some(&above.digits),
                    _ => None,
                }),
                nulls: known(parts, rows),
            },
            below: pick_digits(parts, rows, 1, |vector| match vector {
                Vector::Quotients { below, .. } => Some(below),
                _ => None,
            }),
        },
    }
}

/// The rows that have a value: those whose vector has one.
fn known(parts: &[(BooleanBuffer, Vector)], rows: usize) -> Option<NullBuffer> {
    let mut known = BooleanBuffer::new_unset(rows);
    for (taken, vector) in parts {
        let has = match vector {
            Vector::Null => continue,
            Vector::Numbers(numbers) | Vector::Quotients { above: numbers, .. } => {
                numbers.nulls.as_ref().map(|nulls| taken & nulls.inner())
            }
            Vector::Truth(truth) => {
                use datafusion::arrow::array::Array;
                truth.nulls().map(|nulls| taken & nulls.inner())
            }
            Vector::Text(values) => values.logical_nulls().map(|nulls| taken & nulls.inner()),
            Vector::SameText(_) => None,
        };
        known = &known | &has.unwrap_or_else(|| taken.clone());
    }
    (known.count_set_bits() < rows).then(|| NullBuffer::new(known))
}

fn pick_digits(
    parts: &[(BooleanBuffer, Vector)],
    rows: usize,
    elsewhere: i64,
    digits: impl Fn(&Vector) -> Option<&Digits>,
) -> Digits {
    let ranges = parts.iter().filter_map(|(_, vector)| digits(vector));
    let range = ranges.fold(Range::of(elsewhere.into()), |range, digits| {
        range.union(digits.range())
    });
    if range.is_narrow() {
        let mut picked = vec![elsewhere; rows];
        for (taken, vector) in parts {
            match digits(vector) {
                Some(Digits::Narrow(values, _)) => {
                    take(&mut picked, taken, |row| values[row]);
                }
                Some(Digits::Same(value)) => {
                    let value = i64::try_from(*value).unwrap_or(elsewhere);
                    take(&mut picked, taken, |_| value);
                }
                _ => {}
            }
        }
        return Digits::Narrow(picked.into(), range);
    }
    let mut picked = vec![i128::from(elsewhere); rows];
    for (taken, vector) in parts {
        if let Some(digits) = digits(vector) {
            take(&mut picked, taken, |row| digits.at(row));
        }
    }
    Digits::Wide(picked.into(), range)
}

/// The digits with those of the rows whose bit is set taken from others.
pub fn replaced(digits: &Digits, with: &Digits, taken: &BooleanBuffer, rows: usize) -> Digits {
    let range = digits.range().union(with.range());
    let narrow = |digits: &Digits| match digits {
        Digits::Same(value) => i64::try_from(*value).ok().map(|value| vec![value; rows]),
        Digits::Narrow(values, _) => Some(values.to_vec()),
        Digits::Wide(..) => None,
    };
    if let (Some(mut picked), Digits::Narrow(values, _)) = (narrow(digits), with) {
        let words = bits::words(taken);
        for ((into, from), word) in picked.chunks_mut(64).zip(values.chunks(64)).zip(words) {
            if word == 0 {
                continue;
            }
            for (at, (into, from)) in into.iter_mut().zip(from).enumerate() {
                // All ones where the bit is set: no branch on what cannot be guessed.
                let mask = (word >> at & 1).cast_signed().wrapping_neg();
                *into ^= (*into ^ from) & mask;
            }
        }
        return Digits::Narrow(picked.into(), range);
    }
    let rows = (0..rows).map(|row| {
        if taken.value(row) {
            with.at(row)
        } else {
            digits.at(row)
        }
    });
    Digits::within(rows, range)
}

/// Puts the values of the rows whose bit is set in their places.
fn take<T>(into: &mut [T], taken: &BooleanBuffer, value: impl Fn(usize) -> T) {
    for row in taken.set_indices() {
        into[row] = value(row);
    }
}

fn pick_truth(parts: &[(BooleanBuffer, Vector)], rows: usize) -> Vector {
    let mut values = BooleanBuffer::new_unset(rows);
    for (taken, vector) in parts {
        if let Vector::Truth(truth) = vector {
            values = &values | &(taken & truth.values());
        }
    }
    Vector::Truth(BooleanArray::new(values, known(parts, rows)))
}

fn pick_text(parts: &[(BooleanBuffer, Vector)], rows: usize) -> Vector {
    if let [(taken, vector @ Vector::Text(_))] = parts
        && taken.count_set_bits() == rows
    {
        return vector.clone();
    }
    let mut builder = StringBuilder::new();
    for row in 0..rows {
        let found = parts.iter().find(|(taken, _)| taken.value(row));
        builder.append_option(found.and_then(|(_, vector)| text::of_vector(vector, row)));
    }
    Vector::Text(Arc::new(builder.finish()))
}
