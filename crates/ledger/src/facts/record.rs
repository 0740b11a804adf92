//! Recording facts one by one: what is new is added, what differs supersedes, what is the same stays.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::latest::{Latest, fold};
use crate::facts::read::facts_up_to;
use crate::facts::{Confirmation, FactRow, NewFact, Stored, facts_of_rows};
use crate::projection;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::subjects;
use crate::time::{AsOf, day_number};
use crate::write::{Action, FACTS, Stamp, Write, Written};

/// What recording came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Facts of which nothing was known.
    pub added: u64,
    /// Facts that differ from what was known, and now count.
    pub superseded: u64,
    /// Facts that were known already, with the same value and qualifier.
    pub unchanged: u64,
    /// Unchanged facts that only imports had said so far: with this they stand when those are undone.
    pub confirmed: u64,
}

impl Ledger {
    /// Records facts about a subject. Where nothing differs, and the same stands without any import,
    /// nothing is written.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for a subject outside the scope.
    pub async fn record_facts(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        subject_id: i64,
        facts: Vec<NewFact>,
    ) -> Result<(Recorded, Option<Written>)> {
        let subject = self.subject(scope, subject_id, AsOf::Now).await?;
        let mut write = self.begin(stamp).await?;
        let recorded = write.record(subject_id, facts).await?;
        if recorded.added + recorded.superseded + recorded.confirmed == 0 {
            write.abandon().await?;
            return Ok((recorded, None));
        }
        let action = Action::new("facts.record", subject.kind.as_str(), subject_id)
            .in_zone(subject.zone_id)
            .with(json!({
                "added": recorded.added,
                "superseded": recorded.superseded,
                "confirmed": recorded.confirmed,
            }));
        let written = write.commit(action).await?;
        Ok((recorded, Some(written)))
    }

    /// Takes back the value that counts for this fact's variable and period, if it is this fact.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] when the fact no longer counts.
    pub async fn retract_fact(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        fact_id: i64,
        reason: &str,
    ) -> Result<Written> {
        let fact = self.fact(scope, fact_id).await?;
        let subject = self.subject(scope, fact.subject_id, AsOf::Now).await?;
        let mut write = self.begin(stamp).await?;
        let mut latest = write.latest(&[fact.subject_id]).await?.remove(0).1;
        let counts = latest.rows().find(|row| row.id == fact_id).cloned();
        let Some(mut row) = counts else {
            return Err(LedgerError::Refused("the fact does not count any more"));
        };
        row.id = write.next_id(FACTS).await?;
        row.kind = Stored::retracted().kind;
        row.number = None;
        row.text = None;
        row.entry_id = write.entry_id();
        write.append_facts(std::slice::from_ref(&row)).await?;
        latest.take(row);
        subjects::follow_facts(&mut write, fact.subject_id, &latest).await?;
        projection::refresh(&mut write, &[(fact.subject_id, latest)]).await?;
        let action = Action::new("facts.retract", subject.kind.as_str(), fact.subject_id)
            .in_zone(subject.zone_id)
            .with(json!({"fact": fact_id, "variable": fact.variable, "reason": reason}));
        write.commit(action).await
    }
}

impl Write {
    /// The facts that count of these subjects, this write's own included, in the order asked for.
    pub(crate) async fn latest(&self, subject_ids: &[i64]) -> Result<Vec<(i64, Latest)>> {
        let mut found = Vec::with_capacity(subject_ids.len());
        for chunk in subject_ids.chunks(1_000) {
            let rows = self.rows(facts_up_to(chunk, i64::MAX)).await?;
            let mut latest = fold(facts_of_rows(&rows)?);
            found.extend(
                chunk
                    .iter()
                    .map(|id| (*id, latest.remove(id).unwrap_or_default())),
            );
        }
        Ok(found)
    }

