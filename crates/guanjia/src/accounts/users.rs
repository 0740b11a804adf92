//! All accounts, for the administrator of a zone: the list, and adding one.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::accounts::{Grant, GrantScope, NewGrant, NewUser, User};
use ledger::{Action, AsOf, Organisation, Scope};
use serde::Deserialize;

use super::passwords;
use crate::app::App;
use crate::shell::role::Role;
use crate::shell::{FieldError, Page, PageError, Permission, Viewer, render};
use crate::words::Lang;

#[derive(Template)]
#[template(path = "accounts/users.html")]
struct UsersPage {
    page: Page,
    rows: Vec<UserRow>,
    form: UserForm,
    error: FieldError,
    all: usize,
    disabled: usize,
    without: usize,
    narrowed: bool,
    roles: Vec<Choice>,
    scopes: Vec<Choice>,
}

/// One account of the list.
pub struct UserRow {
    /// Its id.
    pub id: i64,
    /// What is typed to sign in.
    pub login: String,
    /// Name shown to others.
    pub name: String,
    /// Its roles, in words.
    pub grants: Vec<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Whether it asks for one-time codes.
    pub has_code: bool,
    /// Whether it belongs to the demonstration.
    pub demo: bool,
}

/// An option of a field.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub words: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Words of a role.
pub fn role_words(role: Role, lang: Lang) -> String {
    lang.find(&format!("role-{}", role.id()))
        .unwrap_or_else(|| role.id().to_owned())
}

/// The roles as options.
pub fn role_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .map(|role| Choice {
            value: role.id().to_owned(),
            words: role_words(role, lang),
            chosen: role.id() == chosen,
        })
        .collect()
}

/// The organisations of the viewer's zone as options, indented by depth; the zone where none was chosen.
pub async fn scope_choices(
    app: &App,
    viewer: &Viewer,
    chosen: i64,
) -> Result<Vec<Choice>, PageError> {
    let scope = viewer.scope(Permission::ManageUsers);
    let mut organisations = app.ledger.organisations(&scope, AsOf::Now).await?;
    organisations.retain(|organisation| !organisation.closed);
    organisations.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(organisations
        .iter()
        .map(|organisation| indented(organisation, chosen))
        .collect())
}

fn indented(organisation: &Organisation, chosen: i64) -> Choice {
    let depth = organisation.path.matches('/').count().saturating_sub(2);
    Choice {
        value: organisation.id.to_string(),
        words: format!("{}{}", "　".repeat(depth), organisation.name),
        chosen: organisation.id == chosen || (chosen == 0 && depth == 0),
    }
}

/// What a grant reaches, in words; `None` where it lies outside the scope.
pub async fn grant_words(
    app: &App,
    scope: &Scope,
    grant: &Grant,
    lang: Lang,
) -> Result<Option<String>, PageError> {
    let role = Role::from_id(&grant.role)
        .map(|role| role_words(role, lang))
        .unwrap_or_default();
    Ok(match &grant.scope {
        GrantScope::Organisation { id, .. } => app
            .ledger
            .organisation(scope, *id, AsOf::Now)
            .await
            .ok()
            .map(|organisation| format!("{role} · {}", organisation.name)),
        GrantScope::Enterprise { subject_id } => app
            .ledger
            .subject(scope, *subject_id, AsOf::Now)
            .await
            .ok()
            .map(|subject| format!("{role} · {}", subject.name)),
        GrantScope::Installation => None,
    })
}

/// The accounts that lost their last role and are still this administrator's to keep: those whose
/// last role lay in the scope, and for whoever keeps the installation all others without a role.
pub async fn without_role(app: &App, viewer: &Viewer) -> Result<Vec<i64>, PageError> {
    let scope = viewer.scope(Permission::ManageUsers);
    let own = app.ledger.grants_of(viewer.user_id).await?;
    let keeps_all = own
        .iter()
        .any(|grant| grant.scope == GrantScope::Installation && grant.role == Role::Admin.id());
    let last = app.ledger.last_grants().await?;
    if keeps_all {
        let standing = app.ledger.grants().await?;
        let mut ids: Vec<i64> = app
            .ledger
            .users()
            .await?
            .iter()
            .map(|user| user.id)
            .collect();
        ids.retain(|id| standing.iter().all(|grant| grant.user_id != *id));
        return Ok(ids);
    }
    let mut ids = Vec::new();
    for grant in last {
        if grant_words(app, &scope, &grant, viewer.lang)
            .await?
            .is_some()
        {
            ids.push(grant.user_id);
        }
    }
    Ok(ids)
}

