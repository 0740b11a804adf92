//! What is evaluated for a set of policies: which by whole batches, which row by row.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::infer;
use super::program::Program;
use super::shape::Shape;
use crate::expression::Arithmetic;
use crate::judge::{Binding, BoundPolicy, BoundSaves, GapUnit, TermId};

/// A gap as two terms, and the shape of their difference.
#[derive(Debug, Clone, Copy)]
pub struct GapPlan {
    /// What is counted from.
    pub from: TermId,
    /// What is taken off.
    pub less: TermId,
    /// Its unit.
    pub unit: GapUnit,
    /// The shape of the difference.
    pub shape: Shape,
}

/// A clause of a policy that is judged by whole batches.
#[derive(Debug, Clone, Copy)]
pub struct ClausePlan {
    /// Its bit in a mask: its place in the policy's file.
    pub bit: usize,
    /// The condition.
    pub when: TermId,
    /// How far from true.
    pub gap: Option<GapPlan>,
}

/// What a policy saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavesPlan {
    /// Its amount.
    Amount,
    /// Nothing.
    Nothing,
    /// A term of its own.
    Term(TermId),
    /// Not known.
    Unknown,
}

/// How a policy is judged.
#[derive(Debug, Clone)]
pub enum PolicyPlan {
    /// Not in force on the date.
    NotInForce,
    /// By whole batches.
    Batch {
        /// Its clauses that count.
        clauses: Vec<ClausePlan>,
        /// What it is worth.
        amount: Option<TermId>,
        /// What it saves alone.
        saves: SavesPlan,
    },
    /// Row by row: something in it has no bound, compares subjects, or asks what else is chosen.
    Rows,
}

/// How each selected policy is judged.
#[derive(Debug)]
pub struct Plan {
    /// The bound rules.
    pub binding: Arc<Binding>,
    /// The terms of the policies that are judged by whole batches.
    pub program: Program,
    /// One for each selected policy, in the order of ids.
    pub policies: Vec<PolicyPlan>,
    /// Groups of selected policies (by place) of which at most one is enjoyed and nothing else joins:
    /// the one that saves most is chosen.
    pub cliques: Vec<Vec<usize>>,
    /// Places of policies whose choice needs the exact search over combinations.
    pub entangled: BTreeSet<usize>,
    /// Whether gaps are wanted; a summary has none.
    pub with_gaps: bool,
}

impl Plan {
    /// The plan for all selected policies of a binding, with gaps or without.
    pub fn new(binding: Arc<Binding>, with_gaps: bool) -> Self {
        let shapes = Program::shapes_of(&binding.terms);
        let mut roots = Vec::new();
        let policies: Vec<PolicyPlan> = binding
            .selected
            .iter()
            .map(|id| {
                let bound = binding.policy(id).expect("selected policies are bound");
                policy_plan(&binding, bound, &shapes, with_gaps, &mut roots)
            })
            .collect();
        let program = Program::new(&binding.terms, shapes, &roots, binding.as_of);
        let (cliques, entangled) = groups(&binding, &policies);
        Self {
            binding,
            program,
            policies,
            cliques,
            entangled,
            with_gaps,
        }
    }

    /// The selected policy at a place.
    pub fn bound(&self, place: usize) -> &BoundPolicy {
        let id = &self.binding.selected[place];
        self.binding
            .policy(id)
            .expect("selected policies are bound")
    }

    /// Whether any selected policy is judged row by row.
    pub fn needs_rows(&self) -> bool {
        self.policies
            .iter()
            .any(|policy| matches!(policy, PolicyPlan::Rows))
    }
}

fn policy_plan(
    binding: &Binding,
    bound: &BoundPolicy,
    shapes: &[Option<Shape>],
    with_gaps: bool,
    roots: &mut Vec<TermId>,
) -> PolicyPlan {
    if !bound.in_force {
        return PolicyPlan::NotInForce;
    }
    let mut wanted = Vec::new();
    match batch_plan(binding, bound, shapes, with_gaps, &mut wanted) {
        Some(plan) => {
            roots.extend(wanted);
            plan
        }
        None => PolicyPlan::Rows,
    }
}

