//! The schema of cases.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{AnyValue, DaySchema, LabelSchema, NumberSchema, OneOrMany};

/// Worked examples.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// Cases that must hold.
    pub cases: Option<Vec<CaseSchema>>,
    /// Cases that are run and reported, and fail nothing.
    pub doubtful: Option<Vec<CaseSchema>>,
}

/// A worked example.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseSchema {
    /// The situation and the outcome.
    pub name: String,
    /// The policy it is about.
    pub policy: Option<String>,
    /// The scorecard it is about.
    pub scorecard: Option<String>,
    /// The light it is about.
    pub light: Option<String>,
    /// The variable it is about.
    pub variable: Option<String>,
    /// The subject of the variable.
    pub subject: Option<String>,
    /// Where it comes from, or `own`.
    pub source: Option<LabelSchema>,
    /// The assessment date.
    pub as_of: DaySchema,
    /// What is known: NAME, NAME@2023, NAME@2025-08, NAME[policy]; `none` is known to be absent.
    pub given: Option<BTreeMap<String, AnyValue>>,
    /// Several subjects with their facts.
    pub population: Option<BTreeMap<String, Option<BTreeMap<String, AnyValue>>>>,
    /// What must come out; of a population by subject.
    pub expect: ExpectedSchema,
    /// Parameters that this case changes.
    pub set: Option<BTreeMap<String, AnyValue>>,
    /// Whose local rules apply.
    pub zone: Option<String>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// What must come out; of a population by subject.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum ExpectedSchema {
    /// Of the one subject.
    One(Box<ExpectSchema>),
    /// By subject.
    BySubject(BTreeMap<String, ExpectSchema>),
}

/// What a case expects; only what is named is compared.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectSchema {
    /// The verdict.
    pub verdict: Option<VerdictWord>,
    /// The amount.
    pub amount: Option<WantedSchema>,
    /// What it saves.
    pub saves: Option<WantedSchema>,
    /// Whether the best combination has it.
    pub chosen: Option<bool>,
    /// False clauses.
    pub failed: Option<OneOrMany<String>>,
    /// Variables that are not known.
    pub missing: Option<OneOrMany<String>>,
    /// Gaps by clause.
    pub gaps: Option<BTreeMap<String, WantedSchema>>,
    /// Further figures by name.
    pub parts: Option<BTreeMap<String, WantedSchema>>,
    /// Total of a scorecard.
    pub score: Option<WantedSchema>,
    /// Points by item.
    pub items: Option<BTreeMap<String, WantedSchema>>,
    /// Stage of a scorecard.
    pub stage: Option<WantedSchema>,
    /// Level of a scorecard.
    pub level: Option<WantedSchema>,
    /// Rank in a population.
    pub rank: Option<WantedSchema>,
    /// The light.
    pub light: Option<LightWord>,
    /// Lights by aspect.
    pub aspects: Option<BTreeMap<String, LightWord>>,
    /// Value of a variable.
    pub value: Option<WantedSchema>,
}

/// A value that a case expects; null for what cannot be known.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum WantedSchema {
    /// An interval of points.
    Interval(IntervalSchema),
    /// A number, exact.
    Number(NumberSchema),
    /// A truth value.
    Boolean(bool),
    /// What cannot be known.
    Unknown(()),
}

/// An interval of points.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSchema {
    /// Lower end.
    pub low: NumberSchema,
    /// Upper end.
    pub high: NumberSchema,
}

/// A verdict.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictWord {
    /// All clauses hold.
    Eligible,
    /// One does not.
    Ineligible,
    /// It is not known.
    Unknown,
    /// The rule is not in force.
    NotInForce,
}

/// A light.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LightWord {
    /// Red.
    Red,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// It is not known.
    Unknown,
    /// The light does not judge it.
    OutOfScope,
}
