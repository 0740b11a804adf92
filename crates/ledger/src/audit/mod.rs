//! The audit: one entry per write, each chained to the one before with SM3.

pub(crate) mod chain;
mod verify;

use crate::Ledger;
use crate::error::Result;
use crate::sql::{Row, Sql};
use crate::time::{AsOf, Timestamp};

pub use verify::{Broken, Verification};

/// One entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number; entries have no gaps.
    pub id: i64,
    /// The zone it happened in; `None` for the whole installation.
    pub zone_id: Option<i64>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The account that acted; `None` for the system.
    pub user_id: Option<i64>,
    /// How the actor was named then.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Kind of thing it was done to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// JSON, or empty.
    pub detail: String,
    /// How many facts the write appended.
    pub facts: i64,
    /// SM3 of the rows it appended, in hex; empty when there were none.
    pub rows_digest: String,
    /// SM3 of the entry and of the one before, in hex.
    pub hash: String,
}

/// Which entries to read. Newest first.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only of this zone.
    pub zone_id: Option<i64>,
    /// Only by this account.
    pub user_id: Option<i64>,
    /// Only about things of this kind.
    pub object_kind: Option<String>,
    /// Only about this one.
    pub object_id: Option<String>,
    /// Only actions that begin with this, such as `import.`.
    pub action: Option<String>,
    /// Only before this entry: the last id of the page before.
    pub before: Option<i64>,
    /// Only what was recorded by then.
    pub as_of: AsOf,
    /// At most so many.
    pub limit: u32,
}

const COLUMNS: &str = "id, zone_id, recorded_at, user_id, actor, action, object_kind, object_id, \
     detail, facts_until - facts_from, rows_digest, hash";

impl Ledger {
    /// Entries of the audit, newest first.
    pub async fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM audit_entries WHERE 1 = 1"));
        if let Some(zone_id) = query.zone_id {
            sql.push(" AND zone_id = ").bind(zone_id);
        }
        if let Some(user_id) = query.user_id {
            sql.push(" AND user_id = ").bind(user_id);
        }
        if let Some(kind) = &query.object_kind {
            sql.push(" AND object_kind = ").bind(kind);
        }
        if let Some(id) = &query.object_id {
            sql.push(" AND object_id = ").bind(id);
        }
        if let Some(action) = &query.action {
            let mut beyond = action.clone();
            beyond.push(char::MAX);
            sql.push(" AND action >= ").bind(action);
            sql.push(" AND action < ").bind(beyond);
        }
        if let Some(before) = query.before {
            sql.push(" AND id < ").bind(before);
        }
        if let AsOf::At(moment) = query.as_of {
            sql.push(" AND recorded_at <= ").bind(moment.0);
        }
        sql.push(" ORDER BY id DESC LIMIT ")
            .bind(i64::from(query.limit));
        let rows = self.database.rows(sql).await?;
        rows.iter().map(entry).collect()
    }

    /// One entry; `None` if there is none with this id.
    pub async fn audit_entry(&self, id: i64) -> Result<Option<AuditEntry>> {
        let text = format!("SELECT {COLUMNS} FROM audit_entries WHERE id = $1");
        let row = self.database.row(Sql::with(&text, [id.into()])).await?;
        row.as_ref().map(entry).transpose()
    }

    /// The last entry a reader at this moment knows of; 0 before the first.
    pub(crate) async fn last_entry(&self, as_of: AsOf) -> Result<i64> {
        let AsOf::At(moment) = as_of else {
            return Ok(i64::MAX);
        };
        let text = "SELECT id FROM audit_entries WHERE recorded_at <= $1 \
             ORDER BY recorded_at DESC LIMIT 1";
        let row = self
            .database
            .row(Sql::with(text, [moment.0.into()]))
            .await?;
        row.map_or(Ok(0), |row| row.at(0))
    }
}

fn entry(row: &Row) -> Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.at(0)?,
        zone_id: row.at(1)?,
        recorded_at: Timestamp(row.at(2)?),
        user_id: row.at(3)?,
        actor: row.at(4)?,
        action: row.at(5)?,
        object_kind: row.at(6)?,
        object_id: row.at(7)?,
        detail: row.at(8)?,
        facts: row.at(9)?,
        rows_digest: row.at(10)?,
        hash: row.at(11)?,
    })
}
