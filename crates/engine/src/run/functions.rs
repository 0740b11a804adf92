//! Calculation, comparison and the functions of the rule language on whole batches.

use std::cmp::Ordering;

use chrono::{Datelike, Days, NaiveDate};
use datafusion::arrow::array::{Array, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::arithmetic::{self, both};
use super::infer::quotient;
use super::range::Range;
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
    let range = numbers.digits.range();
    if calendar.contains(&range.low) && calendar.contains(&range.high) {
        return Vector::Numbers(numbers);
    }
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
                    arithmetic::multiply(&a.digits, &b.digits, rows)
                }
            };
            Vector::Numbers(Numbers {
                digits,
                nulls: both(a.nulls.as_ref(), b.nulls.as_ref()),
            })
        }
        (_, _, Shape::Quotient(above_is, _)) => quotients(operator, left, right, above_is, rows),
        _ => Vector::Null,
    }
}

fn quotients(
    operator: Arithmetic,
    left: (&Vector, Shape),
    right: (&Vector, Shape),
    above_is: Fixed,
    rows: usize,
) -> Vector {
    let (Some((a, b)), Some((c, d))) = (select::parts(left.0), select::parts(right.0)) else {
        return Vector::Null;
    };
    let (Some((a_is, b_is)), Some((c_is, d_is))) = (quotient(left.1), quotient(right.1)) else {
        return Vector::Null;
    };
    let nulls = both(a.nulls.as_ref(), c.nulls.as_ref());
    let product = |x: &Digits, y: &Digits| arithmetic::multiply(x, y, rows);
    let (digits, below) = match operator {
        Arithmetic::Add | Arithmetic::Subtract => {
            let (Some(left_is), Some(right_is)) = (a_is.times(d_is), c_is.times(b_is)) else {
                return Vector::Null;
            };
            let (ad, cb) = (product(&a.digits, &d), product(&c.digits, &b));
            let above = if operator == Arithmetic::Add {
                arithmetic::add(&ad, left_is, &cb, right_is, rows, above_is)
            } else {
                arithmetic::subtract(&ad, left_is, &cb, right_is, rows, above_is)
            };
            (above, product(&b, &d))
        }
        Arithmetic::Multiply => (product(&a.digits, &c.digits), product(&b, &d)),
        Arithmetic::Divide => (product(&a.digits, &d), product(&b, &c.digits)),
    };
    let above = arithmetic::known_quotients(Numbers { digits, nulls }, &below, rows);
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
            let a_side = (&a.digits, arithmetic::power(into.scale - a_is.scale));
            let b_side = (&b.digits, arithmetic::power(into.scale - b_is.scale));
            let bits = arithmetic::compare(operator, a_side, b_side, rows);
            BooleanArray::new(bits, both(a.nulls.as_ref(), b.nulls.as_ref()))
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
    let (ad, cb) = (
        Product::of(&a.digits, &d, rows),
        Product::of(&c.digits, &b, rows),
    );
    let left_side = ad.scaled(arithmetic::power(into.scale - left_is.scale));
    let right_side = cb.scaled(arithmetic::power(into.scale - right_is.scale));
    let nulls = both(a.nulls.as_ref(), c.nulls.as_ref());
    let plain = arithmetic::compare(operator, left_side, right_side, rows);
    if !b.range().has_negative() && !d.range().has_negative() {
        return BooleanArray::new(plain, nulls);
    }
    let below_nought = |digits: &Digits| {
        arithmetic::compare(Comparison::Less, (digits, 1), (&Digits::Same(0), 1), rows)
    };
    let negative = &below_nought(&b) ^ &below_nought(&d);
    if negative.count_set_bits() == 0 {
        return BooleanArray::new(plain, nulls);
    }
    let swapped = arithmetic::compare(operator, right_side, left_side, rows);
    let values = &(&plain & &!&negative) | &(&swapped & &negative);
    BooleanArray::new(values, nulls)
}

/// A product of which a positive constant is kept apart, so that it is multiplied where it is compared.
struct Product {
    digits: Digits,
    factor: i128,
}

impl Product {
    fn of(a: &Digits, b: &Digits, rows: usize) -> Self {
        match (a, b) {
            (other, Digits::Same(factor)) | (Digits::Same(factor), other) if *factor > 0 => Self {
                digits: other.clone(),
                factor: *factor,
            },
            _ => Self {
                digits: arithmetic::multiply(a, b, rows),
                factor: 1,
            },
        }
    }

