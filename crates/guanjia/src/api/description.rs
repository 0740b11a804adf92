//! The description of the interface: OpenAPI 3.1, made from the table of operations and the types that
//! are read and written.
//!
//! # Source
//! OpenAPI Specification 3.1.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use axum::{Json as JsonBody, http::StatusCode};
use serde_json::{Map, Value as Json, json};
use utoipa::OpenApi;

use super::examples::example;
use super::operations::{OPERATIONS, Operation, Takes};
use super::parameters::Parameter;
use super::{
    fact, facts, house, imports, once, problem, rules, screening, source, sources, subject,
    subjects, value,
};
use crate::words::Lang;

/// The schemas that are made from our types.
#[derive(OpenApi)]
#[openapi(components(schemas(
    problem::Problem,
    problem::ProblemAt,
    value::Written,
    value::Foreign,
    subjects::SubjectPage,
    subjects::SubjectRow,
    subject::Subject,
    subject::Registration,
    subject::NewFacts,
    fact::Fact,
    fact::NewFact,
    fact::Recorded,
    facts::FactPage,
    facts::FactOfSubject,
    source::FactWithSource,
    source::SubjectName,
    source::Source,
    source::Version,
    sources::SourcePage,
    sources::ListedSource,
    sources::SourceWithFacts,
    sources::TakenFact,
    sources::SourceAround,
    sources::Cells,
    sources::CellRow,
    sources::Passage,
    facts::Retraction,
    facts::Retracted,
    imports::ImportForm,
    imports::ImportKind,
    imports::RowChoice,
    imports::ImportPage,
    imports::Import,
    imports::Undoing,
    rules::PolicyPage,
    rules::Policy,
    rules::Name,
    rules::Span,
    rules::VerdictPage,
    rules::Verdict,
    rules::Short,
    screening::FindingPage,
    screening::Finding,
    screening::ScreeningSummary,
    screening::PolicyTotal,
    house::Account,
    house::ZoneName,
    house::HeldRole,
    house::OrganisationPage,
    house::Organisation,
    house::UserPage,
    house::User,
    house::AuditPage,
    house::AuditEntry,
)))]
struct Schemas;

static DESCRIPTION: LazyLock<Json> = LazyLock::new(describe);

/// `GET /api/openapi.json`.
pub async fn show() -> Response {
    (StatusCode::OK, JsonBody(&*DESCRIPTION)).into_response()
}

/// The whole description.
pub fn describe() -> Json {
    let made = serde_json::to_value(Schemas::openapi()).unwrap_or_default();
    let mut schemas = made["components"]["schemas"].clone();
    // A form is no type of ours that could say so itself: what it does not name, it does not take.
    schemas["ImportForm"]["additionalProperties"] = Json::Bool(false);
    registrations(&mut schemas);
    schemas["ImportReport"] = import_report();
    schemas["Explanation"] = explanation();
    let mut paths: Map<String, Json> = Map::new();
    for one in OPERATIONS.iter() {
        let item = paths.entry(one.path).or_insert_with(|| json!({}));
        item[one.method.as_str().to_lowercase()] = operation(one);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guanjia 管家",
            "description": Lang::En.t("api-about"),
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": Lang::En.t("api-docs-token"),
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": crate::app::COOKIE,
                    "description": Lang::En.t("api-about-session"),
                },
            },
        },
    })
}

/// Projects and enterprises are registered alike, but for their codes.
fn registrations(schemas: &mut Json) {
    let one = schemas["Registration"].take();
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.remove("Registration");
    }
    let mut enterprise = one.clone();
    enterprise["description"] = json!("An enterprise to be registered.");
    enterprise["properties"]["code"] = json!({
        "type": ["string", "null"], "pattern": "^[0-9A-HJ-NP-RTUWXY]{18}$",
        "minLength": 18, "maxLength": 18,
        "description": "Its unified social credit code, both check digits right; none other in the zone may \
            have it.",
    });
    schemas["NewEnterprise"] = enterprise;
    schemas["NewProject"] = one;
    schemas["NewProject"]["description"] = json!("A project to be registered.");
}

fn tags() -> Vec<Json> {
    let mut names: Vec<&str> = OPERATIONS.iter().map(|one| one.tag).collect();
    names.dedup();
    names
        .into_iter()
        .map(|name| json!({"name": name}))
        .collect()
}

/// The words of an operation.
pub fn summary(one: &Operation, lang: Lang) -> String {
    lang.find(&format!("api-{}", one.id)).unwrap_or_default()
}

