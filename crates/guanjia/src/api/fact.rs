//! A fact as the interface reads and writes it.

use axum::http::HeaderMap;
use domain::{Period, SourceRef, SubjectKind};
use ledger::{AsOf, FactRecord, Ledger, NewFact as LedgerFact, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::once;
use super::parameters::{day_of, has_control};
use super::problem::{Fault, Place, Said};
use super::value::{self, Written};

/// Most facts of one request.
const FACTS_MAX: usize = 500;
/// The longest name of a variable.
const VARIABLE_CHARS_MAX: usize = 100;
/// The longest period, in words too.
const PERIOD_CHARS_MAX: usize = 40;
/// The longest qualifier and unit.
const BESIDE_CHARS_MAX: usize = 20;
/// The longest sentence that is given as the source.
const QUOTE_CHARS_MAX: usize = 2_000;

/// A fact that counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fact {
    /// Its id; `/api/v1/facts/{id}` shows where it came from.
    pub id: i64,
    /// Name of the variable.
    #[schema(examples("investment_total"))]
    pub variable: String,
    /// The period, empty for a current state.
    #[schema(examples("2024-01/2024-05"))]
    pub period: String,
    /// The value.
    pub value: Written,
    /// What was written beside the number; empty for nothing.
    #[schema(examples("约"))]
    pub qualifier: String,
    /// The unit that was written; empty for none.
    #[schema(examples("万元"))]
    pub unit: String,
    /// When it was known, where that was given.
    #[schema(value_type = Option<String>, format = Date)]
    pub known_on: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

/// A fact to be recorded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFact {
    /// Name of the variable, as the rulebook or the ledger has it. One that neither knows is kept as
    /// words.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001f\u007f]+$",
        examples("investment_total")
    )]
    pub variable: String,
    /// The period: `2024`, `2024-Q1`, `2024-03`, `2024-01/2024-03`, `2024-03-26`; empty for a current
    /// state.
    #[schema(max_length = 40, examples("2024"))]
    #[serde(default)]
    pub period: String,
    /// The value, of the form of its variable.
    pub value: Written,
    /// What was written beside the number: 约, 不足, 余.
    #[schema(max_length = 20, examples("约"))]
    #[serde(default)]
    pub qualifier: String,
    /// The unit that was written, kept beside the value; the value itself is always in whole units.
    #[schema(max_length = 20)]
    #[serde(default)]
    pub unit: String,
    /// The sentence or note that it was taken from, word for word.
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub quote: Option<String>,
    /// The day on which it was known, where that is not today.
    #[schema(format = Date, examples("2024-05-31"))]
    #[serde(default)]
    pub known_on: Option<String>,
}

impl NewFact {
    /// A current state without anything beside it.
    pub fn plain(variable: &str, value: Written) -> Self {
        Self {
            variable: variable.to_owned(),
            period: String::new(),
            value,
            qualifier: String::new(),
            unit: String::new(),
            quote: None,
            known_on: None,
        }
    }
}

/// What recording came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// Facts of which nothing was known.
    #[schema(minimum = 0)]
    pub added: u64,
    /// Facts that differ from what was known, and now count.
    #[schema(minimum = 0)]
    pub superseded: u64,
    /// Facts that were known already.
    #[schema(minimum = 0)]
    pub unchanged: u64,
    /// What the source of these facts is called.
    pub request: String,
    /// The facts that count now of those that were sent.
    pub facts: Vec<Fact>,
}

/// A fact in the form of the interface; `None` for a retraction.
pub fn fact_of(fact: &FactRecord) -> Option<Fact> {
    Some(Fact {
        id: fact.id,
        variable: fact.variable.clone(),
        period: fact.period.to_string(),
        value: fact.value.as_ref().map(Written::from)?,
        qualifier: fact.qualifier.clone(),
        unit: fact.unit.clone(),
        known_on: fact.known_on.map(|day| day.to_string()),
        recorded_at: moment_text(fact.recorded_at),
    })
}

/// A moment as RFC 3339 writes it.
pub fn moment_text(at: Timestamp) -> String {
    let at = at.to_datetime();
    at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
        .unwrap_or_default()
}

