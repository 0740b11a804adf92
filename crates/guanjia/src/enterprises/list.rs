//! The list of enterprises.

use std::future::ready;

use askama::Template;
use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::SubjectKind;
use ledger::SubjectStatus;
use ledger::projection::{ENTERPRISES, EnterpriseRow};

use crate::app::App;
use crate::lists::cells::{self, Raw};
use crate::lists::columns::{self, Look, column};
use crate::lists::filters::{self, Asks};
use crate::lists::frame::{self, Frame, ShownRow};
use crate::lists::opening::{Case, Told};
use crate::lists::views::{self, ViewForm};
use crate::lists::{Address, FilterField, ListColumn, ListSpec, Opening, opening, totals};
use crate::shell::{Page, PageError, Permission, Viewer, render};

/// The list of enterprises.
pub static SPEC: ListSpec = ListSpec {
    id: "enterprises",
    path: "/enterprises",
    kind: SubjectKind::Enterprise,
    list: &ENTERPRISES,
    permission: Permission::SeeEnterprises,
    columns: &[
        column("code", Look::Text, true),
        column("park", Look::Text, true),
        column("industry_code", Look::Text, true),
        column("year", Look::Integer, true),
        column("revenue", Look::Money, true),
        column("rd_expense", Look::Money, true),
        column("staff", Look::Integer, true),
        column("hnte_valid_until", Look::Date, true),
        column("registered_on", Look::Date, false),
        column("industry", Look::Text, false),
        column("legal_form", Look::Code, false),
        column("size_class", Look::Code, false),
        column("tax_credit_rating", Look::Code, false),
        column("main_revenue", Look::Money, false),
        column("net_profit", Look::Money, false),
        column("total_assets", Look::Money, false),
        column("rd_staff", Look::Integer, false),
        column("tech_sme_valid_until", Look::Date, false),
        column("innovative_sme_valid_until", Look::Date, false),
        column("specialised_sme_valid_until", Look::Date, false),
        column("little_giant_valid_until", Look::Date, false),
    ],
    filters: &[
        FilterField {
            name: "certificate",
            column: "hnte_valid_until",
            asks: Asks::Certificate,
        },
        FilterField {
            name: "industry",
            column: "industry_code",
            asks: Asks::Words,
        },
        FilterField {
            name: "year",
            column: "year",
            asks: Asks::Year,
        },
    ],
    sums: &["revenue", "rd_expense", "staff"],
};

#[derive(Template)]
#[template(path = "enterprises/list.html")]
struct ListPage {
    page: Page,
    frame: Frame,
    opening: Opening,
    rows: Vec<ShownRow>,
    empty_key: &'static str,
}

/// `GET /enterprises`.
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
            .list::<EnterpriseRow>(&scope, &asked, viewer.reading());
        Ok::<_, PageError>(found.await?)
    };
    let told = ready(Ok(told()));
    let opening = opening::in_page(&app, &viewer, &SPEC, &address, &asked, told);
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
    let rows = found
        .rows
        .iter()
        .map(|row| shown_row(&viewer, row, &shown.columns))
        .collect();
    let title = viewer.lang.t("nav-enterprises");
    render(&ListPage {
        page: Page::new(&viewer, "enterprises", title.clone()).at(&[(&title, "")]),
        frame,
        opening,
        rows,
        empty_key: "enterprises-empty",
    })
}

/// What the list says of itself: how many hold a certificate that is valid on the day shown.
fn told() -> Told {
    let case = |key, certificate: &str| Case {
        key,
        filters: vec![("certificate", certificate.to_owned())],
    };
    Told {
        cases: vec![
            case("opening-hnte", "hnte"),
            case("opening-tech-sme", "tech_sme"),
        ],
        note: String::new(),
    }
}

fn shown_row(viewer: &Viewer, row: &EnterpriseRow, shown: &[ListColumn]) -> ShownRow {
    let cells = shown
        .iter()
        .map(|column| {
            cells::cell(
                &SPEC,
                column,
                &row.head,
                &raw(row, column.name),
                viewer.lang,
            )
        })
        .collect();
    ShownRow {
        id: row.head.subject_id,
        href: viewer.href(&format!("/enterprises/{}", row.head.subject_id)),
        name: row.head.name.clone(),
        closed: row.head.status == SubjectStatus::Closed,
        cells,
    }
}

/// The value of a column of a row.
pub fn raw<'a>(row: &'a EnterpriseRow, name: &str) -> Raw<'a> {
    match name {
        "code" => Raw::Text(row.head.code.as_deref()),
        "year" => Raw::Integer(row.head.year),
        "park" => Raw::Text(row.park.as_deref()),
        "industry" => Raw::Text(row.industry.as_deref()),
        "industry_code" => Raw::Text(row.industry_code.as_deref()),
        "legal_form" => Raw::Text(row.legal_form.as_deref()),
        "size_class" => Raw::Text(row.size_class.as_deref()),
        "tax_credit_rating" => Raw::Text(row.tax_credit_rating.as_deref()),
        "registered_on" => Raw::Date(row.registered_on),
        "hnte_valid_until" => Raw::Date(row.hnte_valid_until),
        "tech_sme_valid_until" => Raw::Date(row.tech_sme_valid_until),
        "innovative_sme_valid_until" => Raw::Date(row.innovative_sme_valid_until),
        "specialised_sme_valid_until" => Raw::Date(row.specialised_sme_valid_until),
        "little_giant_valid_until" => Raw::Date(row.little_giant_valid_until),
        "revenue" => Raw::Money(row.revenue),
        "main_revenue" => Raw::Money(row.main_revenue),
        "net_profit" => Raw::Money(row.net_profit),
        "total_assets" => Raw::Money(row.total_assets),
        "rd_expense" => Raw::Money(row.rd_expense),
        "staff" => Raw::Integer(row.staff),
        "rd_staff" => Raw::Integer(row.rd_staff),
        _ => Raw::Text(None),
    }
}

/// `GET /enterprises/totals`: count and sums, for the foot of a page that is already shown.
pub async fn totals(
    State(app): State<App>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    totals::answer(&app, &viewer, &SPEC, &query, ready(Ok(told()))).await
}

/// `POST /enterprises/columns`.
pub async fn choose_columns(_viewer: Viewer, body: String) -> Response {
    views::choose_columns(&SPEC, &body)
}

/// `POST /enterprises/views`.
pub async fn save_view(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<ViewForm>,
) -> Result<Response, PageError> {
    views::save(&app, &viewer, &SPEC, form).await
}

/// `POST /enterprises/views/{id}/removal`.
pub async fn forget_view(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    views::forget(&app, &viewer, &SPEC, id).await
}
