//! What a rule reads, down to the facts: through its `let` names, formulas and scorecards.

use std::collections::BTreeSet;

use engine::expression::{Expr, ExprKind, TableRef};
use engine::rulebook::{Method, Points, Rulebook, Scorecard, Variable, VariableKey};

/// What a rule reads.
#[derive(Default)]
pub struct Reads<'r> {
    /// Facts that are given, and those computed from them.
    pub variables: BTreeSet<VariableKey>,
    /// Numbers of the law that stand in its own expressions.
    pub parameters: BTreeSet<&'r str>,
    /// Those that only formulas and scorecards read for it.
    pub parameters_below: BTreeSet<&'r str>,
    /// Scorecards.
    pub cards: BTreeSet<&'r str>,
    /// Other policies; what those read is on their own pages.
    pub policies: BTreeSet<&'r str>,
}

impl<'r> Reads<'r> {
    /// What these expressions read.
    pub fn of(rulebook: &'r Rulebook, expressions: impl IntoIterator<Item = &'r Expr>) -> Self {
        let mut reads = Self::default();
        for expr in expressions {
            expr.walk(&mut |part| reads.parameters.extend(parameter(part)));
            reads.expression(rulebook, expr);
        }
        let own = &reads.parameters;
        reads.parameters_below.retain(|name| !own.contains(name));
        reads
    }

    /// The variables in the order of their names.
    pub fn variables(&self, rulebook: &'r Rulebook) -> Vec<&'r Variable> {
        let mut found: Vec<&Variable> = self
            .variables
            .iter()
            .filter_map(|key| rulebook.variables.get(key))
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    fn expression(&mut self, rulebook: &'r Rulebook, expr: &'r Expr) {
        let mut found = Vec::new();
        expr.walk(&mut |part| found.push(part));
        for part in found {
            self.parameters_below.extend(parameter(part));
            match &part.kind {
                ExprKind::Variable(read) => {
                    self.variable(rulebook, read.subject.clone(), &read.name);
                }
                ExprKind::Card { card, .. } => self.card(rulebook, card),
                ExprKind::Policy { policy, .. } => {
                    self.policies.insert(policy);
                }
                _ => {}
            }
        }
    }

    fn variable(&mut self, rulebook: &'r Rulebook, subject: domain::SubjectKind, name: &str) {
        let key = VariableKey {
            subject,
            name: name.to_owned(),
        };
        if !self.variables.insert(key.clone()) {
            return;
        }
        if let Some(formula) = rulebook
            .variables
            .get(&key)
            .and_then(|v| v.formula.as_ref())
        {
            self.expression(rulebook, formula);
        }
    }

    fn card(&mut self, rulebook: &'r Rulebook, id: &'r str) {
        let Some(card) = rulebook.scorecards.get(id) else {
            return;
        };
        if self.cards.insert(id) {
            for expr in card.expressions() {
                self.expression(rulebook, expr);
            }
            self.parameters_below.extend(tables(card));
        }
    }
}

/// The number or table of the law that an expression itself reads.
fn parameter(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Parameter(name)
        | ExprKind::Step {
            table: TableRef::Parameter(name),
            ..
        } => Some(name),
        _ => None,
    }
}

/// The tables of the law that the steps of a card look in.
fn tables(card: &Scorecard) -> impl Iterator<Item = &str> {
    card.items.iter().filter_map(|item| match &item.points {
        Points::Method(Method::Steps {
            table: TableRef::Parameter(name),
            ..
        }) => Some(name.as_str()),
        _ => None,
    })
}
