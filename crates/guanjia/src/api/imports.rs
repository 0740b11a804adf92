//! Imports for programs: a file sent in as the command takes it, what came of each, and undoing one.

use std::sync::Arc;

use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::NaiveDate;
use ledger::imports::{Import as Known, ImportQuery};
use ledger::{AsOf, Scope};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::answer::{Tagged, found};
use super::fact::moment_text;
use super::parameters::{Asked, cursor_parts, cursor_text, day_of, has_control};
use super::problem::{Fault, Place, Said};
use crate::app::App;
use crate::clock;
use crate::imports::imports::{Sight, seen};
use crate::imports::intake::{self, End, IntakeError, Order, Rows};
use crate::imports::report::report_of;
use crate::imports::{kind, new, parks, remembered};
use crate::shell::{PageError, Permission, Viewer};

/// The longest name of a file or a park.
const NAME_CHARS_MAX: usize = 200;

/// A file to be taken in.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the form; the fields are read one by one"
)]
pub struct ImportForm {
    /// The file: xlsx, xls, ods, csv or tsv.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
    /// Which ledger it is.
    #[schema(value_type = ImportKind)]
    pub r#as: String,
    /// The park of rows that name none.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$",
        value_type = String,
        required = false
    )]
    pub park: Option<String>,
    /// Refuse the file when one row is bad, which is usual, or take the good rows.
    #[schema(value_type = RowChoice, required = false)]
    pub rows: Option<String>,
    /// When its facts were known.
    #[schema(value_type = String, format = Date, required = false)]
    pub known_on: Option<String>,
    /// Whether it is only tried: the report says what would become of it, and nothing is kept.
    #[schema(value_type = bool, required = false)]
    pub dry_run: Option<bool>,
}

/// A ledger.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the words of a field")]
pub enum ImportKind {
    /// One row per project.
    Projects,
    /// One row per enterprise.
    Enterprises,
    /// One row per fact.
    Facts,
}

/// Which rows go in when some are bad.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the words of a field")]
pub enum RowChoice {
    /// All or none.
    All,
    /// The good ones.
    Good,
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
pub struct ImportPage {
    /// The imports, newest first.
    pub items: Vec<Import>,
    /// `after` of the next page; null at the end.
    pub next: Option<String>,
}

/// An import that was taken in.
#[derive(Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: i64,
    /// Which ledger it was.
    #[schema(examples("projects"))]
    pub r#as: String,
    /// Name of the file as it came.
    pub file: String,
    /// SHA-256 of the kept file, in hex; null where it was no file.
    pub sha256: Option<String>,
    /// Whose ledger it is.
    pub sender: String,
    /// When its facts were known, where that was given.
    #[schema(format = Date)]
    pub known_on: Option<String>,
    /// Whether it was undone.
    pub undone: bool,
    /// Rows that went in, those that changed nothing included.
    pub accepted: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// Rows of which all was known already.
    pub unchanged: i64,
    /// Rows that superseded something.
    pub superseded: i64,
    /// Facts recorded.
    pub facts: i64,
    /// When it was taken in.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Who sent it.
    pub recorded_by: String,
}

/// What undoing came to.
#[derive(Serialize, ToSchema)]
pub struct Undoing {
    /// Values put back to what counted before.
    #[schema(minimum = 0)]
    pub restored: u64,
    /// Values taken back, of which nothing was known before.
    #[schema(minimum = 0)]
    pub retracted: u64,
    /// Values left alone, because something later counts.
    #[schema(minimum = 0)]
    pub superseded_since: u64,
    /// Subjects withdrawn: nothing but the import knew of them.
    #[schema(minimum = 0)]
    pub withdrawn: u64,
    /// The entry of the audit.
    pub entry: i64,
}

