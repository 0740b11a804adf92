//! What `rulebook check` and `rulebook test` say: mistakes, failing cases, the last line.

use std::fmt::Write as _;

use engine::cases::CaseReport;
use engine::{Diagnostic, Rulebook, Severity};
use serde_json::{Value, json};

use super::rules::{Format, say, tell};
use crate::commands::Outcome;
use crate::words::Lang;

/// All that a run of cases found.
#[derive(Default)]
pub struct Report {
    pub diagnostics: Vec<Diagnostic>,
    /// Cases with the line of their file.
    pub cases: Vec<(CaseReport, usize)>,
    /// Cases that could not be read.
    pub unreadable: usize,
    /// Clauses in a state that no case has seen: policy, clause, state.
    pub unseen: Vec<(String, String, &'static str)>,
}

impl Report {
    /// Takes in the cases of a rulebook.
    pub fn add(&mut self, cases: Vec<CaseReport>, line_of: impl Fn(&CaseReport) -> usize) {
        self.cases.extend(cases.into_iter().map(|case| {
            let line = line_of(&case);
            (case, line)
        }));
    }

    /// Takes in what is wrong with a file of cases, each thing once: what cannot be read has failed.
    pub fn unread(&mut self, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            let is_known = self.diagnostics.iter().any(|known| {
                (known.path(), known.span, known.code, &known.message)
                    == (
                        diagnostic.path(),
                        diagnostic.span,
                        diagnostic.code,
                        &diagnostic.message,
                    )
            });
            if !is_known {
                self.unreadable += usize::from(diagnostic.severity == Severity::Error);
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn counted(&self) -> impl Iterator<Item = &(CaseReport, usize)> {
        self.cases.iter().filter(|(case, _)| !case.doubtful)
    }

    fn passed(&self) -> usize {
        self.counted().filter(|(case, _)| case.passes()).count()
    }

    fn failed(&self) -> usize {
        self.counted().filter(|(case, _)| !case.passes()).count() + self.unreadable
    }

    fn errors(&self) -> usize {
        let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
        self.diagnostics.iter().filter(is_error).count()
    }

    /// Says it all and ends the command.
    pub fn finish(&self, format: Format, lang: Lang) -> Outcome {
        let last = format!("{} passed, {} failed", self.passed(), self.failed());
        if format == Format::Json {
            let all = serde_json::to_string_pretty(&self.json()).unwrap_or_default();
            say(&format!("{all}\n"));
            tell(&last);
        } else {
            say(&format!("{}{last}\n", self.text(lang)));
        }
        if self.errors() == 0 && self.failed() == 0 {
            Outcome::Fine
        } else {
            Outcome::Findings
        }
    }

    fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        if !self.diagnostics.is_empty() {
            let _ = writeln!(out, "{}", engine::render(&self.diagnostics));
        }
        for (case, line) in self.cases.iter().filter(|(case, _)| !case.passes()) {
            let head = if case.doubtful {
                "rulebook-case-doubtful"
            } else {
                "rulebook-case-failed"
            };
            let _ = writeln!(
                out,
                "{} {}:{line} {}",
                lang.t(head),
                case.path,
                case.target_id()
            );
            let _ = writeln!(out, "  {}", case.name);
            for difference in &case.differences {
                let subject = difference
                    .subject
                    .as_ref()
                    .map_or(String::new(), |s| format!("{s} "));
                let _ = writeln!(
                    out,
                    "    {subject}{}: {}",
                    difference.what,
                    lang.with_all(
                        "rulebook-expected-got",
                        &[("expected", &difference.expected), ("got", &difference.got)]
                    )
                );
            }
            for line in &case.lines {
                let subject = line
                    .subject
                    .as_ref()
                    .map_or(String::new(), |s| format!("{s} "));
                let _ = writeln!(
                    out,
                    "      {subject}{} [{}] {}",
                    line.id, line.state, line.detail
                );
            }
            let _ = writeln!(out);
        }
        if !self.unseen.is_empty() {
            let _ = writeln!(out, "{}", lang.with("rulebook-unseen", self.unseen.len()));
            for (policy, clause, state) in &self.unseen {
                let _ = writeln!(out, "  {policy} {clause} {state}");
            }
        }
        let official = self.counted().filter(|(case, _)| case.official).count();
        let doubtful = self.cases.len() - self.counted().count();
        if !self.cases.is_empty() {
            let (all, official, doubtful) = (
                self.counted().count().to_string(),
                official.to_string(),
                doubtful.to_string(),
            );
            let values = [
                ("all", &*all),
                ("official", &*official),
                ("doubtful", &*doubtful),
            ];
            let _ = writeln!(out, "{}", lang.with_all("rulebook-cases-counted", &values));
        }
        out
    }

    fn json(&self) -> Value {
        let diagnostics: Vec<Value> = self
            .diagnostics
            .iter()
            .map(|diagnostic| {
                let (line, column) = diagnostic.position();
                json!({
                    "severity": if diagnostic.severity == Severity::Error { "error" } else { "warning" },
                    "code": diagnostic.code,
                    "message": diagnostic.message,
                    "file": diagnostic.path(),
                    "line": line,
                    "column": column,
                    "help": diagnostic.help,
                })
            })
            .collect();
        let cases: Vec<Value> = self
            .cases
            .iter()
            .map(|(case, line)| case_json(case, *line))
            .collect();
        let unseen: Vec<Value> = self
            .unseen
            .iter()
            .map(|(policy, clause, state)| json!({"policy": policy, "clause": clause, "state": state}))
            .collect();
        json!({
            "passed": self.passed(),
            "failed": self.failed(),
            "diagnostics": diagnostics,
            "cases": cases,
            "unseen": unseen,
        })
    }
}

fn case_json(case: &CaseReport, line: usize) -> Value {
    let differences: Vec<Value> = case
        .differences
        .iter()
        .map(
            |d| json!({"subject": d.subject, "what": d.what, "expected": d.expected, "got": d.got}),
        )
        .collect();
    json!({
        "name": case.name,
        "file": case.path,
        "line": line,
        "about": case.target_id(),
        "passed": case.passes(),
        "doubtful": case.doubtful,
        "official": case.official,
        "differences": differences,
    })
}

/// The line in which a case's name stands.
pub fn line_in(rulebook: &Rulebook) -> impl Fn(&CaseReport) -> usize {
    |case| rulebook.sources.position(case.span).0
}
