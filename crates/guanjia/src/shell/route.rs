//! A route and who may take it: no route can be made without saying so.

use axum::http::Method;
use axum::routing::MethodRouter;

use super::role::{Permission, Role};
use crate::app::App;

/// Who may take a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the sign-in page, the stylesheets, the probes.
    Public,
    /// Whoever is signed in: their own account.
    SignedIn,
    /// Whoever holds a role that may do this.
    May(Permission),
}

impl Access {
    /// Whether a person with this role may take the route.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Self::Public | Self::SignedIn => true,
            Self::May(permission) => role.may(permission),
        }
    }
}

/// One method of one path, its guard, and what answers.
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path as axum writes it.
    pub path: &'static str,
    /// Who may take it.
    pub access: Access,
    /// What answers.
    pub handler: MethodRouter<App>,
}

/// A route that reads.
pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: axum::handler::Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::GET,
        path,
        access,
        handler: axum::routing::get(handler),
    }
}

/// A route that changes something.
pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: axum::handler::Handler<T, App>,
    T: 'static,
{
    Route {
        method: Method::POST,
        path,
        access,
        handler: axum::routing::post(handler),
    }
}
