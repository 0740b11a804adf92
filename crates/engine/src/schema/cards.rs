//! The schema of scorecards and lights.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::facts::{CodesSchema, PeriodWord};
use super::rules::{FieldWord, InForceSchema, YearWord};
use super::{
    AnyValue, ByDays, ConfidenceSchema, DaySchema, ExpressionSchema, LabelSchema, LegalSchema,
    Lets, OneOrMany,
};

/// A scorecard: one a file, of the same name.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardFile {
    /// Its id, the name of its file.
    pub scorecard: String,
    /// Its name.
    pub name: Option<LabelSchema>,
    /// Whom it judges.
    pub subject: Option<String>,
    /// Its field.
    pub field: Option<FieldWord>,
    /// Who gives the points.
    pub authority: Option<LabelSchema>,
    /// How often there is a new value.
    pub period: Option<PeriodWord>,
    /// When it is in force; both ends included.
    pub in_force: Option<OneOrMany<InForceSchema>>,
    /// Which year a yearly value without a suffix is of.
    pub year: Option<ByDays<YearWord>>,
    /// Names for sub-expressions of this file.
    #[serde(rename = "let")]
    pub let_: Option<Lets>,
    /// Groups of subjects with their own weights.
    pub stage: Option<StageSchema>,
    /// What an item without its facts is.
    pub missing: Option<MissingWord>,
    /// The total is cut there, unless `over`.
    pub full_mark: Option<ExpressionSchema>,
    /// The total may pass the full mark.
    pub over: Option<bool>,
    /// Of the total, once, half up.
    pub rounding: Option<RoundingSchema>,
    /// Floors and caps of groups of items.
    pub groups: Option<BTreeMap<String, GroupSchema>>,
    /// Who one is compared with.
    pub peers: Option<PeersSchema>,
    /// The items.
    pub items: OneOrMany<ItemSchema>,
    /// After the items, over the full mark.
    pub bonus: Option<OneOrMany<PartSchema>>,
    /// Subtracted; the score is negative.
    pub penalty: Option<OneOrMany<PartSchema>>,
    /// What makes the level `vetoed`.
    pub veto: Option<OneOrMany<VetoSchema>>,
    /// Levels, the best first.
    pub levels: Option<OneOrMany<LevelSchema>>,
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

/// Groups of subjects with their own weights.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageSchema {
    /// Which group.
    pub expr: ExpressionSchema,
    /// The groups.
    pub of: CodesSchema,
}

/// How the total is rounded.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundingSchema {
    /// Decimals.
    pub places: u32,
}

/// A group of items.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSchema {
    /// Below it the level is `failed`.
    pub min: Option<ExpressionSchema>,
    /// The group's points are cut there.
    pub max: Option<ExpressionSchema>,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// Words for people.
    pub text: Option<LabelSchema>,
}

/// Who one is compared with.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeersSchema {
    /// Those who share this value.
    pub by: ExpressionSchema,
    /// Fewer who have the fact: all are taken.
    pub min: Option<u32>,
}

/// An item of a card.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemSchema {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Option<LabelSchema>,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// Its group.
    pub group: Option<String>,
    /// What is judged.
    pub value: Option<ExpressionSchema>,
    /// Points at most, the same for all or by stage.
    pub weight: Option<WeightSchema>,
    /// How the points come about.
    pub score: Option<PointsSchema>,
    /// Of a band: points nobody can refuse.
    pub low: Option<ExpressionSchema>,
    /// Of a band: points nobody can exceed.
    pub high: Option<ExpressionSchema>,
    /// Its own peers.
    pub peers: Option<PeersSchema>,
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

/// The weight of an item.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum WeightSchema {
    /// The same for all.
    Same(ExpressionSchema),
    /// By stage.
    ByStage(BTreeMap<String, ExpressionSchema>),
}

/// How the points of an item come about.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum PointsSchema {
    /// An expression: the points themselves.
    Expr(ExpressionSchema),
    /// By a method.
    Method(ScoreSchema),
}

/// From a value to points.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreSchema {
    /// Which way.
    pub method: MethodWord,
    /// Which values are better.
    pub direction: Option<DirectionWord>,
    /// Of `steps`: a parameter, or rows [from, points].
    pub table: Option<AnyValue>,
    /// Of `steps`: the last `from` below the value.
    pub after: Option<bool>,
    /// Of `linear`: no points here.
    pub from: Option<ExpressionSchema>,
    /// Of `linear`: full weight here.
    pub to: Option<ExpressionSchema>,
    /// Of `expr`: the points.
    pub expr: Option<ExpressionSchema>,
}

/// A bonus or a penalty.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartSchema {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Option<LabelSchema>,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// When it applies.
    pub when: Option<ExpressionSchema>,
    /// Its points.
    pub score: Option<ExpressionSchema>,
    /// Of a band: points nobody can refuse.
    pub low: Option<ExpressionSchema>,
    /// Of a band: points nobody can exceed.
    pub high: Option<ExpressionSchema>,
    /// At most so many.
    pub max: Option<ExpressionSchema>,
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

/// What spoils the level.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VetoSchema {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Option<LabelSchema>,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// When.
    pub when: ExpressionSchema,
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

/// A level.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelSchema {
    /// Its code.
    pub level: String,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// Words for people.
    pub text: Option<LabelSchema>,
    /// Points from which it is reached, included.
    pub from: ExpressionSchema,
    /// What else it asks for.
    pub requires: Option<ExpressionSchema>,
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

/// A light: one a file, of the same name.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LightFile {
    /// Its id, the name of its file.
    pub light: String,
    /// Its name.
    pub name: Option<LabelSchema>,
    /// Its name.
    pub label: Option<LabelSchema>,
    /// Whom it judges.
    pub subject: Option<String>,
    /// Whose rule it is.
    pub authority: Option<LabelSchema>,
    /// The one that is used where nobody chose.
    pub default: Option<bool>,
    /// When it is in force; both ends included.
    pub in_force: Option<OneOrMany<InForceSchema>>,
    /// Which year a yearly value without a suffix is of.
    pub year: Option<ByDays<YearWord>>,
    /// Which subjects it judges.
    pub scope: Option<ExpressionSchema>,
    /// Names for sub-expressions of this file.
    #[serde(rename = "let")]
    pub let_: Option<Lets>,
    /// What is looked at.
    pub aspects: OneOrMany<Aspect>,
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

/// One thing a light looks at.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aspect {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Option<LabelSchema>,
    /// Words for people.
    pub label: Option<LabelSchema>,
    /// When it is red.
    pub red: Option<ExpressionSchema>,
    /// When it is yellow, unless red.
    pub yellow: Option<ExpressionSchema>,
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

/// What an item without its facts is.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingWord {
    /// Nought points.
    Zero,
    /// Left out, the rest is scaled up.
    LeftOut,
    /// Unknown, and so is the total.
    Unknown,
}

/// From a value to points.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodWord {
    /// The place between the least and the greatest of the peers.
    MinMax,
    /// The share of peers below, plus half of those equal.
    Percentile,
    /// By a table.
    Steps,
    /// Between two limits.
    Linear,
    /// An expression.
    Expr,
}

/// Which values are better.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectionWord {
    /// Greater ones.
    Higher,
    /// Smaller ones.
    Lower,
}
