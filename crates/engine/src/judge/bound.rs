//! Bound rules: policies, scorecards and lights as they stand on one assessment date.

use indexmap::IndexMap;

use super::term::TermId;
use crate::expression::Type;
use crate::rulebook::{Direction, MissingRule};

/// A policy on the assessment date.
#[derive(Debug, Clone)]
pub struct BoundPolicy {
    /// Its id.
    pub id: String,
    /// Whether it is in force; if not, nothing below is bound.
    pub in_force: bool,
    /// The assessment year.
    pub year: i32,
    /// The clauses that count, in the order of the law.
    pub clauses: Vec<BoundClause>,
    /// What it is worth, not rounded; `None` for a title without an amount.
    pub amount: Option<TermId>,
    /// Where `saves` comes from.
    pub saves: BoundSaves,
    /// Further figures by name, with their types.
    pub parts: IndexMap<String, (TermId, Type)>,
    /// The limit it shares with others.
    pub pool: Option<BoundPool>,
    /// Groups of which only one policy may be enjoyed.
    pub choose_one: Vec<String>,
    /// Policies that cannot be enjoyed beside it, as its own file says.
    pub excludes: Vec<String>,
}

/// A clause that counts on the assessment date.
#[derive(Debug, Clone)]
pub struct BoundClause {
    /// Its id.
    pub id: String,
    /// Its place in the policy's file, from 0: its bit in a mask.
    pub index: usize,
    /// The condition.
    pub when: TermId,
    /// How far it is from true, where it is one comparison by order.
    pub gap: Option<BoundGap>,
}

/// A gap: `from - less`, negative where the clause falls short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundGap {
    /// What is counted from.
    pub from: TermId,
    /// What is taken off.
    pub less: TermId,
    /// Its unit.
    pub unit: GapUnit,
}

/// The unit of a gap, which says how it is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapUnit {
    /// Money, two decimals.
    Money,
    /// A ratio or number, six decimals.
    Ratio,
    /// A whole number.
    Integer,
    /// Days.
    Days,
}

impl GapUnit {
    /// Decimals it is rounded to, half-up.
    pub fn places(self) -> u32 {
        match self {
            Self::Money => 2,
            Self::Ratio => 6,
            Self::Integer | Self::Days => 0,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Ratio => "ratio",
            Self::Integer => "integer",
            Self::Days => "days",
        }
    }
}

/// Where what a policy saves comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundSaves {
    /// It is the amount.
    Amount,
    /// Money that only comes earlier saves nothing.
    Nothing,
    /// Its own expression, not rounded.
    Term(TermId),
    /// Outside all its spans: NULL.
    Unknown,
}

/// A limit on which several policies draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundPool {
    /// Its name.
    pub id: String,
    /// The limit.
    pub limit: TermId,
    /// The smaller order draws first.
    pub order: i64,
}

/// A scorecard on the assessment date.
#[derive(Debug, Clone)]
pub struct BoundCard {
    /// Its id.
    pub id: String,
    /// Whether it is in force; if not, it gives nothing.
    pub in_force: bool,
    /// Its assessment year.
    pub year: i32,
    /// The subject's group, with the codes it may be.
    pub stage: Option<(TermId, Vec<String>)>,
    /// What an item without its facts is.
    pub missing: MissingRule,
    /// Where the items' total is cut, unless `over`.
    pub full_mark: Option<TermId>,
    /// The items' total may pass the full mark.
    pub over: bool,
    /// Decimals of the total.
    pub rounding_places: Option<u32>,
    /// Groups of items.
    pub groups: Vec<BoundGroup>,
    /// Items.
    pub items: Vec<BoundItem>,
    /// Bonuses.
    pub bonus: Vec<BoundAdjustment>,
    /// Penalties.
    pub penalty: Vec<BoundAdjustment>,
    /// Vetoes: id and condition.
    pub veto: Vec<(String, TermId)>,
    /// Levels, the best first.
    pub levels: Vec<BoundLevel>,
}

