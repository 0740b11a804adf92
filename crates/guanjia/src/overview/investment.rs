//! Investment against the year's plan, park by park, and the projects that need a look.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger::Organisation;
use ledger::projection::ProjectRow;
use serde_json::{Value as Json, json};

use crate::lists::cells::StandingMark;
use crate::projects::standing::{self, Standing};
use crate::shell::{Viewer, display, figure};

/// Projects listed as needing a look.
const ATTENTION: usize = 8;
/// Days looked back for what has become late.
const WEEK_DAYS: i64 = 7;

/// Counts and sums of some projects. Money is fen; what is not known is left out of sums.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Projects.
    pub count: usize,
    /// With an overdue milestone.
    pub late: usize,
    /// Of them, those that were not overdue a week before.
    pub newly_late: usize,
    /// Behind the year's plan.
    pub behind: usize,
    /// Planned for the year.
    pub plan: i64,
    /// Done of it.
    pub done: i64,
    /// Total investment.
    pub total: i64,
    /// Of how many the total is known.
    pub totals: usize,
    /// Of how many both plan and done are known.
    pub paced: usize,
}

impl Tally {
    fn add(&mut self, row: &ProjectRow, standing: &Standing, year: Option<i64>) {
        self.count += 1;
        if let Standing::Late { days, .. } = standing {
            self.late += 1;
            self.newly_late += usize::from(*days < WEEK_DAYS);
        }
        let pace = standing::pace(row).filter(|_| row.head.year == year);
        self.behind += usize::from(pace.is_some() && standing::is_behind(row));
        if let Some(total) = row.investment_total {
            self.total += total;
            self.totals += 1;
        }
        if let (Some(plan), Some(done), Some(_)) =
            (row.investment_plan_year, row.investment_done_year, pace)
        {
            self.plan += plan;
            self.done += done;
            self.paced += 1;
        }
    }

    /// Thousandths of the plan done; `None` without a plan.
    pub fn done_permille(&self) -> Option<i64> {
        (self.plan > 0)
            .then(|| i64::try_from(i128::from(self.done) * 1_000 / i128::from(self.plan)).ok())
            .flatten()
    }
}

/// A park beside the others.
pub struct ParkRow {
    /// Its name.
    pub name: String,
    /// Its projects.
    pub href: String,
    /// Counts and sums.
    pub tally: Tally,
    /// Share of the plan done, in words.
    pub share: String,
    /// Total, plan and done in 万元, each with the exact yuan; a dash without where nothing is known.
    pub amounts: [(String, String); 3],
    /// Its overdue projects.
    pub late_href: String,
}

/// A project that needs a look.
pub struct AttentionRow {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Its park.
    pub park: String,
    /// How it stands and why.
    pub mark: StandingMark,
    /// Who answers for it.
    pub responsible: String,
}

/// How the projects of the scope stand.
pub struct Standings {
    /// The day they are judged on.
    pub day: NaiveDate,
    /// The year of the plan; `None` where no row has one.
    pub year: Option<i64>,
    /// All of them.
    pub whole: Tally,
    /// Park by park.
    pub parks: Vec<ParkRow>,
    /// Those that need a look, the most urgent first.
    pub attention: Vec<AttentionRow>,
    /// The chart of parks.
    pub chart: Json,
}

