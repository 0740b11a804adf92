//! Bodies of requests: JSON, with the place of what is wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::problem::{Fault, Place, Said};

/// Largest body of JSON.
const JSON_BYTES_MAX: usize = 1024 * 1024;

/// A body of JSON.
pub struct Body<T>(pub T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        if !is_json(request.headers()) {
            return Err(Fault::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|refusal| Fault::of_status(refusal.status()))?;
        if bytes.len() > JSON_BYTES_MAX {
            return Err(Fault::of_status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        read(&bytes).map(Self)
    }
}

/// The media type of a request, without its parameters.
pub fn media_type(headers: &HeaderMap) -> String {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next();
    kind.unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers) == "application/json"
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        fault(pointer, error.inner())
    })?;
    match json.end() {
        Ok(()) => Ok(read),
        Err(error) => Err(fault(String::new(), &error)),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer += &step(&index.to_string()),
            Segment::Map { key } => pointer += &step(key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A step of a pointer, as RFC 6901 writes it.
fn step(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// What is wrong, in our own words: those of the reader name types of the program.
fn fault(mut pointer: String, error: &serde_json::Error) -> Fault {
    if error.is_syntax() || error.is_eof() {
        let place = format!("{}:{}", error.line(), error.column());
        let said = Said::With("problem-json", place);
        return Fault::said(StatusCode::BAD_REQUEST, said);
    }
    let text = error.to_string();
    let named = step(text.split('`').nth(1).unwrap_or_default());
    let said = if text.starts_with("missing field") {
        pointer += &named;
        Said::Key("problem-field-missing")
    } else if text.starts_with("unknown field") {
        if !pointer.ends_with(&named) {
            pointer += &named;
        }
        Said::Key("problem-field-unknown")
    } else {
        Said::Key("problem-field-wrong")
    };
    Fault::form(Place::Body(pointer), said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read into")]
        items: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read into")]
        value: String,
    }

    fn place(text: &str) -> String {
        let problem = read::<Outer>(text.as_bytes())
            .unwrap_err()
            .problem(Lang::En);
        assert_eq!(problem.status, 400);
        let first = problem.errors.into_iter().next();
        first.and_then(|at| at.pointer).unwrap_or(problem.detail)
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        assert_eq!(place(r#"{"items": [{"value": 5}]}"#), "#/items/0/value");
        assert_eq!(place(r#"{"items": [{}]}"#), "#/items/0/value");
        assert_eq!(
            place(r#"{"items": [{"value": "", "a/b": 1}]}"#),
            "#/items/0/a~1b"
        );
        assert_eq!(place("{}"), "#/items");
        assert_eq!(place("[]"), "#");
        assert!(place("{").contains("1:1"));
        assert!(place(r#"{"items": []} x"#).contains("1:15"));
    }
}
