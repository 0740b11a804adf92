//! Sources by themselves: those that a reader's facts were taken from, the facts of one, and what a file
//! holds beside what its reader sees.

use domain::SubjectKind;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::{FactRecord, FactRow, Statement, Stored, facts_of_rows};
use crate::sight::Sight;
use crate::sql::{Row, Sql};
use crate::time::{AsOf, Timestamp};

/// A source as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSource {
    /// Its id.
    pub id: i64,
    /// What it is: `sheet`, `quote`, `form` or `api`.
    pub kind: String,
    /// SHA-256 of the file of a sheet or a sentence, in hex.
    pub file_sha256: Option<String>,
    /// Name of the sheet; empty for a text table. The cells are the facts' own.
    pub sheet: Option<String>,
    /// The sentence; of a call, what was sent with it.
    pub quote: Option<String>,
    /// Name of the form that was filled in on a page.
    pub form: Option<String>,
    /// What a call of the interface for programs is called.
    pub request_id: Option<String>,
    /// Name of the file as it was first kept; `None` where it is no file, or the file is not kept here.
    pub file_name: Option<String>,
    /// When it was first named.
    pub recorded_at: Timestamp,
}

/// Which sources to read, the newest first.
#[derive(Debug, Clone)]
pub struct SourceQuery<'a> {
    /// Whose facts count.
    pub sight: &'a Sight,
    /// Only this kind: `sheet`, `quote`, `form` or `api`.
    pub kind: Option<&'a str>,
    /// Only before this one: the last of the page before.
    pub before: Option<i64>,
    /// Only what was recorded by then.
    pub as_of: AsOf,
    /// At most so many.
    pub limit: u32,
}

/// The facts of one source that stand together.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: i64,
    until: i64,
}

const COLUMNS: &str = "s.id, s.kind, s.file_sha256, s.sheet, s.quote, s.form, s.request_id, k.name, a.recorded_at \
     FROM sources s JOIN audit_entries a ON a.id = s.entry_id LEFT JOIN files k ON k.sha256 = s.file_sha256";

/// That the statement `c` holds the fact which the confirmation `n` is of.
pub(crate) const HOLDS_CONFIRMED: &str =
    "c.id = (SELECT MAX(h.id) FROM statements h WHERE h.id <= n.fact_id)";

