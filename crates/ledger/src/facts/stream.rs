//! The way to the judge: what is known of one subject after another, in the order of their ids.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Period, SubjectKind, Value};
use rusqlite::types::Value as Bound;

use crate::Ledger;
use crate::database::Dialect;
use crate::error::Result;
use crate::facts::latest::{Latest, fold};
use crate::facts::{FactRecord, FactRow, Statement, codec, facts_of_rows};
use crate::scope::Scope;
use crate::sql::{Param, Sql};
use crate::subjects::SubjectQuery;
use crate::terms::Known;
use crate::time::{AsOf, day_number};

/// Whose facts to read, and as of when.
#[derive(Debug, Clone)]
pub struct SubjectFactsQuery {
    /// What they are facts of.
    pub kind: SubjectKind,
    /// Only of this zone.
    pub zone_id: Option<i64>,
    /// Only these variables; `None` for all.
    pub variables: Option<Vec<String>>,
    /// The assessment date: facts known later are not seen. `None` for no such date.
    pub known_by: Option<NaiveDate>,
    /// Only what had been recorded by then.
    pub as_of: AsOf,
    /// Only after this subject: the last of the page before.
    pub after: Option<i64>,
    /// Subjects a page.
    pub limit: u32,
}

/// A value that counts, for the judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownValue {
    /// The fact.
    pub fact_id: i64,
    /// Name of the variable.
    pub variable: Arc<str>,
    /// The period.
    pub period: Period,
    /// The value. Absence is a value: known to be none.
    pub value: Value,
    /// What was written beside the number; empty for nothing.
    pub qualifier: Arc<str>,
}

/// A subject and all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectFacts {
    /// The subject.
    pub subject_id: i64,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: Option<String>,
    /// The organisation it belongs to.
    pub organisation_id: i64,
    /// One per variable and period.
    pub values: Vec<KnownValue>,
}

impl Ledger {
    /// What is known of one subject.
    pub async fn known_values(
        &self,
        scope: &Scope,
        subject_id: i64,
        known_by: Option<NaiveDate>,
        as_of: AsOf,
    ) -> Result<Vec<KnownValue>> {
        self.subject(scope, subject_id, as_of).await?;
        let entry = self.last_entry(as_of).await?;
        let sql = said_between(subject_id, subject_id, entry, known_by);
        let rows = self.fact_rows(sql).await?;
        let known = self.words_of(&rows).await?;
        let latest = fold(rows).remove(&subject_id).unwrap_or_default();
        values(latest, &known)
    }

    /// The facts of a subject that count, of those that were known by a day, ordered by variable and period.
    ///
    /// # Errors
    /// [`crate::LedgerError::NotFound`] for a subject outside the scope.
    pub async fn facts_known_by(
        &self,
        scope: &Scope,
        subject_id: i64,
        day: NaiveDate,
        as_of: AsOf,
    ) -> Result<Vec<FactRecord>> {
        self.subject(scope, subject_id, as_of).await?;
        let entry = self.last_entry(as_of).await?;
        let sql = said_between(subject_id, subject_id, entry, Some(day));
        let rows = self.fact_rows(sql).await?;
        let latest = fold(rows).remove(&subject_id).unwrap_or_default();
        self.fact_records(latest.into_rows().collect()).await
    }

    /// A page of subjects with what is known of each, those of which nothing is known included. Ask
    /// again after the last one; an empty page is the end.
    pub async fn subject_facts(
        &self,
        scope: &Scope,
        query: &SubjectFactsQuery,
    ) -> Result<Vec<SubjectFacts>> {
        let page = SubjectQuery {
            kind: query.kind.clone(),
            zone_id: query.zone_id,
            owner_id: None,
            after: query.after,
            limit: query.limit,
        };
        let subjects = self.subjects(scope, &page, query.as_of).await?;
        let (Some(first), Some(last)) = (subjects.first(), subjects.last()) else {
            return Ok(Vec::new());
        };
        let entry = self.last_entry(query.as_of).await?;
        let sql = said_between(first.id, last.id, entry, query.known_by);
        let mut rows = self.fact_rows(sql).await?;
        if let Some(names) = &query.variables {
            let known = self.terms.all(&self.database).await?;
            let wanted: HashSet<i64> = names.iter().filter_map(|name| known.id(name)).collect();
            rows.retain(|row| wanted.contains(&row.variable_id));
        }
        let known = self.words_of(&rows).await?;
        let mut latest = fold(rows);
        subjects
            .into_iter()
            .map(|subject| {
                let latest = latest.remove(&subject.id).unwrap_or_default();
                Ok(SubjectFacts {
                    subject_id: subject.id,
                    name: subject.name,
                    code: subject.code,
                    organisation_id: subject.organisation_id,
                    values: values(latest, &known)?,
                })
            })
            .collect()
    }

    async fn words_of(&self, rows: &[FactRow]) -> Result<Arc<Known>> {
        let highest = rows.iter().map(FactRow::highest_term).max().unwrap_or(0);
        self.terms.through(&self.database, highest).await
    }

    /// Facts in bulk, from rows of statements. Of the embedded database they are read without a hop between threads
    /// per row, several times as fast.
    pub(crate) async fn fact_rows(&self, sql: Sql) -> Result<Vec<FactRow>> {
        let Some(file) = self
            .database
            .file
            .clone()
            .filter(|_| self.dialect() == Dialect::Sqlite)
        else {
            return facts_of_rows(&self.database.rows(sql).await?);
        };
        tokio::task::spawn_blocking(move || {
            use rusqlite::OpenFlags;
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = rusqlite::Connection::open_with_flags(file, flags)?;
            connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
            let (text, params) = sql.into_parts();
            let params = params.into_iter().map(bound);
            let mut statement = connection.prepare(&text)?;
            let params = rusqlite::params_from_iter(params);
            let mut facts = Vec::new();
            for found in statement.query_map(params, Statement::read_embedded)? {
                facts.extend(found?.unpack()?);
            }
            Ok(facts)
        })
        .await?
    }
}

/// What was said of the subjects between two ids, of each in the order in which it was recorded.
fn said_between(first: i64, last: i64, entry: i64, known_by: Option<NaiveDate>) -> Sql {
    let columns = Statement::COLUMNS;
    let mut sql = Sql::new(&format!(
        "SELECT {columns} FROM statements WHERE subject_id >= "
    ));
    sql.bind(first).push(" AND subject_id <= ").bind(last);
    sql.push(" AND entry_id <= ").bind(entry);
    if let Some(day) = known_by {
        sql.push(" AND (known_on IS NULL OR known_on <= ")
            .bind(day_number(day))
            .push(")");
    }
    sql.push(" ORDER BY subject_id, id");
    sql
}

fn values(latest: Latest, known: &Known) -> Result<Vec<KnownValue>> {
    let mut values = Vec::new();
    for row in latest.into_rows() {
        let Some(value) = codec::value(row.kind, row.number, row.text.as_deref())? else {
            continue;
        };
        values.push(KnownValue {
            fact_id: row.id,
            variable: known.term(row.variable_id)?,
            period: known.period(row.period_id)?,
            value,
            qualifier: known.term(row.qualifier_id)?,
        });
    }
    Ok(values)
}

fn bound(param: Param) -> Bound {
    match param {
        Param::BigInt(Some(number)) => Bound::Integer(number),
        Param::String(Some(text)) => Bound::Text(text),
        _ => Bound::Null,
    }
}
