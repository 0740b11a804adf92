//! The variables that columns may hold: those that every ledger has, and the rulebook's.

use domain::SubjectKind;
use exchange::LedgerKind;
use exchange::vocabulary::{CodeWord, PeriodKind, Variable, Vocabulary};

use crate::labels;
use crate::words::Lang;

/// The vocabulary of a ledger.
pub fn of(kind: LedgerKind) -> Vocabulary {
    match kind {
        LedgerKind::Enterprises => {
            let known = labels::variables(&SubjectKind::Enterprise);
            Vocabulary::enterprises_with(known.filter_map(|(name, known)| variable(name, known)))
        }
        LedgerKind::Projects => {
            let mut variables = Vocabulary::projects().variables;
            let known = labels::variables(&SubjectKind::Project);
            let more: Vec<Variable> = known
                .filter(|(name, _)| !variables.iter().any(|variable| variable.name == *name))
                .filter_map(|(name, known)| variable(name, known))
                .collect();
            variables.extend(more);
            Vocabulary::of(kind, variables)
        }
        LedgerKind::Facts => Vocabulary::built_in(kind),
    }
}

fn variable(name: &str, known: &labels::Variable) -> Option<Variable> {
    let period = if known.is_periodic() {
        PeriodKind::Year
    } else {
        PeriodKind::None
    };
    let words = |lang| known.label.words(lang).to_owned();
    let mut variable = Variable::new(
        name,
        &words(Lang::Zh),
        &words(Lang::En),
        known.value_type()?,
        period,
    );
    variable.codes = known
        .values
        .iter()
        .map(|(code, label)| CodeWord::new(code, label.words(Lang::Zh), &[label.words(Lang::En)]))
        .collect();
    Some(variable)
}
