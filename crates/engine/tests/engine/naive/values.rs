//! Calculations, comparisons and functions of the second judge.

use std::cmp::Ordering;

use chrono::{Datelike, Days, NaiveDate};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::language::{Kind, V};

/// A decimal number of so many digits behind the point.
pub fn decimal(digits: i128, places: u32) -> BigRational {
    BigRational::new(digits.into(), BigInt::from(10).pow(places))
}

/// Kleene AND.
pub fn all_of(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let truths: Vec<Option<bool>> = truths.into_iter().collect();
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

pub fn calculate(sign: char, left: &V, right: &V) -> V {
    let signed = |days: &BigRational| {
        let days = if sign == '-' { -days } else { days.clone() };
        days.to_integer().to_i64()
    };
    match (left, right) {
        (V::Number(left), V::Number(right)) => match sign {
            '+' => V::Number(left + right),
            '-' => V::Number(left - right),
            '*' => V::Number(left * right),
            _ if right.is_zero() => V::Null,
            _ => V::Number(left / right),
        },
        (V::Day(left), V::Day(right)) => {
            let days = (*left - *right).num_days();
            V::Number(BigRational::from_integer(days.into()))
        }
        (V::Day(day), V::Number(days)) | (V::Number(days), V::Day(day)) => {
            let moved = signed(days).and_then(|days| {
                let count = Days::new(days.unsigned_abs());
                if days < 0 {
                    day.checked_sub_days(count)
                } else {
                    day.checked_add_days(count)
                }
            });
            moved.map_or(V::Null, V::Day)
        }
        _ => V::Null,
    }
}

fn order(left: &V, right: &V) -> Option<Ordering> {
    let power = |number: &BigRational, exponent: u32| {
        BigRational::new(number.numer().pow(exponent), number.denom().pow(exponent))
    };
    match (left, right) {
        (V::Number(left), V::Number(right)) => Some(left.cmp(right)),
        (V::Day(left), V::Day(right)) => Some(left.cmp(right)),
        (V::Code(left), V::Code(right)) => Some(left.cmp(right)),
        (V::Truth(left), V::Truth(right)) => Some(left.cmp(right)),
        (V::Root(quotient, periods), V::Number(number)) => {
            let factor = number + BigRational::one();
            Some(if factor.is_negative() {
                Ordering::Greater
            } else {
                quotient.cmp(&power(&factor, *periods))
            })
        }
        (V::Number(_), V::Root(..)) => order(right, left).map(Ordering::reverse),
        (V::Root(a, n), V::Root(b, k)) => Some(power(a, *k).cmp(&power(b, *n))),
        _ => None,
    }
}

pub fn compare(sign: &str, left: &V, right: &V) -> Option<bool> {
    if *left == V::Absent || *right == V::Absent {
        return Some(sign == "<>");
    }
    let order = order(left, right)?;
    Some(match sign {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

pub fn call(name: &str, arguments: &[V], as_of: NaiveDate) -> V {
    if name == "present" {
        return match &arguments[0] {
            V::Null => V::Null,
            other => V::Truth(*other != V::Absent),
        };
    }
    if arguments.contains(&V::Null) || arguments.contains(&V::Absent) {
        return V::Null;
    }
    let whole = |number: i64| V::Number(BigRational::from_integer(number.into()));
    match (name, arguments) {
        ("abs", [V::Number(value)]) => V::Number(value.abs()),
        ("yuan" | "money", [value]) => value.clone(),
        ("wan", [value]) => calculate('*', value, &whole(10_000)),
        ("least" | "greatest", all) => {
            let wanted = if name == "least" {
                Ordering::Less
            } else {
                Ordering::Greater
            };
            let pick = |best: V, other: V| {
                if order(&other, &best) == Some(wanted) {
                    other
                } else {
                    best
                }
            };
            all.iter().cloned().reduce(pick).unwrap()
        }
        ("years_since", [V::Day(day)]) => whole(since(*day, as_of, 12)),
        ("months_since", [V::Day(day)]) => whole(since(*day, as_of, 1)),
        ("year_of", [V::Day(day)]) => whole(day.year().into()),
        ("month_of", [V::Day(day)]) => whole(day.month().into()),
        ("add_months", [V::Day(day), V::Number(months)]) => {
            let months = months.to_integer().to_i64();
            let moved = months.and_then(|months| add_months(*day, months));
            moved.map_or(V::Null, V::Day)
        }
        _ => panic!("no function {name} of {arguments:?}"),
    }
}

/// The same day so many months on, the last day where the month is shorter.
fn add_months(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let month = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
    (28..=day.day())
        .rev()
        .chain([day.day()])
        .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
}

/// The largest n with `add_months(day, n * months)` not after the assessment date.
fn since(day: NaiveDate, as_of: NaiveDate, months: i64) -> i64 {
    let fits = |n: i64| add_months(day, n * months).is_some_and(|moved| moved <= as_of);
    let mut n = (as_of - day).num_days() / 31 / months - 2;
    while !fits(n) {
        n -= 1;
    }
    while fits(n + 1) {
        n += 1;
    }
    n
}

/// Rounds half away from zero.
pub fn half_up(value: &BigRational, places: u32) -> BigRational {
    let scale = BigRational::from_integer(BigInt::from(10).pow(places));
    let scaled = value.abs() * &scale + BigRational::new(1.into(), 2.into());
    let rounded = BigRational::from_integer(scaled.numer().div_floor(scaled.denom())) / scale;
    if value.is_negative() {
        -rounded
    } else {
        rounded
    }
}

/// An amount, rounded to the fen.
pub fn money(value: &V) -> Option<BigRational> {
    match value {
        V::Number(value) => Some(half_up(value, 2)),
        _ => None,
    }
}

/// `left - right`, rounded for its unit.
pub fn gap(kind: Kind, left: &V, right: &V) -> Option<BigRational> {
    let places = match kind {
        Kind::Money => 2,
        Kind::Part => 6,
        _ => 0,
    };
    match (left, right) {
        (V::Root(quotient, periods), V::Number(number)) => {
            Some(root_less(quotient, *periods, number))
        }
        (V::Number(number), V::Root(quotient, periods)) => {
            Some(-root_less(quotient, *periods, number))
        }
        _ => match calculate('-', left, right) {
            V::Number(difference) => Some(half_up(&difference, places)),
            _ => None,
        },
    }
}

/// A rate less a number to six decimals, by halving an interval until one candidate is left.
fn root_less(quotient: &BigRational, periods: u32, number: &BigRational) -> BigRational {
    let millionths = |count: &BigInt| BigRational::new(count.clone(), 1_000_000.into());
    let half = BigRational::new(1.into(), 2_000_000.into());
    let root = V::Root(quotient.clone(), periods);
    // Whether the difference is at least, or above, the middle below this candidate.
    let reached = |count: &BigInt| {
        let middle = millionths(count) - &half;
        let found = order(&root, &V::Number(&middle + number)).unwrap();
        // Half goes away from zero.
        found.is_gt() || found.is_eq() && middle.is_positive()
    };
    let mut low = -BigInt::from(10).pow(30);
    let mut high = BigInt::from(10).pow(30);
    while &high - &low > BigInt::one() {
        let middle: BigInt = (&low + &high).div_floor(&BigInt::from(2));
        if reached(&middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    millionths(&low)
}