/// `GET /api/v1/imports`.
pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let limit = asked.limit() as usize;
    let mut before: Option<i64> = asked.get("after").map(cursor_parts).transpose()?;
    let sight = Sight::of(&app, &viewer).await?;
    let scope = viewer.scope(Permission::Import);
    let mut seen: Vec<Known> = Vec::new();
    // One more than is shown tells whether there is a next page.
    while seen.len() <= limit {
        let query = ImportQuery {
            zone_id: viewer.zone_id(),
            before,
            limit: asked.limit(),
            as_of: viewer.reading(),
        };
        let some = app.ledger.imports(&scope, &query).await?;
        let Some(last) = some.last() else { break };
        before = Some(last.id);
        seen.extend(some.into_iter().filter(|import| sight.covers(import)));
    }
    let more = seen.len() > limit;
    seen.truncate(limit);
    let next = seen.last().filter(|_| more);
    let next = next.map(|last| cursor_text(&Json::from(last.id)));
    let mut items = Vec::with_capacity(seen.len());
    for import in seen {
        items.push(body(&app, import).await?);
    }
    found(&headers, &ImportPage { items, next })
}

/// `GET /api/v1/imports/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let import = seen(&app, &viewer, id).await?;
    found(&headers, &body(&app, import).await?)
}

async fn body(app: &App, import: Known) -> Result<Import, Fault> {
    let entry = app.ledger.audit_entry(import.entry_id).await?;
    let (recorded_at, recorded_by) = entry
        .map(|entry| (moment_text(entry.recorded_at), entry.actor))
        .unwrap_or_default();
    Ok(Import {
        id: import.id,
        r#as: import.kind,
        file: import.file_name,
        sha256: import.file_sha256,
        sender: import.sender,
        known_on: import.known_on.map(|day| day.to_string()),
        undone: import.undone,
        accepted: import.counts.rows_accepted,
        refused: import.counts.rows_refused,
        unchanged: import.counts.rows_unchanged,
        superseded: import.counts.rows_superseded,
        facts: import.counts.facts_recorded,
        recorded_at,
        recorded_by,
    })
}

/// `POST /api/v1/imports/{id}/undoing`.
pub async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let import = seen(&app, &viewer, id).await?;
    if headers.contains_key(header::IF_MATCH) {
        let now = body(&app, import.clone()).await?;
        Tagged::of(&now)?.require_match(&headers)?;
    }
    let kind = kind::from_id(&import.kind).ok_or(PageError::NotFound)?;
    let scope = viewer.scope(kind::permission(kind));
    let undone = app.ledger.undo_import(&viewer.stamp(), &scope, id).await?;
    let body = Undoing {
        restored: undone.restored,
        retracted: undone.retracted,
        superseded_since: undone.superseded_since,
        withdrawn: undone.withdrawn,
        entry: undone.written.entry_id,
    };
    Ok(Tagged::of(&body)?.answer(StatusCode::OK))
}

/// What was sent.
#[derive(Default)]
struct Sent {
    kind: Option<exchange::LedgerKind>,
    file_name: String,
    bytes: Option<Vec<u8>>,
    park: Option<String>,
    rows: Rows,
    known_on: Option<NaiveDate>,
    dry_run: bool,
}

