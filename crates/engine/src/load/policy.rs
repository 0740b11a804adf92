//! Reading a policy.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::Reader;
use super::declare::{PERIODS, subject_of};
use super::entries::{Entry, child};
use super::fields::{self, Fields, items};
use super::keys;
use super::provenance::{days, in_force, provenance, spans, year};
use super::variable::named;
use super::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::expression::Expr;
use crate::parse::{Place, Wanted};
use crate::rulebook::{
    Benefit, BenefitKind, Channel, Clause, Field, Guide, PeriodKind, Policy, Pool, Spans,
};

const FIELDS: [(&str, Field); 8] = [
    ("tax", Field::Tax),
    ("science", Field::Science),
    ("industry", Field::Industry),
    ("finance", Field::Finance),
    ("talent", Field::Talent),
    ("employment", Field::Employment),
    ("land", Field::Land),
    ("other", Field::Other),
];

const CHANNELS: [(&str, Channel); 5] = [
    ("self_declare", Channel::SelfDeclare),
    ("filing", Channel::Filing),
    ("recognition", Channel::Recognition),
    ("application", Channel::Application),
    ("automatic", Channel::Automatic),
];

const KINDS: [(&str, BenefitKind); 8] = [
    ("rate_reduction", BenefitKind::RateReduction),
    ("deduction", BenefitKind::Deduction),
    ("credit", BenefitKind::Credit),
    ("refund", BenefitKind::Refund),
    ("exemption", BenefitKind::Exemption),
    ("subsidy", BenefitKind::Subsidy),
    ("finance", BenefitKind::Finance),
    ("title", BenefitKind::Title),
];

/// The policy of an entry.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Policy> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a policy",
        &[keys::POLICY, keys::PROVENANCE],
        found,
    )?;
    let subject = subject_of(entry.node, "enterprise");
    let lets = reader.lets(map.get("let"), &subject);
    let clauses = map
        .require("clauses", found)
        .map(|node| clauses(node, &subject, &lets, reader));
    let benefit = map
        .require("benefit", found)
        .and_then(|node| benefit(node, &subject, &lets, reader));
    let in_force = map
        .require("in_force", found)
        .map(|node| in_force(node, found));
    let field = map
        .get("field")
        .and_then(|node| fields::choice(node, "field", &FIELDS, found))
        .unwrap_or(Field::Other);
    Some(Policy {
        id: entry.id.clone(),
        name: map
            .get("name")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        field,
        authority: map
            .get("authority")
            .and_then(|node| fields::label(node, found)),
        period: map
            .get("period")
            .and_then(|node| fields::choice(node, "period", &PERIODS, found))
            .unwrap_or(PeriodKind::Year),
        channel: map
            .get("channel")
            .and_then(|node| fields::choice(node, "channel", &CHANNELS, found)),
        year: year(&map, found),
        choose_one: map
            .get("choose_one")
            .map(|node| fields::texts(node, "a group", found))
            .unwrap_or_default(),
        excludes: map
            .get("excludes")
            .map(|node| policies(node, reader))
            .unwrap_or_default(),
        pool: map
            .get("pool")
            .and_then(|node| pool(node, &subject, &lets, reader)),
        guide: map
            .get("guide")
            .and_then(|node| guide(node, reader))
            .unwrap_or_default(),
        provenance: provenance(&map, found),
        zone: entry.zone.map(str::to_owned),
        span: entry.span,
        in_force: in_force?,
        clauses: clauses?,
        benefit: benefit?,
        subject,
        lets,
    })
}

/// One expression, or several by days.
pub(super) fn dated(
    node: &Node,
    what: &'static str,
    wanted: Wanted,
    place: Place,
    (subject, lets): (&SubjectKind, &IndexMap<String, Expr>),
    reader: &Reader<'_>,
) -> Option<Spans<Expr>> {
    spans(node, what, reader.found, |node| {
        reader.scope(subject, lets, place).expression(node, wanted)
    })
}

/// Clauses that a policy may have: the wide output has a bit for each of them.
const CLAUSES_MAX: usize = 64;

fn clauses(
    node: &Node,
    subject: &SubjectKind,
    lets: &IndexMap<String, Expr>,
    reader: &Reader<'_>,
) -> Vec<Clause> {
    let read: Vec<Clause> = items(node)
        .iter()
        .filter_map(|item| clause(item, subject, lets, reader))
        .collect();
    // By the text, so that a clause with another mistake in it counts too.
    let written = items(node).iter().filter_map(|item| {
        let id = child(item, "id")?;
        Some((id.scalar()?.text.as_str(), id.span))
    });
    reader.unique(written, "clause");
    if let Some(beyond) = items(node).get(CLAUSES_MAX) {
        reader.found.push(
            Diagnostic::error(
                "policy::clauses",
                beyond.span,
                format!(
                    "a policy has at most {CLAUSES_MAX} clauses, this one {}",
                    items(node).len()
                ),
            )
            .help("join some of them with AND, or make two policies of it"),
        );
    }
    read
}

