//! Functions of values, each strict about what is not known.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate};

use super::calendar::{add_months, months_between, years_between};
use super::exact::Exact;
use super::operations::{calculate, order, plain};
use super::value::Value;
use crate::expression::{Arithmetic, Function};

/// A function of values; those that count up to the assessment date have it as their last argument.
pub fn call(function: Function, arguments: &[Value]) -> Value {
    if function == Function::AtLeast {
        return at_least(arguments);
    }
    match function {
        Function::Abs => map_ends(&arguments[0], Exact::abs).unwrap_or(Value::Null),
        Function::Round { places } => {
            map_ends(&arguments[0], |value| value.round(places)).unwrap_or(Value::Null)
        }
        Function::ToMoney { factor } => {
            calculate(Arithmetic::Multiply, &arguments[0], &Value::integer(factor))
        }
        Function::Least => extreme(arguments, Ordering::Less),
        Function::Greatest => extreme(arguments, Ordering::Greater),
        Function::YearsSince => since(arguments, years_between),
        Function::MonthsSince => since(arguments, months_between),
        Function::YearOf => of_date(&arguments[0], |day| i64::from(day.year())),
        Function::MonthOf => of_date(&arguments[0], |day| i64::from(day.month())),
        Function::AddMonths => match (&arguments[0], &arguments[1]) {
            (Value::Date(day), Value::Number(months)) => months
                .to_integer()
                .and_then(|months| i64::try_from(months).ok())
                .and_then(|months| add_months(*day, months))
                .map_or(Value::Null, Value::Date),
            _ => Value::Null,
        },
        Function::AtLeast => Value::Null,
    }
}

/// A function of one number on a number or on both ends of an interval.
fn map_ends(value: &Value, function: impl Fn(&Exact) -> Exact) -> Option<Value> {
    match plain(value) {
        Value::Number(number) => Some(Value::Number(function(&number))),
        Value::Interval {
            low,
            high: Some(high),
        } => {
            let crosses = low.is_negative() && high.is_positive();
            let (a, b) = (function(&low), function(&high));
            // What falls and rises again, as `abs` does, is least in between.
            let middle = function(&Exact::zero());
            let mut ends = vec![a, b];
            if crosses {
                ends.push(middle);
            }
            ends.sort();
            Some(Value::between(
                ends[0].clone(),
                ends[ends.len() - 1].clone(),
            ))
        }
        _ => None,
    }
}

/// Strict: one argument that is not known or absent makes it NULL.
fn extreme(arguments: &[Value], wanted: Ordering) -> Value {
    let mut best = plain(&arguments[0]);
    if matches!(best, Value::Absent) {
        return Value::Null;
    }
    for argument in &arguments[1..] {
        let other = plain(argument);
        best = match (&best, &other) {
            (Value::Number(_), Value::Number(_)) | (Value::Date(_), Value::Date(_)) => {
                if order(&other, &best) == Some(wanted) {
                    other
                } else {
                    best
                }
            }
            (a, b) => match (a.ends(), b.ends()) {
                (Some((low, high)), Some((from, to))) => {
                    let pick = |a: Exact, b: Exact| if b.cmp(&a) == wanted { b } else { a };
                    Value::between(pick(low, from), pick(high, to))
                }
                _ => return Value::Null,
            },
        };
    }
    best
}

fn since(arguments: &[Value], count: impl Fn(NaiveDate, NaiveDate) -> i64) -> Value {
    match arguments {
        [Value::Date(from), Value::Date(until)] => Value::integer(count(*from, *until)),
        _ => Value::Null,
    }
}

fn of_date(value: &Value, part: impl Fn(NaiveDate) -> i64) -> Value {
    match value {
        Value::Date(day) => Value::integer(part(*day)),
        _ => Value::Null,
    }
}

fn at_least(arguments: &[Value]) -> Value {
    let Value::Number(wanted) = &arguments[0] else {
        return Value::Null;
    };
    let truths: Vec<Option<bool>> = arguments[1..].iter().map(Value::truth).collect();
    let count = |wanted: Option<bool>| {
        let found = truths.iter().filter(|truth| **truth == wanted).count();
        Exact::from_integer(i128::try_from(found).unwrap_or(i128::MAX))
    };
    let (held, open) = (count(Some(true)), count(None));
    if held >= *wanted {
        Value::Boolean(true)
    } else if &held + &open < *wanted {
        Value::Boolean(false)
    } else {
        Value::Null
    }
}

