//! What an address may ask, read strictly: a name that is not known or a value of another form is
//! refused, because a filter that is misspelt would silently show everything.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use super::operations::Operation;
use super::problem::{Fault, Place, Said};
use crate::labels;
use crate::lists::address::CURSOR_CHARS_MAX;
use crate::lists::filters::{Asks, CERTIFICATES, LIGHTS};
use crate::lists::{Address, ListSpec};
use crate::shell::viewer::moment_of;

/// Most items of a page.
pub const LIMIT_MAX: u32 = 200;
/// The longest words in an address.
const WORDS_CHARS_MAX: usize = 200;

/// What a parameter may say.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The number of a thing.
    Id,
    /// How many items a page has.
    Limit,
    /// Where a page begins: what the page before said.
    Cursor,
    /// A calendar day.
    Day,
    /// A day or a moment.
    Moment,
    /// A calendar year.
    Year,
    /// A whole percentage.
    Percent,
    /// Words.
    Words,
    /// One of these.
    Choice(fn() -> Vec<String>),
    /// One of the columns that this list sorts by.
    ColumnOf(&'static ListSpec),
    /// One of the codes of a column of this list, or `unknown`.
    CodeOf(&'static ListSpec, &'static str),
}

/// A parameter of an address. Its words are those of `api-ask-` and its name.
#[derive(Clone)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may say.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

impl Parameter {
    /// The same, which must be there.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// A parameter that may be left out.
pub const fn parameter(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: false,
    }
}

/// A day.
pub const fn day(name: &'static str) -> Parameter {
    parameter(name, Kind::Day)
}

/// The moment to read the ledger at.
pub const AS_OF: Parameter = parameter("as_of", Kind::Moment);
/// Which zone, for an account of several.
pub const ZONE: Parameter = parameter("zone", Kind::Id);
/// Only what belongs to a park.
pub const PARK: Parameter = parameter("park", Kind::Id);
/// How many items.
pub const LIMIT: Parameter = parameter("limit", Kind::Limit);
/// Where the page begins.
pub const AFTER: Parameter = parameter("after", Kind::Cursor);

/// The filters and the order of a list, as the page has them.
pub fn of_list(spec: &'static ListSpec) -> Vec<Parameter> {
    let mut asks = vec![
        parameter("q", Kind::Words),
        PARK,
        parameter("sort", Kind::ColumnOf(spec)),
        parameter("order", Kind::Choice(|| words(&["asc", "desc"]))),
    ];
    asks.extend(spec.filters.iter().map(|field| {
        let kind = match field.asks {
            Asks::Code => Kind::CodeOf(spec, field.column),
            Asks::Light => Kind::Choice(|| words(&[&LIGHTS[..], &["unknown"]].concat())),
            Asks::Certificate => Kind::Choice(|| words(&CERTIFICATES)),
            Asks::Words => Kind::Words,
            Asks::Year => Kind::Year,
            Asks::Overdue => Kind::Day,
            Asks::PlanBelow => Kind::Percent,
        };
        parameter(field.name, kind)
    }));
    asks
}

/// The filters of the audit.
pub fn audit_filters() -> Vec<Parameter> {
    vec![
        parameter("who", Kind::Words),
        parameter("action", Kind::Words),
        parameter("object_kind", Kind::Words),
        parameter("object_id", Kind::Words),
        day("from"),
        day("until"),
    ]
}

/// Words that can be chosen.
pub fn words(of: &[&str]) -> Vec<String> {
    of.iter().map(|word| (*word).to_owned()).collect()
}

/// Signs that stand in no words.
pub fn has_control(text: &str) -> bool {
    text.chars().any(|sign| sign.is_ascii_control())
}

/// The same as a pattern.
const NO_CONTROL: &str = r"^[^\u0000-\u001f\u007f]+$";

