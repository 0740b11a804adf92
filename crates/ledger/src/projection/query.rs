//! What a list is asked: filters, order, page. All names are checked against the list's columns.

use chrono::{Datelike, NaiveDate};

use crate::database::Dialect;
use crate::error::{LedgerError, Result};
use crate::projection::columns::{ColumnKind, List};
use crate::projection::schedule::{restrict_overdue, restrict_plan_below};
use crate::sort_key::lookup_key;
use crate::sql::Sql;
use crate::time::day_number;

/// What a column must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// One of these words or codes.
    OneOf(Vec<String>),
    /// Words that contain this.
    Contains(String),
    /// Fen or a whole number, no less than this.
    AtLeast(i64),
    /// Fen or a whole number, no more than this.
    AtMost(i64),
    /// A date no earlier than this day. A month or year counts from its first day.
    From(NaiveDate),
    /// A date no later than this day. A month or year counts from its first day.
    Until(NaiveDate),
    /// Known.
    Known,
    /// Not known.
    Unknown,
    /// Of `stage`: a milestone was planned to have happened by the end of this day, and is not known
    /// to have.
    Overdue(NaiveDate),
    /// Of `investment_done_year`: less than this many thousandths of the year's plan.
    PlanBelow(i64),
}

/// A condition on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// A column of the list, or `code`, `status`, `light`, `year`, `subject_id`, `organisation_id`,
    /// `invented`.
    pub column: String,
    /// What it must be.
    pub bound: Bound,
}

/// The order of a list. What is not known comes last either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// A column of the list, or `name`, `code`, `light`, `year`.
    pub column: String,
    /// Whether the greatest come first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            column: "name".to_owned(),
            descending: false,
        }
    }
}

/// What a list is asked. Every list is of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The zone.
    pub zone_id: i64,
    /// Only what belongs to the organisation at this path, and under it.
    pub under: Option<String>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Part of a name, of a code, or of the name's pinyin initials.
    pub search: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The end of the page before.
    pub after: Option<Cursor>,
    /// Rows a page.
    pub limit: u32,
}

impl ListQuery {
    /// The first 50 of a zone by name.
    pub fn of_zone(zone_id: i64) -> Self {
        Self {
            zone_id,
            under: None,
            filters: Vec::new(),
            search: None,
            sort: Sort::default(),
            after: None,
            limit: 50,
        }
    }
}

/// Where a page ended: the value it is sorted by, and the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) value: Option<CursorValue>,
    pub(crate) subject_id: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum CursorValue {
    Number(i64),
    Text(String),
}

impl Cursor {
    /// The cursor as addresses carry it.
    pub fn encode(&self) -> String {
        let parts = serde_json::json!([self.value, self.subject_id]);
        hex::encode(parts.to_string())
    }

    /// Reads what [`Cursor::encode`] wrote.
    ///
    /// # Errors
    /// [`LedgerError::BadQuery`] for any other text.
    pub fn decode(text: &str) -> Result<Self> {
        let read = || {
            let bytes = hex::decode(text).ok()?;
            serde_json::from_slice::<(Option<CursorValue>, i64)>(&bytes).ok()
        };
        let (value, subject_id) =
            read().ok_or_else(|| LedgerError::BadQuery(format!("page after `{text}`")))?;
        Ok(Self { value, subject_id })
    }
}

/// A column that may be sorted or filtered by, as the table names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) column: &'static str,
    pub(crate) kind: ColumnKind,
    pub(crate) always_known: bool,
}

pub(crate) fn named(list: &'static List, name: &str) -> Result<Named> {
    let of = |column, kind, always_known| Named {
        column,
        kind,
        always_known,
    };
    Ok(match name {
        "name" => of("name_key", ColumnKind::Text, true),
        "code" => of("code", ColumnKind::Text, false),
        "status" => of("status", ColumnKind::Text, true),
        "light" => of("light", ColumnKind::Text, false),
        "year" => of("year", ColumnKind::Integer, false),
        "subject_id" => of("subject_id", ColumnKind::Integer, true),
        "organisation_id" => of("organisation_id", ColumnKind::Integer, true),
        "invented" => of("invented", ColumnKind::Integer, true),
        _ => {
            let found = list.columns.iter().find(|column| column.name == name);
            let found = found.ok_or_else(|| LedgerError::BadQuery(format!("column `{name}`")))?;
            of(found.name, found.kind, false)
        }
    })
}

/// Adds the conditions of the filters.
pub(crate) fn restrict(sql: &mut Sql, list: &'static List, query: &ListQuery) -> Result<()> {
    for filter in &query.filters {
        let named = named(list, &filter.column)?;
        sql.push(" AND ");
        restrict_one(sql, named, filter)?;
    }
    Ok(())
}

