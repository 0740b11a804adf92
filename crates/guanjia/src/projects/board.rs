//! Projects by stage: how many stand where, and the first of each.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::SubjectKind;
use ledger::projection::{Bound, Filter, ListQuery, ProjectRow};

use super::list::SPEC;
use super::standing;
use crate::app::App;
use crate::labels;
use crate::lists::cells::StandingMark;
use crate::lists::{Address, filters};
use crate::shell::{Page, PageError, Viewer, display, figure, render};

/// Projects shown of each stage; the rest is a link away.
const SHOWN: u32 = 8;

#[derive(Template)]
#[template(path = "projects/board.html")]
struct BoardPage {
    page: Page,
    columns: Vec<Column>,
    total: String,
    list_href: String,
}

struct Column {
    words: String,
    count: i64,
    investment: String,
    items: Vec<Item>,
    more: i64,
    href: String,
}

struct Item {
    name: String,
    href: String,
    park: String,
    mark: StandingMark,
}

/// `GET /projects/board`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let address = Address::parse(&query.unwrap_or_default())
        .without("as_of")
        .without("stage");
    let asked = filters::query(&app, &viewer, &SPEC, &address).await?;
    let scope = viewer.scope(SPEC.permission);
    let groups = app
        .ledger
        .totals(
            SPEC.list,
            &scope,
            &asked,
            &["investment_total"],
            Some("stage"),
            viewer.reading(),
        )
        .await?;
    let mut columns = Vec::new();
    let place = |group: Option<&str>| {
        group.and_then(|code| standing::STAGES.iter().position(|stage| *stage == code))
    };
    let mut ordered: Vec<_> = groups.iter().collect();
    ordered.sort_by_key(|totals| place(totals.group.as_deref()).unwrap_or(usize::MAX));
    for totals in ordered {
        let stage = totals.group.as_deref();
        let items = items(&app, &viewer, &asked, stage).await?;
        let code = stage.unwrap_or("unknown");
        let investment = totals.sums.first().and_then(|(sum, _)| *sum);
        columns.push(Column {
            words: stage.map_or_else(
                || lang.t("stage-unknown"),
                |code| labels::code_words(&SubjectKind::Project, "stage", code, lang),
            ),
            count: totals.count,
            investment: investment.map_or_else(
                || "—".to_owned(),
                |fen| {
                    let amount = display::amount(fen, lang);
                    format!("{} {}", amount.digits, amount.unit)
                },
            ),
            more: totals.count - i64::try_from(items.len()).unwrap_or(totals.count),
            items,
            href: viewer.href(&address.set("stage", code).under("/projects")),
        });
    }
    let title = lang.t("board");
    let list = lang.t("nav-projects");
    render(&BoardPage {
        page: Page::new(&viewer, "projects", title.clone())
            .at(&[(&list, "/projects"), (&title, "")]),
        total: figure::count(groups.iter().map(|totals| totals.count).sum::<i64>()),
        columns,
        list_href: viewer.href(&address.under("/projects")),
    })
}

async fn items(
    app: &App,
    viewer: &Viewer,
    asked: &ListQuery,
    stage: Option<&str>,
) -> Result<Vec<Item>, PageError> {
    let mut query = asked.clone();
    let bound = stage.map_or(Bound::Unknown, |code| Bound::OneOf(vec![code.to_owned()]));
    query.filters.push(Filter {
        column: "stage".to_owned(),
        bound,
    });
    query.limit = SHOWN;
    query.after = None;
    let scope = viewer.scope(SPEC.permission);
    let found = app
        .ledger
        .list::<ProjectRow>(&scope, &query, viewer.reading())
        .await?;
    let today = viewer.day();
    Ok(found
        .rows
        .iter()
        .map(|row| Item {
            name: row.head.name.clone(),
            href: viewer.href(&format!("/projects/{}", row.head.subject_id)),
            park: row.park.clone().unwrap_or_default(),
            mark: standing::mark(row, standing::row_day(row, today), viewer.lang),
        })
        .collect())
}
