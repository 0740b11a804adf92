//! Types and units: which operands fit together, and what comes of them.

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::expression::{Arithmetic, Comparison, Expr, ExprKind, Function, Literal, Type};
use crate::parse::Scope;
use crate::source::Span;

/// Whether values of the two types can be compared.
pub(crate) fn comparable(left: Type, right: Type) -> bool {
    let text = |ty| matches!(ty, Type::Code | Type::Text);
    left == right || left.is_plain_number() && right.is_plain_number() || text(left) && text(right)
}

/// The type that both can be seen as; `None` where they cannot be mixed.
pub(crate) fn joined(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => Some(other),
        _ if left == right => Some(left),
        (Type::Code | Type::Text, Type::Code | Type::Text) => Some(Type::Code),
        _ if left.is_plain_number() && right.is_plain_number() => Some(wider(left, right)),
        _ => None,
    }
}

fn wider(left: Type, right: Type) -> Type {
    let rank = |ty| match ty {
        Type::Integer => 0,
        Type::Days => 1,
        Type::Ratio => 2,
        _ => 3,
    };
    if rank(left) >= rank(right) {
        left
    } else {
        right
    }
}

/// A mistake with two sides: both are shown, each with where its type was declared.
fn two_sides(
    code: &'static str,
    message: String,
    left: &Expr,
    right: &Expr,
    help: &str,
    scope: &Scope<'_>,
) {
    let mut diagnostic = Diagnostic::error(code, left.span, message)
        .label(format!("this is {}", left.ty))
        .also(right.span, format!("this is {}", right.ty))
        .help(help);
    for side in [left, right] {
        if let Some((span, words)) = declared(side, scope) {
            diagnostic = diagnostic.also(span, words);
        }
    }
    scope.found.push(diagnostic);
}

/// Where the type of a name was declared.
fn declared(expr: &Expr, scope: &Scope<'_>) -> Option<(Span, String)> {
    match &expr.kind {
        ExprKind::Variable(variable) => {
            let (_, _, found) = scope
                .names
                .variable(&variable.subject, &variable.name, false)?;
            let words = format!("`{}` is declared here as {}", variable.name, found.ty);
            Some((found.span, words))
        }
        ExprKind::Parameter(name) => {
            let found = scope.names.parameters.get(name)?;
            let words = format!("`p.{name}` is declared here as {}", expr.ty);
            Some((found.span, words))
        }
        _ => None,
    }
}

const MONEY_HELP: &str = "give the number its unit: `yuan(…)`, `wan(…)`, `yi(…)` or `money(…)`";

/// The help for two types that do not fit.
fn help_for(left: Type, right: Type) -> &'static str {
    let either = |wanted: fn(Type) -> bool| wanted(left) || wanted(right);
    if either(|ty| ty == Type::Money) && either(Type::is_plain_number) {
        MONEY_HELP
    } else if either(|ty| ty == Type::Date) && either(|ty| matches!(ty, Type::Text | Type::Code)) {
        "a day is written DATE '2024-12-31'"
    } else if either(|ty| ty == Type::Null) {
        "nothing equals NULL; ask `present(x)` whether a fact is known to be absent"
    } else if either(|ty| ty == Type::Boolean) {
        "a condition stands alone or under NOT; it is not compared"
    } else {
        "both sides must be of one kind"
    }
}

/// `left operator right`.
pub(crate) fn arithmetic(
    operator: Arithmetic,
    left: Expr,
    right: Expr,
    scope: &Scope<'_>,
) -> Option<Expr> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let (l, r) = (left.ty, right.ty);
    let plain = l.is_plain_number() && r.is_plain_number();
    let whole = |ty| matches!(ty, Type::Integer | Type::Days);
    let ty = match operator {
        Add | Subtract if plain => Some(wider(l, r)),
        Add | Subtract if l == Type::Money && r == Type::Money => Some(Type::Money),
        Subtract if l == Type::Date && r == Type::Date => Some(Type::Days),
        Add | Subtract if l == Type::Date && whole(r) => Some(Type::Date),
        Add if whole(l) && r == Type::Date => Some(Type::Date),
        Multiply if plain => Some(match wider(l, r) {
            Type::Days => Type::Integer,
            other => other,
        }),
        Multiply if l == Type::Money && r.is_plain_number() => Some(Type::Money),
        Multiply if l.is_plain_number() && r == Type::Money => Some(Type::Money),
        Divide if plain => Some(if wider(l, r) == Type::Number {
            Type::Number
        } else {
            Type::Ratio
        }),
        Divide if l == Type::Money && r == Type::Money => Some(Type::Ratio),
        Divide if l == Type::Money && r.is_plain_number() => Some(Type::Money),
        _ => None,
    };
    let Some(ty) = ty else {
        let (does, help) = match operator {
            Add => ("be added to", help_for(l, r)),
            Subtract => ("be less", help_for(l, r)),
            Multiply => (
                "be multiplied by",
                "money times money is nothing; multiply by a ratio or a number",
            ),
            Divide => (
                "be divided by",
                "divide money by money for a ratio, or money by a number for money",
            ),
        };
        two_sides(
            "unit::mismatch",
            format!("{l} cannot {does} {r}"),
            &left,
            &right,
            help,
            scope,
        );
        return None;
    };
    let span = left.span.to(right.span);
    Some(Expr {
        kind: ExprKind::Arithmetic {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        },
        ty,
        span,
    })
}

