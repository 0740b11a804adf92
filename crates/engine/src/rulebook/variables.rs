//! Variables: the data dictionary.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::Label;
use crate::expression::{Expr, Type};
use crate::source::Span;

/// What a fact is called, what it is of, and how it is computed where it is.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name, unique within the subject.
    pub name: String,
    /// What it is a fact of.
    pub subject: SubjectKind,
    /// Words for people.
    pub label: Label,
    /// Further names that a column may have.
    pub synonyms: Vec<String>,
    /// Money, integer, number, ratio, boolean, date, code or text.
    pub ty: Type,
    /// How often there is a new value.
    pub period: PeriodKind,
    /// Where it is found: a line of a form.
    pub source: Option<Label>,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// How it is computed where it is not given; read for this subject.
    pub formula: Option<Expr>,
    /// `blank: zero`: an empty cell of the form is nought, so the fact is never unknown.
    pub blank_is_zero: bool,
    /// Unit of a number, in words.
    pub unit: Option<String>,
    /// The codes it may be, with their words; empty where they are not listed.
    pub values: IndexMap<String, Label>,
    /// Id of the code list its values are of.
    pub codes: Option<String>,
    /// What is to be known about it.
    pub note: Option<Label>,
    /// Where its name stands.
    pub span: Span,
}

/// How often a variable has a new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodKind {
    /// A current state.
    None,
    /// Every year.
    Year,
    /// Every quarter.
    Quarter,
    /// Every month.
    Month,
}

impl PeriodKind {
    /// The word used in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
        }
    }
}

/// Who may see a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Everybody.
    Public,
    /// Who works in the zone.
    Internal,
    /// Who has the right to this enterprise's figures.
    Confidential,
}
