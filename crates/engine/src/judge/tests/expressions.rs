//! What expressions are worth: windows, growth, dates, what is absent.

use super::{check, variables};

const FACTS: &str = "
    revenue money year
    rd money year
    staff integer year
    profit money year
    since date none
    grade code none
    flag boolean none
    output money month
    industry_code code none
    region_code code none";

/// Asserts what an expression is worth for these facts on 2024-12-31.
fn worth(ty: &str, period: &str, expr: &str, given: &str, expected: &str) {
    let formula = format!("{FACTS}\n x {ty} {period};formula: \"{expr}\"");
    let cases = format!(
        "cases:\n  - {{name: a, variable: x, source: own, as_of: 2024-12-31, given: {{{given}}}, \
         expect: {{{expected}}}}}\n"
    );
    check(&[
        ("variables/v.yaml", &variables(&formula)),
        ("x.cases.yaml", &cases),
    ]);
}

#[test]
fn windows_read_each_of_their_periods() {
    let given = "revenue: 3, revenue@2023: 2, revenue@2022: 1";
    worth(
        "money",
        "year",
        "sum_last(revenue, 3)",
        given,
        "value: 6, missing: []",
    );
    worth(
        "money",
        "year",
        "avg_last(revenue, 2)",
        given,
        "value: 2.50",
    );
    worth("money", "year", "min_last(revenue, 3)", given, "value: 1");
    worth(
        "money",
        "year",
        "max_last(prior(revenue, 1), 2)",
        given,
        "value: 2",
    );
    worth(
        "money",
        "year",
        "sum_last(revenue, 4)",
        given,
        "value: null, missing: [revenue@2021]",
    );
    worth("money", "year", "revenue@2022", given, "value: 1");
}

#[test]
fn months_are_counted_from_that_of_the_assessment_date() {
    let given = "output@2024-12: 3, output@2024-11: 2, output@2024-01: 1";
    worth(
        "money",
        "month",
        "prior(output, 1) + output",
        given,
        "value: 5",
    );
    worth("money", "month", "prior(output, 11)", given, "value: 1");
    worth(
        "money",
        "month",
        "prior(output, 12)",
        given,
        "value: null, missing: [output@2023-12]",
    );
}

#[test]
fn division_is_exact_and_by_nought_not_known() {
    worth("ratio", "year", "staff / 3", "staff: 1", "value: 0.333333");
    worth(
        "ratio",
        "year",
        "rd / revenue",
        "rd: 1, revenue: 0",
        "value: null, missing: []",
    );
    worth(
        "ratio",
        "year",
        "rd / revenue",
        "revenue: 0",
        "value: null, missing: [rd]",
    );
    worth("money", "year", "rd / 3 * 3", "rd: 0.01", "value: 0.01");
}

#[test]
fn growth_is_compared_exactly() {
    let growth = "growth(revenue) >= 0.1";
    worth(
        "boolean",
        "year",
        growth,
        "revenue: 110, revenue@2023: 100",
        "value: true",
    );
    worth(
        "boolean",
        "year",
        growth,
        "revenue: 109.99, revenue@2023: 100",
        "value: false",
    );
    worth(
        "boolean",
        "year",
        growth,
        "revenue: 1, revenue@2023: 0",
        "value: null, missing: []",
    );
    let compound = "compound_growth(revenue, 2) >= 0.1";
    worth(
        "boolean",
        "year",
        compound,
        "revenue: 121, revenue@2022: 100",
        "value: true",
    );
    worth(
        "boolean",
        "year",
        compound,
        "revenue: 120.99, revenue@2022: 100",
        "value: false",
    );
    worth(
        "boolean",
        "year",
        compound,
        "revenue: -1, revenue@2022: 1",
        "value: null, missing: []",
    );
    worth(
        "boolean",
        "year",
        "compound_growth(revenue, 2) > compound_growth(rd, 3)",
        "revenue: 121, revenue@2022: 100, rd: 133.1, rd@2021: 100",
        "value: false",
    );
}

#[test]
fn what_is_absent_is_not_what_is_not_known() {
    worth(
        "boolean",
        "none",
        "grade = 'A'",
        "grade: none",
        "value: false",
    );
    worth(
        "boolean",
        "none",
        "grade <> 'A'",
        "grade: none",
        "value: true",
    );
    worth(
        "boolean",
        "none",
        "NOT grade = 'A'",
        "grade: none",
        "value: true",
    );
    worth(
        "boolean",
        "none",
        "grade IN ('A')",
        "grade: none",
        "value: false",
    );
    worth(
        "boolean",
        "none",
        "grade NOT IN ('A')",
        "grade: none",
        "value: true",
    );
}

#[test]
fn presence_is_false_for_what_is_absent_and_not_known_for_what_is_not() {
    worth(
        "boolean",
        "none",
        "present(since)",
        "since: none",
        "value: false",
    );
    worth(
        "boolean",
        "none",
        "present(since)",
        "",
        "value: null, missing: [since]",
    );
    worth(
        "boolean",
        "none",
        "present(since)",
        "since: 2024-01-01",
        "value: true",
    );
    worth(
        "boolean",
        "none",
        "year_of(since) > 2000",
        "since: none",
        "value: null, missing: []",
    );
    worth(
        "boolean",
        "none",
        "since BETWEEN DATE '2020-01-01' AND as_of",
        "since: none",
        "value: false",
    );
    worth(
        "money",
        "year",
        "least(rd, revenue)",
        "rd: none, revenue: 1",
        "value: null, missing: []",
    );
    worth(
        "money",
        "year",
        "rd + revenue",
        "rd: none",
        "value: null, missing: [revenue]",
    );
}

