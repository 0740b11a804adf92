//! The guard before every route: who asks, and whether their roles allow it.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;

use super::route::Access;
use super::viewer::{self, Viewer};
use super::{Page, PageError, error};
use crate::accounts::{identity, tokens};
use crate::app::App;
use crate::words::Lang;
use crate::{api, clock};

/// What the guard of one route knows.
#[derive(Clone)]
pub struct Guard {
    /// The state.
    pub app: App,
    /// Who may take the route.
    pub access: Access,
}

/// Lets a request through with its [`Viewer`], or refuses it.
pub async fn check(
    State(guard): State<Guard>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_api = is_api(parts.uri.path());
    let in_part = parts.headers.contains_key("hx-request");
    match admit(&guard, &session, &parts, is_api).await {
        Ok(viewer) => {
            if let Some(viewer) = viewer {
                parts.extensions.insert(viewer);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) if is_api => api::problem::from_page_error(&error).into_response(),
        Err(PageError::SignInNeeded { .. }) if in_part => whole_page_to_sign_in(&parts.headers),
        Err(PageError::PasswordDue) if in_part => {
            (StatusCode::FORBIDDEN, [("hx-redirect", "/account")]).into_response()
        }
        Err(error) => error.into_response(),
    }
}

async fn admit(
    guard: &Guard,
    session: &Session,
    parts: &Parts,
    is_api: bool,
) -> Result<Option<Viewer>, PageError> {
    if guard.access == Access::Public {
        return Ok(None);
    }
    let user_id = match bearer(&parts.headers) {
        Some(secret) if is_api => tokens::user_of(&guard.app, secret).await?,
        _ => identity::signed_in(session).await?,
    };
    let next = parts
        .uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let Some(user_id) = user_id else {
        return Err(PageError::SignInNeeded { next });
    };
    let Some(mut viewer) = identity::viewer(&guard.app, session, user_id).await? else {
        return Err(PageError::SignInNeeded { next });
    };
    viewer.lang = language(&parts.headers);
    viewer.theme = theme(&parts.headers);
    if viewer.password_due && !is_open_before_password(parts.uri.path()) {
        return Err(PageError::PasswordDue);
    }
    viewer.as_of = as_of(parts, viewer.lang)?;
    let changes = !parts.method.is_safe();
    if changes && viewer.is_past() && !is_api {
        return Err(PageError::BadRequest(viewer.lang.t("as-of-read-only")));
    }
    let allowed = match guard.access {
        Access::Public | Access::SignedIn => true,
        Access::May(permission) => viewer.may(permission),
    };
    if allowed {
        return Ok(Some(viewer));
    }
    // The start is the cockpit; who may not see it starts at the first page that they may see.
    if parts.uri.path() == "/" {
        return Err(PageError::Elsewhere(Page::start_of(&viewer)));
    }
    Err(PageError::Forbidden)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| secret.trim())
}

/// Whether an address belongs to the interface for programs.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// What remains open to whoever must set a password first: setting it, and leaving.
fn is_open_before_password(path: &str) -> bool {
    matches!(path, "/account" | "/account/password" | "/logout")
}

/// Where a part of a page was asked for, the whole page goes to the sign-in page and comes back.
fn whole_page_to_sign_in(headers: &HeaderMap) -> Response {
    let shown = headers
        .get("hx-current-url")
        .and_then(|value| value.to_str().ok());
    let address = error::sign_in_address(&shown.map_or_else(String::new, path_of));
    (StatusCode::UNAUTHORIZED, [("hx-redirect", address)]).into_response()
}

/// Path and query of an address; `/` where it has none.
pub fn path_of(address: &str) -> String {
    let path = address
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.unwrap_or("/").to_owned()
}

fn as_of(parts: &Parts, lang: Lang) -> Result<Option<chrono::DateTime<chrono::Utc>>, PageError> {
    let query = parts.uri.query().unwrap_or_default();
    let Some(text) = query_value(query, "as_of").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let moment = viewer::moment_of(&text)
        .ok_or_else(|| PageError::BadRequest(lang.with("as-of-wrong", &text)))?;
    // A moment that has not come shows what is known now.
    Ok((moment < clock::now()).then_some(moment))
}

/// The first value of a name in a query.
fn query_value(query: &str, name: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    pairs
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// The language of a request: the cookie of the switch, else Chinese.
pub fn language(headers: &HeaderMap) -> Lang {
    cookie(headers, "lang")
        .and_then(|tag| Lang::from_tag(&tag))
        .unwrap_or_default()
}

/// The theme chosen: `light`, `dark`, or empty for what the device prefers.
pub fn theme(headers: &HeaderMap) -> String {
    cookie(headers, "theme")
        .filter(|theme| matches!(theme.as_str(), "light" | "dark"))
        .unwrap_or_default()
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// What answers where no route leads.
pub async fn nothing_here(request: Request) -> Response {
    if is_api(request.uri().path()) {
        return api::problem::Problem::new(StatusCode::NOT_FOUND, "no such address")
            .into_response();
    }
    PageError::NotFound.into_response()
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = PageError;

    /// The person the guard let through.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(PageError::Forbidden)
    }
}
