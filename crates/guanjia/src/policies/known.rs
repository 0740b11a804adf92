//! What the ledger knows of an enterprise, as the judge reads it, and the way back to each fact.

use std::collections::HashMap;

use domain::{Period, SubjectKind, Value};
use engine::Rulebook;
use engine::judge::{FactKey, FactPeriod, Facts, read_text};
use engine::rulebook::PeriodKind;
use ledger::FactRecord;

/// The facts of one enterprise.
pub struct KnownFacts {
    /// As the judge reads them.
    pub facts: Facts,
    /// The ledger's fact under each key.
    by_key: HashMap<FactKey, FactRecord>,
    /// The last year that a yearly fact is known of.
    pub last_year: Option<i32>,
}

impl KnownFacts {
    /// The facts that the rulebook has a variable for. A yearly value that names no year stays out: it
    /// would be taken for any year's.
    pub fn of(rulebook: &Rulebook, identity: &str, facts: &[FactRecord]) -> Self {
        let mut known = Self {
            facts: Facts::new(identity),
            by_key: HashMap::new(),
            last_year: None,
        };
        for fact in facts {
            let Some(variable) = rulebook.variable(&SubjectKind::Enterprise, &fact.variable) else {
                continue;
            };
            let period = match (&fact.period, variable.period) {
                (Period::Current, PeriodKind::None) => FactPeriod::Current,
                (Period::Year(year), PeriodKind::Year) => FactPeriod::Year(*year),
                (Period::Month(year, month), PeriodKind::Month) => FactPeriod::Month(*year, *month),
                (Period::Quarter(year, quarter), PeriodKind::Quarter) => {
                    FactPeriod::Quarter(*year, *quarter)
                }
                _ => continue,
            };
            let given = match &fact.value {
                Some(Value::Money(money)) if !money.currency.is_cny() => None,
                Some(value) => read_text(variable, &value.to_string()),
                None => None,
            };
            let Some(given) = given else { continue };
            if let FactPeriod::Year(year) = period {
                known.last_year = known.last_year.max(Some(year));
            }
            let key = FactKey {
                name: fact.variable.clone(),
                of_owner: false,
                definition: None,
                period,
            };
            known.facts.give(key.clone(), given);
            known.by_key.insert(key, fact.clone());
        }
        known
    }

    /// The ledger's fact under a key.
    pub fn record(&self, key: &FactKey) -> Option<&FactRecord> {
        self.by_key.get(key)
    }

    /// The ledger's fact of this id.
    pub fn record_of_id(&self, id: i64) -> Option<&FactRecord> {
        self.by_key.values().find(|fact| fact.id == id)
    }
}
