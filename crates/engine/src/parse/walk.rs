//! The allow-list walk: what an expression may be made of, typed as it is read.

use chrono::NaiveDate;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr as Sql, Spanned, TypedString, UnaryOperator, Value,
    ValueWithSpan,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::Scope;
use super::text::Text;
use crate::check::types;
use crate::diagnostic::Diagnostic;
use crate::expression::{Arithmetic, Comparison, Expr, ExprKind, Literal, Type};
use crate::load::fields::{number_error, parse_day};
use crate::number::parse_decimal;
use crate::source::Span;

/// Levels of nesting that an expression may have.
const DEPTH_MAX: usize = 100;

/// One walk over one expression.
pub(super) struct Walk<'w> {
    pub scope: &'w Scope<'w>,
    pub text: &'w Text,
}

impl Walk<'_> {
    /// The expression that the whole text is.
    pub fn whole(&self) -> Option<Expr> {
        let dialect = GenericDialect {};
        let mut parser = Parser::new(&dialect).with_tokens_with_locations(self.text.tokens.clone());
        let parsed = parser.parse_expr();
        let next = parser.peek_token();
        match parsed {
            Ok(sql) if next.token == Token::EOF => self.expr(&sql, 0),
            Ok(_) => {
                let range = self.text.range(next.span);
                self.refuse(
                    "expression::syntax",
                    self.text.span(range.0, range.1),
                    format!("`{}` is not expected here", next.token),
                    "an operator such as `AND` or `>=` may be missing before it",
                )
            }
            Err(ParserError::RecursionLimitExceeded) => self.too_deep(),
            Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => {
                let (words, range) = self.text.parser_message(&message);
                self.refuse(
                    "expression::syntax",
                    self.text.span(range.0, range.1),
                    format!("this is no expression: {}", lower_first(words)),
                    "see the reference of the rule language for what may stand here",
                )
            }
        }
    }

    fn too_deep(&self) -> Option<Expr> {
        self.refuse(
            "expression::size",
            self.text.span(0, self.text.masked.len()),
            "this expression is nested too deeply".to_owned(),
            "name parts of it under `let:`",
        )
    }

    /// Notes a mistake; there is no expression then.
    pub fn refuse<T>(
        &self,
        code: &'static str,
        span: Span,
        message: String,
        help: &str,
    ) -> Option<T> {
        self.scope
            .found
            .push(Diagnostic::error(code, span, message).help(help));
        None
    }

    /// The place of a leaf, a function or a `CASE`.
    pub fn place(&self, sql: &Sql, before: usize) -> Span {
        let (start, end) = self.text.widened(self.text.range(sql.span()), before);
        self.text.span(start, end)
    }

    /// The typed expression of a tree; `None` where something in it is wrong, which is then noted.
    pub fn expr(&self, sql: &Sql, depth: usize) -> Option<Expr> {
        if depth > DEPTH_MAX {
            return self.too_deep();
        }
        let depth = depth + 1;
        match sql {
            Sql::Identifier(_) | Sql::CompoundIdentifier(_) | Sql::CompoundFieldAccess { .. } => {
                self.name(sql)
            }
            Sql::Value(value) => self.value(value, self.place(sql, 0)),
            Sql::TypedString(string) => self.typed_string(string, self.place(sql, 1)),
            Sql::Nested(inner) => {
                let mut expr = self.expr(inner, depth)?;
                expr.span = self.bracketed(expr.span);
                Some(expr)
            }
            Sql::UnaryOp { op, expr } => self.unary(*op, expr, depth),
            Sql::BinaryOp { left, op, right } => self.binary(sql, left, op, right, depth),
            Sql::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let parts = [expr, low, high].map(|part| self.expr(part, depth));
                let [Some(value), Some(low), Some(high)] = parts else {
                    return None;
                };
                types::between(value, low, high, *negated, self.scope)
            }
            Sql::InList {
                expr,
                list,
                negated,
            } => self.in_list(expr, list, *negated, depth),
            Sql::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(
                sql,
                operand.as_deref(),
                conditions,
                else_result.as_deref(),
                depth,
            ),
            Sql::Function(function) => self.call(function, depth),
            other => self.refused(other),
        }
    }

    /// The place with the brackets around it, found again in the text.
    fn bracketed(&self, span: Span) -> Span {
        for (start, end) in self.text.bracket_pairs() {
            let inner = self.text.span(start + 1, end - 1);
            let outer = self.text.span(start, end);
            let tight = outer.start <= span.start
                && span.end <= outer.end
                && self
                    .scope
                    .sources
                    .text(Span {
                        end: span.start,
                        ..inner
                    })
                    .trim()
                    .is_empty()
                && self
                    .scope
                    .sources
                    .text(Span {
                        start: span.end,
                        ..inner
                    })
                    .trim()
                    .is_empty();
            if tight && outer != span {
                return outer;
            }
        }
        span
    }

    fn value(&self, value: &ValueWithSpan, span: Span) -> Option<Expr> {
        let literal = |literal, ty| {
            Some(Expr {
                kind: ExprKind::Literal(literal),
                ty,
                span,
            })
        };
        match &value.value {
            Value::Number(text, false) => match parse_decimal(text) {
                Ok(number) => {
                    let ty = if number.is_integer() && !text.contains('.') {
                        Type::Integer
                    } else {
                        Type::Number
                    };
                    literal(Literal::Number(number), ty)
                }
                Err(error) => {
                    self.scope.found.push(number_error(span, &error));
                    None
                }
            },
            Value::SingleQuotedString(text) => literal(Literal::Text(text.clone()), Type::Text),
            Value::Boolean(value) => literal(Literal::Boolean(*value), Type::Boolean),
            Value::Null => literal(Literal::Null, Type::Null),
            Value::DoubleQuotedString(text) => self.refuse(
                "expression::refused",
                span,
                format!("\"{text}\" is no text of the rule language"),
                "write texts between ' signs",
            ),
            other => self.refuse(
                "expression::refused",
                span,
                format!("`{other}` is no value of the rule language"),
                "write a number, a text between ' signs, TRUE, FALSE or DATE '2024-12-31'",
            ),
        }
    }

    fn typed_string(&self, string: &TypedString, span: Span) -> Option<Expr> {
        let text = string.value.value.clone().into_string().unwrap_or_default();
        let is_date = string.data_type.to_string() == "DATE";
        match parse_day(&text).filter(|_| is_date) {
            Some(day) => Some(date_literal(day, span)),
            None => self.refuse(
                "expression::date",
                span,
                format!("`{string}` is no day"),
                "write it as DATE '2024-12-31'",
            ),
        }
    }

    fn unary(&self, op: UnaryOperator, sql: &Sql, depth: usize) -> Option<Expr> {
        let inner = self.expr(sql, depth)?;
        let span = self.text_before(inner.span);
        match op {
            UnaryOperator::Not => types::not(inner, span, self.scope),
            UnaryOperator::Minus => types::negate(inner, span, self.scope),
            UnaryOperator::Plus => Some(inner),
            other => self.refuse(
                "expression::refused",
                span,
                format!("`{other}` is no operator of the rule language"),
                "write NOT or -",
            ),
        }
    }

    /// The place with the word or sign in front of it.
    fn text_before(&self, span: Span) -> Span {
        self.text
            .token_before(span)
            .map_or(span, |token| token.to(span))
    }

    fn binary(
        &self,
        whole: &Sql,
        left: &Sql,
        op: &BinaryOperator,
        right: &Sql,
        depth: usize,
    ) -> Option<Expr> {
        let operator = match op {
            BinaryOperator::And | BinaryOperator::Or => return self.chain(whole, op, depth),
            BinaryOperator::Plus => Operator::Arithmetic(Arithmetic::Add),
            BinaryOperator::Minus => Operator::Arithmetic(Arithmetic::Subtract),
            BinaryOperator::Multiply => Operator::Arithmetic(Arithmetic::Multiply),
            BinaryOperator::Divide => Operator::Arithmetic(Arithmetic::Divide),
            BinaryOperator::Eq => Operator::Comparison(Comparison::Equal),
            BinaryOperator::NotEq => Operator::Comparison(Comparison::NotEqual),
            BinaryOperator::Lt => Operator::Comparison(Comparison::Less),
            BinaryOperator::LtEq => Operator::Comparison(Comparison::LessOrEqual),
            BinaryOperator::Gt => Operator::Comparison(Comparison::Greater),
            BinaryOperator::GtEq => Operator::Comparison(Comparison::GreaterOrEqual),
            other => {
                let help = if *other == BinaryOperator::Modulo {
                    "there is no remainder; write what is meant with + - * /"
                } else {
                    "there are + - * / = <> < <= > >= AND OR NOT IN BETWEEN CASE"
                };
                return self.refuse(
                    "expression::refused",
                    self.leaf(whole),
                    format!("`{other}` is no operator of the rule language"),
                    help,
                );
            }
        };
        let (left, right) = (self.expr(left, depth), self.expr(right, depth));
        let (left, right) = (left?, right?);
        match operator {
            Operator::Arithmetic(operator) => types::arithmetic(operator, left, right, self.scope),
            Operator::Comparison(operator) => types::compare(operator, left, right, self.scope),
        }
    }

    /// `a AND b AND c` as one list, read without recursion.
    fn chain(&self, whole: &Sql, op: &BinaryOperator, depth: usize) -> Option<Expr> {
        let mut operands = Vec::new();
        let mut rest = whole;
        while let Sql::BinaryOp {
            left,
            op: same,
            right,
        } = rest
        {
            if same != op {
                break;
            }
            operands.push(&**right);
            rest = left;
        }
        operands.push(rest);
        let typed: Vec<Option<Expr>> = operands
            .into_iter()
            .rev()
            .map(|operand| types::condition(self.expr(operand, depth)?, self.scope))
            .collect();
        let all: Vec<Expr> = typed.into_iter().collect::<Option<_>>()?;
        let span = all.first()?.span.to(all.last()?.span);
        let kind = if *op == BinaryOperator::And {
            ExprKind::And(all)
        } else {
            ExprKind::Or(all)
        };
        Some(Expr {
            kind,
            ty: Type::Boolean,
            span,
        })
    }

    fn in_list(&self, value: &Sql, list: &[Sql], negated: bool, depth: usize) -> Option<Expr> {
        let value = self.expr(value, depth);
        let list: Vec<Option<Expr>> = list.iter().map(|item| self.expr(item, depth)).collect();
        let (value, list) = (value?, list.into_iter().collect::<Option<Vec<_>>>()?);
        types::in_list(value, list, negated, self.scope).map(|mut expr| {
            expr.span = self.text.closed(expr.span);
            expr
        })
    }

    fn case(
        &self,
        whole: &Sql,
        operand: Option<&Sql>,
        conditions: &[CaseWhen],
        otherwise: Option<&Sql>,
        depth: usize,
    ) -> Option<Expr> {
        let span = if let Sql::Case {
            case_token,
            end_token,
            ..
        } = whole
        {
            let (start, _) = self.text.range(case_token.0.span);
            let (_, end) = self.text.range(end_token.0.span);
            self.text.span(start, end)
        } else {
            self.leaf(whole)
        };
        let operand = operand.map(|operand| self.expr(operand, depth));
        let branches: Vec<_> = conditions
            .iter()
            .map(|branch| {
                (
                    self.expr(&branch.condition, depth),
                    self.expr(&branch.result, depth),
                )
            })
            .collect();
        let otherwise = otherwise.map(|otherwise| self.expr(otherwise, depth));
        let operand = operand.map_or(Some(None), |operand| operand.map(Some))?;
        let otherwise = otherwise.map_or(Some(None), |otherwise| otherwise.map(Some))?;
        let branches = branches
            .into_iter()
            .map(|(when, then)| Some((when?, then?)))
            .collect::<Option<Vec<_>>>()?;
        types::case(operand, branches, otherwise, span, self.scope)
    }

    fn refused(&self, sql: &Sql) -> Option<Expr> {
        let (what, help) = match sql {
            Sql::IsNull(_)
            | Sql::IsNotNull(_)
            | Sql::IsUnknown(_)
            | Sql::IsNotUnknown(_)
            | Sql::IsTrue(_)
            | Sql::IsNotTrue(_)
            | Sql::IsFalse(_)
            | Sql::IsNotFalse(_)
            | Sql::IsDistinctFrom(..)
            | Sql::IsNotDistinctFrom(..) => (
                "`IS …` would turn what is not known into a value",
                "what is known to be absent is `none`: ask `present(x)`; where an empty cell of the form \
                 is nought, the variable says `blank: zero`",
            ),
            Sql::Subquery(_) | Sql::Exists { .. } | Sql::InSubquery { .. } => (
                "a rule reads the facts of its own subject; sub-queries are refused",
                "make what is needed a variable",
            ),
            Sql::Like { .. } | Sql::ILike { .. } | Sql::SimilarTo { .. } | Sql::RLike { .. } => (
                "patterns are refused",
                "compare with `=` or `IN`, or use `industry_in` or `region_in`",
            ),
            Sql::Cast { .. } | Sql::Convert { .. } => (
                "types are not converted",
                "declare the variable with the type it has",
            ),
            _ => (
                "this is no part of the rule language",
                "there are + - * / = <> < <= > >= AND OR NOT IN BETWEEN CASE and the functions of the \
                 reference",
            ),
        };
        self.refuse("expression::refused", self.leaf(sql), what.to_owned(), help)
    }

    /// The place of the first leaf of a tree, found without recursion.
    pub fn leaf(&self, sql: &Sql) -> Span {
        let mut at = sql;
        loop {
            at = match at {
                Sql::BinaryOp { left, .. } => left,
                Sql::Nested(inner)
                | Sql::UnaryOp { expr: inner, .. }
                | Sql::IsNull(inner)
                | Sql::IsNotNull(inner)
                | Sql::IsUnknown(inner)
                | Sql::IsNotUnknown(inner)
                | Sql::IsTrue(inner)
                | Sql::IsNotTrue(inner)
                | Sql::IsFalse(inner)
                | Sql::IsNotFalse(inner)
                | Sql::IsDistinctFrom(inner, _)
                | Sql::IsNotDistinctFrom(inner, _)
                | Sql::Cast { expr: inner, .. }
                | Sql::Like { expr: inner, .. }
                | Sql::InSubquery { expr: inner, .. }
                | Sql::Between { expr: inner, .. }
                | Sql::InList { expr: inner, .. } => inner,
                Sql::Identifier(_) | Sql::CompoundIdentifier(_) | Sql::Value(_) => {
                    return self.place(at, 0);
                }
                _ => return self.text.span(0, self.text.masked.len()),
            };
        }
    }
}

enum Operator {
    Arithmetic(Arithmetic),
    Comparison(Comparison),
}

fn date_literal(day: NaiveDate, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Literal(Literal::Date(day)),
        ty: Type::Date,
        span,
    }
}

fn lower_first(words: &str) -> String {
    let words = words.strip_prefix("sql parser error: ").unwrap_or(words);
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}