/// `POST /api/v1/imports`: takes a file in, or only tries it.
pub async fn send(
    State(app): State<App>,
    viewer: Viewer,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let form = form.map_err(|_| Fault::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))?;
    let mut sent = read(form).await?;
    let missing = |name: &str| {
        let place = Place::Body(format!("/{name}"));
        Fault::form(place, Said::Key("problem-field-missing"))
    };
    let ledger_kind = sent.kind.ok_or_else(|| missing("as"))?;
    let bytes = sent.bytes.take().ok_or_else(|| missing("file"))?;
    let permission = kind::permission(ledger_kind);
    if !viewer.may(permission) {
        return Err(PageError::Forbidden.into());
    }
    let order = order(&app, &viewer, ledger_kind, sent, bytes).await?;
    let (rehearsal, rows) = (order.rehearsal, order.rows);
    if !rehearsal {
        let bytes = order.bytes.as_ref().clone();
        app.ledger
            .keep_file(
                &viewer.stamp(),
                &order.file_name,
                new::media_type(&order.bytes),
                bytes,
            )
            .await?;
    }
    let (file, options) = (Arc::clone(&order.bytes), order.options());
    let taken = intake::take(&app.ledger, &viewer.stamp(), order, clock::now, &|_| {}).await;
    let taken = match taken {
        Ok(taken) => taken,
        Err(IntakeError::Read(error)) => {
            let said = Said::Words(error.text(new::language(viewer.lang)));
            return Err(Fault::value(Place::Body("/file".to_owned()), said));
        }
        Err(error) => return Err(PageError::from(error).into()),
    };
    let end = taken.end;
    let report =
        report_of(taken, &file, &options, rows).map_err(|error| PageError::internal(&error))?;
    let status = match end {
        End::Committed(_) => StatusCode::CREATED,
        End::Rehearsed => StatusCode::OK,
        End::Refused => {
            let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "problem-rows-refused");
            return Err(fault.with_report(report));
        }
    };
    let mut answer = Tagged::of(&report)?.answer(status);
    if let End::Committed(id) = end {
        let location = HeaderValue::from_str(&format!("/api/v1/imports/{id}"));
        let location = location.map_err(|error| PageError::internal(&error))?;
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

async fn order(
    app: &App,
    viewer: &Viewer,
    ledger_kind: exchange::LedgerKind,
    sent: Sent,
    bytes: Vec<u8>,
) -> Result<Order, Fault> {
    let reach = viewer.scope(kind::permission(ledger_kind));
    let place = parks::place_of_sender(&app.ledger, viewer, &reach, sent.park.as_deref()).await?;
    let place = place.ok_or_else(|| {
        Fault::value(
            Place::Body("/park".to_owned()),
            Said::Key("problem-no-park"),
        )
    })?;
    let whole = Scope::organisation(format!("/{}/", viewer.zone_id()));
    let zone = app
        .ledger
        .organisation(&whole, viewer.zone_id(), AsOf::Now)
        .await?;
    let organisations = app.ledger.organisations(&whole, AsOf::Now).await?;
    let mapping = remembered(&app.ledger, viewer.zone_id(), &place.name, ledger_kind).await?;
    let zone = parks::Place::of(&zone);
    let mut order = Order::new(ledger_kind, &organisations, zone, place, reach);
    order.mapping = mapping;
    order.rows = sent.rows;
    order.known_on = sent.known_on;
    order.rehearsal = sent.dry_run;
    order.file_name = sent.file_name;
    order.sha256 = hex::encode(Sha256::digest(&bytes));
    order.bytes = Arc::new(bytes);
    Ok(order)
}

async fn read(mut form: Multipart) -> Result<Sent, Fault> {
    let mut sent = Sent::default();
    let broken = |error: axum::extract::multipart::MultipartError| Fault::of_status(error.status());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            sent.file_name = new::name_of(&field);
            sent.bytes = Some(field.bytes().await.map_err(broken)?.to_vec());
            if sent.file_name.chars().count() > NAME_CHARS_MAX || has_control(&sent.file_name) {
                return Err(wrong("file"));
            }
            continue;
        }
        let text = field.text().await.map_err(broken)?;
        match (name.as_str(), text.as_str()) {
            ("as", text) => {
                sent.kind = Some(kind::from_id(text).ok_or_else(|| wrong("as"))?);
            }
            ("park", text) => {
                let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count());
                if !fits || has_control(text) {
                    return Err(wrong("park"));
                }
                sent.park = Some(text.to_owned());
            }
            ("rows", "all") => sent.rows = Rows::All,
            ("rows", "good") => sent.rows = Rows::Good,
            ("dry_run", "true") => sent.dry_run = true,
            ("dry_run", "false") => sent.dry_run = false,
            ("known_on", text) => {
                sent.known_on = Some(day_of(text).ok_or_else(|| wrong("known_on"))?);
            }
            ("rows" | "dry_run", _) => return Err(wrong(&name)),
            _ => {
                let said = Said::Key("problem-field-unknown");
                return Err(Fault::form(Place::Body(format!("/{name}")), said));
            }
        }
    }
    Ok(sent)
}

fn wrong(name: &str) -> Fault {
    Fault::form(
        Place::Body(format!("/{name}")),
        Said::Key("problem-field-wrong"),
    )
}
