//! Finds the shape of every term of a binding, or that it has none and needs the row-by-row judge.

use super::shape::{Fixed, Shape, constant, ten};
use crate::expression::{Arithmetic, Function, Type};
use crate::judge::Value;
use crate::judge::{Term, TermId, TermKind, Terms};

/// Whole numbers of facts are taken up to this bound; a row beyond it is judged by itself.
pub const WHOLE_MAX: u128 = 1_000_000_000_000_000;
/// Decimals of a fact that is a number or a ratio.
pub const FACT_DECIMALS: u32 = 12;
/// Largest number of a fact, at [`FACT_DECIMALS`]: a billion.
pub const NUMBER_MAX: u128 = 1_000_000_000 * 1_000_000_000_000;

/// The shape of a fact of this type.
pub fn fact_shape(ty: Type) -> Option<Shape> {
    let fixed = |scale, bound| Some(Shape::Number(Fixed { scale, bound }));
    match ty {
        Type::Money => fixed(2, domain::money::FEN_MAX.unsigned_abs().into()),
        Type::Integer | Type::Days => fixed(0, WHOLE_MAX),
        Type::Number | Type::Ratio => fixed(FACT_DECIMALS, NUMBER_MAX),
        // Days since 1970 of any date that a calendar writes with four digits, and more.
        Type::Date => fixed(0, 10_000_000),
        Type::Boolean => Some(Shape::Truth),
        Type::Code | Type::Text => Some(Shape::Text),
        Type::Null => Some(Shape::Null),
    }
}

/// The shapes of all terms, by index.
pub fn shapes(terms: &Terms) -> Vec<Option<Shape>> {
    let mut shapes: Vec<Option<Shape>> = Vec::with_capacity(terms.len());
    for (_, term) in terms.iter() {
        let shape = Known {
            terms,
            shapes: &shapes,
        }
        .shape(term);
        shapes.push(shape);
    }
    shapes
}

struct Known<'a> {
    terms: &'a Terms,
    shapes: &'a [Option<Shape>],
}

impl Known<'_> {
    fn of(&self, id: TermId) -> Option<Shape> {
        self.shapes[id.index()]
    }

    fn all_truth(&self, ids: &[TermId]) -> Option<Shape> {
        ids.iter()
            .all(|id| matches!(self.of(*id), Some(Shape::Truth | Shape::Null)))
            .then_some(Shape::Truth)
    }

    fn shape(&self, term: &Term) -> Option<Shape> {
        match &term.kind {
            TermKind::Constant(value) => shape_of_value(value),
            TermKind::Fact(_) => fact_shape(term.ty),
            TermKind::Derived { given, formula } => union(self.of(*given)?, self.of(*formula)?),
            TermKind::SubjectId => Some(Shape::Text),
            TermKind::Not(inner) => self.all_truth(&[*inner]),
            TermKind::And(all) | TermKind::Or(all) => self.all_truth(all),
            TermKind::Negate(inner) => match self.of(*inner)? {
                shape @ (Shape::Number(_) | Shape::Quotient(..) | Shape::Null) => Some(shape),
                _ => None,
            },
            TermKind::Arithmetic(operator, left, right) => {
                arithmetic(*operator, self.of(*left)?, self.of(*right)?)
            }
            TermKind::Compare(_, left, right) => comparable(self.of(*left)?, self.of(*right)?),
            TermKind::In(value, list) => {
                let value = self.of(*value)?;
                list.iter()
                    .try_fold(Shape::Truth, |_, id| comparable(value, self.of(*id)?))
            }
            TermKind::Case {
                branches,
                otherwise,
            } => {
                let conditions: Vec<TermId> = branches.iter().map(|(when, _)| *when).collect();
                self.all_truth(&conditions)?;
                let results = branches.iter().map(|(_, then)| *then).chain(*otherwise);
                results
                    .map(|id| self.of(id))
                    .try_fold(Shape::Null, |a, b| union(a, b?))
            }
            TermKind::Call(function, arguments) => self.call(*function, arguments),
            TermKind::Present(inner) => self.of(*inner).map(|_| Shape::Truth),
            TermKind::Growth {
                now,
                base,
                compound: false,
                ..
            } => {
                let (Shape::Number(now), Shape::Number(base)) = (self.of(*now)?, self.of(*base)?)
                else {
                    return None;
                };
                let above = now.plus(base)?;
                Some(Shape::Quotient(above, base.at_scale(above.scale)?))
            }
            TermKind::Step { value, rows, .. } => {
                let value = self.of(*value)?;
                let mut result = Shape::Null;
                for (from, then) in rows.iter() {
                    comparable(value, shape_of_value(from)?)?;
                    result = union(result, shape_of_value(then)?)?;
                }
                Some(result)
            }
            TermKind::PrefixIn(code, _) => {
                matches!(self.of(*code)?, Shape::Text | Shape::Null).then_some(Shape::Truth)
            }
            TermKind::Growth { .. }
            | TermKind::Card(..)
            | TermKind::Policy(..)
            | TermKind::MonthsRunning(_) => None,
        }
    }

    fn call(&self, function: Function, arguments: &[TermId]) -> Option<Shape> {
        let number = |place: usize| match self.of(*arguments.get(place)?)? {
            Shape::Number(fixed) => Some(fixed),
            _ => None,
        };
        let whole = |bound| Some(Shape::Number(Fixed { scale: 0, bound }));
        match function {
            Function::Abs => number(0).map(Shape::Number),
            Function::Round { places } => rounded_shape(self.of(*arguments.first()?)?, places),
            Function::Least | Function::Greatest => arguments
                .iter()
                .map(|id| match self.of(*id)? {
                    shape @ (Shape::Number(_) | Shape::Null) => Some(shape),
                    _ => None,
                })
                .try_fold(Shape::Null, |a, b| union(a, b?)),
            Function::AtLeast => {
                let (count, conditions) = arguments.split_first()?;
                let constant = matches!(self.terms.get(*count).kind, TermKind::Constant(_));
                constant.then(|| self.all_truth(conditions)).flatten()
            }
            Function::YearsSince | Function::MonthsSince | Function::YearOf | Function::MonthOf => {
                number(0).and_then(|_| whole(10_000_000))
            }
            Function::AddMonths => {
                number(0)?;
                number(1)?;
                whole(10_000_000_000)
            }
            Function::ToMoney { factor } => {
                let factor = Fixed::new(0, factor.unsigned_abs().into())?;
                number(0)?.times(factor).map(Shape::Number)
            }
        }
    }
}

