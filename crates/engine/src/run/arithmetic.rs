//! Exact arithmetic on whole batches. Bounds were checked when the plan was made, so nothing wraps.

use std::cmp::Ordering;

use datafusion::arrow::array::BooleanArray;
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::shape::{Fixed, ten};
use super::vector::{Digits, Numbers};
use crate::expression::Comparison;

/// Applies `f` to each pair of digits; the result is narrow where its bound says so.
pub fn combine(
    left: &Digits,
    right: &Digits,
    rows: usize,
    into: Fixed,
    narrow: impl Fn(i64, i64) -> i64,
    wide: impl Fn(i128, i128) -> i128,
) -> Digits {
    if let (Digits::Same(a), Digits::Same(b)) = (left, right) {
        return Digits::Same(wide(*a, *b));
    }
    if into.is_narrow() {
        // What both operands hold fits as well: each is bounded by the result or is a constant.
        match (left, right) {
            (Digits::Narrow(a), Digits::Narrow(b)) => {
                return Digits::Narrow(a.iter().zip(b).map(|(a, b)| narrow(*a, *b)).collect());
            }
            (Digits::Narrow(a), Digits::Same(b)) => {
                if let Ok(b) = i64::try_from(*b) {
                    return Digits::Narrow(a.iter().map(|a| narrow(*a, b)).collect());
                }
            }
            (Digits::Same(a), Digits::Narrow(b)) => {
                if let Ok(a) = i64::try_from(*a) {
                    return Digits::Narrow(b.iter().map(|b| narrow(a, *b)).collect());
                }
            }
            _ => {}
        }
    }
    // Digits of rows that are not known may be anything within the bound of their own column.
    Digits::Wide(
        (0..rows)
            .map(|row| wide(left.at(row), right.at(row)))
            .collect(),
    )
}

/// The digits at a larger scale.
pub fn rescale(digits: &Digits, from: u32, to: Fixed) -> Digits {
    if from == to.scale {
        return digits.clone();
    }
    let factor = ten(to.scale - from).and_then(|f| i128::try_from(f).ok());
    let factor = factor.expect("the plan checked that the scaled numbers fit");
    match digits {
        Digits::Same(value) => Digits::Same(value * factor),
        Digits::Narrow(values) => match i64::try_from(factor) {
            Ok(factor) if to.is_narrow() => Digits::Narrow(
                values
                    .iter()
                    .map(|value| value.wrapping_mul(factor))
                    .collect(),
            ),
            _ => Digits::Wide(
                values
                    .iter()
                    .map(|value| i128::from(*value) * factor)
                    .collect(),
            ),
        },
        Digits::Wide(values) => Digits::Wide(
            values
                .iter()
                .map(|value| value.wrapping_mul(factor))
                .collect(),
        ),
    }
}

/// Sum; the scales are made equal first.
pub fn add(a: &Digits, a_is: Fixed, b: &Digits, b_is: Fixed, rows: usize, into: Fixed) -> Digits {
    let (a, b) = (rescale(a, a_is.scale, into), rescale(b, b_is.scale, into));
    combine(&a, &b, rows, into, i64::wrapping_add, i128::wrapping_add)
}

/// Difference.
pub fn subtract(
    a: &Digits,
    a_is: Fixed,
    b: &Digits,
    b_is: Fixed,
    rows: usize,
    into: Fixed,
) -> Digits {
    let (a, b) = (rescale(a, a_is.scale, into), rescale(b, b_is.scale, into));
    combine(&a, &b, rows, into, i64::wrapping_sub, i128::wrapping_sub)
}

/// Product.
pub fn multiply(a: &Digits, b: &Digits, rows: usize, into: Fixed) -> Digits {
    combine(a, b, rows, into, i64::wrapping_mul, i128::wrapping_mul)
}

/// The opposite.
pub fn negate(digits: &Digits) -> Digits {
    match digits {
        Digits::Same(value) => Digits::Same(-value),
        Digits::Narrow(values) => Digits::Narrow(values.iter().map(|v| v.wrapping_neg()).collect()),
        Digits::Wide(values) => Digits::Wide(values.iter().map(|v| v.wrapping_neg()).collect()),
    }
}

/// Rounds half away from zero to fewer decimals.
pub fn round(digits: &Digits, from: u32, places: u32) -> Digits {
    let power = ten(from - places).and_then(|p| i128::try_from(p).ok());
    let power = power.expect("a scale of at most 36 decimals");
    let one = |value: i128| divide_half_up(value, power);
    match digits {
        Digits::Same(value) => Digits::Same(one(*value)),
        Digits::Narrow(values) => match i64::try_from(power) {
            Ok(power) => Digits::Narrow(
                values
                    .iter()
                    .map(|value| narrow_half_up(*value, power))
                    .collect(),
            ),
            // The divisor is beyond any of the values, at least ten times so.
            Err(_) => Digits::Same(0),
        },
        Digits::Wide(values) => Digits::Wide(values.iter().map(|value| one(*value)).collect()),
    }
}

