//! What the list of projects says of itself: how many are late, how many behind the year's plan.

use chrono::Datelike;
use ledger::projection::ListQuery;
use rust_decimal::Decimal;

use super::list::SPEC;
use super::standing;
use crate::app::App;
use crate::lists::opening::{Case, Told};
use crate::shell::{PageError, Viewer};

/// The cases, on the last day that any project of the scope reports, which is the cockpit's day too.
pub async fn told(app: &App, viewer: &Viewer) -> Result<Told, PageError> {
    let scope = viewer.scope(SPEC.permission);
    let whole = ListQuery::of_zone(viewer.zone_id());
    let periods = app
        .ledger
        .periods_of(
            SPEC.list,
            &scope,
            &whole,
            "investment_done_year",
            viewer.reading(),
        )
        .await?;
    let reported = periods.iter().filter_map(standing::last_day).max();
    let day = reported.map_or(viewer.day(), |day| day.min(viewer.day()));
    let mut cases = vec![Case {
        key: "opening-late",
        filters: vec![("late", day.to_string())],
    }];
    if reported.is_none() {
        return Ok(Told {
            cases,
            note: String::new(),
        });
    }
    let time = Decimal::new(standing::time_permille(day), 1).normalize();
    cases.push(Case {
        key: "opening-behind",
        filters: vec![("pace", time.to_string()), ("year", day.year().to_string())],
    });
    Ok(Told {
        cases,
        note: viewer.lang.with("data-until", day),
    })
}
