//! From entries to names: what expressions may refer to, read without a word about mistakes.

use domain::SubjectKind;

use super::entries::{Entries, Entry, Kind, child, peek};
use super::fields::items;
use super::names::{CardName, LightName, Names, ParameterName, PolicyName, VariableName};
use super::yaml::{Node, Value};
use crate::expression::Type;
use crate::rulebook::{ParameterType, PeriodKind, VariableKey};

/// The types of variables by their words.
pub(super) const VARIABLE_TYPES: [(&str, Type); 8] = [
    ("money", Type::Money),
    ("integer", Type::Integer),
    ("number", Type::Number),
    ("ratio", Type::Ratio),
    ("boolean", Type::Boolean),
    ("date", Type::Date),
    ("code", Type::Code),
    ("text", Type::Text),
];

/// The periods of variables by their words.
pub(super) const PERIODS: [(&str, PeriodKind); 4] = [
    ("none", PeriodKind::None),
    ("year", PeriodKind::Year),
    ("quarter", PeriodKind::Quarter),
    ("month", PeriodKind::Month),
];

fn type_of(word: Option<&str>) -> Type {
    VARIABLE_TYPES
        .iter()
        .find(|(known, _)| Some(*known) == word)
        .map_or(Type::Number, |(_, ty)| *ty)
}

/// The subject that a map names.
pub(super) fn subject_of(node: &Node, otherwise: &str) -> SubjectKind {
    let word = peek(node, "subject").unwrap_or(otherwise);
    match word.parse() {
        Ok(subject) => subject,
        Err(never) => match never {},
    }
}

/// All names of the entries.
pub(super) fn names(all: &Entries<'_>) -> Names {
    let mut names = Names {
        currency: all.currency.clone().unwrap_or_else(|| "CNY".to_owned()),
        replaced: all.replaced.clone(),
        ..Names::default()
    };
    for entry in &all.list {
        declare(entry, &mut names);
    }
    names
}

fn declare(entry: &Entry<'_>, names: &mut Names) {
    let (node, span, id) = (entry.node, entry.span, entry.id.clone());
    match entry.kind {
        Kind::Variable => {
            let key = VariableKey {
                subject: subject_of(node, "enterprise"),
                name: id,
            };
            names.variables.insert(
                key,
                VariableName {
                    ty: type_of(peek(node, "type")),
                    period: period_of(node),
                    codes: child(node, "values").map(keys_of).unwrap_or_default(),
                    span,
                },
            );
        }
        Kind::Parameter => {
            names.parameters.insert(
                id,
                ParameterName {
                    ty: parameter_type(node),
                    span,
                },
            );
        }
        Kind::Policy => {
            names.policies.insert(
                id,
                PolicyName {
                    subject: subject_of(node, "enterprise"),
                    clauses: ids_of(node, "clauses", "id"),
                    has_amount: child(node, "benefit")
                        .is_some_and(|benefit| child(benefit, "amount").is_some()),
                    span,
                },
            );
        }
        Kind::Scorecard => {
            names.scorecards.insert(id, card(node, span));
        }
        Kind::Light => {
            names.lights.insert(
                id,
                LightName {
                    subject: subject_of(node, "project"),
                    aspects: ids_of(node, "aspects", "id"),
                    span,
                },
            );
        }
        Kind::Codes => {
            names.codes.insert(id, span);
        }
        Kind::Indicator | Kind::Recognition | Kind::Calendar => {}
    }
}

fn card(node: &Node, span: crate::source::Span) -> CardName {
    let mut all = ids_of(node, "items", "id");
    all.extend(ids_of(node, "bonus", "id"));
    all.extend(ids_of(node, "penalty", "id"));
    CardName {
        subject: subject_of(node, "enterprise"),
        items: all,
        levels: ids_of(node, "levels", "level"),
        span,
    }
}

fn period_of(node: &Node) -> PeriodKind {
    let word = peek(node, "period");
    PERIODS
        .iter()
        .find(|(known, _)| Some(*known) == word)
        .map_or(PeriodKind::None, |(_, period)| *period)
}

/// The type of a parameter, with the columns of a table.
pub(super) fn parameter_type(node: &Node) -> ParameterType {
    if peek(node, "type") != Some("table") {
        return ParameterType::Scalar(type_of(peek(node, "type")));
    }
    let columns: Vec<Type> = child(node, "columns")
        .map(items)
        .unwrap_or_default()
        .iter()
        .map(|column| type_of(column.scalar().map(|scalar| scalar.text.as_str())))
        .collect();
    ParameterType::Table(
        columns.first().copied().unwrap_or(Type::Number),
        columns.get(1).copied().unwrap_or(Type::Number),
    )
}

/// The keys of a map, or the texts of a list.
pub(super) fn keys_of(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Map(entries) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
        Value::List(list) => list
            .iter()
            .filter_map(|item| item.scalar().map(|scalar| scalar.text.clone()))
            .collect(),
        Value::Scalar(_) => Vec::new(),
    }
}

fn ids_of(node: &Node, list: &str, key: &str) -> Vec<String> {
    child(node, list)
        .map(items)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| peek(item, key).map(str::to_owned))
        .collect()
}
