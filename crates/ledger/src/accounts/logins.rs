//! Sessions and counters of failed sign-ins. These are no records: they are written without an
//! audit entry (a sign-in itself leaves one through [`Ledger::note`]) and may be deleted.

use crate::Ledger;
use crate::error::Result;
use crate::sql::Sql;
use crate::time::Timestamp;
use crate::write::Write;

/// How often a sign-in failed in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginFailures {
    /// How often.
    pub failures: i64,
    /// The first of them.
    pub first_at: Timestamp,
    /// The last of them.
    pub last_at: Timestamp,
}

impl Ledger {
    /// Adds a session; `false` when its id is taken.
    pub async fn create_session(
        &self,
        id: &str,
        user_id: Option<i64>,
        data: &[u8],
        expires_at: Timestamp,
    ) -> Result<bool> {
        let text = "INSERT INTO sessions (id, user_id, data, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO NOTHING";
        let params = [
            id.into(),
            user_id.into(),
            data.to_vec().into(),
            expires_at.0.into(),
        ];
        Ok(self.database.execute(Sql::with(text, params)).await? == 1)
    }

    /// Saves a session under its id. `user_id` is who is signed in with it, if anybody: so that the
    /// sessions of a user can be ended.
    pub async fn save_session(
        &self,
        id: &str,
        user_id: Option<i64>,
        data: &[u8],
        expires_at: Timestamp,
    ) -> Result<()> {
        let text = "INSERT INTO sessions (id, user_id, data, expires_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, data = excluded.data, \
             expires_at = excluded.expires_at";
        let params = [
            id.into(),
            user_id.into(),
            data.to_vec().into(),
            expires_at.0.into(),
        ];
        self.database.execute(Sql::with(text, params)).await?;
        Ok(())
    }

    /// Data and end of a session that has not ended by `now`.
    pub async fn load_session(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<(Vec<u8>, Timestamp)>> {
        let text = "SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2";
        let row = self
            .database
            .row(Sql::with(text, [id.into(), now.0.into()]))
            .await?;
        row.map(|row| Ok((row.at(0)?, Timestamp(row.at(1)?))))
            .transpose()
    }

    /// Ends a session.
    pub async fn delete_session(&self, id: &str) -> Result<()> {
        let sql = Sql::with("DELETE FROM sessions WHERE id = $1", [id.into()]);
        self.database.execute(sql).await?;
        Ok(())
    }

    /// Clears away what ended by `now`; gives how many.
    pub async fn delete_ended_sessions(&self, now: Timestamp) -> Result<u64> {
        let sql = Sql::with(
            "DELETE FROM sessions WHERE expires_at <= $1",
            [now.0.into()],
        );
        self.database.execute(sql).await
    }

    /// Counts a failed sign-in under a key (a login, an address) that had these failures when it was looked
    /// at; `false` where somebody has counted since, and it must be looked at again. Failures that began
    /// before `since` are forgotten first.
    pub async fn count_login_failure(
        &self,
        key: &str,
        seen: Option<LoginFailures>,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<bool> {
        let Some(seen) = seen else {
            let text = "INSERT INTO login_failures (key, failures, first_at, last_at) \
                 VALUES ($1, 1, $2, $2) ON CONFLICT (key) DO NOTHING";
            let sql = Sql::with(text, [key.into(), now.0.into()]);
            return Ok(self.database.execute(sql).await? == 1);
        };
        let (failures, first_at) = if seen.first_at < since {
            (1, now)
        } else {
            (seen.failures + 1, seen.first_at)
        };
        let text = "UPDATE login_failures SET failures = $2, first_at = $3, last_at = $4 \
             WHERE key = $1 AND failures = $5 AND last_at = $6";
        let params = [
            key.into(),
            failures.into(),
            first_at.0.into(),
            now.0.into(),
            seen.failures.into(),
            seen.last_at.0.into(),
        ];
        Ok(self.database.execute(Sql::with(text, params)).await? == 1)
    }

    /// Takes one failure back that was counted before it was known to be none.
    pub async fn forgive_login_failure(&self, key: &str) -> Result<()> {
        let text = "UPDATE login_failures SET failures = failures - 1 \
             WHERE key = $1 AND failures > 0";
        self.database.execute(Sql::with(text, [key.into()])).await?;
        Ok(())
    }

    /// The failures counted under a key; `None` when there are none.
    pub async fn login_failures(&self, key: &str) -> Result<Option<LoginFailures>> {
        let text = "SELECT failures, first_at, last_at FROM login_failures WHERE key = $1";
        let row = self.database.row(Sql::with(text, [key.into()])).await?;
        row.map(|row| {
            Ok(LoginFailures {
                failures: row.at(0)?,
                first_at: Timestamp(row.at(1)?),
                last_at: Timestamp(row.at(2)?),
            })
        })
        .transpose()
    }

    /// Forgets the failures under a key, after a sign-in that succeeded.
    pub async fn clear_login_failures(&self, key: &str) -> Result<()> {
        let sql = Sql::with("DELETE FROM login_failures WHERE key = $1", [key.into()]);
        self.database.execute(sql).await?;
        Ok(())
    }

    /// Forgets all failures whose last one lies before a moment; gives of how many keys.
    pub async fn forget_login_failures(&self, before: Timestamp) -> Result<u64> {
        let sql = Sql::with(
            "DELETE FROM login_failures WHERE last_at < $1",
            [before.0.into()],
        );
        self.database.execute(sql).await
    }
}

impl Write {
    pub(crate) async fn end_sessions_of(&self, user_id: i64) -> Result<()> {
        let sql = Sql::with("DELETE FROM sessions WHERE user_id = $1", [user_id.into()]);
        self.execute(sql).await?;
        Ok(())
    }
}
