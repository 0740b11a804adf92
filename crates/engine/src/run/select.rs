//! Brings vectors to one form, and picks rows from several.

use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, StringBuilder};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::arithmetic;
use super::infer::quotient;
use super::shape::{Fixed, Shape};
use super::text;
use super::vector::{Digits, Numbers, Vector};

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
        Shape::Number(into) => Vector::Numbers(Numbers {
            digits: pick_digits(parts, into, rows, 0, |vector| match vector {
                Vector::Numbers(numbers) => Some(&numbers.digits),
                _ => None,
            }),
            nulls: known(parts, rows),
        }),
        Shape::Quotient(above, below) => Vector::Quotients {
            above: Numbers {
                digits: pick_digits(parts, above, rows, 0, |vector| match vector {
                    Vector::Quotients { above, .. } => Some(&above.digits),
                    _ => None,
                }),
                nulls: known(parts, rows),
            },
            below: pick_digits(parts, below, rows, 1, |vector| match vector {
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
    into: Fixed,
    rows: usize,
    elsewhere: i64,
    digits: impl Fn(&Vector) -> Option<&Digits>,
) -> Digits {
    let fits = |digits: &Digits| match digits {
        Digits::Wide(_) => false,
        Digits::Narrow(_) => true,
        Digits::Same(value) => i64::try_from(*value).is_ok(),
    };
    let narrow = into.is_narrow()
        && parts
            .iter()
            .all(|(_, vector)| digits(vector).is_none_or(&fits));
    if narrow {
        let mut picked = vec![elsewhere; rows];
        for (taken, vector) in parts {
            match digits(vector) {
                Some(Digits::Narrow(values)) => {
                    for row in taken.set_indices() {
                        picked[row] = values[row];
                    }
                }
                Some(Digits::Same(value)) => {
                    let value = i64::try_from(*value).unwrap_or(elsewhere);
                    for row in taken.set_indices() {
                        picked[row] = value;
                    }
                }
                _ => {}
            }
        }
        return Digits::Narrow(picked);
    }
    let mut picked = vec![i128::from(elsewhere); rows];
    for (taken, vector) in parts {
        if let Some(digits) = digits(vector) {
            for row in taken.set_indices() {
                picked[row] = digits.at(row);
            }
        }
    }
    Digits::Wide(picked)
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
