//! Chains of formulas: as long as they may be they are judged on a thread's stack, longer ones are refused.

use std::fmt::Write as _;

use super::{check, variables};
use crate::load::{RuleFiles, load_files};

/// Variables of which each needs the one before it.
fn chain(length: usize) -> String {
    let mut lines = "v0 integer none\n".to_owned();
    for n in 1..=length {
        let _ = writeln!(lines, "v{n} integer none;formula: abs(v{})", n - 1);
    }
    variables(&lines)
}

#[test]
fn a_chain_of_formulas_is_judged() {
    let text = chain(99);
    let cases = "cases:\n  - {name: deep, variable: v99, source: own, as_of: 2024-12-31, given: {v0: -7}, \
                 expect: {value: 7}}\n  - {name: unknown, variable: v99, source: own, as_of: 2024-12-31, \
                 given: {}, expect: {value: null, missing: [v0]}}\n";
    check(&[("v.yaml", &text), ("v.cases.yaml", cases)]);
}

#[test]
fn a_longer_one_is_refused_once() {
    let files = [("v.yaml".to_owned(), chain(120))];
    let (_, found) = load_files(&RuleFiles::from_texts(files), None);
    let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["formula::size"]);
}

#[test]
fn numbers_do_not_grow_from_formula_to_formula_without_end() {
    let mut lines = "v0 number none\n".to_owned();
    for n in 1..40 {
        let _ = writeln!(lines, "v{n} number none;formula: v{m} * v{m}", m = n - 1);
    }
    let files = [("v.yaml".to_owned(), variables(&lines))];
    let (_, found) = load_files(&RuleFiles::from_texts(files), None);
    assert!(!found.is_empty() && found.iter().all(|d| d.code == "formula::size"));
}
