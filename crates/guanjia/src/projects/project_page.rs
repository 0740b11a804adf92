//! One project: how it stands and why, its facts with their sources, its milestones, its investment.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::{SubjectKind, Value};
use ledger::projection::{Bound, Filter, ListQuery, ProjectRow};
use ledger::subjects::SubjectQuery;
use ledger::{FactRecord, Subject, SubjectStatus};

use super::building::{Typed, Wrong};
use super::curve::{self, Curve};
use super::facts_table::{self, FactLine};
use super::milestones::{self, Milestone};
use super::next_step::{self, NextStep};
use super::standing;
use crate::app::App;
use crate::lists::Address;
use crate::lists::cells::StandingMark;
use crate::organisations::place;
use crate::shell::{FieldError, Figure, Page, PageError, Permission, Viewer, render_with_sources};
use crate::words::Lang;

/// Buildings shown.
const BUILDINGS: u32 = 200;
/// Related projects shown.
const RELATED: u32 = 8;
/// The first stage that the line of stages shows: signed.
const FIRST_STAGE: usize = 2;
/// Figures at the head, where they are known.
const HEADLINES: [&str; 4] = [
    "investment_total",
    "investment_plan_year",
    "investment_done_year",
    "investment_in_place",
];

#[derive(Template)]
#[template(path = "projects/project_page.html")]
struct ProjectPage {
    page: Page,
    name: String,
    invented: bool,
    closed: bool,
    mark: StandingMark,
    stages: Vec<Stage>,
    judged_on: String,
    headlines: Vec<Headline>,
    lines: Vec<FactLine>,
    milestones: Vec<Milestone>,
    curve: Option<Curve>,
    chart: String,
    buildings: Vec<Building>,
    building: BuildingForm,
    saved: String,
    next: Option<NextStep>,
    today: String,
    owner: Option<Link>,
    related: Vec<Link>,
    edit_href: String,
    history_href: String,
    problems: Vec<Figure>,
}

/// A stage of a project's life, and whether it has come to it.
struct Stage {
    words: String,
    reached: bool,
    current: bool,
}

struct Headline {
    label: String,
    period: String,
    figure: Figure,
}

struct Building {
    name: String,
    part: Figure,
    share: Figure,
    percent: Option<u32>,
    quantity: Figure,
    seen_on: Figure,
}

/// A link to a related page.
pub struct Link {
    /// What it is called.
    pub words: String,
    /// Where it leads.
    pub href: String,
}

/// The form that a building's progress is typed into.
struct BuildingForm {
    href: String,
    typed: Typed,
    error: FieldError,
}

/// `GET /projects/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = Address::parse(&query.unwrap_or_default());
    let saved = address.get("saved").unwrap_or_default();
    page(&app, &viewer, id, saved, None).await
}

/// The page of a project: after something was `saved`, or with what was typed wrong.
pub async fn page(
    app: &App,
    viewer: &Viewer,
    id: i64,
    saved: &str,
    wrong: Option<(Typed, Wrong)>,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let kind = SubjectKind::Project;
    let scope = viewer.scope(Permission::SeeProjects);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != kind {
        return Err(PageError::NotFound);
    }
    let facts = app.ledger.facts_of(&scope, id, viewer.reading()).await?;
    let row = row(app, viewer, &subject).await?;
    let day = row
        .as_ref()
        .map_or(viewer.day(), |row| standing::row_day(row, viewer.day()));
    let mark = row.as_ref().map_or_else(
        || standing::Standing::NotKnown.mark(lang),
        |row| standing::mark(row, day, lang),
    );
    let milestones = milestones::of(viewer, &facts, day);
    let mark = overdue_mark(viewer, &milestones, mark);
    let may_edit =
        viewer
            .scope(Permission::EditProjects)
            .covers_subject(id, subject.owner_id, &subject.path)
            && !viewer.is_past();
    let edit_path = if may_edit {
        format!("/projects/{id}/correction")
    } else {
        String::new()
    };
    let headlines = headlines(viewer, &facts);
    let lines = facts_table::lines(viewer, &kind, &facts, &edit_path, |fact| {
        fact.variable != "name" && !milestones::is_milestone(&fact.variable)
    });
    let problems = facts
        .iter()
        .filter(|fact| fact.variable == "problems")
        .map(|fact| Figure::of_fact(viewer, &kind, fact))
        .collect();
    let curve = curve::of(viewer, &facts);
    let see = Permission::SeeProjects;
    let way = place::way_to(app, viewer, see, "projects", &subject).await?;
    let page = ProjectPage {
        page: Page::new(viewer, "projects", subject.name.clone()).along(way, &[]),
        saved: saved_words(saved, lang),
        next: next_step::of(viewer, row.as_ref(), day, &milestones, &edit_path),
        building: building_form(viewer, &edit_path, wrong),
        invented: subject.invented,
        closed: subject.status == SubjectStatus::Closed,
        mark,
        stages: stages(row.as_ref(), lang),
        judged_on: day.to_string(),
        headlines,
        lines,
        milestones,
        chart: curve
            .as_ref()
            .map(|curve| json_block(&curve.chart))
            .unwrap_or_default(),
        curve,
        buildings: buildings(app, viewer, id).await?,
        today: viewer.day().to_string(),
        owner: owner(app, viewer, &subject).await?,
        related: related(app, viewer, row.as_ref()).await?,
        history_href: viewer.href(&format!("/projects/{id}/history")),
        edit_href: edit_path,
        problems,
        name: subject.name,
    };
    render_with_sources(app, viewer, &page).await
}

