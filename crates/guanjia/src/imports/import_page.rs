//! What came of an import, with the file as it came and a way back.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use ledger::Action;
use ledger::imports::Import;
use serde_json::json;

use super::draft::Draft;
use super::intake::Settings;
use super::{draft_page, imports, kind, new};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, render};

#[derive(Template)]
#[template(path = "imports/import_page.html")]
struct ImportPage {
    page: Page,
    import: Import,
    kind: String,
    actor: String,
    at: String,
    added: i64,
    known_on: String,
    list: &'static str,
    may_undo: bool,
}

/// `GET /imports/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let import = imports::seen(&app, &viewer, id).await?;
    let entries = imports::who_and_when(&app, std::slice::from_ref(&import)).await?;
    let (actor, at) = entries.get(&import.entry_id).cloned().unwrap_or_default();
    let lang = viewer.lang;
    let list = lang.t("nav-imports");
    let counts = import.counts;
    render(&ImportPage {
        page: Page::new(&viewer, "imports", import.file_name.clone())
            .at(&[(&list, "/imports"), (&import.file_name, "")]),
        kind: kind::words_of_id(&import.kind, lang),
        actor,
        at,
        added: counts.rows_accepted - counts.rows_unchanged - counts.rows_superseded,
        known_on: import
            .known_on
            .map(|day| day.to_string())
            .unwrap_or_default(),
        list: match import.kind.as_str() {
            "projects" => "/projects",
            "enterprises" => "/enterprises",
            _ => "/",
        },
        may_undo: !import.undone && !viewer.is_past(),
        import,
    })
}

/// `GET /imports/{id}/file`: the file as it came.
pub async fn file(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let import = imports::seen(&app, &viewer, id).await?;
    let sha256 = import.file_sha256.ok_or(PageError::NotFound)?;
    let kept = app
        .ledger
        .kept_file(&sha256)
        .await?
        .ok_or(PageError::NotFound)?;
    let bytes = app.ledger.file_content(&sha256).await?;
    note_download(&app, &viewer, id, &sha256, &import.file_name).await?;
    Ok(new::download(&import.file_name, &kept.media_type, bytes))
}

/// `GET /imports/{id}/returned`: the file with the reasons in its cells, read again as it was then.
pub async fn returned(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let import = imports::seen(&app, &viewer, id).await?;
    let settings = Settings::read(&import.mapping);
    let sha256 = import.file_sha256.ok_or(PageError::NotFound)?;
    note_download(&app, &viewer, id, &sha256, &import.file_name).await?;
    let draft = Draft {
        sha256,
        file_name: import.file_name,
        kind: kind::from_id(&import.kind).ok_or(PageError::NotFound)?,
        zone_id: import.zone_id,
        organisation_id: settings.organisation_id,
        mapping: settings.mapping,
        changed: false,
    };
    let mut order = draft_page::order(&app, &viewer, &draft).await?;
    order.park = settings.park;
    draft_page::returned_of(&app, &viewer, order).await
}

/// Leaves a trace of who took a ledger along.
async fn note_download(
    app: &App,
    viewer: &Viewer,
    import: i64,
    sha256: &str,
    name: &str,
) -> Result<(), PageError> {
    let action = Action::new("file.download", "file", sha256)
        .in_zone(viewer.zone_id())
        .with(json!({"name": name, "import": import}));
    app.ledger.note(&viewer.stamp(), action).await?;
    Ok(())
}
