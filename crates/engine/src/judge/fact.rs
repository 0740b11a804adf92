//! What is known about one subject: the facts that a judgement reads.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use num_traits::ToPrimitive;

use super::exact::Exact;
use super::value::Value;
use crate::expression::{Literal, Type, VariableRef, When};
use crate::number::{self, NumberError};
use crate::rulebook::{self, Variable};

/// The period of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactPeriod {
    /// Written without a period: the current state, or the assessment year, quarter or month of whoever
    /// reads it.
    Current,
    /// A calendar year.
    Year(i32),
    /// A month, 1 to 12.
    Month(i32, u32),
    /// A quarter, 1 to 4.
    Quarter(i32, u32),
}

impl fmt::Display for FactPeriod {
    /// As names write it, with the `@`; nothing for the current one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => Ok(()),
            Self::Year(year) => write!(f, "@{year:04}"),
            Self::Month(year, month) => write!(f, "@{year:04}-{month:02}"),
            Self::Quarter(year, quarter) => write!(f, "@{year:04}-Q{quarter}"),
        }
    }
}

/// Under which name a fact is given.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactKey {
    /// The variable's name.
    pub name: String,
    /// Whether it is a fact of the owner of the record that is judged.
    pub of_owner: bool,
    /// The policy (or card) under whose own definition it is given.
    pub definition: Option<String>,
    /// Its period.
    pub period: FactPeriod,
}

impl FactKey {
    /// The key under which a case or a column gives a variable; `None` for a period that is counted
    /// backwards, which no fact is given under.
    pub fn of(variable: &VariableRef) -> Option<Self> {
        let period = match variable.when {
            When::Back(0) => FactPeriod::Current,
            When::Back(_) => return None,
            When::Year(year) => FactPeriod::Year(year),
            When::Month(year, month) => FactPeriod::Month(year, month),
            When::Quarter(year, quarter) => FactPeriod::Quarter(year, quarter),
        };
        Some(Self {
            name: variable.name.clone(),
            of_owner: variable.of_owner,
            definition: variable.definition.clone(),
            period,
        })
    }
}

impl fmt::Display for FactKey {
    /// As a column writes it: `ip_class1[little_giant]`, `revenue@2023`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(definition) = &self.definition {
            write!(f, "[{definition}]")?;
        }
        self.period.fmt(f)
    }
}

/// Why a value that was given cannot be used; the caller has the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BadValue {
    /// Text where a number or money is wanted.
    NotANumber,
    /// Money with a part smaller than a hundredth.
    FinerThanHundredth,
    /// More than twelve decimals.
    TooManyDecimals,
    /// A fraction where a whole number is wanted.
    NotWhole,
    /// More than any fact may be.
    OutOfRange,
    /// No day in the form 2024-12-31.
    NotADate,
    /// Neither true nor false.
    NotABoolean,
    /// None of the variable's codes.
    UnknownCode,
    /// `none` of a boolean, which is true, false or not known.
    AbsentBoolean,
}

impl BadValue {
    /// A stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotANumber => "not_a_number",
            Self::FinerThanHundredth => "finer_than_hundredth",
            Self::TooManyDecimals => "too_many_decimals",
            Self::NotWhole => "not_whole",
            Self::OutOfRange => "out_of_range",
            Self::NotADate => "not_a_date",
            Self::NotABoolean => "not_a_boolean",
            Self::UnknownCode => "unknown_code",
            Self::AbsentBoolean => "absent_boolean",
        }
    }

    /// What a word of [`Self::as_str`] stands for.
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::NotANumber,
            Self::FinerThanHundredth,
            Self::TooManyDecimals,
            Self::NotWhole,
            Self::OutOfRange,
            Self::NotADate,
            Self::NotABoolean,
            Self::UnknownCode,
            Self::AbsentBoolean,
        ];
        all.into_iter().find(|value| value.as_str() == word)
    }
}

/// A fact as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A value of the variable's type, or [`Value::Absent`].
    Known(Value),
    /// Something that cannot be used: not known, with a note.
    Bad {
        /// What was written.
        text: String,
        /// Why it cannot be used.
        why: BadValue,
    },
}

/// What is known about one subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its identity.
    pub subject_id: String,
    known: HashMap<FactKey, Given>,
}

impl Facts {
    /// Nothing is known yet about this subject.
    pub fn new(subject_id: impl Into<String>) -> Self {
        Self {
            subject_id: subject_id.into(),
            known: HashMap::new(),
        }
    }

    /// The facts that a case gives; what it gives as `null` is not known.
    pub fn of_case(subject_id: impl Into<String>, given: &[rulebook::Given]) -> Self {
        let mut facts = Self::new(subject_id);
        for fact in given {
            if let Some(key) = FactKey::of(&fact.variable) {
                facts.set(key, Value::from_literal(&fact.value));
            }
        }
        facts
    }

