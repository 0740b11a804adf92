//! One subject for programs, with every fact and where it came from.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{SubjectKind, Value};
use ledger::FactRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::App;
use crate::shell::{PageError, Permission, Viewer};

/// A subject with its facts.
#[derive(Serialize, ToSchema)]
pub struct SubjectWithFacts {
    /// Its id.
    pub id: i64,
    /// `project` or `enterprise`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its code; null where not known.
    pub code: Option<String>,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
    /// What is known of it, by variable and period.
    pub facts: Vec<FactBody>,
}

/// A fact.
#[derive(Serialize, ToSchema)]
pub struct FactBody {
    /// Its id; `/facts/{id}` shows where it came from.
    pub id: i64,
    /// Name of the variable.
    pub variable: String,
    /// The period, empty for a current state.
    pub period: String,
    /// The value as reports write it; `none` is known to be absent.
    pub value: String,
    /// ISO 4217 code of an amount that is not in yuan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What was written beside the number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub qualifier: String,
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
}

/// A project with its facts.
#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "projects",
    params(
        ("id" = i64, Path, description = "id of the project"),
        ("as_of" = Option<String>, Query, description = "a day or a moment in RFC 3339"),
    ),
    responses(
        (status = 200, body = SubjectWithFacts), (status = 304, description = "as the ETag says"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ), security(("token" = [])))]
pub async fn project(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let kind = SubjectKind::Project;
    tagged(
        &headers,
        &read(&app, &viewer, &kind, Permission::SeeProjects, id).await?,
    )
}

/// An enterprise with its facts.
#[utoipa::path(get, path = "/api/v1/enterprises/{id}", tag = "enterprises",
    params(
        ("id" = i64, Path, description = "id of the enterprise"),
        ("as_of" = Option<String>, Query, description = "a day or a moment in RFC 3339"),
    ),
    responses(
        (status = 200, body = SubjectWithFacts), (status = 304, description = "as the ETag says"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ), security(("token" = [])))]
pub async fn enterprise(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    let kind = SubjectKind::Enterprise;
    tagged(
        &headers,
        &read(&app, &viewer, &kind, Permission::SeeEnterprises, id).await?,
    )
}

async fn read(
    app: &App,
    viewer: &Viewer,
    kind: &SubjectKind,
    permission: Permission,
    id: i64,
) -> Result<SubjectWithFacts, Problem> {
    let scope = viewer.scope(permission);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != *kind {
        return Err(PageError::NotFound.into());
    }
    let facts = app.ledger.facts_of(&scope, id, viewer.reading()).await?;
    Ok(SubjectWithFacts {
        id: subject.id,
        kind: subject.kind.to_string(),
        name: subject.name,
        code: subject.code,
        invented: subject.invented,
        facts: facts.into_iter().filter_map(body).collect(),
    })
}

fn body(fact: FactRecord) -> Option<FactBody> {
    let value = fact.value?;
    let currency = match &value {
        Value::Money(money) if !money.currency.is_cny() => Some(money.currency.code().to_owned()),
        _ => None,
    };
    Some(FactBody {
        id: fact.id,
        variable: fact.variable,
        period: fact.period.to_string(),
        value: value.to_string(),
        currency,
        qualifier: fact.qualifier,
        recorded_at: fact
            .recorded_at
            .to_datetime()
            .map(|at| at.to_rfc3339())
            .unwrap_or_default(),
    })
}

/// JSON with an ETag of its content; nothing but the tag where the caller has it already.
pub fn tagged(headers: &HeaderMap, body: &impl Serialize) -> Result<Response, Problem> {
    let bytes =
        serde_json::to_vec(body).map_err(|error| Problem::from(PageError::internal(&error)))?;
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12]));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    if known {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let kind = (header::CONTENT_TYPE, "application/json".to_owned());
    Ok((StatusCode::OK, [(header::ETAG, tag), kind], bytes).into_response())
}
