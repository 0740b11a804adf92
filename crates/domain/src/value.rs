//! The value of a fact: exact, typed, or known to be absent.

use std::fmt;

use rust_decimal::Decimal;

use crate::money::Money;
use crate::partial_date::PartialDate;
use crate::period::Period;
use crate::source::SourceRef;
use crate::subject::SubjectKind;

/// What kind of value a variable takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Exact to the fen.
    Money,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// A share or rate: 12.5% is 0.125.
    Ratio,
    /// True or false.
    Boolean,
    /// A day, month or year.
    Date,
    /// A value of a code list.
    Code,
    /// Words.
    Text,
}

impl ValueType {
    /// The identifier used in rule files and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Ratio => "ratio",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Code => "code",
            Self::Text => "text",
        }
    }

    /// The type of this identifier; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Money,
            Self::Integer,
            Self::Number,
            Self::Ratio,
            Self::Boolean,
            Self::Date,
            Self::Code,
            Self::Text,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }
}

/// What is known: a value, or that there is none. What is *not* known has no fact at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Known to be absent (`none`): no certificate, no loan.
    Absent,
    /// An amount of money.
    Money(Money),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Number(Decimal),
    /// A share or rate.
    Ratio(Decimal),
    /// True or false.
    Boolean(bool),
    /// A date at the precision that was written.
    Date(PartialDate),
    /// A value of a code list.
    Code(String),
    /// Words.
    Text(String),
}

impl Value {
    /// The type; `None` for [`Value::Absent`], which fits all.
    pub fn value_type(&self) -> Option<ValueType> {
        Some(match self {
            Self::Absent => return None,
            Self::Money(_) => ValueType::Money,
            Self::Integer(_) => ValueType::Integer,
            Self::Number(_) => ValueType::Number,
            Self::Ratio(_) => ValueType::Ratio,
            Self::Boolean(_) => ValueType::Boolean,
            Self::Date(_) => ValueType::Date,
            Self::Code(_) => ValueType::Code,
            Self::Text(_) => ValueType::Text,
        })
    }
}

impl fmt::Display for Value {
    /// As reports write it: money with two decimals, other decimals without trailing zeros, dates in
    /// ISO form, `none` for what is known to be absent. A currency other than yuan is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Money(money) => money.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) | Self::Ratio(number) => number.normalize().fmt(f),
            Self::Boolean(flag) => flag.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Code(text) | Self::Text(text) => f.write_str(text),
        }
    }
}

/// One fact as it comes in: about whom, what, when, how much, how sure, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The kind of subject.
    pub subject_kind: SubjectKind,
    /// The subject's identity within its kind (a code or a name).
    pub subject: String,
    /// Name of the variable.
    pub variable: String,
    /// The period it is about.
    pub period: Period,
    /// The value.
    pub value: Value,
    /// What was written beside the number: `约`, `不足`, `余`; empty for none.
    pub qualifier: String,
    /// The unit that was written, such as `万元`; empty for none.
    pub unit: String,
    /// Where it was taken from.
    pub source: SourceRef,
}
