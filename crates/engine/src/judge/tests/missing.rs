//! What is missing, to the letter.

use super::{check, policy, variables};

const FACTS: &str = "
    a boolean none
    b boolean none
    x money year
    y money year
    grade code none
    sum money year;formula: x + y
    kind code none;formula: CASE WHEN x > yuan(1) THEN 'big' ELSE 'small' END";

/// Asserts what is missing of a policy with one clause.
fn missing(when: &str, given: &str, expected: &str) {
    let text = policy("p", &format!("c: {when}"), "kind: title", "");
    let cases = format!(
        "cases:\n  - {{name: m, source: own, as_of: 2024-12-31, given: {{{given}}}, expect: {{missing: [{expected}]}}}}\n"
    );
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("p.yaml", &text),
        ("p.cases.yaml", &cases),
    ]);
}

#[test]
fn only_what_could_change_the_clause_is_missing() {
    missing("a AND b", "a: true", "b");
    missing("a AND b", "a: false", "");
    missing("a OR b", "b: true", "");
    missing("(a AND x > yuan(0)) OR b", "a: false", "b");
    missing("(a AND x > yuan(0)) OR b", "a: true", "b, x");
    missing("x > y", "x: 1", "y");
    missing("x > y", "x: none", "");
    missing("x + y > yuan(0)", "x: none", "y");
}

#[test]
fn a_formula_is_named_by_the_facts_under_it() {
    missing("sum > yuan(1)", "x: 1", "y");
    missing("sum > yuan(1)", "sum: 2", "");
    missing("prior(sum, 1) > yuan(1)", "x: 1, y@2023: 1", "x@2023");
    missing("kind = 'big'", "", "x");
    missing("kind = 'big'", "kind: none", "");
}

#[test]
fn names_are_sorted_and_stand_once() {
    missing("y > x AND prior(x, 1) > y", "", "x, x@2023, y");
    missing("x / y > 1", "y: 0", "x");
}
