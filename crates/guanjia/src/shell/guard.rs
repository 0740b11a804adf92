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
use crate::api::operations::Operation;
use crate::api::parameters::Asked;
use crate::api::problem::{Fault, Place, Said};
use crate::app::App;
use crate::clock;
use crate::words::Lang;

/// What the guard of one route knows.
#[derive(Clone)]
pub struct Guard {
    /// The state.
    pub app: App,
    /// Who may take the route.
    pub access: Access,
    /// What the interface for programs says of it; `None` for a page.
    pub operation: Option<&'static Operation>,
}

/// Lets a request through with its [`Viewer`], or refuses it.
pub async fn check(
    State(guard): State<Guard>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let in_part = parts.headers.contains_key("hx-request");
    if let Some(operation) = guard.operation {
        return match admit_program(&guard, &session, &mut parts, operation).await {
            Ok(()) => next.run(Request::from_parts(parts, body)).await,
            Err(fault) => fault.into_response(),
        };
    }
    match admit(&guard, &session, &parts).await {
        Ok(viewer) => {
            if let Some(viewer) = viewer {
                parts.extensions.insert(viewer);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(PageError::SignInNeeded { .. }) if in_part => whole_page_to_sign_in(&parts.headers),
        Err(PageError::PasswordDue) if in_part => {
            (StatusCode::FORBIDDEN, [("hx-redirect", "/account")]).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// Lets a program through: by a token or the session of a page, asking what the operation allows.
async fn admit_program(
    guard: &Guard,
    session: &Session,
    parts: &mut Parts,
    operation: &Operation,
) -> Result<(), Fault> {
    let (user_id, reads_only) = match bearer(&parts.headers) {
        Some(secret) => match tokens::token_of(&guard.app, secret).await? {
            Some(token) => (Some(token.user_id), token.reads_only),
            None => (None, true),
        },
        None => (identity::signed_in(session).await?, false),
    };
    let mut viewer = known(guard, session, parts, user_id).await?;
    let asked = Asked::read(operation, parts.uri.query().unwrap_or_default());
    let zone_id = asked.as_ref().ok().and_then(|asked| asked.number("zone"));
    if let Some(id) = zone_id {
        let zone = viewer.zones.iter().find(|zone| zone.id == id).cloned();
        viewer.zone = Some(zone.ok_or_else(|| {
            let place = Place::Parameter("zone".to_owned());
            Fault::value(place, Said::Key("problem-no-zone"))
        })?);
    }
    if !allowed(guard, &viewer) {
        return Err(PageError::Forbidden.into());
    }
    if reads_only && operation.writes() {
        return Err(Fault::new(StatusCode::FORBIDDEN, "problem-token-reads"));
    }
    let asked = asked?;
    viewer.as_of = as_of(parts, viewer.lang)?;
    parts.extensions.insert(viewer);
    parts.extensions.insert(asked);
    Ok(())
}

async fn admit(
    guard: &Guard,
    session: &Session,
    parts: &Parts,
) -> Result<Option<Viewer>, PageError> {
    if guard.access == Access::Public {
        return Ok(None);
    }
    let user_id = identity::signed_in(session).await?;
    let mut viewer = known(guard, session, parts, user_id).await?;
    viewer.as_of = as_of(parts, viewer.lang)?;
    if !parts.method.is_safe() && viewer.is_past() {
        return Err(PageError::BadRequest(viewer.lang.t("as-of-read-only")));
    }
    if allowed(guard, &viewer) {
        return Ok(Some(viewer));
    }
    // The start is the cockpit; who may not see it starts at the first page that they may see.
    if parts.uri.path() == "/" {
        return Err(PageError::Elsewhere(Page::start_of(&viewer)));
    }
    Err(PageError::Forbidden)
}

fn allowed(guard: &Guard, viewer: &Viewer) -> bool {
    match guard.access {
        Access::Public | Access::SignedIn => true,
        Access::May(permission) => viewer.may(permission),
    }
}

/// The person of an account, in the language and at the moment of the request.
async fn known(
    guard: &Guard,
    session: &Session,
    parts: &Parts,
    user_id: Option<i64>,
) -> Result<Viewer, PageError> {
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
    viewer.lang = if is_api(parts.uri.path()) {
        language_of_program(&parts.headers)
    } else {
        language(&parts.headers)
    };
    viewer.theme = theme(&parts.headers);
    if viewer.password_due && !is_open_before_password(parts.uri.path()) {
        return Err(PageError::PasswordDue);
    }
    Ok(viewer)
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
    path == "/api" || (path.starts_with("/api/") && path != "/api/docs")
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

/// The language of a request for a page: the cookie of the switch, else Chinese.
pub fn language(headers: &HeaderMap) -> Lang {
    chosen_language(headers).unwrap_or_default()
}

/// The language of a request of a program: the cookie, else what it accepts, else Chinese.
pub fn language_of_program(headers: &HeaderMap) -> Lang {
    let accepted = || {
        let listed = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        most_wanted(listed)
    };
    chosen_language(headers)
        .or_else(accepted)
        .unwrap_or_default()
}

fn chosen_language(headers: &HeaderMap) -> Option<Lang> {
    cookie(headers, "lang").and_then(|tag| Lang::from_tag(&tag))
}

/// The language of `Accept-Language` that is wanted most, of those there are.
fn most_wanted(listed: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for one in listed.split(',') {
        let (tag, weight) = one.split_once(";q=").unwrap_or((one, "1"));
        let primary = tag
            .trim()
            .split('-')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let Some(lang) = Lang::from_tag(&primary)
            && weight > best.map_or(0.0, |(best, _)| best)
        {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
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
        return Fault::of_status(StatusCode::NOT_FOUND).into_response();
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
