//! Reading what a case expects.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::expression::{Literal, Type};
use crate::load::Reader;
use crate::load::fields::{self, Fields, number};
use crate::load::found::{quoted, suggestion};
use crate::load::keys;
use crate::load::literals::fact_literal;
use crate::load::yaml::{Node, Value};
use crate::rulebook::{Expect, Target, Wanted};

const VERDICTS: [(&str, &str); 4] = [
    ("eligible", "eligible"),
    ("ineligible", "ineligible"),
    ("unknown", "unknown"),
    ("not_in_force", "not_in_force"),
];

const LIGHTS: [(&str, &str); 5] = [
    ("red", "red"),
    ("yellow", "yellow"),
    ("green", "green"),
    ("unknown", "unknown"),
    ("out_of_scope", "out_of_scope"),
];

/// What a case expects; of a population, by subject. Clauses, items and aspects that the target does not
/// have are mistakes where `names_parts`.
pub(super) fn read(
    node: &Node,
    target: &Target,
    of_population: bool,
    names_parts: bool,
    reader: &Reader<'_>,
) -> Option<Vec<(Option<String>, Expect)>> {
    let checked = |node: &Node| {
        fits(node, target, reader);
        if names_parts {
            parts_are_there(node, target, reader);
        }
        one(node, target, reader)
    };
    if !of_population {
        return Some(vec![(None, checked(node)?)]);
    }
    let entries = fields::entries(node, "`expect` of a population", reader.found)?;
    let read: Vec<Option<_>> = entries
        .iter()
        .map(|(key, node)| Some((Some(key.text.clone()), checked(node)?)))
        .collect();
    read.into_iter().collect()
}

/// Says so where a case expects what its target does not give: that would be compared with nothing.
fn fits(node: &Node, target: &Target, reader: &Reader<'_>) {
    let (what, known) = match target {
        Target::Policy(_) => ("policy", keys::EXPECT_OF_POLICY),
        Target::Scorecard(_) => ("scorecard", keys::EXPECT_OF_CARD),
        Target::Light(_) => ("light", keys::EXPECT_OF_LIGHT),
        Target::Variable(_) => ("variable", keys::EXPECT_OF_VARIABLE),
    };
    let Value::Map(entries) = &node.value else {
        return;
    };
    for (key, _) in entries {
        let word = key.text.as_str();
        if keys::EXPECT.contains(&word) && !known.contains(&word) {
            reader.found.push(
                Diagnostic::error("form::key", key.span, format!("a {what} gives no `{word}`"))
                    .help(format!(
                        "a case of a {what} expects {}",
                        quoted(known.iter().copied())
                    )),
            );
        }
    }
}

/// Says so where a case expects something of a clause, item or aspect that is not there.
fn parts_are_there(node: &Node, target: &Target, reader: &Reader<'_>) {
    let names = reader.names;
    let unknown = |what: &str, name: &str, span, known: &[String]| {
        if known.iter().any(|other| other == name) {
            return;
        }
        let known = || known.iter().map(String::as_str);
        reader.found.push(
            Diagnostic::error(
                "name::unknown",
                span,
                format!("there is no {what} `{name}`"),
            )
            .help(suggestion(name, known(), || {
                format!("there are {}", quoted(known()))
            })),
        );
    };
    let each_part = |key: &str, what: &str, known: &[String]| {
        if let Some(Value::Map(entries)) = raw(node, key).map(|node| &node.value) {
            for (part, _) in entries {
                unknown(what, &part.text, part.span, known);
            }
        }
    };
    match target {
        Target::Policy(id) => {
            let Some(policy) = names.policies.get(id) else {
                return;
            };
            each_part("gaps", "clause", &policy.clauses);
            let failed = raw(node, "failed").filter(|node| !node.is_null());
            for item in failed.map(fields::items).unwrap_or_default() {
                if let Some(scalar) = item.scalar() {
                    unknown("clause", &scalar.text, item.span, &policy.clauses);
                }
            }
        }
        Target::Scorecard(id) => {
            if let Some(card) = names.scorecards.get(id) {
                each_part("items", "item", &card.items);
            }
        }
        Target::Light(id) => {
            if let Some(light) = names.lights.get(id) {
                each_part("aspects", "aspect", &light.aspects);
            }
        }
        Target::Variable(_) => {}
    }
}

