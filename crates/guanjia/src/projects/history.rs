//! Every value that was ever recorded of a subject: what was superseded, by whom and when.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::SubjectKind;

use crate::app::App;
use crate::labels;
use crate::organisations::place;
use crate::shell::{
    Figure, Page, PageError, Permission, Viewer, display, figure, render, render_with_sources,
};
use crate::sources;

#[derive(Template)]
#[template(path = "projects/history.html")]
struct HistoryPage {
    page: Page,
    history: History,
}

/// The same at the side of another page.
#[derive(Template)]
#[template(path = "projects/_history.html")]
struct HistoryPanel {
    page: Page,
    history: History,
}

/// What was recorded of a subject.
struct History {
    name: String,
    href: String,
    self_href: String,
    lines: Vec<HistoryLine>,
    corrected: usize,
}

struct HistoryLine {
    label: String,
    period: String,
    steps: Vec<Step>,
}

struct Step {
    figure: Figure,
    when: String,
    who: String,
    how: String,
    counts: bool,
}

/// `GET /projects/{id}/history`.
pub async fn of_project(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    page(
        &app,
        &viewer,
        id,
        &SubjectKind::Project,
        Permission::SeeProjects,
        "projects",
        headers.contains_key("hx-request"),
    )
    .await
}

/// The history of a subject of this kind; values that were corrected come first.
pub async fn page(
    app: &App,
    viewer: &Viewer,
    id: i64,
    kind: &SubjectKind,
    permission: Permission,
    section: &'static str,
    in_side: bool,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(permission);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != *kind {
        return Err(PageError::NotFound);
    }
    let mut lines = Vec::new();
    for fact in app.ledger.facts_of(&scope, id, viewer.reading()).await? {
        let history = app
            .ledger
            .history_of(&scope, id, &fact.variable, &fact.period, viewer.reading())
            .await?;
        let steps = history
            .iter()
            .rev()
            .map(|step| Step {
                figure: Figure::of_fact(viewer, kind, &step.fact),
                when: sources::moment(step.fact.recorded_at),
                who: display::actor(&step.actor, lang),
                how: sources::action_words(&step.action, lang),
                counts: step.fact.id == fact.id,
            })
            .collect();
        let line = HistoryLine {
            label: labels::words(kind, &fact.variable, lang),
            period: figure::period_words(&fact.period, lang),
            steps,
        };
        lines.push((labels::place(kind, &fact.variable), line));
    }
    // What was corrected first, then in the rulebook's order.
    lines.sort_by_key(|(place, line)| (std::cmp::Reverse(line.steps.len()), *place));
    let lines: Vec<HistoryLine> = lines.into_iter().map(|(_, line)| line).collect();
    let corrected = lines.iter().filter(|line| line.steps.len() > 1).count();
    let own_href = format!("/{section}/{id}");
    let way = place::way_to(app, viewer, permission, section, &subject).await?;
    let title = lang.with("history-of", &subject.name);
    let page = Page::new(viewer, section, title).along(way, &[&lang.t("history")]);
    let history = History {
        name: subject.name,
        href: viewer.href(&own_href),
        self_href: viewer.href(&format!("{own_href}/history")),
        lines,
        corrected,
    };
    if in_side {
        return render(&HistoryPanel { page, history });
    }
    render_with_sources(app, viewer, &HistoryPage { page, history }).await
}
