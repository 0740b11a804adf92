//! How much an expression is once the names of `let`, the periods of functions, and the formulas and policies that
//! it reads are written out.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Expr, ExprKind, PolicyPart};
use crate::judge::MONTHS_RUNNING_MAX;
use crate::rulebook::{Computed, VariableKey};

/// Levels that an expression may have: what binds, judges and explains it goes down level by level, and a thread
/// has 2 MB of stack. The national rulebook has 21.
const LEVELS_MAX: usize = 200;
/// Nodes that it may have; the national rulebook has 1,319. Whoever multiplies by itself what is a product already
/// doubles them, and the digits of the result.
const NODES_MAX: usize = 20_000;

/// Nodes and levels of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many nodes it has.
    pub nodes: usize,
    /// How many of them stand inside one another.
    pub levels: usize,
}

impl Extent {
    /// Of something that has nothing inside.
    const LEAF: Self = Self {
        nodes: 1,
        levels: 1,
    };

    /// Whether nobody should judge this.
    pub fn is_too_much(self) -> bool {
        self.nodes > NODES_MAX || self.levels > LEVELS_MAX
    }

    /// Of several that stand side by side.
    pub fn side_by_side(all: impl IntoIterator<Item = Self>) -> Self {
        let nothing = Self {
            nodes: 0,
            levels: 0,
        };
        all.into_iter().fold(nothing, |sum, extent| Self {
            nodes: sum.nodes.saturating_add(extent.nodes),
            levels: sum.levels.max(extent.levels),
        })
    }

    /// Of what these stand in, which looks at them this often.
    fn around(self, times: usize) -> Self {
        Self {
            nodes: self.nodes.saturating_mul(times).saturating_add(1),
            levels: self.levels + 1,
        }
    }
}

/// The extents of what an expression may name.
#[derive(Debug, Default)]
pub struct Extents<'l> {
    lets: HashMap<&'l str, Extent>,
    computed: Option<&'l HashMap<Computed, Extent>>,
}

impl<'l> Extents<'l> {
    /// Those of the names of a file, of which each only uses earlier ones, and of what is computed elsewhere, if
    /// that is to count.
    pub fn new(
        lets: Option<&'l IndexMap<String, Expr>>,
        computed: Option<&'l HashMap<Computed, Extent>>,
    ) -> Self {
        let mut known = Self {
            lets: HashMap::new(),
            computed,
        };
        for (name, expr) in lets.into_iter().flatten() {
            let extent = known.of(expr);
            known.lets.insert(name, extent);
        }
        known
    }

    /// That of an expression which may use these names.
    pub fn of(&self, expr: &Expr) -> Extent {
        let times = match &expr.kind {
            ExprKind::Let(name) => {
                return self
                    .lets
                    .get(name.as_str())
                    .copied()
                    .unwrap_or(Extent::LEAF);
            }
            ExprKind::Window { periods, .. } => *periods as usize,
            ExprKind::Growth { .. } => 2,
            ExprKind::MonthsRunning(_) => MONTHS_RUNNING_MAX as usize,
            kind => {
                if let Some(inside) = self.computed(kind) {
                    return inside.around(1);
                }
                1
            }
        };
        let inside = expr.children().into_iter().map(|child| self.of(child));
        Extent::side_by_side(inside).around(times)
    }

    fn computed(&self, kind: &ExprKind) -> Option<Extent> {
        let key = match kind {
            ExprKind::Variable(variable) => Computed::Variable(VariableKey {
                subject: variable.subject.clone(),
                name: variable.name.clone(),
            }),
            ExprKind::Card { card, .. } => Computed::Scorecard(card.clone()),
            // What is chosen is decided after all amounts.
            ExprKind::Policy {
                policy,
                part: PolicyPart::Amount | PolicyPart::Verdict,
            } => Computed::Policy(policy.clone()),
            _ => return None,
        };
        self.computed?.get(&key).copied()
    }
}
