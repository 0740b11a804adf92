//! Reading subjects, now or as of any past moment, within a scope.

use domain::SubjectKind;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::scope::Scope;
use crate::sort_key::lookup_key;
use crate::sql::{Row, Sql};
use crate::subjects::{Subject, SubjectStatus};
use crate::time::AsOf;

pub(crate) const COLUMNS: &str = "id, zone_id, kind, name, code, organisation_id, path, owner_id, \
     status, merged_into, invented, created_entry, since_entry";

/// Which subjects to read, in the order of their ids.
#[derive(Debug, Clone)]
pub struct SubjectQuery {
    /// What they are.
    pub kind: SubjectKind,
    /// Only of this zone.
    pub zone_id: Option<i64>,
    /// Only those owned by this subject.
    pub owner_id: Option<i64>,
    /// Only after this one: the last of the page before.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl Ledger {
    /// A subject as it was at that moment. A merged one is given as merged: follow `merged_into`.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for one outside the scope, or added later.
    pub async fn subject(&self, scope: &Scope, id: i64, as_of: AsOf) -> Result<Subject> {
        let text = format!("SELECT {COLUMNS} FROM subjects WHERE id = $1");
        let row = self.database.row(Sql::with(&text, [id.into()])).await?;
        let missing = || LedgerError::not_found("subject", id);
        let now = read_subject(&row.ok_or_else(missing)?)?;
        if !scope.covers_subject(now.id, now.owner_id, &now.path) {
            return Err(missing());
        }
        let entry = self.last_entry(as_of).await?;
        self.subject_at(now, entry).await?.ok_or_else(missing)
    }

