//! All names of a rulebook, collected before any expression is read, so that order does not matter.

use std::collections::HashMap;

use domain::SubjectKind;

use crate::expression::Type;
use crate::rulebook::{ParameterType, PeriodKind, VariableKey, owner_of};
use crate::source::Span;

/// What expressions may name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// ISO 4217 code of the currency.
    pub currency: String,
    pub variables: HashMap<VariableKey, VariableName>,
    pub parameters: HashMap<String, ParameterName>,
    pub policies: HashMap<String, PolicyName>,
    pub scorecards: HashMap<String, CardName>,
    pub lights: HashMap<String, LightName>,
    pub codes: HashMap<String, Span>,
    /// National ids that a zone's rule of another id takes the place of.
    pub replaced: HashMap<String, String>,
}

/// A variable as expressions see it.
#[derive(Debug, Clone)]
pub(crate) struct VariableName {
    pub ty: Type,
    pub period: PeriodKind,
    /// Its codes; empty where they are not listed.
    pub codes: Vec<String>,
    pub span: Span,
}

/// A parameter as expressions see it.
#[derive(Debug, Clone)]
pub(crate) struct ParameterName {
    pub ty: ParameterType,
    pub span: Span,
}

/// A policy as expressions see it.
#[derive(Debug, Clone)]
pub(crate) struct PolicyName {
    pub subject: SubjectKind,
    pub clauses: Vec<String>,
    pub has_amount: bool,
    pub span: Span,
}

/// A scorecard as expressions see it.
#[derive(Debug, Clone)]
pub(crate) struct CardName {
    pub subject: SubjectKind,
    /// Items, bonuses and penalties.
    pub items: Vec<String>,
    pub levels: Vec<String>,
    pub span: Span,
}

/// A light as cases see it.
#[derive(Debug, Clone)]
pub(crate) struct LightName {
    pub subject: SubjectKind,
    pub aspects: Vec<String>,
    pub span: Span,
}

impl Names {
    /// The variable that a rule of `subject` reads under a name: the subject it is defined for, whether
    /// it is the owner's, and what it is.
    pub fn variable(
        &self,
        subject: &SubjectKind,
        name: &str,
        of_owner: bool,
    ) -> Option<(SubjectKind, bool, &VariableName)> {
        let key = |subject: &SubjectKind| VariableKey {
            subject: subject.clone(),
            name: name.to_owned(),
        };
        if !of_owner && let Some(own) = self.variables.get(&key(subject)) {
            return Some((subject.clone(), false, own));
        }
        let owner = owner_of(subject)?;
        let found = self.variables.get(&key(&owner))?;
        Some((owner, true, found))
    }

    /// The names that a rule of `subject` can read.
    pub fn variables_of<'a>(&'a self, subject: &'a SubjectKind) -> impl Iterator<Item = &'a str> {
        let owner = owner_of(subject);
        self.variables
            .keys()
            .filter(move |key| key.subject == *subject || Some(&key.subject) == owner.as_ref())
            .map(|key| key.name.as_str())
    }

    /// The rule under whose own definition a fact may be given, as it is called now; `None` where there is
    /// no policy, scorecard or light of this id.
    pub fn defining<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        let id = self.current(id);
        let is_known = self.policies.contains_key(id)
            || self.scorecards.contains_key(id)
            || self.lights.contains_key(id);
        is_known.then_some(id)
    }

    /// The id that is meant by an id, where a zone's rule has taken another's place.
    pub fn current<'a>(&'a self, id: &'a str) -> &'a str {
        self.replaced.get(id).map_or(id, String::as_str)
    }
}
