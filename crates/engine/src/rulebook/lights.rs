//! Lights: red, yellow, green for projects.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::{InForce, Label, Provenance, Spans, YearChoice};
use crate::expression::Expr;
use crate::source::Span;

/// A set of rules that gives a light.
#[derive(Debug, Clone)]
pub struct Light {
    /// Its id, the name of its file.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Whom it judges, a project unless it says otherwise.
    pub subject: SubjectKind,
    /// `default: true`: the one that is used where nobody chose.
    pub is_default: bool,
    /// When it is in force; empty: always.
    pub in_force: Vec<InForce>,
    /// Which year is the assessment year.
    pub year: Spans<YearChoice>,
    /// Which subjects it judges; `None`: all.
    pub scope: Option<Expr>,
    /// Names for sub-expressions, each using only earlier ones.
    pub lets: IndexMap<String, Expr>,
    /// What is looked at.
    pub aspects: Vec<Aspect>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Zone whose light it is; `None` for a national one.
    pub zone: Option<String>,
    /// Where its id stands.
    pub span: Span,
}

/// One thing a light looks at.
#[derive(Debug, Clone)]
pub struct Aspect {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Label,
    /// When it is red.
    pub red: Option<Expr>,
    /// When it is yellow, unless red.
    pub yellow: Option<Expr>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}
