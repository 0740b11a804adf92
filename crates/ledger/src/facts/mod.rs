//! Facts: what was said about a subject, when, by whom, and from where. Append-only.

mod codec;
mod confirmation;
mod history;
pub(crate) mod latest;
mod read;
pub(crate) mod record;
mod statement;
mod stream;

use chrono::NaiveDate;
use domain::{CellAddress, Period, SourceRef, Value};

use crate::time::Timestamp;

pub use history::FactVersion;
pub use record::Recorded;
pub use stream::{KnownValue, SubjectFacts, SubjectFactsQuery};

pub(crate) use read::facts_up_to;

pub(crate) use confirmation::Confirmation;

pub(crate) use statement::{Statement, facts_of_rows};

pub(crate) use codec::{Stored, date_of_digits, value as stored_value};

/// A fact to be recorded about a known subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// Name of the variable.
    pub variable: String,
    /// The period it is about.
    pub period: Period,
    /// The value.
    pub value: Value,
    /// What was written beside the number; empty for nothing.
    pub qualifier: String,
    /// The unit that was written; empty for none.
    pub unit: String,
    /// Where it was taken from.
    pub source: SourceRef,
    /// When it was known, where that is not when it was recorded.
    pub known_on: Option<NaiveDate>,
}

/// A fact as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRecord {
    /// Its id.
    pub id: i64,
    /// The subject it is about.
    pub subject_id: i64,
    /// Name of the variable.
    pub variable: String,
    /// The period it is about.
    pub period: Period,
    /// The value; `None` for a retraction, which only a history shows.
    pub value: Option<Value>,
    /// What was written beside the number.
    pub qualifier: String,
    /// The unit that was written.
    pub unit: String,
    /// The sheet, sentence, form or call; see [`crate::Ledger::source_of_fact`].
    pub source_id: i64,
    /// The cell, where the source is a sheet.
    pub cell: Option<CellAddress>,
    /// When it was known, where that is not when it was recorded.
    pub known_on: Option<NaiveDate>,
    /// The audit entry that says who recorded it.
    pub entry_id: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A fact with its words by their numbers, as [`Statement`]s keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FactRow {
    pub(crate) id: i64,
    pub(crate) subject_id: i64,
    pub(crate) variable_id: i64,
    pub(crate) period_id: i64,
    pub(crate) kind: i64,
    pub(crate) number: Option<i64>,
    pub(crate) text: Option<String>,
    pub(crate) qualifier_id: i64,
    pub(crate) unit_id: i64,
    pub(crate) source_id: i64,
    pub(crate) cell_row: Option<i64>,
    pub(crate) cell_column: Option<i64>,
    pub(crate) known_on: Option<i64>,
    pub(crate) entry_id: i64,
}

impl FactRow {
    /// What the fact is about: one value counts for each of these.
    pub(crate) fn key(&self) -> (i64, i64) {
        (self.variable_id, self.period_id)
    }

    /// The highest number of a word in it.
    pub(crate) fn highest_term(&self) -> i64 {
        self.variable_id
            .max(self.period_id)
            .max(self.qualifier_id)
            .max(self.unit_id)
    }

    /// Whether it says the same: value, qualifier, nothing else. The first source of a value stands.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.number == other.number
            && self.text == other.text
            && self.qualifier_id == other.qualifier_id
    }

    pub(crate) fn cell(&self) -> Option<CellAddress> {
        cell_at(self.cell_row, self.cell_column)
    }
}

/// The cell at a row and a column as a fact keeps them.
pub(crate) fn cell_at(row: Option<i64>, column: Option<i64>) -> Option<CellAddress> {
    let row = u32::try_from(row?).ok()?;
    let column = u32::try_from(column?).ok()?;
    Some(CellAddress { row, column })
}
