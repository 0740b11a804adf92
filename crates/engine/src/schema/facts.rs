//! The schema of variables, parameters, indicators, recognitions, code lists and calendars.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::{
    AnyValue, ConfidenceSchema, DaySchema, ExpressionSchema, LabelSchema, LegalSchema, OneOrMany,
};

/// Variables, parameters, indicators, recognitions and code lists by name.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapFile {
    /// The data dictionary.
    pub variables: Option<BTreeMap<String, VariableSchema>>,
    /// Dated numbers of the law.
    pub parameters: Option<BTreeMap<String, ParameterSchema>>,
    /// Figures of parks, zones and other groups.
    pub indicators: Option<BTreeMap<String, IndicatorSchema>>,
    /// Titles.
    pub recognitions: Option<BTreeMap<String, RecognitionSchema>>,
    /// Code lists.
    pub codes: Option<BTreeMap<String, CodeListSchema>>,
}

/// A variable of the data dictionary.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariableSchema {
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// What it is a fact of: zone, park, enterprise, project, programme, activity, recognition, fund, or a kind of record.
    pub subject: String,
    /// What it is.
    #[serde(rename = "type")]
    pub type_: TypeWord,
    /// How often there is a new value.
    pub period: Option<PeriodWord>,
    /// Where it is found: a line of a form.
    pub source: Option<LabelSchema>,
    /// Who may see it.
    pub sensitivity: Option<SensitivityWord>,
    /// How it is computed where it is not given.
    pub formula: Option<ExpressionSchema>,
    /// What an empty cell of the form means.
    pub blank: Option<BlankWord>,
    /// Unit of a number, in words.
    pub unit: Option<String>,
    /// The codes it may be.
    pub values: Option<CodesSchema>,
    /// The code list its values are of.
    pub codes: Option<String>,
    /// Further names that a column may have.
    pub synonyms: Option<OneOrMany<String>>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
}

/// Codes with their words, or codes that speak for themselves.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum CodesSchema {
    /// With words.
    Labelled(BTreeMap<String, LabelSchema>),
    /// Without.
    Plain(Vec<String>),
}

/// A dated number of the law.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterSchema {
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// What it is.
    #[serde(rename = "type")]
    pub type_: ParameterTypeWord,
    /// Of a table: the type of `from` and of the value.
    pub columns: Option<Vec<TypeWord>>,
    /// Unit, in words.
    pub unit: Option<String>,
    /// Its values by days; outside them it is NULL.
    pub values: Vec<ParameterValueSchema>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// One value of a parameter.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterValueSchema {
    /// First day.
    pub from: Option<DaySchema>,
    /// Last day.
    pub until: Option<DaySchema>,
    /// The value; a ratio may be a fraction, a table is a list of [from, value].
    pub value: AnyValue,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// A figure of a park, a zone or another group.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorSchema {
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// What it is a figure of.
    pub subject: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub type_: TypeWord,
    /// How often there is a new value.
    pub period: Option<PeriodWord>,
    /// Where the value comes from.
    pub value: IndicatorValueSchema,
    /// From January to the month, not of the month.
    pub cumulative: Option<bool>,
    /// Where its growth comes from.
    pub growth: Option<GrowthWord>,
    /// The variable that holds its published growth.
    pub growth_variable: Option<String>,
    /// What it is compared with, in words.
    pub reference: Option<LabelSchema>,
    /// The variable that holds the reference's figure.
    pub reference_variable: Option<String>,
    /// The variable that holds its target.
    pub target: Option<String>,
    /// More is better.
    pub higher_is_better: Option<bool>,
    /// Unit, in words.
    pub unit: Option<String>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// Where the value of an indicator comes from.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum IndicatorValueSchema {
    /// A variable of the subject, or an expression.
    Own(ExpressionSchema),
    /// Made from the facts of many.
    Aggregate(AggregateSchema),
}

/// A figure made from the facts of many: one of sum, count, avg.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AggregateSchema {
    /// The sum of this.
    pub sum: Option<ExpressionSchema>,
    /// How many.
    pub count: Option<ExpressionSchema>,
    /// The mean of this.
    pub avg: Option<ExpressionSchema>,
    /// Of which subjects.
    pub of: String,
    /// Of which of them.
    #[serde(rename = "where")]
    pub where_: Option<ExpressionSchema>,
}

/// A title that is given.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecognitionSchema {
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// Who gives it.
    pub issuer: Option<LabelSchema>,
    /// Who gets it.
    pub subject: Option<String>,
    /// How long it is valid.
    pub validity_months: Option<u32>,
    /// How it is renewed.
    pub renewal: Option<LabelSchema>,
    /// The policy that judges it.
    pub policy: Option<String>,
    /// The variable with its first day.
    pub valid_from: Option<String>,
    /// The variable with its last day.
    pub valid_until: Option<String>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// A list of codes.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeListSchema {
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// The codes.
    pub values: Option<CodesSchema>,
    /// A csv beside this file with lines `code,name`.
    pub file: Option<String>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// A calendar of working days.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// Its id, the name of its file.
    pub calendar: String,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// Words for people.
    pub name: Option<LabelSchema>,
    /// Its years.
    pub years: BTreeMap<String, CalendarYearSchema>,
    /// The national id that this local rule takes the place of.
    pub overrides: Option<String>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// A year of a calendar.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarYearSchema {
    /// Days off that a week alone does not give.
    pub holidays: Option<OneOrMany<DaySchema>>,
    /// Saturdays and Sundays that are worked.
    pub workdays: Option<OneOrMany<DaySchema>>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
    /// When somebody last saw that it still holds.
    pub checked: Option<DaySchema>,
    /// `false` where nobody has.
    pub verified: Option<bool>,
    /// How sure we are, and why.
    pub confidence: Option<ConfidenceSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// What a variable is.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypeWord {
    /// An amount.
    Money,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A share or rate: 12.5% is 0.125.
    Ratio,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A value of a code list.
    Code,
    /// Words.
    Text,
}

/// What a parameter is.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterTypeWord {
    /// An amount.
    Money,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A share or rate: 12.5% is 0.125.
    Ratio,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// Rows for `step`.
    Table,
}

/// How often there is a new value.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodWord {
    /// A current state.
    None,
    /// Every year.
    Year,
    /// Every quarter.
    Quarter,
    /// Every month.
    Month,
}

/// Who may see a fact.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SensitivityWord {
    /// Everybody.
    Public,
    /// Who works in the zone.
    Internal,
    /// Who has the right to this enterprise's figures.
    Confidential,
}

/// What an empty cell means.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlankWord {
    /// Nought, as the law or the form says.
    Zero,
}

/// Where growth comes from.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrowthWord {
    /// A published fact beside the level.
    Published,
    /// The quotient of two levels.
    Computed,
}
