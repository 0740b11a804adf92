//! The scorecards that a policy reads, line by line: value, points, what could still be gained, what is
//! missing.

use serde::Serialize;

use super::Bilingual;
use crate::expression::Type;
use crate::judge::{BoundPolicy, BoundSaves, CardId, ItemKind, ItemResult, Judge, TermKind, Value};
use crate::rulebook::{Label, Rulebook, Scorecard};

/// A scorecard for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardExplained {
    /// Its id.
    pub scorecard: String,
    /// Its name.
    pub name: Bilingual,
    /// Its assessment year.
    pub year: i32,
    /// Whether it is in force; if not, it gives nothing.
    pub in_force: bool,
    /// The subject's group; `None` where it is not known or the card has none.
    pub stage: Option<String>,
    /// The rounded total, `low..high` where an expert chooses; `None` where it is not known.
    pub score: Option<String>,
    /// The level, `none` where no total reaches one; `None` where it is not known.
    pub level: Option<String>,
    /// Items, bonuses and penalties, in the order of the file.
    pub items: Vec<ItemExplained>,
    /// Facts that are not known and could change it.
    pub missing: Vec<String>,
}

/// An item, bonus or penalty for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemExplained {
    /// Its id.
    pub id: String,
    /// Words for people.
    pub text: Bilingual,
    /// `item`, `bonus` or `penalty`.
    pub kind: &'static str,
    /// What is judged; `None` where it is not known, or the points need no value.
    pub value: Option<String>,
    /// Its points; `None` where they are not known.
    pub score: Option<String>,
    /// Points at most, where that is known.
    pub most: Option<String>,
    /// What it could still gain, where that is known.
    pub gain: Option<String>,
    /// It lacks its facts and is left out, the rest being scaled up.
    pub left_out: bool,
    /// Facts that are not known.
    pub missing: Vec<String>,
}

/// The cards that a policy reads, each after those it reads itself.
pub(super) fn cards(
    rulebook: &Rulebook,
    judge: &Judge<'_>,
    policy: &BoundPolicy,
) -> Vec<CardExplained> {
    read_by(judge, policy)
        .into_iter()
        .filter_map(|id| explained(rulebook, judge, id))
        .collect()
}

fn read_by(judge: &Judge<'_>, policy: &BoundPolicy) -> Vec<CardId> {
    let binding = judge.binding();
    let mut open: Vec<_> = policy.clauses.iter().map(|clause| clause.when).collect();
    open.extend(policy.amount);
    if let BoundSaves::Term(term) = policy.saves {
        open.push(term);
    }
    let mut found = std::collections::BTreeSet::new();
    while let Some(root) = open.pop() {
        for term in binding.terms.below(root) {
            if let TermKind::Card(card, _) = &binding.terms.get(term).kind
                && found.insert(card.index())
            {
                open.extend(binding.card(*card).terms());
            }
        }
    }
    let ids = binding.card_ids();
    ids.filter(|id| found.contains(&id.index())).collect()
}

fn explained(rulebook: &Rulebook, judge: &Judge<'_>, id: CardId) -> Option<CardExplained> {
    let bound = judge.binding().card(id);
    let card = rulebook.scorecards.get(&bound.id)?;
    let result = judge.card(id);
    Some(CardExplained {
        scorecard: bound.id.clone(),
        name: (&card.name).into(),
        year: bound.year,
        in_force: result.in_force,
        stage: result
            .stage
            .as_ref()
            .and_then(|stage| known(stage, Type::Code)),
        score: known(&result.score, Type::Number),
        level: known(&result.level, Type::Code),
        items: result.items.iter().map(|line| item(card, line)).collect(),
        missing: result.missing.iter().cloned().collect(),
    })
}

fn known(value: &Value, ty: Type) -> Option<String> {
    (!value.is_null()).then(|| value.to_text(ty))
}

fn item(card: &Scorecard, line: &ItemResult) -> ItemExplained {
    let number = |value: &Value| known(value, Type::Number);
    ItemExplained {
        id: line.id.clone(),
        text: words(card, &line.id).map_or_else(Bilingual::default, Into::into),
        kind: match line.kind {
            ItemKind::Item => "item",
            ItemKind::Bonus => "bonus",
            ItemKind::Penalty => "penalty",
        },
        value: line
            .value
            .as_ref()
            .and_then(|(value, ty)| known(value, *ty)),
        score: number(&line.score),
        most: line
            .most
            .as_ref()
            .and_then(|most| number(&Value::Number(most.clone()))),
        gain: line.gain.as_ref().and_then(number),
        left_out: line.left_out,
        missing: line.missing.iter().cloned().collect(),
    }
}

fn words<'c>(card: &'c Scorecard, id: &str) -> Option<&'c Label> {
    let items = card.items.iter().map(|item| (&item.id, &item.text));
    let others = card.bonus.iter().chain(&card.penalty);
    items
        .chain(others.map(|line| (&line.id, &line.text)))
        .find(|(known, _)| *known == id)
        .map(|(_, text)| text)
}
