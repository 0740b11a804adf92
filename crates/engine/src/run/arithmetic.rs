//! Exact arithmetic on whole batches. The plan proved that nothing overflows 128 bits; each batch's own
//! ranges say where 64 bits hold the result.

use std::cmp::Ordering;

use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::bits;
use super::lanes;
use super::range::Range;
use super::shape::{Fixed, ten};
use super::vector::{Digits, Numbers};
use crate::expression::Comparison;

/// Applies `f` to each pair of digits; what it gives lies within `range`.
pub fn combine(
    left: &Digits,
    right: &Digits,
    rows: usize,
    range: Range,
    narrow: impl Fn(i64, i64) -> i64,
    wide: impl Fn(i128, i128) -> i128,
) -> Digits {
    if let (Digits::Same(a), Digits::Same(b)) = (left, right) {
        return Digits::Same(wide(*a, *b));
    }
    if range.is_narrow() {
        match (left, right) {
            (Digits::Narrow(a, _), Digits::Narrow(b, _)) => {
                let values = lanes::zip(a, b, narrow);
                return Digits::Narrow(values.into(), range);
            }
            (Digits::Narrow(a, _), Digits::Same(b)) => {
                if let Ok(b) = i64::try_from(*b) {
                    let values = lanes::map(a, |a| narrow(a, b));
                    return Digits::Narrow(values.into(), range);
                }
            }
            (Digits::Same(a), Digits::Narrow(b, _)) => {
                if let Ok(a) = i64::try_from(*a) {
                    let values = lanes::map(b, |b| narrow(a, b));
                    return Digits::Narrow(values.into(), range);
                }
            }
            _ => {}
        }
    }
    let pairs = left.iter(rows).zip(right.iter(rows));
    Digits::within(pairs.map(|(a, b)| wide(a, b)), range)
}

/// `10^power` as a factor; the plan checked that the scaled numbers fit.
pub fn power(power: u32) -> i128 {
    ten(power)
        .and_then(|power| i128::try_from(power).ok())
        .expect("the plan checked that the scaled numbers fit")
}

/// The digits times a factor.
pub fn times(digits: &Digits, factor: i128) -> Digits {
    if factor == 1 {
        return digits.clone();
    }
    let range = digits.range().times(Range::of(factor));
    match digits {
        Digits::Same(value) => Digits::Same(value.wrapping_mul(factor)),
        Digits::Narrow(values, _) => match i64::try_from(factor) {
            Ok(factor) if range.is_narrow() => {
                let values = lanes::map(values, |value: i64| value.wrapping_mul(factor));
                Digits::Narrow(values.into(), range)
            }
            _ => Digits::within(
                values.iter().map(|v| i128::from(*v).wrapping_mul(factor)),
                range,
            ),
        },
        Digits::Wide(values, _) => {
            Digits::within(values.iter().map(|v| v.wrapping_mul(factor)), range)
        }
    }
}

/// The digits at a larger scale.
pub fn rescale(digits: &Digits, from: u32, to: Fixed) -> Digits {
    times(digits, power(to.scale - from))
}

/// Sum; the scales are made equal first.
pub fn add(a: &Digits, a_is: Fixed, b: &Digits, b_is: Fixed, rows: usize, into: Fixed) -> Digits {
    let (a, b) = (rescale(a, a_is.scale, into), rescale(b, b_is.scale, into));
    let range = a.range().plus(b.range());
    combine(&a, &b, rows, range, i64::wrapping_add, i128::wrapping_add)
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
    let range = a.range().minus(b.range());
    combine(&a, &b, rows, range, i64::wrapping_sub, i128::wrapping_sub)
}

/// Product.
pub fn multiply(a: &Digits, b: &Digits, rows: usize) -> Digits {
    match (a, b) {
        (Digits::Same(factor), other) | (other, Digits::Same(factor)) => times(other, *factor),
        _ => {
            let range = a.range().times(b.range());
            combine(a, b, rows, range, i64::wrapping_mul, i128::wrapping_mul)
        }
    }
}

/// The opposite.
pub fn negate(digits: &Digits) -> Digits {
    times(digits, -1)
}

