//! Values as the report and the interface write them: money `"235000000.00"`, foreign money with its
//! currency, decimals, dates and codes as strings, `"none"` for what is known to be absent.

use domain::money::{Currency, exact_fen};
use domain::{Money, SubjectKind, Uscc, Value, ValueType};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::labels;

/// Known to be absent.
const NONE: &str = "none";
/// Longest text of a fact.
const TEXT_CHARS_MAX: usize = 2_000;

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(examples("235000000.00", "2024-05-31", "none"))]
pub enum Written {
    /// Of the form of its variable; money in yuan.
    Plain(String),
    /// Money in another currency, never converted.
    Foreign(Foreign),
}

/// Money in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// The amount with two decimals.
    #[schema(examples("3500000.00"))]
    pub value: String,
    /// ISO 4217 code.
    #[schema(min_length = 3, max_length = 3, examples("USD"))]
    pub currency: String,
}

impl From<&Value> for Written {
    fn from(value: &Value) -> Self {
        match value {
            Value::Money(money) if !money.currency.is_cny() => Self::Foreign(Foreign {
                value: money.to_string(),
                currency: money.currency.code().to_owned(),
            }),
            other => Self::Plain(other.to_string()),
        }
    }
}

/// The value that is written for a variable of a kind of subject; else the key of what is wrong.
pub fn read(kind: &SubjectKind, name: &str, written: &Written) -> Result<Value, &'static str> {
    let known = labels::variable(kind, name);
    let ty = known.and_then(labels::Variable::value_type);
    let text = match written {
        Written::Foreign(foreign) if ty == Some(ValueType::Money) => return in_currency(foreign),
        Written::Foreign(_) => return Err("problem-no-money"),
        Written::Plain(text) => text.trim(),
    };
    if text.is_empty() {
        return Err("correction-empty");
    }
    if text == NONE {
        return Ok(Value::Absent);
    }
    let number = || Decimal::from_str_exact(text).map_err(|_| "correction-no-number");
    Ok(match ty {
        Some(ValueType::Money) => {
            let fen = exact_fen(number()?).map_err(|_| "correction-no-amount")?;
            Value::Money(Money::from_fen(fen))
        }
        Some(ValueType::Integer) => {
            Value::Integer(text.parse().map_err(|_| "correction-no-whole")?)
        }
        Some(ValueType::Number) => Value::Number(number()?.normalize()),
        Some(ValueType::Ratio) => Value::Ratio(number()?.normalize()),
        Some(ValueType::Boolean) => Value::Boolean(text.parse().map_err(|_| "problem-no-boolean")?),
        Some(ValueType::Date) => Value::Date(text.parse().map_err(|_| "correction-no-date")?),
        Some(ValueType::Code) if *kind == SubjectKind::Enterprise && name == "uscc" => {
            Value::Code(credit_code(text)?)
        }
        Some(ValueType::Code) => {
            let codes = known.map(|known| &known.values);
            if codes.is_some_and(|codes| !codes.is_empty() && !codes.contains_key(text)) {
                return Err("correction-no-code");
            }
            Value::Code(words(text)?)
        }
        Some(ValueType::Text) | None => Value::Text(words(text)?),
    })
}

/// A unified social credit code that checks; else the key of what is wrong.
pub fn credit_code(text: &str) -> Result<String, &'static str> {
    let code: Uscc = text.parse().map_err(|_| "problem-no-uscc")?;
    Ok(code.as_str().to_owned())
}

fn in_currency(foreign: &Foreign) -> Result<Value, &'static str> {
    let currency = Currency::from_code(&foreign.currency).ok_or("problem-no-currency")?;
    let units =
        Decimal::from_str_exact(foreign.value.trim()).map_err(|_| "correction-no-number")?;
    let money = Money::from_decimal(units, currency).map_err(|_| "correction-no-amount")?;
    Ok(Value::Money(money))
}

fn words(text: &str) -> Result<String, &'static str> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err("problem-too-long");
    }
    // PostgreSQL keeps no NUL, and a page shows no other.
    if text
        .chars()
        .any(|sign| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t'))
    {
        return Err("problem-control");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(name: &str, text: &str) -> Result<String, &'static str> {
        let written = Written::Plain(text.to_owned());
        let value = read(&SubjectKind::Project, name, &written)?;
        match Written::from(&value) {
            Written::Plain(text) => Ok(text),
            Written::Foreign(_) => unreachable!("yuan"),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for (name, text) in [
            ("investment_total", "235000000.00"),
            ("started_on", "2024-05"),
            ("stage", "started"),
            ("buildings", "12"),
            ("remarks", "第一行\n第二行"),
            ("started_on", "none"),
        ] {
            assert_eq!(project(name, text).as_deref(), Ok(text), "{name}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(
            project("investment_total", "1.001"),
            Err("correction-no-amount")
        );
        assert_eq!(
            project("investment_total", "1e5"),
            Err("correction-no-number")
        );
        assert_eq!(
            project("investment_total", "约5"),
            Err("correction-no-number")
        );
        assert_eq!(project("started_on", "2024-13"), Err("correction-no-date"));
        assert_eq!(project("stage", "flying"), Err("correction-no-code"));
        assert_eq!(project("remarks", "a\0b"), Err("problem-control"));
        assert_eq!(project("remarks", " "), Err("correction-empty"));
    }

    #[test]
    fn foreign_money_keeps_its_currency() {
        let written = |value: &str, currency: &str| {
            Written::Foreign(Foreign {
                value: value.to_owned(),
                currency: currency.to_owned(),
            })
        };
        let usd = written("3500000.00", "USD");
        let value = read(&SubjectKind::Project, "investment_total", &usd).unwrap();
        assert_eq!(Written::from(&value), usd);
        let wrong = read(
            &SubjectKind::Project,
            "investment_total",
            &written("1", "??"),
        );
        assert_eq!(wrong, Err("problem-no-currency"));
        let wrong = read(&SubjectKind::Project, "stage", &usd);
        assert_eq!(wrong, Err("problem-no-money"));
    }
}