impl Kind {
    fn choices(self) -> Option<Vec<String>> {
        match self {
            Self::Choice(choices) => Some(choices()),
            Self::ColumnOf(spec) => {
                let columns = spec
                    .list
                    .columns
                    .iter()
                    .map(|column| column.name.to_owned());
                let heads = ["name", "code", "light", "year"];
                Some(
                    heads
                        .map(str::to_owned)
                        .into_iter()
                        .chain(columns)
                        .collect(),
                )
            }
            Self::CodeOf(spec, column) => {
                let known = labels::variable(&spec.kind, column);
                let codes = known
                    .into_iter()
                    .flat_map(|known| known.values.keys().cloned());
                Some(codes.chain(["unknown".to_owned()]).collect())
            }
            _ => None,
        }
    }

    /// Its schema in the description.
    pub fn schema(self) -> Json {
        if let Some(choices) = self.choices() {
            return json!({"type": "string", "enum": choices});
        }
        match self {
            Self::Id => json!({"type": "integer", "format": "int64", "minimum": 1}),
            Self::Limit => {
                json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": 50})
            }
            Self::Cursor => json!({
                "type": "string", "pattern": "^[0-9a-f]+$",
                "minLength": 1, "maxLength": CURSOR_CHARS_MAX,
            }),
            Self::Day => json!({"type": "string", "format": "date"}),
            Self::Moment => json!({
                "type": "string",
                "anyOf": [{"format": "date"}, {"format": "date-time"}],
            }),
            Self::Year => json!({"type": "integer", "minimum": 1900, "maximum": 2200}),
            Self::Percent => json!({"type": "integer", "minimum": 0, "maximum": 1000}),
            _ => json!({
                "type": "string", "pattern": NO_CONTROL,
                "minLength": 1, "maxLength": WORDS_CHARS_MAX,
            }),
        }
    }

    /// An example of it.
    pub fn example(self) -> Json {
        match self {
            Self::Id => json!(1),
            Self::Limit => json!(20),
            Self::Day | Self::Moment => json!("2024-05-31"),
            Self::Year => json!(2024),
            Self::Percent => json!(50),
            Self::Cursor => json!("5b226e616d65222c335d"),
            Self::Words => json!("investment_total"),
            Self::Choice(_) | Self::ColumnOf(_) | Self::CodeOf(..) => {
                json!(self.choices().unwrap_or_default().first())
            }
        }
    }

    fn reads(self, value: &str) -> bool {
        let number = |least: i64, most: i64| {
            let plain = !value.starts_with('+') && !value.is_empty();
            plain
                && value
                    .parse()
                    .is_ok_and(|number| (least..=most).contains(&number))
        };
        if let Some(choices) = self.choices() {
            return choices.iter().any(|choice| choice == value);
        }
        match self {
            Self::Id => number(1, i64::MAX),
            Self::Limit => number(1, i64::from(LIMIT_MAX)),
            Self::Year => number(1900, 2200),
            Self::Percent => number(0, 1000),
            Self::Cursor => {
                value.len() <= CURSOR_CHARS_MAX
                    && value
                        .bytes()
                        .all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'))
            }
            Self::Day => day_of(value).is_some(),
            Self::Moment => {
                // A year of more digits than four is no form of RFC 3339.
                let plain = value.starts_with(|sign: char| sign.is_ascii_digit());
                day_of(value).is_some() || (plain && value.len() > 10 && moment_of(value).is_some())
            }
            _ => value.chars().count() <= WORDS_CHARS_MAX && !has_control(value),
        }
    }
}

/// The day of an ISO date with all its digits.
pub fn day_of(text: &str) -> Option<NaiveDate> {
    let plain = text.len() == 10 && text.as_bytes()[0].is_ascii_digit();
    text.parse().ok().filter(|_| plain)
}