#[test]
fn a_case_takes_the_first_true_branch_and_none_past_what_is_not_known() {
    let case = "CASE WHEN flag THEN 1 WHEN grade = 'A' THEN 2 ELSE 3 END";
    worth(
        "integer",
        "none",
        case,
        "flag: true",
        "value: 1, missing: []",
    );
    worth(
        "integer",
        "none",
        case,
        "grade: A",
        "value: null, missing: [flag]",
    );
    worth(
        "integer",
        "none",
        case,
        "flag: false, grade: none",
        "value: 3",
    );
    let of = "CASE grade WHEN 'A' THEN staff ELSE 0 END";
    worth(
        "integer",
        "year",
        of,
        "grade: A",
        "value: null, missing: [staff]",
    );
    worth("integer", "year", of, "grade: none", "value: 0");
    worth(
        "integer",
        "none",
        "CASE WHEN flag THEN 1 END",
        "flag: false",
        "value: null, missing: []",
    );
    let unequal = "CASE WHEN grade <> 'A' THEN 1 ELSE 2 END";
    worth("integer", "none", unequal, "grade: none", "value: 1");
}

#[test]
fn at_least_counts_what_can_still_be() {
    let two = "at_least(2, flag, grade = 'A', staff > 1)";
    worth(
        "boolean",
        "year",
        two,
        "flag: true, grade: A",
        "value: true, missing: []",
    );
    worth(
        "boolean",
        "year",
        two,
        "flag: false, grade: B",
        "value: false, missing: []",
    );
    worth(
        "boolean",
        "year",
        two,
        "flag: false, grade: A",
        "value: null, missing: [staff]",
    );
}

#[test]
fn dates_are_counted_by_the_calendar() {
    worth(
        "integer",
        "none",
        "years_since(since)",
        "since: 2020-12-31",
        "value: 4",
    );
    worth(
        "integer",
        "none",
        "months_since(since)",
        "since: 2025-01-01",
        "value: -1",
    );
    worth(
        "date",
        "none",
        "add_months(since, 1)",
        "since: 2024-01-31",
        "value: 2024-02-29",
    );
    worth(
        "boolean",
        "none",
        "as_of - since >= 365",
        "since: 2024-01-01",
        "value: true",
    );
    worth(
        "boolean",
        "none",
        "as_of - since >= 366",
        "since: 2024-01-01",
        "value: false",
    );
}

#[test]
fn codes_fall_under_prefixes() {
    worth(
        "boolean",
        "none",
        "industry_in('C', 'I65')",
        "industry_code: I6510",
        "value: true",
    );
    worth(
        "boolean",
        "none",
        "industry_in('C', 'I65')",
        "industry_code: I64",
        "value: false",
    );
    worth(
        "boolean",
        "none",
        "region_in('62')",
        "",
        "value: null, missing: [region_code]",
    );
    worth(
        "boolean",
        "none",
        "region_in('62')",
        "region_code: none",
        "value: null, missing: []",
    );
}

#[test]
fn rounding_is_half_away_from_zero() {
    worth(
        "integer",
        "year",
        "round(staff / 2)",
        "staff: -3",
        "value: -2",
    );
    worth("money", "year", "round(rd, 1)", "rd: 0.25", "value: 0.30");
    worth(
        "money",
        "year",
        "greatest(profit, yuan(0))",
        "profit: -0.01",
        "value: 0",
    );
}

#[test]
fn a_given_value_stands_over_the_formula() {
    let formula = format!("{FACTS}\n x ratio year;formula: rd / revenue");
    let cases = "
cases:
  - {name: computed, variable: x, source: own, as_of: 2024-12-31, given: {rd: 1, revenue: 4}, expect: {value: 0.25}}
  - {name: given, variable: x, source: own, as_of: 2024-12-31, given: {rd: 1, revenue: 4, x: 0.5}, expect: {value: 0.5}}
  - {name: absent, variable: x, source: own, as_of: 2024-12-31, given: {rd: 1, revenue: 4, x: none}, expect: {value: none}}
";
    check(&[("v.yaml", &variables(&formula)), ("x.cases.yaml", cases)]);
}

#[test]
fn a_formula_is_read_in_the_year_that_is_asked_for() {
    let formulas = format!(
        "{FACTS}\n share ratio year;formula: rd / revenue\n x ratio year;formula: \"prior(share, 1)\""
    );
    let cases = "
cases:
  - name: the year before
    variable: x
    source: own
    as_of: 2024-12-31
    given: {rd: 1, revenue: 4, rd@2023: 1, revenue@2023: 2}
    expect: {value: 0.5}
  - name: a fact of the year before is missing
    variable: x
    source: own
    as_of: 2024-12-31
    given: {rd: 1, revenue: 4, rd@2023: 1}
    expect: {value: null, missing: [revenue@2023]}
";
    check(&[("v.yaml", &variables(&formulas)), ("x.cases.yaml", cases)]);
}
