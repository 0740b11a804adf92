//! Errors of the interface for programs.
//!
//! # Source
//! RFC 9457, `application/problem+json`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shell::PageError;

/// A problem, as RFC 9457 writes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Kind of problem; `about:blank` says no more than the status.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this very request, and how to mend it.
    pub detail: String,
}

impl Problem {
    /// A problem with this status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }
}

/// The problem that a page's error is to a program.
pub fn from_page_error(error: &PageError) -> Problem {
    match error {
        PageError::SignInNeeded { .. } => Problem::new(
            StatusCode::UNAUTHORIZED,
            "send `Authorization: Bearer TOKEN`",
        ),
        PageError::PasswordDue => Problem::new(
            StatusCode::FORBIDDEN,
            "this account must set its own password first",
        ),
        PageError::CrossSite => {
            Problem::new(StatusCode::FORBIDDEN, "a page of another site sent this")
        }
        PageError::Forbidden => {
            Problem::new(StatusCode::FORBIDDEN, "no role of this account allows it")
        }
        PageError::NotFound | PageError::Elsewhere(_) => {
            Problem::new(StatusCode::NOT_FOUND, "nothing with this id in your scope")
        }
        PageError::BadRequest(detail) => Problem::new(StatusCode::BAD_REQUEST, detail.clone()),
        PageError::Internal => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "an internal error was logged",
        ),
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        from_page_error(&error)
    }
}

impl From<ledger::LedgerError> for Problem {
    fn from(error: ledger::LedgerError) -> Self {
        from_page_error(&PageError::from(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let challenge =
            (status == StatusCode::UNAUTHORIZED).then_some([(header::WWW_AUTHENTICATE, "Bearer")]);
        (
            status,
            challenge,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response()
    }
}