/// The shape of a number after rounding to `places`.
pub fn rounded_shape(shape: Shape, places: u32) -> Option<Shape> {
    match shape {
        Shape::Number(fixed) => rounded(fixed, places).map(Shape::Number),
        Shape::Quotient(above, below) => {
            // Rounded is `above * 10^(below's scale + places)` by `below * 10^(above's scale)`.
            let scaled = above.bound.checked_mul(ten(below.scale + places)?)?;
            Fixed::new(0, below.bound.checked_mul(ten(above.scale)?)?)?;
            Fixed::new(places, scaled.checked_add(1)?).map(Shape::Number)
        }
        Shape::Null => Some(Shape::Null),
        Shape::Truth | Shape::Text => None,
    }
}

fn rounded(fixed: Fixed, places: u32) -> Option<Fixed> {
    if fixed.scale <= places {
        return Some(fixed);
    }
    let power = ten(fixed.scale - places)?;
    Fixed::new(places, fixed.bound / power + 1)
}

/// The shape of a value.
pub fn shape_of_value(value: &Value) -> Option<Shape> {
    match value {
        Value::Null => Some(Shape::Null),
        Value::Number(number) => match constant(number)? {
            (_, above, None) => Some(Shape::Number(above)),
            (_, above, Some((_, below))) => Some(Shape::Quotient(above, below)),
        },
        Value::Boolean(_) => Some(Shape::Truth),
        Value::Date(_) => fact_shape(Type::Date),
        Value::Text(_) => Some(Shape::Text),
        Value::Absent | Value::Interval { .. } | Value::Rate { .. } => None,
    }
}

/// What holds the values of both.
fn union(a: Shape, b: Shape) -> Option<Shape> {
    match (a, b) {
        (Shape::Null, other) | (other, Shape::Null) => Some(other),
        (Shape::Truth, Shape::Truth) => Some(Shape::Truth),
        (Shape::Text, Shape::Text) => Some(Shape::Text),
        (Shape::Number(a), Shape::Number(b)) => a.union(b).map(Shape::Number),
        (Shape::Number(_) | Shape::Quotient(..), Shape::Number(_) | Shape::Quotient(..)) => {
            let ((a_above, a_below), (b_above, b_below)) = (quotient(a)?, quotient(b)?);
            Some(Shape::Quotient(
                a_above.union(b_above)?,
                a_below.union(b_below)?,
            ))
        }
        _ => None,
    }
}

/// A number as a quotient by one.
pub fn quotient(shape: Shape) -> Option<(Fixed, Fixed)> {
    match shape {
        Shape::Number(fixed) => Some((fixed, Fixed { scale: 0, bound: 1 })),
        Shape::Quotient(above, below) => Some((above, below)),
        _ => None,
    }
}

/// The shape of a calculation.
pub fn arithmetic(operator: Arithmetic, left: Shape, right: Shape) -> Option<Shape> {
    if left == Shape::Null || right == Shape::Null {
        return Some(Shape::Null);
    }
    if let (Shape::Number(a), Shape::Number(b)) = (left, right) {
        return match operator {
            Arithmetic::Add | Arithmetic::Subtract => a.plus(b).map(Shape::Number),
            Arithmetic::Multiply => a.times(b).map(Shape::Number),
            Arithmetic::Divide => Some(Shape::Quotient(a, b)),
        };
    }
    let ((a, b), (c, d)) = (quotient(left)?, quotient(right)?);
    match operator {
        Arithmetic::Add | Arithmetic::Subtract => {
            Some(Shape::Quotient(a.times(d)?.plus(c.times(b)?)?, b.times(d)?))
        }
        Arithmetic::Multiply => Some(Shape::Quotient(a.times(c)?, b.times(d)?)),
        Arithmetic::Divide => Some(Shape::Quotient(a.times(d)?, b.times(c)?)),
    }
}

/// Whether two shapes can be compared without losing a digit: the products of the cross-multiplication
/// have to fit.
fn comparable(left: Shape, right: Shape) -> Option<Shape> {
    match (left, right) {
        (Shape::Null, _)
        | (_, Shape::Null)
        | (Shape::Text, Shape::Text)
        | (Shape::Truth, Shape::Truth) => Some(Shape::Truth),
        (Shape::Number(a), Shape::Number(b)) => a.union(b).map(|_| Shape::Truth),
        _ => {
            let ((a, b), (c, d)) = (quotient(left)?, quotient(right)?);
            a.times(d)?.union(c.times(b)?).map(|_| Shape::Truth)
        }
    }
}
