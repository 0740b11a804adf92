//! Saved views: a person's filters of a list under a name, and the columns they chose.

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::accounts::SavedView;
use serde::Deserialize;

use super::{Address, ListSpec, columns};
use crate::app::App;
use crate::shell::{PageError, Viewer};

/// Longest name of a view.
const NAME_CHARS_MAX: usize = 40;

/// What the form of a view sends.
#[derive(Debug, Deserialize)]
pub struct ViewForm {
    /// What the person calls it.
    name: String,
    /// The query of the address it keeps.
    #[serde(default)]
    query: String,
}

/// Saves the filters under a name and goes back to them.
pub async fn save(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    form: ViewForm,
) -> Result<Response, PageError> {
    let kept = Address::parse(&form.query)
        .without("after")
        .without("as_of");
    let name: String = form.name.trim().chars().take(NAME_CHARS_MAX).collect();
    if !name.is_empty() {
        let query = kept.query();
        app.ledger
            .save_view(&viewer.stamp(), viewer.user_id, spec.id, &name, &query)
            .await?;
    }
    Ok(Redirect::to(&kept.under(spec.path)).into_response())
}

/// Forgets a view of this person.
pub async fn forget(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    id: i64,
) -> Result<Response, PageError> {
    app.ledger
        .delete_view(&viewer.stamp(), viewer.user_id, id)
        .await?;
    Ok(Redirect::to(spec.path).into_response())
}

/// A person's views of a list.
pub async fn of(app: &App, viewer: &Viewer, spec: &ListSpec) -> Result<Vec<SavedView>, PageError> {
    Ok(app.ledger.saved_views(viewer.user_id, spec.id).await?)
}

/// Remembers the columns that a form sends (`column` once for each) and goes back to `query`.
pub fn choose_columns(spec: &ListSpec, body: &str) -> Response {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap_or_default();
    let names: Vec<String> = pairs
        .iter()
        .filter(|(key, _)| key == "column")
        .map(|(_, value)| value.clone())
        .collect();
    let back = pairs
        .iter()
        .find(|(key, _)| key == "query")
        .map_or("", |(_, value)| value);
    let cookie = columns::set_cookie(spec, &names);
    let address = Address::parse(back).under(spec.path);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response()
}