impl Ledger {
    /// Sources that facts within sight were taken from.
    pub async fn sources(&self, query: &SourceQuery<'_>) -> Result<Vec<KeptSource>> {
        let entry = self.last_entry(query.as_of).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} WHERE s.entry_id <= "));
        sql.bind(entry);
        if let Some(kind) = query.kind {
            sql.push(" AND s.kind = ").bind(kind);
        }
        if let Some(before) = query.before {
            sql.push(" AND s.id < ").bind(before);
        }
        sql.push(" AND ");
        has_fact(&mut sql, query.sight, true, entry);
        sql.push(" ORDER BY s.id DESC LIMIT ")
            .bind(i64::from(query.limit));
        let rows = self.database.rows(sql).await?;
        rows.iter().map(kept_source).collect()
    }

    /// One source, where a fact within sight was taken from it.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] where there is none.
    pub async fn kept_source(&self, sight: &Sight, id: i64, as_of: AsOf) -> Result<KeptSource> {
        let entry = self.last_entry(as_of).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} WHERE s.id = "));
        sql.bind(id)
            .push(" AND s.entry_id <= ")
            .bind(entry)
            .push(" AND ");
        has_fact(&mut sql, sight, true, entry);
        let row = self.database.row(sql).await?;
        kept_source(&row.ok_or_else(|| LedgerError::not_found("source", id))?)
    }

    /// The values within sight that were taken from a source, whether they still count or not, in the order in
    /// which they were recorded, after the fact with this id.
    pub async fn facts_of_source(
        &self,
        sight: &Sight,
        id: i64,
        after: i64,
        limit: u32,
        as_of: AsOf,
    ) -> Result<Vec<FactRecord>> {
        let entry = self.last_entry(as_of).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut rows: Vec<FactRow> = Vec::new();
        for run in self.runs(id, entry).await? {
            let mut after = after.max(run.from - 1);
            while rows.len() < wanted {
                let said = said_from(sight, id, entry, run, after, limit);
                let said = self.database.rows(said).await?;
                let Some(last) = said.last() else { break };
                let seen_until = Statement::read(last)?.last_fact;
                let facts = facts_of_rows(&said)?.into_iter();
                rows.extend(facts.filter(|row| row.id > after && row.kind != Stored::RETRACTED));
                after = seen_until;
            }
        }
        rows.truncate(wanted);
        let mut records = self.fact_records(rows).await?;
        records.sort_by_key(|record| record.id);
        Ok(records)
    }

    async fn runs(&self, source_id: i64, entry: i64) -> Result<Vec<Run>> {
        let text = "SELECT e.facts_from, e.facts_until FROM source_uses u \
             JOIN audit_entries e ON e.id = u.entry_id \
             WHERE u.source_id = $1 AND u.entry_id <= $2 ORDER BY u.entry_id";
        let params = [source_id.into(), entry.into()];
        let rows = self.database.rows(Sql::with(text, params)).await?;
        let run = |row: &Row| {
            Ok(Run {
                from: row.at(0)?,
                until: row.at(1)?,
            })
        };
        rows.iter().map(run).collect()
    }

    /// Whether anything was taken from a file, or from one sheet of it, that lies out of sight.
    pub async fn holds_unseen(
        &self,
        sight: &Sight,
        file_sha256: &str,
        sheet: Option<&str>,
    ) -> Result<bool> {
        let mut sql = Sql::new(
            "SELECT u.source_id, e.zone_id, e.facts_from, e.facts_until, i.kind, e.id FROM sources s \
             JOIN source_uses u ON u.source_id = s.id JOIN audit_entries e ON e.id = u.entry_id \
             LEFT JOIN imports i ON i.entry_id = e.id WHERE s.file_sha256 = ",
        );
        sql.bind(file_sha256);
        if let Some(sheet) = sheet {
            sql.push(" AND s.sheet = ").bind(sheet);
        }
        for row in self.database.rows(sql).await? {
            // What a ledger brought into a zone that is seen whole need not be looked at fact by fact.
            let zone: Option<i64> = row.at(1)?;
            let kind: Option<String> = row.at(4)?;
            if zone.is_some_and(|zone| sight.covers_zone(zone, &kinds_of(kind.as_deref()))) {
                continue;
            }
            let run = Run {
                from: row.at(2)?,
                until: row.at(3)?,
            };
            if self.has_unseen(sight, row.at(0)?, row.at(5)?, run).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an entry took something out of sight from a source: a fact, or that one which was known stands.
    async fn has_unseen(
        &self,
        sight: &Sight,
        source_id: i64,
        entry: i64,
        run: Run,
    ) -> Result<bool> {
        let subjects = "JOIN subjects j ON j.id = c.subject_id \
             LEFT JOIN subjects o ON o.id = j.owner_id WHERE";
        let mut facts = Sql::new(&format!("SELECT 1 FROM statements c {subjects} c.id >= "));
        facts
            .bind(run.from)
            .push(" AND c.id < ")
            .bind(run.until)
            .push(" AND c.source_id = ")
            .bind(source_id);
        let mut again = Sql::new(&format!(
            "SELECT 1 FROM confirmations n JOIN statements c ON {HOLDS_CONFIRMED} {subjects} n.entry_id = "
        ));
        again
            .bind(entry)
            .push(" AND n.source_id = ")
            .bind(source_id);
        for mut sql in [facts, again] {
            sql.push(" AND ");
            sight.restrict(&mut sql, false);
            sql.push(" LIMIT 1");
            if self.database.row(sql).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The sentences of a document that facts out of sight were taken from.
    pub async fn unseen_quotes(&self, sight: &Sight, file_sha256: &str) -> Result<Vec<String>> {
        let mut sql =
            Sql::new("SELECT s.quote FROM sources s WHERE s.kind = 'quote' AND s.file_sha256 = ");
        sql.bind(file_sha256).push(" AND (");
        has_fact(&mut sql, sight, false, i64::MAX);
        sql.push(&format!(
            " OR EXISTS (SELECT 1 FROM source_uses u JOIN confirmations n ON n.entry_id = u.entry_id \
             JOIN statements c ON {HOLDS_CONFIRMED} JOIN subjects j ON j.id = c.subject_id \
             LEFT JOIN subjects o ON o.id = j.owner_id \
             WHERE u.source_id = s.id AND n.source_id = s.id AND "
        ));
        sight.restrict(&mut sql, false);
        sql.push("))");
        let rows = self.database.rows(sql).await?;
        rows.iter().map(|row| row.at(0)).collect()
    }
}

/// The kinds of subjects that a ledger of this kind brings facts of.
fn kinds_of(ledger: Option<&str>) -> Vec<SubjectKind> {
    match ledger {
        Some("projects") => vec![SubjectKind::Project],
        Some("enterprises") => vec![SubjectKind::Enterprise],
        _ => SubjectKind::ALL.to_vec(),
    }
}

/// What was taken from a source within a run after a fact, as far as it is within sight.
fn said_from(sight: &Sight, source: i64, entry: i64, run: Run, after: i64, limit: u32) -> Sql {
    let columns = Statement::COLUMNS.replace(", ", ", c.");
    let mut sql = Sql::new(&format!(
        "SELECT c.{columns} FROM statements c JOIN subjects j ON j.id = c.subject_id \
         LEFT JOIN subjects o ON o.id = j.owner_id WHERE c.id >= "
    ));
    sql.bind(run.from).push(" AND c.id < ").bind(run.until);
    sql.push(" AND c.last_fact > ").bind(after);
    sql.push(" AND c.source_id = ").bind(source);
    sql.push(" AND j.created_entry <= ")
        .bind(entry)
        .push(" AND ");
    sight.restrict(&mut sql, true);
    sql.push(" ORDER BY c.id LIMIT ").bind(i64::from(limit));
    sql
}

/// Adds the condition that a fact that is seen, or one that is not, was taken from the source `s`.
fn has_fact(sql: &mut Sql, sight: &Sight, sees: bool, entry: i64) {
    sql.push(
        "EXISTS (SELECT 1 FROM source_uses u JOIN audit_entries e ON e.id = u.entry_id \
         JOIN statements c ON c.id >= e.facts_from AND c.id < e.facts_until \
         JOIN subjects j ON j.id = c.subject_id LEFT JOIN subjects o ON o.id = j.owner_id \
         WHERE u.source_id = s.id AND c.source_id = s.id AND u.entry_id <= ",
    );
    sql.bind(entry)
        .push(" AND j.created_entry <= ")
        .bind(entry)
        .push(" AND ");
    sight.restrict(sql, sees);
    sql.push(")");
}

fn kept_source(row: &Row) -> Result<KeptSource> {
    Ok(KeptSource {
        id: row.at(0)?,
        kind: row.at(1)?,
        file_sha256: row.at(2)?,
        sheet: row.at(3)?,
        quote: row.at(4)?,
        form: row.at(5)?,
        request_id: row.at(6)?,
        file_name: row.at(7)?,
        recorded_at: Timestamp(row.at(8)?),
    })
}
