//! Exports 导出: every list as a workbook, all facts with their sources, projects as OC4IDS. The
//! command and the pages take them from one function, [`make`]; each leaves an audit entry. What a
//! person may not see is not in their export. A workbook of projects or enterprises can be imported
//! again as it is.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /projects/export, /enterprises/export | GET | what the list's filters let through |
//! | /exports/facts | GET | every fact that counts, with its source |
//! | /exports/oc4ids | GET | projects in the Open Contracting for Infrastructure Data Standard |

mod facts;
mod ledgers;
mod oc4ids;
mod sources;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::SubjectKind;
use ledger::projection::{EnterpriseRow, ListQuery, ProjectRow};
use ledger::{Action, AsOf, Ledger, LedgerError, Scope, Stamp};
use serde_json::json;

use crate::app::App;
use crate::imports::new::download;
use crate::lists::{Address, ListSpec, filters};
use crate::shell::route::{Access, Route, get};
use crate::shell::{PageError, Permission, Viewer};
use crate::sources::access;
use crate::words::Lang;
use crate::{enterprises, projects};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let projects = Access::May(Permission::ExportProjects);
    let enterprises = Access::May(Permission::ExportEnterprises);
    vec![
        get("/projects/export", projects, of_projects),
        get("/enterprises/export", enterprises, of_enterprises),
        get("/exports/facts", Access::May(Permission::Export), of_facts),
        get("/exports/oc4ids", projects, of_oc4ids),
    ]
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The project ledger, as a workbook.
    Projects,
    /// The enterprise ledger, as a workbook.
    Enterprises,
    /// Every fact that counts, with its source, as a workbook.
    Facts,
    /// Projects as an OC4IDS package, in JSON.
    Oc4ids,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Projects, Self::Enterprises, Self::Facts, Self::Oc4ids];

    /// The identifier used in commands and in the audit.
    pub fn id(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Enterprises => "enterprises",
            Self::Facts => "facts",
            Self::Oc4ids => "oc4ids",
        }
    }

    /// The list of an identifier; `None` for any other text.
    pub fn from_id(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.id() == text)
    }
}

/// How far an export reaches, by kind of subject.
pub type Reach<'a> = &'a (dyn Fn(&SubjectKind) -> Scope + Sync);

/// What is to be exported.
pub struct Order<'a> {
    /// Which list.
    pub list: List,
    /// The zones, each with what the list's filters ask there.
    pub queries: Vec<ListQuery>,
    /// How far it reaches.
    pub reach: Reach<'a>,
    /// As of when.
    pub as_of: AsOf,
    /// The language of headers.
    pub lang: Lang,
}

/// A finished export.
#[derive(Debug)]
pub struct Download {
    /// Name of the file.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many records are in it.
    pub records: usize,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The workbook could not be written.
    #[error(transparent)]
    Write(#[from] exchange::WriteError),
    /// The package could not be written.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The writer broke off.
    #[error("the writer broke off: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl From<ExportError> for PageError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Ledger(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Makes an export and leaves an audit entry for it.
pub async fn make(
    ledger: &Ledger,
    stamp: &Stamp,
    order: Order<'_>,
) -> Result<Download, ExportError> {
    let zones: Vec<i64> = order.queries.iter().map(|query| query.zone_id).collect();
    let id = order.list.id();
    let title = match order.list {
        List::Projects => order.lang.t("export-projects"),
        List::Enterprises => order.lang.t("export-enterprises"),
        List::Facts => order.lang.t("export-facts"),
        List::Oc4ids => "oc4ids".to_owned(),
    };
    let (media_type, suffix, (bytes, records)) = match order.list {
        List::Projects => (
            WORKBOOK,
            "xlsx",
            ledgers::workbook::<ProjectRow>(ledger, &order, &title).await?,
        ),
        List::Enterprises => (
            WORKBOOK,
            "xlsx",
            ledgers::workbook::<EnterpriseRow>(ledger, &order, &title).await?,
        ),
        List::Facts => (
            WORKBOOK,
            "xlsx",
            facts::workbook(ledger, &order, &title).await?,
        ),
        List::Oc4ids => (
            "application/json",
            "json",
            oc4ids::package(ledger, &order, stamp.at).await?,
        ),
    };
    let mut action =
        Action::new(&format!("export.{id}"), "list", id).with(json!({"records": records}));
    if let [zone] = zones.as_slice() {
        action = action.in_zone(*zone);
    }
    ledger.note(stamp, action).await?;
    let day = stamp.at.to_datetime().map(crate::clock::day_of);
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    Ok(Download {
        name: format!("{title}-{day}.{suffix}"),
        media_type,
        bytes,
        records,
    })
}

/// An export of a zone, as far as a person may see it.
async fn for_viewer(
    app: &App,
    viewer: &Viewer,
    list: List,
    query: ListQuery,
) -> Result<Response, PageError> {
    let reach = |kind: &SubjectKind| {
        access::permission(kind).map_or_else(Scope::nothing, |permission| viewer.scope(permission))
    };
    let order = Order {
        list,
        queries: vec![query],
        reach: &reach,
        as_of: viewer.reading(),
        lang: viewer.lang,
    };
    let made = make(&app.ledger, &viewer.stamp(), order).await?;
    Ok(download(&made.name, made.media_type, made.bytes))
}

/// An export of a list, filtered as its address says.
async fn of_list(
    app: &App,
    viewer: &Viewer,
    list: List,
    spec: &ListSpec,
    query: Option<&str>,
) -> Result<Response, PageError> {
    let address = Address::parse(query.unwrap_or_default()).without("after");
    let query = filters::query(app, viewer, spec, &address).await?;
    for_viewer(app, viewer, list, query).await
}

/// `GET /projects/export`.
async fn of_projects(
    State(app): State<App>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    of_list(
        &app,
        &viewer,
        List::Projects,
        &projects::SPEC,
        query.as_deref(),
    )
    .await
}

/// `GET /enterprises/export`.
async fn of_enterprises(
    State(app): State<App>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    of_list(
        &app,
        &viewer,
        List::Enterprises,
        &enterprises::SPEC,
        query.as_deref(),
    )
    .await
}

/// `GET /exports/facts`.
async fn of_facts(State(app): State<App>, viewer: Viewer) -> Result<Response, PageError> {
    for_viewer(
        &app,
        &viewer,
        List::Facts,
        ListQuery::of_zone(viewer.zone_id()),
    )
    .await
}

/// `GET /exports/oc4ids`.
async fn of_oc4ids(State(app): State<App>, viewer: Viewer) -> Result<Response, PageError> {
    for_viewer(
        &app,
        &viewer,
        List::Oc4ids,
        ListQuery::of_zone(viewer.zone_id()),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for list in List::ALL {
            assert_eq!(List::from_id(list.id()), Some(list));
        }
        assert_eq!(List::from_id("people"), None);
    }
}
