//! Binding a variable: the fact in its period, and its formula where it has one.

use std::sync::Arc;

use indexmap::IndexMap;

use super::bind::{Binder, FormulaKey, Reader, Scope};
use super::fact::{FactKey, FactPeriod};
use super::moment::{Moment, is_current, moment_of, period_at};
use super::term::{FactTerm, TermId, TermKind};
use super::value::Value;
use crate::expression::{Type, VariableRef};
use crate::rulebook::VariableKey;

impl Binder<'_> {
    /// A variable in its period: a fact, and its formula where it has one.
    pub(super) fn variable(
        &mut self,
        variable: &VariableRef,
        ty: Type,
        scope: Scope<'_>,
    ) -> TermId {
        let key = VariableKey {
            subject: variable.subject.clone(),
            name: variable.name.clone(),
        };
        let Some(known) = self.rulebook.variables.get(&key) else {
            return self.terms.constant(Value::Null, ty);
        };
        let moment = moment_of(variable.when, known.period, scope.moment, scope.back);
        let period = period_at(known.period, moment);
        let fact = self.fact(variable, period, known.blank_is_zero, scope.reader);
        let given = self.terms.intern(TermKind::Fact(Arc::new(fact)), ty);
        if known.formula.is_none() {
            return given;
        }
        match self.formula(key, moment, variable.of_owner, scope) {
            Some(formula) => self.terms.intern(TermKind::Derived { given, formula }, ty),
            None => given,
        }
    }

    fn fact(
        &self,
        variable: &VariableRef,
        period: FactPeriod,
        blank_is_zero: bool,
        reader: &Reader,
    ) -> FactTerm {
        let current = is_current(period, reader.year, self.as_of);
        let of_owner = variable.of_owner || reader.owner;
        let own: Vec<&String> = match &variable.definition {
            Some(definition) => vec![definition],
            None => reader
                .definitions
                .iter()
                .filter(|id| {
                    self.definitions
                        .contains(&(variable.name.clone(), (*id).clone()))
                })
                .collect(),
        };
        let mut keys = Vec::new();
        for definition in own.into_iter().map(Some).chain([None]) {
            let mut key = FactKey {
                name: variable.name.clone(),
                of_owner,
                definition: definition.cloned(),
                period,
            };
            keys.push(key.clone());
            if current && period != FactPeriod::Current {
                key.period = FactPeriod::Current;
                keys.push(key);
            }
        }
        let hidden = of_owner
            && self
                .rulebook
                .variable(&reader.judged, &variable.name)
                .is_some();
        let prefix = if hidden { "owner." } else { "" };
        let suffix = if current { FactPeriod::Current } else { period };
        FactTerm {
            shown: format!("{prefix}{}{suffix}", variable.name),
            keys,
            blank_is_zero,
        }
    }

    /// The formula of a variable at a moment; `None` where it needs itself, which the loader refuses.
    fn formula(
        &mut self,
        key: VariableKey,
        moment: Moment,
        of_owner: bool,
        scope: Scope<'_>,
    ) -> Option<TermId> {
        let rulebook = self.rulebook;
        let formula = rulebook.variables.get(&key)?.formula.as_ref()?;
        let reader = if of_owner && !scope.reader.owner {
            Arc::new(Reader {
                owner: true,
                ..(**scope.reader).clone()
            })
        } else {
            Arc::clone(scope.reader)
        };
        let cached: FormulaKey = (key, Arc::clone(&reader), moment);
        if let Some(known) = self.formulas.get(&cached) {
            return *known;
        }
        self.formulas.insert(cached.clone(), None);
        let lets = IndexMap::new();
        let id = self.expr(
            formula,
            Scope {
                reader: &reader,
                moment,
                subject: &cached.0.subject,
                lets: &lets,
                back: 0,
                own_amount: None,
                item: None,
            },
        );
        self.formulas.insert(cached, Some(id));
        Some(id)
    }
}
