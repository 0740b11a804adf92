//! The original file of a fact, for whoever may see all that was taken from it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::SourceRef;
use ledger::Action;
use serde_json::json;

use super::{access, surroundings};
use crate::app::App;
use crate::shell::{PageError, Viewer};

/// `GET /facts/{id}/file`: the bytes as they came. The audit notes who took them.
pub async fn download(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let (fact, subject) = access::seen_fact(&app, &viewer, id).await?;
    let (SourceRef::Cell { file_sha256, .. } | SourceRef::Quote { file_sha256, .. }) =
        app.ledger.source(fact.source_id, fact.cell).await?
    else {
        return Err(PageError::NotFound);
    };
    if !surroundings::may_take_file(&app, &viewer, &file_sha256).await? {
        return Err(PageError::Forbidden);
    }
    let kept = app
        .ledger
        .kept_file(&file_sha256)
        .await?
        .ok_or(PageError::NotFound)?;
    let content = app.ledger.file_content(&file_sha256).await?;
    let action = Action::new("file.download", "file", &file_sha256)
        .in_zone(subject.zone_id)
        .with(json!({"name": kept.name, "fact": id}));
    app.ledger.note(&viewer.stamp(), action).await?;
    let disposition = HeaderValue::from_str(&disposition(&kept.name))
        .map_err(|error| PageError::internal(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, content).into_response())
}

/// As RFC 6266 writes a name that is not ASCII.
fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_chinese_name_is_encoded_and_no_quote_escapes() {
        assert_eq!(
            disposition("台\".xlsx"),
            "attachment; filename*=UTF-8''%E5%8F%B0%22.xlsx"
        );
    }
}
