//! Errors of the interface for programs, in the language of the request.
//!
//! A handler says what is wrong as a [`Fault`], which knows no language; the outermost layer writes
//! it as a [`Problem`].
//!
//! # Source
//! RFC 9457, `application/problem+json`; pointers as RFC 6901 writes them.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::LedgerError;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::shell::PageError;
use crate::shell::error::keep_headers;
use crate::words::Lang;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A problem, as RFC 9457 writes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Kind of problem; `about:blank` says no more than the status.
    #[serde(rename = "type")]
    #[schema(examples("about:blank"))]
    pub kind: &'static str,
    /// The status in words.
    #[schema(examples("Unprocessable Entity"))]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, examples(422))]
    pub status: u16,
    /// What is wrong with this very request, and how to mend it.
    #[schema(examples("a value does not fit its variable"))]
    pub detail: String,
    /// Where it is wrong, where that can be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemAt>,
    /// Of a refused import, the report with the reason for every row.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub report: Option<Json>,
}

/// One place of a request that is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemAt {
    /// What is wrong there.
    pub detail: String,
    /// The place in the body, as a JSON pointer in a fragment; of a form the name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("#/facts/0/value"))]
    pub pointer: Option<String>,
    /// The parameter of the address, where it is that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("as_of"))]
    pub parameter: Option<String>,
    /// The header, where it is that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("If-Match"))]
    pub header: Option<String>,
}

/// Words of the interface, to be said in a language later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Those of a key.
    Key(&'static str),
    /// Those of a key with one value put in.
    With(&'static str, String),
    /// Said already.
    Words(String),
}

impl Said {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Key(key) => lang.find(key).unwrap_or_else(|| (*key).to_owned()),
            Self::With(key, value) => lang.with(key, value),
            Self::Words(words) => words.clone(),
        }
    }
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the body, as a JSON pointer without its `#`: `/facts/0/value`.
    Body(String),
    /// A parameter of the address.
    Parameter(String),
    /// A header.
    Header(&'static str),
}

/// What is wrong with a request.
#[derive(Debug, Clone)]
pub struct Fault {
    status: StatusCode,
    said: Said,
    places: Vec<(Place, Said)>,
    report: Option<Box<Json>>,
}

impl Fault {
    /// A fault with the words of a key.
    pub fn new(status: StatusCode, key: &'static str) -> Self {
        Self::said(status, Said::Key(key))
    }

    /// A fault with these words.
    pub fn said(status: StatusCode, said: Said) -> Self {
        Self {
            status,
            said,
            places: Vec::new(),
            report: None,
        }
    }

    /// The request is not of the form that the description gives, at this place.
    pub fn form(place: Place, said: Said) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "problem-form").at(place, said)
    }

    /// The request is of the right form, and cannot be carried out for what stands at this place.
    pub fn value(place: Place, said: Said) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "problem-value").at(place, said)
    }

    /// The same with one more place.
    #[must_use]
    pub fn at(mut self, place: Place, said: Said) -> Self {
        self.places.push((place, said));
        self
    }

    /// The same with the report of an import.
    #[must_use]
    pub fn with_report(mut self, report: Json) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// The fault of an answer that the framework gave without words of ours.
    pub fn of_status(status: StatusCode) -> Self {
        let key = match status {
            StatusCode::NOT_FOUND => "problem-no-address",
            StatusCode::METHOD_NOT_ALLOWED => "problem-method",
            StatusCode::PAYLOAD_TOO_LARGE => "problem-too-large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "problem-media-type",
            StatusCode::TOO_MANY_REQUESTS => "problem-too-many",
            StatusCode::SERVICE_UNAVAILABLE => "problem-unavailable",
            status if status.is_server_error() => "problem-internal",
            _ => "problem-form",
        };
        Self::new(status, key)
    }

    /// The problem in a language.
    pub fn problem(&self, lang: Lang) -> Problem {
        let at = |(place, said): &(Place, Said)| {
            let mut at = ProblemAt {
                detail: said.say(lang),
                pointer: None,
                parameter: None,
                header: None,
            };
            match place {
                Place::Body(pointer) => at.pointer = Some(format!("#{pointer}")),
                Place::Parameter(name) => at.parameter = Some(name.clone()),
                Place::Header(name) => at.header = Some((*name).to_owned()),
            }
            at
        };
        Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.said.say(lang),
            errors: self.places.iter().map(at).collect(),
            report: self.report.as_deref().cloned(),
        }
    }

    /// The answer in a language, with the headers that came with the bare one.
    pub fn answer(&self, lang: Lang, bare: &HeaderMap) -> Response {
        let body = serde_json::to_vec(&self.problem(lang)).unwrap_or_default();
        let mut answer = (self.status, body).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.tag()),
        );
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        keep_headers(bare, headers);
        answer
    }
}

