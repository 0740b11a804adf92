//! Binding a scorecard: stage, weights, points, levels on the assessment date.

use std::sync::Arc;

use super::bind::{Binder, Reader, Scope};
use super::binding::year_of;
use super::bound::{
    BoundAdjustment, BoundCard, BoundGroup, BoundItem, BoundLevel, BoundPeers, BoundPoints,
};
use super::exact::Exact;
use super::moment::Moment;
use super::term::{TermId, TermKind};
use super::value::Value;
use crate::expression::{Arithmetic, Comparison, Function, TableRef, Type};
use crate::rulebook::{Adjustment, Item, Method, Peers, Points, Scorecard, Weight, YearChoice};

/// The card as it stands on the date of the binder, read by `reader` in its own assessment year. Facts
/// are looked for under the card's own definition first, then under those of who asks.
pub(super) fn bind_card(
    binder: &mut Binder<'_>,
    card: &Scorecard,
    asker: &Arc<Reader>,
) -> BoundCard {
    let as_of = binder.as_of;
    let year = year_of(
        as_of,
        card.year.on(as_of).copied().unwrap_or(YearChoice::Current),
    );
    let others = asker.definitions.iter().filter(|id| **id != card.id);
    let definitions = binder.definitions_in_use(std::iter::once(&card.id).chain(others));
    let reader = Arc::new(Reader {
        definitions,
        ..(**asker).clone()
    });
    let in_force =
        card.in_force.is_empty() || card.in_force.iter().any(|span| span.holds_on(as_of));
    let mut bound = BoundCard {
        id: card.id.clone(),
        in_force,
        year,
        stage: None,
        missing: card.missing,
        full_mark: None,
        over: card.over,
        rounding_places: card.rounding_places,
        groups: Vec::new(),
        items: Vec::new(),
        bonus: Vec::new(),
        penalty: Vec::new(),
        veto: Vec::new(),
        levels: Vec::new(),
    };
    if !in_force {
        return bound;
    }
    let scope = Scope {
        reader: &reader,
        moment: Moment::new(as_of, year),
        subject: &card.subject,
        lets: &card.lets,
        back: 0,
        own_amount: None,
        item: None,
    };
    bound.stage = card.stage.as_ref().map(|stage| {
        (
            binder.expr(&stage.expr, scope),
            stage.of.keys().cloned().collect(),
        )
    });
    bound.full_mark = card.full_mark.as_ref().map(|expr| binder.expr(expr, scope));
    for (id, group) in &card.groups {
        let min = group.min.as_ref().map(|expr| binder.expr(expr, scope));
        let max = group.max.as_ref().map(|expr| binder.expr(expr, scope));
        bound.groups.push(BoundGroup {
            id: id.clone(),
            min,
            max,
        });
    }
    let stage = bound.stage.as_ref().map(|(term, _)| *term);
    for item in &card.items {
        let group = item
            .group
            .as_ref()
            .and_then(|group| card.groups.get_index_of(group));
        let mut item_bound = bind_item(binder, item, stage, card.peers.as_ref(), scope);
        item_bound.group = group;
        bound.items.push(item_bound);
    }
    bind_lines(binder, card, scope, &mut bound);
    bound
}

/// What stands beside the items: bonuses, penalties, vetoes, levels.
fn bind_lines(binder: &mut Binder<'_>, card: &Scorecard, scope: Scope<'_>, bound: &mut BoundCard) {
    bound.bonus = card
        .bonus
        .iter()
        .map(|bonus| adjustment(binder, bonus, scope))
        .collect();
    bound.penalty = card
        .penalty
        .iter()
        .map(|penalty| adjustment(binder, penalty, scope))
        .collect();
    for veto in &card.veto {
        bound
            .veto
            .push((veto.id.clone(), binder.expr(&veto.when, scope)));
    }
    for level in &card.levels {
        bound.levels.push(BoundLevel {
            id: level.id.clone(),
            from: binder.expr(&level.from, scope),
            requires: level.requires.as_ref().map(|expr| binder.expr(expr, scope)),
        });
    }
}

