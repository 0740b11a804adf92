//! Writing what a buffer of records came to, while the next one is settled.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::database::Dialect;
use crate::error::Result;
use crate::facts::{Confirmation, Statement};
use crate::imports::flush::{Meant, Terms};
use crate::projection::{self, Reader};
use crate::sql::{Param, Sql};
use crate::subjects::keys::Identity;
use crate::subjects::{COLUMNS, Subject, SubjectStatus, follow_facts, keys, move_to};
use crate::write::{FACTS, Write};

/// What a buffer came to.
pub(super) struct Chunk {
    /// The kind of its subjects.
    pub(super) kind: String,
    /// The subjects that are new or of which something is, in the order of their ids, and so are their facts.
    pub(super) changed: Vec<Meant>,
    /// What was said again.
    pub(super) confirmations: Vec<Confirmation>,
    pub(super) entry_id: i64,
    pub(super) terms: Arc<Terms>,
    pub(super) reader: Arc<Reader>,
}

/// A chunk whose rows are being made, and whom it is about.
#[derive(Debug)]
pub(super) struct Pending {
    kind: String,
    keys: HashSet<String>,
    ids: HashSet<i64>,
    /// Whether it gives a subject a name or code that none of its records is known by.
    renames: bool,
    rows: JoinHandle<Result<Rows>>,
}

/// The rows of a chunk.
#[derive(Debug)]
struct Rows {
    kind: String,
    reader: Arc<Reader>,
    subjects: Vec<Vec<Param>>,
    keys: Vec<Vec<Param>>,
    statements: Vec<Statement>,
    facts: usize,
    confirmations: Vec<Confirmation>,
    /// Subjects whose place, name or standing changes.
    followers: Vec<Meant>,
    /// Rows of the list, of all others.
    listed: Vec<Vec<Param>>,
    /// Subjects that were known before.
    known: Vec<Param>,
}

impl Pending {
    /// Begins to make the rows of a chunk, whose records have these keys.
    pub(super) fn of(chunk: Chunk, keys: HashSet<String>) -> Self {
        Self {
            kind: chunk.kind.clone(),
            keys,
            ids: chunk.changed.iter().map(|one| one.subject.id).collect(),
            renames: chunk.changed.iter().any(|one| chunk.renames(one)),
            rows: tokio::task::spawn_blocking(move || chunk.rows()),
        }
    }

    /// Whether any of its subjects may answer to one of these.
    pub(super) fn answers_to(&self, kind: &str, identities: &[&Identity]) -> bool {
        let has = |key: &String| self.keys.contains(key);
        let mut identities = identities.iter();
        self.kind == kind
            && (self.renames
                || identities.any(|one| has(&one.name) || one.code.as_ref().is_some_and(has)))
    }

    /// Whether it changes this subject.
    pub(super) fn changes(&self, subject_id: i64) -> bool {
        self.ids.contains(&subject_id)
    }

    /// Writes it and gives the write back. `looks`: PostgreSQL is to look at what the tables hold now. It knows nothing
    /// of the rows of an open transaction, and would read whole tables for each chunk.
    pub(super) async fn write(self, write: Write, looks: bool) -> Result<Write> {
        let write = self.rows.await??.write(write).await?;
        if looks && write.dialect() == Dialect::Postgres {
            let look = Sql::new("ANALYZE subjects, subject_keys, statements");
            write.execute(look).await?;
        }
        Ok(write)
    }
}

impl Chunk {
    fn renames(&self, one: &Meant) -> bool {
        one.named && self.terms.call_otherwise(&one.subject, &one.latest)
    }

    fn rows(mut self) -> Result<Rows> {
        let list = projection::list_of(&self.kind);
        let (mut subjects, mut keys) = (Vec::new(), Vec::new());
        let (mut followers, mut listed, mut known) = (Vec::new(), Vec::new(), Vec::new());
        let (mut statements, mut facts) = (Vec::with_capacity(self.changed.len()), 0);
        for one in std::mem::take(&mut self.changed) {
            let said = one.latest.since(one.taken);
            statements.extend(Statement::pack(said));
            facts += said.len();
            if one.is_new {
                subjects.push(subject_params(&one.subject));
                let (zone, id) = (one.subject.zone_id, one.subject.id);
                one.identity
                    .rows(zone, &self.kind, id, self.entry_id, &mut keys);
            } else {
                known.push(one.subject.id.into());
            }
            let otherwise = self.renames(&one);
            let comes_back = one.subject.status == SubjectStatus::Withdrawn;
            if one.moved.is_some() || comes_back || otherwise {
                followers.push(one);
            } else if let Some(list) = list {
                let (subject, latest) = (&one.subject, &one.latest);
                let row = projection::row(list, subject, latest, &self.reader, self.entry_id);
                listed.push(row?);
            }
        }
        Ok(Rows {
            kind: self.kind,
            reader: self.reader,
            subjects,
            keys,
            statements,
            facts,
            confirmations: self.confirmations,
            followers,
            listed,
            known,
        })
    }
}

impl Rows {
    async fn write(mut self, mut write: Write) -> Result<Write> {
        let entry = write.entry_id();
        // They were numbered by the import; the write has to know how far.
        write.next_ids("subjects", self.subjects.len()).await?;
        write.next_ids(FACTS, self.facts).await?;
        write.insert("subjects", COLUMNS, self.subjects).await?;
        let conflict = " ON CONFLICT DO NOTHING";
        write
            .insert_or("subject_keys", keys::COLUMNS, self.keys, conflict)
            .await?;
        write.append_statements(self.statements).await?;
        write.append_confirmations(self.confirmations).await?;
        let list = projection::list_of(&self.kind);
        for one in &self.followers {
            let id = one.subject.id;
            if let Some((organisation_id, path)) = &one.moved {
                move_to(&mut write, id, *organisation_id, path).await?;
            }
            follow_facts(&mut write, id, &one.latest).await?;
            if let Some(list) = list {
                let subject = write.subject(id).await?;
                let row = projection::row(list, &subject, &one.latest, &self.reader, entry);
                self.listed.push(row?);
            }
        }
        if let Some(list) = list {
            projection::upsert(&write, list, &self.known, self.listed).await?;
        }
        Ok(write)
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
