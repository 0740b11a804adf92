//! The list of projects.

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use domain::SubjectKind;
use ledger::SubjectStatus;
use ledger::projection::{PROJECTS, ProjectRow};

use super::opening::told;
use super::standing;
use crate::app::App;
use crate::lists::cells::{self, Raw, ShownCell};
use crate::lists::columns::{self, Look, column};
use crate::lists::filters::{self, Asks};
use crate::lists::frame::{self, Frame, ShownRow};
use crate::lists::views::{self, ViewForm};
use crate::lists::{Address, FilterField, ListColumn, ListSpec, Opening, opening, totals};
use crate::shell::{Page, PageError, Permission, Viewer, render};

/// The list of projects.
pub static SPEC: ListSpec = ListSpec {
    id: "projects",
    path: "/projects",
    kind: SubjectKind::Project,
    list: &PROJECTS,
    permission: Permission::SeeProjects,
    columns: &[
        ListColumn {
            name: "light",
            look: Look::Standing,
            usual: true,
            sorts: false,
        },
        column("stage", Look::Code, true),
        column("park", Look::Text, true),
        column("category", Look::Text, true),
        column("investment_total", Look::Money, true),
        column("investment_plan_year", Look::Money, true),
        column("investment_done_year", Look::Money, true),
        column("started_on", Look::Date, false),
        column("completed_on_planned", Look::Date, true),
        column("responsible_department", Look::Text, true),
        column("responsible_leader", Look::Text, false),
        column("owner", Look::Text, false),
        column("code", Look::Text, false),
        column("construction_nature", Look::Code, false),
        column("industry", Look::Text, false),
        column("physical_progress", Look::Text, false),
        column("problems", Look::Text, false),
        column("investment_contract", Look::Money, false),
        column("investment_before_year", Look::Money, false),
        column("investment_done_total", Look::Money, false),
        column("investment_in_place", Look::Money, false),
        column("revenue_expected", Look::Money, false),
        column("tax_expected", Look::Money, false),
        column("started_on_planned", Look::Date, false),
        column("completed_on", Look::Date, false),
        column("in_production_on_planned", Look::Date, false),
        column("in_production_on", Look::Date, false),
        column("year", Look::Integer, false),
    ],
    filters: &[
        FilterField {
            name: "stage",
            column: "stage",
            asks: Asks::Code,
        },
        FilterField {
            name: "category",
            column: "category",
            asks: Asks::Words,
        },
        FilterField {
            name: "light",
            column: "light",
            asks: Asks::Light,
        },
        FilterField {
            name: "late",
            column: "stage",
            asks: Asks::Overdue,
        },
        FilterField {
            name: "pace",
            column: "investment_done_year",
            asks: Asks::PlanBelow,
        },
        FilterField {
            name: "year",
            column: "year",
            asks: Asks::Year,
        },
    ],
    sums: &[
        "investment_total",
        "investment_plan_year",
        "investment_done_year",
    ],
};

#[derive(Template)]
#[template(path = "projects/list.html")]
struct ListPage {
    page: Page,
    frame: Frame,
    opening: Opening,
    rows: Vec<ShownRow>,
    empty_key: &'static str,
    board_href: String,
}

/// `GET /projects`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = Address::parse(&query.unwrap_or_default());
    let asked = filters::query(&app, &viewer, &SPEC, &address).await?;
    let scope = viewer.scope(SPEC.permission);
    let page = async {
        let found = app
            .ledger
            .list::<ProjectRow>(&scope, &asked, viewer.reading());
        Ok::<_, PageError>(found.await?)
    };
    let opening = opening::in_page(&app, &viewer, &SPEC, &address, &asked, told(&app, &viewer));
    let (found, opening) = tokio::try_join!(page, opening)?;
    let shown = columns::chosen(&SPEC, &headers);
    let frame = frame::of(
        &app,
        &viewer,
        &SPEC,
        &address,
        &shown,
        &asked,
        found.next.as_ref(),
    )
    .await?;
    let today = viewer.day();
    let rows = found
        .rows
        .iter()
        .map(|row| shown_row(&viewer, row, &shown.columns, today))
        .collect();
    let title = viewer.lang.t("nav-projects");
    render(&ListPage {
        page: Page::new(&viewer, "projects", title.clone()).at(&[(&title, "")]),
        board_href: viewer.href(
            &address
                .without("as_of")
                .without("sort")
                .without("order")
                .under("/projects/board"),
        ),
        frame,
        opening,
        rows,
        empty_key: "projects-empty",
    })
}

