//! Reading a parameter: its values over time.

use super::Reader;
use super::declare::{VARIABLE_TYPES, parameter_type};
use super::entries::Entry;
use super::fields::{self, Fields, items, wrong};
use super::found::Found;
use super::keys;
use super::literals::parameter_literal;
use super::provenance::{days, gaps, overlaps, provenance};
use super::variable::named;
use super::yaml::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::expression::{Literal, Type};
use crate::rulebook::{
    Dated, Parameter, ParameterType, ParameterValue, Provenance, Spans, TableRow,
};
use crate::source::Span;

/// The parameter of an entry.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Parameter> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a parameter",
        &[keys::PARAMETER, keys::PROVENANCE],
        found,
    )?;
    let ty = declared(&map, entry, found)?;
    let values = map.require("values", found)?;
    Some(Parameter {
        name: entry.id.clone(),
        label: map
            .get("label")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        values: dated_values(values, &ty, map.get("note").is_some(), found)?,
        ty,
        unit: map
            .get("unit")
            .and_then(|node| fields::text(node, "`unit`", found))
            .map(str::to_owned),
        provenance: provenance(&map, found),
        span: entry.span,
    })
}

fn declared(map: &Fields<'_>, entry: &Entry<'_>, found: &Found) -> Option<ParameterType> {
    let mut words: Vec<(&str, Option<Type>)> = VARIABLE_TYPES
        .iter()
        .filter(|(word, _)| !matches!(*word, "code" | "text"))
        .map(|(word, ty)| (*word, Some(*ty)))
        .collect();
    words.push(("table", None));
    let node = map.require("type", found)?;
    let scalar = fields::choice(node, "type of a parameter", &words, found)?;
    let columns = map.get("columns");
    if scalar.is_some() {
        if let Some(node) = columns {
            found.push(
                Diagnostic::error("form::key", node.span, "only a table has columns")
                    .help("declare it with `type: table`, or remove `columns`"),
            );
        }
        return scalar.map(ParameterType::Scalar);
    }
    let columns = items(map.require("columns", found)?);
    if columns.len() != 2 {
        found.push(
            Diagnostic::error(
                "form::columns",
                entry.span,
                format!("a table has two columns, this one {}", columns.len()),
            )
            .help("write `columns: [money, ratio]`: the type of `from` and of the value"),
        );
        return None;
    }
    for column in columns {
        fields::choice(column, "type of a column", &VARIABLE_TYPES, found)?;
    }
    Some(parameter_type(entry.node))
}

/// The values over time. A gap between two of them is told, unless a note says why the law had one.
fn dated_values(
    node: &Node,
    ty: &ParameterType,
    has_note: bool,
    found: &Found,
) -> Option<Spans<ParameterValue>> {
    let Value::List(list) = &node.value else {
        wrong(
            node,
            "`values`",
            "a list of {from, until, value, legal}",
            found,
        );
        return None;
    };
    let mut dated = Vec::new();
    let mut places = Vec::new();
    let mut explained = Vec::new();
    let mut whole = true;
    for item in list {
        let Some(map) = Fields::read(
            item,
            "a value",
            &[keys::PARAMETER_VALUE, keys::PROVENANCE],
            found,
        ) else {
            whole = false;
            continue;
        };
        let (from, until) = days(&map, found);
        places.push((from, until, item.span));
        explained.extend((has_note || map.get("note").is_some()).then_some(item.span));
        let value = map
            .require("value", found)
            .and_then(|node| value(node, ty, provenance(&map, found), item.span, found));
        match value {
            Some(value) => dated.push(Dated { from, until, value }),
            None => whole = false,
        }
    }
    places.sort_by_key(|(from, ..)| *from);
    overlaps(&places, found);
    gaps(&places, &explained, found);
    whole.then(|| Spans::new(dated))
}

fn value(
    node: &Node,
    ty: &ParameterType,
    provenance: Provenance,
    span: Span,
    found: &Found,
) -> Option<ParameterValue> {
    let (scalar, rows) = match ty {
        ParameterType::Scalar(ty) => (Some(parameter_literal(*ty, node, found)?), Vec::new()),
        ParameterType::Table(from, value) => (None, table_rows(node, *from, *value, found)?),
    };
    Some(ParameterValue {
        scalar,
        rows,
        provenance,
        span,
    })
}

/// The rows of a table, which must rise.
pub(super) fn table_rows(
    node: &Node,
    from: Type,
    value: Type,
    found: &Found,
) -> Option<Vec<TableRow>> {
    let Value::List(list) = &node.value else {
        wrong(node, "a table", "a list of [from, value]", found);
        return None;
    };
    let mut rows: Vec<TableRow> = Vec::new();
    let mut whole = true;
    for item in list {
        let row = match items(item) {
            [first, second] if matches!(item.value, Value::List(_)) => {
                let first = parameter_literal(from, first, found);
                let second = parameter_literal(value, second, found);
                first.zip(second)
            }
            _ => {
                wrong(item, "a row", "two values, [from, value]", found);
                None
            }
        };
        let Some(row) = row else {
            whole = false;
            continue;
        };
        if rows.last().is_some_and(|last| !is_below(&last.0, &row.0)) {
            found.push(
                Diagnostic::error(
                    "table::order",
                    item.span,
                    format!(
                        "the row from {} does not come after the one before it",
                        row.0
                    ),
                )
                .help("order the rows by rising `from`, each once"),
            );
            whole = false;
        }
        rows.push(row);
    }
    whole.then_some(rows)
}

fn is_below(left: &Literal, right: &Literal) -> bool {
    match (left, right) {
        (Literal::Number(left), Literal::Number(right))
        | (Literal::Money(left), Literal::Money(right)) => left < right,
        (Literal::Date(left), Literal::Date(right)) => left < right,
        _ => false,
    }
}

/// The value that a case or a command sets a parameter to; it holds on every day.
pub(super) fn set_value(node: &Node, ty: &ParameterType, found: &Found) -> Option<ParameterValue> {
    value(node, ty, Provenance::default(), node.span, found)
}
