//! Sessions kept in the ledger's database, so that they survive a restart and can be ended.

use async_trait::async_trait;
use ledger::{Ledger, Timestamp};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::identity::USER_KEY;
use crate::clock;

/// The store of sessions.
#[derive(Debug, Clone)]
pub struct LedgerSessions {
    ledger: Ledger,
}

impl LedgerSessions {
    /// A store in this ledger.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger }
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn encode(record: &Record) -> Result<(Vec<u8>, Option<i64>, Timestamp)> {
    let data =
        serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let user = record
        .data
        .get(USER_KEY)
        .and_then(serde_json::Value::as_i64);
    let micros = i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1000).map_err(failed)?;
    Ok((data, user, Timestamp(micros)))
}

#[async_trait]
impl SessionStore for LedgerSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (data, user, until) = encode(record)?;
        while !self
            .ledger
            .create_session(&record.id.to_string(), user, &data, until)
            .await
            .map_err(failed)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, user, until) = encode(record)?;
        self.ledger
            .save_session(&record.id.to_string(), user, &data, until)
            .await
            .map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = Timestamp::from(clock::now());
        let found = self
            .ledger
            .load_session(&id.to_string(), now)
            .await
            .map_err(failed)?;
        let Some((data, until)) = found else {
            return Ok(None);
        };
        let data =
            serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(until.0) * 1000)
            .map_err(failed)?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.ledger
            .delete_session(&id.to_string())
            .await
            .map_err(failed)
    }
}
