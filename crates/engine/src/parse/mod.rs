//! Expression text to typed expressions: DataFusion's SQL parser, then an allow-list walk.

mod calls;
pub(crate) mod names;
mod periods;
mod results;
mod text;
mod walk;

pub(crate) use names::{fits_period, parse_when};

use domain::SubjectKind;
use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::expression::{Expr, Type};
use crate::load::fields::wrong;
use crate::load::found::Found;
use crate::load::names::Names;
use crate::load::yaml::Node;
use crate::source::Sources;

/// Where an expression stands: what it may read.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub names: &'a Names,
    pub found: &'a Found,
    pub sources: &'a Sources,
    /// Whom the rule judges.
    pub subject: &'a SubjectKind,
    /// Names of the same file.
    pub lets: &'a IndexMap<String, Expr>,
    pub place: Place,
}

/// The part of a rule an expression is, where that allows more names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing more.
    Elsewhere,
    /// `amount`, and `chosen('…')`.
    Saves,
    /// `amount`.
    Parts,
    /// `value` (of this type, where the item has one) and `weight`.
    ItemScore(Option<Type>),
}

/// What an expression must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// True, false or not known.
    Condition,
    /// Money.
    Money,
    /// Money or a plain number.
    Numeric,
    /// A plain number.
    PlainNumber,
    /// Exactly what a variable of this type may be.
    Type(Type),
    /// Whatever it is.
    Any,
}

impl Scope<'_> {
    /// The typed expression of a node; mistakes go to `found`.
    pub fn expression(&self, node: &Node, wanted: Wanted) -> Option<Expr> {
        let Some(scalar) = node.scalar().filter(|_| !node.is_null()) else {
            wrong(node, "an expression", "one text", self.found);
            return None;
        };
        let text = text::Text::read(node, scalar, self)?;
        let expr = walk::Walk {
            scope: self,
            text: &text,
        }
        .whole()?;
        self.wanted(self.not_too_long(expr)?, wanted)
    }

    fn wanted(&self, expr: Expr, wanted: Wanted) -> Option<Expr> {
        let ty = expr.ty;
        let fits = match wanted {
            Wanted::Any => true,
            Wanted::Condition => ty == Type::Boolean,
            Wanted::Money => ty == Type::Money,
            Wanted::Numeric => ty.is_numeric(),
            Wanted::PlainNumber => ty.is_plain_number(),
            Wanted::Type(declared) => fits(declared, ty),
        };
        if fits || ty == Type::Null {
            return Some(expr);
        }
        let (needed, help) = wanted.words(ty);
        self.found.push(
            Diagnostic::error(
                "type::wanted",
                expr.span,
                format!("this must be {needed}, but it is {ty}"),
            )
            .label(format!("{ty}"))
            .help(help),
        );
        None
    }
}

/// Whether an expression of type `ty` may stand where `declared` is wanted.
pub(crate) fn fits(declared: Type, ty: Type) -> bool {
    match declared {
        Type::Number | Type::Ratio => ty.is_plain_number(),
        Type::Integer | Type::Days => matches!(ty, Type::Integer | Type::Days),
        Type::Code | Type::Text => matches!(ty, Type::Code | Type::Text),
        other => other == ty,
    }
}

impl Wanted {
    fn words(self, ty: Type) -> (String, String) {
        match self {
            Self::Any => ("anything".to_owned(), String::new()),
            Self::Condition => (
                "true or false".to_owned(),
                "compare it with something, such as `… >= …`".to_owned(),
            ),
            Self::Money if ty.is_plain_number() => (
                "money".to_owned(),
                "give a bare number its unit: `yuan(…)`, `wan(…)`, `yi(…)` or `money(…)`"
                    .to_owned(),
            ),
            Self::Money => ("money".to_owned(), "write what it is worth".to_owned()),
            Self::Numeric => (
                "a number or money".to_owned(),
                "calculate a value".to_owned(),
            ),
            Self::PlainNumber => (
                "a plain number".to_owned(),
                "divide money by money, or by a unit such as `yuan(1)`".to_owned(),
            ),
            Self::Type(declared) => (
                format!("{declared}, as it is declared"),
                format!("declare it as {ty}, or change the expression"),
            ),
        }
    }
}

#[cfg(test)]
mod tests;
