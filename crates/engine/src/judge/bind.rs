//! Binding: typed expressions become terms for one assessment date and one reader.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::SubjectKind;
use indexmap::IndexMap;

use super::moment::Moment;
use super::term::{CardId, TermId, TermKind, Terms, rows_of};
use super::value::Value;
use crate::expression::{
    Arithmetic, Comparison, Expr, ExprKind, Function, TableRef, Type, WindowFunction,
};
use crate::rulebook::{ParameterValue, Rulebook, VariableKey, owner_of};

/// Months that `months_running` looks back at most; a longer run is "at least so many".
pub const MONTHS_RUNNING_MAX: u32 = 60;

/// Who reads: what is the same for all that one policy or card reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Reader {
    /// The kind of subject that is judged.
    pub judged: SubjectKind,
    /// Whose facts are read where the rule is for the owner of the record that is judged.
    pub owner: bool,
    /// The year that a yearly fact without a suffix is of.
    pub year: i32,
    /// Definitions under which facts are looked for first, the nearest first.
    pub definitions: Vec<String>,
}

/// What an expression may read beside facts and parameters.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub reader: &'s Arc<Reader>,
    pub moment: Moment,
    /// For whom the rule is written.
    pub subject: &'s SubjectKind,
    pub lets: &'s IndexMap<String, Expr>,
    /// Periods that every variable is shifted back, each by its own.
    pub back: u32,
    /// What `amount` is, in `saves` and `parts`.
    pub own_amount: Option<TermId>,
    /// What `value` and `weight` are, in an item's points.
    pub item: Option<(TermId, TermId)>,
}

pub(super) type FormulaKey = (VariableKey, Arc<Reader>, Moment);
/// The file by the address of its names, the name, who reads it and when.
type LetKey = (usize, String, Arc<Reader>, Moment, u32);

/// Names of facts that are given under a rule's own definition, with the rule: `(ip_class1, little_giant)`.
pub type Definitions = BTreeSet<(String, String)>;

/// What makes terms from expressions.
pub(super) struct Binder<'r> {
    pub rulebook: &'r Rulebook,
    pub as_of: NaiveDate,
    pub set: &'r HashMap<String, ParameterValue>,
    pub definitions: &'r Definitions,
    pub terms: Terms,
    /// Cards in the order in which they were bound, each after those it reads.
    pub cards: Vec<super::bound::BoundCard>,
    pub card_ids: HashMap<(String, Arc<Reader>), CardId>,
    /// Policies that some term reads and that are to be bound, too.
    pub wanted_policies: Vec<(String, Arc<Reader>)>,
    pub(super) formulas: HashMap<FormulaKey, Option<TermId>>,
    lets: HashMap<LetKey, TermId>,
}

impl<'r> Binder<'r> {
    pub fn new(
        rulebook: &'r Rulebook,
        as_of: NaiveDate,
        set: &'r HashMap<String, ParameterValue>,
        definitions: &'r Definitions,
    ) -> Self {
        Self {
            rulebook,
            as_of,
            set,
            definitions,
            terms: Terms::default(),
            cards: Vec::new(),
            card_ids: HashMap::new(),
            wanted_policies: Vec::new(),
            formulas: HashMap::new(),
            lets: HashMap::new(),
        }
    }

