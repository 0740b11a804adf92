//! Users. Passwords come as argon2 hashes made by the caller; nothing here can read them back.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sort_key::lookup_key;
use crate::sql::{Param, Row, Sql};
use crate::write::{Action, Stamp, Write, Written};

/// A user to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// What is typed to sign in; upper and lower case are the same.
    pub login: String,
    /// Name shown to others.
    pub display_name: String,
    /// Argon2 hash in its text form; `None` for whom single sign-on alone lets in.
    pub password_hash: Option<String>,
    /// Whether the password must be changed at the next sign-in.
    pub must_change_password: bool,
    /// Issuer and subject of single sign-on, as the caller joins them.
    pub external_id: Option<String>,
    /// Whether it is an account of a demonstration, which `serve` refuses.
    pub demo: bool,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: i64,
    /// What is typed to sign in.
    pub login: String,
    /// Name shown to others.
    pub display_name: String,
    /// Argon2 hash of the password.
    pub password_hash: Option<String>,
    /// Whether the password must be changed at the next sign-in.
    pub must_change_password: bool,
    /// Secret of the one-time codes; `None` when not set up.
    pub totp_secret: Option<String>,
    /// The last time step whose code was used: each is good once.
    pub totp_last_step: Option<i64>,
    /// Issuer and subject of single sign-on.
    pub external_id: Option<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Whether it is an account of a demonstration.
    pub demo: bool,
}

const COLUMNS: &str = "id, login, display_name, password_hash, must_change_password, totp_secret, \
     totp_last_step, external_id, disabled, demo";

impl Ledger {
    /// Adds a user.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] when the login is taken.
    pub async fn add_user(&self, stamp: &Stamp, new: NewUser) -> Result<User> {
        let mut write = self.begin(stamp).await?;
        let user = write.add_user(new).await?;
        let action = Action::new("user.add", "user", user.id).with(json!({"login": user.login}));
        write.commit(action).await?;
        Ok(user)
    }

    /// A user by id.
    pub async fn user(&self, id: i64) -> Result<User> {
        let found = self.user_where("id", id.into()).await?;
        found.ok_or_else(|| LedgerError::not_found("user", id))
    }

