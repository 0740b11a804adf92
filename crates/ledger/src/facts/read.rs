//! Reading facts: the latest of a subject or of many, now or as of any past moment.

use std::collections::HashMap;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::latest::{Latest, fold};
use crate::facts::{FactRecord, FactRow, Statement, codec, facts_of_rows};
use crate::scope::Scope;
use crate::sql::Sql;
use crate::time::{AsOf, Timestamp, day_of_number};

impl Ledger {
    /// The facts of a subject that count, ordered by variable and period.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for a subject outside the scope.
    pub async fn facts_of(
        &self,
        scope: &Scope,
        subject_id: i64,
        as_of: AsOf,
    ) -> Result<Vec<FactRecord>> {
        self.subject(scope, subject_id, as_of).await?;
        let entry = self.last_entry(as_of).await?;
        let latest = self.latest_of(&[subject_id], entry).await?;
        let rows = latest.into_values().flat_map(Latest::into_rows).collect();
        self.fact_records(rows).await
    }

    /// The facts that count of several subjects, those outside the scope left out.
    pub async fn facts_of_many(
        &self,
        scope: &Scope,
        subject_ids: &[i64],
        as_of: AsOf,
    ) -> Result<HashMap<i64, Vec<FactRecord>>> {
        let mut seen = Vec::new();
        for chunk in subject_ids.chunks(1_000) {
            let mut sql = Sql::new("SELECT id FROM subjects WHERE id IN (");
            sql.bind_all(chunk.iter().copied()).push(") AND ");
            scope.restrict_subjects(&mut sql, "id", "owner_id", "path");
            for row in self.database.rows(sql).await? {
                seen.push(row.at(0)?);
            }
        }
        let entry = self.last_entry(as_of).await?;
        let latest = self.latest_of(&seen, entry).await?;
        let rows = latest.into_values().flat_map(Latest::into_rows).collect();
        let mut found: HashMap<i64, Vec<FactRecord>> = HashMap::new();
        for record in self.fact_records(rows).await? {
            found.entry(record.subject_id).or_default().push(record);
        }
        Ok(found)
    }

    /// One fact, whether it still counts or not.
    pub async fn fact(&self, scope: &Scope, fact_id: i64) -> Result<FactRecord> {
        let text = format!(
            "SELECT {} FROM statements WHERE id <= $1 ORDER BY id DESC LIMIT 1",
            Statement::COLUMNS
        );
        let found = self
            .database
            .rows(Sql::with(&text, [fact_id.into()]))
            .await?;
        let missing = || LedgerError::not_found("fact", fact_id);
        let mut facts = facts_of_rows(&found)?.into_iter();
        let row = facts.find(|fact| fact.id == fact_id).ok_or_else(missing)?;
        self.subject(scope, row.subject_id, AsOf::Now)
            .await
            .map_err(|_| missing())?;
        self.fact_records(vec![row])
            .await?
            .pop()
            .ok_or_else(missing)
    }

    /// The facts that count of these subjects, by what was recorded up to this entry.
    pub(crate) async fn latest_of(
        &self,
        subject_ids: &[i64],
        entry: i64,
    ) -> Result<HashMap<i64, Latest>> {
        let mut found = HashMap::new();
        for chunk in subject_ids.chunks(1_000) {
            let rows = self.database.rows(facts_up_to(chunk, entry)).await?;
            found.extend(fold(facts_of_rows(&rows)?));
        }
        Ok(found)
    }

    /// The rows with their words, ordered by subject, variable and period.
    pub(crate) async fn fact_records(&self, rows: Vec<FactRow>) -> Result<Vec<FactRecord>> {
        let highest = rows.iter().map(FactRow::highest_term).max().unwrap_or(0);
        let known = self.terms.through(&self.database, highest).await?;
        let moments = self.moments(rows.iter().map(|row| row.entry_id)).await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let moment = moments.get(&row.entry_id).copied();
            records.push(FactRecord {
                id: row.id,
                subject_id: row.subject_id,
                variable: known.term(row.variable_id)?.to_string(),
                period: known.period(row.period_id)?,
                value: codec::value(row.kind, row.number, row.text.as_deref())?,
                qualifier: known.term(row.qualifier_id)?.to_string(),
                unit: known.term(row.unit_id)?.to_string(),
                source_id: row.source_id,
                cell: row.cell(),
                known_on: row.known_on.map(day_of_number).transpose()?,
                entry_id: row.entry_id,
                recorded_at: moment
                    .ok_or_else(|| LedgerError::damaged("entry of fact", row.entry_id))?,
            });
        }
        records.sort_by(|a, b| {
            (a.subject_id, &a.variable, &a.period).cmp(&(b.subject_id, &b.variable, &b.period))
        });
        Ok(records)
    }

    /// When these entries were recorded.
    async fn moments(&self, entries: impl Iterator<Item = i64>) -> Result<HashMap<i64, Timestamp>> {
        let mut entries: Vec<i64> = entries.collect();
        entries.sort_unstable();
        entries.dedup();
        let mut found = HashMap::with_capacity(entries.len());
        for chunk in entries.chunks(1_000) {
            let mut sql = Sql::new("SELECT id, recorded_at FROM audit_entries WHERE id IN (");
            sql.bind_all(chunk.iter().copied()).push(")");
            for row in self.database.rows(sql).await? {
                found.insert(row.at(0)?, Timestamp(row.at(1)?));
            }
        }
        Ok(found)
    }
}

/// All that was said of these subjects up to an entry, of each in the order in which it was recorded.
pub(crate) fn facts_up_to(subject_ids: &[i64], entry: i64) -> Sql {
    let mut sql = Sql::new(&format!(
        "SELECT {} FROM statements WHERE subject_id IN (",
        Statement::COLUMNS
    ));
    sql.bind_all(subject_ids.iter().copied());
    sql.push(") AND entry_id <= ").bind(entry);
    sql.push(" ORDER BY subject_id, id");
    sql
}