/// What was saved, in words; empty for nothing.
pub fn saved_words(saved: &str, lang: Lang) -> String {
    match saved {
        "fact" => lang.t("saved-fact"),
        "retraction" => lang.t("saved-retraction"),
        "progress" => lang.t("saved-progress"),
        _ => String::new(),
    }
}

/// The form, with what was typed wrong, or empty but for today; without an address for whoever may not
/// report.
fn building_form(viewer: &Viewer, edit_path: &str, wrong: Option<(Typed, Wrong)>) -> BuildingForm {
    let href = edit_path.replace("/correction", "/buildings");
    let Some((typed, wrong)) = wrong else {
        return BuildingForm {
            href,
            typed: Typed {
                seen_on: viewer.day().to_string(),
                ..Typed::default()
            },
            error: FieldError::default(),
        };
    };
    let words = viewer.lang.find(wrong.key).unwrap_or_default();
    BuildingForm {
        href,
        typed,
        error: FieldError::new(wrong.field, words),
    }
}

/// The stages from signing on, in the order of a project's life; none where its own is not known or
/// stands outside that order.
fn stages(row: Option<&ProjectRow>, lang: Lang) -> Vec<Stage> {
    let own = row.and_then(|row| row.stage.as_deref());
    let life = &standing::STAGES[FIRST_STAGE..standing::LIFE_STAGES];
    let Some(reached) = own.and_then(|own| life.iter().position(|stage| *stage == own)) else {
        return Vec::new();
    };
    life.iter()
        .enumerate()
        .map(|(at, stage)| Stage {
            words: crate::labels::code_words(&SubjectKind::Project, "stage", stage, lang),
            reached: at <= reached,
            current: at == reached,
        })
        .collect()
}

/// The mark, made red by a milestone that only the timeline knows of.
fn overdue_mark(viewer: &Viewer, milestones: &[Milestone], mark: StandingMark) -> StandingMark {
    let over = milestones
        .iter()
        .filter_map(|one| Some((one.days_over?, one)));
    let Some((days, milestone)) = over.max_by_key(|(days, _)| *days) else {
        return mark;
    };
    if mark.class == "red" {
        return mark;
    }
    let days = days.to_string();
    let values = [
        ("milestone", milestone.label.as_str()),
        ("days", days.as_str()),
    ];
    StandingMark {
        class: "red",
        words: viewer.lang.t("standing-late"),
        reason: viewer.lang.with_all("standing-late-milestone", &values),
    }
}

/// JSON that may stand inside a script element: no sign in it can end the element.
pub fn json_block(json: &serde_json::Value) -> String {
    json.to_string().replace('<', "\\u003c")
}

