//! A program that asks the interface with a token, and how its answers are read.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value as Json;

use crate::account_journeys::between;
use crate::house::{Answer, House};

/// A token of a person, made on the account page as people make it.
pub async fn token_of(house: &House, login: &str) -> String {
    let cookie = house.session_of(login).await;
    let page = house.post("/account/tokens", &cookie, "name=test").await;
    between(&page.text(), "<code class=\"mono\">", "</code>").to_owned()
}

/// A program with a token.
pub struct Program {
    house: Arc<House>,
    token: String,
}

impl Program {
    pub async fn of(house: &Arc<House>, login: &str) -> Self {
        Self {
            token: token_of(house, login).await,
            house: Arc::clone(house),
        }
    }

    pub fn request(&self, method: &Method, address: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method.clone())
            .uri(address)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9,zh;q=0.5")
    }

    pub async fn get(&self, address: &str) -> Answer {
        let request = self.request(&Method::GET, address);
        self.house.ask(request.body(Body::empty()).unwrap()).await
    }

    /// The body of an answer that is as it should be.
    pub async fn read(&self, address: &str) -> Json {
        let answer = self.get(address).await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "{address}: {}",
            answer.text()
        );
        body(&answer)
    }

    pub async fn post(&self, address: &str, headers: &[(&str, &str)], body: &Json) -> Answer {
        let mut request = self
            .request(&Method::POST, address)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Body::from(body.to_string());
        self.house.ask(request.body(body).unwrap()).await
    }

    /// Sends a form with a file.
    pub async fn send(&self, file: &str, fields: &[(&str, &str)], key: Option<&str>) -> Answer {
        let boundary = format!("b{}", uuid::Uuid::now_v7().simple());
        let part = |head: &str, body: &str| {
            format!("--{boundary}\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let mut parts: Vec<String> = fields
            .iter()
            .map(|(name, value)| part(&format!("name=\"{name}\""), value))
            .collect();
        parts.push(part("name=\"file\"; filename=\"ledger.csv\"", file));
        parts.push(format!("--{boundary}--\r\n"));
        let form = parts.concat();
        let kind = format!("multipart/form-data; boundary={boundary}");
        let mut request = self
            .request(&Method::POST, "/api/v1/imports")
            .header(header::CONTENT_TYPE, kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.house
            .ask(request.body(Body::from(form)).unwrap())
            .await
    }
}

pub fn body(answer: &Answer) -> Json {
    serde_json::from_slice(answer.bytes()).unwrap_or_else(|_| panic!("{}", answer.text()))
}

/// Checks that an answer is a problem with this status; gives it.
pub fn problem(answer: &Answer, status: StatusCode) -> Json {
    assert_eq!(answer.status(), status, "{}", answer.text());
    let kind = answer.header("content-type");
    assert_eq!(kind, "application/problem+json", "{}", answer.text());
    let problem = body(answer);
    assert_eq!(problem["status"], status.as_u16());
    problem
}

pub fn fact<'a>(subject: &'a Json, variable: &str) -> &'a Json {
    let facts = subject["facts"].as_array().unwrap();
    facts
        .iter()
        .find(|fact| fact["variable"] == variable)
        .unwrap_or_else(|| panic!("{variable} in {subject:#}"))
}
