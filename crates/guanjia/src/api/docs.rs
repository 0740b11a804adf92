//! The description of the interface (OpenAPI 3.1), and a page of it for people.

use askama::Template;
use axum::Json;
use axum::response::Response;
use utoipa::openapi::RefOr;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{problem, subject, subjects};
use crate::shell::{Page, PageError, Viewer, render};

#[derive(OpenApi)]
#[openapi(
    info(title = "Guanjia", description = "What the pages show, as JSON. Send a token of your account."),
    paths(subjects::projects, subject::project, subjects::enterprises, subject::enterprise),
    components(schemas(
        subjects::SubjectPage,
        subjects::SubjectRow,
        subject::SubjectWithFacts,
        subject::FactBody,
        problem::Problem,
    )),
    modifiers(&Token)
)]
struct Description;

/// Says how a program shows who it is.
struct Token;

impl Modify for Token {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        if let Some(components) = description.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}

/// `GET /api/openapi.json`.
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    page: Page,
    operations: Vec<Operation>,
}

struct Operation {
    method: &'static str,
    path: String,
    summary: String,
    parameters: Vec<(String, String)>,
}

/// `GET /api/docs`: every operation with its parameters, made from the description.
pub async fn show(viewer: Viewer) -> Result<Response, PageError> {
    let description = Description::openapi();
    let operations = description
        .paths
        .paths
        .iter()
        .filter_map(|(path, item)| {
            let get = item.get.as_ref()?;
            Some(Operation {
                method: "GET",
                path: path.clone(),
                summary: get.summary.clone().unwrap_or_default(),
                parameters: get
                    .parameters
                    .iter()
                    .flatten()
                    .filter_map(|one| match one {
                        RefOr::T(parameter) => Some(parameter),
                        RefOr::Ref(_) => None,
                    })
                    .map(|one| {
                        (
                            one.name.clone(),
                            one.description.clone().unwrap_or_default(),
                        )
                    })
                    .collect(),
            })
        })
        .collect();
    let title = viewer.lang.t("api-docs");
    render(&DocsPage {
        page: Page::new(&viewer, "api", title.clone()).at(&[(&title, "")]),
        operations,
    })
}
