//! What a search finds.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ledger::projection::{EnterpriseRow, ListQuery, ListRow, ProjectRow, RowHead};
use serde::Deserialize;

use crate::app::App;
use crate::lists::Address;
use crate::shell::{Page, PageError, Permission, Viewer, render};

/// Hits shown of each list; the rest is a link away.
const SHOWN: u32 = 20;
/// Longest text that is searched for.
const TEXT_CHARS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "search/found_page.html")]
struct FoundPage {
    page: Page,
    text: String,
    groups: Vec<Group>,
}

struct Group {
    id: &'static str,
    count: String,
    title: String,
    hits: Vec<Hit>,
    all_href: String,
}

struct Hit {
    name: String,
    code: String,
    park: String,
    href: String,
}

/// What is searched for.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

/// `GET /search`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let text: String = wanted.q.trim().chars().take(TEXT_CHARS_MAX).collect();
    let mut groups = Vec::new();
    if !text.is_empty() {
        let found = find::<ProjectRow>(&app, &viewer, Permission::SeeProjects, &text).await?;
        let hits: Vec<(RowHead, Option<String>)> = found
            .0
            .into_iter()
            .map(|row| (row.head, row.park))
            .collect();
        let title = lang.t("nav-projects");
        groups.extend(group(&viewer, "projects", title, hits, found.1, &text));
        let found = find::<EnterpriseRow>(&app, &viewer, Permission::SeeEnterprises, &text).await?;
        let hits = found
            .0
            .into_iter()
            .map(|row| (row.head, row.park))
            .collect();
        let title = lang.t("nav-enterprises");
        groups.extend(group(&viewer, "enterprises", title, hits, found.1, &text));
    }
    let title = lang.t("search");
    render(&FoundPage {
        page: Page::new(&viewer, "search", title.clone()).at(&[(&title, "")]),
        groups,
        text,
    })
}

/// The first hits of a list, and whether there are more.
async fn find<R: ListRow>(
    app: &App,
    viewer: &Viewer,
    permission: Permission,
    text: &str,
) -> Result<(Vec<R>, bool), PageError> {
    let scope = viewer.scope(permission);
    if scope.is_empty() {
        return Ok((Vec::new(), false));
    }
    let mut query = ListQuery::of_zone(viewer.zone_id());
    query.search = Some(text.to_owned());
    query.limit = SHOWN;
    let page = app
        .ledger
        .list::<R>(&scope, &query, viewer.reading())
        .await?;
    Ok((page.rows, page.next.is_some()))
}

fn group(
    viewer: &Viewer,
    id: &'static str,
    title: String,
    hits: Vec<(RowHead, Option<String>)>,
    more: bool,
    text: &str,
) -> Option<Group> {
    if hits.is_empty() {
        return None;
    }
    let path = format!("/{id}");
    let all = viewer.href(&Address::default().set("q", text).under(&path));
    let sign = if more { "+" } else { "" };
    let count = format!("{}{sign}", hits.len());
    Some(Group {
        id,
        count: viewer.lang.with(&format!("opening-{id}"), count),
        title,
        all_href: if more { all } else { String::new() },
        hits: hits
            .into_iter()
            .map(|(head, park)| Hit {
                href: viewer.href(&format!("{path}/{}", head.subject_id)),
                name: head.name,
                code: head.code.unwrap_or_default(),
                park: park.unwrap_or_default(),
            })
            .collect(),
    })
}
