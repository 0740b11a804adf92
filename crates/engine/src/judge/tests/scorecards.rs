//! Scorecards, lights, and what reads them.

use super::{check, policy, variables};

const FACTS: &str = "
    revenue money year
    rd money year
    staff integer year
    size code none
    points integer none
    fine boolean none
    good boolean none";

fn card(text: &str, cases: &str) {
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("card.yaml", text),
        ("card.cases.yaml", cases),
    ]);
}

#[test]
fn stages_weights_bonus_penalty_and_levels() {
    card(
        "
scorecard: card
name: {en: card}
stage: {expr: \"CASE WHEN revenue <= yuan(100) THEN 'small' ELSE 'large' END\", of: [small, large]}
missing: zero
full_mark: 100
rounding: {places: 2}
items:
  - {id: share, text: {en: s}, value: rd / revenue, weight: {small: 60, large: 30}, score: {method: linear, from: 0, to: 0.3}}
  - {id: people, text: {en: p}, value: staff, weight: {small: 40, large: 70}, score: {method: linear, from: 0, to: 10}}
bonus: [{id: extra, text: {en: e}, score: 2 * points, max: 5}]
penalty: [{id: fined, text: {en: f}, when: fine, score: -10}]
levels: [{level: top, from: 90, requires: good}, {level: mid, from: 50}]
",
        "
cases:
  - name: the items are not rounded, the total is
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 10, staff: 5, points: 1, fine: false, good: true}
    expect: {stage: small, score: 42, items: {share: 20, people: 20, extra: 2, fined: 0}, level: null, missing: []}
  - name: a bonus goes over the full mark and is cut at its own
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 90, staff: 50, points: 9, fine: false, good: true}
    expect: {score: 105, level: top}
  - name: a third
    source: own
    as_of: 2024-12-31
    given: {revenue: 300, rd: 10, staff: 10, points: 0, fine: true, good: true}
    expect: {stage: large, score: 63.33, items: {share: 3.333333, fined: -10}, level: mid}
  - name: an unknown penalty is not applied, an unknown condition leaves the level open
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 30, staff: 10}
    expect: {score: 100, level: null, missing: [fine, good, points]}
  - name: an item without its facts is nought and its facts are listed
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 15, points: 0, fine: false}
    expect: {score: 30, items: {people: 0}, missing: [staff], level: null}
  - name: an unknown stage leaves the total open
    source: own
    as_of: 2024-12-31
    given: {rd: 15, staff: 1, points: 0, fine: false}
    expect: {stage: null, score: null, level: null, missing: [revenue]}
  - name: the total is never below nought
    source: own
    as_of: 2024-12-31
    given: {revenue: 100, rd: 0, staff: 0, points: 0, fine: true}
    expect: {score: 0, missing: []}
",
    );
}

#[test]
fn what_is_left_out_scales_the_rest_up() {
    card(
        "
scorecard: card
name: {en: card}
missing: left_out
full_mark: 100
items:
  - {id: a, text: {en: a}, value: staff, weight: 40, score: {method: linear, from: 0, to: 10}}
  - {id: b, text: {en: b}, value: rd / revenue, weight: 60, score: {method: linear, from: 0, to: 1}}
",
        "
cases:
  - {name: all, source: own, as_of: 2024-12-31, given: {staff: 5, rd: 1, revenue: 2}, expect: {score: 50, missing: []}}
  - {name: one left, source: own, as_of: 2024-12-31, given: {staff: 5, rd: 1}, expect: {score: 50, items: {b: null}, missing: [revenue]}}
  - {name: facts without a value are nought not left out, source: own, as_of: 2024-12-31, given: {staff: 5, rd: 1, revenue: 0}, expect: {score: 20, items: {b: 0}}}
  - {name: nothing left, source: own, as_of: 2024-12-31, given: {}, expect: {score: null, missing: [rd, revenue, staff]}}
",
    );
}

