//! Walks the whole chain and names the first link that does not hold.

use std::collections::VecDeque;

use crate::Ledger;
use crate::audit::chain::{EntryFields, RowsDigest};
use crate::error::Result;
use crate::facts::{Confirmation, Statement};
use crate::sources;
use crate::sql::{Row, Sql};

/// The first link that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The entry.
    pub entry_id: i64,
    /// What is wrong with it: `missing`, `prev_hash`, `hash` or `rows_digest`.
    pub fault: &'static str,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries walked.
    pub entries: i64,
    /// Facts whose digest was made again.
    pub facts: i64,
    /// The first broken link; `None` when all hold.
    pub broken: Option<Broken>,
    /// Hash of the last entry, to be written down elsewhere: who cuts off the end of the chain
    /// leaves a chain that holds, but ends in another hash.
    pub head: String,
}

const PAGE: i64 = 10_000;

impl Ledger {
    /// Makes every hash of the chain again, and every digest of the rows it vouches for.
    pub async fn verify_audit(&self) -> Result<Verification> {
        let mut found = Verification {
            entries: 0,
            facts: 0,
            broken: None,
            head: String::new(),
        };
        // Others go on writing: the walk ends where the chain ends now.
        let last = self.chain_end().await?;
        let mut rows = AppendedRows::new(self, last);
        loop {
            let page = self.chain_page(found.entries, last).await?;
            if page.is_empty() {
                break;
            }
            for (fields, hash) in page {
                if let Some(fault) = self.fault(&fields, &hash, &mut found, &mut rows).await? {
                    found.broken = Some(Broken {
                        entry_id: found.entries + 1,
                        fault,
                    });
                    return Ok(found);
                }
                found.entries += 1;
                found.head = hash;
            }
        }
        if found.entries < last || rows.has_more().await? || !self.all_vouched_for().await? {
            found.broken = Some(Broken {
                entry_id: found.entries + 1,
                fault: "missing",
            });
        }
        Ok(found)
    }

    async fn fault(
        &self,
        fields: &EntryFields,
        hash: &str,
        found: &mut Verification,
        rows: &mut AppendedRows<'_>,
    ) -> Result<Option<&'static str>> {
        if fields.id != found.entries + 1 {
            return Ok(Some("missing"));
        }
        if fields.prev_hash != found.head {
            return Ok(Some("prev_hash"));
        }
        if fields.hash() != hash {
            return Ok(Some("hash"));
        }
        let (digest, facts) = rows.digest_of(fields).await?;
        found.facts += facts;
        let whole = facts == fields.facts_until - fields.facts_from;
        Ok((!whole || digest != fields.rows_digest).then_some("rows_digest"))
    }

    async fn chain_end(&self) -> Result<i64> {
        let row = self
            .database
            .row(Sql::new("SELECT COALESCE(MAX(id), 0) FROM audit_entries"));
        row.await?.map_or(Ok(0), |row| row.at(0))
    }

    /// Whether the last row of each table has an entry. A row comes with its entry, so the row is
    /// looked at before the end of the chain.
    async fn all_vouched_for(&self) -> Result<bool> {
        let mut newest = 0;
        for table in ["terms", "sources", "statements", "confirmations"] {
            let text = format!("SELECT entry_id FROM {table} ORDER BY id DESC LIMIT 1");
            if let Some(row) = self.database.row(Sql::new(&text)).await? {
                newest = row.at::<i64>(0)?.max(newest);
            }
        }
        Ok(newest <= self.chain_end().await?)
    }

    async fn chain_page(&self, after: i64, last: i64) -> Result<Vec<(EntryFields, String)>> {
        let text = format!(
            "SELECT {}, hash FROM audit_entries WHERE id > $1 AND id <= $2 ORDER BY id LIMIT 1000",
            EntryFields::COLUMNS
        );
        let rows = self
            .database
            .rows(Sql::with(&text, [after.into(), last.into()]))
            .await?;
        rows.iter().map(link).collect()
    }
}

fn link(row: &Row) -> Result<(EntryFields, String)> {
    let fields = EntryFields {
        id: row.at(0)?,
        zone_id: row.at(1)?,
        recorded_at: row.at(2)?,
        user_id: row.at(3)?,
        actor: row.at(4)?,
        action: row.at(5)?,
        object_kind: row.at(6)?,
        object_id: row.at(7)?,
        detail: row.at(8)?,
        facts_from: row.at(9)?,
        facts_until: row.at(10)?,
        rows_digest: row.at(11)?,
        prev_hash: row.at(12)?,
    };
    Ok((fields, row.at(13)?))
}

