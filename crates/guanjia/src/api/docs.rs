//! The description as a page for people, without a script.

use askama::Template;
use axum::response::Response;

use super::description::{about, summary};
use super::examples::example;
use super::operations::{OPERATIONS, Takes};
use crate::shell::{Page, PageError, Viewer, render};

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    page: Page,
    operations: Vec<ShownOperation>,
}

struct ShownOperation {
    id: &'static str,
    method: String,
    path: &'static str,
    summary: String,
    parameters: Vec<(&'static str, String)>,
    /// An example of the body; empty where there is none.
    body: String,
    /// An example of what is answered.
    answer: Option<String>,
    statuses: String,
}

/// `GET /api/docs`.
pub async fn show(viewer: Viewer) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let operations = OPERATIONS.iter().map(|one| {
        let mut statuses: Vec<String> = one
            .answers
            .iter()
            .map(|answer| answer.status)
            .chain(one.refusals())
            .map(|status| status.to_string())
            .collect();
        if one.is_tagged() {
            statuses.insert(1, "304".to_owned());
        }
        let asked = one
            .asks
            .iter()
            .map(|asked| (asked.name, about(asked, lang)));
        let headers = [
            (one.is_tagged(), "If-None-Match", "api-if-none-match"),
            (one.conditional, "If-Match", "api-if-match"),
            (one.writes(), super::once::HEADER, "api-idempotency-key"),
        ];
        let headers = headers
            .into_iter()
            .filter(|(heeded, ..)| *heeded)
            .map(|(_, name, key)| (name, lang.find(key).unwrap_or_default()));
        ShownOperation {
            id: one.id,
            method: one.method.to_string(),
            path: one.path,
            summary: summary(one, lang),
            parameters: asked.chain(headers).collect(),
            answer: one.answers.iter().find_map(|answer| {
                let example = example(answer.schema?)?;
                serde_json::to_string_pretty(&example).ok()
            }),
            body: match one.takes {
                Takes::Nothing => String::new(),
                Takes::Json(name) => {
                    let example = example(name).unwrap_or_default();
                    serde_json::to_string_pretty(&example).unwrap_or_default()
                }
                Takes::Form(_) => {
                    "multipart/form-data: file, as, park, rows, known_on, dry_run".to_owned()
                }
            },
            statuses: statuses.join(" "),
        }
    });
    let operations: Vec<ShownOperation> = operations.collect();
    let title = lang.t("api-docs");
    render(&DocsPage {
        page: Page::new(&viewer, "api", title.clone()).at(&[(&title, "")]),
        operations,
    })
}
