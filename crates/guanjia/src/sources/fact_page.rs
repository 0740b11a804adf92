//! Where one fact comes from: a page, and the same in the side panel.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{SourceRef, SubjectKind};
use ledger::facts::FactVersion;
use ledger::{FactRecord, Subject};

use super::access;
use super::cells::{Neighbourhood, NotShown};
use super::document::Passage;
use super::surroundings::{self, Surroundings};
use crate::app::App;
use crate::labels;
use crate::shell::{Figure, Page, PageError, Viewer, display, figure, footnotes, render};
use crate::words::Lang;

#[derive(Template)]
#[template(path = "sources/fact_page.html")]
struct FactPage {
    page: Page,
    source: SourceView,
}

#[derive(Template)]
#[template(path = "sources/_source.html")]
struct SourcePanel {
    page: Page,
    source: SourceView,
}

/// All that is shown of where a fact comes from.
struct SourceView {
    self_href: String,
    label: String,
    period: String,
    figure: Figure,
    subject: String,
    subject_href: String,
    place: Place,
    file_name: String,
    file_href: String,
    has_file: bool,
    import_href: String,
    recorded: String,
    actor: String,
    known_on: String,
    superseded_by: String,
    versions: Vec<Version>,
}

/// The place itself, as far as it can be shown.
enum Place {
    Cell {
        sheet: String,
        cell: String,
        piece: Result<Neighbourhood, String>,
        /// That rows of others are left out; empty where none are.
        others: String,
    },
    Quote {
        quote: String,
        passage: Option<Passage>,
        /// That sentences of others are left out; empty where none are.
        others: String,
    },
    Form {
        form: String,
    },
    Api {
        request_id: String,
        quote: String,
    },
}

/// One step of the history.
struct Version {
    value: String,
    when: String,
    who: String,
    how: String,
    href: String,
    current: bool,
    counts: bool,
}

/// `GET /facts/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let (fact, subject) = access::seen_fact(&app, &viewer, id).await?;
    let source = view(&app, &viewer, fact, &subject).await?;
    let section = match subject.kind {
        SubjectKind::Project => "projects",
        SubjectKind::Enterprise => "enterprises",
        _ => "overview",
    };
    let title = viewer.lang.with("source-of", &source.label);
    let page = Page::new(&viewer, section, title).at(&[
        (
            &source.subject,
            access::page_of(&subject.kind, subject.id).as_str(),
        ),
        (&source.label, ""),
    ]);
    if headers.contains_key("hx-request") {
        return render(&SourcePanel { page, source });
    }
    render(&FactPage { page, source })
}

async fn view(
    app: &App,
    viewer: &Viewer,
    fact: FactRecord,
    subject: &Subject,
) -> Result<SourceView, PageError> {
    let lang = viewer.lang;
    // The scope was tested before: what follows is about this one fact.
    let scope = viewer.scope(crate::shell::Permission::SeeFacts);
    let found = app.ledger.source_of_fact(&scope, fact.id).await?;
    let history = app
        .ledger
        .history_of(
            &scope,
            subject.id,
            &fact.variable,
            &fact.period,
            viewer.reading(),
        )
        .await?;
    let last = history.last().map_or(fact.id, |version| version.fact.id);
    let superseded_by = if last == fact.id {
        String::new()
    } else {
        viewer.href(&format!("/facts/{last}"))
    };
    let versions = history
        .iter()
        .rev()
        .map(|step| version(viewer, &subject.kind, step, &fact, last))
        .collect();
    let around = surroundings::of(app, viewer, &found.source).await?;
    let has_file = found.file_name.is_some() && around.may_take_file;
    let import_href = match found.import_id {
        Some(import) if viewer.may(crate::shell::Permission::Import) => {
            viewer.href(&format!("/imports/{import}"))
        }
        _ => String::new(),
    };
    let subject_name = if subject.name.is_empty() {
        "—".to_owned()
    } else {
        subject.name.clone()
    };
    Ok(SourceView {
        self_href: viewer.href(&format!("/facts/{}", fact.id)),
        label: labels::words(&subject.kind, &fact.variable, lang),
        period: figure::period_words(&fact.period, lang),
        figure: Figure {
            href: String::new(),
            ..Figure::of_fact(viewer, &subject.kind, &fact)
        },
        subject: subject_name,
        subject_href: viewer.href(&access::page_of(&subject.kind, subject.id)),
        place: place(lang, found.source, around),
        file_name: found.file_name.unwrap_or_default(),
        file_href: format!("/facts/{}/file", fact.id),
        has_file,
        import_href,
        recorded: moment(fact.recorded_at),
        actor: display::actor(&found.actor, lang),
        known_on: fact.known_on.map(|day| day.to_string()).unwrap_or_default(),
        superseded_by,
        versions,
    })
}

/// The place in words, with what may be shown around it.
fn place(lang: Lang, source: SourceRef, around: Surroundings) -> Place {
    let others = if around.reduced {
        lang.t("source-others-hidden")
    } else {
        String::new()
    };
    match source {
        SourceRef::Cell { sheet, cell, .. } => Place::Cell {
            sheet,
            cell: cell.to_string(),
            piece: around
                .cells
                .unwrap_or(Err(NotShown::NotKept))
                .map_err(|why| match why {
                    NotShown::Unreadable => lang.t("source-unreadable"),
                    NotShown::NoSuchSheet => lang.t("source-no-sheet"),
                    NotShown::NotKept => lang.t("source-not-kept"),
                }),
            others,
        },
        SourceRef::Quote { quote, .. } => Place::Quote {
            quote,
            passage: around.passage,
            others,
        },
        SourceRef::Form { form } => Place::Form {
            form: footnotes::form_words(&form, lang),
        },
        SourceRef::Api { request_id, quote } => Place::Api {
            request_id,
            quote: quote.unwrap_or_default(),
        },
    }
}

fn version(
    viewer: &Viewer,
    kind: &SubjectKind,
    step: &FactVersion,
    asked: &FactRecord,
    last: i64,
) -> Version {
    let lang = viewer.lang;
    let fact = &step.fact;
    Version {
        value: Figure::of_fact(viewer, kind, fact).plain(),
        when: moment(fact.recorded_at),
        who: display::actor(&step.actor, lang),
        how: action_words(&step.action, lang),
        href: viewer.href(&format!("/facts/{}", fact.id)),
        current: fact.id == asked.id,
        counts: fact.id == last,
    }
}

/// What the audit calls a write, in words.
pub fn action_words(action: &str, lang: Lang) -> String {
    let key = format!("recorded-by-{}", action.replace(['.', '_'], "-"));
    lang.find(&key).unwrap_or_else(|| action.to_owned())
}

/// A moment of the ledger, in Asia/Shanghai to the minute.
pub fn moment(at: ledger::Timestamp) -> String {
    at.to_datetime().map(display::moment).unwrap_or_default()
}
