//! Calculation, comparison and the functions of the rule language on whole batches.

use std::cmp::Ordering;

use chrono::{Datelike, Days, NaiveDate};
use datafusion::arrow::array::{Array, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::arithmetic::{self, both};
use super::infer::quotient;
use super::select;
use super::shape::{Fixed, Shape, ten};
use super::text;
use super::vector::{Digits, Numbers, Vector, same_truth};
use crate::expression::{Arithmetic, Comparison, Function};
use crate::judge::calendar;

/// Days since 1970-01-01.
pub fn day_number(day: NaiveDate) -> i128 {
    i128::from((day - NaiveDate::default()).num_days())
}

/// The day of a number of days since 1970-01-01; `None` beyond the calendar.
pub fn day_of(number: i128) -> Option<NaiveDate> {
    let days = Days::new(u64::try_from(number.unsigned_abs()).ok()?);
    if number < 0 {
        NaiveDate::default().checked_sub_days(days)
    } else {
        NaiveDate::default().checked_add_days(days)
    }
}

/// Days, of which those beyond the calendar are not known.
pub fn within_calendar(vector: Vector, rows: usize) -> Vector {
    let Vector::Numbers(numbers) = vector else {
        return vector;
    };
    let calendar = day_number(NaiveDate::MIN)..=day_number(NaiveDate::MAX);
    let inside =
        BooleanBuffer::collect_bool(rows, |row| calendar.contains(&numbers.digits.at(row)));
    let nulls = if inside.count_set_bits() == rows {
        numbers.nulls
    } else {
        both(numbers.nulls.as_ref(), Some(&NullBuffer::new(inside)))
    };
    Vector::Numbers(Numbers {
        digits: numbers.digits,
        nulls,
    })
}

/// The opposite.
pub fn negate(vector: &Vector) -> Vector {
    let opposite = |numbers: &Numbers| Numbers {
        digits: arithmetic::negate(&numbers.digits),
        nulls: numbers.nulls.clone(),
    };
    match vector {
        Vector::Numbers(numbers) => Vector::Numbers(opposite(numbers)),
        Vector::Quotients { above, below } => Vector::Quotients {
            above: opposite(above),
            below: below.clone(),
        },
        _ => Vector::Null,
    }
}

/// A calculation; division by nought is not known.
pub fn calculate(
    operator: Arithmetic,
    left: (&Vector, Shape),
    right: (&Vector, Shape),
    into: Shape,
    rows: usize,
) -> Vector {
    match (left, right, into) {
        (
            (Vector::Numbers(a), Shape::Number(a_is)),
            (Vector::Numbers(b), Shape::Number(b_is)),
            Shape::Number(fixed),
        ) => {
            let digits = match operator {
                Arithmetic::Add => arithmetic::add(&a.digits, a_is, &b.digits, b_is, rows, fixed),
                Arithmetic::Subtract => {
                    arithmetic::subtract(&a.digits, a_is, &b.digits, b_is, rows, fixed)
                }
                Arithmetic::Multiply | Arithmetic::Divide => {
                    arithmetic::multiply(&a.digits, &b.digits, rows, fixed)
                }
            };
            Vector::Numbers(Numbers {
                digits,
                nulls: both(a.nulls.as_ref(), b.nulls.as_ref()),
            })
        }
        (_, _, Shape::Quotient(above_is, below_is)) => {
            quotients(operator, left, right, (above_is, below_is), rows)
        }
        _ => Vector::Null,
    }
}

fn quotients(
    operator: Arithmetic,
    left: (&Vector, Shape),
    right: (&Vector, Shape),
    (above_is, below_is): (Fixed, Fixed),
    rows: usize,
) -> Vector {
    let (Some((a, b)), Some((c, d))) = (select::parts(left.0), select::parts(right.0)) else {
        return Vector::Null;
    };
    let (Some((a_is, b_is)), Some((c_is, d_is))) = (quotient(left.1), quotient(right.1)) else {
        return Vector::Null;
    };
    let nulls = both(a.nulls.as_ref(), c.nulls.as_ref());
    let product = |x: &Digits, x_is: Fixed, y: &Digits, y_is: Fixed| {
        // Its own bound decides the width; `times` was checked when the plan was made.
        let into = x_is.times(y_is).unwrap_or(above_is);
        (arithmetic::multiply(x, y, rows, into), into)
    };
    let (above, below) = match operator {
        Arithmetic::Add | Arithmetic::Subtract => {
            let (ad, left_is) = product(&a.digits, a_is, &d, d_is);
            let (cb, right_is) = product(&c.digits, c_is, &b, b_is);
            let above = if operator == Arithmetic::Add {
                arithmetic::add(&ad, left_is, &cb, right_is, rows, above_is)
            } else {
                arithmetic::subtract(&ad, left_is, &cb, right_is, rows, above_is)
            };
            (above, product(&b, b_is, &d, d_is).0)
        }
        Arithmetic::Multiply => (
            product(&a.digits, a_is, &c.digits, c_is).0,
            product(&b, b_is, &d, d_is).0,
        ),
        Arithmetic::Divide => (
            product(&a.digits, a_is, &d, d_is).0,
            product(&b, b_is, &c.digits, c_is).0,
        ),
    };
    let _ = below_is;
    let (above, below) = arithmetic::without_nought(
        Numbers {
            digits: above,
            nulls,
        },
        below,
        rows,
    );
    Vector::Quotients { above, below }
}

/// A comparison. Quotients are compared by multiplying across: `a / b >= c / d` is `a d >= c b` where
/// `b d` is positive and the reverse where it is negative, so no digit is lost.
pub fn compare(
    operator: Comparison,
    left: (&Vector, Shape),
    right: (&Vector, Shape),
    rows: usize,
) -> BooleanArray {
    match (left, right) {
        ((Vector::Numbers(a), Shape::Number(a_is)), (Vector::Numbers(b), Shape::Number(b_is))) => {
            let Some(into) = a_is.union(b_is) else {
                return same_truth(None, rows);
            };
            let nulls = both(a.nulls.as_ref(), b.nulls.as_ref());
            let a = arithmetic::rescale(&a.digits, a_is.scale, into);
            let b = arithmetic::rescale(&b.digits, b_is.scale, into);
            arithmetic::compare(operator, &a, &b, rows, nulls)
        }
        ((Vector::Truth(a), _), (Vector::Truth(b), _)) => compare_truths(operator, a, b, rows),
        ((Vector::Text(_) | Vector::SameText(_), _), _)
        | (_, (Vector::Text(_) | Vector::SameText(_), _)) => {
            text::compare(operator, left.0, right.0, rows)
        }
        _ => compare_quotients(operator, left, right, rows),
    }
}

fn compare_quotients(
    operator: Comparison,
    left: (&Vector, Shape),
    right: (&Vector, Shape),
    rows: usize,
) -> BooleanArray {
    let (Some((a, b)), Some((c, d))) = (select::parts(left.0), select::parts(right.0)) else {
        return same_truth(None, rows);
    };
    let (Some((a_is, b_is)), Some((c_is, d_is))) = (quotient(left.1), quotient(right.1)) else {
        return same_truth(None, rows);
    };
    let (Some(left_is), Some(right_is)) = (a_is.times(d_is), c_is.times(b_is)) else {
        return same_truth(None, rows);
    };
    let Some(into) = left_is.union(right_is) else {
        return same_truth(None, rows);
    };
    let ad = arithmetic::multiply(&a.digits, &d, rows, left_is);
    let cb = arithmetic::multiply(&c.digits, &b, rows, right_is);
    let ad = arithmetic::rescale(&ad, left_is.scale, into);
    let cb = arithmetic::rescale(&cb, right_is.scale, into);
    let nulls = both(a.nulls.as_ref(), c.nulls.as_ref());
    let plain = arithmetic::compare(operator, &ad, &cb, rows, nulls.clone());
    let negative = BooleanBuffer::collect_bool(rows, |row| (b.at(row) < 0) != (d.at(row) < 0));
    if negative.count_set_bits() == 0 {
        return plain;
    }
    let swapped = arithmetic::compare(operator, &cb, &ad, rows, nulls.clone());
    let values = &(plain.values() & &!&negative) | &(swapped.values() & &negative);
    BooleanArray::new(values, nulls)
}

fn compare_truths(
    operator: Comparison,
    a: &BooleanArray,
    b: &BooleanArray,
    rows: usize,
) -> BooleanArray {
    let nulls = NullBuffer::union(a.nulls(), b.nulls());
    let values = BooleanBuffer::collect_bool(rows, |row| {
        arithmetic::holds(operator, a.values().value(row).cmp(&b.values().value(row)))
    });
    BooleanArray::new(values, nulls)
}

/// True where `wanted` conditions are true, false where fewer can be.
pub fn at_least(wanted: i128, conditions: &[BooleanArray], rows: usize) -> BooleanArray {
    let count = |row: usize, value: bool| {
        let is = |c: &&BooleanArray| c.is_valid(row) && c.values().value(row) == value;
        i128::try_from(conditions.iter().filter(is).count()).unwrap_or(i128::MAX)
    };
    let all = i128::try_from(conditions.len()).unwrap_or(i128::MAX);
    let truths = (0..rows).map(|row| {
        if count(row, true) >= wanted {
            Some(true)
        } else if all - count(row, false) < wanted {
            Some(false)
        } else {
            None
        }
    });
    truths.collect()
}

/// A function of numbers and dates.
pub fn call(
    function: Function,
    arguments: &[(&Vector, Shape)],
    into: Shape,
    as_of: NaiveDate,
    rows: usize,
) -> Vector {
    match function {
        Function::Abs => absolute(arguments[0].0),
        Function::Round { places } => round(arguments[0], places, rows),
        Function::Least => extreme(arguments, into, rows, Ordering::Less),
        Function::Greatest => extreme(arguments, into, rows, Ordering::Greater),
        Function::YearOf => of_day(arguments[0].0, rows, |day| Some(i128::from(day.year()))),
        Function::MonthOf => of_day(arguments[0].0, rows, |day| Some(i128::from(day.month()))),
        Function::YearsSince => of_day(arguments[0].0, rows, |day| {
            Some(i128::from(calendar::years_between(day, as_of)))
        }),
        Function::MonthsSince => of_day(arguments[0].0, rows, |day| {
            Some(i128::from(calendar::months_between(day, as_of)))
        }),
        Function::AddMonths => add_months(arguments, rows),
        Function::ToMoney { factor } => match (arguments[0], into) {
            ((Vector::Numbers(numbers), _), Shape::Number(fixed)) => {
                let factor = Digits::Same(i128::from(factor));
                Vector::Numbers(Numbers {
                    digits: arithmetic::multiply(&numbers.digits, &factor, rows, fixed),
                    nulls: numbers.nulls.clone(),
                })
            }
            _ => Vector::Null,
        },
        Function::AtLeast => Vector::Null,
    }
}

fn absolute(vector: &Vector) -> Vector {
    let Vector::Numbers(numbers) = vector else {
        return Vector::Null;
    };
    let digits = match &numbers.digits {
        Digits::Same(value) => Digits::Same(value.abs()),
        Digits::Narrow(values) => Digits::Narrow(values.iter().map(|v| v.wrapping_abs()).collect()),
        Digits::Wide(values) => Digits::Wide(values.iter().map(|v| v.wrapping_abs()).collect()),
    };
    Vector::Numbers(Numbers {
        digits,
        nulls: numbers.nulls.clone(),
    })
}

/// Rounds half away from zero, to at most as many decimals as the number has.
pub fn round(number: (&Vector, Shape), places: u32, rows: usize) -> Vector {
    match number {
        (Vector::Numbers(numbers), Shape::Number(fixed)) if fixed.scale > places => {
            Vector::Numbers(Numbers {
                digits: arithmetic::round(&numbers.digits, fixed.scale, places),
                nulls: numbers.nulls.clone(),
            })
        }
        (Vector::Numbers(numbers), Shape::Number(_)) => Vector::Numbers(numbers.clone()),
        (Vector::Quotients { above, below }, Shape::Quotient(above_is, below_is)) => {
            let up = ten(below_is.scale + places).and_then(|p| i128::try_from(p).ok());
            let down = ten(above_is.scale).and_then(|p| i128::try_from(p).ok());
            let (Some(up), Some(down)) = (up, down) else {
                return Vector::Null;
            };
            let valid = |row: usize| above.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            let values = (0..rows).map(|row| {
                if valid(row) {
                    arithmetic::divide_half_up(above.digits.at(row) * up, below.at(row) * down)
                } else {
                    0
                }
            });
            Vector::Numbers(Numbers {
                digits: Digits::Wide(values.collect()),
                nulls: above.nulls.clone(),
            })
        }
        _ => Vector::Null,
    }
}

/// Decimals of a number after [`round`].
pub fn scale_after_round(shape: Shape, places: u32) -> u32 {
    match shape {
        Shape::Number(fixed) => fixed.scale.min(places),
        _ => places,
    }
}

fn extreme(arguments: &[(&Vector, Shape)], into: Shape, rows: usize, wanted: Ordering) -> Vector {
    let Shape::Number(fixed) = into else {
        return Vector::Null;
    };
    let mut result: Option<Numbers> = None;
    for (vector, shape) in arguments {
        let Vector::Numbers(numbers) = select::fit(vector, *shape, into) else {
            return Vector::Null;
        };
        result = Some(match result {
            None => numbers,
            Some(so_far) => Numbers {
                digits: arithmetic::combine(
                    &so_far.digits,
                    &numbers.digits,
                    rows,
                    fixed,
                    |a, b| if a.cmp(&b) == wanted { a } else { b },
                    |a, b| if a.cmp(&b) == wanted { a } else { b },
                ),
                nulls: both(so_far.nulls.as_ref(), numbers.nulls.as_ref()),
            },
        });
    }
    result.map_or(Vector::Null, Vector::Numbers)
}

fn of_day(vector: &Vector, rows: usize, f: impl Fn(NaiveDate) -> Option<i128>) -> Vector {
    let Vector::Numbers(numbers) = vector else {
        return Vector::Null;
    };
    if let Digits::Same(day) = numbers.digits
        && numbers.nulls.is_none()
    {
        return match day_of(day).and_then(f) {
            Some(value) => Vector::Numbers(Numbers {
                digits: Digits::Same(value),
                nulls: None,
            }),
            None => Vector::Null,
        };
    }
    let valid = |row: usize| {
        numbers
            .nulls
            .as_ref()
            .is_none_or(|nulls| nulls.is_valid(row))
    };
    from_options(rows, |row| {
        valid(row)
            .then(|| day_of(numbers.digits.at(row)).and_then(&f))
            .flatten()
    })
}

fn add_months(arguments: &[(&Vector, Shape)], rows: usize) -> Vector {
    let (Vector::Numbers(days), Vector::Numbers(months)) = (arguments[0].0, arguments[1].0) else {
        return Vector::Null;
    };
    let unit = match arguments[1].1 {
        Shape::Number(fixed) => ten(fixed.scale).and_then(|p| i128::try_from(p).ok()),
        _ => None,
    };
    let nulls = both(days.nulls.as_ref(), months.nulls.as_ref());
    let valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    from_options(rows, |row| {
        let (unit, count) = (unit?, months.digits.at(row));
        if !valid(row) || count % unit != 0 {
            return None;
        }
        let months = i64::try_from(count / unit).ok()?;
        day_of(days.digits.at(row))
            .and_then(|day| calendar::add_months(day, months))
            .map(day_number)
    })
}

fn from_options(rows: usize, f: impl Fn(usize) -> Option<i128>) -> Vector {
    let mut values = Vec::with_capacity(rows);
    let mut known = Vec::with_capacity(rows);
    for row in 0..rows {
        let value = f(row).and_then(|value| i64::try_from(value).ok());
        known.push(value.is_some());
        values.push(value.unwrap_or(0));
    }
    let nulls = NullBuffer::from(known);
    Vector::Numbers(Numbers {
        digits: Digits::Narrow(values),
        nulls: (nulls.null_count() > 0).then_some(nulls),
    })
}
