//! The page of the rule language, sentence by sentence: what each expression is worth, what each policy
//! gives. A line is `type period | expression | facts | what is expected`.

use std::fmt::Write as _;

use engine::cases::Runner;
use engine::{RuleFiles, load_files};

const FACTS: &str = "variables:
  revenue: {label: {en: revenue}, subject: enterprise, type: money, period: year, sensitivity: public}
  rd: {label: {en: rd}, subject: enterprise, type: money, period: year, sensitivity: public}
  filed: {label: {en: filed}, subject: enterprise, type: money, period: year, sensitivity: public, blank: zero}
  staff: {label: {en: staff}, subject: enterprise, type: integer, period: year, sensitivity: public}
  output: {label: {en: output}, subject: enterprise, type: money, period: month, sensitivity: public}
  orders: {label: {en: orders}, subject: enterprise, type: integer, period: quarter, sensitivity: public}
  capital: {label: {en: capital}, subject: enterprise, type: money, period: none, sensitivity: public}
  n: {label: {en: n}, subject: enterprise, type: integer, period: none, sensitivity: public}
  r: {label: {en: r}, subject: enterprise, type: ratio, period: none, sensitivity: public}
  since: {label: {en: since}, subject: enterprise, type: date, period: none, sensitivity: public}
  until: {label: {en: until}, subject: enterprise, type: date, period: none, sensitivity: public}
  grade: {label: {en: grade}, subject: enterprise, type: code, period: none, sensitivity: public}
  flag: {label: {en: flag}, subject: enterprise, type: boolean, period: none, sensitivity: public}
  other: {label: {en: other}, subject: enterprise, type: boolean, period: none, sensitivity: public}
  industry_code: {label: {en: industry}, subject: enterprise, type: code, period: none, sensitivity: public}
  region_code: {label: {en: region}, subject: enterprise, type: code, period: none, sensitivity: public}
  share: {label: {en: share}, subject: enterprise, type: ratio, period: year, sensitivity: public, formula: rd / revenue}
  size: {label: {en: size}, subject: enterprise, type: code, period: none, sensitivity: public, formula: \"CASE WHEN n < 20 THEN 'micro' WHEN n < 300 THEN 'small' ELSE 'large' END\"}
";

const PARAMETERS: &str = "parameters:
  limit: {type: money, values: [{from: 2020-01-01, until: 2023-12-31, value: 100}, {from: 2024-01-01, value: 200.00}]}
  gone: {type: money, values: [{from: 2019-01-01, until: 2021-12-31, value: 3000000.00}]}
  third: {type: ratio, values: [{from: 2020-01-01, value: 1/3}]}
  two: {type: integer, values: [{from: 2020-01-01, value: 2}]}
  yes: {type: boolean, values: [{from: 2020-01-01, value: true}]}
  day: {type: date, values: [{from: 2020-01-01, value: 2024-06-30}]}
  bands: {type: table, columns: [money, ratio], values: [{from: 2016-01-01, value: [[0, 0.05], [50000000.01, 0.04], [200000000.01, 0.03]]}]}
";

/// Asserts what each line says; facts of 2024, on 2024-12-31.
fn worth(lines: &str) {
    let mut variables = FACTS.to_owned();
    let mut cases = "cases:\n".to_owned();
    for (at, line) in lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
    {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [head, formula, given, expected] = parts[..] else {
            panic!("no line of four parts: {line}");
        };
        let (ty, period) = head.split_once(' ').unwrap();
        writeln!(
            variables,
            "  x{at}: {{label: {{en: x}}, subject: enterprise, type: {ty}, period: {period}, sensitivity: public, \
             formula: \"{formula}\"}}"
        )
        .unwrap();
        let expected = if expected.starts_with("value") || expected.starts_with("missing") {
            expected.to_owned()
        } else {
            format!("value: {expected}")
        };
        writeln!(
            cases,
            "  - {{name: \"{line}\", variable: x{at}, source: own, as_of: 2024-12-31, given: {{{given}}}, expect: {{{expected}}}}}"
        )
        .unwrap();
    }
    passes(&[
        ("cn/variables/v.yaml", &variables),
        ("cn/parameters/p.yaml", PARAMETERS),
        ("cn/x.cases.yaml", &cases),
    ]);
}

/// Asserts that every case of these files passes.
fn passes(files: &[(&str, &str)]) {
    let texts = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let (rulebook, found) = load_files(&RuleFiles::from_texts(texts), None);
    let rulebook = rulebook.unwrap_or_else(|| panic!("{}", engine::render(&found)));
    let reports = Runner::new(&rulebook).run_all();
    assert!(!reports.is_empty(), "there is no case");
    let failed: Vec<String> = reports
        .iter()
        .filter(|report| !report.passes())
        .map(|report| format!("{}: {:?}", report.name, report.differences))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_absent_is_known() {
    worth(
        "
        boolean none | grade = 'A' | grade: none | false
        boolean none | grade <> 'A' | grade: none | true
        boolean none | NOT grade = 'A' | grade: none | true
        boolean none | n > 5 | n: none | false
        boolean none | NOT n > 5 | n: none | true
        boolean none | n < 5 | n: none | false
        boolean none | since <= as_of | since: none | false
        boolean none | n BETWEEN 1 AND 9 | n: none | false
        boolean none | n NOT BETWEEN 1 AND 9 | n: none | true
        boolean none | grade IN ('A', 'B') | grade: none | false
        boolean none | grade NOT IN ('A', 'B') | grade: none | true
        boolean none | 'A' IN (grade, size) | grade: none, size: B | false
        boolean none | 'A' NOT IN (grade) | grade: none | true
        integer none | CASE WHEN grade = 'A' THEN 1 ELSE 2 END | grade: none | 2
        integer none | CASE WHEN grade <> 'A' THEN 1 ELSE 2 END | grade: none | 1
        integer none | CASE grade WHEN 'A' THEN 1 ELSE 2 END | grade: none | 2
        boolean none | since <= until | since: none | false
        boolean none | grade = size | grade: none, size: none | false
        integer none | n + 1 | n: none | value: null, missing: []
        integer none | -n | n: none | value: null, missing: []
        integer none | abs(n) | n: none | value: null, missing: []
        integer none | years_since(since) | since: none | value: null, missing: []
        money year | greatest(revenue, yuan(0)) | revenue: none | value: null, missing: []
        money year | sum_last(revenue, 1) | revenue: none | value: null, missing: []
        boolean none | industry_in('C') | industry_code: none | value: null, missing: []
        boolean none | present(since) | since: none | value: false, missing: []
        boolean none | present(since) | since: 2024-01-01 | true
        boolean none | present(since) |  | value: null, missing: [since]
        boolean none | NOT present(size) | size: none | true
        money year | revenue + rd | revenue: none | value: null, missing: [rd]
        ratio year | rd / revenue | revenue: 0 | value: null, missing: [rd]
        ratio year | growth(revenue) | revenue@2023: 0 | value: null, missing: [revenue]
        ",
    );
}

#[test]
fn what_is_missing_is_neither_nought_nor_false() {
    worth(
        "
        boolean none | flag AND other | flag: false | value: false, missing: []
        boolean none | flag AND other | flag: true | value: null, missing: [other]
        boolean none | flag OR other | flag: true | value: true, missing: []
        boolean none | flag OR other | flag: false | value: null, missing: [other]
        boolean none | NOT flag |  | value: null, missing: [flag]
        boolean none | n BETWEEN staff AND 5 | n: 9 | false
        boolean none | n IN (staff, 3) | n: 3 | true
        boolean none | n IN (staff, 3) | n: 4 | value: null, missing: [staff]
        money year | least(rd, revenue) | revenue: 5 | value: null, missing: [rd]
        money year | greatest(rd, yuan(0)) |  | value: null, missing: [rd]
        money year | filed + yuan(1) |  | value: 1, missing: []
        money year | filed + yuan(1) | filed: none | value: null, missing: []
        integer none | CASE WHEN flag THEN 1 ELSE 2 END |  | value: null, missing: [flag]
        integer none | CASE WHEN flag THEN 1 WHEN other THEN 2 ELSE 3 END | other: true | value: null, missing: [flag]
        integer none | CASE WHEN flag THEN n ELSE staff END | flag: false | value: null, missing: [staff]
        integer none | CASE WHEN flag THEN 1 END | flag: false | value: null, missing: []
        money none | p.gone |  | value: null, missing: []
        boolean year | revenue > p.gone | revenue: 5 | value: null, missing: []
        money none | p.limit |  | 200
        ratio year | share + r |  | value: null, missing: [r, rd, revenue]
        ratio year | prior(share, 1) | rd@2023: 1 | value: null, missing: [revenue@2023]
        ",
    );
}

#[test]
fn division_is_exact_and_boundaries_are() {
    worth(
        "
        ratio none | 7 / 2 |  | 3.5
        boolean none | n / 3 * 3 = n | n: 1 | true
        boolean none | p.third * 3 = 1 |  | true
        ratio year | rd / revenue | rd: 1, revenue: 0 | value: null, missing: []
        boolean year | rd / revenue >= 0.05 | rd: 5000000.00, revenue: 100000000.00 | true
        boolean year | rd / revenue >= 0.05 | rd: 4999999.99, revenue: 100000000.00 | false
        boolean year | rd >= revenue * 0.05 | rd: 5000000.00, revenue: 100000000.00 | true
        boolean year | rd >= revenue * 0.05 | rd: 4999999.99, revenue: 100000000.00 | false
        boolean year | growth(revenue) > 0.1 | revenue: 110, revenue@2023: 100 | false
        boolean year | growth(revenue) > 0.1 | revenue: 110.01, revenue@2023: 100 | true
        ratio year | growth(revenue) | revenue: 1, revenue@2023: -1 | value: null, missing: []
        boolean year | compound_growth(revenue, 3) >= 0.1 | revenue: 133.10, revenue@2021: 100 | true
        boolean year | compound_growth(revenue, 3) >= 0.1 | revenue: 133.09, revenue@2021: 100 | false
        ratio year | compound_growth(revenue, 2) | revenue: -5, revenue@2022: 4 | value: null, missing: []
        ratio year | compound_growth(revenue, 2) | revenue: 4, revenue@2022: 0 | value: null, missing: []
        boolean none | r = 0.123456789012 | r: 0.123456789012 | true
        money year | round(rd, 1) | rd: -0.25 | -0.30
        integer none | round(r) | r: -2.5 | -3
        integer none | round(r) | r: 2.499999999999 | 2
        money year | abs(rd) | rd: -0.01 | 0.01
        boolean none | capital = wan(500) | capital: 5000000 | true
        boolean none | capital = yi(2) | capital: 200000000 | true
        boolean none | capital = money(2) | capital: 2 | true
        boolean none | capital = yuan(n) | capital: 2.00, n: 2 | true
        boolean none | capital <> wan(0.0001) | capital: 1 | false
        ",
    );
}

#[test]
fn periods_are_counted_each_by_its_own() {
    worth(
        "
        money year | prior(revenue, 2) | revenue@2022: 7 | 7
        money year | revenue@2022 | revenue@2022: 7 | 7
        money year | revenue | revenue@2024: 7 | 7
        money year | sum_last(revenue, 3) | revenue: 1, revenue@2023: 2, revenue@2022: 4 | 7
        money year | sum_last(revenue, 3) | revenue: 1, revenue@2022: 4 | value: null, missing: [revenue@2023]
        money year | avg_last(revenue, 2) | revenue: 1, revenue@2023: 2 | 1.50
        money year | min_last(revenue, 2) | revenue: 1, revenue@2023: 2 | 1
        money year | max_last(revenue, 2) | revenue: 1, revenue@2023: 2 | 2
        money year | max_last(revenue, 2) | revenue: 1 | value: null, missing: [revenue@2023]
        money month | output | output: 3 | 3
        money month | output | output@2024-12: 3 | 3
        money month | prior(output, 12) | output@2023-12: 3 | 3
        money month | sum_last(output, 2) | output@2024-12: 1, output@2024-11: 2 | 3
        money month | output@2024-08 | output@2024-08: 5 | 5
        integer quarter | prior(orders, 1) | orders@2024-Q3: 5 | 5
        ratio year | growth(rd + revenue) | rd: 1, revenue: 2, rd@2023: 1, revenue@2023: 1 | 0.5
        ratio month | growth(output) | output: 3, output@2024-11: 2 | 0.5
        ratio year | sum_last(rd, 2) / sum_last(revenue, 2) | rd: 1, rd@2023: 1, revenue: 4, revenue@2023: 4 | 0.25
        ratio year | prior(share, 1) | rd@2023: 1, revenue@2023: 4 | 0.25
        ratio year | share | rd: 1, revenue: 4, share: 0.3 | 0.3
        code none | size | n: 19 | micro
        code none | size | n: 300 | large
        ",
    );
}

#[test]
fn dates_follow_the_calendar() {
    worth(
        "
        date none | as_of |  | 2024-12-31
        boolean none | subject_id <> '' |  | true
        integer none | years_since(since) | since: 2023-01-01 | 1
        integer none | years_since(since) | since: 2022-12-31 | 2
        integer none | years_since(since) | since: 2025-01-01 | -1
        integer none | months_since(since) | since: 2024-11-30 | 1
        integer none | months_since(since) | since: 2025-01-31 | -1
        integer none | months_since(since) | since: 2025-02-01 | -2
        integer none | year_of(since) | since: 2022-07-01 | 2022
        integer none | month_of(since) | since: 2022-07-01 | 7
        date none | add_months(since, 1) | since: 2023-01-31 | 2023-02-28
        date none | add_months(since, -1) | since: 2024-03-31 | 2024-02-29
        date none | add_months(since, n) | since: 2024-03-31, n: 12 | 2025-03-31
        integer none | until - since | since: 2024-01-01, until: 2024-12-31 | 365
        boolean none | until - since <= 365 | since: 2024-01-01, until: 2024-12-31 | true
        date none | since + 1 | since: 2024-02-28 | 2024-02-29
        date none | since - 1 | since: 2024-03-01 | 2024-02-29
        boolean none | since >= DATE '2022-07-01' | since: 2022-07-01 | true
        boolean none | since > DATE '2022-07-01' | since: 2022-07-01 | false
        boolean none | since BETWEEN DATE '2022-07-01' AND p.day | since: 2024-06-30 | true
        date none | least(since, until) | since: 2024-03-01, until: 2023-01-01 | 2023-01-01
        ",
    );
}

#[test]
fn functions_of_the_table() {
    worth(
        "
        boolean none | at_least(2, flag, other, n > 1) | flag: true, other: true | true
        boolean none | at_least(2, flag, other, n > 1) | flag: false, other: false | false
        boolean none | at_least(2, flag, other, n > 1) | flag: true | value: null, missing: [n, other]
        boolean none | at_least(p.two, flag, other) | flag: true, other: true | true
        boolean none | at_least(0, flag) |  | true
        boolean none | at_least(n, flag, other) | flag: true, other: true | value: null, missing: [n]
        boolean none | industry_in('C', 'I65') | industry_code: C3391 | true
        boolean none | industry_in('C', 'I65') | industry_code: I6510 | true
        boolean none | industry_in('C', 'I65') | industry_code: I64 | false
        boolean none | industry_in('C') |  | value: null, missing: [industry_code]
        boolean none | region_in('62', '6108') | region_code: 620102 | true
        boolean none | region_in('62', '6108') | region_code: 610802 | true
        boolean none | region_in('62', '6108') | region_code: 610102 | false
        ratio year | step(revenue, p.bands) | revenue: 50000000.00 | 0.05
        ratio year | step(revenue, p.bands) | revenue: 50000000.01 | 0.04
        ratio year | step(revenue, bands) | revenue: 200000000.01 | 0.03
        ratio year | step(revenue, p.bands) | revenue: -0.01 | value: null, missing: []
        ratio year | step(revenue, p.bands) |  | value: null, missing: [revenue]
        ratio year | step_after(revenue, p.bands) | revenue: 50000000.01 | 0.05
        ratio year | step_after(revenue, p.bands) | revenue: 0 | value: null, missing: []
        boolean none | flag AND p.yes | flag: true | true
        boolean none | TRUE AND flag | flag: true | true
        integer none | case when flag then 1 else 2 end | flag: true | 1
        integer none | ABS(n) | n: -3 | 3
        ",
    );
}
