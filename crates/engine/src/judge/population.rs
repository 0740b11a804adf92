//! The subjects of a run, where a scorecard compares one with the others.

use std::collections::HashMap;

use super::binding::Binding;
use super::bound::{BoundItem, BoundPoints};
use super::evaluate::Judge;
use super::exact::Exact;
use super::fact::Facts;
use super::operations::plain;
use super::term::CardId;
use super::value::Value;
use crate::rulebook::Direction;

/// The values of every item that is judged by comparison, over all subjects of a run.
#[derive(Debug, Clone, Default)]
pub struct Population {
    columns: HashMap<(CardId, usize), Column>,
}

/// The known values of one item, sorted.
#[derive(Debug, Clone, Default)]
struct Column {
    all: Vec<Exact>,
    /// By the value that peers share.
    groups: HashMap<Value, Vec<Exact>>,
}

impl Population {
    /// The population of these subjects. Who lacks a fact is left out of least, greatest and number.
    pub fn new(binding: &Binding, subjects: &[Facts]) -> Self {
        let mut population = Self::default();
        // Cards stand after those they read, so a card's columns only need earlier ones.
        for card in binding.card_ids() {
            let compared: Vec<(usize, &BoundItem)> = binding
                .card(card)
                .items
                .iter()
                .enumerate()
                .filter(|(_, item)| is_compared(item))
                .collect();
            if compared.is_empty() {
                continue;
            }
            let mut columns: Vec<Column> = compared.iter().map(|_| Column::default()).collect();
            for facts in subjects {
                let judge = Judge::among(binding, facts, &population);
                for ((_, item), column) in compared.iter().zip(&mut columns) {
                    if let Some((value, peer)) = judge.compared_value(item) {
                        column.all.push(value.clone());
                        if let Some(peer) = peer {
                            column.groups.entry(peer).or_default().push(value);
                        }
                    }
                }
            }
            for ((index, _), mut column) in compared.into_iter().zip(columns) {
                column.all.sort();
                column.groups.values_mut().for_each(|group| group.sort());
                population.columns.insert((card, index), column);
            }
        }
        population
    }

    /// Whether a scorecard of the binding compares subjects at all.
    pub fn is_needed(binding: &Binding) -> bool {
        let mut items = binding
            .card_ids()
            .flat_map(|card| &binding.card(card).items);
        items.any(is_compared)
    }

    /// The values that a subject's value of an item is compared with: those of its peers, or of all where
    /// there are too few of them.
    fn group(&self, card: CardId, index: usize, peer: Option<&Value>, min: u32) -> &[Exact] {
        let Some(column) = self.columns.get(&(card, index)) else {
            return &[];
        };
        match peer.and_then(|peer| column.groups.get(peer)) {
            Some(group) if group.len() >= min as usize => group,
            _ => &column.all,
        }
    }
}

fn is_compared(item: &BoundItem) -> bool {
    matches!(
        item.points,
        BoundPoints::MinMax(_) | BoundPoints::Percentile(_)
    )
}

impl Judge<'_> {
    /// The known value of an item, with what its peers share.
    fn compared_value(&self, item: &BoundItem) -> Option<(Exact, Option<Value>)> {
        // A yearly rate is compared as the number that is calculated with.
        let value = plain(&self.value(item.value?.0)).number()?.clone();
        let peer = item
            .peers
            .map(|peers| self.value(peers.by))
            .filter(|peer| !matches!(peer, Value::Null | Value::Absent));
        Some((value, peer))
    }

    /// The share of the weight that an item's place among others earns, from 0 to 1; `None` where its
    /// value is not known.
    pub(super) fn place(&self, card: CardId, index: usize, item: &BoundItem) -> Option<Exact> {
        let (value, peer) = self.compared_value(item)?;
        let own = [value.clone()];
        let group = self.population.map_or(&own[..], |population| {
            let min = item.peers.map_or(0, |peers| peers.min);
            population.group(card, index, peer.as_ref(), min)
        });
        // A subject that is not of the population is compared with itself.
        let group = if group.is_empty() { &own[..] } else { group };
        match item.points {
            BoundPoints::MinMax(direction) => min_max(&value, group, direction),
            BoundPoints::Percentile(direction) => percentile(&value, group, direction),
            BoundPoints::Term(_) | BoundPoints::Band(..) => None,
        }
    }
}

/// The place between the least and the greatest; 1 for all where they are equal.
fn min_max(value: &Exact, group: &[Exact], direction: Direction) -> Option<Exact> {
    let (least, greatest) = (group.first()?, group.last()?);
    let share = match direction {
        Direction::Higher => value - least,
        Direction::Lower => greatest - value,
    };
    let share = share
        .checked_div(&(greatest - least))
        .unwrap_or_else(Exact::one);
    Some(share.max(Exact::zero()).min(Exact::one()))
}

/// The share strictly worse plus half of those equal, itself among them.
fn percentile(value: &Exact, group: &[Exact], direction: Direction) -> Option<Exact> {
    let below = group.partition_point(|other| other < value);
    let up_to = group.partition_point(|other| other <= value);
    let worse = match direction {
        Direction::Higher => below,
        Direction::Lower => group.len() - up_to,
    };
    let count = |number: usize| Exact::from_integer(i128::try_from(number).unwrap_or(i128::MAX));
    (&count(2 * worse) + &count(up_to - below)).checked_div(&count(2 * group.len()))
}

/// Ranks by total, the greatest first; equals share the better rank, who has no total has none.
pub fn ranks(totals: &[Option<Exact>]) -> Vec<Option<usize>> {
    let mut sorted: Vec<&Exact> = totals.iter().flatten().collect();
    sorted.sort();
    totals
        .iter()
        .map(|total| {
            let total = total.as_ref()?;
            Some(sorted.len() - sorted.partition_point(|other| *other <= total) + 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_big(&crate::number::parse_exact(text).unwrap())
    }

    #[test]
    fn places_and_ranks_of_the_worked_example() {
        let group: Vec<Exact> = ["0.02", "0.05", "0.05", "0.08"].map(exact).into();
        let min_max: Vec<Exact> = group
            .iter()
            .map(|v| min_max(v, &group, Direction::Higher).unwrap())
            .collect();
        assert_eq!(min_max, ["0", "0.5", "0.5", "1"].map(exact));
        let percentile: Vec<Exact> = group
            .iter()
            .map(|v| percentile(v, &group, Direction::Higher).unwrap())
            .collect();
        assert_eq!(percentile, ["0.125", "0.5", "0.5", "0.875"].map(exact));
        let totals = ["0", "5", "5", "10", "0"].map(|total| Some(exact(total)));
        let ranks = ranks(&totals);
        assert_eq!(ranks, [4, 2, 2, 1, 4].map(Some));
    }

    #[test]
    fn lower_is_better_turns_both_around() {
        let group: Vec<Exact> = ["1", "2", "3"].map(exact).into();
        assert_eq!(
            min_max(&group[0], &group, Direction::Lower),
            Some(Exact::one())
        );
        assert_eq!(
            percentile(&group[0], &group, Direction::Lower),
            Some(exact("5/6"))
        );
    }

    #[test]
    fn where_all_are_equal_everybody_has_the_full_weight() {
        let group = [exact("7"), exact("7")];
        assert_eq!(
            min_max(&group[0], &group, Direction::Higher),
            Some(Exact::one())
        );
        assert_eq!(ranks(&[None, Some(exact("1"))]), [None, Some(1)]);
    }
}
