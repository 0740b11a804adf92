//! Reading how the points of an item come about.

use super::Card;
use crate::check::types::comparable;
use crate::diagnostic::Diagnostic;
use crate::expression::{Expr, TableRef, Type};
use crate::load::fields::{self, Fields, wrong};
use crate::load::keys;
use crate::load::parameter::table_rows;
use crate::load::yaml::{Node, Value};
use crate::parse::{Place, Wanted};
use crate::rulebook::{Direction, Method, ParameterType, Points};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    MinMax,
    Percentile,
    Steps,
    Linear,
    Expr,
}

const METHODS: [(&str, Word); 5] = [
    ("min_max", Word::MinMax),
    ("percentile", Word::Percentile),
    ("steps", Word::Steps),
    ("linear", Word::Linear),
    ("expr", Word::Expr),
];

const DIRECTIONS: [(&str, Direction); 2] =
    [("higher", Direction::Higher), ("lower", Direction::Lower)];

impl Card<'_> {
    /// The points of an item: a band, an expression, or a method over its value.
    pub(super) fn points(&self, map: &Fields<'_>, value: Option<&Expr>) -> Option<Points> {
        if let Some(band) = self.band(map) {
            return band;
        }
        let found = self.reader.found;
        let node = map.require("score", found)?;
        let method = if matches!(node.value, Value::Map(_)) {
            self.method(node, value)
        } else {
            self.points_expression(node, value).map(Method::Expr)
        };
        let method = method?;
        let needs_value = !matches!(method, Method::Expr(_));
        if needs_value && value.is_none() {
            found.push(
                Diagnostic::error("form::required", node.span, "this method needs `value`")
                    .help("add `value:` to the item"),
            );
            return None;
        }
        if needs_value && map.get("weight").is_none() && !matches!(method, Method::Steps { .. }) {
            found.push(
                Diagnostic::error("form::required", node.span, "this method needs `weight`")
                    .help("add `weight:` to the item"),
            );
            return None;
        }
        Some(Points::Method(method))
    }

    /// `low` and `high`, where one of them is there.
    #[expect(
        clippy::option_option,
        reason = "no band, and a band with a mistake in it, are two things"
    )]
    pub(super) fn band(&self, map: &Fields<'_>) -> Option<Option<Points>> {
        if map.get("low").is_none() && map.get("high").is_none() {
            return None;
        }
        let found = self.reader.found;
        if let Some((key, _)) = map.entry("score") {
            found.push(
                Diagnostic::error(
                    "form::key",
                    key.span,
                    "there is a band, and `score` beside it",
                )
                .help("keep `low` and `high`, or keep `score`"),
            );
        }
        let end = |key| map.require(key, found).and_then(|node| self.number(node));
        let (low, high) = (end("low"), end("high"));
        Some(low.zip(high).map(|(low, high)| Points::Band { low, high }))
    }

    fn points_expression(&self, node: &Node, value: Option<&Expr>) -> Option<Expr> {
        let place = Place::ItemScore(value.map(|value| value.ty));
        self.expression(node, Wanted::PlainNumber, place)
    }

    fn method(&self, node: &Node, value: Option<&Expr>) -> Option<Method> {
        let found = self.reader.found;
        let map = Fields::read(node, "a score", &[keys::SCORE], found)?;
        let word = map
            .require("method", found)
            .and_then(|node| fields::choice(node, "method", &METHODS, found))?;
        let direction = map
            .get("direction")
            .and_then(|node| fields::choice(node, "direction", &DIRECTIONS, found))
            .unwrap_or(Direction::Higher);
        let allowed: &[&str] = match word {
            Word::MinMax | Word::Percentile => &["method", "direction"],
            Word::Steps => &["method", "table", "after"],
            Word::Linear => &["method", "from", "to"],
            Word::Expr => &["method", "expr"],
        };
        Fields::read(node, "a score by this method", &[allowed], found)?;
        match word {
            Word::MinMax => Some(Method::MinMax(direction)),
            Word::Percentile => Some(Method::Percentile(direction)),
            Word::Steps => self.steps(&map, value),
            Word::Linear => {
                let end = |key| {
                    let node = map.require(key, found)?;
                    let expr = self.expression(node, Wanted::Numeric, Place::Elsewhere)?;
                    self.same_unit(expr, value)
                };
                let (from, to) = (end("from"), end("to"));
                Some(Method::Linear {
                    from: from?,
                    to: to?,
                })
            }
            Word::Expr => self
                .points_expression(map.require("expr", found)?, value)
                .map(Method::Expr),
        }
    }

    fn same_unit(&self, expr: Expr, value: Option<&Expr>) -> Option<Expr> {
        let Some(value) = value.filter(|value| !comparable(value.ty, expr.ty)) else {
            return Some(expr);
        };
        self.reader.found.push(
            Diagnostic::error(
                "unit::mismatch",
                expr.span,
                format!("the value is {} and its limit {}", value.ty, expr.ty),
            )
            .label(format!("this is {}", expr.ty))
            .also(value.span, format!("this is {}", value.ty))
            .help("write the limit in the unit of the value, such as `yuan(…)`"),
        );
        None
    }

    fn steps(&self, map: &Fields<'_>, value: Option<&Expr>) -> Option<Method> {
        let found = self.reader.found;
        let after = map
            .get("after")
            .and_then(|node| fields::boolean(node, "`after`", found))
            .unwrap_or(false);
        let node = map.require("table", found)?;
        let ty = value.map_or(Type::Number, |value| value.ty);
        let table = match &node.value {
            Value::List(_) => {
                let from = if ty == Type::Money || ty == Type::Date {
                    ty
                } else {
                    Type::Number
                };
                TableRef::Inline(table_rows(node, from, Type::Number, found)?)
            }
            _ => TableRef::Parameter(self.table_name(node, ty)?),
        };
        Some(Method::Steps { table, after })
    }

    fn table_name(&self, node: &Node, ty: Type) -> Option<String> {
        let reader = self.reader;
        let text = fields::text(node, "a table", reader.found)?;
        let name = reader
            .names
            .current(text.strip_prefix("p.").unwrap_or(text));
        reader.found.use_parameter(name);
        let Some(parameter) = reader.names.parameters.get(name) else {
            let known: Vec<String> = reader.names.parameters.keys().cloned().collect();
            self.unknown("table", name, node, &known);
            return None;
        };
        match parameter.ty {
            ParameterType::Table(from, points)
                if comparable(from, ty) && points.is_plain_number() =>
            {
                Some(name.to_owned())
            }
            _ => {
                wrong(
                    node,
                    "`table`",
                    &format!("a table of [{ty}, number]"),
                    reader.found,
                );
                None
            }
        }
    }
}
