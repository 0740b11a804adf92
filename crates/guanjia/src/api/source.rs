//! One fact with its source and its history.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::SourceRef;
use ledger::facts::FactVersion;
use ledger::{Scope, Subject};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::found;
use super::fact::moment_text;
use super::problem::Fault;
use super::value::Written;
use crate::app::App;
use crate::shell::{Permission, Viewer};
use crate::sources::access;

/// A fact with where it came from and what was said before.
#[derive(Serialize, ToSchema)]
pub struct FactWithSource {
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub subject: SubjectName,
    /// Name of the variable.
    pub variable: String,
    /// The period, empty for a current state.
    pub period: String,
    /// The value; null for the taking back of one.
    pub value: Option<Written>,
    /// What was written beside the number.
    pub qualifier: String,
    /// The unit that was written.
    pub unit: String,
    /// When it was known, where that was given.
    #[schema(format = Date)]
    pub known_on: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Id of the source; `/api/v1/sources/{id}` shows what else was taken from it.
    pub source_id: i64,
    /// Where it was taken from; `/api/v1/facts/{id}/source` shows what stands around.
    pub source: Source,
    /// The import it came with; null where it came by itself, or the account may see no imports.
    pub import: Option<i64>,
    /// Who recorded it.
    pub recorded_by: String,
    /// Every value of this variable and period, the oldest first.
    pub history: Vec<Version>,
}

/// A subject by name.
#[derive(Clone, Serialize, ToSchema)]
pub struct SubjectName {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Where a fact was taken from.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A cell of a file.
    Cell {
        /// Name of the file.
        file: Option<String>,
        /// SHA-256 of the file, in hex.
        sha256: String,
        /// Name of the sheet; empty for a text table.
        sheet: String,
        /// The cell, as the spreadsheet shows it.
        cell: String,
    },
    /// A sheet of a file; the cells are the facts' own.
    Sheet {
        /// Name of the file.
        file: Option<String>,
        /// SHA-256 of the file, in hex.
        sha256: String,
        /// Name of the sheet; empty for a text table.
        sheet: String,
    },
    /// A sentence of a document.
    Quote {
        /// Name of the document.
        file: Option<String>,
        /// SHA-256 of the document, in hex.
        sha256: String,
        /// The sentence.
        quote: String,
    },
    /// A form filled in on a page.
    Form {
        /// Name of the form.
        form: String,
    },
    /// A call of this interface.
    Api {
        /// What the call is called.
        request: String,
        /// The sentence or note that was given.
        quote: Option<String>,
    },
}

/// One step of a history.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// The fact.
    pub id: i64,
    /// The value; null where it was taken back.
    pub value: Option<Written>,
    /// What was written beside the number.
    pub qualifier: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// What the audit calls it.
    #[schema(examples("import.commit"))]
    pub action: String,
    /// The entry of the audit.
    pub entry: i64,
}

/// `GET /api/v1/facts/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    found(&headers, &fact_with_source(&app, &viewer, id).await?)
}

/// A fact that the viewer sees, as its address shows it.
pub async fn fact_with_source(
    app: &App,
    viewer: &Viewer,
    id: i64,
) -> Result<FactWithSource, Fault> {
    let (fact, subject) = access::seen_fact(app, viewer, id).await?;
    let scope = Scope::everything();
    let from = app.ledger.source_of_fact(&scope, fact.id).await?;
    let history = app
        .ledger
        .history_of(
            &scope,
            fact.subject_id,
            &fact.variable,
            &fact.period,
            viewer.reading(),
        )
        .await?;
    Ok(FactWithSource {
        id: fact.id,
        subject: named(&subject),
        period: fact.period.to_string(),
        value: fact.value.as_ref().map(Written::from),
        variable: fact.variable,
        qualifier: fact.qualifier,
        unit: fact.unit,
        known_on: fact.known_on.map(|day| day.to_string()),
        recorded_at: moment_text(fact.recorded_at),
        source_id: fact.source_id,
        source: source(from.source, from.file_name),
        // As on the page: a way to the import for whoever may see imports.
        import: from.import_id.filter(|_| viewer.may(Permission::Import)),
        recorded_by: from.actor,
        history: history.into_iter().map(version).collect(),
    })
}

/// A subject by its name.
pub fn named(subject: &Subject) -> SubjectName {
    SubjectName {
        id: subject.id,
        kind: subject.kind.to_string(),
        name: subject.name.clone(),
    }
}

/// The place of a fact, with its file's name.
pub fn source(source: SourceRef, file: Option<String>) -> Source {
    match source {
        SourceRef::Cell {
            file_sha256,
            sheet,
            cell,
        } => Source::Cell {
            file,
            sha256: file_sha256,
            sheet,
            cell: cell.to_string(),
        },
        SourceRef::Quote { file_sha256, quote } => Source::Quote {
            file,
            sha256: file_sha256,
            quote,
        },
        SourceRef::Form { form } => Source::Form { form },
        SourceRef::Api { request_id, quote } => Source::Api {
            request: request_id,
            quote,
        },
    }
}

fn version(step: FactVersion) -> Version {
    Version {
        id: step.fact.id,
        value: step.fact.value.as_ref().map(Written::from),
        qualifier: step.fact.qualifier,
        recorded_at: moment_text(step.fact.recorded_at),
        recorded_by: step.actor,
        action: step.action,
        entry: step.fact.entry_id,
    }
}
