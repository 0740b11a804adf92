//! Operations on values: truth, calculation, comparison, each strict about what is not known.

use std::cmp::Ordering;

use chrono::{NaiveDate, TimeDelta};

use super::exact::Exact;
use super::rate;
use super::value::Value;
use crate::expression::{Arithmetic, Comparison};

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
pub(super) fn plain(value: &Value) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Function;
    use crate::judge::functions;
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
                functions::call(Function::AtLeast, &arguments).truth()
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
}
