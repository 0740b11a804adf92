//! Every value that was ever recorded of a subject: what was superseded, by whom and when.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::SubjectKind;

use crate::app::App;
use crate::labels;
use crate::shell::{Figure, Page, PageError, Permission, Viewer, figure, render};
use crate::sources;

#[derive(Template)]
#[template(path = "projects/history.html")]
struct HistoryPage {
    page: Page,
    name: String,
    href: String,
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
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    page(
        &app,
        &viewer,
        id,
        &SubjectKind::Project,
        Permission::SeeProjects,
        "projects",
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
                who: step.actor.clone(),
                how: sources::action_words(&step.action, lang),
                counts: step.fact.id == fact.id,
            })
            .collect();
        lines.push(HistoryLine {
            label: labels::words(kind, &fact.variable, lang),
            period: figure::period_words(&fact.period, lang),
            steps,
        });
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.steps.len()));
    let corrected = lines.iter().filter(|line| line.steps.len() > 1).count();
    let href = viewer.href(&format!("/{section}/{id}"));
    let list = lang.find(&format!("nav-{section}")).unwrap_or_default();
    let title = lang.with("history-of", &subject.name);
    let list_href = format!("/{section}");
    let own_href = format!("/{section}/{id}");
    let words = lang.t("history");
    let page = Page::new(viewer, section, title).at(&[
        (&list, &list_href),
        (&subject.name, &own_href),
        (&words, ""),
    ]);
    render(&HistoryPage {
        page,
        name: subject.name,
        href,
        lines,
        corrected,
    })
}
