//! One entry with all that its hash covers.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::entries::{action_words, kind_words};
use super::store::{self, Entry};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, display, render};

#[derive(Template)]
#[template(path = "audit/entry_page.html")]
struct EntryPage {
    page: Page,
    entry: Entry,
    moment: String,
    action: String,
    object: String,
    details: Vec<(String, String)>,
}

/// `GET /audit/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let entry = store::entry(&app, &viewer, id)
        .await?
        .ok_or(PageError::NotFound)?;
    let lang = viewer.lang;
    let list = lang.t("nav-audit");
    let title = lang.with("audit-entry", id);
    render(&EntryPage {
        page: Page::new(&viewer, "audit", title.clone()).at(&[(&list, "/audit"), (&title, "")]),
        moment: entry
            .recorded_at
            .map_or_else(|| "—".to_owned(), display::moment),
        action: action_words(&entry.action, lang),
        object: format!(
            "{} {}",
            kind_words(&entry.object_kind, lang),
            entry.object_id
        ),
        details: details(&entry.detail),
        entry,
    })
}

/// The fields of a detail; one field without a name for what is no object.
fn details(json: &str) -> Vec<(String, String)> {
    if json.is_empty() {
        return Vec::new();
    }
    match serde_json::from_str(json) {
        Ok(serde_json::Value::Object(fields)) => fields
            .into_iter()
            .map(|(name, value)| match value {
                serde_json::Value::String(text) => (name, text),
                serde_json::Value::Null => (name, "—".to_owned()),
                other => (name, other.to_string()),
            })
            .collect(),
        _ => vec![(String::new(), json.to_owned())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_field_by_field() {
        let found = details(r#"{"login":"li","count":3,"zone":null}"#);
        let expected = [("login", "li"), ("count", "3"), ("zone", "—")];
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert!(details("").is_empty());
    }
}
