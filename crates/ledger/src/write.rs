//! A write: one transaction, one audit entry, nothing in between for others to see.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::Value as Json;
use tokio::sync::OwnedMutexGuard;

use crate::Ledger;
use crate::audit::chain::{EntryFields, RowsDigest};
use crate::database::{self, Dialect};
use crate::error::Result;
use crate::facts::{Confirmation, FactRow, Statement};
use crate::sql::{Param, Row, Sql};
use crate::time::Timestamp;

/// What facts are numbered under.
pub(crate) const FACTS: &str = "facts";

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for the system itself and for commands on the machine.
    pub user_id: Option<i64>,
    /// How the audit names the actor: the login, `system`, `command`.
    pub name: String,
}

impl Actor {
    /// The program itself, or whoever runs its commands on the machine.
    pub fn system(name: &str) -> Self {
        Self {
            user_id: None,
            name: name.to_owned(),
        }
    }
}

/// Who writes, and when by the caller's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The caller's clock. Entries never go back: where the clock stands before the last entry, the
    /// entry gets the microsecond after that one.
    pub at: Timestamp,
    /// Who acts.
    pub actor: Actor,
}

impl Stamp {
    /// A stamp.
    pub fn new(at: impl Into<Timestamp>, actor: Actor) -> Self {
        Self {
            at: at.into(),
            actor,
        }
    }
}

/// What the audit says of a write. `detail` holds no confidential value: no password, no amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The zone it happened in; `None` for the whole installation.
    pub zone_id: Option<i64>,
    /// What was done: `organisation.add`, `import.commit`, `export.projects`.
    pub action: String,
    /// Kind of thing it was done to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// What else is worth knowing.
    pub detail: Json,
}

impl Action {
    /// An action without zone and detail.
    pub fn new(action: &str, object_kind: &str, object_id: impl std::fmt::Display) -> Self {
        Self {
            zone_id: None,
            action: action.to_owned(),
            object_kind: object_kind.to_owned(),
            object_id: object_id.to_string(),
            detail: Json::Null,
        }
    }

    /// The same in a zone.
    #[must_use]
    pub fn in_zone(mut self, zone_id: i64) -> Self {
        self.zone_id = Some(zone_id);
        self
    }

    /// The same with detail.
    #[must_use]
    pub fn with(mut self, detail: Json) -> Self {
        self.detail = detail;
        self
    }
}

/// What a write has left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Id of the audit entry.
    pub entry_id: i64,
    /// The moment it was recorded at.
    pub recorded_at: Timestamp,
}

/// An open write. Dropped without [`Write::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Write {
    transaction: DatabaseTransaction,
    _turn: OwnedMutexGuard<()>,
    ledger: Ledger,
    stamp: Stamp,
    entry_id: i64,
    not_before: i64,
    prev_hash: String,
    next_ids: HashMap<&'static str, i64>,
    facts_from: i64,
    digest: RowsDigest,
    new_terms: HashMap<Arc<str>, i64>,
    sources_used: BTreeSet<i64>,
}

impl Ledger {
    /// Opens a write. All other writers wait until it ends, so do slow work before.
    pub async fn begin(&self, stamp: &Stamp) -> Result<Write> {
        let (transaction, turn) = self.database.begin_write().await?;
        let last =
            Sql::new("SELECT id, recorded_at, hash FROM audit_entries ORDER BY id DESC LIMIT 1");
        let last = database::rows(&transaction, self.database.dialect, last).await?;
        let (last_id, not_before, prev_hash) = match last.first() {
            Some(row) => (row.at(0)?, row.at::<i64>(1)? + 1, row.at(2)?),
            None => (0_i64, i64::MIN, String::new()),
        };
        let mut write = Write {
            transaction,
            _turn: turn,
            ledger: self.clone(),
            stamp: stamp.clone(),
            entry_id: last_id + 1,
            not_before,
            prev_hash,
            next_ids: HashMap::new(),
            facts_from: 0,
            digest: RowsDigest::default(),
            new_terms: HashMap::new(),
            sources_used: BTreeSet::new(),
        };
        write.facts_from = write.peek_id(FACTS).await?;
        Ok(write)
    }

    /// Leaves an audit entry for something that changes no record: an export, a sign-in.
    pub async fn note(&self, stamp: &Stamp, action: Action) -> Result<Written> {
        self.begin(stamp).await?.commit(action).await
    }
}

impl Write {
    /// Id of the entry this write will leave.
    pub fn entry_id(&self) -> i64 {
        self.entry_id
    }