    /// The user who signs in with this; `None` for nobody.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<User>> {
        self.user_where("login_key", lookup_key(login).into()).await
    }

    /// The user whom single sign-on knows by this; `None` for nobody.
    pub async fn user_by_external_id(&self, external_id: &str) -> Result<Option<User>> {
        self.user_where("external_id", external_id.into()).await
    }

    async fn user_where(&self, column: &str, value: Param) -> Result<Option<User>> {
        let text = format!("SELECT {COLUMNS} FROM users WHERE {column} = $1");
        let row = self.database.row(Sql::with(&text, [value])).await?;
        row.as_ref().map(read).transpose()
    }

    /// All users by login.
    pub async fn users(&self) -> Result<Vec<User>> {
        let text = format!("SELECT {COLUMNS} FROM users ORDER BY login_key");
        self.database
            .rows(Sql::new(&text))
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Sets a password. All sessions of the user end.
    pub async fn set_password(
        &self,
        stamp: &Stamp,
        user_id: i64,
        password_hash: &str,
        must_change: bool,
    ) -> Result<Written> {
        let mut sql = Sql::new("UPDATE users SET password_hash = ");
        sql.bind(password_hash);
        sql.push(", must_change_password = ")
            .bind(i64::from(must_change));
        self.change_user(
            stamp,
            user_id,
            "user.password",
            json!({"must_change": must_change}),
            sql,
        )
        .await
    }

    /// Gives a user another display name.
    pub async fn rename_user(&self, stamp: &Stamp, user_id: i64, name: &str) -> Result<Written> {
        let sql = Sql::with("UPDATE users SET display_name = $1", [name.into()]);
        self.change_user(stamp, user_id, "user.rename", json!({"name": name}), sql)
            .await
    }

    /// Sets or removes the secret of the one-time codes.
    pub async fn set_totp(
        &self,
        stamp: &Stamp,
        user_id: i64,
        secret: Option<&str>,
    ) -> Result<Written> {
        let mut sql = Sql::new("UPDATE users SET totp_last_step = NULL, totp_secret = ");
        sql.bind(secret.map(str::to_owned));
        let action = if secret.is_some() {
            "user.totp_on"
        } else {
            "user.totp_off"
        };
        self.change_user(stamp, user_id, action, serde_json::Value::Null, sql)
            .await
    }

    /// Uses up the code of a time step; `false` when it, or a later one, was used before.
    pub async fn use_totp_step(&self, user_id: i64, step: i64) -> Result<bool> {
        let text = "UPDATE users SET totp_last_step = $2 WHERE id = $1 \
             AND (totp_last_step IS NULL OR totp_last_step < $2)";
        let sql = Sql::with(text, [user_id.into(), step.into()]);
        Ok(self.database.execute(sql).await? == 1)
    }

    /// Forbids a user to sign in, and ends all sessions; or allows it again.
    ///
    /// # Errors
    /// [`LedgerError::Refused`] for the last administrator.
    pub async fn set_disabled(
        &self,
        stamp: &Stamp,
        user_id: i64,
        disabled: bool,
    ) -> Result<Written> {
        let sql = Sql::with(
            "UPDATE users SET disabled = $1",
            [i64::from(disabled).into()],
        );
        let action = if disabled {
            "user.disable"
        } else {
            "user.enable"
        };
        self.change_user(stamp, user_id, action, serde_json::Value::Null, sql)
            .await
    }

    /// Finishes an update of one user, ends the user's sessions, protects the last administrator.
    async fn change_user(
        &self,
        stamp: &Stamp,
        user_id: i64,
        action: &str,
        detail: serde_json::Value,
        mut update: Sql,
    ) -> Result<Written> {
        let write = self.begin(stamp).await?;
        update.push(", since_entry = ").bind(write.entry_id());
        update.push(" WHERE id = ").bind(user_id);
        if write.execute(update).await? == 0 {
            return Err(LedgerError::not_found("user", user_id));
        }
        if action != "user.rename" {
            write.end_sessions_of(user_id).await?;
        }
        write.require_an_administrator().await?;
        let action = Action::new(action, "user", user_id).with(detail);
        write.commit(action).await
    }
}

impl Write {
    /// Adds a user within this write.
    pub async fn add_user(&mut self, new: NewUser) -> Result<User> {
        let key = lookup_key(&new.login);
        if key.is_empty() {
            return Err(LedgerError::Refused("a user needs a login"));
        }
        let taken = Sql::with(
            "SELECT 1 FROM users WHERE login_key = $1",
            [key.as_str().into()],
        );
        if self.row(taken).await?.is_some() {
            return Err(LedgerError::Exists {
                what: "user",
                id: new.login,
            });
        }
        let user = User {
            id: self.next_id("users").await?,
            login: new.login,
            display_name: new.display_name,
            password_hash: new.password_hash,
            must_change_password: new.must_change_password,
            totp_secret: None,
            totp_last_step: None,
            external_id: new.external_id,
            disabled: false,
            demo: new.demo,
        };
        let text = "INSERT INTO users (id, login, login_key, display_name, password_hash, \
             must_change_password, external_id, disabled, demo, since_entry) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
        let params = [
            user.id.into(),
            user.login.as_str().into(),
            key.into(),
            user.display_name.as_str().into(),
            user.password_hash.clone().into(),
            i64::from(user.must_change_password).into(),
            user.external_id.clone().into(),
            i64::from(user.demo).into(),
            self.entry_id().into(),
        ];
        self.execute(Sql::with(text, params)).await?;
        Ok(user)
    }
}

fn read(row: &Row) -> Result<User> {
    Ok(User {
        id: row.at(0)?,
        login: row.at(1)?,
        display_name: row.at(2)?,
        password_hash: row.at(3)?,
        must_change_password: row.at::<i64>(4)? != 0,
        totp_secret: row.at(5)?,
        totp_last_step: row.at(6)?,
        external_id: row.at(7)?,
        disabled: row.at::<i64>(8)? != 0,
        demo: row.at::<i64>(9)? != 0,
    })
}