/// Words, sources, facts and confirmations in the order of their ids, read page by page along with the entries.
struct AppendedRows<'a> {
    ledger: &'a Ledger,
    last_entry: i64,
    terms: Queue<(i64, i64, String)>,
    sources: Queue<(i64, i64, String)>,
    statements: Queue<Statement>,
    confirmations: Queue<Confirmation>,
}

struct Queue<T> {
    rows: VecDeque<T>,
    last: i64,
    done: bool,
}

impl<T> Queue<T> {
    fn new() -> Self {
        Self {
            rows: VecDeque::new(),
            last: 0,
            done: false,
        }
    }

    fn wants_more(&self) -> bool {
        self.rows.is_empty() && !self.done
    }

    fn fill(&mut self, rows: Vec<T>, id: impl Fn(&T) -> i64) {
        self.done = rows.is_empty();
        self.last = rows.last().map_or(self.last, id);
        self.rows = rows.into();
    }
}

impl<'a> AppendedRows<'a> {
    fn new(ledger: &'a Ledger, last_entry: i64) -> Self {
        Self {
            ledger,
            last_entry,
            terms: Queue::new(),
            sources: Queue::new(),
            statements: Queue::new(),
            confirmations: Queue::new(),
        }
    }

    async fn digest_of(&mut self, fields: &EntryFields) -> Result<(String, i64)> {
        let mut digest = RowsDigest::like(&fields.rows_digest);
        let mut facts = 0;
        loop {
            self.refill().await?;
            match self.terms.rows.pop_front_if(|row| row.1 <= fields.id) {
                Some((id, _, term)) => digest.term(id, &term),
                None => break,
            }
        }
        loop {
            self.refill().await?;
            match self.sources.rows.pop_front_if(|row| row.1 <= fields.id) {
                Some((id, _, source)) => digest.source(id, &source),
                None => break,
            }
        }
        loop {
            self.refill().await?;
            let next = &mut self.statements.rows;
            let Some(statement) = next.pop_front_if(|row| row.entry_id <= fields.id) else {
                break;
            };
            digest.statement(&statement);
            facts += statement.count();
        }
        loop {
            self.refill().await?;
            let next = &mut self.confirmations.rows;
            match next.pop_front_if(|row| row.entry_id <= fields.id) {
                Some(confirmation) => digest.confirmation(&confirmation),
                None => break,
            }
        }
        Ok((digest.finish(), facts))
    }

    /// Rows that no entry vouches for are as bad as a missing entry.
    async fn has_more(&mut self) -> Result<bool> {
        self.refill().await?;
        Ok(!(self.terms.rows.is_empty()
            && self.sources.rows.is_empty()
            && self.statements.rows.is_empty()
            && self.confirmations.rows.is_empty()))
    }

    async fn refill(&mut self) -> Result<()> {
        if self.terms.wants_more() {
            let text = "SELECT id, entry_id, term FROM terms WHERE id > $1 AND entry_id <= $3 ORDER BY id LIMIT $2";
            let rows = self.page(text, self.terms.last).await?;
            let rows = rows
                .iter()
                .map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?)));
            self.terms.fill(rows.collect::<Result<_>>()?, |row| row.0);
        }
        if self.sources.wants_more() {
            let text = format!(
                "SELECT {} FROM sources WHERE id > $1 AND entry_id <= $3 ORDER BY id LIMIT $2",
                sources::COLUMNS
            );
            let rows = self.page(&text, self.sources.last).await?;
            let rows = rows.iter().map(sources::digest_again);
            self.sources.fill(rows.collect::<Result<_>>()?, |row| row.0);
        }
        if self.statements.wants_more() {
            let text = format!(
                "SELECT {} FROM statements WHERE id > $1 AND entry_id <= $3 ORDER BY id LIMIT $2",
                Statement::COLUMNS
            );
            let rows = self.page(&text, self.statements.last).await?;
            let rows = rows.iter().map(Statement::read);
            self.statements
                .fill(rows.collect::<Result<_>>()?, |row| row.id);
        }
        if self.confirmations.wants_more() {
            let text = format!(
                "SELECT {} FROM confirmations WHERE id > $1 AND entry_id <= $3 ORDER BY id LIMIT $2",
                Confirmation::COLUMNS
            );
            let rows = self.page(&text, self.confirmations.last).await?;
            let rows = rows.iter().map(Confirmation::read);
            self.confirmations
                .fill(rows.collect::<Result<_>>()?, |row| row.id);
        }
        Ok(())
    }

    async fn page(&self, text: &str, after: i64) -> Result<Vec<Row>> {
        let sql = Sql::with(text, [after.into(), PAGE.into(), self.last_entry.into()]);
        self.ledger.database.rows(sql).await
    }
}
