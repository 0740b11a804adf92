//! Operations on values: calculation, comparison, functions, each strict about what is not known.

use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::calendar::{add_months, months_between, years_between};
use super::exact::Exact;
use super::rate;
use super::value::Value;
use crate::expression::{Arithmetic, Comparison, Function};

/// Kleene AND.
pub fn and(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

/// Kleene OR.
pub fn or(truths: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    and(truths.into_iter().map(not)).map(|none| !none)
}

/// Kleene NOT.
pub fn not(truth: Option<bool>) -> Option<bool> {
    truth.map(|truth| !truth)
}

/// A rate as the number that is calculated with; all else as it is.
fn plain(value: &Value) -> Value {
    match value {
        Value::Rate { quotient, periods } => Value::Number(rate::rounded(
            quotient,
            *periods,
            rate::PLACES_IN_CALCULATIONS,
        )),
        other => other.clone(),
    }
}

/// The sum of two values: a rate becomes the number that is calculated with.
pub fn calculated(value: &Value, other: &Value) -> Value {
    calculate(Arithmetic::Add, value, other)
}

/// `left operator right`. NULL where one is not known or absent, and where the divisor is or may be
/// nought.
pub fn calculate(operator: Arithmetic, left: &Value, right: &Value) -> Value {
    if let (Value::Number(left), Value::Number(right)) = (left, right) {
        return match operator {
            Arithmetic::Add => Value::Number(left + right),
            Arithmetic::Subtract => Value::Number(left - right),
            Arithmetic::Multiply => Value::Number(left * right),
            Arithmetic::Divide => left.checked_div(right).map_or(Value::Null, Value::Number),
        };
    }
    match (plain(left), plain(right)) {
        (Value::Date(left), Value::Date(right)) if operator == Arithmetic::Subtract => {
            Value::integer((left - right).num_days())
        }
        (Value::Date(day), Value::Number(days)) => shifted(day, &days, operator),
        (Value::Number(days), Value::Date(day)) if operator == Arithmetic::Add => {
            shifted(day, &days, operator)
        }
        (left @ Value::Number(_), right @ Value::Number(_)) => calculate(operator, &left, &right),
        (left @ (Value::Number(_) | Value::Interval { .. }), right)
            if matches!(right, Value::Number(_) | Value::Interval { .. }) =>
        {
            calculate_intervals(operator, &left, &right)
        }
        _ => Value::Null,
    }
}

fn shifted(day: NaiveDate, days: &Exact, operator: Arithmetic) -> Value {
    let signed = days
        .to_integer()
        .and_then(|days| i64::try_from(days).ok())
        .and_then(|days| match operator {
            Arithmetic::Add => Some(days),
            Arithmetic::Subtract => days.checked_neg(),
            Arithmetic::Multiply | Arithmetic::Divide => None,
        });
    signed
        .and_then(TimeDelta::try_days)
        .and_then(|delta| day.checked_add_signed(delta))
        .map_or(Value::Null, Value::Date)
}

/// Between the least and the greatest that any pair of ends gives.
fn calculate_intervals(operator: Arithmetic, left: &Value, right: &Value) -> Value {
    if let (Some((low, high)), Some((from, to))) = (left.ends(), right.ends()) {
        if operator == Arithmetic::Divide && !from.is_positive() && !to.is_negative() {
            return Value::Null;
        }
        let each = |a: &Exact, b: &Exact| match operator {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
        };
        let mut ends = [
            each(&low, &from),
            each(&low, &to),
            each(&high, &from),
            each(&high, &to),
        ]
        .to_vec();
        ends.sort();
        return Value::between(ends[0].clone(), ends[3].clone());
    }
    // A run of months without a known end can be longer by a number; nothing else is asked of it.
    match (operator, left, right) {
        (Arithmetic::Add, Value::Interval { low, high: None }, Value::Number(number))
        | (Arithmetic::Add, Value::Number(number), Value::Interval { low, high: None }) => {
            Value::Interval {
                low: low + number,
                high: None,
            }
        }
        (Arithmetic::Subtract, Value::Interval { low, high: None }, Value::Number(number)) => {
            Value::Interval {
                low: low - number,
                high: None,
            }
        }
        _ => Value::Null,
    }
}

/// `-value`
pub fn negate(value: &Value) -> Value {
    calculate(Arithmetic::Subtract, &Value::integer(0), value)
}

/// How two values compare; `None` where there is no order among them or it is not known.
pub fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Rate { quotient, periods }, Value::Number(number)) => {
            Some(rate::compare_with_number(quotient, *periods, number))
        }
        (Value::Number(number), Value::Rate { quotient, periods }) => {
            Some(rate::compare_with_number(quotient, *periods, number).reverse())
        }
        (
            Value::Rate { quotient, periods },
            Value::Rate {
                quotient: other,
                periods: other_periods,
            },
        ) => Some(rate::compare((quotient, *periods), (other, *other_periods))),
        _ => None,
    }
}

