//! Walking over an expression: what is inside it, shifted in time, replaced.

use super::{Expr, ExprKind, VariableRef, When};

impl Expr {
    /// The expressions directly inside, in reading order.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Variable(_)
            | ExprKind::Parameter(_)
            | ExprKind::Let(_)
            | ExprKind::OwnAmount
            | ExprKind::ItemValue
            | ExprKind::ItemWeight
            | ExprKind::AsOf
            | ExprKind::SubjectId
            | ExprKind::Card { .. }
            | ExprKind::Policy { .. } => Vec::new(),
            ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Present(inner)
            | ExprKind::MonthsRunning(inner)
            | ExprKind::Window { of: inner, .. }
            | ExprKind::Growth { of: inner, .. }
            | ExprKind::Step { value: inner, .. }
            | ExprKind::PrefixIn { code: inner, .. } => vec![inner],
            ExprKind::And(all) | ExprKind::Or(all) | ExprKind::Call { arguments: all, .. } => {
                all.iter().collect()
            }
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                vec![left, right]
            }
            ExprKind::Between {
                value, low, high, ..
            } => vec![value, low, high],
            ExprKind::In { value, list, .. } => {
                std::iter::once(&**value).chain(list.iter()).collect()
            }
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => operand
                .iter()
                .map(|operand| &**operand)
                .chain(branches.iter().flat_map(|(when, then)| [when, then]))
                .chain(otherwise.iter().map(|otherwise| &**otherwise))
                .collect(),
        }
    }

    fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Literal(_)
            | ExprKind::Variable(_)
            | ExprKind::Parameter(_)
            | ExprKind::Let(_)
            | ExprKind::OwnAmount
            | ExprKind::ItemValue
            | ExprKind::ItemWeight
            | ExprKind::AsOf
            | ExprKind::SubjectId
            | ExprKind::Card { .. }
            | ExprKind::Policy { .. } => Vec::new(),
            ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Present(inner)
            | ExprKind::MonthsRunning(inner)
            | ExprKind::Window { of: inner, .. }
            | ExprKind::Growth { of: inner, .. }
            | ExprKind::Step { value: inner, .. }
            | ExprKind::PrefixIn { code: inner, .. } => vec![inner],
            ExprKind::And(all) | ExprKind::Or(all) | ExprKind::Call { arguments: all, .. } => {
                all.iter_mut().collect()
            }
            ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                vec![left, right]
            }
            ExprKind::Between {
                value, low, high, ..
            } => vec![value, low, high],
            ExprKind::In { value, list, .. } => std::iter::once(&mut **value)
                .chain(list.iter_mut())
                .collect(),
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => operand
                .iter_mut()
                .map(|operand| &mut **operand)
                .chain(branches.iter_mut().flat_map(|(when, then)| [when, then]))
                .chain(otherwise.iter_mut().map(|otherwise| &mut **otherwise))
                .collect(),
        }
    }

    /// This expression `periods` of each variable's own periods earlier; what is written with its
    /// period stays.
    #[must_use]
    pub fn back(&self, periods: u32) -> Self {
        let mut shifted = self.clone();
        shifted.shift(periods);
        shifted
    }

    fn shift(&mut self, periods: u32) {
        if let ExprKind::Variable(VariableRef {
            when: When::Back(back),
            ..
        }) = &mut self.kind
        {
            *back = back.saturating_add(periods);
        }
        for child in self.children_mut() {
            child.shift(periods);
        }
    }

    /// Puts what `with` gives for an expression in its place; outermost first, and not again inside what
    /// was put in.
    pub(crate) fn replace(&mut self, with: &mut impl FnMut(&Expr) -> Option<Expr>) {
        if let Some(other) = with(self) {
            *self = other;
            return;
        }
        for child in self.children_mut() {
            child.replace(with);
        }
    }

    /// Calls `visit` on this expression and on all inside it, outermost first.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
