//! Writing a buffer of records: which subjects they mean, what is new, what supersedes.

use std::collections::HashMap;

use domain::SubjectKind;

use crate::error::Result;
use crate::facts::latest::Latest;
use crate::facts::record::{Said, settle};
use crate::facts::{FactRow, Recorded, Stored};
use crate::imports::bulk::{BulkImport, BulkRecord};
use crate::projection;
use crate::sql::{Param, Sql};
use crate::subjects::keys::{self, Found, Identity};
use crate::subjects::{
    self, COLUMNS, Resolution, Subject, SubjectStatus, follow_facts, read_subject,
};
use crate::write::Write;

/// How a row fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    /// Its subject was not known, or something about it was not.
    Added,
    /// Something it says differs from what was known.
    Superseded,
    /// All it says was known.
    Unchanged,
    /// Several subjects have its name and it has no code: it was left out.
    Ambiguous,
}

/// Numbers of words that every record needs.
#[derive(Debug)]
pub(super) struct Terms {
    name: i64,
    codes: [i64; 2],
    qualifiers: HashMap<String, i64>,
}

impl Terms {
    pub(super) async fn of_write(write: &mut Write) -> Result<Self> {
        Ok(Self {
            name: write.term("name").await?,
            codes: [write.term("uscc").await?, write.term("code").await?],
            qualifiers: HashMap::new(),
        })
    }

    /// Whether a fact may change what its subject is called.
    fn names_subject(&self, row: &FactRow) -> bool {
        row.period_id == 0
            && (row.variable_id == self.name || self.codes.contains(&row.variable_id))
    }

    /// Whether a subject is called otherwise than its facts say.
    fn call_otherwise(&self, subject: &Subject, latest: &Latest) -> bool {
        let said = |variable| {
            latest
                .get((variable, 0))
                .and_then(|row| row.text.as_deref())
        };
        let [uscc, code] = self.codes;
        let code = match subject.kind {
            SubjectKind::Enterprise => said(uscc),
            SubjectKind::Project => said(code),
            _ => None,
        };
        said(self.name).is_some_and(|name| name.trim() != subject.name)
            || code.is_some_and(|code| subject.code.as_deref() != Some(code))
    }
}

/// A subject that rows of the buffer mean.
struct Meant {
    subject: Subject,
    latest: Latest,
    identity: Identity,
    is_new: bool,
    changed: bool,
    /// Whether its row has to be read and set right: it was moved, or comes back.
    follow: bool,
    /// Whether its facts may call it otherwise.
    named: bool,
}

impl BulkImport {
    /// Writes the buffer.
    pub(super) async fn flush(&mut self) -> Result<()> {
        let records = std::mem::take(&mut self.buffer);
        self.emptied();
        let mut by_kind: HashMap<String, Vec<BulkRecord>> = HashMap::new();
        let mut order = Vec::with_capacity(records.len());
        for record in records {
            let kind = record.subject.kind.to_string();
            let of_kind = by_kind.entry(kind.clone()).or_default();
            order.push((kind, of_kind.len()));
            of_kind.push(record);
        }
        let mut outcomes = HashMap::new();
        for (kind, records) in by_kind {
            let fared = self.flush_kind(&kind, records).await?;
            outcomes.insert(kind, fared);
        }
        for (kind, at) in order {
            let outcome = outcomes[&kind][at];
            self.count(outcome);
            self.outcomes.push(outcome);
        }
        Ok(())
    }

    fn count(&mut self, outcome: RowOutcome) {
        match outcome {
            RowOutcome::Ambiguous => return,
            RowOutcome::Unchanged => self.counts.rows_unchanged += 1,
            RowOutcome::Superseded => self.counts.rows_superseded += 1,
            RowOutcome::Added => {}
        }
        self.counts.rows_accepted += 1;
    }