    /// The ledger it writes to.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The moment it will be recorded at, if the clock is not set anew before the end.
    pub fn recorded_at(&self) -> Timestamp {
        Timestamp(self.stamp.at.0.max(self.not_before))
    }

    /// Sets the clock anew, for a write that took long.
    pub fn set_clock(&mut self, at: Timestamp) {
        self.stamp.at = at;
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.ledger.database.dialect
    }

    /// Runs a statement; gives the number of rows it touched.
    pub async fn execute(&self, sql: Sql) -> Result<u64> {
        let statement = sql.statement(self.dialect().backend())?;
        Ok(self
            .transaction
            .execute_raw(statement)
            .await?
            .rows_affected())
    }

    /// All rows of a query, this write's own included.
    pub async fn rows(&self, sql: Sql) -> Result<Vec<Row>> {
        database::rows(&self.transaction, self.dialect(), sql).await
    }

    /// The first row of a query.
    pub async fn row(&self, sql: Sql) -> Result<Option<Row>> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    async fn peek_id(&mut self, table: &'static str) -> Result<i64> {
        if let Some(next) = self.next_ids.get(table) {
            return Ok(*next);
        }
        // Facts are numbered within their statements.
        let (table_of, last) = match table {
            FACTS => ("statements", "last_fact"),
            _ => (table, "id"),
        };
        let text = format!("SELECT {last} FROM {table_of} ORDER BY id DESC LIMIT 1");
        let next = match self.row(Sql::new(&text)).await? {
            Some(row) => row.at::<i64>(0)? + 1,
            None => 1,
        };
        self.next_ids.insert(table, next);
        Ok(next)
    }

    /// A fresh id of a table. Writers follow each other, so the next number is free.
    pub async fn next_id(&mut self, table: &'static str) -> Result<i64> {
        let id = self.peek_id(table).await?;
        self.next_ids.insert(table, id + 1);
        Ok(id)
    }

    /// The first of `count` fresh ids of a table.
    pub(crate) async fn next_ids(&mut self, table: &'static str, count: usize) -> Result<i64> {
        let id = self.peek_id(table).await?;
        let count = i64::try_from(count).expect("a chunk is counted in an i64");
        self.next_ids.insert(table, id + count);
        Ok(id)
    }

    /// Adds rows to a table, many to a statement. Each row has one value per column.
    pub(crate) async fn insert(
        &self,
        table: &str,
        columns: &str,
        rows: Vec<Vec<Param>>,
    ) -> Result<()> {
        self.insert_or(table, columns, rows, "").await
    }