    /// These subjects as they were at that moment, by id; those outside the scope, or added later, are
    /// left out.
    pub async fn subjects_by_id(
        &self,
        scope: &Scope,
        ids: &[i64],
        as_of: AsOf,
    ) -> Result<Vec<Subject>> {
        let entry = self.last_entry(as_of).await?;
        let mut found = Vec::new();
        for chunk in ids.chunks(1_000) {
            let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE id IN ("));
            sql.bind_all(chunk.iter().copied()).push(") AND ");
            scope.restrict_subjects(&mut sql, "id", "owner_id", "path");
            for row in self.database.rows(sql).await? {
                found.extend(self.subject_at(read_subject(&row)?, entry).await?);
            }
        }
        found.sort_by_key(|subject| subject.id);
        Ok(found)
    }

    /// The subject that answers to this code, in this zone.
    pub async fn subject_by_code(
        &self,
        scope: &Scope,
        zone_id: i64,
        kind: &SubjectKind,
        code: &str,
    ) -> Result<Option<Subject>> {
        let key = lookup_key(code);
        let found = self.subjects_by_key(scope, zone_id, kind, "code", &key);
        Ok(found.await?.pop())
    }

    /// The subjects that are called this, or once were. A project's park is not asked for.
    pub async fn subjects_by_name(
        &self,
        scope: &Scope,
        zone_id: i64,
        kind: &SubjectKind,
        name: &str,
    ) -> Result<Vec<Subject>> {
        let key = lookup_key(name);
        if *kind != SubjectKind::Project {
            return self
                .subjects_by_key(scope, zone_id, kind, "name", &key)
                .await;
        }
        let mut sql = keyed(zone_id, kind, "name");
        let escaped = key
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        sql.push("k.key LIKE ")
            .bind(format!("%/{escaped}"))
            .push(" ESCAPE '\\'");
        self.seen(scope, sql).await
    }

    async fn subjects_by_key(
        &self,
        scope: &Scope,
        zone_id: i64,
        kind: &SubjectKind,
        scheme: &str,
        key: &str,
    ) -> Result<Vec<Subject>> {
        let mut sql = keyed(zone_id, kind, scheme);
        sql.push("k.key = ").bind(key);
        self.seen(scope, sql).await
    }

    /// The subjects of a query that the scope sees, each merged one replaced by what it became.
    async fn seen(&self, scope: &Scope, sql: Sql) -> Result<Vec<Subject>> {
        let mut found: Vec<Subject> = Vec::new();
        for row in self.database.rows(sql).await? {
            let mut subject = read_subject(&row)?;
            while let Some(next) = subject.merged_into {
                subject = self.subject(&Scope::everything(), next, AsOf::Now).await?;
            }
            let seen = scope.covers_subject(subject.id, subject.owner_id, &subject.path);
            if seen && found.iter().all(|other| other.id != subject.id) {
                found.push(subject);
            }
        }
        found.sort_by_key(|subject| subject.id);
        Ok(found)
    }

    /// Subjects in use or closed, by id. Merged and withdrawn ones are left out.
    pub async fn subjects(
        &self,
        scope: &Scope,
        query: &SubjectQuery,
        as_of: AsOf,
    ) -> Result<Vec<Subject>> {
        let entry = self.last_entry(as_of).await?;
        let mut found = Vec::new();
        let mut after = query.after.unwrap_or(0);
        loop {
            let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE kind = "));
            sql.bind(query.kind.as_str()).push(" AND id > ").bind(after);
            if let Some(zone_id) = query.zone_id {
                sql.push(" AND zone_id = ").bind(zone_id);
            }
            if let Some(owner_id) = query.owner_id {
                sql.push(" AND owner_id = ").bind(owner_id);
            }
            sql.push(" AND created_entry <= ").bind(entry).push(" AND ");
            scope.restrict_subjects(&mut sql, "id", "owner_id", "path");
            sql.push(" ORDER BY id LIMIT ").bind(i64::from(query.limit));
            let rows = self.database.rows(sql).await?;
            let Some(last) = rows.last() else {
                return Ok(found);
            };
            after = last.at(0)?;
            for row in &rows {
                let subject = self.subject_at(read_subject(row)?, entry).await?;
                let shown = |subject: &Subject| {
                    matches!(
                        subject.status,
                        SubjectStatus::Active | SubjectStatus::Closed
                    )
                };
                found.extend(subject.filter(shown));
                if found.len() == query.limit as usize {
                    return Ok(found);
                }
            }
        }
    }

    /// The subject as of an entry; `None` when it was added later.
    pub(crate) async fn subject_at(&self, now: Subject, entry: i64) -> Result<Option<Subject>> {
        if now.since_entry <= entry {
            return Ok(Some(now));
        }
        if now.created_entry > entry {
            return Ok(None);
        }
        let text = "SELECT v.since_entry, v.name, v.code, v.organisation_id, o.path, v.owner_id, \
             v.status, v.merged_into FROM subject_versions v \
             JOIN organisations o ON o.id = v.organisation_id \
             WHERE v.subject_id = $1 AND v.until_entry > $2 ORDER BY v.until_entry LIMIT 1";
        let sql = Sql::with(text, [now.id.into(), entry.into()]);
        let Some(row) = self.database.row(sql).await? else {
            return Ok(None);
        };
        Ok(Some(read_version(&row, now)?))
    }
}

/// What a subject was: the columns of its version in the order since, name, code, organisation, path,
/// owner, status, merged into.
pub(crate) fn read_version(row: &Row, now: Subject) -> Result<Subject> {
    let status: String = row.at(6)?;
    Ok(Subject {
        since_entry: row.at(0)?,
        name: row.at(1)?,
        code: row.at(2)?,
        organisation_id: row.at(3)?,
        path: row.at(4)?,
        owner_id: row.at(5)?,
        status: SubjectStatus::from_name(&status)
            .ok_or_else(|| LedgerError::damaged("status of subject", status))?,
        merged_into: row.at(7)?,
        ..now
    })
}

/// A query for the subjects with a key of this scheme; the condition on the key is to follow.
fn keyed(zone_id: i64, kind: &SubjectKind, scheme: &str) -> Sql {
    let columns = COLUMNS.replace(", ", ", s.");
    let mut sql = Sql::new(&format!(
        "SELECT DISTINCT s.{columns} FROM subject_keys k \
         JOIN subjects s ON s.id = k.subject_id WHERE k.zone_id = "
    ));
    sql.bind(zone_id).push(" AND k.kind = ").bind(kind.as_str());
    sql.push(" AND k.scheme = ").bind(scheme).push(" AND ");
    sql
}

pub(crate) fn read_subject(row: &Row) -> Result<Subject> {
    let kind: String = row.at(2)?;
    let status: String = row.at(8)?;
    Ok(Subject {
        id: row.at(0)?,
        zone_id: row.at(1)?,
        kind: kind.parse().unwrap_or(SubjectKind::Record(kind)),
        name: row.at(3)?,
        code: row.at(4)?,
        organisation_id: row.at(5)?,
        path: row.at(6)?,
        owner_id: row.at(7)?,
        status: SubjectStatus::from_name(&status)
            .ok_or_else(|| LedgerError::damaged("status of subject", status))?,
        merged_into: row.at(9)?,
        invented: row.at::<i64>(10)? != 0,
        created_entry: row.at(11)?,
        since_entry: row.at(12)?,
    })
}
