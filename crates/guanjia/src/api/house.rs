//! The house itself for programs: one's own account, organisations, accounts, the audit.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::{OrganisationKind, Scope};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::answer::found;
use super::parameters::{Asked, cursor_parts, cursor_text};
use super::problem::Fault;
use crate::accounts::users;
use crate::app::App;
use crate::audit::filter::Filter;
use crate::audit::store::{self, Entry};
use crate::shell::{PageError, Permission, Viewer};

/// Whose token or session this is.
#[derive(Serialize, ToSchema)]
pub struct Account {
    /// What is typed to sign in.
    pub login: String,
    /// Name shown to others.
    pub name: String,
    /// The zone that is read and written where no `zone` is asked for; null without a role.
    pub zone: Option<i64>,
    /// The zones in which it holds a role.
    pub zones: Vec<ZoneName>,
    /// What it may do, and how far that reaches.
    pub roles: Vec<HeldRole>,
}

/// A zone by name.
#[derive(Serialize, ToSchema)]
pub struct ZoneName {
    /// Id of its organisation.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A role that is held.
#[derive(Serialize, ToSchema)]
pub struct HeldRole {
    /// The role.
    #[schema(examples("projects"))]
    pub role: &'static str,
    /// The zone it lies in; null for the whole installation before there is a zone.
    pub zone: Option<i64>,
    /// The organisation it reaches, with all under it; null where it is for one enterprise.
    pub organisation: Option<i64>,
    /// The enterprise it is for.
    pub enterprise: Option<i64>,
}

/// `GET /api/v1/account`.
pub async fn account(viewer: Viewer, headers: HeaderMap) -> Result<Response, Fault> {
    let last = |path: &String| path.trim_end_matches('/').rsplit('/').next()?.parse().ok();
    let body = Account {
        login: viewer.login.clone(),
        name: viewer.name.clone(),
        zone: viewer.zone.as_ref().map(|zone| zone.id),
        zones: viewer
            .zones
            .iter()
            .map(|zone| ZoneName {
                id: zone.id,
                name: zone.name.clone(),
            })
            .collect(),
        roles: viewer
            .grants
            .iter()
            .map(|grant| HeldRole {
                role: grant.role.id(),
                zone: Some(grant.zone_id).filter(|zone| *zone != 0),
                organisation: grant.path.as_ref().and_then(last),
                enterprise: grant.enterprise_id,
            })
            .collect(),
    };
    found(&headers, &body)
}

/// Organisations.
#[derive(Serialize, ToSchema)]
pub struct OrganisationPage {
    /// The organisations, each after the one above it.
    pub items: Vec<Organisation>,
}

/// An organisation of a zone.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// Its id.
    pub id: i64,
    /// The organisation above it; null for a zone.
    pub parent: Option<i64>,
    /// What it is.
    #[schema(examples("sub_park"))]
    pub kind: &'static str,
    /// Its short code.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it was closed.
    pub closed: bool,
    /// The subject that facts about it are facts of; null for departments and partners.
    pub subject: Option<i64>,
}

/// `GET /api/v1/organisations`: those that some role of the account reaches which sees organisations or facts.
pub async fn organisations(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let paths = viewer
        .grants
        .iter()
        .filter(|grant| grant.zone_id == viewer.zone_id())
        .filter(|grant| {
            grant.role.may(Permission::ManageOrganisations) || grant.role.may(Permission::SeeFacts)
        })
        .filter_map(|grant| grant.path.clone());
    let scope = paths.fold(Scope::nothing(), Scope::and_organisation);
    let found_ones = app.ledger.organisations(&scope, viewer.reading()).await?;
    let items = found_ones
        .into_iter()
        .map(|one| Organisation {
            id: one.id,
            parent: one.parent_id.filter(|_| one.kind != OrganisationKind::Zone),
            kind: one.kind.as_str(),
            code: one.code,
            name: one.name,
            closed: one.closed,
            subject: one.subject_id,
        })
        .collect();
    found(&headers, &OrganisationPage { items })
}

/// Accounts.
#[derive(Serialize, ToSchema)]
pub struct UserPage {
    /// The accounts that the administrator keeps, by login.
    pub items: Vec<User>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct User {
    /// Its id.
    pub id: i64,
    /// What is typed to sign in.
    pub login: String,
    /// Name shown to others.
    pub name: String,
    /// Its roles within the administrator's reach, in words; empty for one that lost its last.
    pub roles: Vec<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Whether it asks for one-time codes.
    pub one_time_codes: bool,
}

/// `GET /api/v1/users`.
pub async fn users(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let rows = users::rows(&app, &viewer).await?;
    let items = rows
        .into_iter()
        .map(|row| User {
            id: row.id,
            login: row.login,
            name: row.name,
            roles: row.grants,
            disabled: row.disabled,
            one_time_codes: row.has_code,
        })
        .collect();
    found(&headers, &UserPage { items })
}

/// A page of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries, newest first.
    pub items: Vec<AuditEntry>,
    /// `after` of the next page; null at the end.
    pub next: Option<String>,
}

/// An entry of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number.
    pub id: i64,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Who acted.
    pub actor: String,
    /// What was done.
    #[schema(examples("import.commit"))]
    pub action: String,
    /// Kind of thing it was done to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// What else is worth knowing; null for nothing.
    #[schema(value_type = Option<Object>)]
    pub detail: Option<Json>,
    /// How many facts it recorded.
    pub facts: i64,
    /// Digest of the rows it recorded, SM3 in hex.
    pub rows_digest: String,
    /// Hash of the entry before.
    pub prev_hash: String,
    /// Its hash.
    pub hash: String,
}

/// `GET /api/v1/audit`.
pub async fn audit(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let text = |name: &str| asked.get(name).unwrap_or_default().to_owned();
    let before: Option<i64> = asked.get("after").map(cursor_parts).transpose()?;
    let filter = Filter {
        who: text("who"),
        action: text("action"),
        kind: text("object_kind"),
        object: text("object_id"),
        from: text("from"),
        until: text("until"),
        before: before.map(|id| id.to_string()).unwrap_or_default(),
        as_of: String::new(),
    };
    let limit = asked.limit() as usize;
    let one_more = i64::from(asked.limit()) + 1;
    let mut entries = store::entries(&app, &viewer, &filter, one_more).await?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more);
    let next = next.map(|last| cursor_text(&Json::from(last.id)));
    let items = entries.into_iter().map(entry_of).collect();
    found(&headers, &AuditPage { items, next })
}

/// `GET /api/v1/audit/{id}`.
pub async fn audit_entry(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let entry = store::entry(&app, &viewer, id).await?;
    found(&headers, &entry_of(entry.ok_or(PageError::NotFound)?))
}

fn entry_of(entry: Entry) -> AuditEntry {
    let at = entry.recorded_at;
    AuditEntry {
        id: entry.id,
        recorded_at: at
            .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
            .unwrap_or_default(),
        actor: entry.actor,
        action: entry.action,
        object_kind: entry.object_kind,
        object_id: entry.object_id,
        detail: serde_json::from_str(&entry.detail).ok(),
        facts: entry.facts,
        rows_digest: entry.rows_digest,
        prev_hash: entry.prev_hash,
        hash: entry.hash,
    }
}
