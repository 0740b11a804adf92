//! One's own account: password, one-time codes, tokens for programs.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Duration;
use ledger::Timestamp;
use ledger::accounts::{ApiToken, NewApiToken, User};
use serde::Deserialize;
use tower_sessions::Session;

use super::{login, one_time_code, passwords, throttle, tokens};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, display, render};

/// Days after which a token may end, the longest first.
const TOKEN_DAYS: [i64; 3] = [365, 90, 30];

/// Most characters of a token's name.
const TOKEN_NAME_LENGTH_MAX: usize = 80;

/// Key of a one-time secret that is shown and not yet confirmed.
const PROPOSED_KEY: &str = "proposed_code";

#[derive(Template)]
#[template(path = "accounts/account_page.html")]
struct AccountPage {
    page: Page,
    user: User,
    tokens: Vec<TokenRow>,
    proposed_secret: String,
    setup_address: String,
    new_token: String,
    token_days: [i64; 3],
    error: String,
    done: String,
}

struct TokenRow {
    id: i64,
    name: String,
    until: String,
    reads_only: bool,
}

/// What a page says beside the account itself.
#[derive(Default)]
struct Said {
    error: String,
    done: String,
    new_token: String,
}

/// `GET /account`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
) -> Result<Response, PageError> {
    let user = app.ledger.user(viewer.user_id).await?;
    let said = if user.must_change_password {
        Said {
            error: viewer.lang.t("password-must-change"),
            ..Said::default()
        }
    } else {
        Said::default()
    };
    page(&app, &viewer, &session, said).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    session: &Session,
    said: Said,
) -> Result<Response, PageError> {
    let user = app.ledger.user(viewer.user_id).await?;
    let proposed: Option<String> = session
        .get(PROPOSED_KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let proposed_secret = match (&user.totp_secret, proposed) {
        (Some(_), _) => String::new(),
        (None, Some(secret)) => secret,
        (None, None) => {
            let secret = one_time_code::new_secret();
            session
                .insert(PROPOSED_KEY, &secret)
                .await
                .map_err(|error| PageError::internal(&error))?;
            secret
        }
    };
    let tokens = app.ledger.api_tokens_of(viewer.user_id).await?;
    let title = viewer.lang.t("account");
    render(&AccountPage {
        page: Page::new(viewer, "account", title.clone()).at(&[(&title, "")]),
        setup_address: one_time_code::setup_address(&proposed_secret, &user.login),
        user,
        tokens: tokens.into_iter().map(token_row).collect(),
        proposed_secret,
        new_token: said.new_token,
        token_days: TOKEN_DAYS,
        error: said.error,
        done: said.done,
    })
}

fn token_row(token: ApiToken) -> TokenRow {
    let until = token.expires_at.and_then(Timestamp::to_datetime);
    TokenRow {
        id: token.id,
        name: token.name,
        until: until.map(display::moment).unwrap_or_default(),
        reads_only: token.reads_only,
    }
}

/// The old and the new password.
#[derive(Deserialize)]
pub struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

/// `POST /account/password`. All sessions end but this one, which begins anew.
pub async fn change_password(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageError> {
    let user = app.ledger.user(viewer.user_id).await?;
    let lang = viewer.lang;
    let is_same = form.old == form.new;
    let wrong = if let Err(error) = own_password(&app, &viewer, &user, form.old).await? {
        Some(error)
    } else if form.new != form.again {
        Some(lang.t("password-differs"))
    } else if is_same {
        Some(lang.t("password-same"))
    } else {
        passwords::weakness(&form.new, &user.login)
            .map(|weakness| lang.find(weakness.key()).unwrap_or_default())
    };
    if let Some(error) = wrong {
        return page(
            &app,
            &viewer,
            &session,
            Said {
                error,
                ..Said::default()
            },
        )
        .await;
    }
    let hash = passwords::hash(form.new)
        .await
        .map_err(|error| PageError::internal(&error))?;
    app.ledger
        .set_password(&viewer.stamp(), user.id, &hash, false)
        .await?;
    login::enter(&app, &session, &user, "password changed").await?;
    let said = Said {
        done: lang.t("password-changed"),
        ..Said::default()
    };
    page(&app, &viewer, &session, said).await
}

/// Whether the password is the account's own, or what to say; guessing it is slowed down here as at
/// the door.
async fn own_password(
    app: &App,
    viewer: &Viewer,
    user: &User,
    password: String,
) -> Result<Result<(), String>, PageError> {
    let key = format!("password:{}", user.id);
    let wait = throttle::admit(app, &key, viewer.now).await?;
    if wait > 0 {
        return Ok(Err(viewer.lang.with("sign-in-throttled", wait)));
    }
    let fits = password.chars().count() <= passwords::LENGTH_MAX
        && passwords::verify(password, user.password_hash.clone())
            .await
            .map_err(|error| PageError::internal(&error))?;
    if !fits {
        return Ok(Err(viewer.lang.t("password-old-wrong")));
    }
    app.ledger.clear_login_failures(&key).await?;
    Ok(Ok(()))
}

/// A code that confirms the secret, or none to switch codes off.
#[derive(Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

/// `POST /account/code`: switches one-time codes on with a first code, or off with the password.
pub async fn change_code(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Form(form): Form<CodeForm>,
) -> Result<Response, PageError> {
    let user = app.ledger.user(viewer.user_id).await?;
    let lang = viewer.lang;
    let mut said = Said::default();
    if user.totp_secret.is_some() {
        match own_password(&app, &viewer, &user, form.password).await? {
            Ok(()) => {
                app.ledger.set_totp(&viewer.stamp(), user.id, None).await?;
                login::enter(&app, &session, &user, "codes off").await?;
                said.done = lang.t("code-off");
            }
            Err(error) => said.error = error,
        }
    } else {
        let proposed: Option<String> = session
            .get(PROPOSED_KEY)
            .await
            .map_err(|error| PageError::internal(&error))?;
        let confirmed = proposed
            .filter(|secret| one_time_code::step_of_code(secret, &form.code, viewer.now).is_some());
        match confirmed {
            Some(secret) => {
                app.ledger
                    .set_totp(&viewer.stamp(), user.id, Some(&secret))
                    .await?;
                login::enter(&app, &session, &user, "codes on").await?;
                said.done = lang.t("code-on");
            }
            None => said.error = lang.t("sign-in-code-wrong"),
        }
    }
    page(&app, &viewer, &session, said).await
}

/// What a token is to be called, when it ends, and what it may.
#[derive(Deserialize)]
pub struct TokenForm {
    name: String,
    #[serde(default)]
    days: String,
    /// `reads` for a token that changes nothing.
    #[serde(default)]
    may: String,
}

impl TokenForm {
    fn days(&self) -> i64 {
        let chosen = TOKEN_DAYS
            .into_iter()
            .find(|days| days.to_string() == self.days);
        chosen.unwrap_or(TOKEN_DAYS[0])
    }
}

/// `POST /account/tokens`: the secret is shown this once.
pub async fn add_token(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Form(form): Form<TokenForm>,
) -> Result<Response, PageError> {
    let name: String = form
        .name
        .trim()
        .chars()
        .take(TOKEN_NAME_LENGTH_MAX)
        .collect();
    if name.is_empty() {
        let error = viewer.lang.t("token-name-needed");
        return page(
            &app,
            &viewer,
            &session,
            Said {
                error,
                ..Said::default()
            },
        )
        .await;
    }
    let secret = tokens::new_secret();
    let until = Timestamp::from(viewer.now + Duration::days(form.days()));
    let new = NewApiToken {
        user_id: viewer.user_id,
        name: &name,
        token_hash: &tokens::hash(&secret),
        expires_at: Some(until),
        reads_only: form.may == "reads",
    };
    app.ledger.add_api_token(&viewer.stamp(), new).await?;
    page(
        &app,
        &viewer,
        &session,
        Said {
            new_token: secret,
            ..Said::default()
        },
    )
    .await
}

/// `POST /account/tokens/{id}/revocation`.
pub async fn revoke_token(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    app.ledger
        .revoke_api_token(&viewer.stamp(), viewer.user_id, id)
        .await?;
    Ok(Redirect::to("/account").into_response())
}