/// Says so where two types cannot be compared, or not by order.
fn check_comparison(left: &Expr, right: &Expr, ordered: bool, scope: &Scope<'_>) -> Option<()> {
    let (l, r) = (left.ty, right.ty);
    if !comparable(l, r) || l == Type::Null {
        let message = if (l == Type::Money && r.is_plain_number())
            || (l.is_plain_number() && r == Type::Money)
        {
            "money is compared with a bare number".to_owned()
        } else {
            format!("{l} cannot be compared with {r}")
        };
        two_sides(
            "unit::mismatch",
            message,
            left,
            right,
            help_for(l, r),
            scope,
        );
        return None;
    }
    if ordered && matches!(l, Type::Code | Type::Text | Type::Boolean) {
        two_sides(
            "type::order",
            format!("there is no order among values of type {l}"),
            left,
            right,
            "compare with `=` or `<>`, or use IN ('a', 'b')",
            scope,
        );
        return None;
    }
    codes::check(left, right, scope)?;
    codes::check(right, left, scope)
}

/// `left operator right`, a condition.
pub(crate) fn compare(
    operator: Comparison,
    left: Expr,
    right: Expr,
    scope: &Scope<'_>,
) -> Option<Expr> {
    let ordered = !matches!(operator, Comparison::Equal | Comparison::NotEqual);
    check_comparison(&left, &right, ordered, scope)?;
    let span = left.span.to(right.span);
    Some(Expr {
        kind: ExprKind::Compare {
            operator,
            left: Box::new(left),
            right: Box::new(right),
        },
        ty: Type::Boolean,
        span,
    })
}

/// `value BETWEEN low AND high`.
pub(crate) fn between(
    value: Expr,
    low: Expr,
    high: Expr,
    negated: bool,
    scope: &Scope<'_>,
) -> Option<Expr> {
    let low_fits = check_comparison(&value, &low, true, scope);
    let high_fits = check_comparison(&value, &high, true, scope);
    low_fits.and(high_fits)?;
    let span = value.span.to(high.span);
    Some(Expr {
        kind: ExprKind::Between {
            value: Box::new(value),
            low: Box::new(low),
            high: Box::new(high),
            negated,
        },
        ty: Type::Boolean,
        span,
    })
}

/// `value IN (…)`.
pub(crate) fn in_list(
    value: Expr,
    list: Vec<Expr>,
    negated: bool,
    scope: &Scope<'_>,
) -> Option<Expr> {
    let fits: Vec<Option<()>> = list
        .iter()
        .map(|item| check_comparison(&value, item, false, scope))
        .collect();
    fits.into_iter().collect::<Option<Vec<_>>>()?;
    let span = list
        .last()
        .map_or(value.span, |last| value.span.to(last.span));
    Some(Expr {
        kind: ExprKind::In {
            value: Box::new(value),
            list,
            negated,
        },
        ty: Type::Boolean,
        span,
    })
}

/// The expression, which must be a condition.
pub(crate) fn condition(expr: Expr, scope: &Scope<'_>) -> Option<Expr> {
    if matches!(expr.ty, Type::Boolean | Type::Null) {
        return Some(expr);
    }
    let mut diagnostic = Diagnostic::error(
        "type::condition",
        expr.span,
        format!("a condition is needed here, this is {}", expr.ty),
    )
    .label(format!("this is {}", expr.ty))
    .help("compare it with something, such as `… >= …`");
    if let Some((span, words)) = declared(&expr, scope) {
        diagnostic = diagnostic.also(span, words);
    }
    scope.found.push(diagnostic);
    None
}

/// `NOT inner`.
pub(crate) fn not(inner: Expr, span: Span, scope: &Scope<'_>) -> Option<Expr> {
    let inner = condition(inner, scope)?;
    Some(Expr {
        kind: ExprKind::Not(Box::new(inner)),
        ty: Type::Boolean,
        span,
    })
}

/// `-inner`; of a written number the negative number.
pub(crate) fn negate(inner: Expr, span: Span, scope: &Scope<'_>) -> Option<Expr> {
    if !inner.ty.is_numeric() {
        scope.found.push(
            Diagnostic::error(
                "type::argument",
                inner.span,
                format!("there is no minus of {}", inner.ty),
            )
            .help("only numbers and money have a negative"),
        );
        return None;
    }
    let ty = inner.ty;
    let kind = match inner.kind {
        ExprKind::Literal(Literal::Number(number)) => ExprKind::Literal(Literal::Number(-number)),
        ExprKind::Literal(Literal::Money(amount)) => ExprKind::Literal(Literal::Money(-amount)),
        kind => ExprKind::Negate(Box::new(Expr { kind, ..inner })),
    };
    Some(Expr { kind, ty, span })
}

