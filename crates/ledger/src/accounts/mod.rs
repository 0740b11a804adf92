//! Accounts: who may sign in, with what, and what has been granted to whom.

mod grants;
mod logins;
mod tokens;
mod users;
mod views;

pub use grants::{Grant, GrantScope, NewGrant};
pub use logins::LoginFailures;
pub use tokens::{ApiToken, NewApiToken};
pub use users::{NewUser, User};
pub use views::SavedView;
