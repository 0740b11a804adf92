//! The S-curve of a project: investment planned and done, each point a fact or a sum of two.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{PartialDate, Period, Value};
use ledger::FactRecord;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value as Json, json};

use super::standing::last_day;
use crate::shell::{Viewer, display, figure};

/// What the chart and its table show.
pub struct Curve {
    /// The chart as charts.js reads it.
    pub chart: Json,
    /// The table under it.
    pub rows: Vec<CurveRow>,
    /// The title: what it shows in a sentence.
    pub finding: String,
}

/// A date with what was planned and what was done by then, in 万元.
pub struct CurveRow {
    /// The date.
    pub day: String,
    /// Planned by then; a dash where nothing was.
    pub planned: String,
    /// Done by then; a dash where it is not known.
    pub actual: String,
}

/// The curve; `None` where fewer than two points of any line are known.
pub fn of(viewer: &Viewer, facts: &[FactRecord]) -> Option<Curve> {
    let actual = actual(facts);
    let planned = planned(facts, &actual);
    if planned.len().max(actual.len()) < 2 {
        return None;
    }
    let lang = viewer.lang;
    let points = |line: &BTreeMap<NaiveDate, i64>| -> Vec<Json> {
        line.iter()
            .map(|(day, fen)| json!([day.to_string(), wan(*fen)]))
            .collect()
    };
    let chart = json!({
        "kind": "curve",
        "unit": lang.t("unit-wan-yuan"),
        "series": [
            {"name": lang.t("curve-planned"), "role": "plan", "points": points(&planned)},
            {"name": lang.t("curve-actual"), "role": "actual", "points": points(&actual)},
        ],
    });
    let mut days: Vec<NaiveDate> = planned.keys().chain(actual.keys()).copied().collect();
    days.sort_unstable();
    days.dedup();
    let text = |fen: Option<&i64>| {
        fen.map_or_else(
            || "—".to_owned(),
            |fen| figure::grouped(&display::wan(*fen)),
        )
    };
    let rows = days
        .iter()
        .map(|day| CurveRow {
            day: day.to_string(),
            planned: text(planned.get(day)),
            actual: text(actual.get(day)),
        })
        .collect();
    Some(Curve {
        chart,
        rows,
        finding: finding(viewer, facts, &actual),
    })
}

fn finding(viewer: &Viewer, facts: &[FactRecord], actual: &BTreeMap<NaiveDate, i64>) -> String {
    let lang = viewer.lang;
    let Some((day, done)) = actual.last_key_value() else {
        return lang.t("curve-plan-only");
    };
    let amount = display::amount(*done, lang);
    let (day, amount) = (
        day.to_string(),
        format!("{} {}", figure::grouped(&amount.digits), amount.unit),
    );
    match current(facts, "investment_total").filter(|total| *total > 0) {
        Some(total) => {
            let share = display::percent((Decimal::from(*done) / Decimal::from(total)).round_dp(3));
            lang.with_all(
                "curve-finding",
                &[("day", &day), ("amount", &amount), ("share", &share)],
            )
        }
        None => lang.with_all(
            "curve-finding-no-total",
            &[("day", &day), ("amount", &amount)],
        ),
    }
}

/// 万元 for the eye alone; the table has the exact digits.
fn wan(fen: i64) -> Option<f64> {
    (Decimal::new(fen, 2) / Decimal::from(10_000)).to_f64()
}

fn fen(fact: &FactRecord) -> Option<i64> {
    match &fact.value {
        Some(Value::Money(money)) if money.currency.is_cny() => Some(money.fen),
        _ => None,
    }
}

fn of_variable<'a>(
    facts: &'a [FactRecord],
    name: &'a str,
) -> impl Iterator<Item = (&'a Period, i64)> + 'a {
    facts
        .iter()
        .filter(move |fact| fact.variable == name)
        .filter_map(|fact| Some((&fact.period, fen(fact)?)))
}

fn current(facts: &[FactRecord], name: &str) -> Option<i64> {
    of_variable(facts, name).map(|(_, fen)| fen).last()
}

fn date(facts: &[FactRecord], name: &str) -> Option<PartialDate> {
    facts
        .iter()
        .filter(|fact| fact.variable == name)
        .find_map(|fact| match fact.value {
            Some(Value::Date(date)) => Some(date),
            _ => None,
        })
}

/// Done since the start: what was done before a year, and with what the year had done by a month.
fn actual(facts: &[FactRecord]) -> BTreeMap<NaiveDate, i64> {
    let mut points = BTreeMap::new();
    let before: BTreeMap<i32, i64> = of_variable(facts, "investment_before_year")
        .filter_map(|(period, fen)| Some((period.year()?, fen)))
        .collect();
    for (year, fen) in &before {
        if let Some(day) = NaiveDate::from_ymd_opt(year - 1, 12, 31) {
            points.insert(day, *fen);
        }
    }
    for (period, done) in of_variable(facts, "investment_done_year") {
        let before = period.year().and_then(|year| before.get(&year));
        if let (Some(day), Some(before)) = (last_day(period), before) {
            points.insert(day, before + done);
        }
    }
    for (period, total) in of_variable(facts, "investment_done_total") {
        if let Some(day) = last_day(period) {
            points.insert(day, total);
        }
    }
    let started = date(facts, "started_on").map(PartialDate::earliest);
    if let (Some(day), Some((first, _))) = (started, points.first_key_value())
        && day < *first
    {
        points.insert(day, 0);
    }
    points
}

/// Promised: nothing at the planned start, the year's plan at its end, everything at completion.
fn planned(facts: &[FactRecord], actual: &BTreeMap<NaiveDate, i64>) -> BTreeMap<NaiveDate, i64> {
    let mut points = BTreeMap::new();
    let start = date(facts, "started_on_planned").or_else(|| date(facts, "build_from"));
    if let Some(day) = start.map(PartialDate::earliest) {
        points.insert(day, 0);
    }
    for (period, plan) in of_variable(facts, "investment_plan_year") {
        let Some(year) = period.year() else { continue };
        let begin = NaiveDate::from_ymd_opt(year - 1, 12, 31);
        let end = NaiveDate::from_ymd_opt(year, 12, 31);
        if let (Some(begin), Some(end)) = (begin, end)
            && let Some(base) = actual.get(&begin)
        {
            points.insert(begin, *base);
            points.insert(end, base + plan);
        }
    }
    let end = date(facts, "completed_on_planned").or_else(|| date(facts, "build_until"));
    if let (Some(end), Some(total)) = (end, current(facts, "investment_total")) {
        let end = end.latest();
        // A year's plan that reaches beyond the planned completion would make the line fall back.
        if points
            .last_key_value()
            .is_none_or(|(day, fen)| *day < end && *fen <= total)
        {
            points.insert(end, total);
        }
    }
    points
}