/// The value of the last row whose `from` is not above `value` (or, `after`, below it); between the least
/// and the greatest of the rows that an interval touches.
pub fn step(value: &Value, rows: &[(Value, Value)], after: bool) -> Value {
    let place = |value: &Value| {
        rows.partition_point(|(from, _)| match order(from, value) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => !after,
            _ => false,
        })
    };
    match value {
        Value::Null | Value::Absent => Value::Null,
        Value::Interval { low, high } => {
            let first = place(&Value::Number(low.clone()));
            let last = high
                .as_ref()
                .map_or(rows.len(), |high| place(&Value::Number(high.clone())));
            let touched = first.checked_sub(1).and_then(|first| rows.get(first..last));
            let numbers: Option<Vec<&Exact>> = touched
                .map(|rows| rows.iter().map(|(_, points)| points.number()).collect())
                .unwrap_or_default();
            let numbers = numbers.unwrap_or_default();
            match (numbers.iter().min(), numbers.iter().max()) {
                (Some(low), Some(high)) => Value::between((*low).clone(), (*high).clone()),
                _ => Value::Null,
            }
        }
        value => match place(value).checked_sub(1) {
            Some(row) => rows[row].1.clone(),
            None => Value::Null,
        },
    }
}

/// `now / base - 1`, or the yearly rate; NULL where the base is not positive.
pub fn growth(now: &Value, base: &Value, periods: u32, compound: bool) -> Value {
    let (Value::Number(now), Value::Number(base)) = (now, base) else {
        return Value::Null;
    };
    if !base.is_positive() || (compound && now.is_negative()) {
        return Value::Null;
    }
    let quotient = now / base;
    if compound && periods > 1 {
        Value::Rate { quotient, periods }
    } else {
        Value::Number(&quotient - &Exact::one())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Comparison;
    use crate::judge::operations::compare;

    #[test]
    fn least_is_strict() {
        let args = [Value::integer(3), Value::Null];
        assert_eq!(call(Function::Least, &args), Value::Null);
        assert_eq!(
            call(Function::Greatest, &[Value::Absent, Value::integer(3)]),
            Value::Null
        );
        assert_eq!(
            call(Function::Least, &[Value::integer(3), Value::integer(2)]),
            Value::integer(2)
        );
    }

    #[test]
    fn steps_include_their_lower_end_and_those_after_do_not() {
        let rows: Vec<(Value, Value)> = [(0, 0), (10, 4), (20, 8)]
            .map(|(a, b)| (Value::integer(a), Value::integer(b)))
            .into();
        assert_eq!(step(&Value::integer(10), &rows, false), Value::integer(4));
        assert_eq!(step(&Value::integer(10), &rows, true), Value::integer(0));
        assert_eq!(step(&Value::integer(-1), &rows, false), Value::Null);
        assert_eq!(step(&Value::integer(0), &rows, true), Value::Null);
        assert_eq!(step(&Value::integer(99), &rows, true), Value::integer(8));
        let between = Value::between(Exact::from_integer(5), Exact::from_integer(10));
        assert_eq!(
            step(&between, &rows, false),
            Value::between(Exact::zero(), Exact::from_integer(4))
        );
    }

    #[test]
    fn growth_needs_a_positive_base() {
        let (a, b) = (Value::integer(121), Value::integer(100));
        assert_eq!(growth(&a, &Value::integer(0), 1, false), Value::Null);
        assert_eq!(growth(&Value::integer(-1), &b, 2, true), Value::Null);
        let rate = growth(&a, &b, 2, true);
        let tenth = Value::Number(&Exact::one() / &Exact::from_integer(10));
        assert_eq!(
            compare(Comparison::GreaterOrEqual, &rate, &tenth),
            Some(true)
        );
        assert_eq!(compare(Comparison::Greater, &rate, &tenth), Some(false));
    }
}
