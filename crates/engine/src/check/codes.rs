//! Codes: a text that is compared with a code must be one of its codes.

use crate::diagnostic::Diagnostic;
use crate::expression::{CardPart, Expr, ExprKind, Literal, PolicyPart};
use crate::load::found::{quoted, suggestion};
use crate::parse::Scope;
use crate::source::Span;

/// Says so where a written text is none of the codes that the other side can be.
pub(super) fn check(value: &Expr, written: &Expr, scope: &Scope<'_>) -> Option<()> {
    let ExprKind::Literal(Literal::Text(text)) = &written.kind else {
        return Some(());
    };
    let Some((codes, span)) = codes_of(value, scope) else {
        return Some(());
    };
    if codes.iter().any(|code| code == text) {
        return Some(());
    }
    let mut diagnostic = Diagnostic::error(
        "name::code",
        written.span,
        format!("`{text}` is none of the codes it is compared with"),
    )
    .help(suggestion(text, codes.iter().map(String::as_str), || {
        format!("the codes are {}", quoted(codes.iter().map(String::as_str)))
    }));
    if let Some(span) = span {
        diagnostic = diagnostic.also(span, "its codes are listed here");
    }
    scope.found.push(diagnostic);
    None
}

/// The codes that an expression can be, where they are listed.
fn codes_of(expr: &Expr, scope: &Scope<'_>) -> Option<(Vec<String>, Option<Span>)> {
    match &expr.kind {
        ExprKind::Variable(variable) => {
            let (_, _, found) = scope
                .names
                .variable(&variable.subject, &variable.name, false)?;
            (!found.codes.is_empty()).then(|| (found.codes.clone(), Some(found.span)))
        }
        ExprKind::Policy {
            part: PolicyPart::Verdict,
            ..
        } => {
            let verdicts = ["eligible", "ineligible", "unknown", "not_in_force"];
            Some((verdicts.map(str::to_owned).to_vec(), None))
        }
        ExprKind::Card {
            card,
            part: CardPart::Level,
        } => {
            let known = scope.names.scorecards.get(card)?;
            let mut levels = known.levels.clone();
            levels.extend(["failed".to_owned(), "vetoed".to_owned()]);
            Some((levels, Some(known.span)))
        }
        _ => None,
    }
}
