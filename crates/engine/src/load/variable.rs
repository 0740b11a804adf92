//! Reading a variable.

use indexmap::IndexMap;

use super::declare::{PERIODS, VARIABLE_TYPES, subject_of};
use super::entries::Entry;
use super::fields::{self, Fields};
use super::keys;
use super::yaml::{Node, Value};
use super::{Reader, found::suggestion};
use crate::diagnostic::Diagnostic;
use crate::expression::Type;
use crate::parse::{Place, Wanted};
use crate::rulebook::{Label, PeriodKind, Sensitivity, Variable};

const SENSITIVITIES: [(&str, Sensitivity); 3] = [
    ("public", Sensitivity::Public),
    ("internal", Sensitivity::Internal),
    ("confidential", Sensitivity::Confidential),
];

/// The variable of an entry.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Variable> {
    let found = reader.found;
    let map = Fields::read(entry.node, "a variable", &[keys::VARIABLE], found)?;
    let subject = subject_of(entry.node, "enterprise");
    map.require("subject", found);
    let ty = map
        .require("type", found)
        .and_then(|node| fields::choice(node, "type of a variable", &VARIABLE_TYPES, found))?;
    let period = map
        .get("period")
        .and_then(|node| fields::choice(node, "period", &PERIODS, found))
        .unwrap_or(PeriodKind::None);
    let lets = IndexMap::new();
    let formula = map.get("formula").and_then(|node| {
        reader
            .scope(&subject, &lets, Place::Elsewhere)
            .expression(node, Wanted::Type(ty))
    });
    let blank_is_zero = map
        .get("blank")
        .and_then(|node| fields::choice(node, "value of `blank`", &[("zero", true)], found))
        .unwrap_or(false);
    let text = |key: &str| {
        map.get(key)
            .and_then(|node| fields::text(node, key, found))
            .map(str::to_owned)
    };
    let codes = text("codes");
    if let (Some(list), Some(node)) = (&codes, map.get("codes")) {
        check_code_list(list, node, reader);
    }
    let has_codes = codes.is_some() || map.get("values").is_some();
    check_type(entry, ty, blank_is_zero, has_codes, reader);
    check_formula(entry, blank_is_zero, formula.is_some(), reader);
    Some(Variable {
        name: entry.id.clone(),
        subject,
        label: map
            .get("label")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        synonyms: map
            .get("synonyms")
            .map(|node| fields::texts(node, "a synonym", found))
            .unwrap_or_default(),
        ty,
        period,
        source: map
            .get("source")
            .and_then(|node| fields::label(node, found)),
        sensitivity: map
            .get("sensitivity")
            .and_then(|node| fields::choice(node, "sensitivity", &SENSITIVITIES, found))
            .unwrap_or(Sensitivity::Confidential),
        formula,
        blank_is_zero,
        unit: text("unit"),
        values: map
            .get("values")
            .map(|node| labelled(node, reader))
            .unwrap_or_default(),
        codes,
        note: map.get("note").and_then(|node| fields::label(node, found)),
        span: entry.span,
    })
}

/// Says so where a key fits no variable of this type.
fn check_type(
    entry: &Entry<'_>,
    ty: Type,
    blank_is_zero: bool,
    has_codes: bool,
    reader: &Reader<'_>,
) {
    let found = reader.found;
    if blank_is_zero && !ty.is_numeric() {
        found.push(
            Diagnostic::error(
                "variable::blank",
                entry.span,
                format!(
                    "`{}` is {ty}, and only numbers and money can be nought",
                    entry.id
                ),
            )
            .help("remove `blank: zero`"),
        );
    }
    if ty != Type::Code && has_codes {
        found.push(
            Diagnostic::error(
                "variable::values",
                entry.span,
                format!(
                    "`{}` is {ty}, and only a code has a list of values",
                    entry.id
                ),
            )
            .help("declare it with `type: code`"),
        );
    }
}

/// Warns where a variable is never unknown, so that its formula is never asked.
fn check_formula(entry: &Entry<'_>, blank_is_zero: bool, has_formula: bool, reader: &Reader<'_>) {
    if blank_is_zero && has_formula {
        reader.found.push(
            Diagnostic::warning(
                "variable::blank",
                entry.span,
                format!(
                    "`{}` is nought where it is blank, so its formula is never used",
                    entry.id
                ),
            )
            .help("keep `blank: zero` or the formula"),
        );
    }
}

fn check_code_list(list: &str, node: &Node, reader: &Reader<'_>) {
    if reader.names.codes.contains_key(list) {
        return;
    }
    let known = || reader.names.codes.keys().map(String::as_str);
    reader.found.push(
        Diagnostic::error(
            "name::unknown",
            node.span,
            format!("there is no code list `{list}`"),
        )
        .help(suggestion(list, known(), || {
            "write it in a file with `codes:`".to_owned()
        })),
    );
}

/// The words of something that has only its name.
pub(super) fn named(id: &str) -> Label {
    Label {
        zh: None,
        en: Some(id.to_owned()),
    }
}

/// Words by code: a map, or a list of codes that speak for themselves.
pub(super) fn labelled(node: &Node, reader: &Reader<'_>) -> IndexMap<String, Label> {
    match &node.value {
        Value::List(items) => items
            .iter()
            .filter_map(|item| fields::text(item, "a code", reader.found))
            .map(|code| (code.to_owned(), named(code)))
            .collect(),
        _ => fields::entries(node, "a list of codes", reader.found)
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, node)| {
                let words = if node.is_null() {
                    named(&key.text)
                } else {
                    fields::label(node, reader.found)?
                };
                Some((key.text.clone(), words))
            })
            .collect(),
    }
}