/// What is typed, as the column `search` has it; `None` where nothing is asked for.
pub(super) fn typed(query: &ListQuery) -> Option<String> {
    let typed = query.search.as_deref().map(lookup_key);
    typed.filter(|typed| !typed.is_empty())
}

/// Adds the condition that a row is found by what was typed.
pub(super) fn restrict_typed(sql: &mut Sql, typed: &str, dialect: Dialect) {
    let place_of = match dialect {
        Dialect::Sqlite => "INSTR",
        Dialect::Postgres => "STRPOS",
    };
    sql.push(place_of)
        .push("(search, ")
        .bind(typed)
        .push(") > 0");
}

/// Adds the same where many rows are looked at: the inner query reads an index only.
pub(super) fn restrict_search(sql: &mut Sql, table: &str, query: &ListQuery, dialect: Dialect) {
    let Some(typed) = typed(query) else {
        return;
    };
    sql.push(" AND subject_id IN (SELECT subject_id FROM ")
        .push(table);
    sql.push(" WHERE zone_id = ")
        .bind(query.zone_id)
        .push(" AND ");
    restrict_typed(sql, &typed, dialect);
    sql.push(")");
}

/// Adds the condition of one filter.
pub(crate) fn restrict_one(sql: &mut Sql, named: Named, filter: &Filter) -> Result<()> {
    let column = named.column;
    let fits = match filter.bound {
        Bound::OneOf(_) | Bound::Known | Bound::Unknown => true,
        Bound::Contains(_) => named.kind == ColumnKind::Text,
        Bound::AtLeast(_) | Bound::AtMost(_) => {
            matches!(named.kind, ColumnKind::Money | ColumnKind::Integer)
        }
        Bound::From(_) | Bound::Until(_) => named.kind == ColumnKind::Date,
        Bound::Overdue(_) => column == "stage",
        Bound::PlanBelow(_) => column == "investment_done_year",
    };
    if !fits {
        return Err(LedgerError::BadQuery(format!(
            "such bound on `{}`",
            filter.column
        )));
    }
    match &filter.bound {
        Bound::OneOf(values) if values.is_empty() => {
            sql.push("1 = 0");
        }
        Bound::OneOf(values) => {
            sql.push(column).push(" IN (");
            if named.kind == ColumnKind::Text {
                sql.bind_all(values.iter().cloned());
            } else {
                let bad = |_| LedgerError::BadQuery(format!("such value in `{}`", filter.column));
                let numbers = values.iter().map(|value| value.parse::<i64>());
                sql.bind_all(numbers.collect::<Result<Vec<_>, _>>().map_err(bad)?);
            }
            sql.push(")");
        }
        Bound::Contains(part) => {
            let part = format!("%{}%", escaped(part));
            sql.push(column)
                .push(" LIKE ")
                .bind(part)
                .push(" ESCAPE '\\'");
        }
        Bound::AtLeast(least) => {
            sql.push(column).push(" >= ").bind(*least);
        }
        Bound::AtMost(most) => {
            sql.push(column).push(" <= ").bind(*most);
        }
        Bound::From(day) => {
            sql.push(column).push(" >= ").bind(first_digits(*day));
        }
        Bound::Until(day) => {
            sql.push(column).push(" <= ").bind(day_number(*day));
        }
        Bound::Known => {
            sql.push(column).push(" IS NOT NULL");
        }
        Bound::Unknown => {
            sql.push(column).push(" IS NULL");
        }
        Bound::Overdue(day) => restrict_overdue(sql, *day),
        Bound::PlanBelow(permille) => restrict_plan_below(sql, *permille),
    }
    Ok(())
}

/// The least digits that a date counting from this day may have: a month that begins on it, 20240500,
/// comes before its first day, 20240501.
fn first_digits(day: NaiveDate) -> i64 {
    match (day.month(), day.day()) {
        (1, 1) => i64::from(day.year()) * 10_000,
        (_, 1) => day_number(day) - 1,
        _ => day_number(day),
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip() {
        for value in [
            None,
            Some(CursorValue::Number(-5)),
            Some(CursorValue::Text("é\"".into())),
        ] {
            let cursor = Cursor {
                value,
                subject_id: 7,
            };
            assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        }
        assert!(Cursor::decode("zz").is_err());
        assert!(Cursor::decode("").is_err());
    }

    #[test]
    fn a_month_counts_from_its_first_day() {
        let day = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
        assert!(first_digits(day) <= 20_240_500);
        let day = NaiveDate::from_ymd_opt(2024, 5, 2).unwrap();
        assert!(first_digits(day) > 20_240_500);
    }
}
