//! How a project stands on a day, from its dates and its plan, until the rulebook's lights say more.

use chrono::{Datelike, NaiveDate};
use domain::{PartialDate, Period};
use ledger::projection::ProjectRow;

use crate::lists::cells::StandingMark;
use crate::words::Lang;

/// Stages in the order of a project's life, with the milestone that each stands for.
pub const STAGES: [&str; 12] = [
    "planned",
    "lead",
    "signed",
    "registered",
    "started",
    "topped_out",
    "completed",
    "in_production",
    "at_capacity",
    "in_statistics",
    "suspended",
    "cancelled",
];

/// How many of them follow one another; the others end a project's life or interrupt it.
pub const LIFE_STAGES: usize = 10;

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A milestone was planned for a date that has passed and is not known to have happened.
    Late {
        /// The milestone, `started`.
        milestone: &'static str,
        /// When it was planned for.
        planned: PartialDate,
        /// Days since the last day that this may mean.
        days: i64,
    },
    /// Less of the year's plan is done than of the year has passed.
    Behind {
        /// Thousandths of the plan that are done.
        done_permille: i64,
        /// Thousandths of the year that have passed.
        time_permille: i64,
    },
    /// Nothing planned is overdue.
    OnTrack,
    /// Neither a planned date nor a plan is known.
    NotKnown,
}

impl Standing {
    /// A project on a day. Of several overdue milestones the one overdue longest counts.
    pub fn of(row: &ProjectRow, day: NaiveDate) -> Self {
        if row.stage.as_deref() == Some("cancelled") {
            return Self::NotKnown;
        }
        let milestones = [
            ("started", row.started_on_planned, row.started_on),
            ("completed", row.completed_on_planned, row.completed_on),
            (
                "in_production",
                row.in_production_on_planned,
                row.in_production_on,
            ),
        ];
        let late = milestones
            .iter()
            .filter(|(milestone, _, actual)| actual.is_none() && !passed(row, milestone))
            .filter_map(|(milestone, planned, _)| Some((*milestone, (*planned)?)))
            .filter(|(_, planned)| planned.latest() <= day)
            .max_by_key(|(_, planned)| (day - planned.latest()).num_days());
        if let Some((milestone, planned)) = late {
            return Self::Late {
                milestone,
                planned,
                days: (day - planned.latest()).num_days(),
            };
        }
        match pace(row).filter(|_| !passed(row, "completed")) {
            Some((done_permille, time_permille)) if done_permille < time_permille => Self::Behind {
                done_permille,
                time_permille,
            },
            Some(_) => Self::OnTrack,
            None if milestones.iter().any(|(_, planned, _)| planned.is_some())
                || passed(row, "completed") =>
            {
                Self::OnTrack
            }
            None => Self::NotKnown,
        }
    }

    /// Red before yellow before green, the longest delay first.
    pub fn urgency(&self) -> (u8, i64) {
        match self {
            Self::Late { days, .. } => (3, *days),
            Self::Behind {
                done_permille,
                time_permille,
            } => (2, time_permille - done_permille),
            Self::OnTrack => (1, 0),
            Self::NotKnown => (0, 0),
        }
    }

    /// Shape, colour and words.
    pub fn mark(&self, lang: Lang) -> StandingMark {
        match self {
            Self::Late {
                milestone,
                planned,
                days,
            } => {
                let what = lang.find(&format!("milestone-{}", milestone.replace('_', "-")));
                let planned = planned.to_string();
                let days = days.to_string();
                let values = [
                    ("milestone", what.as_deref().unwrap_or(milestone)),
                    ("planned", planned.as_str()),
                    ("days", days.as_str()),
                ];
                StandingMark {
                    class: "red",
                    words: lang.t("standing-late"),
                    reason: lang.with_all("standing-late-why", &values),
                }
            }
            Self::Behind {
                done_permille,
                time_permille,
            } => {
                let (done, time) = (percent(*done_permille), percent(*time_permille));
                StandingMark {
                    class: "yellow",
                    words: lang.t("standing-behind"),
                    reason: lang
                        .with_all("standing-behind-why", &[("done", &done), ("time", &time)]),
                }
            }
            Self::OnTrack => StandingMark {
                class: "green",
                words: lang.t("standing-on-track"),
                reason: lang.t("standing-on-track-why"),
            },
            Self::NotKnown => StandingMark {
                class: "unknown",
                words: lang.t("standing-unknown"),
                reason: lang.t("standing-unknown-why"),
            },
        }
    }
}

