//! Growth against its target: what was published, the lead over the city, the rank, and where the
//! published levels say otherwise, that too.

use domain::{Period, SubjectKind, Value};
use ledger::FactRecord;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value as Json, json};

use crate::labels;
use crate::projects::standing::last_day;
use crate::shell::{Figure, Viewer, display, figure};

/// Indicators whose growth is published, by the variable of their level.
const INDICATORS: [&str; 2] = ["industrial_output", "fixed_investment"];
const TARGET: &str = "main_indicators_growth_target";
const RANK: &str = "growth_rank_in_city";

/// Growth of one indicator in one period.
pub struct GrowthRow {
    /// What grew.
    pub label: String,
    /// When.
    pub period: String,
    /// What was published.
    pub growth: Figure,
    /// What the published levels come to, where that differs.
    pub computed: String,
    /// The target of that year.
    pub target: Figure,
    /// Growth less target, in percentage points; empty without a target.
    pub gap: String,
    /// `green`, `red` or empty.
    pub class: &'static str,
    /// Growth and its target, where they are known.
    pub ratios: (Option<Decimal>, Option<Decimal>),
    /// Lead over the city.
    pub ahead: Figure,
    /// Rank in the city.
    pub rank: Figure,
}

/// Whether a variable of a zone is shown in the table of growth.
pub fn shows(variable: &str) -> bool {
    variable == TARGET
        || variable == RANK
        || INDICATORS.iter().any(|stem| {
            variable
                .strip_prefix(stem)
                .is_some_and(|rest| ["", "_growth", "_growth_ahead_pp"].contains(&rest))
        })
}

/// The rows, the latest period first.
pub fn rows(viewer: &Viewer, facts: &[FactRecord]) -> Vec<GrowthRow> {
    let mut published: Vec<&FactRecord> = facts
        .iter()
        .filter(|fact| {
            INDICATORS
                .iter()
                .any(|stem| fact.variable == format!("{stem}_growth"))
        })
        .collect();
    published.sort_by_key(|fact| std::cmp::Reverse(last_day(&fact.period)));
    published
        .into_iter()
        .map(|fact| row(viewer, facts, fact))
        .collect()
}

fn find<'a>(facts: &'a [FactRecord], name: &str, period: &Period) -> Option<&'a FactRecord> {
    facts
        .iter()
        .find(|fact| fact.variable == name && fact.period == *period)
}

fn ratio(fact: &FactRecord) -> Option<Decimal> {
    match fact.value {
        Some(Value::Ratio(ratio)) => Some(ratio),
        _ => None,
    }
}

fn row(viewer: &Viewer, facts: &[FactRecord], fact: &FactRecord) -> GrowthRow {
    let zone = SubjectKind::Zone;
    let stem = fact.variable.trim_end_matches("_growth");
    let year = fact.period.year();
    let target = facts
        .iter()
        .find(|one| one.variable == TARGET && one.period.year() == year);
    let ratios = (ratio(fact), target.and_then(ratio));
    let gap = ratios
        .1
        .zip(ratios.0)
        .map(|(target, growth)| growth - target);
    let (gap, class) = match gap {
        Some(gap) => {
            let class = if gap.is_sign_negative() && !gap.is_zero() {
                "red"
            } else {
                "green"
            };
            (points(gap, viewer), class)
        }
        None => (String::new(), ""),
    };
    GrowthRow {
        label: labels::words(&zone, &fact.variable, viewer.lang),
        period: figure::period_words(&fact.period, viewer.lang),
        growth: Figure::of_fact(viewer, &zone, fact),
        computed: computed(facts, fact, stem)
            .map(display::percent)
            .unwrap_or_default(),
        target: Figure::of(viewer, &zone, target),
        gap,
        class,
        ratios,
        ahead: Figure::of(
            viewer,
            &zone,
            find(facts, &format!("{stem}_growth_ahead_pp"), &fact.period),
        ),
        rank: Figure::of(viewer, &zone, find(facts, RANK, &fact.period)),
    }
}

