//! Reading a scorecard.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::Reader;
use super::declare::subject_of;
use super::entries::Entry;
use super::fields::{self, Fields, items};
use super::keys;
use super::provenance::{in_force, provenance, year};
use super::variable::{labelled, named};
use super::yaml::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::expression::{Expr, Type};
use crate::parse::{Place, Wanted};
use crate::rulebook::{
    Adjustment, Group, Item, Label, Level, MissingRule, Peers, Points, Scorecard, Stage, Veto,
    Weight,
};

mod points;

const MISSING: [(&str, MissingRule); 3] = [
    ("zero", MissingRule::Zero),
    ("left_out", MissingRule::LeftOut),
    ("unknown", MissingRule::Unknown),
];

/// A card while it is read: what its expressions may name, and its stages.
struct Card<'c> {
    reader: &'c Reader<'c>,
    subject: &'c SubjectKind,
    lets: &'c IndexMap<String, Expr>,
    stages: Vec<String>,
    groups: Vec<String>,
}

/// The scorecard of an entry.
#[expect(
    clippy::too_many_lines,
    reason = "one line or two for each key of a card, in the order of the form"
)]
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Scorecard> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a scorecard",
        &[keys::SCORECARD, keys::PROVENANCE],
        found,
    )?;
    let subject = subject_of(entry.node, "enterprise");
    let lets = reader.lets(map.get("let"), &subject);
    let mut card = Card {
        reader,
        subject: &subject,
        lets: &lets,
        stages: Vec::new(),
        groups: Vec::new(),
    };
    let stage = map.get("stage").and_then(|node| card.stage(node));
    card.stages = stage
        .as_ref()
        .map(|stage| stage.of.keys().cloned().collect())
        .unwrap_or_default();
    let groups: IndexMap<String, Group> = map
        .get("groups")
        .map(|node| card.groups(node))
        .unwrap_or_default();
    card.groups = groups.keys().cloned().collect();
    let list = |key: &str| map.get(key).map(items).unwrap_or_default();
    let read_items: Vec<Item> = map
        .require("items", found)
        .map(items)
        .unwrap_or_default()
        .iter()
        .filter_map(|node| card.item(node))
        .collect();
    let adjustments = |key: &str| -> Vec<Adjustment> {
        list(key)
            .iter()
            .filter_map(|node| card.adjustment(node))
            .collect()
    };
    let (bonus, penalty) = (adjustments("bonus"), adjustments("penalty"));
    let veto: Vec<Veto> = list("veto")
        .iter()
        .filter_map(|node| card.veto(node))
        .collect();
    let levels: Vec<Level> = list("levels")
        .iter()
        .filter_map(|node| card.level(node))
        .collect();
    let ids = read_items
        .iter()
        .map(|item| (item.id.as_str(), item.span))
        .chain(bonus.iter().map(|part| (part.id.as_str(), part.span)))
        .chain(penalty.iter().map(|part| (part.id.as_str(), part.span)));
    reader.unique(ids, "item");
    reader.unique(
        levels.iter().map(|level| (level.id.as_str(), level.span)),
        "level",
    );
    Some(Scorecard {
        id: entry.id.clone(),
        name: map
            .get("name")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        in_force: map
            .get("in_force")
            .map(|node| in_force(node, found))
            .unwrap_or_default(),
        year: year(&map, found),
        missing: map
            .get("missing")
            .and_then(|node| fields::choice(node, "rule for missing facts", &MISSING, found))
            .unwrap_or(MissingRule::Zero),
        full_mark: map.get("full_mark").and_then(|node| card.number(node)),
        over: map
            .get("over")
            .and_then(|node| fields::boolean(node, "`over`", found))
            .unwrap_or(false),
        rounding_places: map.get("rounding").and_then(|node| rounding(node, reader)),
        peers: map.get("peers").and_then(|node| card.peers(node)),
        provenance: provenance(&map, found),
        zone: entry.zone.map(str::to_owned),
        span: entry.span,
        items: read_items,
        stage,
        groups,
        bonus,
        penalty,
        veto,
        levels,
        subject: subject.clone(),
        lets: lets.clone(),
    })
}

