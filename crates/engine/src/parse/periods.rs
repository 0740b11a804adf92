//! Functions that read other periods: `prior`, `sum_last` and its like, growth.

use super::Scope;
use super::calls::Call;
use super::walk::Walk;
use crate::diagnostic::Diagnostic;
use crate::expression::extent::Extents;
use crate::expression::{Expr, ExprKind, Type, VariableRef, When, WindowFunction};
use crate::rulebook::PeriodKind;

/// Periods that one may look back.
const PERIODS_MAX: u32 = 600;

impl Scope<'_> {
    /// The same expression, unless it is too long or too deep once it is written out: names that double one
    /// another, or functions of periods inside one another, would be judged and explained without end.
    pub(super) fn not_too_long(&self, expr: Expr) -> Option<Expr> {
        let extent = Extents::new(Some(self.lets), None).of(&expr);
        if !extent.is_too_much() {
            return Some(expr);
        }
        self.found.push(
            Diagnostic::error(
                "expression::size",
                expr.span,
                "written out, the names and periods in this make too long an expression",
            )
            .help("make a part of it a variable with a formula"),
        );
        None
    }
}

impl Walk<'_> {
    /// What is read in other periods: an expression over variables that have periods.
    fn periodic(&self, call: &Call<'_>) -> Option<Expr> {
        let expr = self.expr(call.arguments[0], call.depth)?;
        let expr = self.without_lets(expr)?;
        let mut variables = 0_u32;
        let mut wrong = Vec::new();
        expr.walk(&mut |inner| match &inner.kind {
            ExprKind::Variable(variable) => {
                variables += 1;
                if self.period_of(variable) == PeriodKind::None {
                    wrong.push((
                        inner.span,
                        format!("`{}` is a current state", variable.name),
                    ));
                } else if !matches!(variable.when, When::Back(_)) {
                    wrong.push((inner.span, "this period is fixed".to_owned()));
                }
            }
            ExprKind::Card { .. } | ExprKind::Policy { .. } => {
                wrong.push((inner.span, "this has no earlier value".to_owned()));
            }
            _ => {}
        });
        if variables == 0 && wrong.is_empty() {
            wrong.push((expr.span, "there is no variable in it".to_owned()));
        }
        let Some((span, why)) = wrong.into_iter().next() else {
            return Some(expr);
        };
        self.refuse(
            "function::period",
            span,
            format!("`{}` reads other periods, but {why}", call.name),
            "name a variable with `period: year`, `quarter` or `month`",
        )
    }

    /// The expression with every `let` name replaced by what it stands for, so that all of it can be
    /// shifted.
    pub(super) fn without_lets(&self, expr: Expr) -> Option<Expr> {
        Some(self.replaced(self.scope.not_too_long(expr)?))
    }

    fn replaced(&self, mut expr: Expr) -> Expr {
        expr.replace(&mut |inner| match &inner.kind {
            ExprKind::Let(name) => self.scope.lets.get(name).map(|named| Expr {
                span: inner.span,
                ..self.replaced(named.clone())
            }),
            _ => None,
        });
        expr
    }

    fn period_of(&self, variable: &VariableRef) -> PeriodKind {
        self.scope
            .names
            .variable(&variable.subject, &variable.name, false)
            .map_or(PeriodKind::None, |(_, _, found)| found.period)
    }

    pub(super) fn prior(&self, call: &Call<'_>) -> Option<Expr> {
        let periods = self.literal_count(call.arguments[1], PERIODS_MAX, "periods")?;
        let mut shifted = self.periodic(call)?.back(periods);
        shifted.span = call.span;
        Some(shifted)
    }

    pub(super) fn window(&self, call: &Call<'_>, function: WindowFunction) -> Option<Expr> {
        let periods = self.at_least_one(call, 1)?;
        let of = self.periodic(call)?;
        let ty = match (function, of.ty) {
            (WindowFunction::Average, Type::Integer | Type::Days) => Type::Number,
            (_, ty) if ty.is_numeric() => ty,
            (WindowFunction::Least | WindowFunction::Greatest, Type::Date) => Type::Date,
            (_, ty) => {
                return self.refuse(
                    "type::argument",
                    of.span,
                    format!(
                        "`{}` is taken over numbers or money, this is {ty}",
                        call.name
                    ),
                    "name a variable that can be added up",
                );
            }
        };
        Some(Expr {
            kind: ExprKind::Window {
                function,
                of: Box::new(of),
                periods,
            },
            ty,
            span: call.span,
        })
    }

    fn at_least_one(&self, call: &Call<'_>, place: usize) -> Option<u32> {
        let periods = self.literal_count(call.arguments[place], PERIODS_MAX, "periods")?;
        if periods > 0 {
            return Some(periods);
        }
        self.refuse(
            "function::arguments",
            self.leaf(call.arguments[place]),
            "the number of periods is at least 1".to_owned(),
            "write 1 for the current one alone",
        )
    }

    pub(super) fn growth(&self, call: &Call<'_>) -> Option<Expr> {
        let compound = call.name == "compound_growth";
        let periods = if compound {
            self.at_least_one(call, 1)?
        } else {
            1
        };
        let of = self.periodic(call)?;
        if !of.ty.is_numeric() {
            return self.refuse(
                "type::argument",
                of.span,
                format!("`{}` is of a number or money, this is {}", call.name, of.ty),
                "name a variable that can grow",
            );
        }
        Some(Expr {
            kind: ExprKind::Growth {
                of: Box::new(of),
                periods,
                compound,
            },
            ty: Type::Ratio,
            span: call.span,
        })
    }
}
