//! What the ledger knows of an enterprise, as the judge reads it, and the way back to each fact.

use std::collections::HashMap;

use domain::{Period, SubjectKind, Value};
use engine::Rulebook;
use engine::judge::{FactKey, FactPeriod, Facts, Given, read_text};
use engine::rulebook::PeriodKind;
use ledger::FactRecord;

/// A value of the ledger, as the judge reads it.
pub struct ReadValue {
    /// Under which name it is given.
    pub key: FactKey,
    /// As a file would write it.
    pub text: String,
    /// What the judge makes of it.
    given: Given,
}

impl ReadValue {
    /// A value that the rulebook has a variable for; `None` for any other. A yearly value that names no year
    /// stays out: it would be taken for any year's. So does foreign money.
    pub fn of(rulebook: &Rulebook, name: &str, period: &Period, value: &Value) -> Option<Self> {
        let variable = rulebook.variable(&SubjectKind::Enterprise, name)?;
        let period = match (period, variable.period) {
            (Period::Current, PeriodKind::None) => FactPeriod::Current,
            (Period::Year(year), PeriodKind::Year) => FactPeriod::Year(*year),
            (Period::Month(year, month), PeriodKind::Month) => FactPeriod::Month(*year, *month),
            (Period::Quarter(year, quarter), PeriodKind::Quarter) => {
                FactPeriod::Quarter(*year, *quarter)
            }
            _ => return None,
        };
        if matches!(value, Value::Money(money) if !money.currency.is_cny()) {
            return None;
        }
        let text = value.to_string();
        Some(Self {
            given: read_text(variable, &text)?,
            key: FactKey {
                name: name.to_owned(),
                of_owner: false,
                definition: None,
                period,
            },
            text,
        })
    }

    /// The year it is of; `None` where it is of none.
    pub fn year(&self) -> Option<i32> {
        match self.key.period {
            FactPeriod::Year(year) => Some(year),
            _ => None,
        }
    }
}

/// The facts of one enterprise, for the judge alone.
pub struct ReadFacts {
    /// As the judge reads them.
    pub facts: Facts,
    /// The last year that a yearly fact is known of.
    pub last_year: Option<i32>,
}

impl ReadFacts {
    /// Nothing is known yet.
    pub fn new(identity: &str) -> Self {
        Self {
            facts: Facts::new(identity),
            last_year: None,
        }
    }

    /// Takes a value in.
    pub fn take(&mut self, value: ReadValue) {
        self.last_year = self.last_year.max(value.year());
        self.facts.give(value.key, value.given);
    }
}

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
    /// The facts that the rulebook has a variable for.
    pub fn of(rulebook: &Rulebook, identity: &str, facts: &[FactRecord]) -> Self {
        let mut read = ReadFacts::new(identity);
        let mut by_key = HashMap::new();
        for fact in facts {
            let Some(value) = &fact.value else { continue };
            let value = ReadValue::of(rulebook, &fact.variable, &fact.period, value);
            if let Some(value) = value {
                by_key.insert(value.key.clone(), fact.clone());
                read.take(value);
            }
        }
        Self {
            facts: read.facts,
            by_key,
            last_year: read.last_year,
        }
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
