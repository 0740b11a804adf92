//! One account, for the administrator: what it may do, its password, whether it may sign in.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::accounts::{NewGrant, User};
use ledger::{AsOf, LedgerError};
use serde::Deserialize;

use super::passwords;
use super::users::{self, Choice};
use crate::app::App;
use crate::shell::role::Role;
use crate::shell::{Page, PageError, Permission, Viewer, render};

#[derive(Template)]
#[template(path = "accounts/user_page.html")]
struct UserPage {
    page: Page,
    user: User,
    grants: Vec<GrantRow>,
    roles: Vec<Choice>,
    scopes: Vec<Choice>,
    error: String,
    done: String,
}

struct GrantRow {
    id: i64,
    words: String,
}

/// An account that the viewer may administer, with its grants.
async fn administered(
    app: &App,
    viewer: &Viewer,
    id: i64,
) -> Result<(User, Vec<GrantRow>), PageError> {
    let scope = viewer.scope(Permission::ManageUsers);
    let user = app.ledger.user(id).await.map_err(|_| PageError::NotFound)?;
    let mut rows = Vec::new();
    for grant in app.ledger.grants_of(id).await? {
        if let Some(words) = users::grant_words(app, &scope, &grant, viewer.lang).await? {
            rows.push(GrantRow {
                id: grant.id,
                words,
            });
        }
    }
    if rows.is_empty() && !users::without_role(app, viewer).await?.contains(&id) {
        return Err(PageError::NotFound);
    }
    Ok((user, rows))
}

/// As [`administered`], where everything the account holds lies in the viewer's own scope: only then
/// may its password be reset, or it would open what the administrator does not govern.
async fn governed(app: &App, viewer: &Viewer, id: i64) -> Result<User, PageError> {
    let (user, rows) = administered(app, viewer, id).await?;
    let all = app.ledger.grants_of(id).await?.len();
    if rows.len() == all {
        Ok(user)
    } else {
        Err(PageError::Forbidden)
    }
}

/// `GET /users/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    page(&app, &viewer, id, String::new(), String::new()).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    id: i64,
    error: String,
    done: String,
) -> Result<Response, PageError> {
    let (user, grants) = administered(app, viewer, id).await?;
    let list = viewer.lang.t("nav-users");
    render(&UserPage {
        page: Page::new(viewer, "users", user.login.clone())
            .at(&[(&list, "/users"), (&user.login, "")]),
        user,
        grants,
        roles: users::role_choices(viewer.lang, ""),
        scopes: users::scope_choices(app, viewer, 0).await?,
        error,
        done,
    })
}

/// A password to be set.
#[derive(Deserialize)]
pub struct PasswordForm {
    password: String,
}

/// `POST /users/{id}/password`: to be changed at the next sign-in.
pub async fn reset_password(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageError> {
    let user = governed(&app, &viewer, id).await?;
    if let Some(weakness) = passwords::weakness(&form.password, &user.login) {
        let error = viewer.lang.find(weakness.key()).unwrap_or_default();
        return page(&app, &viewer, id, error, String::new()).await;
    }
    let hash = passwords::hash(form.password)
        .await
        .map_err(|error| PageError::internal(&error))?;
    app.ledger
        .set_password(&viewer.stamp(), id, &hash, true)
        .await?;
    page(
        &app,
        &viewer,
        id,
        String::new(),
        viewer.lang.t("user-password-reset"),
    )
    .await
}

/// `POST /users/{id}/code`: removes the one-time codes of somebody who lost the device.
pub async fn remove_code(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    governed(&app, &viewer, id).await?;
    app.ledger.set_totp(&viewer.stamp(), id, None).await?;
    page(&app, &viewer, id, String::new(), viewer.lang.t("code-off")).await
}

/// Whether the account is to be disabled.
#[derive(Deserialize)]
pub struct Disablement {
    disabled: bool,
}

/// `POST /users/{id}/disablement`.
pub async fn set_disabled(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(form): Form<Disablement>,
) -> Result<Response, PageError> {
    governed(&app, &viewer, id).await?;
    match app
        .ledger
        .set_disabled(&viewer.stamp(), id, form.disabled)
        .await
    {
        Ok(_) => Ok(Redirect::to(&format!("/users/{id}")).into_response()),
        Err(LedgerError::Refused(_)) => last_administrator(&app, &viewer, id).await,
        Err(error) => Err(error.into()),
    }
}

async fn last_administrator(app: &App, viewer: &Viewer, id: i64) -> Result<Response, PageError> {
    page(
        app,
        viewer,
        id,
        viewer.lang.t("user-last-administrator"),
        String::new(),
    )
    .await
}

/// A role to be given over an organisation, or over one enterprise by its credit code.
#[derive(Deserialize)]
pub struct GrantForm {
    role: String,
    organisation: i64,
    #[serde(default)]
    uscc: String,
}

/// `POST /users/{id}/grants`.
pub async fn grant(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(form): Form<GrantForm>,
) -> Result<Response, PageError> {
    administered(&app, &viewer, id).await?;
    let scope = viewer.scope(Permission::ManageUsers);
    if Role::from_id(&form.role).is_none() {
        return page(
            &app,
            &viewer,
            id,
            viewer.lang.t("user-role-needed"),
            String::new(),
        )
        .await;
    }
    let code = form.uscc.trim();
    let mut new = NewGrant {
        user_id: id,
        role: form.role,
        organisation_id: None,
        enterprise_id: None,
    };
    if code.is_empty() {
        let found = app
            .ledger
            .organisation(&scope, form.organisation, AsOf::Now)
            .await;
        let Ok(organisation) = found else {
            return page(
                &app,
                &viewer,
                id,
                viewer.lang.t("user-scope-needed"),
                String::new(),
            )
            .await;
        };
        new.organisation_id = Some(organisation.id);
    } else {
        let kind = domain::SubjectKind::Enterprise;
        let found = app
            .ledger
            .subject_by_code(&scope, viewer.zone_id(), &kind, code)
            .await?;
        let Some(enterprise) = found else {
            let error = viewer.lang.with("user-enterprise-unknown", code);
            return page(&app, &viewer, id, error, String::new()).await;
        };
        new.enterprise_id = Some(enterprise.id);
    }
    app.ledger.grant(&viewer.stamp(), new).await?;
    Ok(Redirect::to(&format!("/users/{id}")).into_response())
}

/// `POST /users/{id}/grants/{grant}/revocation`.
pub async fn revoke(
    State(app): State<App>,
    viewer: Viewer,
    Path((id, grant)): Path<(i64, i64)>,
) -> Result<Response, PageError> {
    let (_, rows) = administered(&app, &viewer, id).await?;
    if !rows.iter().any(|row| row.id == grant) {
        return Err(PageError::NotFound);
    }
    match app.ledger.revoke_grant(&viewer.stamp(), grant).await {
        // Whoever holds a role elsewhere is out of sight from here on.
        Ok(_) => match administered(&app, &viewer, id).await {
            Ok(_) => Ok(Redirect::to(&format!("/users/{id}")).into_response()),
            Err(_) => Ok(Redirect::to("/users").into_response()),
        },
        Err(LedgerError::Refused(_)) => last_administrator(&app, &viewer, id).await,
        Err(error) => Err(error.into()),
    }
}
