//! A call that changes something and is sent twice is done once: `Idempotency-Key`.
//!
//! The key belongs to the account. The same key with the same request is answered as the first time
//! for a day; with another request it is a mistake of the caller's. A call that failed changed
//! nothing, so its key is free again.
//!
//! # Source
//! draft-ietf-httpapi-idempotency-key-header.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use http_body_util::BodyExt;
use ledger::Timestamp;
use ledger::imports::{Call, Reserved, StoredAnswer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::problem::{Fault, Place, Said};
use crate::app::{App, UPLOAD_BYTES_MAX};
use crate::shell::{PageError, Viewer};

/// The header with the key.
pub const HEADER: &str = "Idempotency-Key";
/// Said of an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Hours for which an answer is kept.
pub const KEPT_HOURS: i64 = 24;
/// Minutes after which a call that was never answered is taken for dead: no import runs as long.
const GIVEN_UP_MINUTES: i64 = 30;
/// The longest key.
pub const KEY_CHARS_MAX: usize = 200;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

/// Does a call once, where it names a key. Only a POST can be done twice.
pub async fn once(
    State(app): State<App>,
    viewer: Viewer,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let key = match key_of(request.headers()) {
        Ok(Some(key)) => key,
        Ok(None) => return next.run(request).await,
        Err(fault) => return fault.into_response(),
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, UPLOAD_BYTES_MAX).await else {
        return Fault::of_status(StatusCode::PAYLOAD_TOO_LARGE).into_response();
    };
    let digest = digest(&parts, &body);
    let request = Request::from_parts(parts, Body::from(body));
    let caller = viewer.user_id.to_string();
    let (ledger, whose, name, of_what) = (
        app.ledger.clone(),
        caller.clone(),
        key.clone(),
        digest.clone(),
    );
    // To its end even where the caller hangs up: asked again, it shall find the answer.
    let done = tokio::spawn(async move {
        let call = Call {
            caller: &caller,
            key: &key,
            request_digest: &digest,
        };
        done_once(&app, &viewer, call, request, next).await
    });
    match done.await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => fault.into_response(),
        Err(error) => {
            // What broke off has written nothing: its key is free again.
            let call = Call {
                caller: &whose,
                key: &name,
                request_digest: &of_what,
            };
            if let Err(error) = ledger.release_answer(call).await {
                tracing::error!(cause = %error, "the key of a broken call stays reserved");
            }
            Fault::from(PageError::internal(&error)).into_response()
        }
    }
}

/// The key of a request; `None` where it names none.
fn key_of(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(key) = headers.get(HEADER) else {
        return Ok(None);
    };
    let key = key.to_str().unwrap_or_default().trim();
    let printable = key.bytes().all(|sign| sign.is_ascii_graphic());
    if key.is_empty() || key.len() > KEY_CHARS_MAX || !printable {
        let said = Said::With("problem-key-form", KEY_CHARS_MAX.to_string());
        return Err(Fault::form(Place::Header(HEADER), said));
    }
    Ok(Some(key.to_owned()))
}

async fn done_once(
    app: &App,
    viewer: &Viewer,
    call: Call<'_>,
    request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let ago = |span: Duration| Timestamp::from(viewer.now - span);
    let reserved = app
        .ledger
        .reserve_answer(
            call,
            Timestamp::from(viewer.now),
            ago(Duration::hours(KEPT_HOURS)),
            ago(Duration::minutes(GIVEN_UP_MINUTES)),
        )
        .await?;
    let refused = |status, key| Fault::new(status, key).at(Place::Header(HEADER), Said::Key(key));
    match reserved {
        Reserved::New => {}
        Reserved::UnderWay => return Err(refused(StatusCode::CONFLICT, "problem-key-under-way")),
        Reserved::Other => {
            return Err(refused(
                StatusCode::UNPROCESSABLE_ENTITY,
                "problem-key-other",
            ));
        }
        Reserved::Answered(answer) => return replay(&answer),
    }
    let response = next.run(request).await;
    if !response.status().is_success() {
        app.ledger.release_answer(call).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map_err(|error| PageError::internal(&error))?;
    let body = body.to_bytes();
    let kept = Kept {
        headers: [header::CONTENT_TYPE, header::LOCATION, header::ETAG]
            .iter()
            .filter_map(|name| {
                let value = parts.headers.get(name)?.to_str().ok()?;
                Some((name.to_string(), value.to_owned()))
            })
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let answer = StoredAnswer {
        status: i64::from(parts.status.as_u16()),
        answer: serde_json::to_string(&kept).map_err(|error| PageError::internal(&error))?,
    };
    app.ledger.keep_answer(call, &answer).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(answer: &StoredAnswer) -> Result<Response, Fault> {
    let kept: Kept =
        serde_json::from_str(&answer.answer).map_err(|error| PageError::internal(&error))?;
    let status = u16::try_from(answer.status).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// What makes two requests the same: method, address, media type, conditions and body. The boundary
/// of a form is drawn anew for every request and says nothing.
fn digest(parts: &Parts, body: &Bytes) -> String {
    let text = |name: &HeaderName| {
        let value = parts.headers.get(name);
        value
            .map(HeaderValue::as_bytes)
            .unwrap_or_default()
            .to_vec()
    };
    let kind = text(&header::CONTENT_TYPE);
    let boundary = String::from_utf8_lossy(&kind)
        .split("boundary=")
        .nth(1)
        .map(|rest| rest.split(';').next().unwrap_or_default())
        .map(|name| name.trim_matches('"').to_owned())
        .filter(|name| !name.is_empty());
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    part(parts.method.as_str().as_bytes());
    part(parts.uri.to_string().as_bytes());
    part(&text(&header::IF_MATCH));
    match boundary {
        None => {
            part(&kind);
            part(body);
        }
        Some(boundary) => {
            part(b"multipart/form-data");
            for piece in pieces(body, boundary.as_bytes()) {
                part(piece);
            }
        }
    }
    hex::encode(hasher.finalize())
}

/// A body cut at each boundary.
fn pieces<'a>(body: &'a [u8], boundary: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let now = rest?;
        let at = now
            .windows(boundary.len())
            .position(|window| window == boundary);
        rest = at.map(|at| &now[at + boundary.len()..]);
        Some(at.map_or(now, |at| &now[..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(kind: &str, body: &str) -> String {
        let request = Request::builder()
            .method("POST")
            .uri("/api/v1/imports")
            .header(header::CONTENT_TYPE, kind)
            .body(())
            .unwrap();
        digest(&request.into_parts().0, &Bytes::from(body.to_owned()))
    }

    #[test]
    fn a_form_is_the_same_whatever_its_boundary() {
        let form = |boundary: &str, value: &str| {
            let body = format!("--{boundary}\r\n\r\n{value}\r\n--{boundary}--\r\n");
            digest_of(&format!("multipart/form-data; boundary={boundary}"), &body)
        };
        assert_eq!(form("x1", "a"), form("y2", "a"));
        assert_ne!(form("x1", "a"), form("x1", "b"));
        assert_ne!(
            digest_of("application/json", "{}"),
            digest_of("application/json", "{ }")
        );
    }
}