#[test]
fn groups_have_floors_and_caps_and_a_veto_keeps_the_score() {
    card(
        "
scorecard: card
name: {en: card}
missing: unknown
groups: {g: {min: 5, max: 8}}
items:
  - {id: a, text: {en: a}, group: g, value: staff, score: {method: steps, table: [[0, 0], [10, 4], [20, 9]]}}
  - {id: b, text: {en: b}, value: points, weight: 10, score: {method: expr, expr: \"least(value, weight)\"}}
veto: [{id: v, text: {en: v}, when: fine}]
levels: [{level: pass, from: 10}]
",
        "
cases:
  - {name: capped, source: own, as_of: 2024-12-31, given: {staff: 20, points: 12, fine: false}, expect: {score: 18, items: {a: 9, b: 10}, level: pass}}
  - {name: below the floor, source: own, as_of: 2024-12-31, given: {staff: 19, points: 12, fine: false}, expect: {score: 14, level: failed}}
  - {name: vetoed, source: own, as_of: 2024-12-31, given: {staff: 19, points: 12, fine: true}, expect: {score: 14, level: vetoed}}
  - {name: veto not known, source: own, as_of: 2024-12-31, given: {staff: 20, points: 12}, expect: {score: 18, level: null, missing: [fine]}}
  - {name: an item not known, source: own, as_of: 2024-12-31, given: {staff: 20, fine: false}, expect: {score: null, items: {a: 9, b: null}, level: null, missing: [points]}}
",
    );
}

#[test]
fn a_population_is_compared_and_ranked() {
    let population = "
cases:
  - name: the worked example of the sheet
    source: own
    as_of: 2024-12-31
    population:
      A: {rd: 2, revenue: 100}
      B: {rd: 5, revenue: 100}
      C: {rd: 5, revenue: 100}
      D: {rd: 8, revenue: 100}
      E: {revenue: 100}
    expect:
";
    let text = |method: &str, more: &str| {
        format!(
            "
scorecard: card
name: {{en: card}}
missing: zero
{more}
items:
  - {{id: share, text: {{en: s}}, value: rd / revenue, weight: 10, score: {{method: {method}, direction: higher}}}}
"
        )
    };
    card(
        &text("min_max", ""),
        &format!(
            "{population}      A: {{score: 0, rank: 4}}\n      B: {{score: 5, rank: 2}}\n      C: {{score: 5, rank: 2}}\n      \
             D: {{score: 10, rank: 1}}\n      E: {{score: 0, rank: 4, missing: [rd]}}\n"
        ),
    );
    card(
        &text("percentile", ""),
        &format!(
            "{population}      A: {{score: 1.25}}\n      B: {{score: 5}}\n      D: {{score: 8.75}}\n      E: {{score: 0}}\n"
        ),
    );
    // Too few peers fall back to all.
    let peers = population
        .replace("rd: 2,", "rd: 2, size: s,")
        .replace("rd: 8,", "rd: 8, size: s,");
    card(
        &text("min_max", "peers: {by: size, min: 2}"),
        &format!("{peers}      A: {{score: 0}}\n      B: {{score: 5}}\n      D: {{score: 10}}\n"),
    );
}

#[test]
fn a_band_gives_an_interval_that_answers_where_both_ends_agree() {
    let banded = "
scorecard: card
name: {en: card}
missing: unknown
items:
  - {id: judged, text: {en: j}, low: \"CASE WHEN staff > 5 THEN 7 ELSE 1 END\", high: \"CASE WHEN staff > 5 THEN 8 ELSE 2 END\"}
  - {id: given, text: {en: g}, score: {method: expr, expr: points}}
";
    let reading = policy(
        "p",
        "high: score('card') >= 10\n item: item('card', 'judged') < 8",
        "kind: title",
        "",
    );
    let cases = "
cases:
  - {name: interval, scorecard: card, source: own, as_of: 2024-12-31, given: {staff: 6, points: 1}, expect: {score: {low: 8, high: 9}, items: {judged: {low: 7, high: 8}, given: 1}}}
  - {name: below, policy: p, source: own, as_of: 2024-12-31, given: {staff: 6, points: 1}, expect: {verdict: ineligible, failed: [high], missing: [], gaps: {high: null}}}
  - {name: within, policy: p, source: own, as_of: 2024-12-31, given: {staff: 6, points: 2}, expect: {verdict: unknown, missing: []}}
  - {name: above, policy: p, source: own, as_of: 2024-12-31, given: {staff: 1, points: 9}, expect: {verdict: eligible, missing: []}}
  - {name: not known, policy: p, source: own, as_of: 2024-12-31, given: {staff: 1}, expect: {verdict: unknown, missing: [points]}}
";
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("card.yaml", banded),
        ("p.yaml", &reading),
        ("all.cases.yaml", cases),
    ]);
}

#[test]
fn a_card_has_its_own_year_whoever_asks() {
    let text = "
scorecard: card
name: {en: card}
year: previous
missing: unknown
items:
  - {id: a, text: {en: a}, value: staff, weight: 10, score: {method: expr, expr: value}}
";
    let reading = policy("p", "high: score('card') >= 10", "kind: title", "");
    let cases = "
cases:
  - {name: asked by a policy of the current year, policy: p, source: own, as_of: 2024-12-31, given: {staff: 1, staff@2023: 10}, expect: {verdict: eligible, missing: []}}
  - {name: missing is named by the policy's year, policy: p, source: own, as_of: 2024-12-31, given: {staff: 1}, expect: {verdict: unknown, missing: [staff@2023]}}
  - {name: asked for itself, scorecard: card, source: own, as_of: 2024-12-31, given: {staff: 9}, expect: {score: 9}}
";
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("card.yaml", text),
        ("p.yaml", &reading),
        ("all.cases.yaml", cases),
    ]);
}

