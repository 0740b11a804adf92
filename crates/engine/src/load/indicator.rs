//! Reading indicators and recognitions.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::Reader;
use super::declare::{PERIODS, VARIABLE_TYPES, subject_of};
use super::entries::Entry;
use super::fields::{self, Fields};
use super::found::suggestion;
use super::keys;
use super::provenance::provenance;
use super::variable::named;
use super::yaml::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::expression::{ExprKind, VariableRef};
use crate::parse::{Place, Wanted};
use crate::rulebook::{
    Aggregate, Aggregation, Growth, Indicator, IndicatorValue, PeriodKind, Recognition,
};

const AGGREGATIONS: [(&str, Aggregation); 3] = [
    ("sum", Aggregation::Sum),
    ("count", Aggregation::Count),
    ("avg", Aggregation::Average),
];

/// The indicator of an entry.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Indicator> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "an indicator",
        &[keys::INDICATOR, keys::PROVENANCE],
        found,
    )?;
    let subject = subject_of(entry.node, "zone");
    let ty = map
        .require("type", found)
        .and_then(|node| fields::choice(node, "type of an indicator", &VARIABLE_TYPES, found));
    let value = map
        .require("value", found)
        .and_then(|node| value(node, &subject, reader));
    let variable = |key: &str| {
        map.get(key)
            .and_then(|node| variable_ref(node, &subject, reader))
    };
    let flag = |key: &str, otherwise| {
        map.get(key)
            .and_then(|node| fields::boolean(node, &format!("`{key}`"), found))
            .unwrap_or(otherwise)
    };
    let growth = [
        ("published", Growth::Published),
        ("computed", Growth::Computed),
    ];
    Some(Indicator {
        id: entry.id.clone(),
        label: map
            .get("label")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        ty: ty?,
        period: map
            .get("period")
            .and_then(|node| fields::choice(node, "period", &PERIODS, found))
            .unwrap_or(PeriodKind::Year),
        value: value?,
        cumulative: flag("cumulative", false),
        growth: map
            .get("growth")
            .and_then(|node| fields::choice(node, "growth", &growth, found))
            .unwrap_or(Growth::Computed),
        growth_variable: variable("growth_variable"),
        reference: map
            .get("reference")
            .and_then(|node| fields::label(node, found)),
        reference_variable: variable("reference_variable"),
        target: variable("target"),
        higher_is_better: flag("higher_is_better", true),
        unit: map
            .get("unit")
            .and_then(|node| fields::text(node, "`unit`", found))
            .map(str::to_owned),
        provenance: provenance(&map, found),
        span: entry.span,
        subject,
    })
}

fn variable_ref(node: &Node, subject: &SubjectKind, reader: &Reader<'_>) -> Option<VariableRef> {
    let lets = IndexMap::new();
    let expr = reader
        .scope(subject, &lets, Place::Elsewhere)
        .expression(node, Wanted::Any)?;
    if let ExprKind::Variable(variable) = expr.kind {
        return Some(variable);
    }
    fields::wrong(node, "this", "the name of a variable", reader.found);
    None
}

fn value(node: &Node, subject: &SubjectKind, reader: &Reader<'_>) -> Option<IndicatorValue> {
    let lets = IndexMap::new();
    if !matches!(node.value, Value::Map(_)) {
        let expr = reader
            .scope(subject, &lets, Place::Elsewhere)
            .expression(node, Wanted::Any)?;
        return Some(match expr.kind {
            ExprKind::Variable(variable) => IndicatorValue::Variable(variable),
            _ => IndicatorValue::Expr(expr),
        });
    }
    let found = reader.found;
    let map = Fields::read(node, "an aggregate", &[keys::AGGREGATE], found)?;
    let of_node = map.require("of", found)?;
    let of: SubjectKind = match fields::text(of_node, "a subject", found)?.parse() {
        Ok(subject) => subject,
        Err(never) => match never {},
    };
    let mut given = AGGREGATIONS
        .iter()
        .filter_map(|(word, kind)| map.get(word).map(|node| (*kind, node)));
    let (Some((aggregation, of_what)), None) = (given.next(), given.next()) else {
        found.push(
            Diagnostic::error(
                "form::required",
                node.span,
                "an aggregate has one of `sum`, `count`, `avg`",
            )
            .help("write {sum: VARIABLE, of: SUBJECT}"),
        );
        return None;
    };
    let scope = reader.scope(&of, &lets, Place::Elsewhere);
    // A plain count names nothing, or the subject itself.
    let counts_all = aggregation == Aggregation::Count
        && of_what.scalar().is_some_and(|scalar| {
            scalar.text == of.as_str() || matches!(scalar.text.as_str(), "true" | "all" | "*")
        });
    let variable = if counts_all {
        None
    } else {
        let wanted = match aggregation {
            Aggregation::Count => Wanted::Any,
            Aggregation::Sum | Aggregation::Average => Wanted::Numeric,
        };
        Some(scope.expression(of_what, wanted)?)
    };
    let filter = match map.get("where") {
        Some(node) => Some(scope.expression(node, Wanted::Condition)?),
        None => None,
    };
    Some(IndicatorValue::Aggregate(Aggregate {
        aggregation,
        variable,
        of,
        filter,
    }))
}

/// The recognition of an entry.
pub(super) fn read_recognition(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Recognition> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a recognition",
        &[keys::RECOGNITION, keys::PROVENANCE],
        found,
    )?;
    let subject = subject_of(entry.node, "enterprise");
    let variable = |key: &str| {
        let node = map.get(key)?;
        let name = fields::text(node, "a variable", found)?;
        if reader.names.variable(&subject, name, false).is_some() {
            return Some(name.to_owned());
        }
        found.push(
            Diagnostic::error(
                "name::unknown",
                node.span,
                format!("there is no variable `{name}` of {subject}"),
            )
            .help(suggestion(
                name,
                reader.names.variables_of(&subject),
                || "define it in a file with `variables:`".to_owned(),
            )),
        );
        None
    };
    let label = |key: &str| map.get(key).and_then(|node| fields::label(node, found));
    Some(Recognition {
        id: entry.id.clone(),
        label: label("label").unwrap_or_else(|| named(&entry.id)),
        issuer: label("issuer"),
        validity_months: map
            .get("validity_months")
            .and_then(|node| fields::count(node, "`validity_months`", found)),
        renewal: label("renewal"),
        policy: map.get("policy").and_then(|node| {
            let id = fields::text(node, "the id of a policy", found)?;
            reader.policy(id, node.span).map(str::to_owned)
        }),
        valid_from: variable("valid_from"),
        valid_until: variable("valid_until"),
        provenance: provenance(&map, found),
        span: entry.span,
        subject: subject.clone(),
    })
}
