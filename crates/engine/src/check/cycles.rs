//! What needs what: cycles are named by their path, and the rest is put in an order.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::expression::extent::{Extent, Extents};
use crate::expression::{Expr, ExprKind, PolicyPart};
use crate::load::found::Found;
use crate::rulebook::{Computed, Rulebook, VariableKey};
use crate::source::Span;

/// All that is computed, in an order in which each only needs earlier ones; a cycle is a mistake, whose
/// members are left out.
///
/// What is chosen is decided after all amounts, so `chosen('x')` in `saves` needs nothing.
pub(super) fn order(rulebook: &Rulebook, found: &Found) -> Vec<Computed> {
    let mut graph = Graph {
        rulebook,
        found,
        state: HashMap::new(),
        extents: HashMap::new(),
        order: Vec::new(),
        path: Vec::new(),
    };
    for node in nodes(rulebook) {
        graph.visit(node);
    }
    graph.order
}

fn nodes(rulebook: &Rulebook) -> Vec<Computed> {
    let variables = rulebook
        .variables
        .iter()
        .filter(|(_, variable)| variable.formula.is_some())
        .map(|(key, _)| Computed::Variable(key.clone()));
    let cards = rulebook.scorecards.keys().cloned().map(Computed::Scorecard);
    let policies = rulebook.policies.keys().cloned().map(Computed::Policy);
    variables.chain(cards).chain(policies).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

struct Graph<'g> {
    rulebook: &'g Rulebook,
    found: &'g Found,
    state: HashMap<Computed, State>,
    /// Of what is done, with all that it needs.
    extents: HashMap<Computed, Extent>,
    order: Vec<Computed>,
    /// What is open, each with the place where the one before it needs it.
    path: Vec<(Computed, Option<Span>)>,
}

/// One step of the walk: to go into something, or to be done with what is open.
enum Step {
    Enter(Computed, Option<Span>),
    Leave,
}

impl Graph<'_> {
    /// Walks from a node without recursion, so that a long chain cannot use up the stack.
    fn visit(&mut self, start: Computed) {
        let mut steps = vec![Step::Enter(start, None)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave => {
                    if let Some((node, place)) = self.path.pop() {
                        self.measure(&node, place);
                        self.state.insert(node.clone(), State::Done);
                        self.order.push(node);
                    }
                }
                Step::Enter(node, place) => match self.state.get(&node) {
                    Some(State::Done) => {}
                    Some(State::Open) => self.cycle(&node, place),
                    None => {
                        self.state.insert(node.clone(), State::Open);
                        let needs = needs(self.rulebook, &node);
                        self.path.push((node, place));
                        steps.push(Step::Leave);
                        steps.extend(
                            needs
                                .into_iter()
                                .rev()
                                .map(|(node, place)| Step::Enter(node, Some(place))),
                        );
                    }
                },
            }
        }
    }

    /// Notes what has become too much with all that it needs, and counts anew from there: numbers that are
    /// multiplied by themselves from formula to formula have no end of digits.
    fn measure(&mut self, node: &Computed, place: Option<Span>) {
        let expressions = expressions(self.rulebook, node);
        let extents = Extents::new(lets(self.rulebook, node), Some(&self.extents));
        let mut extent = Extent::side_by_side(expressions.iter().map(|expr| extents.of(expr)));
        if extent.is_too_much() {
            let first = expressions.first().map(|expr| expr.span);
            if let Some(span) = place.or(first) {
                self.found.push(
                    Diagnostic::error(
                        "formula::size",
                        span,
                        format!("written out, `{}` stands on too much", name(node)),
                    )
                    .help("let one of the variables that it needs be a fact that is given"),
                );
            }
            extent = Extent::side_by_side([]);
        }
        self.extents.insert(node.clone(), extent);
    }

    fn cycle(&self, back_to: &Computed, place: Option<Span>) {
        let start = self
            .path
            .iter()
            .position(|(node, _)| node == back_to)
            .unwrap_or(0);
        let members = &self.path[start..];
        let names: Vec<String> = members
            .iter()
            .map(|(node, _)| node)
            .chain(std::iter::once(back_to))
            .map(|node| format!("`{}`", name(node)))
            .collect();
        let Some(place) = place else { return };
        let code = if members
            .iter()
            .all(|(node, _)| matches!(node, Computed::Variable(_)))
        {
            "cycle::formula"
        } else {
            "cycle::amount"
        };
        let mut diagnostic = Diagnostic::error(
            code,
            place,
            format!("these need each other: {}", names.join(" → ")),
        )
        .label(format!("this needs `{}`", name(back_to)))
        .help("let one of them need the others no more; a fact that is given could take its place");
        for (node, needed_at) in members.iter().skip(1) {
            if let Some(span) = needed_at {
                diagnostic = diagnostic.also(*span, format!("this needs `{}`", name(node)));
            }
        }
        self.found.push(diagnostic);
    }
}

fn name(node: &Computed) -> &str {
    match node {
        Computed::Variable(key) => &key.name,
        Computed::Policy(id) | Computed::Scorecard(id) => id,
    }
}

/// What a node needs, each with the first place that needs it.
fn needs(rulebook: &Rulebook, node: &Computed) -> Vec<(Computed, Span)> {
    let mut out: Vec<(Computed, Span)> = Vec::new();
    for expr in expressions(rulebook, node) {
        expr.walk(&mut |inner| {
            let needed = match &inner.kind {
                ExprKind::Variable(variable) => Computed::Variable(VariableKey {
                    subject: variable.subject.clone(),
                    name: variable.name.clone(),
                }),
                ExprKind::Card { card, .. } => Computed::Scorecard(card.clone()),
                ExprKind::Policy {
                    part: PolicyPart::Chosen,
                    ..
                } => return,
                ExprKind::Policy { policy, .. } => Computed::Policy(policy.clone()),
                _ => return,
            };
            let is_computed = match &needed {
                Computed::Variable(key) => rulebook
                    .variables
                    .get(key)
                    .is_some_and(|variable| variable.formula.is_some()),
                Computed::Policy(_) | Computed::Scorecard(_) => true,
            };
            if is_computed && out.iter().all(|(known, _)| *known != needed) {
                out.push((needed, inner.span));
            }
        });
    }
    out
}

/// The names that the expressions of a node may use.
fn lets<'r>(rulebook: &'r Rulebook, node: &Computed) -> Option<&'r IndexMap<String, Expr>> {
    match node {
        Computed::Variable(_) => None,
        Computed::Scorecard(id) => rulebook.scorecards.get(id).map(|card| &card.lets),
        Computed::Policy(id) => rulebook.policies.get(id).map(|policy| &policy.lets),
    }
}

/// The expressions that make up a node. A policy's `saves` and `parts` come after its verdict and
/// amount, so what they read of others is no part of a cycle; they are checked on their own.
fn expressions<'r>(rulebook: &'r Rulebook, node: &Computed) -> Vec<&'r Expr> {
    match node {
        Computed::Variable(key) => rulebook
            .variables
            .get(key)
            .and_then(|variable| variable.formula.as_ref())
            .into_iter()
            .collect(),
        Computed::Scorecard(id) => rulebook
            .scorecards
            .get(id)
            .map(crate::rulebook::Scorecard::expressions)
            .unwrap_or_default(),
        Computed::Policy(id) => rulebook
            .policies
            .get(id)
            .map(crate::rulebook::Policy::judging_expressions)
            .unwrap_or_default(),
    }
}
