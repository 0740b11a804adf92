//! Taking a draft in: at once where it is short, beside the requests where it is long.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::draft::Draft;
use super::intake::{self, End, IntakeError, Order, Rows};
use super::progress::{Running, Stage};
use super::{draft_page, kind, new, remember};
use crate::app::App;
use crate::clock;
use crate::shell::{PageError, Viewer};

/// Rows up to which a request waits for its import.
const ROWS_AT_ONCE: usize = 2_000;

/// How rows are to be taken.
#[derive(Deserialize)]
pub struct Choice {
    rows: Rows,
}

/// `POST /imports/drafts/{draft}/commit`.
pub async fn commit(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Path(id): Path<String>,
    Form(choice): Form<Choice>,
) -> Result<Response, PageError> {
    let draft = Draft::find(&session, viewer.zone_id(), &id).await?;
    if !viewer.may(kind::permission(draft.kind)) {
        return Err(PageError::Forbidden);
    }
    let mut order = draft_page::order(&app, &viewer, &draft).await?;
    order.rows = choice.rows;
    if draft.changed {
        remember(&app.ledger, &viewer.stamp(), &order).await?;
    }
    let rows = intake::row_count(&order).await?;
    if rows <= ROWS_AT_ONCE {
        return at_once(&app, &viewer, &session, &draft, order).await;
    }
    if let Some(running) = Running::begin(viewer.user_id, &id, rows as u64) {
        let stamp = viewer.stamp();
        let lang = viewer.lang;
        tokio::spawn(async move {
            let progress = Arc::clone(&running);
            let told = move |rows: u64| progress.rows.store(rows, Ordering::Relaxed);
            let ended = intake::take(&app.ledger, &stamp, order, clock::now, &told).await;
            running.set(match ended {
                Ok(taken) => match taken.end {
                    End::Committed(import_id) => Stage::Done(import_id),
                    End::Refused | End::Rehearsed => Stage::Refused,
                },
                Err(IntakeError::Read(error)) => Stage::Failed(error.text(new::language(lang))),
                Err(error) => {
                    tracing::error!(cause = %error, "a long import broke off");
                    Stage::Failed(lang.t("import-broke-off"))
                }
            });
        });
    }
    Ok(Redirect::to(&format!("/imports/drafts/{id}/progress")).into_response())
}

async fn at_once(
    app: &App,
    viewer: &Viewer,
    session: &Session,
    draft: &Draft,
    order: Order,
) -> Result<Response, PageError> {
    let taken = intake::take(&app.ledger, &viewer.stamp(), order, clock::now, &|_| {}).await?;
    match taken.end {
        End::Committed(import_id) => {
            draft.forget(session).await?;
            Ok(Redirect::to(&format!("/imports/{import_id}")).into_response())
        }
        End::Refused | End::Rehearsed => {
            Ok(Redirect::to(&format!("/imports/drafts/{}?refused=1", draft.id())).into_response())
        }
    }
}