/// The words of a parameter.
pub fn about(one: &Parameter, lang: Lang) -> String {
    let key = format!("api-ask-{}", one.name.replace('_', "-"));
    lang.find(&key).unwrap_or_default()
}

fn operation(one: &Operation) -> Json {
    let mut described = json!({
        "operationId": one.id,
        "tags": [one.tag],
        "summary": summary(one, Lang::En),
        "parameters": parameters(one),
        "responses": responses(one),
    });
    let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    match one.takes {
        Takes::Nothing => {}
        Takes::Json(name) => {
            let media = json!({"schema": schema(name), "example": example(name)});
            described["requestBody"] =
                json!({"required": true, "content": {"application/json": media}});
        }
        Takes::Form(name) => {
            let media = json!({"schema": schema(name)});
            described["requestBody"] =
                json!({"required": true, "content": {"multipart/form-data": media}});
        }
    }
    described
}

fn parameters(one: &Operation) -> Vec<Json> {
    let mut all: Vec<Json> = Vec::new();
    for piece in one.path.split('/') {
        let name = piece
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = name {
            let schema = if name == "id" {
                json!({"type": "integer", "format": "int64", "minimum": 1})
            } else {
                json!({"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9_]+$"})
            };
            all.push(json!({
                "name": name, "in": "path", "required": true, "schema": schema,
                "description": Lang::En.find(&format!("api-path-{name}")),
                "example": if name == "id" { json!(1) } else { json!("hnte_cit_rate") },
            }));
        }
    }
    all.extend(one.asks.iter().map(|asked| {
        json!({
            "name": asked.name, "in": "query", "required": asked.required,
            "schema": asked.kind.schema(), "description": about(asked, Lang::En),
            "example": asked.kind.example(),
        })
    }));
    let mut header = |name: &str, schema: Json, words: String| {
        all.push(json!({
            "name": name, "in": "header", "required": false,
            "schema": schema, "description": words,
        }));
    };
    let tag = || json!({"type": "string"});
    if one.is_tagged() {
        header("If-None-Match", tag(), Lang::En.t("api-if-none-match"));
    }
    if one.conditional {
        header("If-Match", tag(), Lang::En.t("api-if-match"));
    }
    if one.writes() {
        let key = json!({
            "type": "string", "pattern": "^[!-~]+$", "minLength": 1, "maxLength": once::KEY_CHARS_MAX,
        });
        header(once::HEADER, key, Lang::En.t("api-idempotency-key"));
    }
    all
}

fn responses(one: &Operation) -> Json {
    let mut responses = Map::new();
    for answer in &one.answers {
        let mut response = json!({"description": Lang::En.t("api-answer-fine"), "headers": {}});
        if answer.schema.is_some() {
            response["headers"]["ETag"] = json!({"schema": {"type": "string"}});
        }
        if answer.status == 201 {
            response["headers"]["Location"] =
                json!({"schema": {"type": "string", "format": "uri-reference"}});
        }
        response["content"] = match answer.schema {
            Some(name) => json!({"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{name}")},
            }}),
            None => json!({"application/octet-stream": {"schema": {}}}),
        };
        if let Some(example) = answer.schema.and_then(example) {
            response["content"]["application/json"]["example"] = example;
        }
        if one.writes() {
            response["headers"]["Idempotency-Replayed"] = json!({
                "schema": {"const": "true"}, "description": Lang::En.t("api-replayed"),
            });
        }
        responses.insert(answer.status.to_string(), response);
    }
    if one.is_tagged() {
        let known = json!({"description": Lang::En.t("api-answer-known")});
        responses.insert("304".to_owned(), known);
    }
    for status in one.refusals() {
        let words = Lang::En.find(&format!("api-answer-{status}"));
        let mut response = json!({
            "description": words,
            "headers": {"Content-Language": {"schema": {"type": "string"}}},
            "content": {problem::MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
            }},
        });
        if status == 401 {
            response["headers"]["WWW-Authenticate"] = json!({"schema": {"const": "Bearer"}});
        }
        if status == 422 {
            response["content"][problem::MEDIA_TYPE]["example"] =
                example("Problem").unwrap_or_default();
        }
        responses.insert(status.to_string(), response);
    }
    Json::Object(responses)
}