    async fn flush_kind(
        &mut self,
        kind: &str,
        records: Vec<BulkRecord>,
    ) -> Result<Vec<RowOutcome>> {
        let zone_id = self.import.zone_id;
        let identities: Vec<_> = records
            .iter()
            .map(|record| Identity::of(&record.subject))
            .collect();
        let mut found = keys::find(&self.write, zone_id, kind, &identities).await?;
        let mut meant = self.known(&found, &identities).await?;
        let mut paths: HashMap<i64, String> = HashMap::new();
        let mut outcomes = Vec::with_capacity(records.len());
        let mut said = Said::default();
        for (record, identity) in records.into_iter().zip(identities) {
            let organisation_id = record.subject.organisation_id;
            if let std::collections::hash_map::Entry::Vacant(vacant) = paths.entry(organisation_id)
            {
                vacant.insert(self.write.organisation(organisation_id).await?.path);
            }
            let path = &paths[&organisation_id];
            let id = match found.resolve(&identity) {
                Resolution::Ambiguous(_) => {
                    outcomes.push(RowOutcome::Ambiguous);
                    continue;
                }
                Resolution::Known(id) => {
                    // A namesake without a code has the row's from now on.
                    found.learn(&identity, id);
                    id
                }
                Resolution::New => {
                    let id = self.write.next_id("subjects").await?;
                    let subject = added(id, zone_id, path, &record, self.write.entry_id());
                    found.learn(&identity, id);
                    meant.insert(id, Meant::new(subject, identity.clone()));
                    id
                }
            };
            let subject = meant.get_mut(&id).expect("found or added just before");
            outcomes.push(self.settle(subject, record, path, &mut said).await?);
        }
        self.write_kind(kind, meant, said).await?;
        Ok(outcomes)
    }