/// Rounds half away from zero to fewer decimals; where `only` names rows, the digits of others mean nothing.
pub fn round(digits: &Digits, from: u32, places: u32, only: Option<&BooleanBuffer>) -> Digits {
    let divisor = power(from - places);
    let range = digits.range();
    // A little wider than needed: what is rounded is nowhere further from nought.
    let range = Range {
        low: divide_half_up(range.low, divisor),
        high: divide_half_up(range.high, divisor),
    };
    let range = only.map_or(range, |_| range.union(Range::of(0)));
    match digits {
        Digits::Same(value) => Digits::Same(divide_half_up(*value, divisor)),
        Digits::Narrow(values, _) => match i64::try_from(divisor) {
            Ok(divisor) => Digits::Narrow(narrow_round(values, divisor, only).into(), range),
            // The divisor is beyond any of the values, at least ten times so.
            Err(_) => Digits::Same(0),
        },
        Digits::Wide(values, _) => Digits::within(
            values.iter().map(|value| divide_half_up(*value, divisor)),
            range,
        ),
    }
}

/// Divisors that are known when the program is compiled become multiplications; decimals are cut by
/// powers of ten only.
fn narrow_round(values: &[i64], divisor: i64, only: Option<&BooleanBuffer>) -> Vec<i64> {
    macro_rules! by {
        ($divisor:expr) => {{
            let one = |value| narrow_half_up(value, $divisor);
            match only {
                Some(rows) => lanes::map_some(values, bits::words(rows), one),
                None => lanes::map(values, one),
            }
        }};
    }
    macro_rules! powers {
        ($($exponent:literal)*) => {
            match divisor {
                $(power if power == 10_i64.pow($exponent) => by!(const { 10_i64.pow($exponent) }),)*
                _ => by!(divisor),
            }
        };
    }
    powers!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18)
}

/// The quotient by a positive divisor, half away from zero. One division without a sign: size and half the
/// divisor together fit 64 bits, and for an odd divisor no quotient of whole numbers ends in a half.
#[inline]
pub fn narrow_half_up(value: i64, divisor: i64) -> i64 {
    let sign = value >> 63;
    let divisor = divisor.cast_unsigned();
    let size = (value.unsigned_abs() + divisor / 2) / divisor;
    (size.cast_signed() ^ sign).wrapping_sub(sign)
}

/// The quotient, half away from zero; `divisor` is not nought.
pub fn divide_half_up(value: i128, divisor: i128) -> i128 {
    if let (Ok(value), Ok(divisor)) = (i64::try_from(value), i64::try_from(divisor))
        && divisor > 0
    {
        return i128::from(narrow_half_up(value, divisor));
    }
    let whole = value / divisor;
    let rest = (value % divisor).unsigned_abs();
    let size = divisor.unsigned_abs();
    if rest >= size - rest {
        whole + value.signum() * divisor.signum()
    } else {
        whole
    }
}

/// A bit for each pair, by the numbers that `left` and `right` make of them.
fn pack<A: Copy, B: Copy, T: PartialOrd>(
    operator: Comparison,
    (a, left): (&[A], impl Fn(A) -> T),
    (b, right): (&[B], impl Fn(B) -> T),
) -> BooleanBuffer {
    // One loop each, so that the comparison is known when the program is compiled.
    match operator {
        Comparison::Equal => bits::pairs(a, b, |a, b| left(a) == right(b)),
        Comparison::NotEqual => bits::pairs(a, b, |a, b| left(a) != right(b)),
        Comparison::Less => bits::pairs(a, b, |a, b| left(a) < right(b)),
        Comparison::LessOrEqual => bits::pairs(a, b, |a, b| left(a) <= right(b)),
        Comparison::Greater => bits::pairs(a, b, |a, b| left(a) > right(b)),
        Comparison::GreaterOrEqual => bits::pairs(a, b, |a, b| left(a) >= right(b)),
    }
}

fn pack_each<T: Copy + PartialOrd>(operator: Comparison, values: &[T], with: T) -> BooleanBuffer {
    match operator {
        Comparison::Equal => bits::each(values, |value| value == with),
        Comparison::NotEqual => bits::each(values, |value| value != with),
        Comparison::Less => bits::each(values, |value| value < with),
        Comparison::LessOrEqual => bits::each(values, |value| value <= with),
        Comparison::Greater => bits::each(values, |value| value > with),
        Comparison::GreaterOrEqual => bits::each(values, |value| value >= with),
    }
}

/// The same bit for all rows.
pub fn same(value: bool, rows: usize) -> BooleanBuffer {
    if value {
        BooleanBuffer::new_set(rows)
    } else {
        BooleanBuffer::new_unset(rows)
    }
}

/// Digits and the positive factor that brings them to a common scale.
pub type Scaled<'a> = (&'a Digits, i128);