fn one(node: &Node, target: &Target, reader: &Reader<'_>) -> Option<Expect> {
    let found = reader.found;
    let map = Fields::read(node, "`expect`", &[keys::EXPECT], found)?;
    let value = Values { reader };
    // `null` is a value here, so a key is looked for as it is written.
    let at = |key: &str| raw(node, key);
    let texts = |key: &str| {
        at(key).map(|node| {
            if node.is_null() {
                Vec::new()
            } else {
                fields::texts(node, &format!("`{key}`"), found)
            }
        })
    };
    Some(Expect {
        verdict: map
            .get("verdict")
            .and_then(|node| fields::choice(node, "verdict", &VERDICTS, found))
            .map(str::to_owned),
        amount: value.optional(at("amount"), Type::Money)?,
        saves: value.optional(at("saves"), Type::Money)?,
        chosen: map
            .get("chosen")
            .and_then(|node| fields::boolean(node, "`chosen`", found)),
        failed: texts("failed"),
        missing: texts("missing"),
        gaps: value.by_name(at("gaps"))?,
        parts: value.by_name(at("parts"))?,
        score: value.optional(at("score"), Type::Number)?,
        items: value.by_name(at("items"))?,
        stage: value.optional(at("stage"), Type::Code)?,
        level: value.optional(at("level"), Type::Code)?,
        rank: value.optional(at("rank"), Type::Integer)?,
        light: map
            .get("light")
            .and_then(|node| fields::choice(node, "light", &LIGHTS, found))
            .map(str::to_owned),
        aspects: map.get("aspects").map(|node| aspects(node, reader)),
        value: value.optional(at("value"), value_type(target, reader))?,
        span: Some(node.span),
    })
}

fn value_type(target: &Target, reader: &Reader<'_>) -> Type {
    match target {
        Target::Variable(variable) => reader
            .names
            .variable(&variable.subject, &variable.name, false)
            .map_or(Type::Text, |(_, _, found)| found.ty),
        _ => Type::Text,
    }
}

fn raw<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .find(|(known, _)| known.text == key)
            .map(|(_, node)| node),
        _ => None,
    }
}

fn aspects(node: &Node, reader: &Reader<'_>) -> IndexMap<String, String> {
    fields::entries(node, "`aspects`", reader.found)
        .unwrap_or_default()
        .iter()
        .filter_map(|(key, node)| {
            let light = fields::choice(node, "light", &LIGHTS, reader.found)?;
            Some((key.text.clone(), light.to_owned()))
        })
        .collect()
}

struct Values<'v> {
    reader: &'v Reader<'v>,
}

impl Values<'_> {
    /// The value of a key that may not be there; `None` only where it is wrong.
    #[expect(
        clippy::option_option,
        reason = "a key that is not there, and one that is wrong, are two things"
    )]
    fn optional(&self, node: Option<&Node>, ty: Type) -> Option<Option<Wanted>> {
        match node {
            None => Some(None),
            Some(node) => self.value(node, ty).map(Some),
        }
    }

    fn value(&self, node: &Node, ty: Type) -> Option<Wanted> {
        let found = self.reader.found;
        if node.is_null() {
            return Some(Wanted::Value(Literal::Null));
        }
        if matches!(node.value, Value::Map(_)) {
            let map = Fields::read(node, "an interval", &[&["low", "high"]], found)?;
            let end = |key| map.require(key, found).and_then(|node| number(node, found));
            let (low, high) = (end("low"), end("high"));
            return Some(Wanted::Interval {
                low: Literal::Number(low?),
                high: Literal::Number(high?),
            });
        }
        let literal = match ty {
            Type::Money => {
                if node.scalar().is_some_and(|scalar| scalar.text == "none") {
                    Literal::Absent
                } else {
                    Literal::Money(number(node, found)?)
                }
            }
            Type::Integer | Type::Number | Type::Ratio | Type::Days => {
                if node.scalar().is_some_and(|scalar| scalar.text == "none") {
                    Literal::Absent
                } else {
                    Literal::Number(number(node, found)?)
                }
            }
            _ => fact_literal(ty, node, found)?,
        };
        Some(Wanted::Value(literal))
    }

    #[expect(
        clippy::option_option,
        reason = "a key that is not there, and one that is wrong, are two things"
    )]
    fn by_name(&self, node: Option<&Node>) -> Option<Option<IndexMap<String, Wanted>>> {
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return Some(None);
        };
        let entries = fields::entries(node, "this", self.reader.found)?;
        let read: Vec<Option<_>> = entries
            .iter()
            .map(|(key, node)| Some((key.text.clone(), self.figure(node)?)))
            .collect();
        read.into_iter()
            .collect::<Option<IndexMap<_, _>>>()
            .map(Some)
    }

    /// A figure of any type, as it is written: a number, a day, a truth value or a code.
    fn figure(&self, node: &Node) -> Option<Wanted> {
        let text = node.scalar().map(|scalar| scalar.text.as_str());
        let ty = match text {
            Some("true" | "false") => Type::Boolean,
            Some(text) if fields::parse_day(text).is_some() => Type::Date,
            Some(text) if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                Type::Number
            }
            None => Type::Number,
            Some(_) => Type::Code,
        };
        self.value(node, ty)
    }
}
