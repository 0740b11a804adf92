//! A scorecard for one subject: items, groups, total, level.

use std::rc::Rc;

use super::bound::{BoundAdjustment, BoundCard, BoundItem, BoundPoints};
use super::evaluate::Judge;
use super::exact::Exact;
use super::functions;
use super::missing::Missing;
use super::operations;
use super::term::CardId;
use super::value::Value;
use crate::expression::{Arithmetic, Comparison, Function, Type};
use crate::rulebook::MissingRule;

/// What kind of line of a card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// An item.
    Item,
    /// A bonus.
    Bonus,
    /// A penalty.
    Penalty,
}

/// An item, bonus or penalty for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Its id.
    pub id: String,
    /// Which kind of line.
    pub kind: ItemKind,
    /// Index of its group in the card.
    pub group: Option<usize>,
    /// What is judged, with its type.
    pub value: Option<(Value, Type)>,
    /// Its points; NULL where they are not known.
    pub score: Value,
    /// Points at most, where that is known.
    pub most: Option<Exact>,
    /// What it could still gain, where that is known.
    pub gain: Option<Value>,
    /// It lacks its facts and is left out, the rest being scaled up.
    pub left_out: bool,
    /// Facts that are not known.
    pub missing: Missing,
}

/// A scorecard for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardResult {
    /// Whether the card is in force; if not, it gives nothing.
    pub in_force: bool,
    /// The subject's group, NULL where it is not known; `None` where the card has none.
    pub stage: Option<Value>,
    /// Items, bonuses and penalties in the order of the file.
    pub items: Vec<ItemResult>,
    /// Points of each group of items, cut at its cap.
    pub groups: Vec<(String, Value)>,
    /// The rounded total.
    pub score: Value,
    /// The level; absent where none is reached.
    pub level: Value,
    /// All facts that are not known and could change it, sorted.
    pub missing: Missing,
    /// Those that keep the total NULL.
    pub missing_score: Missing,
    /// Those that keep the level NULL.
    pub missing_level: Missing,
}

impl CardResult {
    fn not_in_force() -> Self {
        Self {
            in_force: false,
            stage: None,
            items: Vec::new(),
            groups: Vec::new(),
            score: Value::Null,
            level: Value::Null,
            missing: Missing::new(),
            missing_score: Missing::new(),
            missing_level: Missing::new(),
        }
    }

    /// The item, bonus or penalty of this id.
    pub fn item(&self, id: &str) -> Option<&ItemResult> {
        self.items.iter().find(|item| item.id == id)
    }
}

fn zero() -> Value {
    Value::integer(0)
}

fn sum(values: impl IntoIterator<Item = Value>) -> Value {
    values.into_iter().fold(zero(), |total, value| {
        operations::calculate(Arithmetic::Add, &total, &value)
    })
}

fn least(value: Value, limit: Value) -> Value {
    functions::call(Function::Least, &[value, limit])
}

