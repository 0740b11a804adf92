//! Indicators, recognitions, code lists, calendars.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::SubjectKind;
use indexmap::IndexMap;

use super::{Label, LegalReference, PeriodKind, Provenance};
use crate::expression::{Expr, Type, VariableRef};
use crate::source::Span;

/// A figure of a park, a zone or another group.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub label: Label,
    /// What it is a figure of.
    pub subject: SubjectKind,
    /// Its type.
    pub ty: Type,
    /// How often there is a new value.
    pub period: PeriodKind,
    /// Where the value comes from.
    pub value: IndicatorValue,
    /// Published from January to the month, not of the month.
    pub cumulative: bool,
    /// Where its growth comes from.
    pub growth: Growth,
    /// What it is compared with, in words.
    pub reference: Option<Label>,
    /// The variable that holds the reference's growth or value.
    pub reference_variable: Option<VariableRef>,
    /// The variable that holds its growth, where that is published.
    pub growth_variable: Option<VariableRef>,
    /// The variable that holds its target.
    pub target: Option<VariableRef>,
    /// More is better.
    pub higher_is_better: bool,
    /// Unit, in words.
    pub unit: Option<String>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// Where the value of an indicator comes from.
#[derive(Debug, Clone)]
pub enum IndicatorValue {
    /// A fact of the subject itself.
    Variable(VariableRef),
    /// From the facts of the subjects in it.
    Aggregate(Aggregate),
    /// An expression over facts of the subject itself.
    Expr(Expr),
}

/// A figure made from the facts of many.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// How.
    pub aggregation: Aggregation,
    /// What of each; for a count the condition that it is known is enough. `None`: a plain count.
    pub variable: Option<Expr>,
    /// Of which subjects.
    pub of: SubjectKind,
    /// Of which of them.
    pub filter: Option<Expr>,
}

/// How a figure is made from many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    /// The sum.
    Sum,
    /// How many.
    Count,
    /// The mean.
    Average,
}

/// Where the growth of an indicator comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// A published fact beside the level.
    Published,
    /// The quotient of two levels.
    Computed,
}

/// A title that is given.
#[derive(Debug, Clone)]
pub struct Recognition {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub label: Label,
    /// Who gives it.
    pub issuer: Option<Label>,
    /// Who gets it.
    pub subject: SubjectKind,
    /// How long it is valid; `None`: without end.
    pub validity_months: Option<u32>,
    /// How it is renewed.
    pub renewal: Option<Label>,
    /// The policy that judges it.
    pub policy: Option<String>,
    /// The variable with its first day.
    pub valid_from: Option<String>,
    /// The variable with its last day.
    pub valid_until: Option<String>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// A list of codes.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub label: Label,
    /// The codes with their names.
    pub values: IndexMap<String, Label>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// Holidays and make-up working days, year by year.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub label: Label,
    /// Its years; of a year that is not there nothing is known.
    pub years: IndexMap<i32, CalendarYear>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// A year of a calendar.
#[derive(Debug, Clone, Default)]
pub struct CalendarYear {
    /// Days off that a week alone does not give.
    pub holidays: BTreeSet<NaiveDate>,
    /// Saturdays and Sundays that are worked.
    pub workdays: BTreeSet<NaiveDate>,
    /// What it rests on.
    pub legal: Vec<LegalReference>,
}