/// The project's row of the list, which knows how it stands.
async fn row(
    app: &App,
    viewer: &Viewer,
    subject: &Subject,
) -> Result<Option<ProjectRow>, PageError> {
    let mut query = ListQuery::of_zone(subject.zone_id);
    query.limit = 200;
    query.filters = match &subject.code {
        Some(code) => vec![Filter {
            column: "code".to_owned(),
            bound: Bound::OneOf(vec![code.clone()]),
        }],
        None => vec![Filter {
            column: "code".to_owned(),
            bound: Bound::Unknown,
        }],
    };
    if subject.code.is_none() {
        query.search = Some(subject.name.clone());
    }
    let scope = viewer.scope(Permission::SeeProjects);
    let found = app
        .ledger
        .list::<ProjectRow>(&scope, &query, viewer.reading())
        .await?;
    Ok(found
        .rows
        .into_iter()
        .find(|row| row.head.subject_id == subject.id))
}

fn headlines(viewer: &Viewer, facts: &[FactRecord]) -> Vec<Headline> {
    HEADLINES
        .iter()
        .filter_map(|name| {
            let fact = facts
                .iter()
                .filter(|fact| fact.variable == *name)
                .max_by_key(|fact| (standing::last_day(&fact.period), fact.id))?;
            Some(Headline {
                label: crate::labels::words(&SubjectKind::Project, name, viewer.lang),
                period: crate::shell::figure::period_words(&fact.period, viewer.lang),
                figure: Figure::of_fact(viewer, &SubjectKind::Project, fact),
            })
        })
        .collect()
}

async fn buildings(app: &App, viewer: &Viewer, id: i64) -> Result<Vec<Building>, PageError> {
    let kind = SubjectKind::Record("building".to_owned());
    let scope = viewer.scope(Permission::SeeProjects);
    let query = SubjectQuery {
        kind: kind.clone(),
        zone_id: None,
        owner_id: Some(id),
        after: None,
        limit: BUILDINGS,
    };
    // A building is seen by whoever sees its project, which was tested before.
    let found = app
        .ledger
        .subjects(&scope, &query, viewer.reading())
        .await?;
    let ids: Vec<i64> = found.iter().map(|building| building.id).collect();
    let facts = app
        .ledger
        .facts_of_many(&scope, &ids, viewer.reading())
        .await?;
    Ok(found
        .into_iter()
        .map(|building| {
            let own = facts
                .get(&building.id)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let find = |name: &str| own.iter().find(|fact| fact.variable == name);
            let figure = |name: &str| Figure::of(viewer, &kind, find(name));
            Building {
                name: building.name,
                part: figure("part"),
                percent: find("done_share").and_then(percent),
                share: figure("done_share"),
                quantity: figure("done_quantity"),
                seen_on: figure("seen_on"),
            }
        })
        .collect())
}

fn percent(fact: &FactRecord) -> Option<u32> {
    match fact.value {
        Some(Value::Ratio(ratio)) => {
            u32::try_from((ratio * rust_decimal::Decimal::ONE_HUNDRED).round()).ok()
        }
        _ => None,
    }
}

/// The enterprise that owns it, where this person may see enterprises.
async fn owner(app: &App, viewer: &Viewer, subject: &Subject) -> Result<Option<Link>, PageError> {
    let scope = viewer.scope(Permission::SeeEnterprises);
    let Some(owner) = subject.owner_id else {
        return Ok(None);
    };
    match app.ledger.subject(&scope, owner, viewer.reading()).await {
        Ok(owner) => Ok(Some(Link {
            words: owner.name,
            href: viewer.href(&format!("/enterprises/{}", owner.id)),
        })),
        Err(ledger::LedgerError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Other projects of the same owner, as the ledger writes it.
async fn related(
    app: &App,
    viewer: &Viewer,
    row: Option<&ProjectRow>,
) -> Result<Vec<Link>, PageError> {
    let Some((row, owner)) = row.and_then(|row| Some((row, row.owner.clone()?))) else {
        return Ok(Vec::new());
    };
    let mut query = ListQuery::of_zone(row.head.zone_id);
    query.limit = RELATED;
    query.filters = vec![Filter {
        column: "owner".to_owned(),
        bound: Bound::OneOf(vec![owner]),
    }];
    let scope = viewer.scope(Permission::SeeProjects);
    let found = app
        .ledger
        .list::<ProjectRow>(&scope, &query, viewer.reading())
        .await?;
    Ok(found
        .rows
        .into_iter()
        .filter(|other| other.head.subject_id != row.head.subject_id)
        .map(|other| Link {
            href: viewer.href(&format!("/projects/{}", other.head.subject_id)),
            words: other.head.name,
        })
        .collect())
}
