//! The cockpit of the zone shown.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::SubjectKind;
use ledger::OrganisationKind;
use ledger::projection::{ListQuery, ProjectRow};

use super::changes::{self, Changes};
use super::growth::{self, GrowthRow};
use super::investment::{self, Standings};
use super::subjects::{self, Section};
use crate::app::App;
use crate::projects::facts_table::{self, FactLine};
use crate::projects::standing;
use crate::shell::{Page, PageError, Permission, Viewer, display, figure, render_with_sources};

/// Rows read at once when all projects of a zone are judged.
const CHUNK: u32 = 5_000;

#[derive(Template)]
#[template(path = "overview/cockpit.html")]
struct Cockpit {
    page: Page,
    growth: Vec<GrowthRow>,
    growth_finding: String,
    growth_chart: String,
    zone_lines: Vec<FactLine>,
    standings: Option<Standings>,
    shown: Shown,
    sections: Vec<Section>,
    changes: Option<Changes>,
    import_href: String,
    sees_projects: bool,
    empty: bool,
}

/// Numbers of the opening sentence and of the figures under it, as words.
#[derive(Default)]
struct Shown {
    projects_href: String,
    late_href: String,
    behind_href: String,
    done_share: String,
    time_permille: i64,
    time_share: String,
    plan: String,
    done: String,
    plan_exact: String,
    done_exact: String,
    day: String,
    stale: String,
    on_pace: bool,
    chart: String,
    finding: String,
}

/// `GET /`.
pub async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, PageError> {
    let scope = viewer.scope(Permission::SeeOverview);
    let mut organisations = app.ledger.organisations(&scope, viewer.reading()).await?;
    organisations.retain(|one| {
        one.zone_id == viewer.zone_id()
            && matches!(
                one.kind,
                OrganisationKind::Zone | OrganisationKind::CorePark | OrganisationKind::SubPark
            )
    });
    let facts = subjects::zone_facts(&app, &viewer, &scope, &organisations).await?;
    let growth = growth::rows(&viewer, &facts);
    let in_growth = !growth.is_empty();
    let zone_lines = facts_table::lines(&viewer, &SubjectKind::Zone, &facts, "", |fact| {
        fact.variable != "name" && !(in_growth && growth::shows(&fact.variable))
    });
    let rows = projects(&app, &viewer).await?;
    let standings = (!rows.is_empty()).then(|| investment::of(&viewer, &rows, &organisations));
    let shown = standings
        .as_ref()
        .map(|found| shown(&viewer, found))
        .unwrap_or_default();
    let sections = subjects::sections(&app, &viewer, &scope).await?;
    let title = viewer.lang.t("nav-overview");
    let cockpit = Cockpit {
        page: Page::new(&viewer, "overview", title.clone()).at(&[(&title, "")]),
        empty: growth.is_empty()
            && zone_lines.is_empty()
            && standings.is_none()
            && sections.is_empty(),
        growth_finding: growth::finding(&viewer, &growth),
        growth_chart: growth::chart(&viewer, &growth)
            .map(|chart| crate::projects::json_block(&chart))
            .unwrap_or_default(),
        growth,
        zone_lines,
        standings,
        shown,
        sections,
        changes: changes::of(&app, &viewer).await?,
        sees_projects: viewer.may(Permission::SeeProjects),
        import_href: if viewer.may(Permission::Import) {
            "/imports".to_owned()
        } else {
            String::new()
        },
    };
    render_with_sources(&app, &viewer, &cockpit).await
}

/// All projects of the scope; none for whoever may not see projects.
async fn projects(app: &App, viewer: &Viewer) -> Result<Vec<ProjectRow>, PageError> {
    let scope = viewer.scope(Permission::SeeProjects);
    if scope.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = ListQuery::of_zone(viewer.zone_id());
    query.limit = CHUNK;
    let mut rows = Vec::new();
    loop {
        let page = app
            .ledger
            .list::<ProjectRow>(&scope, &query, viewer.reading())
            .await?;
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(rows),
        }
    }
}

fn shown(viewer: &Viewer, standings: &Standings) -> Shown {
    let lang = viewer.lang;
    let whole = &standings.whole;
    let money = |fen: i64| {
        let amount = display::amount(fen, lang);
        (
            format!("{} {}", figure::grouped(&amount.digits), amount.unit),
            format!("{} {}", figure::grouped(&amount.exact), lang.t("unit-yuan")),
        )
    };
    let (plan, plan_exact) = money(whole.plan);
    let (done, done_exact) = money(whole.done);
    let time = standing::time_permille(standings.day);
    let done_permille = whole.done_permille();
    let year = standings
        .year
        .map(|year| format!("&year={year}"))
        .unwrap_or_default();
    let days = (viewer.day() - standings.day).num_days();
    let day = standings.day.to_string();
    let time_share = standing::percent(time);
    let ahead = standings
        .parks
        .iter()
        .filter(|park| park.tally.done_permille().is_some_and(|done| done >= time))
        .count()
        .to_string();
    let paced = standings
        .parks
        .iter()
        .filter(|park| park.tally.plan > 0)
        .count()
        .to_string();
    Shown {
        projects_href: viewer.href("/projects"),
        late_href: viewer.href(&format!("/projects?late={day}")),
        behind_href: viewer.href(&format!(
            "/projects?pace={}{year}",
            rust_decimal::Decimal::new(time, 1).normalize()
        )),
        done_share: done_permille.map_or_else(|| "—".to_owned(), standing::percent),
        on_pace: done_permille.is_some_and(|done| done >= time),
        stale: if days > 0 {
            lang.with("data-days-old", days)
        } else {
            String::new()
        },
        finding: lang.with_all(
            "parks-finding",
            &[("ahead", &ahead), ("parks", &paced), ("time", &time_share)],
        ),
        chart: crate::projects::json_block(&standings.chart),
        time_permille: time,
        time_share,
        plan,
        done,
        plan_exact,
        done_exact,
        day,
    }
}
