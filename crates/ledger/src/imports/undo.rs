//! Undoing an import: compensating facts, never a deletion.

use std::collections::HashSet;

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::latest::Latest;
use crate::facts::{FactRow, Stored};
use crate::projection;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::subjects::{SubjectStatus, change, follow_facts};
use crate::write::{Action, Stamp, Write, Written};

/// What undoing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// Values put back to what counted before.
    pub restored: u64,
    /// Values taken back, of which nothing was known before.
    pub retracted: u64,
    /// Values left alone, because something later counts.
    pub superseded_since: u64,
    /// Subjects withdrawn: nothing but the import knew of them.
    pub withdrawn: u64,
    /// Entry and moment.
    pub written: Written,
}

#[derive(Debug, Default)]
struct Tally {
    restored: u64,
    retracted: u64,
    superseded_since: u64,
    withdrawn: u64,
}

impl Ledger {
    /// Undoes an import. What it brought, and still counts, gives way to what counted before.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] when it was undone before.
    pub async fn undo_import(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        import_id: i64,
    ) -> Result<Undone> {
        let import = self.import(scope, import_id).await?;
        let mut write = self.begin(stamp).await?;
        let text = "UPDATE imports SET status = 'undone', undone_entry = $2 \
             WHERE id = $1 AND undone_entry IS NULL";
        let params = [import_id.into(), write.entry_id().into()];
        if write.execute(Sql::with(text, params)).await? == 0 {
            return Err(LedgerError::Refused("the import was undone before"));
        }
        let text = "SELECT facts_from, facts_until FROM audit_entries WHERE id = $1";
        let entry = write.row(Sql::with(text, [import.entry_id.into()])).await?;
        let entry = entry.ok_or_else(|| LedgerError::damaged("entry of import", import_id))?;
        let text = "SELECT DISTINCT subject_id FROM facts WHERE id >= $1 AND id < $2 \
             UNION SELECT id FROM subjects WHERE created_entry = $3 \
             UNION SELECT subject_id FROM subject_versions WHERE until_entry = $3 ORDER BY 1";
        let params = [
            entry.at::<i64>(0)?.into(),
            entry.at::<i64>(1)?.into(),
            import.entry_id.into(),
        ];
        let touched = write.rows(Sql::with(text, params)).await?;
        let touched = touched
            .iter()
            .map(|row| row.at(0))
            .collect::<Result<Vec<i64>>>()?;
        let mut undo = Undo {
            undone: import.entry_id,
            void: write.void_entries().await?,
            tally: Tally::default(),
        };
        for chunk in touched.chunks(250) {
            undo.chunk(&mut write, chunk).await?;
        }
        let tally = undo.tally;
        let detail = json!({
            "restored": tally.restored,
            "retracted": tally.retracted,
            "superseded_since": tally.superseded_since,
            "withdrawn": tally.withdrawn,
        });
        let action = Action::new("import.undo", "import", import_id)
            .in_zone(import.zone_id)
            .with(detail);
        Ok(Undone {
            restored: tally.restored,
            retracted: tally.retracted,
            superseded_since: tally.superseded_since,
            withdrawn: tally.withdrawn,
            written: write.commit(action).await?,
        })
    }
}

struct Undo {
    /// The entry of the import.
    undone: i64,
    /// Entries of undone imports and of undoings: what they say does not stand by itself.
    void: HashSet<i64>,
    tally: Tally,
}

impl Write {
    async fn void_entries(&self) -> Result<HashSet<i64>> {
        let text = "SELECT entry_id, undone_entry FROM imports WHERE undone_entry IS NOT NULL";
        let mut void = HashSet::new();
        for row in self.rows(Sql::new(text)).await? {
            void.extend([row.at::<i64>(0)?, row.at::<i64>(1)?]);
        }
        Ok(void)
    }
}

impl Undo {
    async fn chunk(&mut self, write: &mut Write, subjects: &[i64]) -> Result<()> {
        let history = write
            .rows(crate::facts::facts_up_to(subjects, i64::MAX))
            .await?;
        let history = history
            .iter()
            .map(FactRow::read)
            .collect::<Result<Vec<_>>>()?;
        let entry = write.entry_id();
        let mut rows = Vec::new();
        let same = |a: &FactRow, b: &FactRow| a.subject_id == b.subject_id && a.key() == b.key();
        for versions in history.chunk_by(same) {
            rows.extend(self.compensation(versions, entry));
        }
        write.number_facts(&mut rows).await?;
        write.append_facts(&rows).await?;
        let latest = write.latest(subjects).await?;
        for (id, latest) in &latest {
            put_back(write, *id, latest, self.undone, &mut self.tally).await?;
        }
        projection::refresh(write, &latest).await
    }

    /// The fact that makes one variable and period read as if no undone import had ever come: the
    /// last version that stands by itself counts again.
    fn compensation(&mut self, versions: &[FactRow], entry: i64) -> Option<FactRow> {
        if versions
            .iter()
            .all(|version| version.entry_id != self.undone)
        {
            return None;
        }
        let counts = versions.last().expect("a chunk has a row");
        let standing = versions
            .iter()
            .rfind(|version| !self.void.contains(&version.entry_id))
            .filter(|version| version.kind != Stored::RETRACTED);
        match standing {
            Some(standing) if standing.says_the_same(counts) => {
                self.tally.superseded_since += 1;
                None
            }
            Some(standing) => {
                self.tally.restored += 1;
                Some(FactRow {
                    entry_id: entry,
                    ..standing.clone()
                })
            }
            None if counts.kind == Stored::RETRACTED => None,
            None => {
                self.tally.retracted += 1;
                let retracted = Stored::retracted();
                Some(FactRow {
                    kind: retracted.kind,
                    number: retracted.number,
                    text: retracted.text,
                    entry_id: entry,
                    ..counts.clone()
                })
            }
        }
    }
}

/// Gives a subject back the place and name that it had, or withdraws it when nothing is left of it.
async fn put_back(
    write: &mut Write,
    id: i64,
    latest: &Latest,
    undone: i64,
    tally: &mut Tally,
) -> Result<()> {
    let subject = write.subject(id).await?;
    if subject.created_entry == undone && latest.rows().next().is_none() {
        tally.withdrawn += 1;
        return change(write, id, |subject| {
            subject.status = SubjectStatus::Withdrawn;
        })
        .await;
    }
    if subject.since_entry == undone {
        let text = "SELECT v.name, v.code, v.organisation_id, o.path, v.status FROM subject_versions v \
             JOIN organisations o ON o.id = v.organisation_id \
             WHERE v.subject_id = $1 AND v.until_entry = $2";
        let before = write
            .row(Sql::with(text, [id.into(), undone.into()]))
            .await?;
        if let Some(before) = before {
            let status: String = before.at(4)?;
            let was_withdrawn = status == SubjectStatus::Withdrawn.as_str();
            let (name, code, organisation_id, path) =
                (before.at(0)?, before.at(1)?, before.at(2)?, before.at(3)?);
            change(write, id, |subject| {
                subject.name = name;
                subject.code = code;
                subject.organisation_id = organisation_id;
                subject.path = path;
                if was_withdrawn {
                    subject.status = SubjectStatus::Withdrawn;
                }
            })
            .await?;
        }
    }
    follow_facts(write, id, latest).await
}