/// The accounts that hold something in the scope, each with its grants in it, and those that held
/// their last role there.
pub async fn rows(app: &App, viewer: &Viewer) -> Result<Vec<UserRow>, PageError> {
    let scope = viewer.scope(Permission::ManageUsers);
    let users = app.ledger.users().await?;
    let grants = app.ledger.grants().await?;
    let without = without_role(app, viewer).await?;
    let mut rows = Vec::new();
    for user in users {
        if user.demo && !app.demo {
            continue;
        }
        let mut words = Vec::new();
        for grant in grants.iter().filter(|grant| grant.user_id == user.id) {
            words.extend(grant_words(app, &scope, grant, viewer.lang).await?);
        }
        if !words.is_empty() || without.contains(&user.id) {
            rows.push(row(user, words));
        }
    }
    Ok(rows)
}

fn row(user: User, grants: Vec<String>) -> UserRow {
    UserRow {
        id: user.id,
        login: user.login,
        name: user.display_name,
        grants,
        disabled: user.disabled,
        has_code: user.totp_secret.is_some(),
        demo: user.demo,
    }
}

/// Which of them to show.
#[derive(Deserialize, Default)]
pub struct Narrowing {
    /// `disabled`, `without` for those without a role; all for any other word.
    #[serde(default)]
    state: String,
}

/// `GET /users`.
pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(narrowing): Query<Narrowing>,
) -> Result<Response, PageError> {
    let (form, error) = (UserForm::default(), FieldError::default());
    page(&app, &viewer, &narrowing.state, form, error).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    state: &str,
    form: UserForm,
    error: FieldError,
) -> Result<Response, PageError> {
    let title = viewer.lang.t("nav-users");
    let mut rows = rows(app, viewer).await?;
    let all = rows.len();
    let disabled = rows.iter().filter(|row| row.disabled).count();
    let without = rows.iter().filter(|row| row.grants.is_empty()).count();
    rows.retain(|row| match state {
        "disabled" => row.disabled,
        "without" => row.grants.is_empty(),
        _ => true,
    });
    render(&UsersPage {
        page: Page::new(viewer, "users", title.clone()).at(&[(&title, "")]),
        narrowed: rows.len() < all,
        rows,
        all,
        disabled,
        without,
        roles: role_choices(viewer.lang, &form.role),
        scopes: scope_choices(app, viewer, form.organisation).await?,
        form,
        error,
    })
}

/// An account to be added.
#[derive(Deserialize, Default)]
pub struct UserForm {
    login: String,
    name: String,
    password: String,
    role: String,
    organisation: i64,
}

/// `POST /users`: adds an account whose password is changed at the first sign-in.
pub async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<UserForm>,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(Permission::ManageUsers);
    let login = form.login.trim().to_owned();
    let taken = app.ledger.user_by_login(&login).await?.is_some();
    let organisation = app
        .ledger
        .organisation(&scope, form.organisation, AsOf::Now)
        .await
        .ok();
    let error = if login.is_empty() {
        Some(FieldError::new("login", lang.t("user-login-needed")))
    } else if taken {
        let taken = lang.with("user-login-taken", &login);
        Some(FieldError::new("login", taken))
    } else if Role::from_id(&form.role).is_none() {
        Some(FieldError::new("role", lang.t("user-role-needed")))
    } else if organisation.is_none() {
        let needed = lang.t("user-scope-needed");
        Some(FieldError::new("organisation", needed))
    } else {
        passwords::weakness(&form.password, &login).map(|weakness| {
            let words = lang.find(weakness.key()).unwrap_or_default();
            FieldError::new("password", words)
        })
    };
    if let Some(error) = error {
        let form = UserForm {
            password: String::new(),
            ..form
        };
        return page(&app, &viewer, "", form, error).await;
    }
    let hash = passwords::hash(form.password)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let name = if form.name.trim().is_empty() {
        login.clone()
    } else {
        form.name.trim().into()
    };
    let mut write = app.ledger.begin(&viewer.stamp()).await?;
    let user = write
        .add_user(NewUser {
            login,
            display_name: name,
            password_hash: Some(hash),
            must_change_password: true,
            external_id: None,
            demo: false,
        })
        .await?;
    let grant = NewGrant {
        user_id: user.id,
        role: form.role,
        organisation_id: organisation.map(|organisation| organisation.id),
        enterprise_id: None,
    };
    write.grant(&grant).await?;
    let detail = serde_json::json!({"login": user.login, "role": grant.role});
    let action = Action::new("user.add", "user", user.id)
        .in_zone(viewer.zone_id())
        .with(detail);
    write.commit(action).await?;
    Ok(Redirect::to(&format!("/users/{}", user.id)).into_response())
}
