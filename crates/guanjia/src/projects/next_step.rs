//! The next thing to do with a project, as the way it stands calls for it.

use chrono::{Datelike, NaiveDate};
use domain::Period;
use ledger::projection::ProjectRow;

use super::facts_table;
use super::milestones::Milestone;
use super::standing::{self, Standing};
use crate::shell::Viewer;

/// What is to be done, and where.
pub struct NextStep {
    /// What it is.
    pub words: String,
    /// The form where it is done.
    pub href: String,
}

/// The next step of a project that stands so on a day; `None` where nothing calls for one, or this person
/// may not take it, which an empty `edit_path` says.
pub fn of(
    viewer: &Viewer,
    row: Option<&ProjectRow>,
    day: NaiveDate,
    milestones: &[Milestone],
    edit_path: &str,
) -> Option<NextStep> {
    if edit_path.is_empty() {
        return None;
    }
    let lang = viewer.lang;
    let step = |words: String, variable: &str, period: &Period| NextStep {
        words,
        href: facts_table::edit_href(edit_path, variable, period),
    };
    let overdue = milestones
        .iter()
        .filter_map(|one| Some((one.days_over?, one)))
        .max_by_key(|(days, _)| *days);
    if let Some((_, milestone)) = overdue {
        let words = lang.with("next-milestone", &milestone.label);
        return Some(step(words, milestone.name, &Period::Current));
    }
    match row.map(|row| (row, Standing::of(row, day))) {
        Some((row, Standing::Behind { .. })) => Some(match month_to_report(row, viewer.day()) {
            Some(period) => step(lang.t("next-investment"), "investment_done_year", &period),
            None => step(lang.t("next-problem"), "problems", &Period::Current),
        }),
        Some((row, Standing::NotKnown)) if row.stage.as_deref() != Some("cancelled") => Some(step(
            lang.t("next-planned-date"),
            "completed_on_planned",
            &Period::Current,
        )),
        None => Some(step(
            lang.t("next-planned-date"),
            "completed_on_planned",
            &Period::Current,
        )),
        _ => None,
    }
}

/// The months of the year up to the one after the last that was reported; `None` where that one is not over
/// yet on this day, or the year is.
fn month_to_report(row: &ProjectRow, today: NaiveDate) -> Option<Period> {
    next_months(standing::data_day(row)?, today)
}

fn next_months(reported: NaiveDate, today: NaiveDate) -> Option<Period> {
    if reported.month() == 12 {
        return None;
    }
    let next = Period::CumulativeMonth(reported.year(), reported.month() + 1);
    standing::last_day(&next)
        .filter(|end| *end < today)
        .map(|_| next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_after_the_last_is_reported_once_it_is_over() {
        let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day).unwrap();
        let next = |reported, today| next_months(reported, today).map(|next| next.to_string());
        let april = Some("2024-01/2024-04".to_owned());
        assert_eq!(next(day(3, 31), day(5, 1)), april);
        assert_eq!(next(day(3, 31), day(4, 30)), None);
        assert_eq!(next(day(12, 31), day(12, 31)), None);
    }
}