fn batch_plan(
    binding: &Binding,
    bound: &BoundPolicy,
    shapes: &[Option<Shape>],
    with_gaps: bool,
    wanted: &mut Vec<TermId>,
) -> Option<PolicyPlan> {
    let mut clauses = Vec::with_capacity(bound.clauses.len());
    for clause in &bound.clauses {
        shapes[clause.when.index()]?;
        wanted.push(clause.when);
        let gap = match &clause.gap {
            Some(gap) if with_gaps => {
                let (from, less) = (shapes[gap.from.index()]?, shapes[gap.less.index()]?);
                let shape = infer::arithmetic(Arithmetic::Subtract, from, less)?;
                infer::rounded_shape(shape, gap.unit.places())?;
                wanted.extend([gap.from, gap.less]);
                Some(GapPlan {
                    from: gap.from,
                    less: gap.less,
                    unit: gap.unit,
                    shape,
                })
            }
            _ => None,
        };
        clauses.push(ClausePlan {
            bit: clause.index,
            when: clause.when,
            gap,
        });
    }
    let money = |term: TermId| infer::rounded_shape(shapes[term.index()]?, 2);
    if let Some(amount) = bound.amount {
        money(amount)?;
        wanted.push(amount);
    }
    let saves = match bound.saves {
        BoundSaves::Amount => SavesPlan::Amount,
        BoundSaves::Nothing => SavesPlan::Nothing,
        BoundSaves::Unknown => SavesPlan::Unknown,
        BoundSaves::Term(term) => {
            if binding.terms.depends_on_choice(term) {
                return None;
            }
            money(term)?;
            wanted.push(term);
            SavesPlan::Term(term)
        }
    };
    Some(PolicyPlan::Batch {
        clauses,
        amount: bound.amount,
        saves,
    })
}

/// Sorts the selected policies by how their choice is found: alone, the best of a clique, or by search.
fn groups(binding: &Binding, plans: &[PolicyPlan]) -> (Vec<Vec<usize>>, BTreeSet<usize>) {
    let bound: Vec<&BoundPolicy> = binding
        .selected
        .iter()
        .map(|id| binding.policy(id).expect("selected policies are bound"))
        .collect();
    let conflict = |a: &BoundPolicy, b: &BoundPolicy| {
        a.excludes.contains(&b.id)
            || b.excludes.contains(&a.id)
            || a.choose_one
                .iter()
                .any(|group| b.choose_one.contains(group))
    };
    let asks: Vec<Vec<String>> = bound
        .iter()
        .map(|policy| match policy.saves {
            BoundSaves::Term(term) => binding.terms.choices_below(term),
            _ => Vec::new(),
        })
        .collect();
    let joined = |a: usize, b: usize| {
        conflict(bound[a], bound[b])
            || asks[a].contains(&bound[b].id)
            || asks[b].contains(&bound[a].id)
            || (bound[a].pool.is_some()
                && bound[a].pool.as_ref().map(|p| &p.id) == bound[b].pool.as_ref().map(|p| &p.id))
    };
    let mut cliques = Vec::new();
    let mut entangled = BTreeSet::new();
    let mut open: BTreeSet<usize> = (0..bound.len())
        .filter(|at| !matches!(plans[*at], PolicyPlan::NotInForce))
        .collect();
    while let Some(first) = open.pop_first() {
        let mut component = vec![first];
        let mut next = 0;
        while next < component.len() {
            let at = component[next];
            let near: Vec<usize> = open.iter().copied().filter(|o| joined(at, *o)).collect();
            for neighbour in near {
                open.remove(&neighbour);
                component.push(neighbour);
            }
            next += 1;
        }
        component.sort_unstable();
        let plain = component
            .iter()
            .all(|at| bound[*at].pool.is_none() && asks[*at].is_empty());
        let clique = component.iter().all(|a| {
            component
                .iter()
                .all(|b| a == b || conflict(bound[*a], bound[*b]))
        });
        if plain && clique {
            cliques.push(component);
        } else {
            entangled.extend(component);
        }
    }
    (cliques, entangled)
}
