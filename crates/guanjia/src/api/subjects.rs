//! Lists for programs: the filters, order and pages of the lists for people.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::money::format_fen;
use ledger::LedgerError;
use ledger::projection::{Cursor, EnterpriseRow, ListRow, ProjectRow, RowHead};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::answer::found;
use super::parameters::{AFTER, Asked};
use super::problem::{Fault, Place, Said};
use super::value::{Foreign, Written};
use crate::app::App;
use crate::lists::cells::Raw;
use crate::lists::{ListSpec, filters};
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
    /// The year of the yearly values; null where no year is known.
    pub year: Option<i64>,
    /// Values by variable; what is not known is left out.
    pub values: BTreeMap<&'static str, Written>,
    /// What was written beside a value, by variable.
    pub qualifiers: BTreeMap<&'static str, String>,
}

/// `GET /api/v1/projects`.
pub async fn projects(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let spec = &projects::list::SPEC;
    let page = page(&app, &viewer, spec, &asked, projects::list::raw);
    found(&headers, &page.await?)
}

/// `GET /api/v1/enterprises`.
pub async fn enterprises(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let spec = &enterprises::list::SPEC;
    let page = page(&app, &viewer, spec, &asked, enterprises::list::raw);
    found(&headers, &page.await?)
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
    asked: &Asked,
    raw: impl for<'a> Fn(&'a R, &str) -> Raw<'a>,
) -> Result<SubjectPage, Fault> {
    let bad_cursor = || {
        let place = Place::Parameter(AFTER.name.to_owned());
        Fault::value(place, Said::Key("problem-cursor"))
    };
    if asked
        .get(AFTER.name)
        .is_some_and(|text| Cursor::decode(text).is_err())
    {
        return Err(bad_cursor());
    }
    let mut query = filters::query(app, viewer, spec, &asked.address()).await?;
    query.limit = asked.limit();
    let scope = viewer.scope(spec.permission);
    let found = app
        .ledger
        .list::<R>(&scope, &query, viewer.reading())
        .await
        .map_err(|error| match error {
            LedgerError::BadQuery(_) | LedgerError::NulCharacter => bad_cursor(),
            other => other.into(),
        })?;
    let items = found.rows.iter().map(|row| row_of(row, &raw)).collect();
    Ok(SubjectPage {
        items,
        next: found.next.map(|next| next.encode()),
    })
}

fn row_of<R: Headed>(row: &R, raw: &impl for<'a> Fn(&'a R, &str) -> Raw<'a>) -> SubjectRow {
    let head = row.head();
    let names = || R::LIST.columns.iter().map(|column| column.name);
    let said = |name: &str, what: &str| {
        let mark = head.marks.get(name)?.get(what)?;
        mark.as_str().map(str::to_owned)
    };
    let value = |name: &'static str| {
        written(&raw(row, name)).or_else(|| {
            // What the row's cell cannot say.
            let mark = head.marks.get(name)?;
            if mark.get("absent").is_some() {
                return Some(Written::Plain("none".to_owned()));
            }
            let value = said(name, "value")?;
            Some(match said(name, "currency") {
                Some(currency) => Written::Foreign(Foreign { value, currency }),
                None => Written::Plain(value),
            })
        })
    };
    SubjectRow {
        id: head.subject_id,
        name: head.name.clone(),
        code: head.code.clone(),
        invented: head.invented,
        year: head.year,
        values: names()
            .filter_map(|name| Some((name, value(name)?)))
            .collect(),
        qualifiers: names()
            .filter_map(|name| Some((name, said(name, "qualifier")?)))
            .collect(),
    }
}

fn written(raw: &Raw<'_>) -> Option<Written> {
    let text = match raw {
        Raw::Text(text) => (*text)?.to_owned(),
        Raw::Money(fen) => format_fen((*fen)?),
        Raw::Integer(number) => (*number)?.to_string(),
        Raw::Date(date) => (*date)?.to_string(),
    };
    Some(Written::Plain(text))
}
