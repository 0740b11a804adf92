//! Worked examples run against the judge: what differs, clause by clause, and what they have covered.

mod compare;
mod coverage;
mod run;

use crate::rulebook::Target;
use crate::source::Span;

pub use coverage::{ClauseStates, Coverage, Unreachable, Unseen};
pub use run::Runner;

/// A case that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// Path of its file.
    pub path: String,
    /// Where its name stands.
    pub span: Span,
    /// What it is about.
    pub target: Target,
    /// It is run and reported, but fails nothing.
    pub doubtful: bool,
    /// It comes from an official example, not from us.
    pub official: bool,
    /// What came out otherwise than it was expected; empty: the case passes.
    pub differences: Vec<Difference>,
    /// Where it fails: what each clause, item or aspect gave.
    pub lines: Vec<ReportLine>,
}

impl CaseReport {
    /// Whether all that was named came out.
    pub fn passes(&self) -> bool {
        self.differences.is_empty()
    }

    /// The id of what it is about.
    pub fn target_id(&self) -> &str {
        match &self.target {
            Target::Policy(id) | Target::Scorecard(id) | Target::Light(id) => id,
            Target::Variable(variable) => &variable.name,
        }
    }
}

/// Something that came out otherwise than it was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The subject of a population; `None` in a case of one subject.
    pub subject: Option<String>,
    /// What: `verdict`, `amount`, `gaps.three_years`.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What came out.
    pub got: String,
}

/// What a clause, an item or an aspect gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    /// The subject of a population; `None` in a case of one subject.
    pub subject: Option<String>,
    /// Its id.
    pub id: String,
    /// `true`, `false`, `unknown`, points or a colour.
    pub state: String,
    /// The expression with the facts put in, or what is missing.
    pub detail: String,
}
