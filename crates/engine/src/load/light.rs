//! Reading a light.

use super::Reader;
use super::declare::subject_of;
use super::entries::Entry;
use super::fields::{self, Fields, items};
use super::keys;
use super::provenance::{in_force, provenance, year};
use super::variable::named;
use super::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::expression::Expr;
use crate::parse::{Place, Wanted};
use crate::rulebook::{Aspect, Light};

/// The light of an entry.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Light> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a light",
        &[keys::LIGHT, keys::PROVENANCE],
        found,
    )?;
    let subject = subject_of(entry.node, "project");
    let lets = reader.lets(map.get("let"), &subject);
    let condition = |node: &Node| {
        reader
            .scope(&subject, &lets, Place::Elsewhere)
            .expression(node, Wanted::Condition)
    };
    let aspects: Vec<Aspect> = map
        .require("aspects", found)
        .map(items)
        .unwrap_or_default()
        .iter()
        .filter_map(|node| aspect(node, condition, reader))
        .collect();
    reader.unique(
        aspects
            .iter()
            .map(|aspect| (aspect.id.as_str(), aspect.span)),
        "aspect",
    );
    let name = map.get("name").or_else(|| map.get("label"));
    Some(Light {
        id: entry.id.clone(),
        name: name
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        is_default: map
            .get("default")
            .and_then(|node| fields::boolean(node, "`default`", found))
            .unwrap_or(false),
        in_force: map
            .get("in_force")
            .map(|node| in_force(node, found))
            .unwrap_or_default(),
        year: year(&map, found),
        scope: map.get("scope").and_then(condition),
        provenance: provenance(&map, found),
        zone: entry.zone.map(str::to_owned),
        span: entry.span,
        aspects,
        subject: subject.clone(),
        lets: lets.clone(),
    })
}

fn aspect(
    node: &Node,
    condition: impl Fn(&Node) -> Option<Expr>,
    reader: &Reader<'_>,
) -> Option<Aspect> {
    let found = reader.found;
    let map = Fields::read(node, "an aspect", &[keys::ASPECT, keys::PROVENANCE], found)?;
    let id_node = map.require("id", found);
    let id = id_node.and_then(|node| fields::name(node, "id of an aspect", found));
    let (red, yellow) = (map.get("red"), map.get("yellow"));
    if red.is_none() && yellow.is_none() {
        found.push(
            Diagnostic::error(
                "form::required",
                node.span,
                "an aspect needs `red`, `yellow` or both",
            )
            .help("say when it is red"),
        );
    }
    let text = map.get("text").or_else(|| map.get("label"));
    Some(Aspect {
        red: red.and_then(&condition),
        yellow: yellow.and_then(&condition),
        text: text
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(id.unwrap_or_default())),
        provenance: provenance(&map, found),
        id: id?.to_owned(),
        span: id_node?.span,
    })
}
