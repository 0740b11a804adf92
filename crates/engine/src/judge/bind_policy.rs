//! Binding a policy: the clauses, amounts and limits that hold on the assessment date.

use std::sync::Arc;

use indexmap::IndexMap;

use super::bind::{Binder, Reader, Scope};
use super::bound::{BoundClause, BoundGap, BoundPolicy, BoundPool, BoundSaves, GapUnit};
use super::moment::Moment;
use super::term::{TermId, TermKind};
use super::value::Value;
use crate::expression::{Comparison, Expr, ExprKind, Function, Type};
use crate::rulebook::Policy;

/// The policy as it stands on the date of `moment`.
pub(super) fn bind_policy(
    binder: &mut Binder<'_>,
    policy: &Policy,
    reader: &Arc<Reader>,
    moment: Moment,
) -> BoundPolicy {
    let as_of = moment.as_of;
    let mut bound = BoundPolicy {
        id: policy.id.clone(),
        in_force: policy.is_in_force(as_of),
        year: moment.year,
        clauses: Vec::new(),
        amount: None,
        saves: BoundSaves::Amount,
        parts: IndexMap::new(),
        pool: None,
        choose_one: policy.choose_one.clone(),
        excludes: policy.excludes.clone(),
    };
    if !bound.in_force {
        return bound;
    }
    let scope = Scope {
        reader,
        moment,
        subject: &policy.subject,
        lets: &policy.lets,
        back: 0,
        own_amount: None,
        item: None,
    };
    for (index, clause) in policy.clauses.iter().enumerate() {
        if let Some(when) = clause.when_on(as_of) {
            let term = binder.expr(when, scope);
            let gap = gap(binder, when, scope);
            bound.clauses.push(BoundClause {
                id: clause.id.clone(),
                index,
                when: term,
                gap,
            });
        }
    }
    bind_benefit(binder, policy, scope, &mut bound);
    bound.pool = policy.pool.as_ref().map(|pool| BoundPool {
        id: pool.id.clone(),
        limit: binder.expr(&pool.limit, scope),
        order: pool.order,
    });
    bound
}

/// The amount, what it saves, and further figures.
fn bind_benefit(
    binder: &mut Binder<'_>,
    policy: &Policy,
    scope: Scope<'_>,
    bound: &mut BoundPolicy,
) {
    let benefit = &policy.benefit;
    let null = binder.terms.constant(Value::Null, Type::Money);
    // An amount that is named but not for this day is NULL; a title names none.
    if !benefit.amount.is_empty() {
        let amount = benefit
            .amount
            .on(scope.moment.as_of)
            .map_or(null, |expr| binder.expr(expr, scope));
        bound.amount = Some(amount);
    }
    let rounded = bound.amount.map_or(null, |amount| rounded(binder, amount));
    let with_amount = Scope {
        own_amount: Some(rounded),
        ..scope
    };
    if benefit.timing {
        bound.saves = BoundSaves::Nothing;
    } else if let Some(spans) = &benefit.saves {
        bound.saves = match spans.on(scope.moment.as_of) {
            Some(expr) => BoundSaves::Term(binder.expr(expr, with_amount)),
            None => BoundSaves::Unknown,
        };
    }
    for (name, spans) in &benefit.parts {
        if let Some(expr) = spans.on(scope.moment.as_of) {
            let term = binder.expr(expr, with_amount);
            bound.parts.insert(name.clone(), (term, expr.ty));
        }
    }
}

/// `amount`, as `saves` and `parts` read it: rounded to the hundredth.
fn rounded(binder: &mut Binder<'_>, amount: TermId) -> TermId {
    let call = TermKind::Call(Function::Round { places: 2 }, vec![amount]);
    binder.terms.intern(call, Type::Money)
}

/// The gap of a condition that is one comparison by order; none of any other.
fn gap(binder: &mut Binder<'_>, when: &Expr, scope: Scope<'_>) -> Option<BoundGap> {
    let ExprKind::Compare {
        operator,
        left,
        right,
    } = &when.kind
    else {
        return None;
    };
    let whole = |ty| matches!(ty, Type::Integer | Type::Days);
    let unit = match (left.ty, right.ty) {
        (Type::Money, _) | (_, Type::Money) => GapUnit::Money,
        (Type::Date, _) | (_, Type::Date) => GapUnit::Days,
        (Type::Days, other) | (other, Type::Days) if whole(other) => GapUnit::Days,
        (l, r) if whole(l) && whole(r) => GapUnit::Integer,
        (l, r) if l.is_plain_number() && r.is_plain_number() => GapUnit::Ratio,
        _ => return None,
    };
    let (left, right) = (binder.expr(left, scope), binder.expr(right, scope));
    let (from, less) = match operator {
        Comparison::GreaterOrEqual | Comparison::Greater => (left, right),
        Comparison::LessOrEqual | Comparison::Less => (right, left),
        Comparison::Equal | Comparison::NotEqual => return None,
    };
    Some(BoundGap { from, less, unit })
}
