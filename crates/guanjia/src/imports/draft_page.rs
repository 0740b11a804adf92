//! How a file was understood, before anything of it goes in: its columns, which can be read otherwise,
//! its first rows, what is refused and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use exchange::{ColumnChoice, LedgerRead};
use ledger::imports::ImportCounts;
use ledger::{AsOf, Scope};
use serde::Deserialize;
use tower_sessions::Session;

use super::draft::Draft;
use super::intake::{self, IntakeError, Order};
use super::parks::Place;
use super::sheet::{Labels, SheetView, UNITS, views};
use super::{kind, new};
use crate::accounts::users::Choice;
use crate::app::App;
use crate::clock;
use crate::shell::{Page, PageError, Viewer, render};

/// Rows up to which the page tries the import, to say what is new and what changes.
const ROWS_TRIED: usize = 5_000;

#[derive(Template)]
#[template(path = "imports/draft_page.html")]
struct DraftPage {
    page: Page,
    draft: Draft,
    id: String,
    kind: String,
    place: String,
    sheets: Vec<SheetView>,
    variables: Vec<Choice>,
    units: [&'static str; UNITS.len()],
    unit: String,
    accepted: usize,
    refused: usize,
    tried: Option<Tried>,
    was_refused: bool,
    error: String,
}

/// What trying the import told.
struct Tried {
    new: i64,
    changed: i64,
    unchanged: i64,
}

impl Tried {
    fn of(counts: ImportCounts) -> Self {
        Self {
            new: counts.rows_accepted - counts.rows_unchanged - counts.rows_superseded,
            changed: counts.rows_superseded,
            unchanged: counts.rows_unchanged,
        }
    }
}

/// Whether the page is shown because rows were refused.
#[derive(Deserialize)]
pub struct Shown {
    refused: Option<u8>,
}

/// The order that a draft comes to.
pub async fn order(app: &App, viewer: &Viewer, draft: &Draft) -> Result<Order, PageError> {
    let permission = kind::permission(draft.kind);
    if !viewer.may(permission) {
        return Err(PageError::Forbidden);
    }
    let reach = viewer.scope(permission);
    let place = app
        .ledger
        .organisation(&reach, draft.organisation_id, AsOf::Now)
        .await?;
    // Every park of the zone is known by name, so that rows beyond the sender's reach are told apart
    // from rows that name nobody.
    let whole = Scope::organisation(format!("/{}/", draft.zone_id));
    let zone = app
        .ledger
        .organisation(&whole, draft.zone_id, AsOf::Now)
        .await?;
    let organisations = app.ledger.organisations(&whole, AsOf::Now).await?;
    let mut order = Order::new(
        draft.kind,
        &organisations,
        Place::of(&zone),
        Place::of(&place),
        reach,
    );
    order.bytes = Arc::new(app.ledger.file_content(&draft.sha256).await?);
    order.sha256.clone_from(&draft.sha256);
    order.file_name.clone_from(&draft.file_name);
    order.mapping = draft.mapping.clone();
    Ok(order)
}

/// What an order's file holds: tried against the ledger where it is short.
pub async fn read(
    app: &App,
    viewer: &Viewer,
    mut order: Order,
) -> Result<
    (
        LedgerRead,
        Vec<Vec<exchange::ledger::Record>>,
        Option<ImportCounts>,
    ),
    IntakeError,
> {
    if intake::row_count(&order).await? > ROWS_TRIED {
        let (read, first) = intake::look(&order).await?;
        return Ok((read, first, None));
    }
    order.rehearsal = true;
    let taken = intake::take(&app.ledger, &viewer.stamp(), order, clock::now, &|_| {}).await?;
    Ok((taken.read, taken.first, Some(taken.counts)))
}

/// `GET /imports/drafts/{draft}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let draft = Draft::find(&session, viewer.zone_id(), &id).await?;
    let order = order(&app, &viewer, &draft).await?;
    let vocabulary = order.options().vocabulary;
    let place = order.place.name.clone();
    let unit = order.mapping.unit.clone().unwrap_or_default();
    let (sheets, accepted, refused, tried, error) = match read(&app, &viewer, order).await {
        Ok((read, first, counts)) => {
            let sheets = views(&read, &first, &Labels::of(&vocabulary, lang), lang);
            let rows = (read.accepted_rows(), read.refused_rows());
            (sheets, rows.0, rows.1, counts.map(Tried::of), String::new())
        }
        Err(IntakeError::Read(error)) => (Vec::new(), 0, 0, None, error.text(new::language(lang))),
        Err(error) => return Err(error.into()),
    };
    let list = lang.t("nav-imports");
    let title = lang.t("import-draft");
    render(&DraftPage {
        page: Page::new(&viewer, "imports", title.clone())
            .at(&[(&list, "/imports"), (&draft.file_name, "")]),
        kind: kind::words(draft.kind, lang),
        place,
        sheets,
        variables: vocabulary
            .variables
            .iter()
            .map(|variable| Choice {
                value: variable.name.clone(),
                words: lang.pick(&variable.label_zh, &variable.label_en).to_owned(),
                chosen: false,
            })
            .collect(),
        units: UNITS,
        unit,
        accepted,
        refused,
        tried,
        was_refused: shown.refused.is_some(),
        error,
        id,
        draft,
    })
}