/// The growth that has a target, how much of it meets it: a sentence, empty where none has.
pub fn finding(viewer: &Viewer, rows: &[GrowthRow]) -> String {
    let with_target = rows.iter().filter(|row| !row.class.is_empty());
    let met = with_target
        .clone()
        .filter(|row| row.class == "green")
        .count();
    match with_target.count() {
        0 => String::new(),
        of => viewer.lang.with_all(
            "growth-finding",
            &[("of", &of.to_string()), ("met", &met.to_string())],
        ),
    }
}

/// The chart of growth beside its target; `None` where there is nothing to compare.
pub fn chart(viewer: &Viewer, rows: &[GrowthRow]) -> Option<Json> {
    if rows.len() < 2 {
        return None;
    }
    // A bar's length is for the eye; the table has the exact share.
    let percent = |ratio: Decimal| (ratio * Decimal::ONE_HUNDRED).to_f64();
    let targets: Vec<Decimal> = rows.iter().filter_map(|row| row.ratios.1).collect();
    let target = targets
        .first()
        .filter(|first| targets.iter().all(|target| target == *first));
    let target_words = target.map(|target| {
        let target = display::percent(*target);
        viewer
            .lang
            .with_all("growth-target-line", &[("value", &target)])
    });
    Some(json!({
        "kind": "bars",
        "unit": "%",
        "categories": rows
            .iter()
            .map(|row| format!("{}\n{}", row.label, row.period))
            .collect::<Vec<_>>(),
        "series": [{
            "name": viewer.lang.t("growth-actual"),
            "role": "actual",
            "values": rows.iter().map(|row| row.ratios.0.and_then(percent)).collect::<Vec<_>>(),
        }],
        "target": target.copied().and_then(percent),
        "target_words": target_words,
    }))
}

/// A difference of ratios in percentage points, with its sign.
fn points(gap: Decimal, viewer: &Viewer) -> String {
    let points = (gap * Decimal::ONE_HUNDRED).normalize();
    let sign = if points.is_sign_negative() && !points.is_zero() {
        ""
    } else {
        "+"
    };
    format!("{sign}{points} {}", viewer.lang.t("unit-pp"))
}

/// Growth made from the published levels, where both are known and it is not what was published.
fn computed(facts: &[FactRecord], fact: &FactRecord, stem: &str) -> Option<Decimal> {
    let level = |period: &Period| match find(facts, stem, period)?.value.as_ref()? {
        Value::Money(money) if money.currency.is_cny() => Some(Decimal::from(money.fen)),
        _ => None,
    };
    let published = ratio(fact)?;
    let before = level(&fact.period.year_before()?).filter(|before| !before.is_zero())?;
    let computed = (level(&fact.period)? - before) / before;
    // Published growth is rounded: only what differs at its own precision disagrees.
    let places = published.normalize().scale().max(3);
    (computed.round_dp(places) != published.round_dp(places)).then(|| computed.round_dp(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Money;
    use ledger::Timestamp;

    fn fact(variable: &str, period: &str, value: Value) -> FactRecord {
        FactRecord {
            id: 1,
            subject_id: 1,
            variable: variable.to_owned(),
            period: period.parse().unwrap(),
            value: Some(value),
            qualifier: String::new(),
            unit: String::new(),
            source_id: 1,
            cell: None,
            known_on: None,
            entry_id: 1,
            recorded_at: Timestamp(0),
        }
    }

    #[test]
    fn levels_that_disagree_with_the_published_growth_are_told() {
        let money = |fen| Value::Money(Money::from_fen(fen));
        let growth = fact(
            "industrial_output_growth",
            "2023",
            Value::Ratio(Decimal::new(10, 2)),
        );
        let facts = [
            growth.clone(),
            fact("industrial_output", "2022", money(1_000)),
            fact("industrial_output", "2023", money(1_080)),
        ];
        let told = computed(&facts, &growth, "industrial_output");
        assert_eq!(told, Some(Decimal::new(8, 2)));
        let agreeing = [
            growth.clone(),
            fact("industrial_output", "2022", money(1_000)),
            fact("industrial_output", "2023", money(1_100)),
        ];
        assert_eq!(computed(&agreeing, &growth, "industrial_output"), None);
    }
}
