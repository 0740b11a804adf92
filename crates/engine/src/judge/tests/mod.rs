//! Tests of the judge over small rulebooks written in place.

mod combination;
mod covered;
mod depth;
mod edges;
mod explained;
mod expressions;
mod indicators;
mod missing;
mod policies;
mod properties;
mod scorecards;

use crate::cases::{CaseReport, Runner};
use crate::load::{RuleFiles, load_files};
use crate::rulebook::Rulebook;

/// The rulebook of these texts.
pub(crate) fn rulebook(files: &[(&str, &str)]) -> Rulebook {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let (rulebook, diagnostics) = load_files(&RuleFiles::from_texts(files), None);
    rulebook.unwrap_or_else(|| {
        let messages: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {}", diagnostic.code, diagnostic.message))
            .collect();
        panic!("{messages:#?}")
    })
}

/// Runs the cases of these files.
fn reports(files: &[(&str, &str)]) -> Vec<CaseReport> {
    let rulebook = rulebook(files);
    let reports = Runner::new(&rulebook).run_all();
    assert!(!reports.is_empty(), "there is no case");
    reports
}

/// Asserts that every case of these files passes.
fn check(files: &[(&str, &str)]) {
    for report in reports(files) {
        assert!(
            report.passes(),
            "{}: {:#?}\n{:#?}",
            report.name,
            report.differences,
            report.lines
        );
    }
}

/// Variables of an enterprise: `name type period`, a line each.
fn variables(lines: &str) -> String {
    use std::fmt::Write as _;
    let mut text = "variables:\n".to_owned();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, more) = line.split_once(';').unwrap_or((line, ""));
        let mut words = head.split_whitespace();
        let mut word = || words.next().unwrap();
        let (name, ty, period) = (word(), word(), word());
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(", {more}")
        };
        let _ = writeln!(
            text,
            "  {name}: {{label: {{en: {name}}}, subject: enterprise, type: {ty}, period: {period}, \
             sensitivity: public{more}}}"
        );
    }
    text
}

/// A policy with these clauses (`id: condition`, a line each) and what its benefit says.
fn policy(id: &str, clauses: &str, benefit: &str, more: &str) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "policy: {id}\nname: {{en: {id}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2000-01-01}}\n\
         period: year\n{more}\nbenefit: {{{benefit}}}\nclauses:\n"
    );
    for line in clauses
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let (clause, when) = line.split_once(": ").unwrap();
        let _ = writeln!(
            text,
            "  - {{id: {clause}, text: {{en: {clause}}}, when: \"{when}\"}}"
        );
    }
    text
}
