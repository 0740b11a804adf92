//! Undoing an import: what it would take back, and doing it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::LedgerError;
use ledger::imports::Import;

use super::{imports, kind};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, render};

#[derive(Template)]
#[template(path = "imports/undoing.html")]
struct UndoingPage {
    page: Page,
    import: Import,
    kind: String,
}

/// `GET /imports/{id}/undoing`: asks before it is done.
pub async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let import = imports::seen(&app, &viewer, id).await?;
    let lang = viewer.lang;
    let list = lang.t("nav-imports");
    let title = lang.t("import-undo");
    render(&UndoingPage {
        page: Page::new(&viewer, "imports", title.clone()).at(&[
            (&list, "/imports"),
            (&import.file_name, &format!("/imports/{id}")),
            (&title, ""),
        ]),
        kind: kind::words_of_id(&import.kind, lang),
        import,
    })
}

/// `POST /imports/{id}/undoing`.
pub async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let import = imports::seen(&app, &viewer, id).await?;
    let permission = kind::from_id(&import.kind)
        .map(kind::permission)
        .ok_or(PageError::NotFound)?;
    match app
        .ledger
        .undo_import(&viewer.stamp(), &viewer.scope(permission), id)
        .await
    {
        // Undone twice is undone.
        Ok(_) | Err(LedgerError::Refused(_)) => {
            Ok(Redirect::to(&format!("/imports/{id}")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
