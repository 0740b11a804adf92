//! The typed content of a rulebook: what the loader gives and everything else reads.
//!
//! - A [`Rulebook`] is whole and checked: it exists only where no error was found (warnings may be). It
//!   is for one zone; local rules are already merged in.
//! - Every expression is a typed [`Expr`]; numbers are exact; dates are days.
//! - Maps keep the order of the files, which are read in the order of their paths; sort where the
//!   contract asks for an order by id.
//! - What holds from a day to a day is a [`Spans`]: `spans.on(date)`; both ends are included and there is
//!   nothing outside them.
//! - `let` names of a file are in its `lets`, in an order in which each only uses earlier ones.
//! - Places: every named thing has a `span`; `rulebook.sources` gives path, line, column and text.

mod cases;
mod indicators;
mod lights;
mod parameters;
mod policies;
mod scorecards;
mod spans;
mod variables;

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::SubjectKind;
use indexmap::IndexMap;

pub use cases::{Case, CaseFile, Expect, Given, Population, Target, Wanted};
pub use indicators::{
    Aggregate, Aggregation, Calendar, CalendarYear, CodeList, Growth, Indicator, IndicatorValue,
    Recognition,
};
pub use lights::{Aspect, Light};
pub use parameters::{ColumnType, Parameter, ParameterType, ParameterValue, TableRow};
pub use policies::{
    Benefit, BenefitKind, Channel, Clause, Field, Guide, InForce, Policy, Pool, YearChoice,
};
pub use scorecards::{
    Adjustment, Direction, Group, Item, Level, Method, MissingRule, Peers, Points, Scorecard,
    Stage, Veto, Weight,
};
pub use spans::{Dated, Spans};
pub use variables::{PeriodKind, Sensitivity, Variable};

use crate::expression::Expr;
use crate::load::names::Names;
use crate::source::{Sources, Span};

/// The law, as data: national rules with one zone's local rules, or without.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The zone whose local rules are merged in; `None` for the national rules alone.
    pub zone: Option<String>,
    /// Zones that the folder has local rules for, sorted.
    pub zones: Vec<String>,
    /// ISO 4217 code of the currency, `CNY` unless `rulebook.yaml` says otherwise.
    pub currency: String,
    /// The data dictionary by subject and name.
    pub variables: IndexMap<VariableKey, Variable>,
    /// Dated numbers by name.
    pub parameters: IndexMap<String, Parameter>,
    /// Policies by id.
    pub policies: IndexMap<String, Policy>,
    /// Scorecards by id.
    pub scorecards: IndexMap<String, Scorecard>,
    /// Lights by id.
    pub lights: IndexMap<String, Light>,
    /// Indicators by id.
    pub indicators: IndexMap<String, Indicator>,
    /// Recognitions (titles) by id.
    pub recognitions: IndexMap<String, Recognition>,
    /// Code lists by id.
    pub codes: IndexMap<String, CodeList>,
    /// Calendars by id.
    pub calendars: IndexMap<String, Calendar>,
    /// Worked examples, national ones and the zone's own.
    pub case_files: Vec<CaseFile>,
    /// Formula variables, policies, scorecards in an order in which each only needs earlier ones.
    pub evaluation_order: Vec<Computed>,
    /// The files.
    pub sources: Sources,
    /// What expressions and cases may name.
    pub(crate) names: Arc<Names>,
}

/// Key of a variable: the subject it is defined for, and its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableKey {
    /// What it is a fact of.
    pub subject: SubjectKind,
    /// Its name.
    pub name: String,
}

/// Something that is computed from facts and may be read by something else that is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Computed {
    /// A variable with a formula.
    Variable(VariableKey),
    /// A policy's verdict and amount.
    Policy(String),
    /// A scorecard.
    Scorecard(String),
}

impl Rulebook {
    /// The variable of this subject and name.
    pub fn variable(&self, subject: &SubjectKind, name: &str) -> Option<&Variable> {
        self.variables.get(&VariableKey {
            subject: subject.clone(),
            name: name.to_owned(),
        })
    }

    /// The variable that a rule of `subject` reads under this name, and whether it is the owner's: its
    /// own, or for a record its owner's. `owner.NAME` reads the owner's.
    pub fn variable_read_by(&self, subject: &SubjectKind, name: &str) -> Option<(&Variable, bool)> {
        if let Some(owners) = name.strip_prefix("owner.") {
            let owner = owner_of(subject)?;
            return self.variable(&owner, owners).map(|found| (found, true));
        }
        if let Some(own) = self.variable(subject, name) {
            return Some((own, false));
        }
        let owner = owner_of(subject)?;
        self.variable(&owner, name).map(|found| (found, true))
    }

    /// The id that is meant by an id: a zone's rule of another id may have taken its place.
    pub fn current<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.current(id)
    }

    /// The value of a parameter on a day; `None` where it has none then.
    pub fn parameter_on(&self, name: &str, date: NaiveDate) -> Option<&ParameterValue> {
        self.parameters.get(name)?.values.on(date)
    }

    /// Every case of the rulebook with whether it is in doubt.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.case_files.iter().flat_map(|file| file.cases.iter())
    }

    /// An expression as its file writes it.
    pub fn text_of(&self, expr: &Expr) -> &str {
        self.sources.text(expr.span)
    }
}

/// What owns a record: the enterprise. `None` for what is no record.
pub fn owner_of(subject: &SubjectKind) -> Option<SubjectKind> {
    match subject {
        SubjectKind::Record(_) => Some(SubjectKind::Enterprise),
        _ => None,
    }
}

/// Words in both languages; at least one is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Chinese.
    pub zh: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl Label {
    /// The words in Chinese, else in English.
    pub fn zh(&self) -> &str {
        self.zh.as_deref().or(self.en.as_deref()).unwrap_or("")
    }

    /// The words in English, else in Chinese.
    pub fn en(&self) -> &str {
        self.en.as_deref().or(self.zh.as_deref()).unwrap_or("")
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

/// A document of law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalReference {
    /// Name and number of the document.
    pub cite: String,
    /// Article, paragraph, item.
    pub article: Option<String>,
    /// The document's own date.
    pub date: Option<NaiveDate>,
    /// Whether somebody has seen the text; `false` is shown to users.
    pub verified: bool,
    /// What is to be known about it.
    pub note: Option<Label>,
    /// Where it stands.
    pub span: Span,
}

/// How sure we are of a rule, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confidence {
    /// How sure.
    pub level: ConfidenceLevel,
    /// Why.
    pub why: Label,
}

/// How sure we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfidenceLevel {
    /// Read in the document itself, with official examples.
    High,
    /// Read second hand or partly from memory.
    Medium,
    /// A guess, or a local default.
    Low,
}

/// What any part of the rulebook may say about where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Documents it rests on.
    pub legal: Vec<LegalReference>,
    /// When somebody last saw that it still holds.
    pub checked: Option<NaiveDate>,
    /// `verified: false` where it says so.
    pub unverified: bool,
    /// How sure we are.
    pub confidence: Option<Confidence>,
    /// What is to be known about it.
    pub note: Option<Label>,
}
