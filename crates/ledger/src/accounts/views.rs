//! Saved views: a page's filters under a name of the user's own.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sql::Sql;
use crate::write::{Action, Stamp, Written};

/// A view that a user saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: i64,
    /// The page it is a view of: `projects`.
    pub page: String,
    /// What the user calls it.
    pub name: String,
    /// The query part of the page's address.
    pub query: String,
}

impl Ledger {
    /// Saves a view; one of the same page and name is replaced.
    pub async fn save_view(
        &self,
        stamp: &Stamp,
        user_id: i64,
        page: &str,
        name: &str,
        query: &str,
    ) -> Result<SavedView> {
        let mut write = self.begin(stamp).await?;
        let fresh = write.next_id("saved_views").await?;
        let text = "INSERT INTO saved_views (id, user_id, page, name, query, entry_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, page, name) \
             DO UPDATE SET query = excluded.query, entry_id = excluded.entry_id";
        let params = [
            fresh.into(),
            user_id.into(),
            page.into(),
            name.into(),
            query.into(),
            write.entry_id().into(),
        ];
        write.execute(Sql::with(text, params)).await?;
        let text = "SELECT id FROM saved_views WHERE user_id = $1 AND page = $2 AND name = $3";
        let params = [user_id.into(), page.into(), name.into()];
        let row = write.row(Sql::with(text, params)).await?;
        let id = row.map_or(Ok(fresh), |row| row.at(0))?;
        let action =
            Action::new("view.save", "user", user_id).with(json!({"page": page, "name": name}));
        write.commit(action).await?;
        Ok(SavedView {
            id,
            page: page.to_owned(),
            name: name.to_owned(),
            query: query.to_owned(),
        })
    }

    /// A user's views of a page, by name.
    pub async fn saved_views(&self, user_id: i64, page: &str) -> Result<Vec<SavedView>> {
        let text = "SELECT id, page, name, query FROM saved_views \
             WHERE user_id = $1 AND page = $2 ORDER BY name";
        let rows = self
            .database
            .rows(Sql::with(text, [user_id.into(), page.into()]))
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SavedView {
                    id: row.at(0)?,
                    page: row.at(1)?,
                    name: row.at(2)?,
                    query: row.at(3)?,
                })
            })
            .collect()
    }

    /// Removes a view of this user.
    pub async fn delete_view(&self, stamp: &Stamp, user_id: i64, view_id: i64) -> Result<Written> {
        let write = self.begin(stamp).await?;
        let text = "DELETE FROM saved_views WHERE id = $1 AND user_id = $2";
        let params = [view_id.into(), user_id.into()];
        if write.execute(Sql::with(text, params)).await? == 0 {
            return Err(LedgerError::not_found("view", view_id));
        }
        let action = Action::new("view.delete", "user", user_id).with(json!({"view": view_id}));
        write.commit(action).await
    }
}