impl BoundCard {
    /// All that it asks of a subject.
    pub fn terms(&self) -> Vec<TermId> {
        let of_points = |points: &BoundPoints| match points {
            BoundPoints::Term(term) => vec![*term],
            BoundPoints::Band(low, high) => vec![*low, *high],
            BoundPoints::MinMax(_) | BoundPoints::Percentile(_) => Vec::new(),
        };
        let mut all: Vec<TermId> = self.stage.iter().map(|(stage, _)| *stage).collect();
        all.extend(self.full_mark);
        for group in &self.groups {
            all.extend(group.min.into_iter().chain(group.max));
        }
        for item in &self.items {
            all.extend(item.value.map(|(value, _)| value));
            all.extend(item.weight);
            all.extend(item.peers.map(|peers| peers.by));
            all.extend(of_points(&item.points));
        }
        for line in self.bonus.iter().chain(&self.penalty) {
            all.extend(line.when.into_iter().chain(line.max));
            all.extend(of_points(&line.points));
        }
        all.extend(self.veto.iter().map(|(_, when)| *when));
        for level in &self.levels {
            all.push(level.from);
            all.extend(level.requires);
        }
        all
    }
}

/// A group of items.
#[derive(Debug, Clone)]
pub struct BoundGroup {
    /// Its name.
    pub id: String,
    /// Below it the level is `failed`.
    pub min: Option<TermId>,
    /// The group's points are cut there.
    pub max: Option<TermId>,
}

/// An item of a card.
#[derive(Debug, Clone)]
pub struct BoundItem {
    /// Its id.
    pub id: String,
    /// Index of its group.
    pub group: Option<usize>,
    /// What is judged.
    pub value: Option<(TermId, Type)>,
    /// Points at most, for the subject's stage.
    pub weight: Option<TermId>,
    /// Its points.
    pub points: BoundPoints,
    /// Who it is compared with.
    pub peers: Option<BoundPeers>,
    /// The most points that its table gives, where it has one.
    pub most: Option<super::exact::Exact>,
}

/// How the points of an item come about.
#[derive(Debug, Clone)]
pub enum BoundPoints {
    /// The points themselves.
    Term(TermId),
    /// An interval.
    Band(TermId, TermId),
    /// The place between the least and the greatest of the peers, times the weight.
    MinMax(Direction),
    /// The share of peers below, plus half of those equal, times the weight.
    Percentile(Direction),
}

/// Who an item is compared with.
#[derive(Debug, Clone, Copy)]
pub struct BoundPeers {
    /// Those who share this value.
    pub by: TermId,
    /// Fewer than that who have the fact: all are taken.
    pub min: u32,
}

/// A bonus or a penalty.
#[derive(Debug, Clone)]
pub struct BoundAdjustment {
    /// Its id.
    pub id: String,
    /// When it applies; `None`: always.
    pub when: Option<TermId>,
    /// Its points.
    pub points: BoundPoints,
    /// At most so many.
    pub max: Option<TermId>,
}

/// A level.
#[derive(Debug, Clone)]
pub struct BoundLevel {
    /// Its code.
    pub id: String,
    /// Points from which it is reached.
    pub from: TermId,
    /// What else it asks for.
    pub requires: Option<TermId>,
}

/// A light on the assessment date.
#[derive(Debug, Clone)]
pub struct BoundLight {
    /// Its id.
    pub id: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// Its assessment year.
    pub year: i32,
    /// Whom it judges.
    pub scope: Option<TermId>,
    /// What it looks at.
    pub aspects: Vec<BoundAspect>,
}

/// One thing a light looks at.
#[derive(Debug, Clone)]
pub struct BoundAspect {
    /// Its id.
    pub id: String,
    /// When it is red.
    pub red: Option<TermId>,
    /// When it is yellow.
    pub yellow: Option<TermId>,
}
