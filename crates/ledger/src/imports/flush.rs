//! What a buffer of records comes to: which subjects they mean, what is new, what supersedes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::SubjectKind;

use crate::error::Result;
use crate::facts::latest::Latest;
use crate::facts::record::settle;
use crate::facts::{Confirmation, FactRow, Recorded};
use crate::imports::bulk::{Buffered, BulkImport};
use crate::imports::chunk::{Chunk, Pending};
use crate::sql::Sql;
use crate::subjects::keys::{self, Found, Identity};
use crate::subjects::{COLUMNS, NewSubject, Resolution, Subject, SubjectStatus, read_subject};
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
}

impl Terms {
    pub(super) async fn of_write(write: &mut Write) -> Result<Self> {
        Ok(Self {
            name: write.term("name").await?,
            codes: [write.term("uscc").await?, write.term("code").await?],
        })
    }

    /// Whether a fact may change what its subject is called.
    fn names_subject(&self, row: &FactRow) -> bool {
        row.period_id == 0
            && (row.variable_id == self.name || self.codes.contains(&row.variable_id))
    }

    /// Whether a subject is called otherwise than its facts say.
    pub(super) fn call_otherwise(&self, subject: &Subject, latest: &Latest) -> bool {
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
#[derive(Debug)]
pub(super) struct Meant {
    pub(super) subject: Subject,
    pub(super) latest: Latest,
    /// How many facts were known before.
    pub(super) taken: usize,
    pub(super) identity: Identity,
    pub(super) is_new: bool,
    pub(super) changed: bool,
    /// The organisation that it belongs to from now on, with its path.
    pub(super) moved: Option<(i64, String)>,
    /// Whether its facts may call it otherwise.
    pub(super) named: bool,
}

impl BulkImport {
    /// Writes the buffer.
    pub(super) async fn flush(&mut self) -> Result<()> {
        let records = std::mem::take(&mut self.buffer);
        self.emptied();
        let mut by_kind: HashMap<String, Vec<Buffered>> = HashMap::new();
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

    async fn flush_kind(&mut self, kind: &str, records: Vec<Buffered>) -> Result<Vec<RowOutcome>> {
        let (mut found, mut meant) = self.look_up(kind, &records).await?;
        // From here on the chunk before is written while this one is settled.
        self.send().await?;
        let paths = Arc::clone(&self.paths);
        let mut outcomes = Vec::with_capacity(records.len());
        let mut keys = HashSet::with_capacity(2 * records.len());
        let mut confirmations = Vec::new();
        for record in records {
            let identity = &record.identity;
            keys.insert(identity.name.clone());
            keys.extend(identity.code.clone());
            let organisation_id = record.subject.organisation_id;
            let path = &paths[&organisation_id];
            let id = match found.resolve(identity) {
                Resolution::Ambiguous(_) => {
                    outcomes.push(RowOutcome::Ambiguous);
                    continue;
                }
                Resolution::Known(id) => {
                    // A namesake without a code has the row's from now on.
                    found.learn(identity, id);
                    id
                }
                Resolution::New => {
                    let id = self.next_subject;
                    self.next_subject += 1;
                    let zone = self.import.zone_id;
                    let subject = added(id, zone, path, &record.subject, self.entry_id);
                    found.learn(identity, id);
                    meant.insert(id, Meant::new(subject, identity.clone()));
                    id
                }
            };
            let subject = meant.get_mut(&id).expect("found or added just before");
            outcomes.push(self.settle(subject, record, path, &mut confirmations));
        }
        let mut changed: Vec<Meant> = meant.into_values().filter(|one| one.changed).collect();
        changed.sort_by_key(|one| one.subject.id);
        // Facts of a subject stand together, so that reading and undoing walk through them in order.
        for one in &mut changed {
            for row in one.latest.since_mut(one.taken) {
                row.id = self.next_fact;
                self.next_fact += 1;
            }
        }
        let chunk = Chunk {
            kind: kind.to_owned(),
            changed,
            confirmations,
            entry_id: self.entry_id,
            terms: Arc::clone(&self.terms),
            reader: Arc::clone(&self.reader),
        };
        self.chunk = Some(Pending::of(chunk, keys));
        Ok(outcomes)
    }

    /// What is known of the subjects of these records. The chunk before need not be written for it, unless it is
    /// about one of them.
    async fn look_up(
        &mut self,
        kind: &str,
        records: &[Buffered],
    ) -> Result<(Found, HashMap<i64, Meant>)> {
        let identities: Vec<&Identity> = records.iter().map(|record| &record.identity).collect();
        if self
            .chunk
            .as_ref()
            .is_some_and(|chunk| chunk.answers_to(kind, &identities))
        {
            self.send().await?;
        }
        let zone = self.import.zone_id;
        for record in records {
            let id = record.subject.organisation_id;
            if !self.paths.contains_key(&id) {
                let path = self.write().await?.organisation(id).await?.path;
                Arc::make_mut(&mut self.paths).insert(id, path);
            }
        }
        loop {
            let write = self.write().await?;
            let found = keys::find(write, zone, kind, &identities).await?;
            let meant = known(write, &found, &identities).await?;
            let is_stale = |chunk: &Pending| meant.keys().any(|id| chunk.changes(*id));
            if !self.chunk.as_ref().is_some_and(is_stale) {
                return Ok((found, meant));
            }
            self.send().await?;
        }
    }

    fn settle(
        &mut self,
        meant: &mut Meant,
        record: Buffered,
        path: &str,
        confirmations: &mut Vec<Confirmation>,
    ) -> RowOutcome {
        let mut recorded = Recorded::default();
        let before = meant.latest.taken();
        for mut row in record.facts {
            row.subject_id = meant.subject.id;
            settle(&mut meant.latest, row, &mut recorded, confirmations);
        }
        let added = meant.is_new && !meant.changed;
        // A ledger without a park column names the zone: that moves nothing out of its park.
        let moved = !meant.is_new && !meant.subject.path.starts_with(path);
        if moved {
            meant.moved = Some((record.subject.organisation_id, path.to_owned()));
        }
        let fresh = meant.latest.since(before);
        let names = fresh.iter().any(|row| self.terms.names_subject(row));
        let fresh = fresh.len();
        meant.named |= names;
        let wrote = fresh > 0;
        meant.changed |= wrote || moved || added;
        self.counts.facts_recorded += i64::try_from(fresh).expect("a row is short");
        match (recorded.superseded > 0, wrote || added || moved) {
            (true, _) => RowOutcome::Superseded,
            (false, true) => RowOutcome::Added,
            (false, false) => RowOutcome::Unchanged,
        }
    }
}

/// The known subjects that these identities mean, with the facts that count.
async fn known(
    write: &Write,
    found: &Found,
    identities: &[&Identity],
) -> Result<HashMap<i64, Meant>> {
    let mut by_id = HashMap::new();
    for identity in identities {
        if let Resolution::Known(id) = found.resolve(identity) {
            by_id.insert(id, (*identity).clone());
        }
    }
    let ids: Vec<i64> = by_id.keys().copied().collect();
    let mut latest: HashMap<i64, Latest> = write.latest(&ids).await?.into_iter().collect();
    let mut meant = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE id IN ("));
        sql.bind_all(chunk.iter().copied()).push(")");
        for row in write.rows(sql).await? {
            let subject = read_subject(&row)?;
            let identity = by_id.remove(&subject.id).expect("asked for by these ids");
            let mut one = Meant::new(subject, identity);
            one.latest = latest.remove(&one.subject.id).unwrap_or_default();
            one.taken = one.latest.taken();
            one.is_new = false;
            one.changed = false;
            meant.insert(one.subject.id, one);
        }
    }
    Ok(meant)
}

impl Meant {
    fn new(subject: Subject, identity: Identity) -> Self {
        Self {
            subject,
            latest: Latest::default(),
            taken: 0,
            identity,
            is_new: true,
            changed: false,
            moved: None,
            named: false,
        }
    }
}

fn added(id: i64, zone_id: i64, path: &str, new: &NewSubject, entry: i64) -> Subject {
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