fn rounding(node: &Node, reader: &Reader<'_>) -> Option<u32> {
    let map = Fields::read(node, "`rounding`", &[&["places"]], reader.found)?;
    let places = map.require("places", reader.found)?;
    let count = fields::count(places, "the number of places", reader.found)?;
    if count > 12 {
        fields::wrong(places, "the number of places", "at most 12", reader.found);
        return None;
    }
    Some(count)
}

impl Card<'_> {
    fn expression(&self, node: &Node, wanted: Wanted, place: Place) -> Option<Expr> {
        self.reader
            .scope(self.subject, self.lets, place)
            .expression(node, wanted)
    }

    fn number(&self, node: &Node) -> Option<Expr> {
        self.expression(node, Wanted::PlainNumber, Place::Elsewhere)
    }

    fn condition(&self, node: &Node) -> Option<Expr> {
        self.expression(node, Wanted::Condition, Place::Elsewhere)
    }

    fn stage(&self, node: &Node) -> Option<Stage> {
        let found = self.reader.found;
        let map = Fields::read(node, "a stage", &[&["expr", "of"]], found)?;
        let expr = map.require("expr", found);
        let of = map.require("of", found);
        Some(Stage {
            expr: self.expression(expr?, Wanted::Type(Type::Code), Place::Elsewhere)?,
            of: labelled(of?, self.reader),
            span: node.span,
        })
    }

    fn groups(&self, node: &Node) -> IndexMap<String, Group> {
        let found = self.reader.found;
        fields::entries(node, "`groups`", found)
            .unwrap_or_default()
            .iter()
            .filter_map(|(key, node)| {
                let map = Fields::read(node, "a group", &[keys::GROUP], found)?;
                let group = Group {
                    label: words(&map, self.reader),
                    min: map.get("min").and_then(|node| self.number(node)),
                    max: map.get("max").and_then(|node| self.number(node)),
                    span: key.span,
                };
                Some((key.text.clone(), group))
            })
            .collect()
    }

    fn peers(&self, node: &Node) -> Option<Peers> {
        let found = self.reader.found;
        let map = Fields::read(node, "`peers`", &[&["by", "min"]], found)?;
        let by = map.require("by", found)?;
        let min = map
            .get("min")
            .and_then(|node| fields::count(node, "`min`", found))
            .unwrap_or(5);
        Some(Peers {
            by: self.expression(by, Wanted::Any, Place::Elsewhere)?,
            min,
            span: node.span,
        })
    }

    fn item(&self, node: &Node) -> Option<Item> {
        let found = self.reader.found;
        let map = Fields::read(node, "an item", &[keys::ITEM, keys::PROVENANCE], found)?;
        let id_node = map.require("id", found);
        let id = id_node.and_then(|node| fields::name(node, "id of an item", found));
        let group = map
            .get("group")
            .and_then(|node| fields::text(node, "a group", found).map(|text| (text, node)));
        if let Some((group, node)) = group {
            self.misspelled_group(group, node);
        }
        let value = match map.get("value") {
            Some(node) => Some(self.expression(node, Wanted::Any, Place::Elsewhere)?),
            None => None,
        };
        let weight = map.get("weight").and_then(|node| self.weight(node));
        let points = self.points(&map, value.as_ref());
        Some(Item {
            id: id?.to_owned(),
            text: words(&map, self.reader).unwrap_or_else(|| named(id.unwrap_or_default())),
            group: group.map(|(group, _)| group.to_owned()),
            value,
            weight,
            points: points?,
            peers: map.get("peers").and_then(|node| self.peers(node)),
            provenance: provenance(&map, found),
            span: id_node?.span,
        })
    }

    /// A group without floor and cap need not be named under `groups`, so only a name that is nearly one
    /// of those is told.
    fn misspelled_group(&self, group: &str, node: &Node) {
        if self.groups.iter().any(|known| known == group) {
            return;
        }
        let known = self.groups.iter().map(String::as_str);
        if let Some(near) = super::found::nearest(group, known) {
            self.reader.found.push(
                Diagnostic::warning(
                    "name::group",
                    node.span,
                    format!("the group `{group}` has no floor and no cap"),
                )
                .help(format!("did you mean `{near}`?")),
            );
        }
    }

    fn unknown(&self, what: &str, name: &str, node: &Node, known: &[String]) {
        self.reader.found.push(
            Diagnostic::error(
                "name::unknown",
                node.span,
                format!("this card has no {what} `{name}`"),
            )
            .help(super::found::suggestion(
                name,
                known.iter().map(String::as_str),
                || {
                    format!(
                        "it has {}",
                        super::found::quoted(known.iter().map(String::as_str))
                    )
                },
            )),
        );
    }

    fn weight(&self, node: &Node) -> Option<Weight> {
        if !matches!(node.value, Value::Map(_)) {
            return self.number(node).map(Weight::Same);
        }
        let found = self.reader.found;
        let entries = fields::entries(node, "`weight`", found)?;
        let mut weights = IndexMap::new();
        for (key, node) in entries {
            if self.stages.contains(&key.text) {
                weights.extend(self.number(node).map(|weight| (key.text.clone(), weight)));
            } else {
                let place = Node {
                    span: key.span,
                    value: node.value.clone(),
                };
                self.unknown("stage", &key.text, &place, &self.stages);
            }
        }
        for stage in &self.stages {
            if entries.iter().all(|(key, _)| key.text != *stage) {
                found.push(
                    Diagnostic::error(
                        "form::required",
                        node.span,
                        format!("there is no weight for the stage `{stage}`"),
                    )
                    .help(format!("add `{stage}: …`, 0 where it does not count")),
                );
            }
        }
        Some(Weight::ByStage(weights))
    }

    fn adjustment(&self, node: &Node) -> Option<Adjustment> {
        let found = self.reader.found;
        let map = Fields::read(
            node,
            "a bonus or penalty",
            &[keys::ADJUSTMENT, keys::PROVENANCE],
            found,
        )?;
        let id_node = map.require("id", found);
        let id = id_node.and_then(|node| fields::name(node, "id of an item", found));
        let when = match map.get("when") {
            Some(node) => Some(self.condition(node)?),
            None => None,
        };
        let score = match self.band(&map) {
            Some(band) => band,
            None => map.require("score", found).and_then(|node| {
                self.number(node)
                    .map(|points| Points::Method(crate::rulebook::Method::Expr(points)))
            }),
        };
        Some(Adjustment {
            id: id?.to_owned(),
            text: words(&map, self.reader).unwrap_or_else(|| named(id.unwrap_or_default())),
            when,
            score: score?,
            max: map.get("max").and_then(|node| self.number(node)),
            provenance: provenance(&map, found),
            span: id_node?.span,
        })
    }

    fn veto(&self, node: &Node) -> Option<Veto> {
        let found = self.reader.found;
        let map = Fields::read(node, "a veto", &[keys::VETO, keys::PROVENANCE], found)?;
        let id_node = map.require("id", found);
        let id = id_node.and_then(|node| fields::name(node, "id of a veto", found));
        let when = map
            .require("when", found)
            .and_then(|node| self.condition(node));
        Some(Veto {
            id: id?.to_owned(),
            text: words(&map, self.reader).unwrap_or_else(|| named(id.unwrap_or_default())),
            when: when?,
            provenance: provenance(&map, found),
            span: id_node?.span,
        })
    }

    fn level(&self, node: &Node) -> Option<Level> {
        let found = self.reader.found;
        let map = Fields::read(node, "a level", &[keys::LEVEL, keys::PROVENANCE], found)?;
        let id_node = map.require("level", found);
        let id = id_node.and_then(|node| fields::text(node, "a level", found));
        let from = map
            .require("from", found)
            .and_then(|node| self.number(node));
        let requires = match map.get("requires") {
            Some(node) => Some(self.condition(node)?),
            None => None,
        };
        Some(Level {
            id: id?.to_owned(),
            text: words(&map, self.reader).unwrap_or_else(|| named(id.unwrap_or_default())),
            from: from?,
            requires,
            span: id_node?.span,
        })
    }
}

/// The words of a part: `text` or `label`.
fn words(map: &Fields<'_>, reader: &Reader<'_>) -> Option<Label> {
    map.get("text")
        .or_else(|| map.get("label"))
        .and_then(|node| fields::label(node, reader.found))
}
