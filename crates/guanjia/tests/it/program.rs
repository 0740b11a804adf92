//! A program that asks the interface with a token, and how its answers are read.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value as Json;

use crate::account_journeys::between;
use crate::house::{Answer, House, NORTH_ENTERPRISE, NORTH_PROJECT};

/// A token of a person, made on the account page as people make it.
pub async fn token_of(house: &House, login: &str) -> String {
    token_by(house, login, "name=test").await
}

/// A token made with this form.
pub async fn token_by(house: &House, login: &str, form: &str) -> String {
    let cookie = house.session_of(login).await;
    let page = house.post("/account/tokens", &cookie, form).await;
    between(&page.text(), "<code class=\"mono\">", "</code>").to_owned()
}

/// A program with a token.
pub struct Program {
    house: Arc<House>,
    token: String,
}

impl Program {
    pub async fn of(house: &Arc<House>, login: &str) -> Self {
        Self::with(house, &token_of(house, login).await)
    }

    pub fn with(house: &Arc<House>, token: &str) -> Self {
        Self {
            token: token.to_owned(),
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
        self.get_with(address, &[]).await
    }

    pub async fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(&Method::GET, address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
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

/// The ids of all items of a list, page by page.
pub async fn walked(program: &Program, list: &str) -> Vec<i64> {
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let sign = if list.contains('?') { '&' } else { '?' };
        let page = program.read(&format!("{list}{sign}limit=1{after}")).await;
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["id"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return seen,
        }
    }
}

/// An operation that reads, as the description has it.
pub struct Read {
    pub path: String,
    /// Names of what its address may ask.
    pub asks: Vec<String>,
    /// What its address must ask, with an example.
    needs: Vec<String>,
    /// Whether its answers carry a tag.
    pub is_tagged: bool,
}

impl Read {
    /// Somebody who may read it.
    pub fn login(&self) -> &'static str {
        match self.path.as_str() {
            path if path.starts_with("/api/v1/audit") => "auditor",
            path if path.starts_with("/api/v1/users") => "admin",
            _ => "statistics",
        }
    }

    /// Its address for something the house holds, ready to ask more.
    pub async fn address(&self, house: &House) -> String {
        let enterprise = house.facts[NORTH_ENTERPRISE];
        let everything = ledger::Scope::everything();
        let fact = house.app.ledger.fact(&everything, enterprise);
        let id = match self.path.split('/').nth(3) {
            Some("projects") => house.subjects[NORTH_PROJECT],
            Some("enterprises") => house.subjects[NORTH_ENTERPRISE],
            Some("facts") => enterprise,
            Some("sources") => fact.await.unwrap().source_id,
            Some("organisations") => house.north.id,
            Some("audit") => 1,
            _ => 999_999,
        };
        let path = self.path.replace("{id}", &id.to_string());
        let path = path.replace("{policy}", "hnte_cit_rate");
        format!("{path}?{}", self.needs.join("&"))
    }
}

/// All operations that read.
pub async fn reads(house: &House) -> Vec<Read> {
    let described = body(&house.get("/api/openapi.json", "").await);
    let mut reads = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        let one = &item["get"];
        let Some(parameters) = one["parameters"].as_array() else {
            continue;
        };
        let asked = parameters.iter().filter(|asked| asked["in"] == "query");
        let name = |asked: &Json| asked["name"].as_str().unwrap().to_owned();
        let needed = asked.clone().filter(|asked| asked["required"] == true);
        reads.push(Read {
            path: path.clone(),
            asks: asked.map(name).collect(),
            needs: needed
                .map(|asked| format!("{}={}", name(asked), asked["example"].as_str().unwrap()))
                .collect(),
            is_tagged: one["responses"]["304"].is_object(),
        });
    }
    assert!(reads.len() > 20, "{}", reads.len());
    reads
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
