//! Conditions on a project's schedule: a milestone that is overdue, a year's plan that is behind.

use chrono::{Days, NaiveDate};

use crate::sql::Sql;
use crate::time::day_number;

/// A milestone with its planned date, and the stages that say it was passed although no date is known.
struct Milestone {
    actual: &'static str,
    planned: &'static str,
    passed: &'static str,
}

const MILESTONES: [Milestone; 3] = [
    Milestone {
        actual: "started_on",
        planned: "started_on_planned",
        passed: "'started', 'topped_out', 'completed', 'in_production', 'at_capacity', 'in_statistics'",
    },
    Milestone {
        actual: "completed_on",
        planned: "completed_on_planned",
        passed: "'completed', 'in_production', 'at_capacity', 'in_statistics'",
    },
    Milestone {
        actual: "in_production_on",
        planned: "in_production_on_planned",
        passed: "'in_production', 'at_capacity', 'in_statistics'",
    },
];

/// Adds the condition that a milestone was planned for a date that had passed at the end of this day,
/// and is not known to have happened. A month or a year has passed when its last day has.
pub(super) fn restrict_overdue(sql: &mut Sql, day: NaiveDate) {
    let next = day_number(day.checked_add_days(Days::new(1)).unwrap_or(day));
    sql.push("(COALESCE(stage, '') <> 'cancelled' AND (");
    for (place, milestone) in MILESTONES.iter().enumerate() {
        if place > 0 {
            sql.push(" OR ");
        }
        let planned = milestone.planned;
        sql.push("(")
            .push(milestone.actual)
            .push(" IS NULL AND CASE WHEN ");
        sql.push(planned)
            .push(" % 10000 = 0 THEN ")
            .push(planned)
            .push(" < ");
        sql.bind(next / 10_000 * 10_000)
            .push(" WHEN ")
            .push(planned);
        sql.push(" % 100 = 0 THEN ")
            .push(planned)
            .push(" < ")
            .bind(next / 100 * 100);
        sql.push(" ELSE ").push(planned).push(" < ").bind(next);
        sql.push(" END AND COALESCE(stage, '') NOT IN (")
            .push(milestone.passed)
            .push("))");
    }
    sql.push("))");
}

/// Adds the condition that less than this many thousandths of the year's plan are done, of a project
/// that is neither completed nor cancelled. Where plan or what is done is not known, it does not hold.
pub(super) fn restrict_plan_below(sql: &mut Sql, permille: i64) {
    // Facts stay below 9·10¹⁵ fen, so that a thousandfold fits the database's integers.
    sql.push("(investment_plan_year > 0 AND investment_done_year * 1000 < investment_plan_year * ");
    sql.bind(permille.clamp(0, 1_000))
        .push(" AND COALESCE(stage, '') NOT IN (");
    sql.push(MILESTONES[1].passed).push(", 'cancelled'))");
}