impl From<&PageError> for Fault {
    /// What a page's error is to a program.
    fn from(error: &PageError) -> Self {
        match error {
            PageError::SignInNeeded { .. } => {
                Self::new(StatusCode::UNAUTHORIZED, "problem-sign-in")
            }
            PageError::PasswordDue => Self::new(StatusCode::FORBIDDEN, "problem-password-due"),
            PageError::CrossSite => Self::new(StatusCode::FORBIDDEN, "problem-cross-site"),
            PageError::Forbidden => Self::new(StatusCode::FORBIDDEN, "problem-forbidden"),
            PageError::NotFound | PageError::Elsewhere(_) => {
                Self::new(StatusCode::NOT_FOUND, "problem-not-found")
            }
            PageError::BadRequest(words) => {
                Self::said(StatusCode::UNPROCESSABLE_ENTITY, Said::Words(words.clone()))
            }
            PageError::Unreadable => Self::new(StatusCode::BAD_REQUEST, "problem-form"),
            PageError::Internal => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "problem-internal"),
        }
    }
}

impl From<PageError> for Fault {
    fn from(error: PageError) -> Self {
        Self::from(&error)
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Exists { id, .. } => {
                Self::said(StatusCode::CONFLICT, Said::With("problem-exists", id))
            }
            LedgerError::Ambiguous { name, .. } => {
                Self::said(StatusCode::CONFLICT, Said::With("problem-ambiguous", name))
            }
            LedgerError::Refused(_) => Self::new(StatusCode::CONFLICT, "problem-refused"),
            other => PageError::from(other).into(),
        }
    }
}

impl IntoResponse for Fault {
    /// A bare answer that carries the fault; the outermost layer puts it into words.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_in_the_language_of_the_request() {
        let fault = Fault::value(
            Place::Body("/facts/0/value".to_owned()),
            Said::Key("correction-no-date"),
        );
        let problem = fault.problem(Lang::En);
        assert_eq!(problem.status, 422);
        assert_eq!(
            problem.errors[0].pointer.as_deref(),
            Some("#/facts/0/value")
        );
        assert_ne!(problem.detail, fault.problem(Lang::Zh).detail);
    }

    #[test]
    fn everything_that_can_go_wrong_has_words() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
        let mut keys = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for word in text.split('"').filter(|word| {
                let plain = word
                    .bytes()
                    .all(|sign| sign == b'-' || sign.is_ascii_lowercase());
                let key = plain && !word.ends_with('-');
                key && (word.starts_with("problem-") || word.starts_with("correction-"))
            }) {
                keys.insert(word.to_owned());
            }
        }
        assert!(keys.len() > 40, "{}", keys.len());
        for key in keys {
            for lang in [Lang::Zh, Lang::En] {
                assert!(lang.find(&key).is_some(), "{key} in {}", lang.tag());
            }
        }
    }

    #[test]
    fn nothing_of_an_inner_failure_is_told() {
        let inner = LedgerError::Io(std::io::Error::other("/var/lib/secret"));
        let problem = Fault::from(inner).problem(Lang::Zh);
        let text = serde_json::to_string(&problem).unwrap();
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(problem.status, 500);
    }
}