/// The mark of a row: the light that the rulebook judged, else what its dates say.
pub fn mark(row: &ProjectRow, day: NaiveDate, lang: Lang) -> StandingMark {
    let own = Standing::of(row, day).mark(lang);
    let class = match row.head.light.as_deref() {
        Some("red") => "red",
        Some("yellow") => "yellow",
        Some("green") => "green",
        _ => return own,
    };
    let words = lang
        .find(&format!("light-mark-{class}"))
        .unwrap_or_default();
    StandingMark {
        class,
        words,
        reason: own.reason,
    }
}

/// Whether less of its year's plan is done than of the year has passed. A completed or cancelled
/// project owes nothing more.
pub fn is_behind(row: &ProjectRow) -> bool {
    let owes = !passed(row, "completed") && row.stage.as_deref() != Some("cancelled");
    owes && pace(row).is_some_and(|(done, time)| done < time)
}

/// Whether the stage says that a milestone was passed although its date is not known.
fn passed(row: &ProjectRow, milestone: &str) -> bool {
    let place = |name: &str| {
        STAGES[..LIFE_STAGES]
            .iter()
            .position(|stage| *stage == name)
    };
    match (row.stage.as_deref().and_then(place), place(milestone)) {
        (Some(reached), Some(milestone)) => reached >= milestone,
        _ => false,
    }
}

/// Thousandths of the year's plan done, and of the year passed by the month that the figure is of.
pub fn pace(row: &ProjectRow) -> Option<(i64, i64)> {
    let plan = row.investment_plan_year.filter(|plan| *plan > 0)?;
    let done = row.investment_done_year?;
    let until = data_day(row)?;
    let done_permille = i64::try_from(i128::from(done) * 1_000 / i128::from(plan)).ok()?;
    Some((done_permille, time_permille(until)))
}

/// Thousandths of a year that have passed at the end of this month.
pub fn time_permille(until: NaiveDate) -> i64 {
    i64::from(until.month()) * 1_000 / 12
}

/// The last day that the row's investment of the year is known to; `None` where it names no month.
pub fn data_day(row: &ProjectRow) -> Option<NaiveDate> {
    let mark = row
        .head
        .marks
        .get("investment_done_year")?
        .get("period")?
        .as_str()?;
    last_day(&Period::from_words(mark))
}

/// The day that a row is judged on: the last that its own figures go to, never beyond the day shown.
pub fn row_day(row: &ProjectRow, shown: NaiveDate) -> NaiveDate {
    data_day(row).map_or(shown, |day| day.min(shown))
}

/// The last day of a period.
pub fn last_day(period: &Period) -> Option<NaiveDate> {
    let date = match period {
        Period::Day(day) => PartialDate::Day(*day),
        Period::Month(year, month) | Period::CumulativeMonth(year, month) => {
            PartialDate::month(*year, *month)?
        }
        Period::Quarter(year, quarter) => PartialDate::month(*year, quarter * 3)?,
        Period::Year(year) => PartialDate::Year(*year),
        Period::Current | Period::Stated(_) => return None,
    };
    Some(date.latest())
}

/// The day up to which projects are judged: the end of the last month that any of them reports, never
/// beyond the day shown; that day itself where none reports.
pub fn judged_on(rows: &[ProjectRow], shown: NaiveDate) -> NaiveDate {
    rows.iter()
        .filter_map(data_day)
        .max()
        .map_or(shown, |day| day.min(shown))
}

/// Thousandths as percent with one decimal: 83 is `8.3%`.
pub fn percent(permille: i64) -> String {
    let (whole, tenth) = (permille / 10, permille % 10);
    if tenth == 0 {
        format!("{whole}%")
    } else {
        format!("{whole}.{}%", tenth.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_passes_by_months() {
        let day = |month| NaiveDate::from_ymd_opt(2024, month, 28).unwrap();
        assert_eq!(time_permille(day(3)), 250);
        assert_eq!(time_permille(day(12)), 1_000);
        assert_eq!(percent(83), "8.3%");
        assert_eq!(percent(250), "25%");
    }

    #[test]
    fn a_cumulative_month_ends_on_its_last_day() {
        let period: Period = "2024-01/2024-02".parse().unwrap();
        assert_eq!(last_day(&period).unwrap().to_string(), "2024-02-29");
        assert_eq!(last_day(&Period::Current), None);
    }
}