    /// Records facts about a subject within this write.
    pub async fn record(&mut self, subject_id: i64, facts: Vec<NewFact>) -> Result<Recorded> {
        let known = Sql::with("SELECT 1 FROM subjects WHERE id = $1", [subject_id.into()]);
        if self.row(known).await?.is_none() {
            return Err(LedgerError::not_found("subject", subject_id));
        }
        let mut latest = self.latest(&[subject_id]).await?.remove(0).1;
        let entries = latest.rows().map(|row| (row.id, row.entry_id)).collect();
        let mut recorded = Recorded::default();
        let mut confirmations = Vec::new();
        let taken = latest.taken();
        for fact in facts {
            let row = self.fact_row(subject_id, fact).await?;
            settle(&mut latest, row, &mut recorded, &mut confirmations);
        }
        let confirmations = self.needed(confirmations, &entries).await?;
        recorded.confirmed = confirmations.len() as u64;
        self.append_confirmations(confirmations).await?;
        if latest.taken() == taken {
            return Ok(recorded);
        }
        self.number_facts(latest.since_mut(taken)).await?;
        self.append_facts(latest.since(taken)).await?;
        subjects::follow_facts(self, subject_id, &latest).await?;
        projection::refresh(self, &[(subject_id, latest)]).await?;
        Ok(recorded)
    }

    /// Those confirmations without which a value would rest on imports alone, which can be undone. `entries` says
    /// of each fact which entry recorded it.
    async fn needed(
        &self,
        confirmations: Vec<Confirmation>,
        entries: &HashMap<i64, i64>,
    ) -> Result<Vec<Confirmation>> {
        let mut imported = HashSet::new();
        let mut stands = HashSet::new();
        for chunk in confirmations.chunks(1_000) {
            let mut sql = Sql::new("SELECT entry_id FROM imports WHERE entry_id IN (");
            sql.bind_all(chunk.iter().map(|one| entries[&one.fact_id]));
            sql.push(") UNION SELECT undone_entry FROM imports WHERE undone_entry IN (");
            sql.bind_all(chunk.iter().map(|one| entries[&one.fact_id]))
                .push(")");
            for row in self.rows(sql).await? {
                imported.insert(row.at::<i64>(0)?);
            }
            let mut sql = Sql::new("SELECT c.fact_id FROM confirmations c WHERE c.fact_id IN (");
            sql.bind_all(chunk.iter().map(|one| one.fact_id));
            sql.push(") AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.entry_id = c.entry_id)");
            for row in self.rows(sql).await? {
                stands.insert(row.at::<i64>(0)?);
            }
        }
        let mut confirmations = confirmations;
        confirmations.retain(|one| {
            imported.contains(&entries[&one.fact_id]) && !stands.contains(&one.fact_id)
        });
        Ok(confirmations)
    }

    /// Gives rows their ids, which are known only once it is clear which rows are written.
    pub(crate) async fn number_facts(&mut self, rows: &mut [FactRow]) -> Result<()> {
        let mut id = self.next_ids(FACTS, rows.len()).await?;
        for row in rows {
            row.id = id;
            id += 1;
        }
        Ok(())
    }

    async fn fact_row(&mut self, subject_id: i64, fact: NewFact) -> Result<FactRow> {
        if fact.variable.is_empty() {
            return Err(LedgerError::Refused("a fact needs a variable"));
        }
        let stored = Stored::of(fact.value)?;
        let (source_id, cell) = self.source(&fact.source).await?;
        Ok(FactRow {
            id: 0,
            subject_id,
            variable_id: self.term(&fact.variable).await?,
            period_id: self.term(&fact.period.to_string()).await?,
            kind: stored.kind,
            number: stored.number,
            text: stored.text,
            qualifier_id: self.term(&fact.qualifier).await?,
            unit_id: self.term(&fact.unit).await?,
            source_id,
            cell_row: cell.map(|cell| i64::from(cell.row)),
            cell_column: cell.map(|cell| i64::from(cell.column)),
            known_on: fact.known_on.map(day_number),
            entry_id: self.entry_id(),
        })
    }
}

/// Decides what becomes of a row: unchanged, added or superseding. Takes it in when it counts.
pub(crate) fn settle(
    latest: &mut Latest,
    row: FactRow,
    recorded: &mut Recorded,
    confirmations: &mut Vec<Confirmation>,
) {
    match latest.get(row.key()) {
        Some(known) if known.says_the_same(&row) => {
            recorded.unchanged += 1;
            if known.entry_id != row.entry_id {
                confirmations.push(Confirmation::of(known, &row));
            }
            return;
        }
        Some(_) => recorded.superseded += 1,
        None => recorded.added += 1,
    }
    latest.take(row);
}
