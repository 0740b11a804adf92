//! Scorecards: stage, items, bonus, penalty, veto, levels.

use domain::SubjectKind;
use indexmap::IndexMap;

use super::{InForce, Label, Provenance, Spans, YearChoice};
use crate::expression::{Expr, TableRef};
use crate::source::Span;

/// A card that gives points.
#[derive(Debug, Clone)]
pub struct Scorecard {
    /// Its id, the name of its file.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Whom it judges, an enterprise unless it says otherwise.
    pub subject: SubjectKind,
    /// When it is in force; empty: always.
    pub in_force: Vec<InForce>,
    /// Which year is the assessment year, whoever asks.
    pub year: Spans<YearChoice>,
    /// Names for sub-expressions, each using only earlier ones.
    pub lets: IndexMap<String, Expr>,
    /// Groups of subjects with their own weights.
    pub stage: Option<Stage>,
    /// What an item without its facts is.
    pub missing: MissingRule,
    /// The total is cut there, unless `over`.
    pub full_mark: Option<Expr>,
    /// The total may pass the full mark.
    pub over: bool,
    /// Decimals of the total; `None`: not rounded.
    pub rounding_places: Option<u32>,
    /// Floors and caps of groups of items.
    pub groups: IndexMap<String, Group>,
    /// The peers of every item that does not name its own.
    pub peers: Option<Peers>,
    /// Items.
    pub items: Vec<Item>,
    /// After the items, over the full mark.
    pub bonus: Vec<Adjustment>,
    /// Subtracted; the score is written negative.
    pub penalty: Vec<Adjustment>,
    /// True: the level is `vetoed`.
    pub veto: Vec<Veto>,
    /// Levels, the best first.
    pub levels: Vec<Level>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Zone whose card it is; `None` for a national one.
    pub zone: Option<String>,
    /// Where its id stands.
    pub span: Span,
}

impl Scorecard {
    /// All its expressions.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut all: Vec<&Expr> = self.lets.values().collect();
        all.extend(self.stage.iter().map(|stage| &stage.expr));
        all.extend(&self.full_mark);
        all.extend(self.peers.iter().map(|peers| &peers.by));
        for group in self.groups.values() {
            all.extend(group.min.iter().chain(&group.max));
        }
        for item in &self.items {
            all.extend(&item.value);
            all.extend(item.peers.iter().map(|peers| &peers.by));
            match &item.weight {
                Some(Weight::Same(weight)) => all.push(weight),
                Some(Weight::ByStage(weights)) => all.extend(weights.values()),
                None => {}
            }
            all.extend(item.points.expressions());
        }
        for part in self.bonus.iter().chain(&self.penalty) {
            all.extend(part.when.iter().chain(&part.max));
            all.extend(part.score.expressions());
        }
        all.extend(self.veto.iter().map(|veto| &veto.when));
        for level in &self.levels {
            all.push(&level.from);
            all.extend(&level.requires);
        }
        all
    }
}

impl Points {
    /// The expressions they are made of.
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Band { low, high } => vec![low, high],
            Self::Method(Method::Linear { from, to }) => vec![from, to],
            Self::Method(Method::Expr(points)) => vec![points],
            Self::Method(Method::MinMax(_) | Method::Percentile(_) | Method::Steps { .. }) => {
                Vec::new()
            }
        }
    }
}

/// The groups of subjects that have weights of their own.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Which group, a code of `of`.
    pub expr: Expr,
    /// The groups with their words.
    pub of: IndexMap<String, Label>,
    /// Where it stands.
    pub span: Span,
}

/// What an item without its facts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingRule {
    /// Nought points.
    Zero,
    /// Left out, the rest is scaled up to the full mark.
    LeftOut,
    /// Unknown, and so is the total.
    Unknown,
}

/// A group of items.
#[derive(Debug, Clone)]
pub struct Group {
    /// Words for people.
    pub label: Option<Label>,
    /// Below it the level is `failed`.
    pub min: Option<Expr>,
    /// The group's points are cut there.
    pub max: Option<Expr>,
    /// Where its name stands.
    pub span: Span,
}

/// Who an enterprise is compared with by `min_max` and `percentile`.
#[derive(Debug, Clone)]
pub struct Peers {
    /// Those who share this value.
    pub by: Expr,
    /// Fewer than that who have the fact: all are taken. 5 unless it is said.
    pub min: u32,
    /// Where it stands.
    pub span: Span,
}

/// An item of a card.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Label,
    /// Its group.
    pub group: Option<String>,
    /// What is judged; `None` where the points are an expression alone.
    pub value: Option<Expr>,
    /// Points at most; `None` where the points carry it.
    pub weight: Option<Weight>,
    /// How the points come about.
    pub points: Points,
    /// Its own peers.
    pub peers: Option<Peers>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// The weight of an item.
#[derive(Debug, Clone)]
pub enum Weight {
    /// The same for all.
    Same(Expr),
    /// By stage; every stage of the card is there.
    ByStage(IndexMap<String, Expr>),
}

/// How the points of an item come about.
#[derive(Debug, Clone)]
pub enum Points {
    /// From its value by a method.
    Method(Method),
    /// An interval, where an expert chooses within a band.
    Band {
        /// Points nobody can refuse.
        low: Expr,
        /// Points nobody can exceed.
        high: Expr,
    },
}

/// From a value to points.
#[derive(Debug, Clone)]
pub enum Method {
    /// The place between the least and the greatest of the peers, times the weight.
    MinMax(Direction),
    /// The share of peers below, plus half of those equal, times the weight.
    Percentile(Direction),
    /// By a table: the points themselves.
    Steps {
        /// The table.
        table: TableRef,
        /// The last `from` that is below the value, not equal.
        after: bool,
    },
    /// The weight times `(value - from) / (to - from)`, cut to 0 and 1; also with `from` above `to`.
    Linear {
        /// No points here.
        from: Expr,
        /// Full weight here.
        to: Expr,
    },
    /// The points themselves; may read `value` and `weight` ([`ExprKind::ItemValue`],
    /// [`ExprKind::ItemWeight`]).
    ///
    /// [`ExprKind::ItemValue`]: crate::expression::ExprKind::ItemValue
    /// [`ExprKind::ItemWeight`]: crate::expression::ExprKind::ItemWeight
    Expr(Expr),
}

/// Which values are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Greater ones.
    Higher,
    /// Smaller ones.
    Lower,
}

/// A bonus or a penalty.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Label,
    /// When it applies; `None`: always.
    pub when: Option<Expr>,
    /// Its points.
    pub score: Points,
    /// At most so many.
    pub max: Option<Expr>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// What spoils the level.
#[derive(Debug, Clone)]
pub struct Veto {
    /// Its id, unique in the file.
    pub id: String,
    /// Words for people.
    pub text: Label,
    /// When.
    pub when: Expr,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where its id stands.
    pub span: Span,
}

/// A level.
#[derive(Debug, Clone)]
pub struct Level {
    /// Its code.
    pub id: String,
    /// Words for people.
    pub text: Label,
    /// Points from which it is reached, included.
    pub from: Expr,
    /// What else it asks for.
    pub requires: Option<Expr>,
    /// Where its code stands.
    pub span: Span,
}