    /// Keeps a value; [`Value::Null`] takes it away again.
    pub fn set(&mut self, key: FactKey, value: Value) {
        if value.is_null() {
            self.known.remove(&key);
        } else {
            self.known.insert(key, Given::Known(value));
        }
    }

    /// Keeps what was given.
    pub fn give(&mut self, key: FactKey, given: Given) {
        match given {
            Given::Known(value) => self.set(key, value),
            bad @ Given::Bad { .. } => {
                self.known.insert(key, bad);
            }
        }
    }

    /// What was given under this key.
    pub fn get(&self, key: &FactKey) -> Option<&Given> {
        self.known.get(key)
    }

    /// What was given under this key, with the key itself.
    pub(super) fn entry(&self, key: &FactKey) -> Option<(&FactKey, &Given)> {
        self.known.get_key_value(key)
    }

    /// The facts that are given under a rule's own definition.
    pub fn definitions(&self) -> impl Iterator<Item = (String, String)> {
        self.known
            .keys()
            .filter_map(|key| Some((key.name.clone(), key.definition.clone()?)))
    }

    /// All that was given, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&FactKey, &Given)> {
        self.known.iter()
    }
}

/// The most that a fact of money may be, in hundredths.
const HUNDREDTHS_MAX: i128 = domain::money::FEN_MAX as i128;

/// Yes and no as Chinese sheets write them; read, never said.
const YES: &str = "\u{662f}";
const NO: &str = "\u{5426}";

/// What a cell's text gives for a variable; `None` for an empty cell, which is not known. What is true or
/// false is written `true`, `false`, 是 or 否.
pub fn read_text(variable: &Variable, text: &str) -> Option<Given> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = if text == "none" {
        if variable.ty == Type::Boolean {
            Err(BadValue::AbsentBoolean)
        } else {
            Ok(Value::Absent)
        }
    } else {
        value_of(variable, text)
    };
    Some(read.map_or_else(
        |why| Given::Bad {
            text: text.to_owned(),
            why,
        },
        Given::Known,
    ))
}

fn value_of(variable: &Variable, text: &str) -> Result<Value, BadValue> {
    match variable.ty {
        Type::Money => money(text),
        Type::Integer | Type::Days => {
            let value = plain(text)?;
            if !value.is_integer() {
                return Err(BadValue::NotWhole);
            }
            value
                .to_integer()
                .and_then(|whole| whole.to_i64())
                .map(Value::integer)
                .ok_or(BadValue::OutOfRange)
        }
        Type::Number => plain(text).map(Value::Number),
        Type::Ratio => match text.strip_suffix('%') {
            Some(percent) => {
                plain(percent.trim_end()).map(|v| Value::Number(&v / &Exact::from_integer(100)))
            }
            None => plain(text).map(Value::Number),
        },
        Type::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | YES => Ok(Value::Boolean(true)),
            "false" | NO => Ok(Value::Boolean(false)),
            _ => Err(BadValue::NotABoolean),
        },
        Type::Date => day(text).map(Value::Date).ok_or(BadValue::NotADate),
        Type::Code => code(variable, text),
        Type::Text | Type::Null => Ok(Value::Text(text.to_owned())),
    }
}

fn plain(text: &str) -> Result<Exact, BadValue> {
    let ungrouped = without_groups(text);
    number::parse_decimal(&ungrouped)
        .map(|value| Exact::from_big(&value))
        .map_err(|error| match error {
            NumberError::NotANumber(_) => BadValue::NotANumber,
            NumberError::TooManyDecimals { .. } => BadValue::TooManyDecimals,
            NumberError::TooLong(_) => BadValue::OutOfRange,
        })
}

fn money(text: &str) -> Result<Value, BadValue> {
    let value = match plain(text) {
        Err(BadValue::TooManyDecimals) => return Err(BadValue::FinerThanHundredth),
        other => other?,
    };
    let hundredths = &value * &Exact::from_integer(100);
    match hundredths.to_integer() {
        Some(whole) if whole.abs() <= HUNDREDTHS_MAX => Ok(Value::Number(value)),
        Some(_) => Err(BadValue::OutOfRange),
        None if hundredths.is_integer() => Err(BadValue::OutOfRange),
        None => Err(BadValue::FinerThanHundredth),
    }
}

/// `1,234,567.89` without its commas, where they stand between groups of three.
fn without_groups(text: &str) -> String {
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, None), |(w, r)| (w, Some(r)));
    let digits = whole.trim_start_matches(['-', '+']);
    let mut groups = digits.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = digits.contains(',')
        && (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    if !grouped {
        return text.to_owned();
    }
    let whole = whole.replace(',', "");
    rest.map_or_else(|| whole.clone(), |rest| format!("{whole}.{rest}"))
}