/// Whether `a` and `b`, each times its factor, compare so, row by row. The products are made and compared
/// in one go, in 64 bits where the ranges prove that they fit.
pub fn compare(operator: Comparison, a: Scaled<'_>, b: Scaled<'_>, rows: usize) -> BooleanBuffer {
    match (a, b) {
        ((Digits::Same(a), x), (Digits::Same(b), y)) => {
            let order = a.wrapping_mul(x).cmp(&b.wrapping_mul(y));
            same(holds(operator, order), rows)
        }
        ((Digits::Same(_), _), _) => compare(flipped(operator), b, a, rows),
        ((digits, factor), (Digits::Same(b), y)) => {
            with_constant(operator, digits, factor, b.wrapping_mul(y), rows)
        }
        ((Digits::Narrow(a, a_range), x), (Digits::Narrow(b, b_range), y)) => {
            if x == 1 && y == 1 {
                return pack(operator, (a, |a| a), (b, |b| b));
            }
            let fits = |range: &Range, factor| range.times(Range::of(factor)).is_narrow();
            match (i64::try_from(x), i64::try_from(y)) {
                (Ok(x), Ok(y)) if fits(a_range, x.into()) && fits(b_range, y.into()) => pack(
                    operator,
                    (a, |a| a.wrapping_mul(x)),
                    (b, |b| b.wrapping_mul(y)),
                ),
                _ => pack(
                    operator,
                    (a, |a| i128::from(a).wrapping_mul(x)),
                    (b, |b| i128::from(b).wrapping_mul(y)),
                ),
            }
        }
        ((Digits::Narrow(a, _), x), (Digits::Wide(b, _), y)) => pack(
            operator,
            (a, |a| i128::from(a).wrapping_mul(x)),
            (b, |b| b.wrapping_mul(y)),
        ),
        ((Digits::Wide(a, _), x), (Digits::Narrow(b, _), y)) => pack(
            operator,
            (a, |a| a.wrapping_mul(x)),
            (b, |b| i128::from(b).wrapping_mul(y)),
        ),
        ((Digits::Wide(a, _), x), (Digits::Wide(b, _), y)) => pack(
            operator,
            (a, |a| a.wrapping_mul(x)),
            (b, |b| b.wrapping_mul(y)),
        ),
    }
}

/// Instead of `a * factor >= b` for every row: `a >= b / factor`, rounded to the side that keeps the
/// answer for whole numbers the same.
fn with_constant(
    operator: Comparison,
    digits: &Digits,
    factor: i128,
    constant: i128,
    rows: usize,
) -> BooleanBuffer {
    let (down, up) = (constant.div_euclid(factor), div_ceil(constant, factor));
    let bound = match operator {
        Comparison::Equal | Comparison::NotEqual if down != up => {
            return same(operator == Comparison::NotEqual, rows);
        }
        Comparison::GreaterOrEqual | Comparison::Less => up,
        _ => down,
    };
    match digits {
        Digits::Wide(values, _) => pack_each(operator, values, bound),
        Digits::Narrow(values, _) => match i64::try_from(bound) {
            Ok(bound) => pack_each(operator, values, bound),
            // Beyond all numbers of 64 bits: every one of them compares alike.
            Err(_) => same(holds(operator, 0.cmp(&bound)), rows),
        },
        Digits::Same(value) => same(holds(operator, value.cmp(&bound)), rows),
    }
}

/// The smallest whole number not below the quotient by a positive divisor.
fn div_ceil(value: i128, divisor: i128) -> i128 {
    value.div_euclid(divisor) + i128::from(value.rem_euclid(divisor) != 0)
}

