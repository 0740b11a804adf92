//! Undoing an import: compensating facts, never a deletion.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::latest::Latest;
use crate::facts::{Confirmation, FactRow, Stored, facts_of_rows};
use crate::projection;
use crate::scope::Scope;
use crate::source_lists::HOLDS_CONFIRMED;
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
    /// Values that stay because another source says the same, which they now point to.
    pub confirmed: u64,
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
    confirmed: u64,
    withdrawn: u64,
}

impl Ledger {
    /// Undoes an import. What it brought, and still counts, gives way to what counted before, unless
    /// another source has said the same since.
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
        let text = format!(
            "SELECT DISTINCT subject_id FROM statements WHERE id >= $1 AND id < $2 \
             UNION SELECT c.subject_id FROM confirmations n JOIN statements c ON {HOLDS_CONFIRMED} \
             WHERE n.entry_id = $3 UNION SELECT id FROM subjects WHERE created_entry = $3 \
             UNION SELECT subject_id FROM subject_versions WHERE until_entry = $3 ORDER BY 1"
        );
        let params = [
            entry.at::<i64>(0)?.into(),
            entry.at::<i64>(1)?.into(),
            import.entry_id.into(),
        ];
        let touched = write.rows(Sql::with(&text, params)).await?;
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
            "confirmed": tally.confirmed,
            "withdrawn": tally.withdrawn,
        });
        let action = Action::new("import.undo", "import", import_id)
            .in_zone(import.zone_id)
            .with(detail);
        Ok(Undone {
            restored: tally.restored,
            retracted: tally.retracted,
            superseded_since: tally.superseded_since,
            confirmed: tally.confirmed,
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

    /// What was said again about these subjects, by fact, in the order it was said.
    async fn confirmations(&self, subjects: &[i64]) -> Result<HashMap<i64, Vec<Confirmation>>> {
        let columns = Confirmation::COLUMNS.replace(", ", ", c.");
        let mut sql = Sql::new(&format!(
            "SELECT c.{columns} FROM statements s \
             JOIN confirmations c ON c.fact_id >= s.id AND c.fact_id <= s.last_fact \
             WHERE s.subject_id IN ("
        ));
        sql.bind_all(subjects.iter().copied())
            .push(") ORDER BY c.id");
        let mut confirmed: HashMap<i64, Vec<Confirmation>> = HashMap::new();
        for row in self.rows(sql).await? {
            let one = Confirmation::read(&row)?;
            confirmed.entry(one.fact_id).or_default().push(one);
        }
        Ok(confirmed)
    }
}

impl Undo {
    async fn chunk(&mut self, write: &mut Write, subjects: &[i64]) -> Result<()> {
        let history = write
            .rows(crate::facts::facts_up_to(subjects, i64::MAX))
            .await?;
        let mut history = facts_of_rows(&history)?;
        history.sort_by_key(|row| (row.subject_id, row.key(), row.id));
        let entry = write.entry_id();
        let confirmed = write.confirmations(subjects).await?;
        let mut rows = Vec::new();
        let same = |a: &FactRow, b: &FactRow| a.subject_id == b.subject_id && a.key() == b.key();
        for versions in history.chunk_by(same) {
            rows.extend(self.compensation(versions, &confirmed, entry));
        }
        write.number_facts(&mut rows).await?;
        write.append_facts(&rows).await?;
        let latest = write.latest(subjects).await?;
        for (id, latest) in &latest {
            self.put_back(write, *id, latest).await?;
        }
        projection::refresh(write, &latest).await
    }

    /// The fact that makes one variable and period read as if no undone import had ever come: the
    /// last version that somebody still stands for counts again.
    fn compensation(
        &mut self,
        versions: &[FactRow],
        confirmed: &HashMap<i64, Vec<Confirmation>>,
        entry: i64,
    ) -> Option<FactRow> {
        let by_undone = |version: &FactRow| {
            let mut again = confirmed.get(&version.id).into_iter().flatten();
            version.entry_id == self.undone || again.any(|one| one.entry_id == self.undone)
        };
        if !versions.iter().any(by_undone) {
            return None;
        }
        let counts = versions.last().expect("a chunk has a row");
        let standing = versions
            .iter()
            .rev()
            .find_map(|version| self.standing(version, confirmed))
            .filter(|version| version.kind != Stored::RETRACTED);
        match standing {
            Some(standing) if standing.says_the_same(counts) => {
                let same_place =
                    (standing.source_id, standing.cell()) == (counts.source_id, counts.cell());
                if same_place || !self.void.contains(&counts.entry_id) {
                    self.tally.superseded_since += 1;
                    return None;
                }
                self.tally.confirmed += 1;
                Some(FactRow {
                    entry_id: entry,
                    ..standing
                })
            }
            Some(standing) => {
                self.tally.restored += 1;
                Some(FactRow {
                    entry_id: entry,
                    ..standing
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

    /// A version as the first source says it that still stands for it; `None` where none does.
    fn standing(
        &self,
        version: &FactRow,
        confirmed: &HashMap<i64, Vec<Confirmation>>,
    ) -> Option<FactRow> {
        if !self.void.contains(&version.entry_id) {
            return Some(version.clone());
        }
        let mut again = confirmed.get(&version.id)?.iter();
        let stands = again.find(|one| !self.void.contains(&one.entry_id))?;
        Some(stands.as_fact(version))
    }

    /// Gives a subject back the place and name that it had, or withdraws it when nothing is left of it.
    async fn put_back(&mut self, write: &mut Write, id: i64, latest: &Latest) -> Result<()> {
        let subject = write.subject(id).await?;
        let came_with_undone = self.void.contains(&subject.created_entry);
        if came_with_undone && latest.rows().next().is_none() {
            self.tally.withdrawn += u64::from(subject.status != SubjectStatus::Withdrawn);
            return change(write, id, |subject| {
                subject.status = SubjectStatus::Withdrawn;
            })
            .await;
        }
        if subject.since_entry == self.undone {
            put_where_it_was(write, id, self.undone).await?;
        }
        follow_facts(write, id, latest).await
    }
}

/// Gives a subject the place and name that it had before an entry.
async fn put_where_it_was(write: &mut Write, id: i64, entry: i64) -> Result<()> {
    let text = "SELECT v.name, v.code, v.organisation_id, o.path, v.status FROM subject_versions v \
         JOIN organisations o ON o.id = v.organisation_id \
         WHERE v.subject_id = $1 AND v.until_entry = $2";
    let before = write
        .row(Sql::with(text, [id.into(), entry.into()]))
        .await?;
    let Some(before) = before else {
        return Ok(());
    };
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
    .await
}