    /// Those of these definitions under which any fact is given: rules that nobody gives facts of their
    /// own share all their terms.
    pub fn definitions_in_use<'d>(&self, ids: impl IntoIterator<Item = &'d String>) -> Vec<String> {
        ids.into_iter()
            .filter(|id| {
                self.definitions
                    .iter()
                    .any(|(_, definition)| definition == *id)
            })
            .cloned()
            .collect()
    }

    /// The value of a parameter on the assessment date.
    fn parameter(&self, name: &str) -> Option<&ParameterValue> {
        self.set
            .get(name)
            .or_else(|| self.rulebook.parameter_on(name, self.as_of))
    }

    /// The term of an expression.
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of expression")]
    pub fn expr(&mut self, expr: &Expr, scope: Scope<'_>) -> TermId {
        let ty = expr.ty;
        let kind = match &expr.kind {
            ExprKind::Literal(literal) => TermKind::Constant(Value::from_literal(literal)),
            ExprKind::Variable(variable) => return self.variable(variable, ty, scope),
            ExprKind::Parameter(name) => TermKind::Constant(
                self.parameter(name)
                    .and_then(|value| value.scalar.as_ref())
                    .map_or(Value::Null, Value::from_literal),
            ),
            ExprKind::Let(name) => return self.named(name, ty, scope),
            ExprKind::OwnAmount => match scope.own_amount {
                Some(amount) => return amount,
                None => TermKind::Constant(Value::Null),
            },
            ExprKind::ItemValue | ExprKind::ItemWeight => match scope.item {
                Some((value, _)) if matches!(expr.kind, ExprKind::ItemValue) => return value,
                Some((_, weight)) => return weight,
                None => TermKind::Constant(Value::Null),
            },
            ExprKind::AsOf => TermKind::Constant(Value::Date(scope.moment.as_of)),
            ExprKind::SubjectId => TermKind::SubjectId,
            ExprKind::Not(inner) => TermKind::Not(self.expr(inner, scope)),
            ExprKind::And(all) => TermKind::And(self.all(all, scope)),
            ExprKind::Or(all) => TermKind::Or(self.all(all, scope)),
            ExprKind::Negate(inner) => TermKind::Negate(self.expr(inner, scope)),
            ExprKind::Arithmetic {
                operator,
                left,
                right,
            } => {
                let (left, right) = (self.expr(left, scope), self.expr(right, scope));
                TermKind::Arithmetic(*operator, left, right)
            }
            ExprKind::Compare {
                operator,
                left,
                right,
            } => {
                let (left, right) = (self.expr(left, scope), self.expr(right, scope));
                TermKind::Compare(*operator, left, right)
            }
            ExprKind::Between {
                value,
                low,
                high,
                negated,
            } => {
                return self.between(value, low, high, *negated, scope);
            }
            ExprKind::In {
                value,
                list,
                negated,
            } => {
                let value = self.expr(value, scope);
                let inside = TermKind::In(value, self.all(list, scope));
                return self.negated(inside, *negated);
            }
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => self.case(operand.as_deref(), branches, otherwise.as_deref(), scope),
            ExprKind::Call {
                function,
                arguments,
            } => TermKind::Call(*function, self.call_arguments(*function, arguments, scope)),
            ExprKind::Present(inner) => TermKind::Present(self.expr(inner, scope)),
            ExprKind::Window {
                function,
                of,
                periods,
            } => {
                return self.window(*function, of, *periods, ty, scope);
            }
            ExprKind::Growth {
                of,
                periods,
                compound,
            } => TermKind::Growth {
                now: self.expr(of, scope),
                base: self.expr(of, scope.back_by(*periods)),
                periods: *periods,
                compound: *compound,
            },
            ExprKind::Step {
                value,
                table,
                after,
            } => TermKind::Step {
                value: self.expr(value, scope),
                rows: self.rows(table),
                after: *after,
            },
            ExprKind::PrefixIn { code, prefixes } => {
                TermKind::PrefixIn(self.expr(code, scope), prefixes.clone())
            }
            ExprKind::Card { card, part } => match self.card(card, scope) {
                Some(id) => TermKind::Card(id, part.clone()),
                None => TermKind::Constant(Value::Null),
            },
            ExprKind::Policy { policy, part } => {
                self.wanted_policies
                    .push((policy.clone(), Arc::clone(scope.reader)));
                TermKind::Policy(policy.clone(), *part)
            }
            ExprKind::MonthsRunning(condition) => {
                let months = (0..MONTHS_RUNNING_MAX)
                    .map(|ago| {
                        let moment = scope.moment.ago(ago);
                        self.expr(condition, Scope { moment, ..scope })
                    })
                    .collect();
                TermKind::MonthsRunning(months)
            }
        };
        self.terms.intern(kind, ty)
    }

    fn all(&mut self, all: &[Expr], scope: Scope<'_>) -> Vec<TermId> {
        all.iter().map(|expr| self.expr(expr, scope)).collect()
    }

    fn negated(&mut self, kind: TermKind, negated: bool) -> TermId {
        let plain = self.terms.intern(kind, Type::Boolean);
        if negated {
            self.terms.intern(TermKind::Not(plain), Type::Boolean)
        } else {
            plain
        }
    }

    fn between(
        &mut self,
        value: &Expr,
        low: &Expr,
        high: &Expr,
        negated: bool,
        scope: Scope<'_>,
    ) -> TermId {
        let (value, low, high) = (
            self.expr(value, scope),
            self.expr(low, scope),
            self.expr(high, scope),
        );
        let from = TermKind::Compare(Comparison::GreaterOrEqual, value, low);
        let until = TermKind::Compare(Comparison::LessOrEqual, value, high);
        let both = [from, until].map(|kind| self.terms.intern(kind, Type::Boolean));
        self.negated(TermKind::And(both.to_vec()), negated)
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        scope: Scope<'_>,
    ) -> TermKind {
        let operand = operand.map(|operand| self.expr(operand, scope));
        let branches = branches
            .iter()
            .map(|(when, then)| {
                let mut when = self.expr(when, scope);
                if let Some(operand) = operand {
                    let equal = TermKind::Compare(Comparison::Equal, operand, when);
                    when = self.terms.intern(equal, Type::Boolean);
                }
                (when, self.expr(then, scope))
            })
            .collect();
        let otherwise = otherwise.map(|otherwise| self.expr(otherwise, scope));
        TermKind::Case {
            branches,
            otherwise,
        }
    }

    /// The arguments of a function; those that count up to the assessment date get it behind their own.
    fn call_arguments(
        &mut self,
        function: Function,
        arguments: &[Expr],
        scope: Scope<'_>,
    ) -> Vec<TermId> {
        let mut bound = self.all(arguments, scope);
        if matches!(function, Function::YearsSince | Function::MonthsSince) {
            bound.push(
                self.terms
                    .constant(Value::Date(scope.moment.as_of), Type::Date),
            );
        }
        bound
    }

    /// What a `let` name stands for.
    fn named(&mut self, name: &str, ty: Type, scope: Scope<'_>) -> TermId {
        let file = std::ptr::from_ref(scope.lets).addr();
        let key = (
            file,
            name.to_owned(),
            Arc::clone(scope.reader),
            scope.moment,
            scope.back,
        );
        if let Some(id) = self.lets.get(&key) {
            return *id;
        }
        let id = match scope.lets.get(name) {
            Some(expr) => self.expr(expr, scope),
            None => self.terms.constant(Value::Null, ty),
        };
        self.lets.insert(key, id);
        id
    }

    pub(super) fn rows(&self, table: &TableRef) -> Arc<Vec<(Value, Value)>> {
        match table {
            TableRef::Parameter(name) => self
                .parameter(name)
                .map_or_else(Arc::default, |value| rows_of(&value.rows)),
            TableRef::Inline(rows) => rows_of(rows),
        }
    }

    fn window(
        &mut self,
        function: WindowFunction,
        of: &Expr,
        periods: u32,
        ty: Type,
        scope: Scope<'_>,
    ) -> TermId {
        let all: Vec<TermId> = (0..periods)
            .rev()
            .map(|back| self.expr(of, scope.back_by(back)))
            .collect();
        match function {
            // A sum of one is still a calculation: NULL for what is absent.
            WindowFunction::Sum if periods == 1 => {
                let nought = self.terms.constant(Value::integer(0), ty);
                self.terms
                    .intern(TermKind::Arithmetic(Arithmetic::Add, all[0], nought), ty)
            }
            WindowFunction::Sum => self.sum(&all, ty),
            WindowFunction::Average => {
                let sum = self.sum(&all, if of.ty == Type::Money { ty } else { of.ty });
                let count = self
                    .terms
                    .constant(Value::integer(i64::from(periods)), Type::Integer);
                self.terms
                    .intern(TermKind::Arithmetic(Arithmetic::Divide, sum, count), ty)
            }
            WindowFunction::Least => self.terms.intern(TermKind::Call(Function::Least, all), ty),
            WindowFunction::Greatest => self
                .terms
                .intern(TermKind::Call(Function::Greatest, all), ty),
        }
    }

    /// The sum as a balanced tree, so that a long window is no deep term.
    fn sum(&mut self, all: &[TermId], ty: Type) -> TermId {
        match all {
            [] => self.terms.constant(Value::integer(0), ty),
            [one] => *one,
            _ => {
                let (left, right) = all.split_at(all.len() / 2);
                let (left, right) = (self.sum(left, ty), self.sum(right, ty));
                self.terms
                    .intern(TermKind::Arithmetic(Arithmetic::Add, left, right), ty)
            }
        }
    }
}

impl Scope<'_> {
    fn back_by(self, periods: u32) -> Self {
        Self {
            back: self.back.saturating_add(periods),
            ..self
        }
    }

    /// The same reader, but of the owner's facts where a record's rule asks for a rule of its owner.
    pub(super) fn reader_for(&self, subject: &SubjectKind) -> Arc<Reader> {
        let of_owner = owner_of(self.subject).as_ref() == Some(subject);
        if of_owner && !self.reader.owner {
            Arc::new(Reader {
                owner: true,
                ..(**self.reader).clone()
            })
        } else {
            Arc::clone(self.reader)
        }
    }
}
