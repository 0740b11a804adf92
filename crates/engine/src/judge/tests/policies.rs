//! Verdicts, amounts, gaps, dated alternatives.

use super::{check, policy, reports, variables};

const FACTS: &str = "
    revenue money year
    rd money year
    staff integer year
    filed money year;blank: zero
    since date none
    flag boolean none";

fn judged(policy: &str, cases: &str) {
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("p.yaml", policy),
        ("p.cases.yaml", cases),
    ]);
}

#[test]
fn the_verdict_is_the_kleene_and_of_the_clauses() {
    let text = policy(
        "p",
        "enough: revenue >= yuan(100)\n few: staff <= 300\n share: rd / revenue >= 0.05",
        "kind: subsidy, amount: rd * 0.1",
        "",
    );
    judged(
        &text,
        "
cases:
  - name: all hold at their boundaries
    source: own
    as_of: 2024-06-30
    given: {revenue: 100, staff: 300, rd: 5}
    expect: {verdict: eligible, amount: 0.50, saves: 0.50, chosen: true, failed: [], missing: [],
             gaps: {enough: 0, few: 0, share: 0}}
  - name: a fen and a person too few
    source: own
    as_of: 2024-06-30
    given: {revenue: 99.99, staff: 301, rd: 4.99}
    expect: {verdict: ineligible, failed: [enough, few, share], missing: [], amount: 0.50, chosen: false,
             gaps: {enough: -0.01, few: -1, share: -0.000095}}
  - name: what is not known leaves it open
    source: own
    as_of: 2024-06-30
    given: {revenue: 100}
    expect: {verdict: unknown, failed: [], missing: [rd, staff], amount: null, gaps: {few: null}}
  - name: one false clause decides, and the amount's facts are not asked for
    source: own
    as_of: 2024-06-30
    given: {revenue: 1}
    expect: {verdict: ineligible, failed: [enough], missing: [rd, staff]}
  - name: division by nought lacks nothing
    source: own
    as_of: 2024-06-30
    given: {revenue: 0, staff: 1, rd: 0}
    expect: {verdict: ineligible, failed: [enough], missing: []}
",
    );
}

#[test]
fn a_policy_that_is_not_in_force_says_nothing_else() {
    let text = policy("p", "a: flag", "kind: subsidy, amount: rd", "").replace(
        "{from: 2000-01-01}",
        "[{from: 2020-01-01, until: 2020-12-31}, {from: 2022-01-01}]",
    );
    judged(
        &text,
        "
cases:
  - {name: last day of the first span, source: own, as_of: 2020-12-31, given: {flag: true}, expect: {verdict: eligible, missing: [rd]}}
  - {name: between the spans, source: own, as_of: 2021-12-31, given: {}, expect: {verdict: not_in_force, amount: null, saves: null, failed: [], missing: []}}
  - {name: first day of the second span, source: own, as_of: 2022-01-01, given: {}, expect: {verdict: unknown, missing: [flag, rd]}}
",
    );
}

#[test]
fn two_generations_of_a_policy_ask_for_their_own_facts_only() {
    let text = "
policy: p
name: {en: p}
subject: enterprise
field: other
in_force: {from: 2000-01-01}
period: year
year: [{from: 2025-01-01, is: previous}]
clauses:
  - {id: old, text: {en: old}, until: 2024-12-31, when: staff > 1}
  - {id: new, text: {en: new}, from: 2025-01-01, when: revenue > yuan(1)}
  - id: dated
    text: {en: dated}
    when: [{until: 2023-12-31, is: flag}, {from: 2025-01-01, is: rd > yuan(0)}]
benefit:
  kind: subsidy
  amount: [{until: 2024-12-31, is: yuan(7)}, {from: 2026-01-01, is: rd}]
";
    judged(
        text,
        "
cases:
  - {name: the old one, source: own, as_of: 2023-12-31, given: {staff: 2, flag: true}, expect: {verdict: eligible, amount: 7.00}}
  - {name: outside its spans a condition does not count, source: own, as_of: 2024-12-31, given: {staff: 2}, expect: {verdict: eligible, missing: []}}
  - {name: the new one looks back on the year before, source: own, as_of: 2025-06-30, given: {revenue@2024: 2, rd@2024: 1}, expect: {verdict: eligible, missing: [], amount: null}}
  - {name: a value without its year is the assessment year's, source: own, as_of: 2026-06-30, given: {revenue: 2, rd: 1}, expect: {verdict: eligible, amount: 1.00}}
  - {name: the current year is not asked, source: own, as_of: 2026-06-30, given: {revenue@2026: 2, rd: 1}, expect: {verdict: unknown, missing: [revenue]}}
",
    );
}

#[test]
fn an_empty_cell_is_nought_where_the_form_says_so() {
    let text = policy(
        "p",
        "none: filed = yuan(0)",
        "kind: subsidy, amount: rd + filed",
        "",
    );
    judged(
        &text,
        "
cases:
  - {name: blank, source: own, as_of: 2024-06-30, given: {rd: 1}, expect: {verdict: eligible, amount: 1.00, missing: []}}
  - {name: filled, source: own, as_of: 2024-06-30, given: {rd: 1, filed: 2}, expect: {verdict: ineligible, amount: 3.00}}
",
    );
}

#[test]
fn parameters_hold_in_their_spans_and_may_be_set() {
    let parameters = "
parameters:
  cap:
    label: {en: cap}
    type: integer
    values:
      - {from: 2020-01-01, until: 2020-12-31, value: 10, legal: {cite: a}}
      - {from: 2022-01-01, value: 20, legal: {cite: a}}
  bands:
    label: {en: bands}
    type: table
    columns: [integer, money]
    values: [{from: 2020-01-01, value: [[0, 1], [10, 2.5]], legal: {cite: a}}]
";
    let text = policy(
        "p",
        "few: staff <= p.cap",
        "kind: subsidy, amount: 'step(staff, p.bands)'",
        "",
    );
    let cases = "
cases:
  - {name: the last day, source: own, as_of: 2020-12-31, given: {staff: 11}, expect: {verdict: ineligible, amount: 2.50, gaps: {few: -1}}}
  - {name: never the nearest value, source: own, as_of: 2021-06-30, given: {staff: 1}, expect: {verdict: unknown, missing: []}}
  - {name: a missing fact is named all the same, source: own, as_of: 2021-06-30, given: {}, expect: {verdict: unknown, missing: [staff]}}
  - {name: later, source: own, as_of: 2022-01-01, given: {staff: 11}, expect: {verdict: eligible}}
  - {name: set, source: own, as_of: 2022-01-01, set: {cap: 10}, given: {staff: 11}, expect: {verdict: ineligible}}
  - {name: below the table, source: own, as_of: 2022-01-01, given: {staff: -1}, expect: {verdict: eligible, amount: null, missing: []}}
";
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("q.yaml", parameters),
        ("p.yaml", &text),
        ("p.cases.yaml", cases),
    ]);
}