    /// The known subjects that these identities mean, with the facts that count.
    async fn known(&self, found: &Found, identities: &[Identity]) -> Result<HashMap<i64, Meant>> {
        let mut by_id = HashMap::new();
        for identity in identities {
            if let Resolution::Known(id) = found.resolve(identity) {
                by_id.insert(id, identity.clone());
            }
        }
        let ids: Vec<i64> = by_id.keys().copied().collect();
        let mut latest: HashMap<i64, Latest> = self.write.latest(&ids).await?.into_iter().collect();
        let mut meant = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(1_000) {
            let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE id IN ("));
            sql.bind_all(chunk.iter().copied()).push(")");
            for row in self.write.rows(sql).await? {
                let subject = read_subject(&row)?;
                let identity = by_id.remove(&subject.id).expect("asked for by these ids");
                let mut one = Meant::new(subject, identity);
                one.latest = latest.remove(&one.subject.id).unwrap_or_default();
                one.is_new = false;
                one.changed = false;
                meant.insert(one.subject.id, one);
            }
        }
        Ok(meant)
    }

    async fn settle(
        &mut self,
        meant: &mut Meant,
        record: BulkRecord,
        path: &str,
        said: &mut Said,
    ) -> Result<RowOutcome> {
        let mut recorded = Recorded::default();
        let before = said.rows.len();
        for fact in record.facts {
            let stored = Stored::of(fact.value)?;
            let row = FactRow {
                id: 0,
                subject_id: meant.subject.id,
                variable_id: fact.column.variable,
                period_id: fact.column.period,
                kind: stored.kind,
                number: stored.number,
                text: stored.text,
                qualifier_id: self.qualifier(&fact.qualifier).await?,
                unit_id: fact.column.unit,
                source_id: fact.source.0,
                cell_row: fact.cell.map(|cell| i64::from(cell.row)),
                cell_column: fact.cell.map(|cell| i64::from(cell.column)),
                known_on: self.known_on,
                entry_id: self.write.entry_id(),
            };
            settle(&mut meant.latest, row, &mut recorded, said);
        }
        let added = meant.is_new && !meant.changed;
        // A ledger without a park column names the zone: that moves nothing out of its park.
        let moved = !meant.is_new && !meant.subject.path.starts_with(path);
        if moved {
            let target = record.subject.organisation_id;
            subjects::move_to(&mut self.write, meant.subject.id, target, path).await?;
            meant.follow = true;
        }
        let names = said.rows[before..]
            .iter()
            .any(|row| self.terms.names_subject(row));
        meant.named |= names;
        meant.follow |= meant.subject.status == SubjectStatus::Withdrawn;
        let wrote = said.rows.len() > before;
        meant.changed |= wrote || moved || added;
        self.counts.facts_recorded +=
            i64::try_from(said.rows.len() - before).expect("a row is short");
        Ok(match (recorded.superseded > 0, wrote || added || moved) {
            (true, _) => RowOutcome::Superseded,
            (false, true) => RowOutcome::Added,
            (false, false) => RowOutcome::Unchanged,
        })
    }

    async fn qualifier(&mut self, qualifier: &str) -> Result<i64> {
        if qualifier.is_empty() {
            return Ok(0);
        }
        if let Some(id) = self.terms.qualifiers.get(qualifier) {
            return Ok(*id);
        }
        let id = self.write.term(qualifier).await?;
        self.reader.learn(id, qualifier);
        self.terms.qualifiers.insert(qualifier.to_owned(), id);
        Ok(id)
    }

    async fn write_kind(
        &mut self,
        kind: &str,
        meant: HashMap<i64, Meant>,
        said: Said,
    ) -> Result<()> {
        let entry = self.write.entry_id();
        let mut meant: Vec<Meant> = meant.into_values().filter(|one| one.changed).collect();
        meant.sort_by_key(|one| one.subject.id);
        let mut subjects = Vec::new();
        let mut keys = Vec::new();
        for one in meant.iter().filter(|one| one.is_new) {
            subjects.push(subject_params(&one.subject));
            one.identity
                .rows(one.subject.zone_id, kind, one.subject.id, entry, &mut keys);
        }
        self.write.insert("subjects", COLUMNS, subjects).await?;
        self.write
            .insert_or(
                "subject_keys",
                keys::COLUMNS,
                keys,
                " ON CONFLICT DO NOTHING",
            )
            .await?;
        // Facts of a subject stand together, so that reading and undoing walk through them in order.
        let mut rows = said.rows;
        rows.sort_by_key(|row| row.subject_id);
        self.write.number_facts(&mut rows).await?;
        self.write.append_facts(&rows).await?;
        self.write.append_confirmations(said.confirmations).await?;
        for one in &mut meant {
            if one.follow || one.named && self.terms.call_otherwise(&one.subject, &one.latest) {
                follow_facts(&mut self.write, one.subject.id, &one.latest).await?;
                one.subject = self.write.subject(one.subject.id).await?;
            }
        }
        let Some(list) = projection::list_of(kind) else {
            return Ok(());
        };
        let mut listed = Vec::with_capacity(meant.len());
        for one in &meant {
            listed.push(projection::row(
                list,
                &one.subject,
                &one.latest,
                &self.reader,
                entry,
            )?);
        }
        projection::upsert(&self.write, list, listed).await
    }
}

impl Meant {
    fn new(subject: Subject, identity: Identity) -> Self {
        Self {
            subject,
            latest: Latest::default(),
            identity,
            is_new: true,
            changed: false,
            follow: false,
            named: false,
        }
    }
}

fn added(id: i64, zone_id: i64, path: &str, record: &BulkRecord, entry: i64) -> Subject {
    let new = &record.subject;
    Subject {
        id,
        zone_id,
        kind: new.kind.clone(),
        name: new.name.trim().to_owned(),
        code: new.code.clone(),
        organisation_id: new.organisation_id,
        path: path.to_owned(),
        owner_id: new.owner_id,
        status: SubjectStatus::Active,
        merged_into: None,
        invented: new.invented,
        created_entry: entry,
        since_entry: entry,
    }
}

fn subject_params(subject: &Subject) -> Vec<Param> {
    vec![
        subject.id.into(),
        subject.zone_id.into(),
        subject.kind.as_str().into(),
        subject.name.as_str().into(),
        subject.code.clone().into(),
        subject.organisation_id.into(),
        subject.path.as_str().into(),
        subject.owner_id.into(),
        subject.status.as_str().into(),
        subject.merged_into.into(),
        i64::from(subject.invented).into(),
        subject.created_entry.into(),
        subject.since_entry.into(),
    ]
}