/// The day that a text in ISO form means; a time of nought behind it does no harm.
fn day(text: &str) -> Option<NaiveDate> {
    let date = text
        .strip_suffix(" 00:00:00")
        .or_else(|| text.strip_suffix("T00:00:00"))
        .unwrap_or(text);
    let shaped = date.len() == 10 && date.bytes().filter(|b| *b == b'-').count() == 2;
    shaped
        .then(|| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok())
        .flatten()
}

/// The code, also where its words are written instead.
fn code(variable: &Variable, text: &str) -> Result<Value, BadValue> {
    if variable.values.is_empty() || variable.values.contains_key(text) {
        return Ok(Value::Text(text.to_owned()));
    }
    variable
        .values
        .iter()
        .find(|(_, words)| {
            [&words.zh, &words.en]
                .iter()
                .any(|word| word.as_deref() == Some(text))
        })
        .map(|(code, _)| Value::Text(code.clone()))
        .ok_or(BadValue::UnknownCode)
}

/// What a value that is already typed gives for a variable: the checks of [`read_text`] for numbers from
/// a typed column.
pub fn read_literal(variable: &Variable, literal: &Literal) -> Option<Given> {
    match literal {
        Literal::Null => None,
        Literal::Absent if variable.ty == Type::Boolean => Some(Given::Bad {
            text: "none".to_owned(),
            why: BadValue::AbsentBoolean,
        }),
        Literal::Absent => Some(Given::Known(Value::Absent)),
        Literal::Boolean(value) if variable.ty == Type::Boolean => {
            Some(Given::Known(Value::Boolean(*value)))
        }
        Literal::Date(day) if variable.ty == Type::Date => Some(Given::Known(Value::Date(*day))),
        other => read_text(variable, &other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Label, PeriodKind, Sensitivity};
    use crate::source::{FileId, Span};
    use domain::SubjectKind;
    use rstest::rstest;

    fn variable(ty: Type) -> Variable {
        Variable {
            name: "x".to_owned(),
            subject: SubjectKind::Enterprise,
            label: Label::default(),
            synonyms: Vec::new(),
            ty,
            period: PeriodKind::Year,
            source: None,
            sensitivity: Sensitivity::Public,
            formula: None,
            blank_is_zero: false,
            unit: None,
            values: std::iter::once((
                "A".to_owned(),
                Label {
                    zh: Some("甲".to_owned()),
                    en: None,
                },
            ))
            .filter(|_| ty == Type::Code)
            .collect(),
            codes: None,
            note: None,
            span: Span::new(FileId(0), 0, 0),
        }
    }

    #[rstest]
    #[case(Type::Money, "1,234,567.89", "1234567.89")]
    #[case(Type::Money, "-0.01", "-0.01")]
    #[case(Type::Integer, "300.0", "300")]
    #[case(Type::Ratio, "12.5%", "0.125")]
    #[case(Type::Boolean, "TRUE", "true")]
    #[case(Type::Date, "2024-02-29", "2024-02-29")]
    #[case(Type::Code, "甲", "A")]
    #[case(Type::Money, "none", "none")]
    fn cells_are_read_by_the_type_of_the_variable(
        #[case] ty: Type,
        #[case] text: &str,
        #[case] wanted: &str,
    ) {
        match read_text(&variable(ty), text) {
            Some(Given::Known(value)) => assert_eq!(value.to_text(Type::Number), wanted),
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case(Type::Money, "0.001", BadValue::FinerThanHundredth)]
    #[case(Type::Money, "约五千", BadValue::NotANumber)]
    #[case(Type::Money, "1,23", BadValue::NotANumber)]
    #[case(Type::Money, "90000000000000.01", BadValue::OutOfRange)]
    #[case(Type::Integer, "1.5", BadValue::NotWhole)]
    #[case(Type::Ratio, "0.1234567890123", BadValue::TooManyDecimals)]
    #[case(Type::Date, "2023-02-29", BadValue::NotADate)]
    #[case(Type::Boolean, "none", BadValue::AbsentBoolean)]
    #[case(Type::Code, "Z", BadValue::UnknownCode)]
    fn what_cannot_be_used_is_not_known_and_says_why(
        #[case] ty: Type,
        #[case] text: &str,
        #[case] why: BadValue,
    ) {
        assert_eq!(
            read_text(&variable(ty), text),
            Some(Given::Bad {
                text: text.to_owned(),
                why
            })
        );
    }

    #[test]
    fn an_empty_cell_is_not_known() {
        assert_eq!(read_text(&variable(Type::Money), "  "), None);
    }
}