#[test]
fn amounts_are_rounded_once_and_parts_may_use_them() {
    let text = policy(
        "p",
        "any: flag",
        "kind: subsidy, amount: rd / 3, saves: 'amount * 0.5', parts: {third: amount / 3, share: rd / revenue}",
        "",
    );
    judged(
        &text,
        "
cases:
  - {name: rounded, source: own, as_of: 2024-06-30, given: {flag: true, rd: 1, revenue: 4},
     expect: {amount: 0.33, saves: 0.17, parts: {third: 0.11, share: 0.25}}}
  - {name: a part that is not known adds nothing to what is missing, source: own, as_of: 2024-06-30,
     given: {flag: true, rd: 1}, expect: {amount: 0.33, missing: [], parts: {share: null}}}
",
    );
}

#[test]
fn money_that_only_comes_earlier_saves_nothing() {
    let text = policy(
        "p",
        "any: flag",
        "kind: refund, amount: rd, timing: true",
        "",
    );
    judged(
        &text,
        "
cases:
  - {name: refund, source: own, as_of: 2024-06-30, given: {flag: true, rd: 5}, expect: {amount: 5.00, saves: 0.00, chosen: false}}
",
    );
}

#[test]
fn gaps_are_of_one_comparison_only() {
    let text = policy(
        "p",
        "days: since <= as_of\n both: staff > 1 AND staff < 9\n not: NOT staff > 1\n named: enough\n equal: staff = 2\n\
         between: staff BETWEEN 1 AND 3\n rate: compound_growth(revenue, 2) >= 0.1",
        "kind: title",
        "let: {enough: staff > 5}",
    );
    judged(
        &text,
        "
cases:
  - name: gaps
    source: own
    as_of: 2024-12-31
    given: {since: 2025-01-02, staff: 2, revenue: 200, revenue@2022: 100}
    expect: {gaps: {days: -2, both: null, not: null, named: null, equal: null, between: null, rate: 0.314214}}
",
    );
}

#[test]
fn a_fact_under_the_policys_own_definition_comes_first() {
    let text = policy("p", "few: staff <= 10", "kind: title", "");
    judged(
        &text,
        "
cases:
  - {name: own, source: own, as_of: 2024-06-30, given: {staff: 11, 'staff[p]': 10}, expect: {verdict: eligible}}
  - {name: plain, source: own, as_of: 2024-06-30, given: {staff: 11}, expect: {verdict: ineligible}}
  - {name: neither, source: own, as_of: 2024-06-30, given: {}, expect: {verdict: unknown, missing: [staff]}}
",
    );
}

#[test]
fn a_failing_case_says_what_was_expected_and_what_came_out() {
    let text = policy("p", "few: staff <= 10", "kind: subsidy, amount: rd", "");
    let cases = "
cases:
  - {name: wrong, source: own, as_of: 2024-06-30, given: {staff: 11, rd: 1}, expect: {verdict: eligible, amount: 2.00, failed: []}}
doubtful:
  - {name: in doubt, source: own, as_of: 2024-06-30, given: {staff: 11, rd: 1}, expect: {verdict: unknown}}
";
    let reports = reports(&[
        ("v.yaml", &variables(FACTS)),
        ("p.yaml", &text),
        ("p.cases.yaml", cases),
    ]);
    let differences: Vec<String> = reports[0]
        .differences
        .iter()
        .map(|d| format!("{} {} {}", d.what, d.expected, d.got))
        .collect();
    assert_eq!(
        differences,
        [
            "verdict eligible ineligible",
            "failed [] [few]",
            "amount 2.00 1.00"
        ]
    );
    assert_eq!(reports[0].lines[0].detail, "11 <= 10");
    assert!(reports[1].doubtful && !reports[1].passes());
}
