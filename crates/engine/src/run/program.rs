//! The terms of a binding evaluated for a batch of rows, each distinct term once.

use datafusion::arrow::array::{Array, BooleanArray, StringArray};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::arrow::compute::{and_kleene, not, or_kleene};

use super::arithmetic;
use super::bits;
use super::functions;
use super::infer;
use super::select;
use super::shape::Shape;
use super::text;
use super::vector::{Column, Numbers, Vector, same_truth};
use crate::expression::{Arithmetic, Comparison, Function, Type};
use crate::judge::Value;
use crate::judge::{FactTerm, Term, TermId, TermKind, Terms};

/// Where a batch's facts come from.
pub trait Source {
    /// The rows of a fact: under the first of its keys that is known, row by row.
    fn fact(&self, fact: &FactTerm, shape: Shape) -> Column;
    /// The identities of the rows.
    fn subject_ids(&self) -> StringArray;
    /// How many rows there are.
    fn rows(&self) -> usize;
}

/// What is evaluated for every batch.
#[derive(Debug)]
pub struct Program {
    terms: Terms,
    shapes: Vec<Option<Shape>>,
    /// The terms below the roots, parts before what they are part of.
    order: Vec<TermId>,
    /// By index of a term: the place in `order` after which nobody needs it; roots are kept.
    last_use: Vec<usize>,
    as_of: chrono::NaiveDate,
}

impl Program {
    /// A program for these roots; every root has a shape (see [`Program::shapes_of`]).
    pub fn new(
        terms: &Terms,
        shapes: Vec<Option<Shape>>,
        roots: &[TermId],
        as_of: chrono::NaiveDate,
    ) -> Self {
        let mut wanted = vec![false; terms.len()];
        for root in roots {
            for id in terms.below(*root) {
                wanted[id.index()] = true;
            }
        }
        let order: Vec<TermId> = terms
            .iter()
            .map(|(id, _)| id)
            .filter(|id| wanted[id.index()])
            .collect();
        let mut last_use = vec![0; terms.len()];
        for (place, id) in order.iter().enumerate() {
            last_use[id.index()] = place;
            for child in terms.get(*id).children() {
                last_use[child.index()] = place;
            }
        }
        for root in roots {
            last_use[root.index()] = usize::MAX;
        }
        Self {
            terms: terms.clone(),
            shapes,
            order,
            last_use,
            as_of,
        }
    }

    /// The shapes of a binding's terms; `None` for what is judged row by row.
    pub fn shapes_of(terms: &Terms) -> Vec<Option<Shape>> {
        infer::shapes(terms)
    }

    /// The facts that the program reads.
    pub fn facts(&self) -> impl Iterator<Item = &FactTerm> {
        self.order
            .iter()
            .filter_map(|id| match &self.terms.get(*id).kind {
                TermKind::Fact(fact) => Some(fact.as_ref()),
                _ => None,
            })
    }

    /// The shape of a term that the program evaluates.
    pub fn shape(&self, id: TermId) -> Shape {
        self.shapes[id.index()].expect("a program holds terms with a shape")
    }

    /// The values of the roots, by index of the term.
    pub fn run(&self, source: &dyn Source) -> Vec<Option<Column>> {
        let mut values: Vec<Option<Column>> = vec![None; self.terms.len()];
        for (place, id) in self.order.iter().enumerate() {
            let term = self.terms.get(*id);
            let column = Batch {
                program: self,
                source,
                values: &values,
            }
            .evaluate(*id, term);
            values[id.index()] = Some(column);
            for child in term.children() {
                if self.last_use[child.index()] == place {
                    values[child.index()] = None;
                }
            }
        }
        values
    }
}

struct Batch<'a> {
    program: &'a Program,
    source: &'a dyn Source,
    values: &'a [Option<Column>],
}

