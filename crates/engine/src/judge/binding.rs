//! A rulebook bound to an assessment date and a kind of subject.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use domain::SubjectKind;
use indexmap::IndexMap;

use super::bind::{Binder, Definitions, Reader, Scope};
use super::bind_card::bind_card;
use super::bind_policy::bind_policy;
use super::bound::{BoundAspect, BoundCard, BoundLight, BoundPolicy};
use super::indicator::BoundIndicator;
use super::moment::Moment;
use super::term::{CardId, TermId, Terms};
use crate::expression::Type;
use crate::rulebook::{ParameterValue, Rulebook, YearChoice};

/// What is to be bound.
#[derive(Debug, Clone, Copy)]
pub enum Select<'a> {
    /// Every policy of the subject kind.
    Policies,
    /// Every policy of the subject kind with one of these ids.
    Some(&'a [String]),
    /// One scorecard.
    Scorecard(&'a str),
    /// One light.
    Light(&'a str),
    /// One variable of the subject kind.
    Variable(&'a str),
    /// One indicator, of subjects of this kind or made of their facts.
    Indicator(&'a str),
}

/// On which terms a rulebook is bound.
#[derive(Debug, Clone, Copy)]
pub struct BindingTerms<'a> {
    /// The assessment date.
    pub as_of: NaiveDate,
    /// The kind of subject that is judged.
    pub subject: &'a SubjectKind,
    /// Values put in the place of parameters, whatever the date.
    pub set: &'a HashMap<String, ParameterValue>,
    /// Facts that are given under a rule's own definition; no others are looked for.
    pub definitions: &'a Definitions,
}

/// A rulebook bound to an assessment date and a kind of subject. Whatever the bound rules read of other
/// rules is bound with them.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The assessment date.
    pub as_of: NaiveDate,
    /// The kind of subject that is judged.
    pub subject: SubjectKind,
    /// All terms.
    pub terms: Terms,
    /// The policies that were selected, by id in order of ids.
    pub selected: Vec<String>,
    /// Every bound policy: those selected and those they read.
    pub policies: IndexMap<String, BoundPolicy>,
    /// Every bound card, each after those it reads.
    pub cards: Vec<BoundCard>,
    /// The card that was selected.
    pub card: Option<CardId>,
    /// The light that was selected.
    pub light: Option<BoundLight>,
    /// The variable that was selected, with its type.
    pub variable: Option<(TermId, Type)>,
    /// The indicator that was selected.
    pub indicator: Option<BoundIndicator>,
}

impl Binding {
    /// Binds what `select` names. A selected id that the rulebook does not have for this kind of subject
    /// is left out.
    pub fn new(rulebook: &Rulebook, terms: &BindingTerms<'_>, select: Select<'_>) -> Self {
        let subject = terms.subject;
        let mut binder = Binder::new(rulebook, terms.as_of, terms.set, terms.definitions);
        let mut bound = Self {
            as_of: terms.as_of,
            subject: subject.clone(),
            terms: Terms::default(),
            selected: Vec::new(),
            policies: IndexMap::new(),
            cards: Vec::new(),
            card: None,
            light: None,
            variable: None,
            indicator: None,
        };
        match select {
            Select::Policies => bound.selected = policies_of(rulebook, subject, |_| true),
            Select::Some(ids) => {
                bound.selected = policies_of(rulebook, subject, |id| ids.iter().any(|i| i == id));
            }
            Select::Scorecard(id) => bound.card = binder.root_card(id, subject),
            Select::Light(id) => bound.light = binder.light(id, subject),
            Select::Variable(name) => bound.variable = binder.root_variable(name, subject),
            Select::Indicator(id) => bound.indicator = binder.indicator(id, subject),
        }
        for id in bound.selected.clone() {
            bound.bind_policy(&mut binder, &id, false);
        }
        // What the bound rules read of other policies; binding those may ask for more.
        while let Some((id, reader)) = binder.wanted_policies.pop() {
            let owner = reader.owner
                || rulebook
                    .policies
                    .get(&id)
                    .is_some_and(|p| p.subject != *subject);
            bound.bind_policy(&mut binder, &id, owner);
        }
        bound.terms = binder.terms;
        bound.cards = binder.cards;
        bound
    }

    fn bind_policy(&mut self, binder: &mut Binder<'_>, id: &str, owner: bool) {
        if self.policies.contains_key(id) {
            return;
        }
        let Some(policy) = binder.rulebook.policies.get(id) else {
            return;
        };
        let year = year_of(self.as_of, policy.year_on(self.as_of));
        let reader = Arc::new(Reader {
            judged: self.subject.clone(),
            owner,
            year,
            definitions: binder.definitions_in_use([&policy.id]),
        });
        let bound = bind_policy(binder, policy, &reader, Moment::new(self.as_of, year));
        self.policies.insert(id.to_owned(), bound);
    }

    /// The bound policy of this id.
    pub fn policy(&self, id: &str) -> Option<&BoundPolicy> {
        self.policies.get(id)
    }

    /// The bound card with this id.
    pub fn card(&self, id: CardId) -> &BoundCard {
        &self.cards[id.index()]
    }

    /// Ids of the bound cards.
    pub fn card_ids(&self) -> impl Iterator<Item = CardId> + use<> {
        (0..u32::try_from(self.cards.len()).unwrap_or(u32::MAX)).map(CardId)
    }
}

fn policies_of(
    rulebook: &Rulebook,
    subject: &SubjectKind,
    wanted: impl Fn(&str) -> bool,
) -> Vec<String> {
    let ids: BTreeSet<&String> = rulebook
        .policies
        .iter()
        .filter(|(id, policy)| policy.subject == *subject && wanted(id))
        .map(|(id, _)| id)
        .collect();
    ids.into_iter().cloned().collect()
}

/// The assessment year on a date.
pub fn year_of(as_of: NaiveDate, choice: YearChoice) -> i32 {
    match choice {
        YearChoice::Current => as_of.year(),
        YearChoice::Previous => as_of.year() - 1,
    }
}

impl Binder<'_> {
    /// The card that is judged itself.
    fn root_card(&mut self, id: &str, subject: &SubjectKind) -> Option<CardId> {
        let card = self.rulebook.scorecards.get(id)?;
        let year = year_of(
            self.as_of,
            card.year
                .on(self.as_of)
                .copied()
                .unwrap_or(YearChoice::Current),
        );
        let reader = Arc::new(Reader {
            judged: subject.clone(),
            owner: card.subject != *subject,
            year,
            definitions: Vec::new(),
        });
        self.card_of(id, &reader)
    }

    /// The card that a rule asks for.
    pub(super) fn card(&mut self, id: &str, scope: Scope<'_>) -> Option<CardId> {
        let card = self.rulebook.scorecards.get(id)?;
        let reader = scope.reader_for(&card.subject);
        self.card_of(id, &reader)
    }

    fn card_of(&mut self, id: &str, reader: &Arc<Reader>) -> Option<CardId> {
        let key = (id.to_owned(), Arc::clone(reader));
        if let Some(known) = self.card_ids.get(&key) {
            return Some(*known);
        }
        let card = self.rulebook.scorecards.get(id)?;
        let bound = bind_card(self, card, reader);
        let card_id = CardId(u32::try_from(self.cards.len()).ok()?);
        self.cards.push(bound);
        self.card_ids.insert(key, card_id);
        Some(card_id)
    }

    fn light(&mut self, id: &str, subject: &SubjectKind) -> Option<BoundLight> {
        let light = self.rulebook.lights.get(id)?;
        let year = year_of(
            self.as_of,
            light
                .year
                .on(self.as_of)
                .copied()
                .unwrap_or(YearChoice::Current),
        );
        let reader = Arc::new(Reader {
            judged: subject.clone(),
            owner: false,
            year,
            definitions: self.definitions_in_use([&light.id]),
        });
        let scope = Scope {
            reader: &reader,
            moment: Moment::new(self.as_of, year),
            subject: &light.subject,
            lets: &light.lets,
            back: 0,
            own_amount: None,
            item: None,
        };
        let in_force = light.in_force.is_empty()
            || light.in_force.iter().any(|span| span.holds_on(self.as_of));
        let whom = light.scope.as_ref().map(|expr| self.expr(expr, scope));
        let aspects = light
            .aspects
            .iter()
            .map(|aspect| BoundAspect {
                id: aspect.id.clone(),
                red: aspect.red.as_ref().map(|expr| self.expr(expr, scope)),
                yellow: aspect.yellow.as_ref().map(|expr| self.expr(expr, scope)),
            })
            .collect();
        Some(BoundLight {
            id: id.to_owned(),
            in_force,
            year,
            scope: whom,
            aspects,
        })
    }

    fn root_variable(&mut self, name: &str, subject: &SubjectKind) -> Option<(TermId, Type)> {
        let (variable, of_owner) = self.rulebook.variable_read_by(subject, name)?;
        let reader = Arc::new(Reader {
            judged: subject.clone(),
            owner: false,
            year: self.as_of.year(),
            definitions: Vec::new(),
        });
        let reference = crate::expression::Expr {
            kind: crate::expression::ExprKind::Variable(crate::expression::VariableRef {
                name: variable.name.clone(),
                subject: variable.subject.clone(),
                of_owner,
                definition: None,
                when: crate::expression::When::Back(0),
            }),
            ty: variable.ty,
            span: variable.span,
        };
        let lets = IndexMap::new();
        let scope = Scope {
            reader: &reader,
            moment: Moment::new(self.as_of, self.as_of.year()),
            subject,
            lets: &lets,
            back: 0,
            own_amount: None,
            item: None,
        };
        Some((self.expr(&reference, scope), variable.ty))
    }
}
