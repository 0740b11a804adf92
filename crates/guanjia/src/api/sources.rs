//! Sources for programs: which there are, what was taken from one, and what stands around the place of a
//! fact. Seen by whoever sees a fact that was taken from them.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ledger::{AsOf, FactRecord, KeptSource, Scope, SourceQuery};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use utoipa::ToSchema;

use super::answer::found;
use super::fact::{Fact, fact_of, moment_text};
use super::parameters::{Asked, cursor_parts, cursor_text};
use super::problem::Fault;
use super::source::{Source, SubjectName, named, source as source_of};
use crate::app::App;
use crate::shell::Viewer;
use crate::sources::access;
use crate::sources::cells::{Neighbourhood, NotShown};
use crate::sources::surroundings;

/// A page of sources.
#[derive(Serialize, ToSchema)]
pub struct SourcePage {
    /// The sources, newest first.
    pub items: Vec<ListedSource>,
    /// `after` of the next page; null at the end.
    pub next: Option<String>,
}

/// A source that facts were taken from.
#[derive(Serialize, ToSchema)]
pub struct ListedSource {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub origin: Source,
    /// When it was first named.
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

/// A source with what was taken from it.
#[derive(Serialize, ToSchema)]
pub struct SourceWithFacts {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub origin: Source,
    /// When it was first named.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// The values taken from it, those that were corrected since included, in the order in which they were
    /// recorded.
    pub items: Vec<TakenFact>,
    /// `after` of the next page; null at the end.
    pub next: Option<String>,
}

/// A value taken from a source.
#[derive(Serialize, ToSchema)]
pub struct TakenFact {
    /// Whose it is.
    pub subject: SubjectName,
    /// The cell, as the spreadsheet shows it; null where the source is no sheet.
    #[schema(examples("C5"))]
    pub cell: Option<String>,
    /// The fact.
    #[serde(flatten)]
    pub fact: Fact,
}

/// Where a fact was taken from, with what stands around.
#[derive(Serialize, ToSchema)]
pub struct SourceAround {
    /// The fact.
    pub fact: i64,
    /// Id of the source.
    pub source_id: i64,
    /// The place itself.
    pub source: Source,
    /// The cell with its neighbours; null where the source is no cell, or `missing` says why.
    pub cells: Option<Cells>,
    /// The paragraph around the sentence; null where the source is no sentence, or the document does not
    /// hold it.
    pub passage: Option<Passage>,
    /// Why no cells are shown: `unreadable`, `no_such_sheet` or `not_kept`; null where that is not so.
    pub missing: Option<&'static str>,
    /// Whether rows or sentences are left out because facts that the account does not see were taken from
    /// them.
    pub reduced: bool,
    /// Whether `/api/v1/facts/{id}/file` gives the file.
    pub may_take_file: bool,
}

/// A small piece of a sheet.
#[derive(Serialize, ToSchema)]
pub struct Cells {
    /// Letters of the columns.
    #[schema(examples(json!(["B", "C", "D"])))]
    pub columns: Vec<String>,
    /// The rows from above to below; the first may be the sheet's own header.
    pub rows: Vec<CellRow>,
}

/// A row of it.
#[derive(Serialize, ToSchema)]
pub struct CellRow {
    /// Its number, as the spreadsheet shows it.
    pub row: u32,
    /// What its cells show, one for each column.
    pub texts: Vec<String>,
    /// Which of them the fact was taken from, from 0; null for none of this row.
    pub cited: Option<usize>,
}

/// A paragraph in three parts.
#[derive(Serialize, ToSchema)]
pub struct Passage {
    /// What stands before the sentence.
    pub before: String,
    /// The sentence as the document writes it.
    pub sentence: String,
    /// What stands after it.
    pub after: String,
    /// Which paragraph of the document, from 1.
    #[schema(minimum = 1)]
    pub paragraph: usize,
}

/// `GET /api/v1/sources`.
pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let limit = asked.limit() as usize;
    let sight = access::sight(&viewer);
    let query = SourceQuery {
        sight: &sight,
        kind: asked.get("kind"),
        before: asked.get("after").map(cursor_parts).transpose()?,
        as_of: viewer.reading(),
        // One more than is shown tells whether there is a next page.
        limit: asked.limit() + 1,
    };
    let mut sources = app.ledger.sources(&query).await?;
    let more = sources.len() > limit;
    sources.truncate(limit);
    let next = sources.last().filter(|_| more);
    let next = next.map(|last| cursor_text(&Json::from(last.id)));
    let items = sources.into_iter().map(listed).collect();
    found(&headers, &SourcePage { items, next })
}

