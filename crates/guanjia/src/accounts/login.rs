//! Signing in with a password and, where set up, a one-time code; signing out; the two switches.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use ledger::accounts::User;
use ledger::{Action, Actor, Stamp};
use serde::Deserialize;
use tower_sessions::Session;

use super::identity::{PENDING_KEY, USER_KEY, ZONE_KEY};
use super::throttle::{self, ClientAddress};
use super::{one_time_code, passwords};
use crate::app::App;
use crate::clock;
use crate::shell::{PageError, Viewer, guard, render};
use crate::words::Lang;

/// Most characters of a login.
const LOGIN_LENGTH_MAX: usize = 200;

#[derive(Template)]
#[template(path = "accounts/login.html")]
struct LoginPage {
    lang: Lang,
    next: String,
    login: String,
    error: String,
    needs_code: bool,
    single_sign_on: bool,
}

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// What was asked for; not yet known to be a path of this house.
    pub fn path(&self) -> &str {
        &self.next
    }
}

/// A path of this house; the start for anything else, so that nobody is sent elsewhere.
pub fn safe_next(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    if own && !next.chars().any(char::is_control) {
        next
    } else {
        "/"
    }
}

/// `GET /login`.
pub async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response, PageError> {
    let page = LoginPage {
        lang: guard::language(&headers),
        next: safe_next(&query.next).to_owned(),
        login: String::new(),
        error: String::new(),
        needs_code: false,
        single_sign_on: app.single_sign_on.is_some(),
    };
    render(&page)
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /login`.
pub async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    address: ClientAddress,
    session: Session,
    Form(form): Form<Credentials>,
) -> Result<Response, PageError> {
    let lang = guard::language(&headers);
    let now = clock::now();
    let again = |error: String, status: StatusCode| {
        let page = LoginPage {
            lang,
            next: safe_next(&form.next).to_owned(),
            login: form.login.clone(),
            error,
            needs_code: false,
            single_sign_on: app.single_sign_on.is_some(),
        };
        render(&page).map(|response| (status, response).into_response())
    };
    // Such ones are nobody's, and would fill the table of failures.
    let nobodys = form.login.chars().count() > LOGIN_LENGTH_MAX
        || form.login.chars().any(char::is_control)
        || form.password.chars().count() > passwords::LENGTH_MAX;
    if nobodys {
        return again(lang.t("sign-in-failed"), StatusCode::UNAUTHORIZED);
    }
    let own = login_key(&form.login);
    let counters = [Some(own.clone()), address.key()].into_iter().flatten();
    let wait = wait_of(&app, &counters.collect::<Vec<_>>(), now).await?;
    if wait > 0 {
        let words = lang.with("sign-in-throttled", wait);
        return again(words, StatusCode::TOO_MANY_REQUESTS);
    }
    let user = app.ledger.user_by_login(&form.login).await?;
    let allowed = user.filter(|user| !user.disabled && (app.demo || !user.demo));
    let hash = allowed.as_ref().and_then(|user| user.password_hash.clone());
    let fits = passwords::verify(form.password.clone(), hash)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let Some(user) = allowed.filter(|_| fits) else {
        return again(lang.t("sign-in-failed"), StatusCode::UNAUTHORIZED);
    };
    if user.totp_secret.is_some() {
        put(&session, PENDING_KEY, user.id).await?;
        return ask_code(lang, &form.next);
    }
    forget_failures(&app, &own, address).await?;
    enter(&app, &session, &user, "password").await?;
    Ok(Redirect::to(safe_next(&form.next)).into_response())
}

/// Seconds to wait before all of these keys may try; where that is none, the attempt is counted under each. Who
/// waits for one is counted under none.
async fn wait_of(app: &App, keys: &[String], now: DateTime<Utc>) -> Result<i64, PageError> {
    let mut longest = 0;
    for key in keys {
        longest = longest.max(throttle::seconds_to_wait(app, key, now).await?);
    }
    for key in keys {
        if longest == 0 {
            longest = throttle::admit(app, key, now).await?;
        }
    }
    Ok(longest)
}

/// Takes back what was counted against somebody who came in. Of the address it is this one attempt: who has an
/// account of their own must not clear the way for guessing at others'.
async fn forget_failures(app: &App, own: &str, address: ClientAddress) -> Result<(), PageError> {
    app.ledger.clear_login_failures(own).await?;
    if let Some(key) = address.key() {
        app.ledger.forgive_login_failure(&key).await?;
    }
    Ok(())
}

/// The key that failures of a login are counted under.
fn login_key(login: &str) -> String {
    format!("login:{}", ledger::lookup_key(login))
}

/// The page that asks for the one-time code.
pub fn ask_code(lang: Lang, next: &str) -> Result<Response, PageError> {
    render(&code_page(lang, next, String::new()))
}

/// The sign-in page with what went wrong.
pub fn page_again(
    app: &App,
    lang: Lang,
    error: String,
    status: StatusCode,
) -> Result<Response, PageError> {
    let page = LoginPage {
        lang,
        next: "/".to_owned(),
        login: String::new(),
        error,
        needs_code: false,
        single_sign_on: app.single_sign_on.is_some(),
    };
    Ok((status, render(&page)?).into_response())
}

fn code_page(lang: Lang, next: &str, error: String) -> LoginPage {
    LoginPage {
        lang,
        next: safe_next(next).to_owned(),
        login: String::new(),
        error,
        needs_code: true,
        single_sign_on: false,
    }
}

/// The six digits.
#[derive(Deserialize)]
pub struct Code {
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /login/code`.
pub async fn submit_code(
    State(app): State<App>,
    headers: HeaderMap,
    address: ClientAddress,
    session: Session,
    Form(form): Form<Code>,
) -> Result<Response, PageError> {
    let lang = guard::language(&headers);
    let now = clock::now();
    let pending: Option<i64> = session
        .get(PENDING_KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let Some(user_id) = pending else {
        return Ok(Redirect::to("/login").into_response());
    };
    let user = app.ledger.user(user_id).await?;
    let key = format!("code:{user_id}");
    let wait = throttle::admit(&app, &key, now).await?;
    if wait > 0 {
        let page = code_page(lang, &form.next, lang.with("sign-in-throttled", wait));
        return Ok((StatusCode::TOO_MANY_REQUESTS, render(&page)?).into_response());
    }
    let step = user
        .totp_secret
        .as_deref()
        .and_then(|secret| one_time_code::step_of_code(secret, &form.code, now));
    let fresh = match step {
        Some(step) => app.ledger.use_totp_step(user_id, step).await?,
        None => false,
    };
    if !fresh || user.disabled || (user.demo && !app.demo) {
        let page = code_page(lang, &form.next, lang.t("sign-in-code-wrong"));
        return Ok((StatusCode::UNAUTHORIZED, render(&page)?).into_response());
    }
    app.ledger.clear_login_failures(&key).await?;
    forget_failures(&app, &login_key(&user.login), address).await?;
    enter(&app, &session, &user, "password and code").await?;
    Ok(Redirect::to(safe_next(&form.next)).into_response())
}

/// Signs the person in under a session id that nobody knew before, with nothing in it of whoever
/// used the session until then.
pub async fn enter(app: &App, session: &Session, user: &User, how: &str) -> Result<(), PageError> {
    let failed = |error: tower_sessions::session::Error| PageError::internal(&error);
    let before: Option<i64> = session.get(USER_KEY).await.map_err(failed)?;
    let zone: Option<i64> = session.get(ZONE_KEY).await.map_err(failed)?;
    session.clear().await;
    session.cycle_id().await.map_err(failed)?;
    put(session, USER_KEY, user.id).await?;
    if let Some(zone) = zone.filter(|_| before == Some(user.id)) {
        put(session, ZONE_KEY, zone).await?;
    }
    let actor = Actor {
        user_id: Some(user.id),
        name: user.login.clone(),
    };
    let action = Action::new("login.enter", "user", user.id).with(serde_json::json!({"how": how}));
    app.ledger
        .note(&Stamp::new(clock::now(), actor), action)
        .await?;
    Ok(())
}

async fn put(session: &Session, key: &str, value: i64) -> Result<(), PageError> {
    session
        .insert(key, value)
        .await
        .map_err(|error| PageError::internal(&error))
}

/// `POST /logout`.
pub async fn sign_out(session: Session) -> Result<Response, PageError> {
    session
        .flush()
        .await
        .map_err(|error| PageError::internal(&error))?;
    Ok(Redirect::to("/login").into_response())
}

/// The language chosen.
#[derive(Deserialize)]
pub struct Language {
    lang: String,
}

/// `POST /language`: a cookie, then the page one came from.
pub async fn switch_language(headers: HeaderMap, Form(form): Form<Language>) -> Response {
    let lang = Lang::from_tag(&form.lang).unwrap_or_default();
    let cookie = format!(
        "lang={}; Path=/; Max-Age=31536000; SameSite=Lax",
        lang.tag()
    );
    (
        [(header::SET_COOKIE, cookie)],
        Redirect::to(&came_from(&headers)),
    )
        .into_response()
}

/// The path of the page that a form was on; the start where the browser does not tell.
fn came_from(headers: &HeaderMap) -> String {
    headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .map_or_else(
            || "/".to_owned(),
            |address| safe_next(&guard::path_of(address)).to_owned(),
        )
}

/// The zone chosen.
#[derive(Deserialize)]
pub struct ZoneChoice {
    zone: i64,
}

/// `POST /zone`: shows another zone of the person's own.
pub async fn switch_zone(
    viewer: Viewer,
    session: Session,
    Form(form): Form<ZoneChoice>,
) -> Result<Response, PageError> {
    if !viewer.zones.iter().any(|zone| zone.id == form.zone) {
        return Err(PageError::NotFound);
    }
    put(&session, ZONE_KEY, form.zone).await?;
    Ok(Redirect::to("/").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(
            safe_next("/projects?stage=started"),
            "/projects?stage=started"
        );
        assert_eq!(safe_next("//evil.example"), "/");
        assert_eq!(safe_next("https://evil.example"), "/");
        assert_eq!(safe_next("/\\evil.example"), "/");
        assert_eq!(safe_next(""), "/");
    }
}