#[test]
fn a_light_is_the_worst_aspect() {
    let variables = "
variables:
  late: {label: {en: late}, subject: project, type: boolean, period: month, sensitivity: public}
  done: {label: {en: done}, subject: project, type: ratio, period: none, sensitivity: public}
  plan: {label: {en: plan}, subject: project, type: ratio, period: none, sensitivity: public}
  large: {label: {en: large}, subject: project, type: boolean, period: none, sensitivity: public}
";
    let light = "
light: l
name: {en: l}
subject: project
scope: large
aspects:
  - {id: start, text: {en: s}, red: months_running(late) >= 3, yellow: late}
  - {id: progress, text: {en: p}, red: plan - done > 0.3, yellow: plan - done > 0.1}
";
    let cases = "
cases:
  - name: three months running
    source: own
    as_of: 2025-03-31
    given: {large: true, late@2025-03: true, late@2025-02: true, late@2025-01: true, plan: 0.5, done: 0.5}
    expect: {light: red, aspects: {start: red, progress: green}, missing: []}
  - name: two months, the third not known
    source: own
    as_of: 2025-03-31
    given: {large: true, late: true, late@2025-02: true, plan: 0.5, done: 0.4}
    expect: {light: unknown, aspects: {start: unknown, progress: green}, missing: [late@2025-01]}
  - name: ten points behind is not more than ten
    source: own
    as_of: 2025-03-31
    given: {large: true, late: false, plan: 0.5, done: 0.39}
    expect: {light: yellow, aspects: {start: green, progress: yellow}}
  - name: yellow is worse than unknown
    source: own
    as_of: 2025-03-31
    given: {large: true, plan: 0.5, done: 0.3}
    expect: {light: yellow, aspects: {start: unknown, progress: yellow}, missing: [late]}
  - name: out of scope
    source: own
    as_of: 2025-03-31
    given: {large: false}
    expect: {light: out_of_scope, missing: []}
";
    check(&[
        ("v.yaml", variables),
        ("l.yaml", light),
        ("l.cases.yaml", cases),
    ]);
}

#[test]
fn a_record_reads_its_owners_facts() {
    let variables = "
variables:
  staff: {label: {en: staff}, subject: enterprise, type: integer, period: year, sensitivity: public}
  size: {label: {en: size}, subject: enterprise, type: code, period: none, sensitivity: public, formula: \"CASE WHEN staff > 10 THEN 'big' ELSE 'small' END\"}
  name_day: {label: {en: n}, subject: enterprise, type: date, period: none, sensitivity: public}
  principal: {label: {en: p}, subject: loan, type: money, period: none, sensitivity: public}
  loan_day: {label: {en: n}, subject: loan, type: date, period: none, sensitivity: public}
";
    let text = policy(
        "p",
        "small: size = 'small'\n after: loan_day > name_day",
        "kind: subsidy, amount: principal * 0.01",
        "",
    )
    .replace("subject: enterprise", "subject: loan");
    let cases = "
cases:
  - {name: together, source: own, as_of: 2024-12-31, given: {staff: 5, principal: 100, loan_day: 2024-02-01, name_day: 2024-01-01}, expect: {verdict: eligible, amount: 1.00}}
  - {name: missing, source: own, as_of: 2024-12-31, given: {loan_day: 2024-02-01}, expect: {verdict: unknown, missing: [name_day, principal, staff]}}
";
    check(&[
        ("v.yaml", variables),
        ("p.yaml", &text),
        ("p.cases.yaml", cases),
    ]);
}