fn listed(source: KeptSource) -> ListedSource {
    let file = source.file_name;
    let sha256 = source.file_sha256.unwrap_or_default();
    ListedSource {
        id: source.id,
        recorded_at: moment_text(source.recorded_at),
        origin: match source.kind.as_str() {
            "sheet" => Source::Sheet {
                file,
                sha256,
                sheet: source.sheet.unwrap_or_default(),
            },
            "quote" => Source::Quote {
                file,
                sha256,
                quote: source.quote.unwrap_or_default(),
            },
            "form" => Source::Form {
                form: source.form.unwrap_or_default(),
            },
            _ => Source::Api {
                request: source.request_id.unwrap_or_default(),
                quote: source.quote,
            },
        },
    }
}

/// `GET /api/v1/sources/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    asked: Asked,
) -> Result<Response, Fault> {
    let limit = asked.limit() as usize;
    let sight = access::sight(&viewer);
    let as_of = viewer.reading();
    let source = app.ledger.kept_source(&sight, id, as_of).await?;
    let after: Option<i64> = asked.get("after").map(cursor_parts).transpose()?;
    let after = after.unwrap_or(0);
    let mut facts = app
        .ledger
        .facts_of_source(&sight, id, after, asked.limit() + 1, as_of)
        .await?;
    let more = facts.len() > limit;
    facts.truncate(limit);
    let next = facts.last().filter(|_| more);
    let next = next.map(|last| cursor_text(&Json::from(last.id)));
    let source = listed(source);
    let body = SourceWithFacts {
        id: source.id,
        origin: source.origin,
        recorded_at: source.recorded_at,
        items: taken_facts(&app, facts, as_of).await?,
        next,
    };
    found(&headers, &body)
}

/// The facts with the names of their subjects, which are known to be in sight.
async fn taken_facts(
    app: &App,
    facts: Vec<FactRecord>,
    as_of: AsOf,
) -> Result<Vec<TakenFact>, Fault> {
    let mut names: HashMap<i64, SubjectName> = HashMap::new();
    let mut taken = Vec::with_capacity(facts.len());
    for record in facts {
        let subject = match names.entry(record.subject_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let everything = Scope::everything();
                let subject = app.ledger.subject(&everything, record.subject_id, as_of);
                vacant.insert(named(&subject.await?))
            }
        };
        let subject = subject.clone();
        taken.extend(fact_of(&record).map(|fact| TakenFact {
            subject,
            cell: record.cell.map(|cell| cell.to_string()),
            fact,
        }));
    }
    Ok(taken)
}

/// `GET /api/v1/facts/{id}/source`.
pub async fn around(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let (fact, _) = access::seen_fact(&app, &viewer, id).await?;
    let from = app
        .ledger
        .source_of_fact(&Scope::everything(), fact.id)
        .await?;
    let around = surroundings::of(&app, &viewer, &from.source).await?;
    let (cells, missing) = match around.cells {
        Some(Ok(piece)) => (Some(cells_of(piece)), None),
        Some(Err(why)) => (None, Some(missing(why))),
        None => (None, None),
    };
    let body = SourceAround {
        fact: fact.id,
        source_id: fact.source_id,
        source: source_of(from.source, from.file_name),
        cells,
        passage: around.passage.map(|passage| Passage {
            before: passage.before,
            sentence: passage.sentence,
            after: passage.after,
            paragraph: passage.paragraph,
        }),
        missing,
        reduced: around.reduced,
        may_take_file: around.may_take_file,
    };
    found(&headers, &body)
}

fn cells_of(piece: Neighbourhood) -> Cells {
    Cells {
        columns: piece.columns,
        rows: piece
            .rows
            .into_iter()
            .map(|row| CellRow {
                row: row.number,
                cited: row.cells.iter().position(|cell| cell.cited),
                texts: row.cells.into_iter().map(|cell| cell.text).collect(),
            })
            .collect(),
    }
}

fn missing(why: NotShown) -> &'static str {
    match why {
        NotShown::Unreadable => "unreadable",
        NotShown::NoSuchSheet => "no_such_sheet",
        NotShown::NotKept => "not_kept",
    }
}