impl Judge<'_> {
    /// What a bound card gives.
    pub fn card(&self, id: CardId) -> Rc<CardResult> {
        if let Some(known) = self.cards.borrow().get(&id) {
            return Rc::clone(known);
        }
        let result = Rc::new(self.judge_card(id, self.binding.card(id)));
        self.cards.borrow_mut().insert(id, Rc::clone(&result));
        result
    }

    fn judge_card(&self, id: CardId, card: &BoundCard) -> CardResult {
        if !card.in_force {
            return CardResult::not_in_force();
        }
        let mut result = CardResult {
            in_force: true,
            ..CardResult::not_in_force()
        };
        let mut stage_known = true;
        if let Some((term, codes)) = &card.stage {
            let stage = match self.value(*term) {
                Value::Text(code) if codes.contains(&code) => Value::Text(code),
                _ => Value::Null,
            };
            stage_known = !stage.is_null();
            if !stage_known {
                result.missing_score = self.missing(*term);
            }
            result.stage = Some(stage);
        }
        result.items = card
            .items
            .iter()
            .enumerate()
            .map(|(at, item)| self.item(id, card, at, item))
            .collect();
        let bonus = card
            .bonus
            .iter()
            .map(|line| self.adjustment(card, line, ItemKind::Bonus));
        result.items.extend(bonus);
        let penalty = card
            .penalty
            .iter()
            .map(|line| self.adjustment(card, line, ItemKind::Penalty));
        result.items.extend(penalty);
        for item in &result.items {
            if item.score.is_null() && !item.left_out {
                result.missing_score.extend(item.missing.iter().cloned());
            }
        }
        let total = self.total(card, &mut result);
        result.score = match (stage_known, card.rounding_places) {
            (false, _) => Value::Null,
            (true, Some(places)) => functions::call(Function::Round { places }, &[total]),
            (true, None) => total,
        };
        if result.score.is_null() {
            // Where nothing is left to scale up, what was left out keeps the total NULL.
            let left_out = result.items.iter().filter(|item| item.left_out);
            let missing: Vec<String> = left_out.flat_map(|item| item.missing.clone()).collect();
            result.missing_score.extend(missing);
        }
        self.level(card, &mut result);
        for item in &result.items {
            result.missing.extend(item.missing.iter().cloned());
        }
        result.missing.extend(result.missing_score.iter().cloned());
        result.missing.extend(result.missing_level.iter().cloned());
        result
    }

    /// An item, under the card's rule for what lacks its facts.
    fn item(&self, id: CardId, card: &BoundCard, at: usize, item: &BoundItem) -> ItemResult {
        let weight = item.weight.map(|weight| self.value(weight));
        let (mut points, mut missing) = self.points(&item.points);
        if matches!(
            item.points,
            BoundPoints::MinMax(_) | BoundPoints::Percentile(_)
        ) {
            let place = self.place(id, at, item).map_or(Value::Null, Value::Number);
            let most = weight.clone().unwrap_or_else(|| Value::integer(1));
            points = operations::calculate(Arithmetic::Multiply, &place, &most);
            for term in item
                .value
                .map(|(term, _)| term)
                .into_iter()
                .chain(item.weight)
            {
                missing.extend(self.missing(term));
            }
        }
        let weight_open = weight.as_ref().is_some_and(Value::is_null);
        let (score, left_out) = settled(card.missing, points, &missing, weight_open);
        let most = weight
            .as_ref()
            .and_then(Value::number)
            .cloned()
            .or_else(|| item.most.clone());
        ItemResult {
            id: item.id.clone(),
            kind: ItemKind::Item,
            group: item.group,
            value: item.value.map(|(term, ty)| (self.value(term), ty)),
            gain: gain(most.as_ref(), &score),
            score,
            most,
            left_out,
            missing,
        }
    }

    /// The points as they are written, with the facts that keep them NULL.
    fn points(&self, points: &BoundPoints) -> (Value, Missing) {
        match points {
            BoundPoints::Term(term) => (self.value(*term), self.missing(*term)),
            BoundPoints::Band(low, high) => {
                let mut missing = self.missing(*low);
                missing.extend(self.missing(*high));
                let value = match (self.value(*low).ends(), self.value(*high).ends()) {
                    (Some((low, _)), Some((_, high))) if low <= high => Value::between(low, high),
                    (Some((low, _)), Some((_, high))) => Value::between(high, low),
                    _ => Value::Null,
                };
                (value, missing)
            }
            BoundPoints::MinMax(_) | BoundPoints::Percentile(_) => (Value::Null, Missing::new()),
        }
    }

    fn adjustment(&self, card: &BoundCard, line: &BoundAdjustment, kind: ItemKind) -> ItemResult {
        let applies = line.when.map_or(Some(true), |when| self.truth(when));
        let max = line.max.map(|max| self.value(max));
        let (mut points, mut missing) = match applies {
            Some(true) => self.points(&line.points),
            Some(false) => (zero(), Missing::new()),
            None => (
                Value::Null,
                line.when
                    .map_or_else(Missing::new, |when| self.missing(when)),
            ),
        };
        if applies == Some(true)
            && let (Some(limit), Some(term)) = (&max, line.max)
        {
            points = least(points, limit.clone());
            missing.extend(self.missing(term));
        }
        let (score, left_out) = match kind {
            // Nobody is punished for what is not known; it is listed all the same.
            ItemKind::Penalty if !is_number(&points) => (zero(), false),
            ItemKind::Bonus if card.missing == MissingRule::LeftOut && !is_number(&points) => {
                (zero(), false)
            }
            _ => settled(card.missing, points, &missing, false),
        };
        let most = max.as_ref().and_then(Value::number).cloned();
        ItemResult {
            id: line.id.clone(),
            kind,
            group: None,
            value: None,
            gain: (kind == ItemKind::Bonus)
                .then(|| gain(most.as_ref(), &score))
                .flatten(),
            score,
            most,
            left_out,
            missing,
        }
    }

    /// The total, not rounded; the groups are noted on the way.
    fn total(&self, card: &BoundCard, result: &mut CardResult) -> Value {
        let counted = |item: &&ItemResult| item.kind == ItemKind::Item && !item.left_out;
        let items = || result.items.iter().filter(counted);
        let mut points = sum(items()
            .filter(|i| i.group.is_none())
            .map(|i| i.score.clone()));
        let mut groups = Vec::new();
        for (at, group) in card.groups.iter().enumerate() {
            let mut of_group = sum(items()
                .filter(|i| i.group == Some(at))
                .map(|i| i.score.clone()));
            if let Some(max) = group.max {
                of_group = least(of_group, self.value(max));
            }
            points = operations::calculate(Arithmetic::Add, &points, &of_group);
            groups.push((group.id.clone(), of_group));
        }
        let full_mark = card.full_mark.map(|full_mark| self.value(full_mark));
        if result.items.iter().any(|item| item.left_out) {
            points = scaled(&points, result, full_mark.as_ref());
        }
        if let Some(full_mark) = full_mark
            && !card.over
        {
            points = least(points, full_mark);
        }
        let others = result
            .items
            .iter()
            .filter(|item| item.kind != ItemKind::Item);
        let total = sum(std::iter::once(points).chain(others.map(|item| item.score.clone())));
        result.groups = groups;
        functions::call(Function::Greatest, &[total, zero()])
    }

    /// The level: a veto first, then the floors of groups, then the total.
    fn level(&self, card: &BoundCard, result: &mut CardResult) {
        let text = |word: &str| Value::Text(word.to_owned());
        let vetoes: Vec<Option<bool>> = card
            .veto
            .iter()
            .map(|(_, when)| self.truth(*when))
            .collect();
        for ((_, when), truth) in card.veto.iter().zip(&vetoes) {
            if truth.is_none() {
                result.missing_level.extend(self.missing(*when));
            }
        }
        match operations::or(vetoes) {
            Some(true) => {
                result.level = text("vetoed");
                return;
            }
            None => return,
            Some(false) => {}
        }
        let floors = card
            .groups
            .iter()
            .zip(&result.groups)
            .filter_map(|(group, (_, points))| {
                let min = self.value(group.min?);
                Some(operations::compare(
                    Comparison::GreaterOrEqual,
                    points,
                    &min,
                ))
            });
        match operations::and(floors) {
            Some(false) => {
                result.level = text("failed");
                return;
            }
            None => {
                result
                    .missing_level
                    .extend(result.missing_score.iter().cloned());
                return;
            }
            Some(true) => {}
        }
        self.reached(card, result);
    }

    /// The first level whose score is reached and whose condition is true.
    fn reached(&self, card: &BoundCard, result: &mut CardResult) {
        if result.score.is_null() {
            result
                .missing_level
                .extend(result.missing_score.iter().cloned());
            return;
        }
        result.level = Value::Absent;
        for level in &card.levels {
            let from = self.value(level.from);
            let reached = operations::compare(Comparison::GreaterOrEqual, &result.score, &from);
            let requires = level
                .requires
                .map_or(Some(true), |requires| self.truth(requires));
            match operations::and([reached, requires]) {
                Some(true) => {
                    result.level = Value::Text(level.id.clone());
                    return;
                }
                Some(false) => {}
                None => {
                    result.level = Value::Null;
                    if let (None, Some(term)) = (requires, level.requires) {
                        result.missing_level.extend(self.missing(term));
                    }
                    return;
                }
            }
        }
    }
}

