//! `--set NAME=VALUE`: parameters put in the place of the law's, with their type checked.

use chrono::NaiveDate;

use super::value::Value;
use crate::expression::{Literal, Type};
use crate::number::parse_exact;
use crate::rulebook::{Parameter, ParameterType, ParameterValue, Provenance, Rulebook, TableRow};

/// Why a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// It is not of the form NAME=VALUE.
    #[error("`{0}` is no setting: write NAME=VALUE")]
    NotASetting(String),
    /// There is no parameter of this name.
    #[error("there is no parameter `{name}`{}", nearest.as_ref().map_or_else(String::new, |n| format!("; did you mean `{n}`?")))]
    Unknown {
        /// The name.
        name: String,
        /// A parameter with a similar name.
        nearest: Option<String>,
    },
    /// The value is not of the parameter's type.
    #[error("`{name}` is {wanted}, and `{text}` is none")]
    WrongType {
        /// The parameter.
        name: String,
        /// What it is.
        wanted: String,
        /// What was written.
        text: String,
    },
}

/// The parameter and its value that a setting names; `p.` may stand before the name.
///
/// # Errors
/// [`SetError`] says what is wrong with it.
pub fn read_setting(
    rulebook: &Rulebook,
    setting: &str,
) -> Result<(String, ParameterValue), SetError> {
    let (name, text) = setting
        .split_once('=')
        .ok_or_else(|| SetError::NotASetting(setting.to_owned()))?;
    let (name, text) = (name.trim(), text.trim());
    let name = rulebook.current(name.strip_prefix("p.").unwrap_or(name));
    let parameter = rulebook
        .parameters
        .get(name)
        .ok_or_else(|| SetError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, rulebook),
        })?;
    let value = match &parameter.ty {
        ParameterType::Scalar(ty) => scalar(*ty, text).map(|literal| (Some(literal), Vec::new())),
        ParameterType::Table(from, value) => table(*from, *value, text).map(|rows| (None, rows)),
    };
    let (scalar, rows) = value.ok_or_else(|| SetError::WrongType {
        name: name.to_owned(),
        wanted: wanted(parameter),
        text: text.to_owned(),
    })?;
    let value = ParameterValue {
        scalar,
        rows,
        provenance: Provenance::default(),
        span: parameter.span,
    };
    Ok((name.to_owned(), value))
}

fn nearest(name: &str, rulebook: &Rulebook) -> Option<String> {
    rulebook
        .parameters
        .keys()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= known.chars().count().div_ceil(3))
        .min()
        .map(|(_, known)| known.clone())
}

fn wanted(parameter: &Parameter) -> String {
    match parameter.ty {
        ParameterType::Scalar(ty) => ty.to_string(),
        ParameterType::Table(from, value) => format!("a table [[{from}, {value}], …]"),
    }
}

fn scalar(ty: Type, text: &str) -> Option<Literal> {
    match ty {
        Type::Money => {
            let value = parse_exact(text).ok()?;
            let hundredths = &value * num_bigint::BigInt::from(100);
            hundredths.is_integer().then_some(Literal::Money(value))
        }
        Type::Integer | Type::Days => {
            let value = parse_exact(text).ok()?;
            value.is_integer().then_some(Literal::Number(value))
        }
        Type::Number | Type::Ratio => match text.strip_suffix('%') {
            Some(percent) => {
                let value = parse_exact(percent.trim_end()).ok()?;
                Some(Literal::Number(value / num_bigint::BigInt::from(100)))
            }
            None => parse_exact(text).ok().map(Literal::Number),
        },
        Type::Boolean => text.parse().ok().map(Literal::Boolean),
        Type::Date => (text.len() == 10)
            .then(|| text.parse::<NaiveDate>().ok())?
            .map(Literal::Date),
        Type::Code | Type::Text => Some(Literal::Text(text.to_owned())),
        Type::Null => None,
    }
}

/// `[[0, 0.05], [50000000.01, 0.04]]`, by rising first column.
fn table(from: Type, value: Type, text: &str) -> Option<Vec<TableRow>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut rows = Vec::new();
    for row in inner.split(']') {
        let row = row.trim_start_matches([',', ' ', '\t']).trim();
        if row.is_empty() {
            continue;
        }
        let (first, second) = row.strip_prefix('[')?.split_once(',')?;
        rows.push((scalar(from, first.trim())?, scalar(value, second.trim())?));
    }
    let rises = |pair: &[TableRow]| {
        let (a, b) = (
            Value::from_literal(&pair[0].0),
            Value::from_literal(&pair[1].0),
        );
        super::operations::order(&a, &b) == Some(std::cmp::Ordering::Less)
    };
    (!rows.is_empty() && rows.windows(2).all(rises)).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_read_by_their_type() {
        assert_eq!(
            scalar(Type::Ratio, "12.5%").map(|l| l.to_string()),
            Some("0.125".to_owned())
        );
        assert_eq!(
            scalar(Type::Ratio, "2/3").map(|l| l.to_string()),
            Some("2/3".to_owned())
        );
        assert_eq!(scalar(Type::Money, "0.001"), None);
        assert_eq!(scalar(Type::Integer, "1.5"), None);
        assert_eq!(scalar(Type::Boolean, "yes"), None);
        assert_eq!(scalar(Type::Date, "2024-2-1"), None);
    }

    #[test]
    fn tables_rise() {
        let rows = table(Type::Money, Type::Ratio, "[[0, 0.05], [50000000.01, 0.04]]").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            table(Type::Money, Type::Ratio, "[[5, 0.05], [5, 0.04]]"),
            None
        );
        assert_eq!(table(Type::Money, Type::Ratio, "0.05"), None);
    }
}
