//! Scorecards and lights at their edges: populations, levels, cards that rest on cards, lines at equality.

use std::fmt::Write as _;

use super::{check, policy, variables};

const FACTS: &str = "
    revenue money year
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
fn yearly_rates_are_compared_like_any_number() {
    let text = "
scorecard: card
name: {en: card}
items:
  - {id: growth, text: {en: g}, value: \"compound_growth(revenue, 2)\", weight: 10, score: {method: min_max}}
  - {id: place, text: {en: p}, value: \"compound_growth(revenue, 2)\", weight: 10, score: {method: percentile}}
  - {id: line, text: {en: l}, value: \"compound_growth(revenue, 2)\", weight: 10, score: {method: linear, from: 0, to: 0.2}}
  - {id: step, text: {en: s}, value: \"compound_growth(revenue, 2)\", score: {method: steps, table: [[0, 1], [0.1, 2]]}}
";
    card(
        text,
        "
cases:
  - name: 0, 10 and 20 per cent a year
    source: own
    as_of: 2024-12-31
    population:
      A: {revenue: 100, revenue@2022: 100}
      B: {revenue: 121, revenue@2022: 100}
      C: {revenue: 144, revenue@2022: 100}
    expect:
      A: {items: {growth: 0, line: 0, step: 1}}
      B: {items: {growth: 5, place: 5, line: 5, step: 2}}
      C: {items: {growth: 10, line: 10, step: 2}, rank: 1}
",
    );
}

#[test]
fn lower_is_better_and_a_table_may_be_after() {
    card(
        "
scorecard: card
name: {en: card}
items:
  - {id: low, text: {en: l}, value: staff, weight: 10, score: {method: min_max, direction: lower}}
  - {id: half, text: {en: h}, value: staff, weight: 10, score: {method: percentile, direction: lower}}
  - {id: late, text: {en: a}, value: staff, score: {method: steps, after: true, table: [[0, 1], [10, 2]]}}
  - {id: falling, text: {en: f}, value: staff, weight: 10, score: {method: linear, from: 20, to: 10}}
",
        "
cases:
  - name: the fewest first
    source: own
    as_of: 2024-12-31
    population:
      A: {staff: 10}
      B: {staff: 15}
      C: {staff: 20}
      D: {staff: none}
      E: {}
    expect:
      A: {items: {low: 10, half: 8.333333, late: 1, falling: 10}, missing: []}
      B: {items: {low: 5, half: 5, late: 2, falling: 5}}
      C: {items: {low: 0, half: 1.666667, late: 2, falling: 0}}
      D: {score: 0, missing: []}
      E: {score: 0, missing: [staff]}
",
    );
}

#[test]
fn peers_are_those_who_have_the_fact_and_too_few_fall_back_to_all() {
    card(
        "
scorecard: card
name: {en: card}
items:
  - {id: five, text: {en: f}, value: staff, weight: 10, peers: {by: size}, score: {method: min_max}}
  - {id: two, text: {en: t}, value: staff, weight: 10, peers: {by: size, min: 2}, score: {method: min_max}}
",
        "
cases:
  - name: three of a size, one of them without the fact
    source: own
    as_of: 2024-12-31
    population:
      A: {staff: 10, size: s}
      B: {staff: 20, size: s}
      C: {size: s}
      D: {staff: 30, size: m}
      E: {staff: 0}
    expect:
      A: {items: {five: 3.333333, two: 0}}
      B: {items: {five: 6.666667, two: 10}}
      C: {items: {five: 0, two: 0}, missing: [staff]}
      D: {items: {five: 10, two: 10}}
      E: {items: {five: 0, two: 0}}
",
    );
}

#[test]
fn a_level_compares_the_rounded_total_and_asks_for_its_condition() {
    card(
        "
scorecard: card
name: {en: card}
full_mark: 100
over: true
rounding: {places: 1}
items: [{id: a, text: {en: a}, score: \"points * 1.001\"}]
penalty: [{id: p, text: {en: p}, when: fine, score: -20}]
veto: [{id: v, text: {en: v}, when: NOT good}]
levels: [{level: top, from: 100.1, requires: staff > 5}, {level: mid, from: 50}, {level: low, from: 10}]
",
        "
cases:
  - {name: rounded up to the line, source: own, as_of: 2024-12-31, given: {points: 100, fine: false, good: true, staff: 6}, expect: {score: 100.1, level: top, items: {p: 0}}}
  - {name: its condition fails, source: own, as_of: 2024-12-31, given: {points: 100, fine: false, good: true, staff: 5}, expect: {level: mid, missing: []}}
  - {name: its condition is not known, source: own, as_of: 2024-12-31, given: {points: 100, fine: false, good: true}, expect: {level: null, missing: [staff]}}
  - {name: its condition is not asked below its score, source: own, as_of: 2024-12-31, given: {points: 99, fine: false, good: true}, expect: {score: 99.1, level: mid}}
  - {name: over the full mark, source: own, as_of: 2024-12-31, given: {points: 200, fine: true, good: true, staff: 6}, expect: {score: 180.2, level: top}}
  - {name: never below nought, source: own, as_of: 2024-12-31, given: {points: 1, fine: true, good: true, staff: 6}, expect: {score: 0, level: null, missing: []}}
  - {name: vetoed, source: own, as_of: 2024-12-31, given: {points: 100, fine: false, good: false, staff: 6}, expect: {score: 100.1, level: vetoed}}
  - {name: a veto not known, source: own, as_of: 2024-12-31, given: {points: 100, fine: false, staff: 6}, expect: {score: 100.1, level: null, missing: [good]}}
",
    );
}

#[test]
fn a_card_that_is_not_in_force_gives_nothing_and_lacks_nothing() {
    let text = "
scorecard: card
name: {en: card}
in_force: {from: 2024-01-01, until: 2024-12-31}
items: [{id: a, text: {en: a}, value: staff, weight: 10, score: value}]
levels: [{level: some, from: 1}]
";
    let reading = policy(
        "p",
        "high: score('card') >= 5\n some: level('card') = 'some'\n item: item('card', 'a') > 0",
        "kind: title",
        "",
    );
    let cases = "
cases:
  - {name: last day, scorecard: card, source: own, as_of: 2024-12-31, given: {staff: 7}, expect: {score: 7, level: some}}
  - {name: day after, scorecard: card, source: own, as_of: 2025-01-01, given: {staff: 7}, expect: {score: null, level: null, items: {a: null}, missing: []}}
  - {name: asked on the day after, policy: p, source: own, as_of: 2025-01-01, given: {staff: 7}, expect: {verdict: unknown, missing: []}}
  - {name: asked on the first day, policy: p, source: own, as_of: 2024-01-01, given: {staff: 7}, expect: {verdict: eligible, gaps: {high: 2}}}
";
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("card.yaml", text),
        ("p.yaml", &reading),
        ("all.cases.yaml", cases),
    ]);
}

#[test]
fn a_card_may_rest_on_another_and_a_variable_on_a_band() {
    let inner = "
scorecard: inner
name: {en: inner}
missing: unknown
items: [{id: judged, text: {en: j}, low: 6, high: 8}, {id: known, text: {en: k}, score: points}]
";
    let outer = "
scorecard: outer
name: {en: outer}
rounding: {places: 0}
items: [{id: half, text: {en: h}, score: \"score('inner') / 2\"}]
bonus: [{id: more, text: {en: m}, low: 0, high: 3, max: 2}]
levels: [{level: high, from: 9}, {level: low, from: 1}]
";
    let facts = format!(
        "{}  banded: {{label: {{en: b}}, subject: enterprise, type: number, period: none, formula: \"item('inner', 'judged')\"}}\n",
        variables(FACTS)
    );
    let reading = policy(
        "p",
        "band: banded >= 6\n high: banded > 7",
        "kind: title",
        "",
    );
    let cases = "
cases:
  - {name: half, scorecard: outer, source: own, as_of: 2024-12-31, given: {points: 10}, expect: {items: {half: {low: 8, high: 9}, more: {low: 0, high: 2}}, score: {low: 8, high: 11}, level: null, missing: []}}
  - {name: above, scorecard: outer, source: own, as_of: 2024-12-31, given: {points: 12}, expect: {score: {low: 9, high: 12}, level: high}}
  - {name: the facts below, scorecard: outer, source: own, as_of: 2024-12-31, given: {}, expect: {missing: [points]}}
  - {name: by itself, variable: banded, source: own, as_of: 2024-12-31, given: {}, expect: {value: {low: 6, high: 8}, missing: []}}
  - {name: read, policy: p, source: own, as_of: 2024-12-31, given: {}, expect: {verdict: unknown, failed: [], missing: [], gaps: {band: null}}}
  - {name: given, policy: p, source: own, as_of: 2024-12-31, given: {banded: 7}, expect: {verdict: ineligible, failed: [high], gaps: {band: 1}}}
";
    check(&[
        ("v.yaml", &facts),
        ("inner.yaml", inner),
        ("outer.yaml", outer),
        ("p.yaml", &reading),
        ("all.cases.yaml", cases),
    ]);
}

const PROJECTS: &str = "
variables:
  behind: {label: {en: b}, subject: project, type: ratio, period: none}
  funds: {label: {en: f}, subject: project, type: money, period: none}
  due: {label: {en: d}, subject: project, type: date, period: none}
  size: {label: {en: s}, subject: project, type: money, period: none}
";

const LIGHT: &str = "
light: l
in_force: {from: 2025-01-01}
scope: size >= wan(1000)
aspects:
  - {id: progress, yellow: behind > 0.1, red: behind > 0.3}
  - {id: money, red: funds < yuan(1)}
  - {id: entry, yellow: months_since(due) >= 1}
";

#[test]
fn of_each_aspect_the_first_true_one_counts() {
    let sound = "size: 10000000, funds: 1, due: 2025-03-01";
    // Name, facts, what is expected; on 31 March, or on the day that the name begins with.
    let lines = "
        at both lines neither | SOUND, behind: 0.1 | light: green, aspects: {progress: green, money: green, entry: green}
        at the red line yellow | SOUND, behind: 0.3 | light: yellow, aspects: {progress: yellow}
        above it red | SOUND, behind: 0.300001 | light: red, aspects: {progress: red}
        2025-04-01 a month is whole | SOUND, behind: 0 | light: yellow, aspects: {entry: yellow}
        red wins over what is not known | size: 10000000, funds: 0.99, behind: 0 | light: red, aspects: {entry: unknown}, missing: [due]
        not known is worse than green | size: 10000000, funds: 1, due: none | light: unknown, aspects: {progress: unknown, entry: unknown}, missing: [behind]
        too small | size: 9999999.99, behind: 1 | light: out_of_scope, missing: []
        size not known | funds: 1, due: 2025-03-01, behind: 0.5 | light: unknown, aspects: {progress: red}, missing: [size]
        2024-12-31 before its day | SOUND, behind: 1 | light: out_of_scope, missing: []";
    let mut cases = "cases:\n".to_owned();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [name, given, expect] = parts[..] else {
            panic!("no line of three parts: {line}");
        };
        let day = name.get(..10).filter(|day| day.starts_with("20"));
        let day = day.unwrap_or("2025-03-31");
        let given = given.replace("SOUND", sound);
        let _ = writeln!(
            cases,
            "  - {{name: {name}, source: own, as_of: {day}, given: {{{given}}}, expect: {{{expect}}}}}"
        );
    }
    check(&[
        ("v.yaml", PROJECTS),
        ("l.yaml", LIGHT),
        ("l.cases.yaml", &cases),
    ]);
}
