//! Indicators: figures of a zone by itself, and of groups by their members.

use std::collections::HashMap;

use domain::SubjectKind;

use super::rulebook;
use crate::Rulebook;
use crate::judge::{
    Binding, BindingTerms, Definitions, FactKey, FactPeriod, Facts, IndicatorResult, Judge, Select,
    Value, indicator, indicator_ranks,
};
use crate::number::parse_exact;

const RULES: &str = "
variables:
  output: {label: {en: o}, subject: zone, type: money, period: month, sensitivity: public}
  output_growth: {label: {en: g}, subject: zone, type: ratio, period: month, sensitivity: public}
  city_growth: {label: {en: c}, subject: zone, type: ratio, period: month, sensitivity: public}
  output_target: {label: {en: t}, subject: zone, type: money, period: year, sensitivity: public}
  revenue: {label: {en: r}, subject: enterprise, type: money, period: year, sensitivity: public}
  staff: {label: {en: s}, subject: enterprise, type: integer, period: year, sensitivity: public}
  since: {label: {en: d}, subject: enterprise, type: date, period: none, sensitivity: public}
indicators:
  output: {subject: zone, type: money, period: month, value: output, cumulative: true, growth: published,
           growth_variable: output_growth, reference_variable: city_growth, target: output_target}
  doubled: {subject: zone, type: money, period: month, value: output * 2}
  revenue: {subject: zone, type: money, period: year, value: {sum: revenue, of: enterprise}, target: output_target}
  mean: {subject: park, type: number, period: year, value: {avg: staff, of: enterprise}, higher_is_better: false}
  settled: {subject: park, type: integer, period: month, value: {count: enterprise, of: enterprise, where: since <= as_of}}
";

fn rules() -> Rulebook {
    rulebook(&[("rules.yaml", RULES)])
}

fn exact(text: &str) -> Value {
    Value::from_literal(&crate::expression::Literal::Number(
        parse_exact(text).unwrap(),
    ))
}

/// `name@period=value` words as facts.
fn facts(id: &str, text: &str) -> Facts {
    let mut facts = Facts::new(id);
    for word in text.split_whitespace() {
        let (name, value) = word.split_once('=').unwrap();
        let (name, period) = name.split_once('@').unwrap_or((name, ""));
        let period = match period.split_once('-') {
            Some((year, month)) => FactPeriod::Month(year.parse().unwrap(), month.parse().unwrap()),
            None if period.is_empty() => FactPeriod::Current,
            None => FactPeriod::Year(period.parse().unwrap()),
        };
        let value = match value {
            "none" => Value::Absent,
            day if day.len() == 10 => Value::Date(day.parse().unwrap()),
            number => exact(number),
        };
        let key = FactKey {
            name: name.to_owned(),
            of_owner: false,
            definition: None,
            period,
        };
        facts.set(key, value);
    }
    facts
}

fn shown(
    rules: &Rulebook,
    id: &str,
    as_of: &str,
    own: Option<&Facts>,
    members: &[Facts],
) -> IndicatorResult {
    let (set, definitions) = (HashMap::new(), Definitions::new());
    let side = |subject: &SubjectKind| {
        let terms = BindingTerms {
            as_of: as_of.parse().unwrap(),
            subject,
            set: &set,
            definitions: &definitions,
        };
        Binding::new(rules, &terms, Select::Indicator(id))
    };
    let rule = &rules.indicators[id];
    let (of_own, of_members) = (side(&rule.subject), side(&SubjectKind::Enterprise));
    let own = own.map(|facts| Judge::new(&of_own, facts));
    let members: Vec<Judge<'_>> = members
        .iter()
        .map(|facts| Judge::new(&of_members, facts))
        .collect();
    indicator(rule, own.as_ref(), &members)
}

