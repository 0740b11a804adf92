//! The keys of rule files: what the loader accepts, and what the schema is tested against.

pub(crate) const PROVENANCE: &[&str] = &["legal", "checked", "verified", "confidence", "note"];
pub(crate) const LEGAL: &[&str] = &["cite", "article", "date", "verified", "note"];
pub(crate) const IN_FORCE: &[&str] = &["from", "until", "published", "note", "legal"];
pub(crate) const DATED: &[&str] = &["from", "until", "is", "note", "legal"];
pub(crate) const VARIABLE: &[&str] = &[
    "label",
    "subject",
    "type",
    "period",
    "source",
    "sensitivity",
    "formula",
    "blank",
    "unit",
    "values",
    "codes",
    "synonyms",
    "note",
    "overrides",
];
pub(crate) const PARAMETER: &[&str] = &["label", "type", "columns", "unit", "values", "overrides"];
pub(crate) const POLICY: &[&str] = &[
    "policy",
    "name",
    "subject",
    "field",
    "authority",
    "in_force",
    "period",
    "channel",
    "year",
    "let",
    "clauses",
    "benefit",
    "choose_one",
    "excludes",
    "pool",
    "guide",
    "overrides",
];
pub(crate) const SCORECARD: &[&str] = &[
    "scorecard",
    "name",
    "subject",
    "in_force",
    "year",
    "let",
    "stage",
    "missing",
    "full_mark",
    "over",
    "rounding",
    "groups",
    "peers",
    "items",
    "bonus",
    "penalty",
    "veto",
    "levels",
    "overrides",
    "authority",
    "field",
    "period",
];
pub(crate) const LIGHT: &[&str] = &[
    "light",
    "name",
    "label",
    "subject",
    "default",
    "in_force",
    "year",
    "scope",
    "let",
    "aspects",
    "overrides",
    "authority",
];
pub(crate) const INDICATOR: &[&str] = &[
    "label",
    "subject",
    "type",
    "period",
    "value",
    "cumulative",
    "growth",
    "growth_variable",
    "reference",
    "reference_variable",
    "target",
    "higher_is_better",
    "unit",
    "overrides",
];
pub(crate) const CASE: &[&str] = &[
    "name",
    "policy",
    "scorecard",
    "light",
    "variable",
    "subject",
    "source",
    "as_of",
    "given",
    "population",
    "expect",
    "set",
    "zone",
    "note",
];
pub(crate) const EXPECT: &[&str] = &[
    "verdict", "amount", "saves", "chosen", "failed", "missing", "gaps", "parts", "score", "items",
    "stage", "level", "rank", "light", "aspects", "value",
];
pub(crate) const EXPECT_OF_POLICY: &[&str] = &[
    "verdict", "amount", "saves", "chosen", "failed", "missing", "gaps", "parts",
];
pub(crate) const EXPECT_OF_CARD: &[&str] = &["score", "items", "stage", "level", "missing", "rank"];
pub(crate) const EXPECT_OF_LIGHT: &[&str] = &["light", "aspects", "missing"];
pub(crate) const EXPECT_OF_VARIABLE: &[&str] = &["value", "missing"];
pub(crate) const PARAMETER_VALUE: &[&str] = &["from", "until", "value"];
pub(crate) const CLAUSE: &[&str] = &["id", "text", "when", "from", "until"];
pub(crate) const BENEFIT: &[&str] = &["kind", "amount", "saves", "timing", "parts", "note"];
pub(crate) const GUIDE: &[&str] = &["materials", "steps", "deadline", "contact", "notes"];
pub(crate) const ITEM: &[&str] = &[
    "id", "text", "label", "group", "value", "weight", "score", "low", "high", "peers",
];
pub(crate) const ADJUSTMENT: &[&str] =
    &["id", "text", "label", "when", "score", "low", "high", "max"];
pub(crate) const VETO: &[&str] = &["id", "text", "label", "when"];
pub(crate) const LEVEL: &[&str] = &["level", "label", "text", "from", "requires"];
pub(crate) const GROUP: &[&str] = &["min", "max", "label", "text"];
pub(crate) const SCORE: &[&str] = &[
    "method",
    "direction",
    "table",
    "after",
    "from",
    "to",
    "expr",
];
pub(crate) const ASPECT: &[&str] = &["id", "text", "label", "red", "yellow"];
pub(crate) const RECOGNITION: &[&str] = &[
    "label",
    "issuer",
    "subject",
    "validity_months",
    "renewal",
    "policy",
    "valid_from",
    "valid_until",
    "overrides",
];
pub(crate) const AGGREGATE: &[&str] = &["sum", "count", "avg", "of", "where"];
pub(crate) const CODE_LIST: &[&str] = &["label", "values", "file", "overrides"];
pub(crate) const CALENDAR: &[&str] = &["calendar", "label", "name", "years", "overrides"];
pub(crate) const CALENDAR_YEAR: &[&str] = &["holidays", "workdays"];