/// Judges all rows on the last day that any of them reports.
pub fn of(viewer: &Viewer, rows: &[ProjectRow], organisations: &[Organisation]) -> Standings {
    let day = standing::judged_on(rows, viewer.day());
    let year = rows.iter().filter_map(|row| row.head.year).max();
    let mut whole = Tally::default();
    let mut by_park: BTreeMap<(usize, String), (Option<i64>, Tally)> = BTreeMap::new();
    let mut urgent: Vec<((u8, i64), &ProjectRow, Standing)> = Vec::new();
    for row in rows {
        let standing = Standing::of(row, day);
        whole.add(row, &standing, year);
        let place = organisations
            .iter()
            .position(|one| one.id == row.head.organisation_id && one.parent_id.is_some());
        let name = match place {
            Some(place) => organisations[place].name.clone(),
            None => row
                .park
                .clone()
                .unwrap_or_else(|| viewer.lang.t("park-none")),
        };
        let key = (place.unwrap_or(usize::MAX), name);
        let id = place.map(|place| organisations[place].id);
        let (_, tally) = by_park.entry(key).or_insert_with(|| (id, Tally::default()));
        tally.add(row, &standing, year);
        let urgency = standing.urgency();
        if urgency.0 >= 2 {
            urgent.push((urgency, row, standing));
        }
    }
    urgent.sort_by_key(|(urgency, row, _)| (std::cmp::Reverse(*urgency), row.head.subject_id));
    let attention = urgent
        .iter()
        .take(ATTENTION)
        .map(|(_, row, _)| attention(viewer, row, day));
    let parks: Vec<ParkRow> = by_park
        .into_iter()
        .map(|((_, name), (id, tally))| park_row(viewer, name, id, tally, day))
        .collect();
    let chart = chart(viewer, &parks, day);
    Standings {
        day,
        year,
        whole,
        attention: attention.collect(),
        parks,
        chart,
    }
}

fn attention(viewer: &Viewer, row: &ProjectRow, day: NaiveDate) -> AttentionRow {
    let responsible = row
        .responsible_department
        .clone()
        .or_else(|| row.responsible_leader.clone());
    AttentionRow {
        name: row.head.name.clone(),
        href: viewer.href(&format!("/projects/{}", row.head.subject_id)),
        park: row.park.clone().unwrap_or_default(),
        mark: standing::mark(row, day, viewer.lang),
        responsible: responsible.unwrap_or_else(|| "—".to_owned()),
    }
}

fn park_row(
    viewer: &Viewer,
    name: String,
    id: Option<i64>,
    tally: Tally,
    day: NaiveDate,
) -> ParkRow {
    let address = |more: &str| match id {
        Some(id) => viewer.href(&format!("/projects?park={id}{more}")),
        None => String::new(),
    };
    let known = |fen: i64, rows: usize| {
        if rows == 0 {
            return ("—".to_owned(), String::new());
        }
        let yuan = figure::grouped(&domain::money::format_fen(fen));
        let exact = format!("{yuan} {}", viewer.lang.t("unit-yuan"));
        (figure::grouped(&display::wan_rounded(fen)), exact)
    };
    ParkRow {
        href: address(""),
        late_href: address(&format!("&late={day}")),
        share: tally
            .done_permille()
            .map_or_else(|| "—".to_owned(), standing::percent),
        amounts: [
            known(tally.total, tally.totals),
            known(tally.plan, tally.paced),
            known(tally.done, tally.paced),
        ],
        name,
        tally,
    }
}

fn chart(viewer: &Viewer, parks: &[ParkRow], day: NaiveDate) -> Json {
    let shown: Vec<&ParkRow> = parks.iter().filter(|park| park.tally.plan > 0).collect();
    let tenth = |permille: i64| {
        // A bar's length is for the eye; the table has the exact share.
        serde_json::Number::from_f64(rust_decimal::prelude::ToPrimitive::to_f64(
            &rust_decimal::Decimal::new(permille, 1),
        )?)
    };
    json!({
        "kind": "bars",
        "unit": "%",
        "categories": shown.iter().map(|park| park.name.as_str()).collect::<Vec<_>>(),
        "series": [{
            "name": viewer.lang.t("plan-done-share"),
            "role": "actual",
            "values": shown
                .iter()
                .map(|park| park.tally.done_permille().and_then(tenth))
                .collect::<Vec<_>>(),
        }],
        "target": tenth(standing::time_permille(day)),
        "target_words": viewer.lang.with(
            "time-passed",
            standing::percent(standing::time_permille(day)),
        ),
    })
}
