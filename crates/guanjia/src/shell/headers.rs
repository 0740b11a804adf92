//! Security headers of every answer, and the refusal of requests that other sites send.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{PageError, guard};
use crate::api::problem::Fault;
use crate::app::App;

/// Own scripts and styles only; ECharts sets `style` attributes, so those alone may be inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A year over TLS alone, for whoever has come over TLS once.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Adds the headers that keep a page to itself.
pub async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if app.secure_cookies {
        let value = HeaderValue::from_static(STRICT_TRANSPORT);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("geolocation=(), microphone=(), camera=(self)"),
    );
    if !is_asset {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Refuses a change that a page of another site sends with our person's cookie.
///
/// # Source
/// Fetch metadata as every browser since 2023 sends it; where it is missing, `Origin` against `Host`.
/// A request with neither comes from no browser and carries no foreign cookie.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || comes_from_our_page(request.headers()) {
        next.run(request).await
    } else {
        refused(request.uri().path())
    }
}

fn refused(path: &str) -> Response {
    if guard::is_api(path) {
        return Fault::from(PageError::CrossSite).into_response();
    }
    PageError::CrossSite.into_response()
}

fn comes_from_our_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => site == "same-origin" || site == "none",
        (None, Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority == host),
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        comes_from_our_page(&headers)
    }

    #[test]
    fn other_sites_are_refused_and_our_pages_are_not() {
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(allowed(&[
            ("origin", "http://zone.example"),
            ("host", "zone.example")
        ]));
        assert!(!allowed(&[
            ("origin", "http://evil.example"),
            ("host", "zone.example")
        ]));
        assert!(!allowed(&[("origin", "null"), ("host", "zone.example")]));
        assert!(allowed(&[("host", "zone.example")]));
    }
}
