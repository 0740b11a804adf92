//! Milestones of a project: what was promised beside what happened.

use chrono::NaiveDate;
use domain::{PartialDate, SubjectKind, Value};
use ledger::FactRecord;

use crate::labels;
use crate::shell::{Figure, Viewer};

/// Milestones in the order of a project's life; the last two have no actual date of their own.
const MILESTONES: [&str; 10] = [
    "signed_on",
    "registered_on",
    "started_on",
    "topped_out_on",
    "equipment_ready_on",
    "completed_on",
    "trial_production_on",
    "in_production_on",
    "at_capacity_on",
    "in_statistics_on",
];

/// A step of the timeline.
pub struct Milestone {
    /// The variable of its actual date.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// `done`, `late` or empty.
    pub class: &'static str,
    /// What was promised.
    pub planned: Figure,
    /// What happened.
    pub actual: Figure,
    /// How much later or earlier, in words.
    pub slip: String,
    /// Days since it should have happened; `None` unless it is overdue.
    pub days_over: Option<i64>,
}

/// Whether a variable is a date of a milestone, so that the timeline shows it.
pub fn is_milestone(variable: &str) -> bool {
    let stem = variable.strip_suffix("_planned").unwrap_or(variable);
    MILESTONES.contains(&stem)
}

/// The milestones of which anything is known.
pub fn of(viewer: &Viewer, facts: &[FactRecord], day: NaiveDate) -> Vec<Milestone> {
    let find = |name: &str| {
        facts
            .iter()
            .filter(|fact| fact.variable == name)
            .max_by_key(|f| f.id)
    };
    let kind = SubjectKind::Project;
    MILESTONES
        .iter()
        .filter_map(|name| {
            let planned = find(&format!("{name}_planned"));
            let actual = find(name);
            if planned.is_none() && actual.is_none() {
                return None;
            }
            let (class, slip, days_over) = slip(viewer, date(planned), date(actual), day);
            Some(Milestone {
                name,
                label: label(name, viewer),
                class,
                planned: Figure::of(viewer, &kind, planned),
                actual: Figure::of(viewer, &kind, actual),
                slip,
                days_over,
            })
        })
        .collect()
}

fn label(name: &str, viewer: &Viewer) -> String {
    let known = labels::variable(&SubjectKind::Project, name).is_some();
    let shown = if known {
        name.to_owned()
    } else {
        format!("{name}_planned")
    };
    labels::words(&SubjectKind::Project, &shown, viewer.lang)
}

fn date(fact: Option<&FactRecord>) -> Option<PartialDate> {
    match fact?.value {
        Some(Value::Date(date)) => Some(date),
        _ => None,
    }
}

/// How a milestone went, and by how many days: only where both dates are days.
fn slip(
    viewer: &Viewer,
    planned: Option<PartialDate>,
    actual: Option<PartialDate>,
    day: NaiveDate,
) -> (&'static str, String, Option<i64>) {
    let lang = viewer.lang;
    match (planned, actual) {
        (Some(PartialDate::Day(planned)), Some(PartialDate::Day(actual))) => {
            let days = (actual - planned).num_days();
            let words = match days {
                0 => lang.t("milestone-on-time"),
                1.. => lang.with("milestone-later", days),
                _ => lang.with("milestone-earlier", -days),
            };
            ("done", words, None)
        }
        (_, Some(_)) => ("done", String::new(), None),
        (Some(planned), None) if planned.latest() <= day => {
            let days = (day - planned.latest()).num_days();
            ("late", lang.with("milestone-overdue", days), Some(days))
        }
        _ => ("", String::new(), None),
    }
}