/// What the source of this request's facts is called: its key where it has one.
pub fn request_id(headers: &HeaderMap) -> String {
    let key = headers.get(once::HEADER).and_then(|key| key.to_str().ok());
    key.map_or_else(
        || uuid::Uuid::now_v7().to_string(),
        |key| key.trim().to_owned(),
    )
}

/// The facts of a request, ready for the ledger.
///
/// # Errors
/// A fault that names every one that is wrong.
pub fn taken(
    kind: &SubjectKind,
    facts: &[NewFact],
    request: &str,
) -> Result<Vec<LedgerFact>, Fault> {
    let mut read = Vec::with_capacity(facts.len());
    let mut wrong: Vec<(Place, Said)> = Vec::new();
    if facts.len() > FACTS_MAX {
        let said = Said::With("problem-too-many-facts", FACTS_MAX.to_string());
        return Err(Fault::form(Place::Body("/facts".to_owned()), said));
    }
    for (number, fact) in facts.iter().enumerate() {
        match new_fact(kind, fact, request) {
            Ok(fact) => read.push(fact),
            Err((field, key)) => {
                let place = Place::Body(format!("/facts/{number}/{field}"));
                wrong.push((place, Said::Key(key)));
            }
        }
    }
    let mut wrong = wrong.into_iter();
    match wrong.next() {
        None => Ok(read),
        Some((place, said)) => Err(wrong
            .fold(Fault::value(place, said), |fault, (place, said)| {
                fault.at(place, said)
            })),
    }
}

/// One fact, ready for the ledger; else the field and the key of what is wrong with it.
pub fn new_fact(
    kind: &SubjectKind,
    fact: &NewFact,
    request: &str,
) -> Result<LedgerFact, (&'static str, &'static str)> {
    let short = |field, text: &str, most: usize| {
        if text.chars().count() > most {
            Err((field, "problem-too-long"))
        } else if has_control(text) {
            Err((field, "problem-control"))
        } else {
            Ok(text.trim().to_owned())
        }
    };
    let variable = short("variable", &fact.variable, VARIABLE_CHARS_MAX)?;
    if variable.is_empty() {
        return Err(("variable", "correction-choose"));
    }
    let period = Period::from_words(&short("period", &fact.period, PERIOD_CHARS_MAX)?);
    let value = value::read(kind, &variable, &fact.value).map_err(|key| ("value", key))?;
    let quote = fact.quote.as_deref().unwrap_or_default().trim();
    if quote.chars().count() > QUOTE_CHARS_MAX {
        return Err(("quote", "problem-too-long"));
    }
    if quote.contains('\0') {
        return Err(("quote", "problem-control"));
    }
    let known_on = match &fact.known_on {
        None => None,
        Some(text) => Some(day_of(text).ok_or(("known_on", "correction-no-date"))?),
    };
    Ok(LedgerFact {
        qualifier: short("qualifier", &fact.qualifier, BESIDE_CHARS_MAX)?,
        unit: short("unit", &fact.unit, BESIDE_CHARS_MAX)?,
        variable,
        period,
        value,
        source: SourceRef::Api {
            request_id: request.to_owned(),
            quote: Some(quote.to_owned()).filter(|quote| !quote.is_empty()),
        },
        known_on,
    })
}

/// The facts that count now of these variables and periods.
pub async fn recorded_facts(
    ledger: &Ledger,
    scope: &Scope,
    subject_id: i64,
    keys: &[(String, Period)],
) -> Result<Vec<Fact>, Fault> {
    let facts = ledger.facts_of(scope, subject_id, AsOf::Now).await?;
    let sent = facts.iter().filter(|fact| {
        keys.iter()
            .any(|(variable, period)| fact.variable == *variable && fact.period == *period)
    });
    Ok(sent.filter_map(fact_of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn every_wrong_fact_is_pointed_at() {
        let fact = |variable: &str, value: &str| {
            NewFact::plain(variable, Written::Plain(value.to_owned()))
        };
        let facts = [
            fact("investment_total", "1.00"),
            fact("investment_total", "viel"),
            fact("stage", "flying"),
        ];
        let fault = taken(&SubjectKind::Project, &facts, "r").unwrap_err();
        let errors = fault.problem(Lang::Zh).errors.into_iter();
        let pointers: Vec<_> = errors.filter_map(|at| at.pointer).collect();
        assert_eq!(pointers, ["#/facts/1/value", "#/facts/2/value"]);
    }
}
