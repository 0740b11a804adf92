//! Idempotency keys: a call sent twice is done once, and answered the same.
//!
//! A key is reserved before the call is done and its answer kept afterwards. What dies in between
//! stays reserved for a while, so that nobody does it a second time beside it.

use crate::Ledger;
use crate::error::Result;
use crate::sql::Sql;
use crate::time::Timestamp;

/// Status of a reservation whose answer is still to come.
const UNDER_WAY: i64 = 0;

/// An answer given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: i64,
    /// Headers and body, as the caller of the ledger writes them.
    pub answer: String,
}

/// A call that is to be done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// Whose keys these are.
    pub caller: &'a str,
    /// The key.
    pub key: &'a str,
    /// Digest of the request: another request under the same key is a mistake of the caller's.
    pub request_digest: &'a str,
}

/// What there is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// Nothing: it is reserved now, and the call is to be done.
    New,
    /// The same call, which somebody is doing at this moment.
    UnderWay,
    /// Another call.
    Other,
    /// The answer to the same call.
    Answered(StoredAnswer),
}

impl Ledger {
    /// Reserves a key for a call, or says what there is under it. Answers given before `forgotten`
    /// count no more, nor do reservations made before `given_up`.
    pub async fn reserve_answer(
        &self,
        call: Call<'_>,
        now: Timestamp,
        forgotten: Timestamp,
        given_up: Timestamp,
    ) -> Result<Reserved> {
        let ended = "DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2 \
             AND (recorded_at < $3 OR (status = $4 AND recorded_at < $5))";
        let params = [
            call.caller.into(),
            call.key.into(),
            forgotten.0.into(),
            UNDER_WAY.into(),
            given_up.0.into(),
        ];
        self.database.execute(Sql::with(ended, params)).await?;
        // A reservation is no record: it belongs to no entry.
        let reserve = "INSERT INTO idempotency_keys (caller, key, request_digest, status, answer, \
             entry_id, recorded_at) VALUES ($1, $2, $3, $4, '', 0, $5) ON CONFLICT DO NOTHING";
        let params = [
            call.caller.into(),
            call.key.into(),
            call.request_digest.into(),
            UNDER_WAY.into(),
            now.0.into(),
        ];
        if self.database.execute(Sql::with(reserve, params)).await? == 1 {
            return Ok(Reserved::New);
        }
        let text = "SELECT request_digest, status, answer FROM idempotency_keys \
             WHERE caller = $1 AND key = $2";
        let params = [call.caller.into(), call.key.into()];
        let Some(row) = self.database.row(Sql::with(text, params)).await? else {
            // It was released this very moment.
            return Ok(Reserved::UnderWay);
        };
        let (digest, status): (String, i64) = (row.at(0)?, row.at(1)?);
        Ok(if digest != call.request_digest {
            Reserved::Other
        } else if status == UNDER_WAY {
            Reserved::UnderWay
        } else {
            Reserved::Answered(StoredAnswer {
                status,
                answer: row.at(2)?,
            })
        })
    }

    /// Keeps the answer to a call whose key is reserved.
    pub async fn keep_answer(&self, call: Call<'_>, answer: &StoredAnswer) -> Result<()> {
        let text = "UPDATE idempotency_keys SET status = $3, answer = $4 \
             WHERE caller = $1 AND key = $2";
        let params = [
            call.caller.into(),
            call.key.into(),
            answer.status.into(),
            answer.answer.as_str().into(),
        ];
        self.database.execute(Sql::with(text, params)).await?;
        Ok(())
    }

    /// Lets go of a reserved key: the call did nothing.
    pub async fn release_answer(&self, call: Call<'_>) -> Result<()> {
        let text = "DELETE FROM idempotency_keys WHERE caller = $1 AND key = $2 AND status = $3";
        let params = [call.caller.into(), call.key.into(), UNDER_WAY.into()];
        self.database.execute(Sql::with(text, params)).await?;
        Ok(())
    }

    /// Forgets answers given before this moment; gives how many.
    pub async fn forget_answers(&self, before: Timestamp) -> Result<u64> {
        let text = "DELETE FROM idempotency_keys WHERE recorded_at < $1";
        self.database
            .execute(Sql::with(text, [before.0.into()]))
            .await
    }
}