#[test]
fn a_published_figure_has_growth_lead_target_and_pace() {
    let zone = facts(
        "Z",
        "output@2024-10=97.2 output@2023-10=90 output_growth@2024-10=0.105 city_growth@2024-10=0.08 output_target=100",
    );
    let found = shown(&rules(), "output", "2024-10-31", Some(&zone), &[]);
    assert_eq!(found.value, exact("97.2"));
    // What is published stands, not the quotient of the two levels.
    assert_eq!(found.growth, exact("0.105"));
    assert_eq!(found.ahead_pp, exact("2.5"));
    assert_eq!(found.target_done, exact("0.972"));
    // 97.2 less 83.3 per cent of the year.
    assert_eq!(found.pace_pp, exact("208/15"));
    assert!(found.missing.is_empty());

    let unpublished = facts("Z", "output@2024-10=97.2 city_growth@2024-10=0.08");
    let found = shown(&rules(), "output", "2024-10-31", Some(&unpublished), &[]);
    assert_eq!(
        (&found.growth, &found.ahead_pp, &found.pace_pp),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let missing: Vec<&str> = found.missing.iter().map(String::as_str).collect();
    assert_eq!(missing, ["output_growth", "output_target"]);
}

#[test]
fn a_figure_without_published_growth_is_compared_with_the_year_before() {
    let zone = facts("Z", "output@2024-10=11 output@2023-10=10");
    let found = shown(&rules(), "doubled", "2024-10-31", Some(&zone), &[]);
    assert_eq!((found.value, found.growth), (exact("22"), exact("0.1")));
    // It is of the month alone, so no part of the year has gone by for it.
    assert_eq!(found.pace_pp, Value::Null);
    let zone = facts("Z", "output@2024-10=11 output@2023-10=0");
    let found = shown(&rules(), "doubled", "2024-10-31", Some(&zone), &[]);
    assert_eq!(found.growth, Value::Null);
}

#[test]
fn members_are_added_up_and_those_not_known_are_counted_apart() {
    let members = [
        facts("A", "revenue=110 revenue@2023=100"),
        facts("B", "revenue=50"),
        facts("C", "revenue@2023=70"),
        facts("D", "revenue=none revenue@2023=5"),
    ];
    let zone = facts("Z", "output_target=200");
    let found = shown(&rules(), "revenue", "2024-12-31", Some(&zone), &members);
    assert_eq!(found.value, exact("160"));
    // Only A is known in both years.
    assert_eq!(found.growth, exact("0.1"));
    assert_eq!((found.counted, found.open), (2, 1));
    assert_eq!(found.target_done, exact("0.8"));
    assert_eq!(found.pace_pp, exact("-20"));
    let nobody = shown(&rules(), "revenue", "2024-12-31", None, &members[2..3]);
    assert_eq!((nobody.value, nobody.open), (Value::Null, 1));
    let empty = shown(&rules(), "revenue", "2024-12-31", None, &[]);
    assert_eq!(empty.value, exact("0"));
}

#[test]
fn a_count_is_of_those_whose_condition_holds_in_each_year() {
    let members = [
        facts("A", "since=2023-10-31"),
        facts("B", "since=2023-11-01"),
        facts("C", "since=2024-11-01"),
        facts("D", ""),
        facts("E", "since=none"),
    ];
    let found = shown(&rules(), "settled", "2024-10-31", None, &members);
    assert_eq!((found.value, found.growth), (exact("2"), exact("1")));
    assert_eq!((found.counted, found.open), (2, 1));
}

#[test]
fn groups_are_ranked_and_less_may_be_better() {
    let rules = rules();
    let groups = [
        [facts("A", "staff=10"), facts("B", "staff=20")],
        [facts("C", "staff=15"), facts("D", "")],
        [facts("E", "staff=30"), facts("F", "staff=31")],
        [facts("G", ""), facts("H", "")],
    ];
    let found: Vec<IndicatorResult> = groups
        .iter()
        .map(|members| shown(&rules, "mean", "2024-12-31", None, members))
        .collect();
    assert_eq!(found[0].value, exact("15"));
    assert_eq!(
        indicator_ranks(&rules.indicators["mean"], &found),
        [Some(1), Some(1), Some(3), None]
    );
}