    fn scaled(&self, by: i128) -> arithmetic::Scaled<'_> {
        (&self.digits, self.factor.wrapping_mul(by))
    }
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
        Function::Abs => absolute(arguments[0].0, rows),
        Function::Round { places } => round(arguments[0], places, rows, None),
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
            ((Vector::Numbers(numbers), _), Shape::Number(_)) => {
                let factor = Digits::Same(i128::from(factor));
                Vector::Numbers(Numbers {
                    digits: arithmetic::multiply(&numbers.digits, &factor, rows),
                    nulls: numbers.nulls.clone(),
                })
            }
            _ => Vector::Null,
        },
        Function::AtLeast => Vector::Null,
    }
}

fn absolute(vector: &Vector, rows: usize) -> Vector {
    let Vector::Numbers(numbers) = vector else {
        return Vector::Null;
    };
    let range = numbers.digits.range();
    let digits = match &numbers.digits {
        digits if !range.has_negative() => digits.clone(),
        Digits::Same(value) => Digits::Same(value.abs()),
        Digits::Narrow(values, _) if range.negated().is_narrow() => {
            let values: Vec<i64> = values.iter().map(|value| value.wrapping_abs()).collect();
            Digits::narrow(values)
        }
        digits => Digits::of_wide(digits.iter(rows).map(i128::wrapping_abs).collect()),
    };
    Vector::Numbers(Numbers {
        digits,
        nulls: numbers.nulls.clone(),
    })
}

/// Rounds half away from zero, to at most as many decimals as the number has; where `only` names rows, the
/// numbers of others mean nothing.
pub fn round(
    number: (&Vector, Shape),
    places: u32,
    rows: usize,
    only: Option<&BooleanBuffer>,
) -> Vector {
    match number {
        (Vector::Numbers(numbers), Shape::Number(fixed)) if fixed.scale > places => {
            Vector::Numbers(Numbers {
                digits: arithmetic::round(&numbers.digits, fixed.scale, places, only),
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
            // Both are powers of ten: what they have in common falls away.
            let common = up.min(down);
            Vector::Numbers(Numbers {
                digits: divided(above, (below, down / common), up / common, rows),
                nulls: above.nulls.clone(),
            })
        }
        _ => Vector::Null,
    }
}

/// Numerators times `up` by divisors times `down`, rounded half away from zero; 0 where not known.
fn divided(above: &Numbers, (below, down): (&Digits, i128), up: i128, rows: usize) -> Digits {
    let valid = |row: usize| above.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
    let fits = |digits: &Digits, factor: i128| {
        let range = digits.range().times(Range::of(factor));
        range.is_narrow() && range.negated().is_narrow()
    };
    if let (Digits::Narrow(a, _), Digits::Narrow(b, _)) = (&above.digits, below)
        && let (Ok(up_by), Ok(down_by)) = (i64::try_from(up), i64::try_from(down))
        && fits(&above.digits, up)
        && fits(below, down)
    {
        let quotients = a.iter().zip(b).enumerate().map(|(row, (a, b))| {
            if !valid(row) {
                return 0;
            }
            let (a, b) = (a.wrapping_mul(up_by), b.wrapping_mul(down_by));
            let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
            arithmetic::narrow_half_up(a, b)
        });
        return Digits::narrow(quotients.collect::<Vec<i64>>());
    }
    let quotients = (0..rows).map(|row| {
        if valid(row) {
            arithmetic::divide_half_up(above.digits.at(row) * up, below.at(row) * down)
        } else {
            0
        }
    });
    Digits::of_wide(quotients.collect())
}

/// Decimals of a number after [`round`].
pub fn scale_after_round(shape: Shape, places: u32) -> u32 {
    match shape {
        Shape::Number(fixed) => fixed.scale.min(places),
        _ => places,
    }
}

fn extreme(arguments: &[(&Vector, Shape)], into: Shape, rows: usize, wanted: Ordering) -> Vector {
    if !matches!(into, Shape::Number(_)) {
        return Vector::Null;
    }
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
                    so_far.digits.range().union(numbers.digits.range()),
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
        digits: Digits::narrow(values),
        nulls: (nulls.null_count() > 0).then_some(nulls),
    })
}