fn clause(
    node: &Node,
    subject: &SubjectKind,
    lets: &IndexMap<String, Expr>,
    reader: &Reader<'_>,
) -> Option<Clause> {
    let found = reader.found;
    let map = Fields::read(node, "a clause", &[keys::CLAUSE, keys::PROVENANCE], found)?;
    let id_node = map.require("id", found);
    let id = id_node.and_then(|node| fields::name(node, "id of a clause", found));
    let when = map.require("when", found).and_then(|node| {
        dated(
            node,
            "a condition by days",
            Wanted::Condition,
            Place::Elsewhere,
            (subject, lets),
            reader,
        )
    });
    let (from, until) = days(&map, found);
    let provenance = provenance(&map, found);
    let text = map.get("text").and_then(|node| fields::label(node, found));
    Some(Clause {
        id: id?.to_owned(),
        text: text.unwrap_or_else(|| named(id.unwrap_or_default())),
        from,
        until,
        when: when?,
        provenance,
        span: id_node?.span,
    })
}

fn benefit(
    node: &Node,
    subject: &SubjectKind,
    lets: &IndexMap<String, Expr>,
    reader: &Reader<'_>,
) -> Option<Benefit> {
    let found = reader.found;
    let map = Fields::read(node, "a benefit", &[keys::BENEFIT], found)?;
    let kind = map
        .require("kind", found)
        .and_then(|node| fields::choice(node, "kind of benefit", &KINDS, found));
    let money = |key: &str, place| {
        map.get(key).and_then(|node| {
            dated(
                node,
                "an amount by days",
                Wanted::Money,
                place,
                (subject, lets),
                reader,
            )
        })
    };
    let amount = money("amount", Place::Elsewhere);
    if map.get("amount").is_none() && kind.is_some_and(|kind| kind != BenefitKind::Title) {
        map_needs_amount(&map, reader);
    }
    let saves = money("saves", Place::Saves);
    let parts = map
        .get("parts")
        .map(|node| {
            fields::entries(node, "`parts`", found)
                .unwrap_or_default()
                .iter()
                .filter_map(|(key, node)| {
                    let spans = dated(
                        node,
                        "a figure by days",
                        Wanted::Any,
                        Place::Parts,
                        (subject, lets),
                        reader,
                    )?;
                    Some((key.text.clone(), spans))
                })
                .collect()
        })
        .unwrap_or_default();
    Some(Benefit {
        kind: kind?,
        amount: amount.unwrap_or_default(),
        saves,
        timing: map
            .get("timing")
            .and_then(|node| fields::boolean(node, "`timing`", found))
            .unwrap_or(false),
        parts,
        note: map.get("note").and_then(|node| fields::label(node, found)),
        span: node.span,
    })
}

fn map_needs_amount(map: &Fields<'_>, reader: &Reader<'_>) {
    // `finance` may be worth nothing by itself: a loan that opens a door has no amount.
    let kind = map.get("kind");
    let is_finance =
        kind.is_some_and(|node| node.scalar().is_some_and(|scalar| scalar.text == "finance"));
    if !is_finance {
        reader.found.push(
            Diagnostic::error(
                "form::required",
                kind.map_or(map.span, |node| node.span),
                "a benefit of this kind needs `amount`",
            )
            .help("add `amount:`; a title and a loan may do without"),
        );
    }
}

/// Ids of policies, each of which must be there.
fn policies(node: &Node, reader: &Reader<'_>) -> Vec<String> {
    items(node)
        .iter()
        .filter_map(|item| {
            let id = fields::text(item, "the id of a policy", reader.found)?;
            reader.policy(id, item.span).map(str::to_owned)
        })
        .collect()
}

fn pool(
    node: &Node,
    subject: &SubjectKind,
    lets: &IndexMap<String, Expr>,
    reader: &Reader<'_>,
) -> Option<Pool> {
    let found = reader.found;
    let map = Fields::read(node, "a pool", &[&["id", "limit", "order"]], found)?;
    let id = map
        .require("id", found)
        .and_then(|node| fields::text(node, "the id of a pool", found));
    let limit = map.require("limit", found).and_then(|node| {
        reader
            .scope(subject, lets, Place::Elsewhere)
            .expression(node, Wanted::Money)
    });
    let order = map
        .require("order", found)
        .and_then(|node| fields::integer(node, "`order`", found));
    Some(Pool {
        id: id?.to_owned(),
        limit: limit?,
        order: order?,
        span: node.span,
    })
}

fn guide(node: &Node, reader: &Reader<'_>) -> Option<Guide> {
    let found = reader.found;
    let map = Fields::read(node, "a guide", &[keys::GUIDE], found)?;
    let labels = |key: &str| {
        map.get(key)
            .map(items)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| fields::label(item, found))
            .collect()
    };
    let label = |key: &str| map.get(key).and_then(|node| fields::label(node, found));
    Some(Guide {
        materials: labels("materials"),
        steps: labels("steps"),
        deadline: label("deadline"),
        contact: label("contact"),
        notes: labels("notes"),
    })
}
