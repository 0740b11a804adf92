//! Words that facts repeat (variables, periods, qualifiers, units), kept once and read from memory.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::Period;

use crate::database::Database;
use crate::error::{LedgerError, Result};
use crate::sql::Sql;

/// The words known so far. Words are only ever added, so what is known stays right.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    known: RwLock<Arc<Known>>,
}

/// One state of the words, to read facts with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    by_term: HashMap<Arc<str>, i64>,
    by_id: HashMap<i64, Arc<str>>,
    last: i64,
}

impl Terms {
    pub(crate) fn id(&self, term: &str) -> Option<i64> {
        self.state().by_term.get(term).copied()
    }

    fn state(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in words that were just written.
    pub(crate) fn learn(&self, new: HashMap<Arc<str>, i64>) {
        if new.is_empty() {
            return;
        }
        let mut guard = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::make_mut(&mut guard);
        for (term, id) in new {
            known.by_id.insert(id, Arc::clone(&term));
            known.by_term.insert(term, id);
        }
        // `last` stays: another process may have written words before these.
    }

    /// A state that has all words up to this number.
    pub(crate) async fn through(&self, database: &Database, highest: i64) -> Result<Arc<Known>> {
        let state = self.state();
        if highest <= state.last {
            return Ok(state);
        }
        let sql = "SELECT id, term FROM terms WHERE id > $1 ORDER BY id";
        let rows = database.rows(Sql::with(sql, [state.last.into()])).await?;
        let mut guard = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::make_mut(&mut guard);
        for row in rows {
            let (id, term): (i64, Arc<str>) = (row.at(0)?, Arc::from(row.at::<String>(1)?));
            known.by_id.insert(id, Arc::clone(&term));
            known.by_term.insert(term, id);
            known.last = known.last.max(id);
        }
        Ok(Arc::clone(&guard))
    }

    /// A state that has all words written so far.
    pub(crate) async fn all(&self, database: &Database) -> Result<Arc<Known>> {
        self.through(database, i64::MAX).await
    }
}

impl Known {
    pub(crate) fn term(&self, id: i64) -> Result<Arc<str>> {
        if id == 0 {
            return Ok(Arc::from(""));
        }
        let term = self.by_id.get(&id).cloned();
        term.ok_or_else(|| LedgerError::damaged("term", id))
    }

    pub(crate) fn period(&self, id: i64) -> Result<Period> {
        Ok(Period::from_words(&self.term(id)?))
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = (i64, String)> {
        self.by_id.iter().map(|(id, term)| (*id, term.to_string()))
    }

    pub(crate) fn id(&self, term: &str) -> Option<i64> {
        if term.is_empty() {
            return Some(0);
        }
        self.by_term.get(term).copied()
    }
}
