//! Answers in JSON with a tag of their content, and the conditions that callers put on it.
//!
//! # Source
//! RFC 9110, 13: `If-None-Match` and `If-Match`.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::{Fault, Place, Said};
use crate::shell::PageError;

/// The body of an answer and its tag.
pub struct Tagged {
    bytes: Vec<u8>,
    tag: String,
}

impl Tagged {
    /// A body in JSON.
    pub fn of(body: &impl Serialize) -> Result<Self, Fault> {
        let bytes =
            serde_json::to_vec(body).map_err(|error| Fault::from(PageError::internal(&error)))?;
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12]));
        Ok(Self { bytes, tag })
    }

    /// The whole answer.
    pub fn answer(self, status: StatusCode) -> Response {
        let mut answer = (status, self.bytes).into_response();
        let headers = answer.headers_mut();
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
        tag(headers, &self.tag);
        answer
    }

    /// The answer to a question; nothing but the tag where the caller has the body already.
    pub fn unless_known(self, asked: &HeaderMap) -> Response {
        if !lists(asked, &header::IF_NONE_MATCH, &self.tag) {
            return self.answer(StatusCode::OK);
        }
        let mut answer = StatusCode::NOT_MODIFIED.into_response();
        tag(answer.headers_mut(), &self.tag);
        answer
    }

    /// Refuses a write whose caller looked at something else than this.
    pub fn require_match(&self, asked: &HeaderMap) -> Result<(), Fault> {
        if !asked.contains_key(header::IF_MATCH) || lists(asked, &header::IF_MATCH, &self.tag) {
            return Ok(());
        }
        let fault = Fault::new(StatusCode::PRECONDITION_FAILED, "problem-changed");
        Err(fault.at(Place::Header("If-Match"), Said::Key("problem-changed-tag")))
    }
}

fn tag(headers: &mut HeaderMap, tag: &str) {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    // Kept by whoever asked, and asked about again each time.
    let cache = HeaderValue::from_static("private, no-cache");
    headers.insert(header::CACHE_CONTROL, cache);
}

/// Whether a header lists this tag, or any by `*`. A question is content with a weak tag; a write is not.
fn lists(asked: &HeaderMap, name: &HeaderName, tag: &str) -> bool {
    let is_write = *name == header::IF_MATCH;
    asked
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .map(|one| one.strip_prefix("W/").filter(|_| !is_write).unwrap_or(one))
        .any(|one| one == tag || one == "*")
}

/// A question answered in JSON.
pub fn found(asked: &HeaderMap, body: &impl Serialize) -> Result<Response, Fault> {
    Ok(Tagged::of(body)?.unless_known(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_known_body_is_not_sent_again() {
        let status = |value: &str| {
            let tagged = Tagged::of(&"body").unwrap();
            tagged
                .unless_known(&asked(header::IF_NONE_MATCH, value))
                .status()
        };
        let tag = Tagged::of(&"body").unwrap().tag;
        assert_eq!(status(&tag), StatusCode::NOT_MODIFIED);
        assert_eq!(status(&format!("\"x\", W/{tag}")), StatusCode::NOT_MODIFIED);
        assert_eq!(status("*"), StatusCode::NOT_MODIFIED);
        assert_eq!(status("\"x\""), StatusCode::OK);
    }

    #[test]
    fn a_write_may_ask_for_what_it_saw() {
        let tagged = Tagged::of(&"body").unwrap();
        assert!(tagged.require_match(&HeaderMap::new()).is_ok());
        let same = asked(header::IF_MATCH, &tagged.tag);
        assert!(tagged.require_match(&same).is_ok());
        let any = asked(header::IF_MATCH, "*");
        assert!(tagged.require_match(&any).is_ok());
        let weak = format!("W/{}", tagged.tag);
        for wrong in ["\"other\"", "", "no tag", &weak] {
            let other = asked(header::IF_MATCH, wrong);
            assert!(tagged.require_match(&other).is_err(), "{wrong}");
        }
    }
}
