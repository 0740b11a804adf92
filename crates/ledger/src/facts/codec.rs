//! Values as the table of facts keeps them, and back.

use domain::{Money, PartialDate, Value, money::Currency, money::FEN_MAX};
use rust_decimal::Decimal;

use crate::error::{LedgerError, Result};
use crate::time::{day_number, day_of_number};

/// A value in the columns `kind`, `number`, `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) kind: i64,
    pub(crate) number: Option<i64>,
    pub(crate) text: Option<String>,
}

impl Stored {
    pub(crate) const RETRACTED: i64 = 0;
    pub(crate) const ABSENT: i64 = 1;
    pub(crate) const MONEY: i64 = 2;
    pub(crate) const INTEGER: i64 = 3;
    pub(crate) const NUMBER: i64 = 4;
    pub(crate) const RATIO: i64 = 5;
    pub(crate) const BOOLEAN: i64 = 6;
    pub(crate) const YEAR: i64 = 7;
    pub(crate) const MONTH: i64 = 8;
    pub(crate) const DAY: i64 = 9;
    pub(crate) const CODE: i64 = 10;
    pub(crate) const TEXT: i64 = 11;

    /// The entry that takes a value back without putting another in its place.
    pub(crate) fn retracted() -> Self {
        Self::new(Self::RETRACTED, None, None)
    }

    fn new(kind: i64, number: Option<i64>, text: Option<String>) -> Self {
        Self { kind, number, text }
    }

    /// The columns of a value.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] for money beyond the bound: nothing may be stored that does not read
    /// back.
    pub(crate) fn of(value: Value) -> Result<Self> {
        Ok(match value {
            Value::Absent => Self::new(Self::ABSENT, None, None),
            Value::Money(money) => {
                if money.fen.unsigned_abs() > FEN_MAX.unsigned_abs() {
                    return Err(LedgerError::Refused("an amount is out of range"));
                }
                let foreign = !money.currency.is_cny();
                let currency = foreign.then(|| money.currency.code().to_owned());
                Self::new(Self::MONEY, Some(money.fen), currency)
            }
            Value::Integer(number) => Self::new(Self::INTEGER, Some(number), None),
            Value::Number(number) => Self::decimal(Self::NUMBER, number),
            Value::Ratio(ratio) => Self::decimal(Self::RATIO, ratio),
            Value::Boolean(flag) => Self::new(Self::BOOLEAN, Some(flag.into()), None),
            Value::Date(date) => {
                let (kind, number) = date_digits(date);
                Self::new(kind, Some(number), None)
            }
            Value::Code(code) => Self::new(Self::CODE, None, Some(code)),
            Value::Text(text) => Self::new(Self::TEXT, None, Some(text)),
        })
    }

    fn decimal(kind: i64, number: Decimal) -> Self {
        Self::new(kind, None, Some(number.normalize().to_string()))
    }
}

/// The value in the columns; `None` for a retraction.
pub(crate) fn value(kind: i64, number: Option<i64>, text: Option<&str>) -> Result<Option<Value>> {
    let damaged = || LedgerError::damaged("value", format!("kind {kind}, {number:?}, {text:?}"));
    let decimal = || {
        text.and_then(|text| Decimal::from_str_exact(text).ok())
            .ok_or_else(damaged)
    };
    Ok(Some(match kind {
        Stored::RETRACTED => return Ok(None),
        Stored::ABSENT => Value::Absent,
        Stored::MONEY => Value::Money(Money {
            fen: number.ok_or_else(damaged)?,
            currency: match text {
                None => Currency::cny(),
                Some(code) => Currency::from_code(code).ok_or_else(damaged)?,
            },
        }),
        Stored::INTEGER => Value::Integer(number.ok_or_else(damaged)?),
        Stored::NUMBER => Value::Number(decimal()?),
        Stored::RATIO => Value::Ratio(decimal()?),
        Stored::BOOLEAN => Value::Boolean(number.ok_or_else(damaged)? != 0),
        Stored::YEAR | Stored::MONTH | Stored::DAY => {
            Value::Date(date_of_digits(number.ok_or_else(damaged)?)?)
        }
        Stored::CODE => Value::Code(text.ok_or_else(damaged)?.to_owned()),
        Stored::TEXT => Value::Text(text.ok_or_else(damaged)?.to_owned()),
        _ => return Err(damaged()),
    }))
}

fn date_digits(date: PartialDate) -> (i64, i64) {
    match date {
        PartialDate::Year(year) => (Stored::YEAR, i64::from(year) * 10_000),
        PartialDate::Month(year, month) => (
            Stored::MONTH,
            i64::from(year) * 10_000 + i64::from(month) * 100,
        ),
        PartialDate::Day(day) => (Stored::DAY, day_number(day)),
    }
}

/// The date of its digits: 20240000 is a year, 20240500 a month, 20240531 a day.
pub(crate) fn date_of_digits(digits: i64) -> Result<PartialDate> {
    let damaged = || LedgerError::damaged("date", digits);
    let year = i32::try_from(digits / 10_000).map_err(|_| damaged())?;
    let month = u32::try_from(digits / 100 % 100).map_err(|_| damaged())?;
    Ok(match (month, digits % 100) {
        (0, 0) => PartialDate::Year(year),
        (_, 0) => PartialDate::month(year, month).ok_or_else(damaged)?,
        _ => PartialDate::Day(day_of_number(digits)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Absent),
            (-FEN_MAX..=FEN_MAX).prop_map(|fen| Value::Money(Money::from_fen(fen))),
            any::<i64>().prop_map(Value::Integer),
            (any::<i64>(), 0_u32..10)
                .prop_map(|(number, scale)| Value::Number(Decimal::new(number, scale).normalize())),
            any::<bool>().prop_map(Value::Boolean),
            (1900_i32..2100).prop_map(|year| Value::Date(PartialDate::Year(year))),
            (1900_i32..2100, 1_u32..=12)
                .prop_map(|(year, month)| Value::Date(PartialDate::Month(year, month))),
            ".*".prop_map(Value::Text),
            "[a-z]{1,8}".prop_map(Value::Code),
        ]
    }

    proptest! {
        #[test]
        fn what_is_stored_reads_back(value in values()) {
            let stored = Stored::of(value.clone()).unwrap();
            let read = super::value(stored.kind, stored.number, stored.text.as_deref()).unwrap();
            prop_assert_eq!(read, Some(value));
        }
    }

    #[test]
    fn foreign_money_keeps_its_currency() {
        let money = Value::Money(Money {
            fen: 350_000_000,
            currency: Currency::from_code("USD").unwrap(),
        });
        let stored = Stored::of(money.clone()).unwrap();
        let read = value(stored.kind, stored.number, stored.text.as_deref()).unwrap();
        assert_eq!(read, Some(money));
    }

    #[test]
    fn an_amount_beyond_the_bound_is_refused() {
        assert!(Stored::of(Value::Money(Money::from_fen(FEN_MAX + 1))).is_err());
    }
}
