//! Making the lists again from the facts, past rows too, after a step that changed their columns.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use crate::Ledger;
use crate::error::Result;
use crate::facts::latest::Latest;
use crate::facts::{FactRow, facts_of_rows, facts_up_to};
use crate::projection::written_columns;
use crate::projection::{ENTERPRISES, List, PROJECTS, Reader, is_listed, replace, row};
use crate::sql::{Param, Sql};
use crate::subjects::{COLUMNS, Subject, read_subject, read_version};
use crate::write::{Action, Stamp, Write, Written};

/// Subjects whose facts are held at a time.
const SUBJECTS_A_TIME: i64 = 500;

impl Ledger {
    /// Makes every row of every list again, as it stands and as it stood. Lights stay.
    pub async fn rebuild_lists(&self, stamp: &Stamp) -> Result<Written> {
        let mut write = self.begin(stamp).await?;
        let reader = Reader::of_write(&mut write).await?;
        let mut count = 0;
        for list in [&PROJECTS, &ENTERPRISES] {
            let text = format!("DELETE FROM {}_past", list.table);
            write.execute(Sql::new(&text)).await?;
            let mut after = 0_i64;
            loop {
                let text = format!(
                    "SELECT {COLUMNS} FROM subjects WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3"
                );
                let params = [
                    list.subject_kind.into(),
                    after.into(),
                    SUBJECTS_A_TIME.into(),
                ];
                let rows = write.rows(Sql::with(&text, params)).await?;
                let subjects = rows.iter().map(read_subject).collect::<Result<Vec<_>>>()?;
                let Some(last) = subjects.last() else { break };
                after = last.id;
                count += subjects.len();
                write.rebuild(list, &reader, subjects).await?;
            }
        }
        let action = Action::new("lists.rebuild", "lists", "all").with(json!({"rows": count}));
        write.commit(action).await
    }
}

/// What a subject was, up to an entry.
struct State {
    until: i64,
    subject: Subject,
}

impl Write {
    async fn rebuild(
        &self,
        list: &'static List,
        reader: &Reader,
        subjects: Vec<Subject>,
    ) -> Result<()> {
        let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
        let mut facts: HashMap<i64, Vec<FactRow>> = HashMap::new();
        for fact in facts_of_rows(&self.rows(facts_up_to(&ids, i64::MAX)).await?)? {
            facts.entry(fact.subject_id).or_default().push(fact);
        }
        let mut states = self.states(subjects).await?;
        let (mut now, mut past) = (Vec::new(), Vec::new());
        for id in &ids {
            let mut facts = facts.remove(id).unwrap_or_default();
            facts.sort_unstable_by_key(|fact| fact.id);
            let states = states.remove(id).unwrap_or_default();
            for (until, row) in life(list, reader, &states, facts)? {
                match until {
                    None => now.push(row),
                    Some(until) => past.push([row, vec![until.into()]].concat()),
                }
            }
        }
        let mut sql = Sql::new(&format!("DELETE FROM {} WHERE subject_id IN (", list.table));
        sql.bind_all(ids).push(") AND subject_id NOT IN (");
        let kept: Vec<Param> = now.iter().map(|row: &Vec<Param>| row[0].clone()).collect();
        if kept.is_empty() {
            sql.push("0)");
        } else {
            sql.bind_all(kept).push(")");
        }
        self.execute(sql).await?;
        replace(self, list, now).await?;
        let columns = format!("{}, until_entry", written_columns(list));
        self.insert(&format!("{}_past", list.table), &columns, past)
            .await
    }

    /// What each subject was one after another, its present last.
    async fn states(&self, subjects: Vec<Subject>) -> Result<HashMap<i64, Vec<State>>> {
        let mut sql = Sql::new(
            "SELECT v.since_entry, v.name, v.code, v.organisation_id, o.path, v.owner_id, v.status, \
             v.merged_into, v.subject_id, v.until_entry FROM subject_versions v \
             JOIN organisations o ON o.id = v.organisation_id WHERE v.subject_id IN (",
        );
        sql.bind_all(subjects.iter().map(|subject| subject.id));
        sql.push(") ORDER BY v.until_entry");
        let by_id: HashMap<i64, Subject> = subjects
            .into_iter()
            .map(|subject| (subject.id, subject))
            .collect();
        let mut states: HashMap<i64, Vec<State>> = HashMap::new();
        for row in self.rows(sql).await? {
            let id: i64 = row.at(8)?;
            states.entry(id).or_default().push(State {
                until: row.at(9)?,
                subject: read_version(&row, by_id[&id].clone())?,
            });
        }
        for (id, subject) in by_id {
            let until = i64::MAX;
            states.entry(id).or_default().push(State { until, subject });
        }
        Ok(states)
    }
}

/// Every row that a subject ever had, with the entry up to which it stood; `None` for the one that
/// stands.
fn life(
    list: &'static List,
    reader: &Reader,
    states: &[State],
    facts: Vec<FactRow>,
) -> Result<Vec<(Option<i64>, Vec<Param>)>> {
    let mut changes: BTreeSet<i64> = facts.iter().map(|fact| fact.entry_id).collect();
    changes.extend(states.iter().map(|state| state.subject.since_entry));
    changes.extend(states.first().map(|state| state.subject.created_entry));
    let mut facts = facts.into_iter().peekable();
    let mut latest = Latest::default();
    let mut rows: Vec<(Option<i64>, Vec<Param>)> = Vec::new();
    let mut open = false;
    for entry in changes {
        while let Some(fact) = facts.next_if(|fact| fact.entry_id <= entry) {
            latest.take(fact);
        }
        if open && let Some((until, _)) = rows.last_mut() {
            *until = Some(entry);
        }
        let state = states.iter().find(|state| state.until > entry);
        open = state.is_some_and(|state| is_listed(state.subject.status));
        if let Some(state) = state.filter(|_| open) {
            rows.push((None, row(list, &state.subject, &latest, reader, entry)?));
        }
    }
    Ok(rows)
}
