//! Values that files write: of parameters, of facts in cases, of what cases expect.

use super::fields::{number_error, parse_day, wrong};
use super::found::Found;
use super::yaml::Node;
use crate::expression::{Literal, Type};
use crate::number::{NumberError, parse_decimal, parse_exact};

/// Why a text is no value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No number, or one with too many decimals.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A number with decimals where a whole one is needed.
    #[error("`{0}` is no whole number")]
    NotWhole(String),
    /// Money finer than a hundredth of the unit.
    #[error("`{0}` has more than two decimals of money")]
    FinerThanFen(String),
    /// No day.
    #[error("`{0}` is no day, write 2024-12-31")]
    NotADay(String),
    /// Neither `true` nor `false`.
    #[error("`{0}` is neither `true` nor `false`")]
    NotABoolean(String),
    /// More money than a fact may be.
    #[error("`{0}` is out of range")]
    OutOfRange(String),
}

/// The fact that a text is of a variable of this type; `none` is known to be absent (but for a boolean),
/// an empty text not known.
///
/// # Errors
/// [`ValueError`] says what is wrong with the text.
pub fn read_fact(ty: Type, text: &str) -> Result<Literal, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Literal::Null);
    }
    if text == "none" && ty != Type::Boolean {
        return Ok(Literal::Absent);
    }
    let literal = read_value(ty, text, parse_decimal)?;
    if let Literal::Money(amount) = &literal {
        let fen = amount * num_bigint::BigInt::from(100_u8);
        if !fen.is_integer() {
            return Err(ValueError::FinerThanFen(text.to_owned()));
        }
        let bound = num_bigint::BigInt::from(domain::money::FEN_MAX);
        if fen.to_integer() > bound || fen.to_integer() < -bound {
            return Err(ValueError::OutOfRange(text.to_owned()));
        }
    }
    Ok(literal)
}

/// The value that a text is of a parameter of this type; a fraction such as `2/3` too.
///
/// # Errors
/// [`ValueError`] says what is wrong with the text.
pub fn read_parameter(ty: Type, text: &str) -> Result<Literal, ValueError> {
    read_value(ty, text.trim(), parse_exact)
}

fn read_value(
    ty: Type,
    text: &str,
    number: impl Fn(&str) -> Result<num_rational::BigRational, NumberError>,
) -> Result<Literal, ValueError> {
    Ok(match ty {
        Type::Money => Literal::Money(number(text)?),
        Type::Integer | Type::Days => {
            let value = number(text)?;
            if !value.is_integer() {
                return Err(ValueError::NotWhole(text.to_owned()));
            }
            Literal::Number(value)
        }
        Type::Number | Type::Ratio => Literal::Number(number(text)?),
        Type::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Literal::Boolean(true),
            "false" => Literal::Boolean(false),
            _ => return Err(ValueError::NotABoolean(text.to_owned())),
        },
        Type::Date => {
            Literal::Date(parse_day(text).ok_or_else(|| ValueError::NotADay(text.to_owned()))?)
        }
        Type::Code | Type::Text | Type::Null => Literal::Text(text.to_owned()),
    })
}

/// The value of a parameter at a node.
pub(super) fn parameter_literal(ty: Type, node: &Node, found: &Found) -> Option<Literal> {
    literal(ty, node, found, read_parameter)
}

/// The fact at a node of a case.
pub(super) fn fact_literal(ty: Type, node: &Node, found: &Found) -> Option<Literal> {
    if node.is_null() {
        return Some(Literal::Null);
    }
    literal(ty, node, found, read_fact)
}

fn literal(
    ty: Type,
    node: &Node,
    found: &Found,
    read: impl Fn(Type, &str) -> Result<Literal, ValueError>,
) -> Option<Literal> {
    let Some(scalar) = node.scalar().filter(|_| !node.is_null()) else {
        wrong(node, "this", &format!("a value of type {ty}"), found);
        return None;
    };
    match read(ty, &scalar.text) {
        Ok(literal) => Some(literal),
        Err(ValueError::Number(error)) => {
            found.push(number_error(node.span, &error));
            None
        }
        Err(error) => {
            found.push(
                crate::diagnostic::Diagnostic::error("form::value", node.span, error.to_string())
                    .help(format!("write a value of type {ty}")),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_absent_for_all_but_a_boolean() {
        assert_eq!(read_fact(Type::Money, "none"), Ok(Literal::Absent));
        assert_eq!(read_fact(Type::Code, " none "), Ok(Literal::Absent));
        assert!(read_fact(Type::Boolean, "none").is_err());
        assert_eq!(read_fact(Type::Date, ""), Ok(Literal::Null));
    }

    #[test]
    fn money_of_a_fact_is_exact_to_the_fen() {
        assert!(read_fact(Type::Money, "0.01").is_ok());
        assert!(read_fact(Type::Money, "0.001").is_err());
        assert!(read_fact(Type::Money, "90000000000000.01").is_err());
        assert!(read_parameter(Type::Money, "0.001").is_ok());
    }

    #[test]
    fn a_parameter_may_be_a_fraction_and_a_fact_may_not() {
        assert!(read_parameter(Type::Ratio, "2/3").is_ok());
        assert!(read_fact(Type::Ratio, "2/3").is_err());
    }
}
