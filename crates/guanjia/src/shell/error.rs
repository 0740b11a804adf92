//! What a page answers where it cannot show what was asked for, in the language of the request.

use std::fmt::Display;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::guard;
use crate::api::problem::Fault;
use crate::words::Lang;

/// Why a page cannot be shown. A wrong form is no error: it is the page again, with what was typed.
#[derive(Debug, Clone)]
pub enum PageError {
    /// Nobody is signed in: the sign-in page, and back afterwards.
    SignInNeeded {
        /// The address that was asked for.
        next: String,
    },
    /// A password of one's own comes first: the page where it is set.
    PasswordDue,
    /// What was asked for is on another page for this person.
    Elsewhere(String),
    /// The person's roles do not allow it.
    Forbidden,
    /// A page of another site sent the request.
    CrossSite,
    /// There is no such thing, or it lies outside the person's scope: the two look alike.
    NotFound,
    /// The request cannot be understood; the words say what is wrong.
    BadRequest(String),
    /// The form or the address holds what no text holds.
    Unreadable,
    /// Our fault. The cause is logged, never shown.
    Internal,
}

impl PageError {
    /// Logs the cause, shows none of it.
    pub fn internal(cause: &dyn Display) -> Self {
        tracing::error!(cause = %cause, "a page could not be made");
        Self::Internal
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignInNeeded { .. } | Self::PasswordDue | Self::Elsewhere(_) => {
                StatusCode::SEE_OTHER
            }
            Self::Forbidden | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title and words in a language.
    fn words(&self, lang: Lang) -> (String, String) {
        match self {
            Self::SignInNeeded { .. } => (lang.t("sign-in"), lang.t("sign-in-welcome")),
            Self::PasswordDue => (lang.t("password-change"), lang.t("password-must-change")),
            Self::Elsewhere(_) => (lang.t("product"), lang.t("back-to-start")),
            Self::Forbidden => (lang.t("error-forbidden"), lang.t("error-forbidden-words")),
            Self::CrossSite => (lang.t("error-forbidden"), lang.t("error-cross-site-words")),
            Self::NotFound => (lang.t("error-not-found"), lang.t("error-not-found-words")),
            Self::BadRequest(words) => (lang.t("error-bad-request"), words.clone()),
            Self::Unreadable => (lang.t("error-bad-request"), lang.t("error-form-words")),
            Self::Internal => (lang.t("error-internal"), lang.t("error-internal-words")),
        }
    }

    /// The page in a language and theme.
    fn page(&self, lang: Lang, theme: String) -> Response {
        let (title, words) = self.words(lang);
        error_page(self.status(), lang, theme, title, words)
    }
}

impl From<ledger::LedgerError> for PageError {
    /// What is not there, or outside the scope, is not found; the rest is our fault.
    fn from(error: ledger::LedgerError) -> Self {
        match error {
            ledger::LedgerError::NotFound { .. } => Self::NotFound,
            ledger::LedgerError::BadQuery(detail) => Self::BadRequest(detail),
            ledger::LedgerError::NulCharacter => Self::Unreadable,
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for PageError {
    /// The page in the default language, marked so that [`in_language`] says it in the right one.
    fn into_response(self) -> Response {
        let mut response = match &self {
            Self::SignInNeeded { next } => Redirect::to(&sign_in_address(next)).into_response(),
            Self::PasswordDue => Redirect::to("/account").into_response(),
            Self::Elsewhere(address) => Redirect::to(address).into_response(),
            shown => shown.page(Lang::default(), String::new()),
        };
        response.extensions_mut().insert(self);
        response
    }
}

/// The sign-in page that leads back to `next`.
pub fn sign_in_address(next: &str) -> String {
    if next.is_empty() || next == "/" {
        return "/login".to_owned();
    }
    format!("/login?next={}", form_encode(next))
}

/// Says errors in the language of the request: those of pages, and what the framework answers in
/// bare English to a form it cannot read, a method a page does not have, a body too large.
pub async fn in_language(request: Request, next: Next) -> Response {
    let lang = guard::language(request.headers());
    let theme = guard::theme(request.headers());
    if guard::is_api(request.uri().path()) {
        return problem_in_language(request, next).await;
    }
    let is_page = !matches!(request.uri().path(), "/healthz" | "/readyz")
        && !request.uri().path().starts_with("/assets/");
    let response = next.run(request).await;
    if let Some(error) = response.extensions().get::<PageError>() {
        return if error.status().is_redirection() {
            response
        } else {
            let mut page = error.page(lang, theme);
            keep_headers(response.headers(), page.headers_mut());
            page
        };
    }
    let status = response.status();
    if !is_page || !(status.is_client_error() || status.is_server_error()) || !is_bare(&response) {
        return response;
    }
    let (title, words) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            (lang.t("error-bad-request"), lang.t("error-too-large-words"))
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            (lang.t("error-bad-request"), lang.t("error-method-words"))
        }
        status if status.is_server_error() => PageError::Internal.words(lang),
        _ => (lang.t("error-bad-request"), lang.t("error-form-words")),
    };
    let mut page = error_page(status, lang, theme, title, words);
    keep_headers(response.headers(), page.headers_mut());
    page
}

/// Takes over what an answer says beside its words: which methods there are, and the session.
pub fn keep_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for name in [header::ALLOW, header::SET_COOKIE] {
        for value in from.get_all(&name) {
            to.append(&name, value.clone());
        }
    }
}

/// Says what is wrong to a program: what a handler said as a fault, a page's error, or what the
/// framework answers of itself.
async fn problem_in_language(request: Request, next: Next) -> Response {
    let lang = guard::language_of_program(request.headers());
    let response = next.run(request).await;
    let extensions = response.extensions();
    let fault = match (extensions.get::<Fault>(), extensions.get::<PageError>()) {
        (Some(fault), _) => fault.clone(),
        (None, Some(error)) => Fault::from(error),
        (None, None) => {
            let status = response.status();
            if !status.is_client_error() && !status.is_server_error() {
                return response;
            }
            Fault::of_status(status)
        }
    };
    fault.answer(lang, response.headers())
}

/// Whether an answer is plain text or nothing, and carries no instruction for the page around it.
fn is_bare(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    !headers.contains_key("hx-redirect") && kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn error_page(
    status: StatusCode,
    lang: Lang,
    theme: String,
    title: String,
    words: String,
) -> Response {
    let page = ErrorPage {
        lang,
        theme,
        title,
        words,
        back: lang.t("back-to-start"),
    };
    let html = askama::Template::render(&page).unwrap_or(page.words);
    (status, Html(html)).into_response()
}

fn form_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[derive(askama::Template)]
#[template(path = "shell/error.html")]
struct ErrorPage {
    lang: Lang,
    theme: String,
    title: String,
    words: String,
    back: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_survives_the_sign_in_page() {
        assert_eq!(sign_in_address("/"), "/login");
        assert_eq!(
            sign_in_address("/projects?q=氢 能"),
            "/login?next=/projects%3Fq%3D%E6%B0%A2%20%E8%83%BD"
        );
    }

    #[test]
    fn only_bare_answers_are_said_anew() {
        assert!(is_bare(&StatusCode::UNPROCESSABLE_ENTITY.into_response()));
        assert!(is_bare(
            &(StatusCode::BAD_REQUEST, "Failed to deserialize").into_response()
        ));
        assert!(!is_bare(&PageError::NotFound.into_response()));
        assert!(!is_bare(
            &(StatusCode::UNAUTHORIZED, [("hx-redirect", "/login")]).into_response()
        ));
    }
}
