//! What a term is worth for one subject: a value, known to be absent, or not known.

use chrono::NaiveDate;

use super::exact::Exact;
use crate::expression::{Literal, Type};

/// The value of a term for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Not known.
    Null,
    /// Known to be absent: `none`.
    Absent,
    /// A number, or money in units (yuan).
    Number(Exact),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(NaiveDate),
    /// A code or words.
    Text(String),
    /// A number that lies between two others, both possible: points that an expert chooses, or months
    /// of which the first is not known. Without an upper end where there is none.
    Interval {
        /// Lower end.
        low: Exact,
        /// Upper end; `None`: no end is known.
        high: Option<Exact>,
    },
    /// The yearly rate `quotient ^ (1 / periods) - 1`, which is rarely rational and so kept as it is.
    Rate {
        /// The last value by the first, not negative.
        quotient: Exact,
        /// Over how many periods, at least 1.
        periods: u32,
    },
}

impl Value {
    /// The value of a literal.
    pub fn from_literal(literal: &Literal) -> Self {
        match literal {
            Literal::Null => Self::Null,
            Literal::Absent => Self::Absent,
            Literal::Number(value) | Literal::Money(value) => Self::Number(Exact::from_big(value)),
            Literal::Boolean(value) => Self::Boolean(*value),
            Literal::Date(day) => Self::Date(*day),
            Literal::Text(text) => Self::Text(text.clone()),
        }
    }

    /// A whole number.
    pub fn integer(value: i64) -> Self {
        Self::Number(Exact::from_integer(i128::from(value)))
    }

    /// An interval, or the number where both ends are one.
    pub fn between(low: Exact, high: Exact) -> Self {
        if low == high {
            Self::Number(low)
        } else {
            Self::Interval {
                low,
                high: Some(high),
            }
        }
    }

    /// Whether it is not known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The truth of a condition; `None` where it is not known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// A condition's value.
    pub fn of_truth(truth: Option<bool>) -> Self {
        truth.map_or(Self::Null, Self::Boolean)
    }

    /// The number, where it is exactly one.
    pub fn number(&self) -> Option<&Exact> {
        match self {
            Self::Number(value) => Some(value),
            _ => None,
        }
    }

    /// Both ends of a number or a closed interval.
    pub fn ends(&self) -> Option<(Exact, Exact)> {
        match self {
            Self::Number(value) => Some((value.clone(), value.clone())),
            Self::Interval {
                low,
                high: Some(high),
            } => Some((low.clone(), high.clone())),
            _ => None,
        }
    }

    /// As reports write it, for its type: money with two decimals, a ratio rounded to six where it has
    /// no end, `low..high` for an interval, `none`, and nothing for what is not known.
    pub fn to_text(&self, ty: Type) -> String {
        match self {
            Self::Null => String::new(),
            Self::Absent => "none".to_owned(),
            Self::Number(value) => number_text(value, ty),
            Self::Boolean(value) => value.to_string(),
            Self::Date(day) => day.format("%Y-%m-%d").to_string(),
            Self::Text(text) => text.clone(),
            Self::Interval { low, high } => format!(
                "{}..{}",
                number_text(low, ty),
                high.as_ref()
                    .map_or_else(String::new, |high| number_text(high, ty))
            ),
            Self::Rate { quotient, periods } => {
                number_text(&super::rate::rounded(quotient, *periods, 6), ty)
            }
        }
    }
}

/// A number as reports write it.
pub fn number_text(value: &Exact, ty: Type) -> String {
    if ty == Type::Money {
        return if value.round(2) == *value {
            value.to_money_text()
        } else {
            value.to_text()
        };
    }
    let text = value.to_text();
    if text.contains('/') {
        value.round(6).to_text()
    } else {
        text
    }
}