impl Batch<'_> {
    fn rows(&self) -> usize {
        self.source.rows()
    }

    fn column(&self, id: TermId) -> &Column {
        self.values[id.index()]
            .as_ref()
            .expect("parts are evaluated before what they are part of")
    }

    fn shape(&self, id: TermId) -> Shape {
        self.program.shape(id)
    }

    fn truth(&self, id: TermId) -> BooleanArray {
        match &self.column(id).vector {
            Vector::Truth(truth) => truth.clone(),
            _ => same_truth(None, self.rows()),
        }
    }

    fn evaluate(&self, id: TermId, term: &Term) -> Column {
        let shape = self.shape(id);
        match &term.kind {
            TermKind::Constant(value) => Column::plain(self.constant(value)),
            TermKind::Fact(fact) => self.source.fact(fact, shape),
            TermKind::Derived { given, formula } => self.derived(*given, *formula, shape),
            TermKind::SubjectId => {
                Column::plain(Vector::Text(std::sync::Arc::new(self.source.subject_ids())))
            }
            TermKind::Not(inner) => truth(not(&self.truth(*inner))),
            TermKind::And(all) => truth(self.fold(all, and_kleene)),
            TermKind::Or(all) => truth(self.fold(all, or_kleene)),
            TermKind::Negate(inner) => {
                Column::plain(functions::negate(&self.column(*inner).vector))
            }
            TermKind::Arithmetic(operator, left, right) => {
                let result = self.arithmetic(*operator, *left, *right, shape);
                Column::plain(if term.ty == Type::Date {
                    functions::within_calendar(result, self.rows())
                } else {
                    result
                })
            }
            TermKind::Compare(operator, left, right) => {
                truth(Ok(self.compare(*operator, *left, *right)))
            }
            TermKind::In(value, list) => {
                if let Some(any) = self.in_words(*value, list) {
                    return truth(Ok(any));
                }
                let mut any = same_truth(Some(false), self.rows());
                for item in list {
                    let equal = self.compare(Comparison::Equal, *value, *item);
                    any = or_kleene(&any, &equal).expect("both have the rows of the batch");
                }
                truth(Ok(any))
            }
            TermKind::Case {
                branches,
                otherwise,
            } => self.case(branches, *otherwise, shape),
            TermKind::Call(function, arguments) => self.call(*function, arguments, shape),
            TermKind::Present(inner) => truth(Ok(self.present(*inner))),
            TermKind::Growth { now, base, .. } => Column::plain(self.growth(*now, *base, shape)),
            TermKind::Step { value, rows, after } => self.steps(*value, rows, *after, shape),
            TermKind::PrefixIn(code, prefixes) => {
                let code = self.column(*code);
                truth(Ok(text::has_prefix(&code.vector, prefixes, self.rows())))
            }
            TermKind::Card(..) | TermKind::Policy(..) | TermKind::MonthsRunning(_) => {
                unreachable!("these have no shape, so no program holds them")
            }
        }
    }

    fn constant(&self, value: &Value) -> Vector {
        select::constant_vector(value, self.rows())
    }

    fn fold(
        &self,
        all: &[TermId],
        with: impl Fn(
            &BooleanArray,
            &BooleanArray,
        ) -> Result<BooleanArray, datafusion::arrow::error::ArrowError>,
    ) -> Result<BooleanArray, datafusion::arrow::error::ArrowError> {
        let mut each = all.iter().map(|id| self.truth(*id));
        let first = each
            .next()
            .unwrap_or_else(|| same_truth(Some(true), self.rows()));
        each.try_fold(first, |left, right| with(&left, &right))
    }

    /// The given value where there is one, known absence too; else the formula's.
    fn derived(&self, given: TermId, formula: TermId, shape: Shape) -> Column {
        let given_column = self.column(given);
        let absent = given_column.absent.clone();
        let known =
            (0..self.rows()).map(|row| given_column.has_value(row) || given_column.is_absent(row));
        let known: BooleanBuffer = known.collect();
        if known.count_set_bits() == 0 {
            let column = self.column(formula);
            let vector = select::fit(&column.vector, self.shape(formula), shape);
            return Column {
                vector,
                absent: column.absent.clone(),
            };
        }
        let formula_column = self.column(formula);
        let parts = [
            (
                known.clone(),
                select::fit(&given_column.vector, self.shape(given), shape),
            ),
            (
                !&known,
                select::fit(&formula_column.vector, self.shape(formula), shape),
            ),
        ];
        let from_formula = formula_column
            .absent
            .as_ref()
            .map(|absent| absent & &parts[1].0);
        Column {
            vector: select::pick(&parts, shape, self.rows()),
            absent: bits::either(absent, from_formula),
        }
    }

    fn case(
        &self,
        branches: &[(TermId, TermId)],
        otherwise: Option<TermId>,
        shape: Shape,
    ) -> Column {
        // Rows still undecided: all conditions above were false. A condition that is not known ends
        // the case with NULL.
        let mut open = BooleanBuffer::new_set(self.rows());
        let mut parts = Vec::new();
        let mut absent = None;
        for (when, then) in branches {
            let condition = self.truth(*when);
            let holds = bits::true_bits(&condition);
            let taken = &open & &holds;
            absent = bits::either(
                absent,
                self.column(*then).absent.as_ref().map(|a| a & &taken),
            );
            let vector = select::fit(&self.column(*then).vector, self.shape(*then), shape);
            parts.push((taken, vector));
            open = &open & &bits::false_bits(&condition);
        }
        if let Some(id) = otherwise {
            absent = bits::either(absent, self.column(id).absent.as_ref().map(|a| a & &open));
            parts.push((
                open,
                select::fit(&self.column(id).vector, self.shape(id), shape),
            ));
        }
        Column {
            vector: select::pick(&parts, shape, self.rows()),
            absent,
        }
    }

    fn steps(&self, value: TermId, rows: &[(Value, Value)], after: bool, shape: Shape) -> Column {
        let operator = if after {
            Comparison::Greater
        } else {
            Comparison::GreaterOrEqual
        };
        let mut open = BooleanBuffer::new_set(self.rows());
        let mut parts = Vec::new();
        for (from, then) in rows.iter().rev() {
            let from_shape = infer::shape_of_value(from).expect("the plan checked the table");
            let reached = self.compare_vectors(
                operator,
                (&self.column(value).vector, self.shape(value)),
                (&self.constant(from), from_shape),
            );
            let taken = &open & &bits::true_bits(&reached);
            open = &open & &bits::false_bits(&reached);
            let then_shape = infer::shape_of_value(then).expect("the plan checked the table");
            parts.push((taken, select::fit(&self.constant(then), then_shape, shape)));
        }
        Column::plain(select::pick(&parts, shape, self.rows()))
    }

    fn arithmetic(
        &self,
        operator: Arithmetic,
        left: TermId,
        right: TermId,
        shape: Shape,
    ) -> Vector {
        let (a, b) = (&self.column(left).vector, &self.column(right).vector);
        functions::calculate(
            operator,
            (a, self.shape(left)),
            (b, self.shape(right)),
            shape,
            self.rows(),
        )
    }

    fn compare(&self, operator: Comparison, left: TermId, right: TermId) -> BooleanArray {
        let (a, b) = (self.column(left), self.column(right));
        let plain = self.compare_vectors(
            operator,
            (&a.vector, self.shape(left)),
            (&b.vector, self.shape(right)),
        );
        match bits::either(a.absent.clone(), b.absent.clone()) {
            // What is absent compares false, and unequal.
            Some(absent) => {
                let value = operator == Comparison::NotEqual;
                let values = if value {
                    plain.values() | &absent
                } else {
                    plain.values() & &!&absent
                };
                let nulls = plain
                    .nulls()
                    .map(|nulls| NullBuffer::new(nulls.inner() | &absent));
                BooleanArray::new(values, nulls)
            }
            None => plain,
        }
    }

    /// Whether a text is one of these words, where all of them are the same for all rows: one look at
    /// each text instead of one a word.
    fn in_words(&self, value: TermId, list: &[TermId]) -> Option<BooleanArray> {
        let words = list.iter().map(|id| match &self.column(*id).vector {
            Vector::SameText(word) => Some(word.as_str()),
            _ => None,
        });
        let words: Vec<&str> = words.collect::<Option<_>>()?;
        let column = self.column(value);
        let found = match &column.vector {
            vector @ Vector::Text(_) => text::is_any(vector, &words, self.rows()),
            _ => return None,
        };
        let Some(absent) = &column.absent else {
            return Some(found);
        };
        // What is absent is none of them.
        let nulls = found
            .nulls()
            .map(|nulls| NullBuffer::new(nulls.inner() | absent));
        Some(BooleanArray::new(found.values() & &!absent, nulls))
    }

    fn compare_vectors(
        &self,
        operator: Comparison,
        left: (&Vector, Shape),
        right: (&Vector, Shape),
    ) -> BooleanArray {
        functions::compare(operator, left, right, self.rows())
    }

    fn present(&self, id: TermId) -> BooleanArray {
        let column = self.column(id);
        let valid = column.valid(self.rows());
        let absent = column.absent.clone();
        let values = match &absent {
            Some(absent) => !absent,
            None => BooleanBuffer::new_set(self.rows()),
        };
        let known = match (valid, absent) {
            (None, _) => None,
            (Some(valid), None) => Some(valid),
            (Some(valid), Some(absent)) => Some(NullBuffer::new(valid.inner() | &absent)),
        };
        BooleanArray::new(values, known)
    }

    fn growth(&self, now: TermId, base: TermId, shape: Shape) -> Vector {
        let Shape::Quotient(into_above, into_below) = shape else {
            return Vector::Null;
        };
        let (Vector::Numbers(now_n), Vector::Numbers(base_n)) =
            (&self.column(now).vector, &self.column(base).vector)
        else {
            return Vector::Null;
        };
        let (Shape::Number(now_is), Shape::Number(base_is)) = (self.shape(now), self.shape(base))
        else {
            return Vector::Null;
        };
        let rows = self.rows();
        let above = arithmetic::subtract(
            &now_n.digits,
            now_is,
            &base_n.digits,
            base_is,
            rows,
            into_above,
        );
        let below = arithmetic::rescale(&base_n.digits, base_is.scale, into_below);
        let positive = arithmetic::rows_where(&below, Comparison::Greater, rows);
        let known = arithmetic::both(now_n.nulls.as_ref(), base_n.nulls.as_ref());
        let above = Numbers {
            digits: above,
            nulls: arithmetic::both(known.as_ref(), positive.as_ref()),
        };
        Vector::Quotients { above, below }
    }

    fn call(&self, function: Function, arguments: &[TermId], shape: Shape) -> Column {
        let columns: Vec<(&Vector, Shape)> = arguments
            .iter()
            .map(|id| (&self.column(*id).vector, self.shape(*id)))
            .collect();
        if function == Function::AtLeast {
            let wanted = match &columns[0] {
                (Vector::Numbers(numbers), Shape::Number(is)) if is.scale == 0 => {
                    numbers.digits.at(0)
                }
                _ => return Column::plain(Vector::Null),
            };
            let conditions: Vec<BooleanArray> =
                arguments[1..].iter().map(|id| self.truth(*id)).collect();
            return truth(Ok(functions::at_least(wanted, &conditions, self.rows())));
        }
        Column::plain(functions::call(
            function,
            &columns,
            shape,
            self.program.as_of,
            self.rows(),
        ))
    }
}

fn truth(result: Result<BooleanArray, datafusion::arrow::error::ArrowError>) -> Column {
    let truth = result.expect("all arrays of a batch have its rows");
    Column::plain(Vector::Truth(truth))
}
