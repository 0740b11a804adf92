//! One organisation: its place, its name, whether it is closed.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::{AsOf, Organisation, OrganisationKind};
use serde::Deserialize;

use super::tree::{in_tree_order, kind_words, wrong_name};
use crate::app::App;
use crate::shell::{Page, PageError, Permission, Viewer, render};

#[derive(Template)]
#[template(path = "organisations/organisation_page.html")]
struct OrganisationPage {
    page: Page,
    organisation: Organisation,
    kind: String,
    above: Option<(i64, String)>,
    below: Vec<Below>,
    name: String,
    error: String,
    may_close: bool,
}

struct Below {
    id: i64,
    name: String,
    kind: String,
    closed: bool,
}

/// `GET /organisations/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    page(&app, &viewer, id, None, String::new()).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    id: i64,
    typed: Option<String>,
    error: String,
) -> Result<Response, PageError> {
    let scope = viewer.scope(Permission::ManageOrganisations);
    let found = in_tree_order(app.ledger.organisations(&scope, viewer.reading()).await?);
    let organisation = found
        .iter()
        .find(|one| one.id == id)
        .cloned()
        .ok_or(PageError::NotFound)?;
    let above = found
        .iter()
        .find(|one| Some(one.id) == organisation.parent_id);
    let below: Vec<Below> = found
        .iter()
        .filter(|one| one.parent_id == Some(id))
        .map(|one| Below {
            id: one.id,
            name: one.name.clone(),
            kind: kind_words(one.kind, viewer.lang),
            closed: one.closed,
        })
        .collect();
    let list = viewer.lang.t("nav-organisations");
    render(&OrganisationPage {
        page: Page::new(viewer, "organisations", organisation.name.clone())
            .at(&[(&list, "/organisations"), (&organisation.name, "")]),
        kind: kind_words(organisation.kind, viewer.lang),
        above: above.map(|above| (above.id, above.name.clone())),
        may_close: may_close(&organisation, &found),
        below,
        name: typed.unwrap_or_else(|| organisation.name.clone()),
        error,
        organisation,
    })
}

/// A zone stays open, and so does what has something open under it.
fn may_close(organisation: &Organisation, found: &[Organisation]) -> bool {
    organisation.kind != OrganisationKind::Zone
        && !organisation.closed
        && !found
            .iter()
            .any(|one| one.parent_id == Some(organisation.id) && !one.closed)
}

/// All organisations of the viewer's scope as they are now, and the one that is asked for.
async fn kept(
    app: &App,
    viewer: &Viewer,
    id: i64,
) -> Result<(Vec<Organisation>, Organisation), PageError> {
    let scope = viewer.scope(Permission::ManageOrganisations);
    let found = app.ledger.organisations(&scope, AsOf::Now).await?;
    let one = found
        .iter()
        .find(|one| one.id == id)
        .cloned()
        .ok_or(PageError::NotFound)?;
    Ok((found, one))
}

fn back_to(id: i64) -> Response {
    Redirect::to(&format!("/organisations/{id}")).into_response()
}

/// Another name.
#[derive(Deserialize)]
pub struct NameForm {
    name: String,
}

/// `POST /organisations/{id}/name`.
pub async fn rename(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(form): Form<NameForm>,
) -> Result<Response, PageError> {
    let (found, one) = kept(&app, &viewer, id).await?;
    let name = form.name.trim();
    if let Some(error) = wrong_name(&found, one.parent_id, Some(id), name, viewer.lang) {
        return page(&app, &viewer, id, Some(form.name), error).await;
    }
    if name != one.name {
        app.ledger
            .rename_organisation(&viewer.stamp(), id, name)
            .await?;
    }
    Ok(back_to(id))
}

/// `POST /organisations/{id}/closure`.
pub async fn close(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let (found, one) = kept(&app, &viewer, id).await?;
    if one.closed {
        return Ok(back_to(id));
    }
    if !may_close(&one, &found) {
        let error = viewer.lang.t("organisation-close-refused");
        return page(&app, &viewer, id, None, error).await;
    }
    app.ledger.close_organisation(&viewer.stamp(), id).await?;
    Ok(back_to(id))
}

/// `POST /organisations/{id}/reopening`.
pub async fn reopen(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let (found, one) = kept(&app, &viewer, id).await?;
    let above_is_closed = found
        .iter()
        .any(|above| Some(above.id) == one.parent_id && above.closed);
    if above_is_closed {
        let error = viewer.lang.t("organisation-parent-closed");
        return page(&app, &viewer, id, None, error).await;
    }
    if one.closed {
        app.ledger.reopen_organisation(&viewer.stamp(), id).await?;
    }
    Ok(back_to(id))
}
