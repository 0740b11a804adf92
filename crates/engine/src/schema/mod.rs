//! The JSON Schema of rule files, so that editors complete and check them.

mod cards;
mod cases;
mod facts;
mod rules;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

pub use cards::{
    Aspect, ItemSchema, LevelSchema, LightFile, PartSchema, ScoreSchema, ScorecardFile,
    StageSchema, VetoSchema,
};
pub use cases::{CaseFile, CaseSchema, ExpectSchema};
pub use facts::{
    CalendarFile, CalendarYearSchema, CodeListSchema, IndicatorSchema, MapFile, ParameterSchema,
    ParameterValueSchema, RecognitionSchema, VariableSchema,
};
pub use rules::{BenefitSchema, ClauseSchema, GuideSchema, InForceSchema, PolicyFile, PoolSchema};

/// Words: one text, or one in each language.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum LabelSchema {
    /// One text.
    Text(String),
    /// In both languages.
    Both(BothLanguages),
}

/// Words in both languages.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BothLanguages {
    /// Chinese.
    pub zh: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// An expression of the rule language, or a value that stands for itself.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum ExpressionSchema {
    /// An expression.
    Text(String),
    /// A number.
    #[schemars(with = "serde_json::Number")]
    Number(String),
    /// A truth value.
    Boolean(bool),
}

/// A number, exact as it is written, or a fraction such as 2/3.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum NumberSchema {
    /// A number.
    #[schemars(with = "serde_json::Number")]
    Number(String),
    /// A fraction.
    Text(String),
}

/// Any value.
pub type AnyValue = serde_json::Value;

/// A day: 2024-12-31.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub struct DaySchema(#[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))] pub String);

/// One of a thing, or several.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

/// What always holds, or what holds from a day to a day.
#[derive(JsonSchema)]
#[serde(untagged)]
pub enum ByDays<T> {
    /// Always.
    Always(T),
    /// By days, both ends included.
    ByDays(Vec<DatedSchema<T>>),
}

/// What holds from a day to a day.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedSchema<T> {
    /// First day.
    pub from: Option<DaySchema>,
    /// Last day.
    pub until: Option<DaySchema>,
    /// What holds.
    pub is: T,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
    /// The law it rests on.
    pub legal: Option<OneOrMany<LegalSchema>>,
}

/// A document of law.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalSchema {
    /// Name and number of the document.
    pub cite: String,
    /// Article, paragraph, item.
    pub article: Option<String>,
    /// The document's own date.
    pub date: Option<DaySchema>,
    /// `false` where nobody has seen the text.
    pub verified: Option<bool>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// How sure we are, and why.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceSchema {
    /// How sure.
    pub level: ConfidenceWord,
    /// Why.
    pub why: LabelSchema,
}

/// How sure we are.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfidenceWord {
    /// Read in the document itself.
    High,
    /// Read second hand or partly from memory.
    Medium,
    /// A guess or a local default.
    Low,
}

/// A rule file: what it is, its top key says.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "only its shape is used, never a value"
)]
pub enum RuleFile {
    /// A policy.
    Policy(PolicyFile),
    /// A scorecard.
    Scorecard(ScorecardFile),
    /// A light.
    Light(LightFile),
    /// A calendar.
    Calendar(CalendarFile),
    /// Cases.
    Cases(CaseFile),
    /// `rulebook.yaml`.
    Settings(Settings),
    /// Variables, parameters, indicators, recognitions, code lists.
    Map(MapFile),
}

/// `rulebook.yaml`: what holds for the whole folder.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// What it is called.
    pub name: Option<LabelSchema>,
    /// What is to be known about it.
    pub note: Option<LabelSchema>,
}

/// Expressions by name.
pub type Lets = BTreeMap<String, ExpressionSchema>;

/// The JSON Schema of rule files.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<RuleFile>()
}

/// The JSON Schema as the file `rulebook/schema.json` has it.
pub fn schema_text() -> String {
    let mut text =
        serde_json::to_string_pretty(&schema()).expect("a schema is plain JSON and can be written");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::load::keys;

    #[test]
    fn the_schema_file_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulebook/schema.json");
        let wanted = schema_text();
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == wanted,
            "rulebook/schema.json is stale: run the tests once with UPDATE_GENERATED=1"
        );
    }

    fn properties<T: JsonSchema>() -> BTreeSet<String> {
        let schema = SchemaSettings::draft2020_12()
            .into_generator()
            .into_root_schema_for::<T>();
        let properties = schema.get("properties").unwrap().as_object().unwrap();
        properties.keys().cloned().collect()
    }

    fn check<T: JsonSchema>(known: &[&[&str]]) {
        let known: BTreeSet<String> = known
            .iter()
            .flat_map(|keys| keys.iter())
            .map(ToString::to_string)
            .collect();
        assert_eq!(properties::<T>(), known, "{}", std::any::type_name::<T>());
    }

    #[test]
    fn the_schema_knows_the_keys_that_the_loader_knows() {
        let provenance = keys::PROVENANCE;
        check::<PolicyFile>(&[keys::POLICY, provenance]);
        check::<ClauseSchema>(&[keys::CLAUSE, provenance]);
        check::<BenefitSchema>(&[keys::BENEFIT]);
        check::<GuideSchema>(&[keys::GUIDE]);
        check::<InForceSchema>(&[keys::IN_FORCE]);
        check::<LegalSchema>(&[keys::LEGAL]);
        check::<VariableSchema>(&[keys::VARIABLE]);
        check::<ParameterSchema>(&[keys::PARAMETER, provenance]);
        check::<ParameterValueSchema>(&[keys::PARAMETER_VALUE, provenance]);
        check::<IndicatorSchema>(&[keys::INDICATOR, provenance]);
        check::<RecognitionSchema>(&[keys::RECOGNITION, provenance]);
        check::<CodeListSchema>(&[keys::CODE_LIST, provenance]);
        check::<CalendarFile>(&[keys::CALENDAR, provenance]);
        check::<CalendarYearSchema>(&[keys::CALENDAR_YEAR, provenance]);
        check::<ScorecardFile>(&[keys::SCORECARD, provenance]);
        check::<ItemSchema>(&[keys::ITEM, provenance]);
        check::<PartSchema>(&[keys::ADJUSTMENT, provenance]);
        check::<VetoSchema>(&[keys::VETO, provenance]);
        check::<LevelSchema>(&[keys::LEVEL, provenance]);
        check::<ScoreSchema>(&[keys::SCORE]);
        check::<LightFile>(&[keys::LIGHT, provenance]);
        check::<Aspect>(&[keys::ASPECT, provenance]);
        check::<CaseSchema>(&[keys::CASE]);
        check::<ExpectSchema>(&[keys::EXPECT]);
    }
}