/// What an address asks, as its operation allows.
#[derive(Debug, Clone, Default)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    /// Reads a query.
    ///
    /// # Errors
    /// A fault that names every parameter that is wrong.
    pub fn read(operation: &Operation, query: &str) -> Result<Self, Fault> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let mut wrong = Vec::new();
        for (place, (name, value)) in pairs.iter().enumerate() {
            let known = operation.asks.iter().find(|one| one.name == name);
            let said = match known {
                None => Said::Key("problem-parameter-unknown"),
                Some(_) if pairs[..place].iter().any(|(before, _)| before == name) => {
                    Said::Key("problem-parameter-twice")
                }
                Some(_) if value.is_empty() => Said::Key("problem-parameter-empty"),
                Some(known) if !known.kind.reads(value) => {
                    Said::With("problem-parameter-wrong", value.clone())
                }
                Some(_) => continue,
            };
            wrong.push((name.clone(), said));
        }
        for needed in operation.asks.iter().filter(|one| one.required) {
            if pairs.iter().all(|(name, _)| name != needed.name) {
                let said = Said::Key("problem-parameter-missing");
                wrong.push((needed.name.to_owned(), said));
            }
        }
        let mut wrong = wrong.into_iter();
        let Some((name, said)) = wrong.next() else {
            return Ok(Self(pairs));
        };
        let fault = Fault::form(Place::Parameter(name), said);
        Err(wrong.fold(fault, |fault, (name, said)| {
            fault.at(Place::Parameter(name), said)
        }))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that is a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// The value of a parameter that is a day.
    pub fn day(&self, name: &str) -> Option<NaiveDate> {
        self.get(name).and_then(day_of)
    }

    /// Items a page.
    pub fn limit(&self) -> u32 {
        let limit = self.number("limit").and_then(|limit| limit.try_into().ok());
        limit.unwrap_or(crate::lists::filters::PAGE_ROWS)
    }

    /// The same as an address of a page has it.
    pub fn address(&self) -> Address {
        Address::parse(&serde_urlencoded::to_string(&self.0).unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    /// What the guard read.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// A cursor as addresses carry it: what it is made of, in hex.
pub fn cursor_text(parts: &Json) -> String {
    hex::encode(parts.to_string())
}

/// What a cursor is made of.
///
/// # Errors
/// A fault where it is none that was given out.
pub fn cursor_parts<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let bytes = hex::decode(text).ok();
    let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(|| {
        let place = Place::Parameter(AFTER.name.to_owned());
        Fault::value(place, Said::Key("problem-cursor"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operations::operation;
    use crate::words::Lang;
    use axum::http::Method;

    fn wrong(query: &str) -> Vec<String> {
        let list = operation(&Method::GET, "/api/v1/projects").unwrap();
        match Asked::read(list, query) {
            Ok(_) => Vec::new(),
            Err(fault) => {
                let errors = fault.problem(Lang::En).errors.into_iter();
                errors.filter_map(|at| at.parameter).collect()
            }
        }
    }

    #[test]
    fn what_is_asked_wrongly_is_named() {
        let right = "q=%E6%B0%A2&stage=started&sort=investment_total&limit=20&as_of=2024-05-31";
        assert!(wrong(right).is_empty());
        assert!(wrong("as_of=2024-05-31T08:00:00%2B08:00").is_empty());
        assert_eq!(wrong("stge=started"), ["stge"]);
        assert_eq!(wrong("stage=flying&limit=0"), ["stage", "limit"]);
        assert_eq!(wrong("limit=5&limit=6"), ["limit"]);
        assert!(wrong("as_of=2024-05-31T00:00:00Z").is_empty());
        for text in [
            "2024-5-1",
            "2024-02-30",
            "%2B12345-01-01",
            "2024",
            "now",
            "2024-05-31T08:00:00",
        ] {
            assert_eq!(wrong(&format!("as_of={text}")), ["as_of"], "{text}");
        }
        assert_eq!(wrong("q=%00"), ["q"]);
        assert_eq!(wrong("after=zz"), ["after"]);
    }

    #[test]
    fn every_filter_of_the_pages_is_offered() {
        for spec in [&crate::projects::SPEC, &crate::enterprises::SPEC] {
            let path = format!("/api/v1/{}", spec.id);
            let asks = &operation(&Method::GET, &path).unwrap().asks;
            for field in spec.filters {
                assert!(
                    asks.iter().any(|one| one.name == field.name),
                    "{}",
                    field.name
                );
            }
        }
    }
}