/// The report of an import, as its own contract has it.
fn import_report() -> Json {
    let count = || json!({"type": "integer", "minimum": 0});
    let row = || json!({"type": "integer", "minimum": 1});
    let list = |items: Json| json!({"type": "array", "items": items});
    let of = |required: &[&str], properties: Json| json!({"type": "object", "required": required, "properties": properties});
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": ["string", "null"]});
    let sheet = of(
        &[
            "name",
            "header_rows",
            "rows",
            "columns",
            "unmapped",
            "records",
            "refused",
            "totals",
            "skipped",
            "notes",
        ],
        json!({
            "name": text(),
            "header_rows": list(row()),
            "rows": list(row()),
            "unit": maybe(),
            "columns": list(of(&["column", "header", "variable"], json!({
                "column": text(), "header": text(), "variable": text(),
                "unit": maybe(), "period": maybe(),
            }))),
            "unmapped": list(text()),
            "records": list(of(&["row", "values", "qualifiers"], json!({
                "row": row(),
                "values": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Written"}},
                "qualifiers": {"type": "object", "additionalProperties": text()},
            }))),
            "refused": list(of(&["row", "cell", "message"], json!({
                "row": row(), "cell": text(), "variable": maybe(), "message": text(),
            }))),
            "totals": list(json!({"type": "object"})),
            "skipped": list(of(&["row", "why"], json!({"row": row(), "why": text()}))),
            "notes": list(of(&["message"], json!({
                "row": {"type": ["integer", "null"]}, "cell": maybe(), "message": text(),
            }))),
        }),
    );
    of(
        &[
            "file",
            "sha256",
            "as",
            "accepted",
            "refused",
            "unchanged",
            "superseded",
            "sheets",
        ],
        json!({
            "file": text(), "sha256": text(),
            "as": {"$ref": "#/components/schemas/ImportKind"},
            "accepted": count(), "refused": count(), "unchanged": count(), "superseded": count(),
            "sheets": list(sheet),
        }),
    )
}

/// A verdict explained, as `guanjia explain --format json` writes it.
fn explanation() -> Json {
    let name = || json!({"$ref": "#/components/schemas/Name"});
    let maybe = || json!({"type": ["string", "null"]});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let names = || json!({"type": "array", "items": name()});
    let clause = json!({
        "type": "object",
        "required": ["id", "text", "expression", "put_in", "state", "missing", "facts"],
        "properties": {
            "id": {"type": "string"}, "text": name(), "unverified": {"type": "boolean"},
            "expression": {"type": "string"}, "put_in": {"type": "string"},
            "state": {"type": "string", "enum": ["true", "false", "unknown"]},
            "gap": maybe(), "unit": maybe(), "missing": texts(),
            "facts": {"type": "array", "items": {"type": "object"}},
        },
    });
    json!({
        "type": "object",
        "required": ["subject_id", "policy", "name", "as_of", "year", "verdict", "clauses", "missing"],
        "properties": {
            "subject_id": {"type": "string"},
            "policy": {"type": "string"},
            "name": name(),
            "unverified": {"type": "boolean"},
            "as_of": {"type": "string", "format": "date"},
            "year": {"type": "integer"},
            "verdict": {"type": "string", "enum": ["eligible", "ineligible", "unknown", "not_in_force"]},
            "clauses": {"type": "array", "items": clause},
            "scorecards": {"type": "array", "items": {"type": "object"}},
            "amount": {"type": ["object", "null"]},
            "saves": maybe(),
            "timing": {"type": "boolean"},
            "missing": texts(),
            "materials": names(),
            "steps": names(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operations::operation;
    use crate::app::routes;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routes: BTreeSet<String> = routes()
            .iter()
            .filter(|route| route.path.starts_with("/api/v1/"))
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        let described: BTreeSet<String> = OPERATIONS
            .iter()
            .map(|one| format!("{} {}", one.method, one.path))
            .collect();
        assert_eq!(routes, described);
        for route in super::super::routes() {
            let known = operation(&route.method, route.path).is_some();
            assert_eq!(known, route.path.starts_with("/api/v1/"), "{}", route.path);
        }
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let described = describe();
        let text = described.to_string();
        let mut named = 0;
        for piece in text.split("#/components/schemas/").skip(1) {
            let name = piece.split('"').next().unwrap();
            assert!(
                described["components"]["schemas"][name].is_object(),
                "{name}"
            );
            named += 1;
        }
        assert!(named > 50);
    }

    #[test]
    fn everything_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            for one in OPERATIONS.iter() {
                assert_ne!(summary(one, lang), "", "api-{}", one.id);
                for asked in &one.asks {
                    assert_ne!(about(asked, lang), "", "api-ask-{}", asked.name);
                }
                for status in one.refusals() {
                    let words = lang.find(&format!("api-answer-{status}"));
                    assert!(words.is_some(), "api-answer-{status}");
                }
            }
        }
    }
}
