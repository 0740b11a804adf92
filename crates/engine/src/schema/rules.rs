//! The schema of policies.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::facts::PeriodWord;
use super::{
    ByDays, ConfidenceSchema, DaySchema, ExpressionSchema, LabelSchema, LegalSchema, Lets,
    OneOrMany,
};

/// A policy: one a file, of the same name.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Its id, the name of its file.
    pub policy: String,
    /// Its name.
    pub name: Option<LabelSchema>,
    /// Whom it judges: enterprise, project, or a kind of record.
    pub subject: Option<String>,
    /// Its field.
    pub field: Option<FieldWord>,
    /// Who grants it.
    pub authority: Option<LabelSchema>,
    /// When it is in force; both ends included.
    pub in_force: OneOrMany<InForceSchema>,
    /// How often there is a new value.
    pub period: Option<PeriodWord>,
    /// How one gets it.
    pub channel: Option<ChannelWord>,
    /// Which year a yearly value without a suffix is of.
    pub year: Option<ByDays<YearWord>>,
    /// Names for sub-expressions of this file.
    #[serde(rename = "let")]
    pub let_: Option<Lets>,
    /// Conditions in the order of the law.
    pub clauses: Vec<ClauseSchema>,
    /// What it gives.
    pub benefit: BenefitSchema,
    /// A group of which only one policy may be enjoyed.
    pub choose_one: Option<OneOrMany<String>>,
    /// Policies that cannot be enjoyed beside it.
    pub excludes: Option<OneOrMany<String>>,
    /// A limit that it shares with others.
    pub pool: Option<PoolSchema>,
    /// What to do to get it.
    pub guide: Option<GuideSchema>,
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

/// A condition of a policy.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseSchema {
    /// Its id, unique in the file.
    pub id: String,
    /// The law's own words.
    pub text: Option<LabelSchema>,
    /// The condition.
    pub when: ByDays<ExpressionSchema>,
    /// First day on which it counts.
    pub from: Option<DaySchema>,
    /// Last day on which it counts.
    pub until: Option<DaySchema>,
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

/// What a policy gives.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BenefitSchema {
    /// Of what kind.
    pub kind: KindWord,
    /// What the form reports, money; a title may leave it out.
    pub amount: Option<ByDays<ExpressionSchema>>,
    /// Money that stays with the enterprise, where it is not the amount.
    pub saves: Option<ByDays<ExpressionSchema>>,
    /// Money that only comes earlier.
    pub timing: Option<bool>,
    /// Further figures by name.
    pub parts: Option<BTreeMap<String, ByDays<ExpressionSchema>>>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// A limit on which several policies draw.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolSchema {
    /// Its name, shared by the policies.
    pub id: String,
    /// The limit, money.
    pub limit: ExpressionSchema,
    /// The smaller order draws first.
    pub order: i64,
}

/// What to do to get a benefit.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideSchema {
    /// Papers.
    pub materials: Option<OneOrMany<LabelSchema>>,
    /// Steps.
    pub steps: Option<OneOrMany<LabelSchema>>,
    /// By when.
    pub deadline: Option<LabelSchema>,
    /// Where to go or call.
    pub contact: Option<LabelSchema>,
    /// What is to be known.
    pub notes: Option<OneOrMany<LabelSchema>>,
}

/// A span in which a rule is in force.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InForceSchema {
    /// First day.
    pub from: Option<DaySchema>,
    /// Last day.
    pub until: Option<DaySchema>,
    /// When it was published, where that differs.
    pub published: Option<DaySchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
    /// Documents it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
}

/// The field of a policy.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldWord {
    /// Tax.
    Tax,
    /// Science.
    Science,
    /// Industry.
    Industry,
    /// Finance.
    Finance,
    /// Talent.
    Talent,
    /// Employment.
    Employment,
    /// Land.
    Land,
    /// Other.
    Other,
}

/// How one gets a benefit.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelWord {
    /// Declared by oneself, papers kept.
    SelfDeclare,
    /// Filed.
    Filing,
    /// Recognised by an authority.
    Recognition,
    /// Applied for.
    Application,
    /// Given without asking.
    Automatic,
}

/// The kind of a benefit.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
    /// A lower rate.
    RateReduction,
    /// A deduction from income.
    Deduction,
    /// A deduction from tax.
    Credit,
    /// Money back.
    Refund,
    /// No tax.
    Exemption,
    /// Money given.
    Subsidy,
    /// Money lent or guaranteed.
    Finance,
    /// A title.
    Title,
}

/// Which year is the assessment year.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearWord {
    /// The calendar year of `as_of`.
    Current,
    /// The year before it.
    Previous,
}
