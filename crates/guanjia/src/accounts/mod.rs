//! Accounts 账号: signing in and out, one's own password, one-time codes and tokens, and for the
//! administrator the list of accounts with what each may do.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /login, /login/code, /login/oidc, /login/oidc/callback | GET, POST | sign in |
//! | /logout, /language, /zone | POST | sign out, switch language, switch zone |
//! | /account, /account/password, /account/code, /account/tokens | GET, POST | one's own account |
//! | /users, /users/{id} … | GET, POST | all accounts, for the administrator |

pub mod account_page;
pub mod identity;
pub mod login;
pub mod one_time_code;
pub mod outbound;
pub mod passwords;
pub mod session_store;
pub mod single_sign_on;
pub mod throttle;
pub mod timers;
pub mod tokens;
pub mod user_page;
pub mod users;

use crate::shell::route::{Access, Route, get, post};
use crate::shell::{Permission, assets};

/// The routes of this slice, and those that every page needs.
pub fn routes() -> Vec<Route> {
    let keep = Access::May(Permission::ManageUsers);
    vec![
        get("/assets/{*path}", Access::Public, assets::asset),
        get("/login", Access::Public, login::show),
        post("/login", Access::Public, login::submit),
        post("/login/code", Access::Public, login::submit_code),
        get("/login/oidc", Access::Public, single_sign_on::start),
        get(
            "/login/oidc/callback",
            Access::Public,
            single_sign_on::finish,
        ),
        post("/logout", Access::SignedIn, login::sign_out),
        post("/language", Access::Public, login::switch_language),
        post("/zone", Access::SignedIn, login::switch_zone),
        get("/account", Access::SignedIn, account_page::show),
        post(
            "/account/password",
            Access::SignedIn,
            account_page::change_password,
        ),
        post("/account/code", Access::SignedIn, account_page::change_code),
        post("/account/tokens", Access::SignedIn, account_page::add_token),
        post(
            "/account/tokens/{id}/revocation",
            Access::SignedIn,
            account_page::revoke_token,
        ),
        get("/users", keep, users::list),
        post("/users", keep, users::add),
        get("/users/{id}", keep, user_page::show),
        post("/users/{id}/password", keep, user_page::reset_password),
        post("/users/{id}/code", keep, user_page::remove_code),
        post("/users/{id}/disablement", keep, user_page::set_disabled),
        post("/users/{id}/grants", keep, user_page::grant),
        post(
            "/users/{id}/grants/{grant}/revocation",
            keep,
            user_page::revoke,
        ),
    ]
}