/// `CASE … END`.
pub(crate) fn case(
    operand: Option<Expr>,
    branches: Vec<(Expr, Expr)>,
    otherwise: Option<Expr>,
    span: Span,
    scope: &Scope<'_>,
) -> Option<Expr> {
    let whens: Vec<Option<()>> = branches
        .iter()
        .map(|(when, _)| match &operand {
            Some(operand) => check_comparison(operand, when, false, scope),
            None => condition(when.clone(), scope).map(drop),
        })
        .collect();
    let mut results = branches
        .iter()
        .map(|(_, then)| then)
        .chain(otherwise.iter());
    let first = results.next()?;
    let mut ty = first.ty;
    // The branch that gave the type so far is the one to show beside a branch that does not fit.
    let mut typed = first;
    for result in results {
        let Some(both) = joined(ty, result.ty) else {
            two_sides(
                "type::case",
                format!("the branches of this CASE are {ty} and {}", result.ty),
                typed,
                result,
                help_for(ty, result.ty),
                scope,
            );
            return None;
        };
        if typed.ty == Type::Null {
            typed = result;
        }
        ty = both;
    }
    whens.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Expr {
        kind: ExprKind::Case {
            operand: operand.map(Box::new),
            branches,
            otherwise: otherwise.map(Box::new),
        },
        ty,
        span,
    })
}

/// A function of values.
pub(crate) fn call(
    function: Function,
    name: &str,
    arguments: Vec<Expr>,
    span: Span,
    scope: &Scope<'_>,
) -> Option<Expr> {
    let ty = match function {
        Function::Abs => numeric(name, &arguments[0], scope)?,
        Function::Round { places } => match numeric(name, &arguments[0], scope)? {
            Type::Money => Type::Money,
            _ if places == 0 => Type::Integer,
            Type::Ratio => Type::Ratio,
            _ => Type::Number,
        },
        Function::Least | Function::Greatest => same(name, &arguments, scope)?,
        Function::AtLeast => {
            argument(name, &arguments[0], "a whole number", scope, |ty| {
                matches!(ty, Type::Integer | Type::Days)
            })?;
            let conditions: Vec<Option<Type>> = arguments[1..]
                .iter()
                .map(|condition| {
                    argument(name, condition, "a condition", scope, |ty| {
                        ty == Type::Boolean
                    })
                })
                .collect();
            conditions.into_iter().collect::<Option<Vec<_>>>()?;
            Type::Boolean
        }
        Function::YearsSince | Function::MonthsSince | Function::YearOf | Function::MonthOf => {
            argument(name, &arguments[0], "a date", scope, |ty| ty == Type::Date)?;
            Type::Integer
        }
        Function::AddMonths => {
            argument(name, &arguments[0], "a date", scope, |ty| ty == Type::Date)?;
            argument(
                name,
                &arguments[1],
                "a whole number of months",
                scope,
                |ty| ty == Type::Integer,
            )?;
            Type::Date
        }
        Function::ToMoney { .. } => Type::Money,
    };
    Some(Expr {
        kind: ExprKind::Call {
            function,
            arguments,
        },
        ty,
        span,
    })
}

fn numeric(name: &str, value: &Expr, scope: &Scope<'_>) -> Option<Type> {
    argument(name, value, "a number or money", scope, Type::is_numeric)
}

fn argument(
    name: &str,
    value: &Expr,
    wanted: &str,
    scope: &Scope<'_>,
    fits: impl Fn(Type) -> bool,
) -> Option<Type> {
    if fits(value.ty) {
        return Some(value.ty);
    }
    let mut diagnostic = Diagnostic::error(
        "type::argument",
        value.span,
        format!("`{name}` takes {wanted} here, this is {}", value.ty),
    )
    .label(format!("this is {}", value.ty))
    .help(format!("write {wanted}"));
    if let Some((span, words)) = declared(value, scope) {
        diagnostic = diagnostic.also(span, words);
    }
    scope.found.push(diagnostic);
    None
}

/// The common type of values of which one is taken.
fn same(name: &str, values: &[Expr], scope: &Scope<'_>) -> Option<Type> {
    let first = values.first()?;
    let mut ty = first.ty;
    for value in values {
        let both = joined(ty, value.ty)
            .filter(|both| both.is_numeric() || *both == Type::Date)
            .filter(|_| value.ty != Type::Null);
        let Some(both) = both else {
            two_sides(
                "unit::mismatch",
                format!(
                    "`{name}` takes values of one unit, these are {ty} and {}",
                    value.ty
                ),
                first,
                value,
                help_for(ty, value.ty),
                scope,
            );
            return None;
        };
        ty = both;
    }
    Some(ty)
}
