//! The imports so far, newest first.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ledger::imports::{Import, ImportQuery};
use ledger::{Sql, Timestamp};
use serde::Deserialize;

use super::intake::Settings;
use super::kind;
use crate::app::App;
use crate::shell::display;
use crate::shell::{Page, PageError, Viewer, render};

/// Imports on a page.
const PAGE_ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "imports/imports.html")]
struct ImportsPage {
    page: Page,
    rows: Vec<ImportRow>,
    accepted: i64,
    refused: i64,
    newest: i64,
    more: Option<i64>,
    may_send: bool,
}

/// One import of the list.
struct ImportRow {
    id: i64,
    file_name: String,
    kind: String,
    sender: String,
    actor: String,
    at: String,
    accepted: i64,
    refused: i64,
    superseded: i64,
    unchanged: i64,
    undone: bool,
}

/// Which part of the list.
#[derive(Deserialize)]
pub struct Part {
    before: Option<i64>,
}

/// `GET /imports`.
pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(part): Query<Part>,
) -> Result<Response, PageError> {
    let (imports, more) = page_of(&app, &viewer, part.before).await?;
    let entries = who_and_when(&app, &imports).await?;
    let lang = viewer.lang;
    let standing = || imports.iter().filter(|import| !import.undone);
    let title = lang.t("nav-imports");
    render(&ImportsPage {
        page: Page::new(&viewer, "imports", title.clone()).at(&[(&title, "")]),
        accepted: standing().map(|import| import.counts.rows_accepted).sum(),
        refused: standing().map(|import| import.counts.rows_refused).sum(),
        newest: imports.first().map_or(0, |import| import.id),
        rows: imports
            .into_iter()
            .map(|import| {
                let (actor, at) = entries.get(&import.entry_id).cloned().unwrap_or_default();
                ImportRow {
                    id: import.id,
                    kind: kind::words_of_id(&import.kind, lang),
                    file_name: import.file_name,
                    sender: import.sender,
                    actor,
                    at,
                    accepted: import.counts.rows_accepted,
                    refused: import.counts.rows_refused,
                    superseded: import.counts.rows_superseded,
                    unchanged: import.counts.rows_unchanged,
                    undone: import.undone,
                }
            })
            .collect(),
        more,
        may_send: !viewer.is_past() && !kind::open_to(&viewer).is_empty(),
    })
}

/// A page of the imports that the viewer may see, and where the next one begins.
async fn page_of(
    app: &App,
    viewer: &Viewer,
    mut before: Option<i64>,
) -> Result<(Vec<Import>, Option<i64>), PageError> {
    let mut seen = Vec::new();
    let sight = Sight::of(app, viewer).await?;
    loop {
        let query = ImportQuery {
            zone_id: viewer.zone_id(),
            before,
            limit: PAGE_ROWS,
            as_of: viewer.reading(),
        };
        let scope = viewer.scope(crate::shell::Permission::Import);
        let found = app.ledger.imports(&scope, &query).await?;
        let last = found.len() < PAGE_ROWS as usize;
        before = found.last().map(|import| import.id);
        seen.extend(found.into_iter().filter(|import| sight.covers(import)));
        if last {
            return Ok((seen, None));
        }
        if seen.len() >= PAGE_ROWS as usize {
            return Ok((seen, before));
        }
    }
}

/// What a viewer may see of the imports: those of the kinds they may bring, by organisations in their
/// scope.
pub struct Sight {
    organisations: HashMap<&'static str, Vec<i64>>,
}

impl Sight {
    /// The sight of a viewer.
    pub async fn of(app: &App, viewer: &Viewer) -> Result<Self, PageError> {
        let mut organisations = HashMap::new();
        for kind in kind::open_to(viewer) {
            let scope = viewer.scope(kind::permission(kind));
            organisations.insert(
                kind::id(kind),
                app.ledger.organisation_ids_under(&scope).await?,
            );
        }
        Ok(Self { organisations })
    }

    /// Whether an import is seen.
    pub fn covers(&self, import: &Import) -> bool {
        let organisation = Settings::read(&import.mapping).organisation_id;
        self.organisations
            .get(import.kind.as_str())
            .is_some_and(|organisations| organisations.contains(&organisation))
    }
}

/// An import that the viewer may see, as it stood at the moment shown.
pub async fn seen(app: &App, viewer: &Viewer, id: i64) -> Result<Import, PageError> {
    let scope = viewer.scope(crate::shell::Permission::Import);
    let query = ImportQuery {
        zone_id: viewer.zone_id(),
        before: Some(id.saturating_add(1)),
        limit: 1,
        as_of: viewer.reading(),
    };
    let found = app.ledger.imports(&scope, &query).await?.pop();
    let import = found
        .filter(|import| import.id == id)
        .ok_or(PageError::NotFound)?;
    if Sight::of(app, viewer).await?.covers(&import) {
        Ok(import)
    } else {
        Err(PageError::NotFound)
    }
}

/// Actor and moment of the entries of imports.
pub async fn who_and_when(
    app: &App,
    imports: &[Import],
) -> Result<HashMap<i64, (String, String)>, PageError> {
    if imports.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new("SELECT id, actor, recorded_at FROM audit_entries WHERE id IN (");
    sql.bind_all(imports.iter().map(|import| import.entry_id))
        .push(")");
    let mut entries = HashMap::new();
    for row in app.ledger.rows(sql).await? {
        let at = Timestamp(row.at(2)?)
            .to_datetime()
            .map(display::moment)
            .unwrap_or_default();
        entries.insert(row.at(0)?, (row.at(1)?, at));
    }
    Ok(entries)
}
