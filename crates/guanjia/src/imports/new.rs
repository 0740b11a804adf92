//! Sending a ledger in: a file, or a block pasted from a spreadsheet.

use askama::Template;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Datelike;
use ledger::{AsOf, Organisation, OrganisationKind};
use tower_sessions::Session;

use super::draft::Draft;
use super::{kind, remembered, vocabulary};
use crate::accounts::users::Choice;
use crate::app::{App, UPLOAD_BYTES_MAX};
use crate::clock;
use crate::shell::{Page, PageError, Permission, Viewer, render};
use crate::words::Lang;

#[derive(Template)]
#[template(path = "imports/new.html")]
struct NewPage {
    page: Page,
    kinds: Vec<Choice>,
    organisations: Vec<Choice>,
    pasted: String,
    error: String,
    limit_mb: usize,
}

/// What was sent.
#[derive(Default)]
struct Sent {
    kind: String,
    organisation: i64,
    file_name: String,
    bytes: Vec<u8>,
    pasted: String,
}

/// `GET /imports/new`.
pub async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, PageError> {
    page(&app, &viewer, Sent::default(), String::new()).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    sent: Sent,
    error: String,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let kinds = kind::open_to(viewer);
    if kinds.is_empty() {
        return Err(PageError::Forbidden);
    }
    let list = lang.t("nav-imports");
    let title = lang.t("import-new");
    let places = places(app, viewer, Permission::Import).await?;
    let form = render(&NewPage {
        page: Page::new(viewer, "imports", title.clone()).at(&[(&list, "/imports"), (&title, "")]),
        kinds: kinds
            .into_iter()
            .map(|one| Choice {
                value: kind::id(one).to_owned(),
                words: kind::words(one, lang),
                chosen: kind::id(one) == sent.kind,
            })
            .collect(),
        organisations: places
            .iter()
            .map(|place| Choice {
                value: place.id.to_string(),
                words: place.name.clone(),
                chosen: place.id == sent.organisation,
            })
            .collect(),
        pasted: sent.pasted,
        limit_mb: UPLOAD_BYTES_MAX / 1024 / 1024,
        error: error.clone(),
    })?;
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, form).into_response())
}

/// The zone and its parks within the viewer's scope: whose ledgers one may send.
async fn places(
    app: &App,
    viewer: &Viewer,
    permission: Permission,
) -> Result<Vec<Organisation>, PageError> {
    let scope = viewer.scope(permission);
    let mut places = app.ledger.organisations(&scope, AsOf::Now).await?;
    places.retain(|place| {
        let is_place = matches!(
            place.kind,
            OrganisationKind::Zone | OrganisationKind::CorePark | OrganisationKind::SubPark
        );
        is_place && !place.closed && place.zone_id == viewer.zone_id()
    });
    places.sort_by_key(|place| place.path.len());
    Ok(places)
}

/// `POST /imports`: keeps what was sent and shows how it was understood.
pub async fn send(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    form: Multipart,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(error) => return page(&app, &viewer, Sent::default(), refusal(&error, lang)).await,
    };
    let Some(kind) = kind::from_id(&sent.kind).filter(|kind| viewer.may(kind::permission(*kind)))
    else {
        return page(&app, &viewer, sent, lang.t("import-kind-needed")).await;
    };
    let places = places(&app, &viewer, kind::permission(kind)).await?;
    let Some(place) = places.iter().find(|place| place.id == sent.organisation) else {
        return page(&app, &viewer, sent, lang.t("import-sender-needed")).await;
    };
    let (file_name, bytes) = match (sent.bytes.is_empty(), sent.pasted.trim().is_empty()) {
        (false, _) => (sent.file_name, sent.bytes),
        (true, false) => (pasted_name(lang, &viewer), sent.pasted.into_bytes()),
        (true, true) => {
            let words = if sent.file_name.is_empty() {
                lang.t("import-file-needed")
            } else {
                exchange::ReadError::Empty.text(language(lang))
            };
            let sent = Sent {
                file_name: String::new(),
                bytes: Vec::new(),
                ..sent
            };
            return page(&app, &viewer, sent, words).await;
        }
    };
    let kept = app
        .ledger
        .keep_file(&viewer.stamp(), &file_name, media_type(&bytes), bytes)
        .await?;
    let draft = Draft {
        mapping: remembered(&app.ledger, place.zone_id, &place.name, kind).await?,
        sha256: kept.sha256,
        file_name,
        kind,
        zone_id: place.zone_id,
        organisation_id: place.id,
        changed: false,
    };
    let address = format!("/imports/drafts/{}", draft.id());
    draft.remember(&session).await?;
    Ok(Redirect::to(&address).into_response())
}

async fn read(mut form: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "kind" => sent.kind = field.text().await?,
            "organisation" => sent.organisation = field.text().await?.parse().unwrap_or_default(),
            "pasted" => sent.pasted = field.text().await?,
            "file" => {
                sent.file_name = name_of(&field);
                sent.bytes = field.bytes().await?.to_vec();
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// The name of a file without its folders, which some browsers send along.
pub fn name_of(field: &Field<'_>) -> String {
    let name = field.file_name().unwrap_or_default();
    name.rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn refusal(error: &MultipartError, lang: Lang) -> String {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        lang.with("import-too-large", UPLOAD_BYTES_MAX / 1024 / 1024)
    } else {
        lang.t("import-broken-upload")
    }
}

fn pasted_name(lang: Lang, viewer: &Viewer) -> String {
    format!(
        "{} {}.tsv",
        lang.t("import-pasted"),
        crate::shell::display::moment(viewer.now)
    )
}

/// The media type of a kept file, told by its first bytes.
pub fn media_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"PK") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        "application/vnd.ms-excel"
    } else {
        "text/plain"
    }
}

/// The language in which reasons are worded.
pub fn language(lang: Lang) -> exchange::Language {
    match lang {
        Lang::Zh => exchange::Language::Chinese,
        Lang::En => exchange::Language::English,
    }
}

/// `GET /imports/templates/{kind}`: an empty ledger with the headers that are understood.
pub async fn template(viewer: Viewer, Path(kind): Path<String>) -> Result<Response, PageError> {
    let kind = kind::from_id(kind.trim_end_matches(".xlsx")).ok_or(PageError::NotFound)?;
    let year = clock::day_of(viewer.now).year();
    let bytes = exchange::template_of(&vocabulary::of(kind), year, language(viewer.lang))
        .map_err(|error| PageError::internal(&error))?;
    Ok(workbook(
        &format!("{}.xlsx", kind::words(kind, viewer.lang)),
        bytes,
    ))
}

/// A workbook as a download.
pub fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    download(
        name,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes,
    )
}

/// A file as a download, its name in the form that keeps every character.
pub fn download(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}