fn bind_item(
    binder: &mut Binder<'_>,
    item: &Item,
    stage: Option<TermId>,
    card_peers: Option<&Peers>,
    scope: Scope<'_>,
) -> BoundItem {
    let value = item
        .value
        .as_ref()
        .map(|expr| (binder.expr(expr, scope), expr.ty));
    let weight = item
        .weight
        .as_ref()
        .map(|weight| bind_weight(binder, weight, stage, scope));
    let null = binder.terms.constant(Value::Null, Type::Number);
    let one = binder.terms.constant(Value::integer(1), Type::Number);
    let read = (value.map_or(null, |(term, _)| term), weight.unwrap_or(one));
    let scope = Scope {
        item: Some(read),
        ..scope
    };
    let mut most = None;
    let points = match &item.points {
        Points::Band { low, high } => {
            BoundPoints::Band(binder.expr(low, scope), binder.expr(high, scope))
        }
        Points::Method(Method::MinMax(direction)) => BoundPoints::MinMax(*direction),
        Points::Method(Method::Percentile(direction)) => BoundPoints::Percentile(*direction),
        Points::Method(Method::Expr(expr)) => BoundPoints::Term(binder.expr(expr, scope)),
        Points::Method(Method::Steps { table, after }) => {
            let rows = steps(binder, table);
            most = rows
                .iter()
                .filter_map(|(_, points)| points.number())
                .max()
                .cloned();
            let step = TermKind::Step {
                value: read.0,
                rows,
                after: *after,
            };
            BoundPoints::Term(binder.terms.intern(step, Type::Number))
        }
        Points::Method(Method::Linear { from, to }) => {
            let (from, to) = (binder.expr(from, scope), binder.expr(to, scope));
            let ty = value.map_or(Type::Number, |(_, ty)| ty);
            BoundPoints::Term(linear(binder, read, from, to, ty))
        }
    };
    let peers = item.peers.as_ref().or(card_peers).map(|peers| BoundPeers {
        by: binder.expr(&peers.by, scope),
        min: peers.min,
    });
    BoundItem {
        id: item.id.clone(),
        group: None,
        value,
        weight,
        points,
        peers,
        most,
    }
}

fn steps(binder: &Binder<'_>, table: &TableRef) -> Arc<Vec<(Value, Value)>> {
    binder.rows(table)
}

/// `weight * least(greatest((value - from) / (to - from), 0), 1)`
fn linear(
    binder: &mut Binder<'_>,
    (value, weight): (TermId, TermId),
    from: TermId,
    to: TermId,
    ty: Type,
) -> TermId {
    let mut intern = |kind, ty| binder.terms.intern(kind, ty);
    let zero = intern(TermKind::Constant(Value::integer(0)), Type::Number);
    let one = intern(TermKind::Constant(Value::integer(1)), Type::Number);
    let above = intern(TermKind::Arithmetic(Arithmetic::Subtract, value, from), ty);
    let width = intern(TermKind::Arithmetic(Arithmetic::Subtract, to, from), ty);
    let share = intern(
        TermKind::Arithmetic(Arithmetic::Divide, above, width),
        Type::Ratio,
    );
    let floored = intern(
        TermKind::Call(Function::Greatest, vec![share, zero]),
        Type::Ratio,
    );
    let clamped = intern(
        TermKind::Call(Function::Least, vec![floored, one]),
        Type::Ratio,
    );
    intern(
        TermKind::Arithmetic(Arithmetic::Multiply, weight, clamped),
        Type::Number,
    )
}

fn bind_weight(
    binder: &mut Binder<'_>,
    weight: &Weight,
    stage: Option<TermId>,
    scope: Scope<'_>,
) -> TermId {
    let by_stage = match (weight, stage) {
        (Weight::Same(expr), _) => return binder.expr(expr, scope),
        (Weight::ByStage(_), None) => return binder.terms.constant(Value::Null, Type::Number),
        (Weight::ByStage(by_stage), Some(stage)) => {
            by_stage.iter().map(move |entry| (stage, entry))
        }
    };
    let branches = by_stage
        .map(|(stage, (code, expr))| {
            let code = binder.terms.constant(Value::Text(code.clone()), Type::Code);
            let is = TermKind::Compare(Comparison::Equal, stage, code);
            let is = binder.terms.intern(is, Type::Boolean);
            (is, binder.expr(expr, scope))
        })
        .collect();
    binder.terms.intern(
        TermKind::Case {
            branches,
            otherwise: None,
        },
        Type::Number,
    )
}

fn adjustment(
    binder: &mut Binder<'_>,
    adjustment: &Adjustment,
    scope: Scope<'_>,
) -> BoundAdjustment {
    let points = match &adjustment.score {
        Points::Band { low, high } => {
            BoundPoints::Band(binder.expr(low, scope), binder.expr(high, scope))
        }
        Points::Method(Method::Expr(expr)) => BoundPoints::Term(binder.expr(expr, scope)),
        // The loader gives adjustments an expression or a band only.
        Points::Method(_) => BoundPoints::Term(
            binder
                .terms
                .constant(Value::Number(Exact::zero()), Type::Number),
        ),
    };
    BoundAdjustment {
        id: adjustment.id.clone(),
        when: adjustment
            .when
            .as_ref()
            .map(|expr| binder.expr(expr, scope)),
        points,
        max: adjustment.max.as_ref().map(|expr| binder.expr(expr, scope)),
    }
}
