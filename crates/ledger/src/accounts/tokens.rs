//! Tokens for programs: only their hash is kept, so a stolen database opens nothing.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sql::{Row, Sql};
use crate::time::Timestamp;
use crate::write::{Action, Stamp, Written};

/// A token that a program shows in place of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: i64,
    /// Whose rights it has.
    pub user_id: i64,
    /// What its owner calls it.
    pub name: String,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// Whether it only reads, whatever its owner may.
    pub reads_only: bool,
}

/// A token to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewApiToken<'a> {
    /// Whose rights it has.
    pub user_id: i64,
    /// What its owner calls it.
    pub name: &'a str,
    /// What the caller's hash makes of the secret.
    pub token_hash: &'a str,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// Whether it only reads.
    pub reads_only: bool,
}

impl Ledger {
    /// Adds a token.
    pub async fn add_api_token(&self, stamp: &Stamp, new: NewApiToken<'_>) -> Result<ApiToken> {
        let mut write = self.begin(stamp).await?;
        let id = write.next_id("api_tokens").await?;
        let text = "INSERT INTO api_tokens (id, user_id, name, token_hash, expires_at, reads_only, \
             entry_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let params = [
            id.into(),
            new.user_id.into(),
            new.name.into(),
            new.token_hash.into(),
            new.expires_at.map(|moment| moment.0).into(),
            i64::from(new.reads_only).into(),
            write.entry_id().into(),
        ];
        write.execute(Sql::with(text, params)).await?;
        let detail = json!({"token": id, "name": new.name, "reads_only": new.reads_only});
        let action = Action::new("token.add", "user", new.user_id).with(detail);
        write.commit(action).await?;
        Ok(ApiToken {
            id,
            user_id: new.user_id,
            name: new.name.to_owned(),
            expires_at: new.expires_at,
            reads_only: new.reads_only,
        })
    }

    /// The token with this hash, if it is good at `now` and its user may sign in.
    pub async fn api_token(&self, token_hash: &str, now: Timestamp) -> Result<Option<ApiToken>> {
        let text = "SELECT t.id, t.user_id, t.name, t.expires_at, t.reads_only FROM api_tokens t \
             JOIN users u ON u.id = t.user_id WHERE t.token_hash = $1 AND u.disabled = 0 \
             AND t.revoked_entry IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)";
        let params = [token_hash.into(), now.0.into()];
        let row = self.database.row(Sql::with(text, params)).await?;
        row.as_ref().map(read).transpose()
    }

    /// The tokens of a user that were not revoked.
    pub async fn api_tokens_of(&self, user_id: i64) -> Result<Vec<ApiToken>> {
        let text = "SELECT id, user_id, name, expires_at, reads_only FROM api_tokens \
             WHERE user_id = $1 AND revoked_entry IS NULL ORDER BY id";
        let rows = self
            .database
            .rows(Sql::with(text, [user_id.into()]))
            .await?;
        rows.iter().map(read).collect()
    }

    /// Ends a token of this user.
    pub async fn revoke_api_token(
        &self,
        stamp: &Stamp,
        user_id: i64,
        token_id: i64,
    ) -> Result<Written> {
        let write = self.begin(stamp).await?;
        let text = "UPDATE api_tokens SET revoked_entry = $3 \
             WHERE id = $1 AND user_id = $2 AND revoked_entry IS NULL";
        let params = [token_id.into(), user_id.into(), write.entry_id().into()];
        if write.execute(Sql::with(text, params)).await? == 0 {
            return Err(LedgerError::not_found("token", token_id));
        }
        let action = Action::new("token.revoke", "user", user_id).with(json!({"token": token_id}));
        write.commit(action).await
    }
}

fn read(row: &Row) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.at(0)?,
        user_id: row.at(1)?,
        name: row.at(2)?,
        expires_at: row.at::<Option<i64>>(3)?.map(Timestamp),
        reads_only: row.at::<i64>(4)? != 0,
    })
}