/// `POST /imports/drafts/{draft}/mapping`: reads columns otherwise.
///
/// Of each column the form sends what was shown and what is wanted, so that only what a person
/// changed is kept as their choice.
pub async fn read_otherwise(
    viewer: Viewer,
    session: Session,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut draft = Draft::find(&session, viewer.zone_id(), &id).await?;
    let mut columns: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let (mut unit, mut forget) = (None, false);
    for (name, value) in fields {
        match name.split_once('.') {
            Some((what, column)) => {
                columns
                    .entry(column.to_owned())
                    .or_default()
                    .insert(what.to_owned(), value);
            }
            None if name == "unit" => unit = Some(value),
            None => forget |= name == "forget",
        }
    }
    if forget {
        draft.mapping = exchange::Mapping::default();
    } else {
        for column in columns.values() {
            change(&mut draft.mapping, column);
        }
        draft.mapping.unit = unit.filter(|unit| !unit.is_empty());
    }
    draft.changed = true;
    draft.remember(&session).await?;
    Ok(Redirect::to(&format!("/imports/drafts/{id}#columns")).into_response())
}

fn change(mapping: &mut exchange::Mapping, column: &BTreeMap<String, String>) {
    let field = |name: &str| column.get(name).map(String::as_str);
    let Some(header) = field("header") else {
        return;
    };
    let wanted = |now: &str, before: &str| {
        field(now)
            .filter(|value| Some(*value) != field(before))
            .map(str::to_owned)
    };
    let chosen = ColumnChoice {
        variable: wanted("variable", "variable-shown"),
        unit: wanted("unit", "unit-shown").filter(|unit| !unit.is_empty()),
    };
    if chosen == ColumnChoice::default() {
        return;
    }
    let kept = mapping.by_header.entry(header.to_owned()).or_default();
    kept.variable = chosen.variable.or_else(|| kept.variable.take());
    kept.unit = chosen.unit.or_else(|| kept.unit.take());
}

/// `GET /imports/drafts/{draft}/returned`: the same workbook with the reasons in its cells.
pub async fn returned(
    State(app): State<App>,
    viewer: Viewer,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let draft = Draft::find(&session, viewer.zone_id(), &id).await?;
    let order = order(&app, &viewer, &draft).await?;
    returned_of(&app, &viewer, order).await
}

/// The workbook of an order with the reasons in its cells.
pub async fn returned_of(app: &App, viewer: &Viewer, order: Order) -> Result<Response, PageError> {
    let bytes = Arc::clone(&order.bytes);
    let name = order.file_name.clone();
    let (read, _, _) = read(app, viewer, order).await?;
    let workbook = tokio::task::spawn_blocking(move || exchange::returned_workbook(&bytes, &read))
        .await
        .map_err(|error| PageError::internal(&error))?
        .map_err(|error| PageError::internal(&error))?;
    let stem = name
        .rsplit_once('.')
        .map_or(name.as_str(), |(stem, _)| stem);
    Ok(new::workbook(
        &format!("{stem}-{}.xlsx", viewer.lang.t("import-returned-suffix")),
        workbook,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn only_what_was_changed_is_kept() {
        let mut mapping = exchange::Mapping::default();
        let guessed = column(&[
            ("header", "总投资"),
            ("variable", "investment_total"),
            ("variable-shown", "investment_total"),
            ("unit", "万元"),
            ("unit-shown", "万元"),
        ]);
        change(&mut mapping, &guessed);
        assert!(mapping.by_header.is_empty());
        let changed = column(&[
            ("header", "总投资"),
            ("variable", "investment_contract"),
            ("variable-shown", "investment_total"),
            ("unit", "亿元"),
            ("unit-shown", "万元"),
        ]);
        change(&mut mapping, &changed);
        let choice = mapping.choice("总投资").unwrap();
        assert_eq!(choice.variable.as_deref(), Some("investment_contract"));
        assert_eq!(choice.unit.as_deref(), Some("亿元"));
    }
}