/// `left operator right`, a condition. With what is absent every comparison is false but `<>`, which is
/// true.
pub fn compare(operator: Comparison, left: &Value, right: &Value) -> Option<bool> {
    if matches!(left, Value::Absent) || matches!(right, Value::Absent) {
        return Some(operator == Comparison::NotEqual);
    }
    let interval = |value: &Value| matches!(value, Value::Interval { .. });
    if interval(left) || interval(right) {
        return compare_intervals(operator, &plain(left), &plain(right));
    }
    let order = order(left, right)?;
    Some(match operator {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

/// True where every pair of possible values holds, false where none does.
fn compare_intervals(operator: Comparison, left: &Value, right: &Value) -> Option<bool> {
    let ends = |value: &Value| match value {
        Value::Number(number) => Some((number.clone(), Some(number.clone()))),
        Value::Interval { low, high } => Some((low.clone(), high.clone())),
        _ => None,
    };
    let ((low, high), (from, to)) = (ends(left)?, ends(right)?);
    // `None` is an upper end without bound.
    let high_below = |limit: &Exact| high.as_ref().is_some_and(|high| high < limit);
    let high_at_most = |limit: &Exact| high.as_ref().is_some_and(|high| high <= limit);
    let low_above_to = to.as_ref().is_some_and(|to| low > *to);
    let low_at_least_to = to.as_ref().is_some_and(|to| low >= *to);
    let settled = |always: bool, never: bool| match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let apart = high_below(&from) || low_above_to;
    match operator {
        Comparison::Less => settled(high_below(&from), low_at_least_to),
        Comparison::LessOrEqual => settled(high_at_most(&from), low_above_to),
        Comparison::Greater => settled(low_above_to, high_at_most(&from)),
        Comparison::GreaterOrEqual => settled(low_at_least_to, high_below(&from)),
        Comparison::Equal => settled(false, apart),
        Comparison::NotEqual => settled(apart, false),
    }
}

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
    use proptest::prelude::*;

    fn truth() -> impl Strategy<Value = Option<bool>> {
        prop_oneof![Just(None), Just(Some(true)), Just(Some(false))]
    }

    /// How much is known: what is not known may become either.
    fn refines(more: Option<bool>, less: Option<bool>) -> bool {
        less.is_none() || more == less
    }

    proptest! {
        #[test]
        fn kleene_laws(a in truth(), b in truth(), c in truth()) {
            prop_assert_eq!(and([a, b]), and([b, a]));
            prop_assert_eq!(not(and([a, b])), or([not(a), not(b)]));
            prop_assert_eq!(and([a, or([b, c])]), or([and([a, b]), and([a, c])]));
            prop_assert_eq!(and([a, and([b, c])]), and([a, b, c]));
            prop_assert_eq!(not(not(a)), a);
            prop_assert_eq!(or([a, Some(true)]), Some(true));
        }

        #[test]
        fn a_fact_more_never_turns_an_answer(
            a in truth(), b in truth(), c in truth(), k in 0_i64..4, known in any::<bool>()
        ) {
            let before = [a, b, c];
            let after = before.map(|truth| truth.or(Some(known)));
            prop_assert!(refines(and(after), and(before)));
            prop_assert!(refines(or(after), or(before)));
            let at_least = |truths: [Option<bool>; 3]| {
                let mut arguments = vec![Value::integer(k)];
                arguments.extend(truths.map(Value::of_truth));
                call(Function::AtLeast, &arguments).truth()
            };
            prop_assert!(refines(at_least(after), at_least(before)));
        }

        #[test]
        fn an_interval_answers_only_what_every_value_in_it_answers(
            low in -20_i64..20, width in 0_i64..10, at in 0_i64..10, limit in -25_i64..25, op in 0_usize..6
        ) {
            use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
            let operator = [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual][op];
            let inside = Value::integer(low + at.min(width));
            let interval = Value::between(
                Exact::from_integer(low.into()),
                Exact::from_integer((low + width).into()),
            );
            let limit = Value::integer(limit);
            let exact = compare(operator, &inside, &limit);
            prop_assert!(refines(exact, compare(operator, &interval, &limit)));
            prop_assert!(refines(
                compare(operator, &limit, &inside),
                compare(operator, &limit, &interval)
            ));
        }
    }

    #[test]
    fn nothing_is_divided_by_nought() {
        let one = Value::integer(1);
        assert_eq!(
            calculate(Arithmetic::Divide, &one, &Value::integer(0)),
            Value::Null
        );
        assert_eq!(
            calculate(Arithmetic::Divide, &one, &Value::Absent),
            Value::Null
        );
    }

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
    fn what_is_absent_compares_false_and_unequal() {
        let one = Value::integer(1);
        assert_eq!(
            compare(Comparison::Equal, &Value::Absent, &one),
            Some(false)
        );
        assert_eq!(
            compare(Comparison::NotEqual, &one, &Value::Absent),
            Some(true)
        );
        assert_eq!(
            compare(Comparison::Less, &Value::Absent, &Value::Null),
            Some(false)
        );
        assert_eq!(compare(Comparison::Less, &one, &Value::Null), None);
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