fn narrow_half_up(value: i64, divisor: i64) -> i64 {
    let whole = value / divisor;
    let rest = (value % divisor).unsigned_abs();
    let divisor = divisor.unsigned_abs();
    if rest >= divisor - rest {
        whole + value.signum()
    } else {
        whole
    }
}

/// The quotient, half away from zero; `divisor` is not nought.
pub fn divide_half_up(value: i128, divisor: i128) -> i128 {
    let whole = value / divisor;
    let rest = (value % divisor).unsigned_abs();
    let size = divisor.unsigned_abs();
    if rest >= size - rest {
        whole + value.signum() * divisor.signum()
    } else {
        whole
    }
}

/// Whether `a` and `b` compare so, row by row.
pub fn compare(
    operator: Comparison,
    a: &Digits,
    b: &Digits,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> BooleanArray {
    let bits = match (a, b) {
        (Digits::Narrow(a), Digits::Narrow(b)) => bits(rows, operator, |row| a[row].cmp(&b[row])),
        (Digits::Narrow(a), Digits::Same(b)) => match i64::try_from(*b) {
            Ok(b) => narrow_with_constant(rows, operator, a, b),
            Err(_) => bits(rows, operator, |row| i128::from(a[row]).cmp(b)),
        },
        (Digits::Wide(a), Digits::Wide(b)) => bits(rows, operator, |row| a[row].cmp(&b[row])),
        (Digits::Wide(a), Digits::Same(b)) => bits(rows, operator, |row| a[row].cmp(b)),
        _ => bits(rows, operator, |row| a.at(row).cmp(&b.at(row))),
    };
    BooleanArray::new(bits, nulls)
}

fn narrow_with_constant(rows: usize, operator: Comparison, a: &[i64], b: i64) -> BooleanBuffer {
    match operator {
        Comparison::Equal => BooleanBuffer::collect_bool(rows, |row| a[row] == b),
        Comparison::NotEqual => BooleanBuffer::collect_bool(rows, |row| a[row] != b),
        Comparison::Less => BooleanBuffer::collect_bool(rows, |row| a[row] < b),
        Comparison::LessOrEqual => BooleanBuffer::collect_bool(rows, |row| a[row] <= b),
        Comparison::Greater => BooleanBuffer::collect_bool(rows, |row| a[row] > b),
        Comparison::GreaterOrEqual => BooleanBuffer::collect_bool(rows, |row| a[row] >= b),
    }
}

fn bits(rows: usize, operator: Comparison, order: impl Fn(usize) -> Ordering) -> BooleanBuffer {
    match operator {
        Comparison::Equal => BooleanBuffer::collect_bool(rows, |row| order(row).is_eq()),
        Comparison::NotEqual => BooleanBuffer::collect_bool(rows, |row| order(row).is_ne()),
        Comparison::Less => BooleanBuffer::collect_bool(rows, |row| order(row).is_lt()),
        Comparison::LessOrEqual => BooleanBuffer::collect_bool(rows, |row| order(row).is_le()),
        Comparison::Greater => BooleanBuffer::collect_bool(rows, |row| order(row).is_gt()),
        Comparison::GreaterOrEqual => BooleanBuffer::collect_bool(rows, |row| order(row).is_ge()),
    }
}

/// Whether a comparison holds for two numbers in this order.
pub fn holds(operator: Comparison, order: Ordering) -> bool {
    match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

/// The rows of both that are known.
pub fn both(a: Option<&NullBuffer>, b: Option<&NullBuffer>) -> Option<NullBuffer> {
    NullBuffer::union(a, b)
}

/// Makes the divisors never nought: rows where one is become unknown and their divisor one.
pub fn without_nought(mut above: Numbers, below: Digits, rows: usize) -> (Numbers, Digits) {
    let is_nought = |row: usize| below.at(row) == 0;
    let any = match &below {
        Digits::Same(value) => *value == 0,
        Digits::Narrow(values) => values.contains(&0),
        Digits::Wide(values) => values.contains(&0),
    };
    if !any {
        return (above, below);
    }
    let valid = NullBuffer::new(BooleanBuffer::collect_bool(rows, |row| !is_nought(row)));
    above.nulls = both(above.nulls.as_ref(), Some(&valid));
    let below = match below {
        Digits::Same(_) => Digits::Same(1),
        Digits::Narrow(values) => Digits::Narrow(
            values
                .into_iter()
                .map(|v| if v == 0 { 1 } else { v })
                .collect(),
        ),
        Digits::Wide(values) => Digits::Wide(
            values
                .into_iter()
                .map(|v| if v == 0 { 1 } else { v })
                .collect(),
        ),
    };
    (above, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(divide_half_up(25, 10), 3);
        assert_eq!(divide_half_up(-25, 10), -3);
        assert_eq!(divide_half_up(24, 10), 2);
        assert_eq!(divide_half_up(25, -10), -3);
        assert_eq!(narrow_half_up(-15, 10), -2);
    }

    proptest! {
        #[test]
        fn narrow_and_wide_round_alike(value in any::<i64>(), power in 1_u32..12) {
            let divisor = 10_i64.pow(power);
            prop_assert_eq!(
                i128::from(narrow_half_up(value, divisor)),
                divide_half_up(i128::from(value), i128::from(divisor))
            );
        }
    }
}
