//! Grants: a role over a subtree of organisations, or over one enterprise.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::scope::Scope;
use crate::sql::{Row, Sql};
use crate::write::{Action, Stamp, Write, Written};

/// The role that keeps organisations and accounts; one holder at least remains.
const ADMIN: &str = "admin";

/// What a grant reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantScope {
    /// An organisation and all under it.
    Organisation {
        /// The organisation.
        id: i64,
        /// Its path.
        path: String,
    },
    /// One enterprise and what it owns.
    Enterprise {
        /// The enterprise.
        subject_id: i64,
    },
    /// The whole installation: administrators of several zones.
    Installation,
}

/// A role given to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: i64,
    /// The user.
    pub user_id: i64,
    /// Id of the role; what it may do stands with the routes.
    pub role: String,
    /// What it reaches.
    pub scope: GrantScope,
}

/// A grant to be given. Neither organisation nor enterprise: the whole installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// The user.
    pub user_id: i64,
    /// Id of the role.
    pub role: String,
    /// The organisation it reaches, with all under it.
    pub organisation_id: Option<i64>,
    /// The enterprise it reaches.
    pub enterprise_id: Option<i64>,
}

impl GrantScope {
    /// The part of the ledger that the grant opens. One over the whole installation opens no records
    /// by itself: administrators see no facts.
    pub fn as_scope(&self) -> Scope {
        match self {
            Self::Organisation { path, .. } => Scope::organisation(path.clone()),
            Self::Enterprise { subject_id } => Scope::enterprise(*subject_id),
            Self::Installation => Scope::nothing(),
        }
    }
}

const COLUMNS: &str = "g.id, g.user_id, g.role, g.organisation_id, o.path, g.subject_id \
     FROM grants g LEFT JOIN organisations o ON o.id = g.organisation_id";

impl Ledger {
    /// Gives a role.
    pub async fn grant(&self, stamp: &Stamp, new: NewGrant) -> Result<i64> {
        let mut write = self.begin(stamp).await?;
        let id = write.grant(&new).await?;
        let detail = json!({
            "role": new.role,
            "organisation": new.organisation_id,
            "enterprise": new.enterprise_id,
        });
        let action = Action::new("grant.give", "user", new.user_id).with(detail);
        write.commit(action).await?;
        Ok(id)
    }

    /// Takes a role back.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] when no administrator would be left.
    pub async fn revoke_grant(&self, stamp: &Stamp, grant_id: i64) -> Result<Written> {
        let write = self.begin(stamp).await?;
        let text = "SELECT user_id, role FROM grants WHERE id = $1 AND revoked_entry IS NULL";
        let row = write.row(Sql::with(text, [grant_id.into()])).await?;
        let row = row.ok_or_else(|| LedgerError::not_found("grant", grant_id))?;
        let (user_id, role): (i64, String) = (row.at(0)?, row.at(1)?);
        let text = "UPDATE grants SET revoked_entry = $2 WHERE id = $1";
        let params = [grant_id.into(), write.entry_id().into()];
        write.execute(Sql::with(text, params)).await?;
        write.require_an_administrator().await?;
        let action = Action::new("grant.revoke", "user", user_id)
            .with(json!({"grant": grant_id, "role": role}));
        write.commit(action).await
    }

    /// What has been granted to a user and not taken back.
    pub async fn grants_of(&self, user_id: i64) -> Result<Vec<Grant>> {
        let text = format!(
            "SELECT {COLUMNS} WHERE g.user_id = $1 AND g.revoked_entry IS NULL ORDER BY g.id"
        );
        let rows = self
            .database
            .rows(Sql::with(&text, [user_id.into()]))
            .await?;
        rows.iter().map(read).collect()
    }

    /// Of each user to whom nothing is granted any more, what was granted last.
    pub async fn last_grants(&self) -> Result<Vec<Grant>> {
        let text = format!(
            "SELECT {COLUMNS} WHERE g.id IN (SELECT MAX(id) FROM grants GROUP BY user_id \
             HAVING SUM(CASE WHEN revoked_entry IS NULL THEN 1 ELSE 0 END) = 0) ORDER BY g.user_id"
        );
        let rows = self.database.rows(Sql::new(&text)).await?;
        rows.iter().map(read).collect()
    }

    /// All grants that stand, by user.
    pub async fn grants(&self) -> Result<Vec<Grant>> {
        let text =
            format!("SELECT {COLUMNS} WHERE g.revoked_entry IS NULL ORDER BY g.user_id, g.id");
        let rows = self.database.rows(Sql::new(&text)).await?;
        rows.iter().map(read).collect()
    }
}

impl Write {
    /// Gives a role within this write.
    pub async fn grant(&mut self, new: &NewGrant) -> Result<i64> {
        if new.organisation_id.is_some() && new.enterprise_id.is_some() {
            return Err(LedgerError::Refused("a grant reaches one thing"));
        }
        if let Some(id) = new.organisation_id {
            self.organisation(id).await?;
        }
        if let Some(id) = new.enterprise_id {
            self.subject(id).await?;
        }
        let known = Sql::with("SELECT 1 FROM users WHERE id = $1", [new.user_id.into()]);
        if self.row(known).await?.is_none() {
            return Err(LedgerError::not_found("user", new.user_id));
        }
        let id = self.next_id("grants").await?;
        let text = "INSERT INTO grants (id, user_id, role, organisation_id, subject_id, entry_id) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        let params = [
            id.into(),
            new.user_id.into(),
            new.role.as_str().into(),
            new.organisation_id.into(),
            new.enterprise_id.into(),
            self.entry_id().into(),
        ];
        self.execute(Sql::with(text, params)).await?;
        Ok(id)
    }

    /// Refuses a write that would leave nobody who keeps the accounts.
    pub(crate) async fn require_an_administrator(&self) -> Result<()> {
        let ever = Sql::with(
            "SELECT 1 FROM grants WHERE role = $1 LIMIT 1",
            [ADMIN.into()],
        );
        if self.row(ever).await?.is_none() {
            return Ok(());
        }
        let text = "SELECT 1 FROM grants g JOIN users u ON u.id = g.user_id \
             WHERE g.role = $1 AND g.revoked_entry IS NULL AND u.disabled = 0 LIMIT 1";
        match self.row(Sql::with(text, [ADMIN.into()])).await? {
            Some(_) => Ok(()),
            None => Err(LedgerError::Refused("the last administrator stays")),
        }
    }
}

fn read(row: &Row) -> Result<Grant> {
    let scope = match (row.at(3)?, row.at(4)?, row.at(5)?) {
        (Some(id), Some(path), None) => GrantScope::Organisation { id, path },
        (None, None, Some(subject_id)) => GrantScope::Enterprise { subject_id },
        (None::<i64>, None::<String>, None::<i64>) => GrantScope::Installation,
        other => return Err(LedgerError::damaged("scope of grant", format!("{other:?}"))),
    };
    Ok(Grant {
        id: row.at(0)?,
        user_id: row.at(1)?,
        role: row.at(2)?,
        scope,
    })
}