fn shown_row(
    viewer: &Viewer,
    row: &ProjectRow,
    shown: &[ListColumn],
    today: NaiveDate,
) -> ShownRow {
    // Each row is judged on the day that its own figures go to.
    let day = standing::row_day(row, today);
    let cells = shown
        .iter()
        .map(|column| match column.look {
            Look::Standing => {
                let mark = standing::mark(row, day, viewer.lang);
                ShownCell {
                    text: mark.words,
                    title: mark.reason,
                    class: light_class(mark.class),
                }
            }
            _ => cells::cell(
                &SPEC,
                column,
                &row.head,
                &raw(row, column.name),
                viewer.lang,
            ),
        })
        .collect();
    ShownRow {
        id: row.head.subject_id,
        href: viewer.href(&format!("/projects/{}", row.head.subject_id)),
        name: row.head.name.clone(),
        closed: row.head.status == SubjectStatus::Closed,
        cells,
    }
}

/// The class of a cell with a light.
fn light_class(class: &str) -> &'static str {
    match class {
        "red" => "light red",
        "yellow" => "light yellow",
        "green" => "light green",
        _ => "light unknown",
    }
}

/// The value of a column of a row.
pub fn raw<'a>(row: &'a ProjectRow, name: &str) -> Raw<'a> {
    match name {
        "code" => Raw::Text(row.head.code.as_deref()),
        "year" => Raw::Integer(row.head.year),
        "park" => Raw::Text(row.park.as_deref()),
        "owner" => Raw::Text(row.owner.as_deref()),
        "category" => Raw::Text(row.category.as_deref()),
        "construction_nature" => Raw::Text(row.construction_nature.as_deref()),
        "industry" => Raw::Text(row.industry.as_deref()),
        "stage" => Raw::Text(row.stage.as_deref()),
        "responsible_leader" => Raw::Text(row.responsible_leader.as_deref()),
        "responsible_department" => Raw::Text(row.responsible_department.as_deref()),
        "physical_progress" => Raw::Text(row.physical_progress.as_deref()),
        "problems" => Raw::Text(row.problems.as_deref()),
        "investment_total" => Raw::Money(row.investment_total),
        "investment_contract" => Raw::Money(row.investment_contract),
        "investment_plan_year" => Raw::Money(row.investment_plan_year),
        "investment_before_year" => Raw::Money(row.investment_before_year),
        "investment_done_year" => Raw::Money(row.investment_done_year),
        "investment_done_total" => Raw::Money(row.investment_done_total),
        "investment_in_place" => Raw::Money(row.investment_in_place),
        "revenue_expected" => Raw::Money(row.revenue_expected),
        "tax_expected" => Raw::Money(row.tax_expected),
        "started_on" => Raw::Date(row.started_on),
        "started_on_planned" => Raw::Date(row.started_on_planned),
        "completed_on" => Raw::Date(row.completed_on),
        "completed_on_planned" => Raw::Date(row.completed_on_planned),
        "in_production_on" => Raw::Date(row.in_production_on),
        "in_production_on_planned" => Raw::Date(row.in_production_on_planned),
        _ => Raw::Text(None),
    }
}

/// `GET /projects/totals`: count and sums, for the foot of a page that is already shown.
pub async fn totals(
    State(app): State<App>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    totals::answer(&app, &viewer, &SPEC, &query, told(&app, &viewer)).await
}

/// `POST /projects/columns`.
pub async fn choose_columns(_viewer: Viewer, body: String) -> Response {
    views::choose_columns(&SPEC, &body)
}

/// `POST /projects/views`.
pub async fn save_view(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<ViewForm>,
) -> Result<Response, PageError> {
    views::save(&app, &viewer, &SPEC, form).await
}

/// `POST /projects/views/{id}/removal`.
pub async fn forget_view(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    views::forget(&app, &viewer, &SPEC, id).await
}
