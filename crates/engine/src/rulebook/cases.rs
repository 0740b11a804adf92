//! Cases: worked examples that a rulebook must pass.

use chrono::NaiveDate;
use indexmap::IndexMap;

use super::{Label, ParameterValue};
use crate::expression::{Literal, VariableRef};
use crate::source::Span;

/// A file of cases.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// Its path.
    pub path: String,
    /// The zone it stands in; its cases apply that zone's rules unless they name another.
    pub zone: Option<String>,
    /// Its cases, those in doubt last.
    pub cases: Vec<Case>,
}

/// A worked example.
#[derive(Debug, Clone)]
pub struct Case {
    /// The situation and the outcome.
    pub name: String,
    /// What is judged.
    pub target: Target,
    /// Where it comes from; `None`: our own.
    pub source: Option<Label>,
    /// The assessment date.
    pub as_of: NaiveDate,
    /// What is known.
    pub given: Vec<Given>,
    /// Several subjects, where the case is about a population; empty else.
    pub population: Population,
    /// What must come out; for a population of each subject that is named.
    pub expect: Vec<(Option<String>, Expect)>,
    /// Parameters that this case changes.
    pub set: Vec<(String, ParameterValue)>,
    /// Whose local rules apply.
    pub zone: Option<String>,
    /// Run and reported, but fails nothing.
    pub doubtful: bool,
    /// Where its name stands.
    pub span: Span,
}

/// The facts of each subject of a population.
pub type Population = IndexMap<String, Vec<Given>>;

/// What a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A policy.
    Policy(String),
    /// A scorecard.
    Scorecard(String),
    /// A light.
    Light(String),
    /// A variable with a formula, of the subject it is defined for.
    Variable(VariableRef),
}

/// A fact of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Which variable, under which definition, of which period.
    pub variable: VariableRef,
    /// Its value, of the variable's type; [`Literal::Absent`] for `none`, [`Literal::Null`] for `null`.
    pub value: Literal,
    /// Where it stands.
    pub span: Span,
}

/// A value that a case expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This value; [`Literal::Null`] for what cannot be known. A number fits money, too.
    Value(Literal),
    /// An interval of points.
    Interval {
        /// Lower end.
        low: Literal,
        /// Upper end.
        high: Literal,
    },
}

/// What a case expects; only what is named is compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expect {
    /// `eligible`, `ineligible`, `unknown`, `not_in_force`.
    pub verdict: Option<String>,
    /// The amount.
    pub amount: Option<Wanted>,
    /// What it saves.
    pub saves: Option<Wanted>,
    /// Whether the best combination has it.
    pub chosen: Option<bool>,
    /// False clauses.
    pub failed: Option<Vec<String>>,
    /// Variables that are not known.
    pub missing: Option<Vec<String>>,
    /// Gaps by clause.
    pub gaps: Option<IndexMap<String, Wanted>>,
    /// Further figures by name.
    pub parts: Option<IndexMap<String, Wanted>>,
    /// Total of a scorecard.
    pub score: Option<Wanted>,
    /// Points of items by id.
    pub items: Option<IndexMap<String, Wanted>>,
    /// Stage of a scorecard.
    pub stage: Option<Wanted>,
    /// Level of a scorecard.
    pub level: Option<Wanted>,
    /// Rank in a population.
    pub rank: Option<Wanted>,
    /// The light.
    pub light: Option<String>,
    /// Lights by aspect.
    pub aspects: Option<IndexMap<String, String>>,
    /// Value of a variable.
    pub value: Option<Wanted>,
    /// Where it stands.
    pub span: Option<Span>,
}
