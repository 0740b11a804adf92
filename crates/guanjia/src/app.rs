//! The state of the running house and its floor plan: every route of every slice.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use ledger::Ledger;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::accounts::session_store::LedgerSessions;
use crate::accounts::single_sign_on::SingleSignOn;
use crate::api::operations::Operation;
use crate::shell::{Access, Route, error, guard, headers};
use crate::{
    accounts, api, audit, enterprises, exports, imports, organisations, overview, policies,
    projects, search, sources,
};

/// Hours without a request after which one must sign in again.
const SESSION_HOURS: i64 = 12;

/// The cookie of a session.
pub const COOKIE: &str = "guanjia";
/// The same over TLS: with this prefix, browsers take it from this very host alone.
pub const SECURE_COOKIE: &str = "__Host-guanjia";

/// Largest form that is taken from somebody who is not signed in.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Largest upload: a ledger of 100,000 rows with photos stays far below it.
pub const UPLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What every handler can reach. Clones share it.
#[derive(Clone)]
pub struct App {
    /// The ledger.
    pub ledger: Ledger,
    /// Single sign-on, where it is set up.
    pub single_sign_on: Option<Arc<SingleSignOn>>,
    /// Whether accounts of the demonstration may sign in.
    pub demo: bool,
    /// Whether cookies are sent over TLS alone.
    pub secure_cookies: bool,
}

/// Every route of the house, each with who may take it.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(accounts::routes());
    routes.extend(overview::routes());
    routes.extend(projects::routes());
    routes.extend(enterprises::routes());
    routes.extend(policies::routes());
    routes.extend(sources::routes());
    routes.extend(search::routes());
    routes.extend(imports::routes());
    routes.extend(exports::routes());
    routes.extend(organisations::routes());
    routes.extend(audit::routes());
    routes.extend(api::routes());
    routes
}

/// The whole house, ready to serve.
pub fn router(app: &App) -> Router {
    let sessions = SessionManagerLayer::new(LedgerSessions::new(app.ledger.clone()))
        .with_name(if app.secure_cookies {
            SECURE_COOKIE
        } else {
            COOKIE
        })
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(app.secure_cookies)
        .with_expiry(Expiry::OnInactivity(
            tower_sessions::cookie::time::Duration::hours(SESSION_HOURS),
        ));
    let mut router = Router::new();
    for route in routes() {
        let guard = guard::Guard {
            app: app.clone(),
            access: route.access,
            operation: api::operations::operation(&route.method, route.path),
        };
        let mut handler = route.handler;
        if guard.operation.is_some_and(Operation::writes) {
            let once = middleware::from_fn_with_state(app.clone(), api::once::once);
            handler = handler.layer(once);
        }
        handler = handler.layer(middleware::from_fn_with_state(guard, guard::check));
        if route.access == Access::Public {
            handler = handler.layer(DefaultBodyLimit::max(FORM_BYTES_MAX));
        }
        router = router.route(route.path, handler);
    }
    router
        .fallback(guard::nothing_here)
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(headers::same_origin))
        .layer(sessions)
        // Outside of the sessions: their store may fail, too.
        .layer(middleware::from_fn(error::in_language))
        .layer(middleware::from_fn_with_state(app.clone(), headers::secure))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .layer(CompressionLayer::new())
        .with_state(app.clone())
}