    /// The same, with what is to be done where a row is there already.
    pub(crate) async fn insert_or(
        &self,
        table: &str,
        columns: &str,
        rows: Vec<Vec<Param>>,
        conflict: &str,
    ) -> Result<()> {
        let Some(width) = rows.first().map(Vec::len) else {
            return Ok(());
        };
        let height = height_of(width);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<Param> = rows.by_ref().take(height).flatten().collect();
            let text = self.insertion(table, columns, width, chunk.len() / width, conflict);
            self.execute(Sql::in_order(text, chunk)).await?;
        }
        Ok(())
    }

    /// The statement that adds so many rows.
    fn insertion(
        &self,
        table: &str,
        columns: &str,
        width: usize,
        height: usize,
        conflict: &str,
    ) -> String {
        let mut text = format!("INSERT INTO {table} ({columns}) VALUES ");
        match self.dialect() {
            Dialect::Sqlite => text.push_str(&plain_placeholders(height, width)),
            Dialect::Postgres => placeholders(&mut text, height, width),
        }
        text.push_str(conflict);
        text
    }

    /// Appends facts as they stand.
    pub(crate) async fn append_facts(&mut self, facts: &[FactRow]) -> Result<()> {
        self.append_statements(Statement::pack(facts).collect())
            .await
    }

    /// Appends statements and takes them into the entry's digest.
    pub(crate) async fn append_statements(&mut self, statements: Vec<Statement>) -> Result<()> {
        // Statements from one sheet stand together.
        let runs = statements.chunk_by(|one, next| one.source_id == next.source_id);
        let used = runs.filter_map(|run| Some(run.first()?.source_id));
        self.sources_used.extend(used);
        let rows = statements.iter().map(Statement::params).collect();
        let mut digest = std::mem::take(&mut self.digest);
        // The digest is made while the database is at work.
        let written = self.insert("statements", Statement::COLUMNS, rows);
        let (written, ()) = tokio::join!(written, async {
            for statement in &statements {
                digest.statement(statement);
            }
        });
        self.digest = digest;
        written
    }

    /// Appends confirmations, numbers them and takes them into the entry's digest.
    pub(crate) async fn append_confirmations(
        &mut self,
        confirmations: Vec<Confirmation>,
    ) -> Result<()> {
        let mut id = self.next_ids("confirmations", confirmations.len()).await?;
        let mut rows = Vec::with_capacity(confirmations.len());
        for mut confirmation in confirmations {
            confirmation.id = id;
            id += 1;
            self.digest.confirmation(&confirmation);
            self.sources_used.insert(confirmation.source_id);
            rows.push(confirmation.numbers().map(Param::from).to_vec());
        }
        self.insert("confirmations", Confirmation::COLUMNS, rows)
            .await
    }

    /// The number of a word that facts repeat; 0 for the empty one.
    pub(crate) async fn term(&mut self, term: &str) -> Result<i64> {
        if term.is_empty() {
            return Ok(0);
        }
        if let Some(id) = self
            .ledger
            .terms
            .id(term)
            .or(self.new_terms.get(term).copied())
        {
            return Ok(id);
        }
        let known = Sql::with("SELECT id FROM terms WHERE term = $1", [term.into()]);
        if let Some(row) = self.row(known).await? {
            return row.at(0);
        }
        let id = self.next_id("terms").await?;
        self.digest.term(id, term);
        let sql = "INSERT INTO terms (id, term, entry_id) VALUES ($1, $2, $3)";
        self.execute(Sql::with(
            sql,
            [id.into(), term.into(), self.entry_id.into()],
        ))
        .await?;
        self.new_terms.insert(Arc::from(term), id);
        Ok(id)
    }

    /// All words with their numbers, those of this write included.
    pub(crate) async fn all_terms(&self) -> Result<Vec<(i64, String)>> {
        let known = self.ledger.terms.all(&self.ledger.database).await?;
        let own = self
            .new_terms
            .iter()
            .map(|(term, id)| (*id, term.to_string()));
        Ok(known.terms().chain(own).collect())
    }

    pub(crate) fn digest(&mut self) -> &mut RowsDigest {
        &mut self.digest
    }

    /// Leaves the audit entry and makes all of it visible at once.
    pub async fn commit(mut self, action: Action) -> Result<Written> {
        let recorded_at = self.recorded_at();
        let facts_until = self.peek_id(FACTS).await?;
        let fields = EntryFields {
            id: self.entry_id,
            zone_id: action.zone_id,
            recorded_at: recorded_at.0,
            user_id: self.stamp.actor.user_id,
            actor: self.stamp.actor.name.clone(),
            action: action.action,
            object_kind: action.object_kind,
            object_id: action.object_id,
            detail: if action.detail.is_null() {
                String::new()
            } else {
                action.detail.to_string()
            },
            facts_from: self.facts_from,
            facts_until,
            rows_digest: std::mem::take(&mut self.digest).finish(),
            prev_hash: std::mem::take(&mut self.prev_hash),
        };
        self.execute(fields.insertion()).await?;
        let used = std::mem::take(&mut self.sources_used).into_iter();
        let used = used.map(|source| vec![source.into(), self.entry_id.into()]);
        let columns = "source_id, entry_id";
        self.insert("source_uses", columns, used.collect()).await?;
        self.transaction.commit().await?;
        self.ledger.terms.learn(self.new_terms);
        Ok(Written {
            entry_id: self.entry_id,
            recorded_at,
        })
    }

    /// Leaves nothing behind.
    pub async fn abandon(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}

/// How many rows of so many values go into one statement. Both databases allow 32,766 values a
/// statement at least; chunks of one size keep the number of prepared statements small.
fn height_of(width: usize) -> usize {
    (32_000 / width).min(1_000)
}

/// `(?, ?), (?, ?)` for two rows of two, which SQLite counts by itself.
fn plain_placeholders(height: usize, width: usize) -> String {
    let row = format!("({}), ", ["?"].repeat(width).join(", "));
    let mut text = row.repeat(height);
    text.truncate(text.len().saturating_sub(", ".len()));
    text
}

/// `($1, $2), ($3, $4)` for two rows of two.
pub(crate) fn placeholders(text: &mut String, height: usize, width: usize) {
    use std::fmt::Write as _;
    let mut number = 0;
    for row in 0..height {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            number += 1;
            let comma = if column == 0 { "" } else { ", " };
            write!(text, "{comma}${number}").expect("a string takes all that is written");
        }
        text.push(')');
    }
}