/// What is left is scaled up to the full mark; NULL where nothing is left or its weight is not known.
fn scaled(points: &Value, result: &CardResult, full_mark: Option<&Value>) -> Value {
    let of_items = || {
        result
            .items
            .iter()
            .filter(|item| item.kind == ItemKind::Item)
    };
    let weights = |all: bool| -> Value {
        sum(of_items()
            .filter(|item| all || !item.left_out)
            .map(|item| item.most.clone().map_or(Value::Null, Value::Number)))
    };
    let full = full_mark.cloned().unwrap_or_else(|| weights(true));
    let factor = operations::calculate(Arithmetic::Divide, &full, &weights(false));
    operations::calculate(Arithmetic::Multiply, points, &factor)
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Number(_) | Value::Interval { .. })
}

/// The points under the card's rule, and whether the item is left out. Points that are not known though
/// the facts are (a division by nought) are nought.
fn settled(
    rule: MissingRule,
    points: Value,
    missing: &Missing,
    weight_open: bool,
) -> (Value, bool) {
    let points = match points {
        Value::Rate { .. } => operations::calculate(Arithmetic::Add, &points, &zero()),
        other => other,
    };
    if is_number(&points) {
        return (points, false);
    }
    // Without a weight nothing can be said of the item, not even that it is nought.
    if weight_open {
        return (Value::Null, false);
    }
    match rule {
        _ if missing.is_empty() => (zero(), false),
        MissingRule::Zero => (zero(), false),
        MissingRule::LeftOut => (Value::Null, true),
        MissingRule::Unknown => (Value::Null, false),
    }
}

/// What is left to the most; nothing where that is not known.
fn gain(most: Option<&Exact>, score: &Value) -> Option<Value> {
    let most = most?;
    if score.is_null() {
        return Some(Value::Number(most.clone()));
    }
    let left = operations::calculate(Arithmetic::Subtract, &Value::Number(most.clone()), score);
    Some(functions::call(Function::Greatest, &[left, zero()])).filter(is_number)
}