/// The comparison with its sides exchanged.
fn flipped(operator: Comparison) -> Comparison {
    match operator {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
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

/// The rows whose number compares so with nought; `None` where all do.
pub fn rows_where(digits: &Digits, operator: Comparison, rows: usize) -> Option<NullBuffer> {
    let bits = compare(operator, (digits, 1), (&Digits::Same(0), 1), rows);
    (bits.count_set_bits() < rows).then(|| NullBuffer::new(bits))
}

/// Quotients are not known where their divisor is nought.
pub fn known_quotients(mut above: Numbers, below: &Digits, rows: usize) -> Numbers {
    if below.range().has_nought() {
        let valid = rows_where(below, Comparison::NotEqual, rows);
        above.nulls = both(above.nulls.as_ref(), valid.as_ref());
    }
    above
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
        assert_eq!(narrow_half_up(-14, 10), -1);
        assert_eq!(narrow_half_up(i64::MAX, 10), i64::MAX / 10 + 1);
        assert_eq!(narrow_half_up(i64::MIN, 1), i64::MIN);
        assert_eq!(narrow_half_up(i64::MIN, i64::MAX), -1);
    }

    /// The slow way: numbers of any size.
    fn divided(value: i128, divisor: i128) -> i128 {
        let twice = 2 * value.abs() + divisor.abs();
        value.signum() * divisor.signum() * (twice / (2 * divisor.abs()))
    }

    const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    /// Numbers in every form that holds them.
    fn forms(values: &[i64]) -> Vec<Digits> {
        let wide: Vec<i128> = values.iter().map(|v| i128::from(*v)).collect();
        let range = Range::of_wide(&wide);
        let mut forms = vec![
            Digits::narrow(values.to_vec()),
            Digits::Wide(wide.into(), range),
        ];
        if values.iter().all(|value| *value == values[0]) {
            forms.push(Digits::Same(values[0].into()));
        }
        forms
    }

    proptest! {
        #[test]
        fn narrow_and_wide_round_alike(value in any::<i64>(), power in 1_u32..12) {
            let divisor = 10_i64.pow(power);
            prop_assert_eq!(
                i128::from(narrow_half_up(value, divisor)),
                divided(i128::from(value), i128::from(divisor))
            );
            let digits = Digits::narrow(vec![value]);
            prop_assert_eq!(round(&digits, power, 0, None).at(0), divided(value.into(), divisor.into()));
        }

        #[test]
        fn rows_that_are_wanted_are_rounded_as_all_are(
            rows in proptest::collection::vec((any::<i64>(), any::<bool>()), 1..200),
            few in any::<bool>(),
        ) {
            let (values, set): (Vec<i64>, Vec<bool>) = rows.into_iter().unzip();
            let set = set.iter().enumerate().map(|(row, set)| *set && (!few || row % 10 == 0));
            let wanted: BooleanBuffer = set.collect();
            let digits = Digits::narrow(values);
            let all = round(&digits, 6, 2, None);
            let some = round(&digits, 6, 2, Some(&wanted));
            for row in wanted.set_indices() {
                prop_assert_eq!(some.at(row), all.at(row));
            }
        }

        #[test]
        fn every_form_compares_alike(
            a in proptest::collection::vec(-30_i64..30, 1..70),
            b in -30_i64..30,
            x in 1_i128..5,
            y in 1_i128..5,
            large in any::<bool>(),
        ) {
            // Factors that leave 64 bits behind must not change an answer.
            let scale = if large { 1_i128 << 60 } else { 1 };
            let other: Vec<i64> = a.iter().rev().map(|v| v + b).collect();
            let constant = vec![b; a.len()];
            for right in [&other, &constant] {
                for (left_form, right_form) in forms(&a).iter().flat_map(|l| forms(right).into_iter().map(move |r| (l, r))) {
                    for operator in ALL {
                        let found = compare(operator, (left_form, x * scale), (&right_form, y * scale), a.len());
                        let back = compare(flipped(operator), (&right_form, y * scale), (left_form, x * scale), a.len());
                        for (row, (l, r)) in a.iter().zip(right).enumerate() {
                            let wanted = holds(operator, (i128::from(*l) * x).cmp(&(i128::from(*r) * y)));
                            prop_assert_eq!(found.value(row), wanted);
                            prop_assert_eq!(back.value(row), wanted);
                        }
                    }
                }
            }
        }

        #[test]
        fn every_form_calculates_alike(a in proptest::collection::vec(any::<i64>(), 1..20), b in any::<i64>()) {
            let right = vec![b; a.len()];
            let is = Fixed { scale: 0, bound: 1 << 63 };
            for (l, r) in forms(&a).iter().flat_map(|l| forms(&right).into_iter().map(move |r| (l, r))) {
                let rows = a.len();
                let (sums, differences, products) =
                    (add(l, is, &r, is, rows, is), subtract(l, is, &r, is, rows, is), multiply(l, &r, rows));
                for (row, value) in a.iter().enumerate() {
                    let (value, b) = (i128::from(*value), i128::from(b));
                    prop_assert_eq!(sums.at(row), value + b);
                    prop_assert_eq!(differences.at(row), value - b);
                    prop_assert_eq!(products.at(row), value * b);
                }
            }
        }
    }
}
