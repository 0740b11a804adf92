//! Idempotency keys: a call sent twice is done once, and answered the same.

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sql::Sql;
use crate::time::Timestamp;
use crate::write::Write;

/// An answer given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Digest of the request that it answered: another request under the same key is a mistake of
    /// the caller's.
    pub request_digest: String,
    /// HTTP status.
    pub status: i64,
    /// The body.
    pub answer: String,
}

impl Ledger {
    /// The answer given before to this caller under this key; `None` for a new key.
    pub async fn stored_answer(&self, caller: &str, key: &str) -> Result<Option<StoredAnswer>> {
        let text = "SELECT request_digest, status, answer FROM idempotency_keys \
             WHERE caller = $1 AND key = $2";
        let row = self
            .database
            .row(Sql::with(text, [caller.into(), key.into()]))
            .await?;
        row.map(|row| {
            Ok(StoredAnswer {
                request_digest: row.at(0)?,
                status: row.at(1)?,
                answer: row.at(2)?,
            })
        })
        .transpose()
    }

    /// Forgets answers given before this moment; gives how many.
    pub async fn forget_answers(&self, before: Timestamp) -> Result<u64> {
        let text = "DELETE FROM idempotency_keys WHERE recorded_at < $1";
        self.database
            .execute(Sql::with(text, [before.0.into()]))
            .await
    }
}

impl Write {
    /// Keeps the answer to a call in the same transaction as what the call did.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] when the call was done meanwhile: abandon, and give that answer.
    pub async fn store_answer(&self, caller: &str, key: &str, answer: &StoredAnswer) -> Result<()> {
        let text = "INSERT INTO idempotency_keys (caller, key, request_digest, status, answer, \
             entry_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let params = [
            caller.into(),
            key.into(),
            answer.request_digest.as_str().into(),
            answer.status.into(),
            answer.answer.as_str().into(),
            self.entry_id().into(),
            self.recorded_at().0.into(),
        ];
        if self.execute(Sql::with(text, params)).await? == 0 {
            return Err(LedgerError::Exists {
                what: "answer under key",
                id: key.to_owned(),
            });
        }
        Ok(())
    }
}
