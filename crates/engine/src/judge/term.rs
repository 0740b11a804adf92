//! Bound terms: expressions for one assessment date, each distinct one once.
//!
//! A [`Term`] has no names left: parameters are constants, `let` names are what they stand for, facts are
//! concrete keys with their period, windows over several periods are spelled out. Terms refer to each
//! other by [`TermId`]; a term only refers to smaller ids, so the table is in the order of evaluation and
//! a sub-expression that several policies share is one entry.

use std::collections::HashMap;
use std::sync::Arc;

use super::fact::FactKey;
use super::value::Value;
use crate::expression::{Arithmetic, CardPart, Comparison, Function, PolicyPart, Type};
use crate::rulebook::TableRow;

/// A term's place in [`Terms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(u32);

impl TermId {
    /// Its index in the table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A bound scorecard's place in its binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardId(pub(crate) u32);

impl CardId {
    /// Its index among the bound cards.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A fact that is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FactTerm {
    /// The name that lists of missing facts show: with its period only where it is not the current one.
    pub shown: String,
    /// Where it may be given, in the order in which it is looked for: under the reader's own definition,
    /// then plain; each with its period, then without where that means the same.
    pub keys: Vec<FactKey>,
    /// Not given is nought (`blank: zero`).
    pub blank_is_zero: bool,
}

/// What a term is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// A value; also a parameter on the assessment date, NULL outside its spans.
    Constant(Value),
    /// A fact.
    Fact(Arc<FactTerm>),
    /// A fact that stands over a formula: the fact where it is known, else the formula.
    Derived {
        /// The fact.
        given: TermId,
        /// What it is where it is not given.
        formula: TermId,
    },
    /// The subject's identity.
    SubjectId,
    /// Kleene NOT.
    Not(TermId),
    /// Kleene AND.
    And(Vec<TermId>),
    /// Kleene OR.
    Or(Vec<TermId>),
    /// Minus.
    Negate(TermId),
    /// Calculation; division by nought is NULL.
    Arithmetic(Arithmetic, TermId, TermId),
    /// Comparison.
    Compare(Comparison, TermId, TermId),
    /// Whether the first is one of the others.
    In(TermId, Vec<TermId>),
    /// The first branch whose condition is true; NULL where one above it is NULL.
    Case {
        /// Conditions and results.
        branches: Vec<(TermId, TermId)>,
        /// Where all conditions are false.
        otherwise: Option<TermId>,
    },
    /// A function; strict: NULL where an argument is NULL or absent.
    Call(Function, Vec<TermId>),
    /// False for absent, NULL for not known, else true.
    Present(TermId),
    /// `now / base - 1`, or the yearly rate over `periods`; NULL where the base is not positive.
    Growth {
        /// The later value.
        now: TermId,
        /// The earlier value.
        base: TermId,
        /// How many periods lie between.
        periods: u32,
        /// The rate per period instead of the whole.
        compound: bool,
    },
    /// A table is looked up; without rows it is NULL.
    Step {
        /// What is looked up.
        value: TermId,
        /// Rows by rising `from`.
        rows: Arc<Vec<(Value, Value)>>,
        /// The last `from` below the value, not equal.
        after: bool,
    },
    /// A code begins with one of the prefixes.
    PrefixIn(TermId, Vec<String>),
    /// What a scorecard gives the subject.
    Card(CardId, CardPart),
    /// What another policy gives the subject.
    Policy(String, PolicyPart),
    /// How many conditions hold from the first on; they are of the month of `as_of` and those before it.
    MonthsRunning(Vec<TermId>),
}

/// A bound term with its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Its type.
    pub ty: Type,
}

impl Term {
    /// The terms directly inside, in reading order.
    pub fn children(&self) -> Vec<TermId> {
        match &self.kind {
            TermKind::Constant(_)
            | TermKind::Fact(_)
            | TermKind::SubjectId
            | TermKind::Card(..)
            | TermKind::Policy(..) => Vec::new(),
            TermKind::Not(inner)
            | TermKind::Negate(inner)
            | TermKind::Present(inner)
            | TermKind::Step { value: inner, .. }
            | TermKind::PrefixIn(inner, _) => vec![*inner],
            TermKind::And(all)
            | TermKind::Or(all)
            | TermKind::Call(_, all)
            | TermKind::MonthsRunning(all) => all.clone(),
            TermKind::Arithmetic(_, left, right) | TermKind::Compare(_, left, right) => {
                vec![*left, *right]
            }
            TermKind::Derived { given, formula } => vec![*given, *formula],
            TermKind::In(value, list) => std::iter::once(*value)
                .chain(list.iter().copied())
                .collect(),
            TermKind::Case {
                branches,
                otherwise,
            } => branches
                .iter()
                .flat_map(|(when, then)| [*when, *then])
                .chain(*otherwise)
                .collect(),
            TermKind::Growth { now, base, .. } => vec![*now, *base],
        }
    }
}

/// All terms of a binding.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    table: Vec<Term>,
    /// Whether a term depends on which policies are chosen.
    choosing: Vec<bool>,
    known: HashMap<Term, TermId>,
}

impl Terms {
    /// The id of a term: an old one where there is an equal one.
    pub fn intern(&mut self, kind: TermKind, ty: Type) -> TermId {
        let term = Term { kind, ty };
        if let Some(id) = self.known.get(&term) {
            return *id;
        }
        let id =
            TermId(u32::try_from(self.table.len()).expect("a rulebook has fewer terms than u32"));
        let chooses = matches!(&term.kind, TermKind::Policy(_, PolicyPart::Chosen))
            || term
                .children()
                .iter()
                .any(|child| self.choosing[child.index()]);
        self.choosing.push(chooses);
        self.known.insert(term.clone(), id);
        self.table.push(term);
        id
    }

    /// A value as a term.
    pub fn constant(&mut self, value: Value, ty: Type) -> TermId {
        self.intern(TermKind::Constant(value), ty)
    }

    /// The term with this id.
    pub fn get(&self, id: TermId) -> &Term {
        &self.table[id.index()]
    }

    /// Whether it depends on which policies the combination has (`chosen('…')`).
    pub fn depends_on_choice(&self, id: TermId) -> bool {
        self.choosing[id.index()]
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// All terms, each after those it is made of.
    pub fn iter(&self) -> impl Iterator<Item = (TermId, &Term)> {
        (0_u32..).map(TermId).zip(&self.table)
    }

    /// Every term below `root`, itself too, each once, parts before what they are part of.
    pub fn below(&self, root: TermId) -> Vec<TermId> {
        let mut found = std::collections::BTreeSet::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.get(id).children());
            }
        }
        found.into_iter().collect()
    }

    /// The ids of the policies whose choice a term asks about, sorted.
    pub fn choices_below(&self, root: TermId) -> Vec<String> {
        if !self.depends_on_choice(root) {
            return Vec::new();
        }
        let mut policies: Vec<String> = self
            .below(root)
            .into_iter()
            .filter_map(|id| match &self.get(id).kind {
                TermKind::Policy(policy, PolicyPart::Chosen) => Some(policy.clone()),
                _ => None,
            })
            .collect();
        policies.sort();
        policies.dedup();
        policies
    }
}

/// A table's rows as values.
pub(crate) fn rows_of(rows: &[TableRow]) -> Arc<Vec<(Value, Value)>> {
    Arc::new(
        rows.iter()
            .map(|(from, value)| (Value::from_literal(from), Value::from_literal(value)))
            .collect(),
    )
}
