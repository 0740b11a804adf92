//! Lists for programs: the filters, order and pages of the lists for people.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::money::format_fen;
use ledger::projection::{EnterpriseRow, ListRow, ProjectRow, RowHead};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::problem::Problem;
use super::subject::tagged;
use crate::app::App;
use crate::lists::cells::Raw;
use crate::lists::{Address, ListSpec, filters};
use crate::shell::Viewer;
use crate::{enterprises, projects};

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct SubjectPage {
    /// The subjects, as they stand or stood at `as_of`.
    pub items: Vec<SubjectRow>,
    /// `after` of the next page; null at the end.
    pub next: Option<String>,
}

/// A subject of a list.
#[derive(Serialize, ToSchema)]
pub struct SubjectRow {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The project's code, the enterprise's unified social credit code; null where not known.
    pub code: Option<String>,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
    /// The year of the yearly values.
    pub year: Option<i64>,
    /// Values by variable: money in yuan with two decimals, dates at the precision that was written;
    /// null is not known.
    #[schema(value_type = Object)]
    pub values: Map<String, Json>,
}

/// A list of projects.
#[utoipa::path(get, path = "/api/v1/projects", tag = "projects",
    params(
        ("q" = Option<String>, Query, description = "name, code or pinyin initials"),
        ("stage" = Option<String>, Query, description = "code of the stage"),
        ("category" = Option<String>, Query, description = "words of the category"),
        ("sort" = Option<String>, Query, description = "variable to sort by"),
        ("order" = Option<String>, Query, description = "`desc` for the greatest first"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("as_of" = Option<String>, Query, description = "a day or a moment in RFC 3339"),
    ),
    responses(
        (status = 200, body = SubjectPage), (status = 304, description = "as the ETag says"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ), security(("token" = [])))]
pub async fn projects(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let page = page(
        &app,
        &viewer,
        &projects::list::SPEC,
        &query,
        |row: &ProjectRow, name| json_of(&projects::list::raw(row, name)),
    );
    tagged(&headers, &page.await?)
}

/// A list of enterprises.
#[utoipa::path(get, path = "/api/v1/enterprises", tag = "enterprises",
    params(
        ("q" = Option<String>, Query, description = "name, code or pinyin initials"),
        ("sort" = Option<String>, Query, description = "variable to sort by"),
        ("order" = Option<String>, Query, description = "`desc` for the greatest first"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("as_of" = Option<String>, Query, description = "a day or a moment in RFC 3339"),
    ),
    responses(
        (status = 200, body = SubjectPage), (status = 304, description = "as the ETag says"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ), security(("token" = [])))]
pub async fn enterprises(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let spec = &enterprises::list::SPEC;
    let page = page(&app, &viewer, spec, &query, |row: &EnterpriseRow, name| {
        json_of(&enterprises::list::raw(row, name))
    });
    tagged(&headers, &page.await?)
}

/// What a list can say of a row.
trait Headed: ListRow {
    fn head(&self) -> &RowHead;
}

impl Headed for ProjectRow {
    fn head(&self) -> &RowHead {
        &self.head
    }
}

impl Headed for EnterpriseRow {
    fn head(&self) -> &RowHead {
        &self.head
    }
}

async fn page<R: Headed>(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    query: &str,
    value: impl Fn(&R, &str) -> Json,
) -> Result<SubjectPage, Problem> {
    let asked = filters::query(app, viewer, spec, &Address::parse(query)).await?;
    let scope = viewer.scope(spec.permission);
    let found = app
        .ledger
        .list::<R>(&scope, &asked, viewer.reading())
        .await?;
    let items = found.rows.iter().map(|row| {
        let head = row.head();
        SubjectRow {
            id: head.subject_id,
            name: head.name.clone(),
            code: head.code.clone(),
            invented: head.invented,
            year: head.year,
            values: R::LIST
                .columns
                .iter()
                .map(|column| (column.name.to_owned(), value(row, column.name)))
                .collect(),
        }
    });
    Ok(SubjectPage {
        items: items.collect(),
        next: found.next.map(|next| next.encode()),
    })
}

fn json_of(raw: &Raw<'_>) -> Json {
    match raw {
        Raw::Text(text) => text.map_or(Json::Null, Json::from),
        Raw::Money(fen) => fen.map_or(Json::Null, |fen| Json::from(format_fen(fen))),
        Raw::Integer(number) => number.map_or(Json::Null, Json::from),
        Raw::Date(date) => date.map_or(Json::Null, |date| Json::from(date.to_string())),
    }
}
