//! All that was ever said of one variable and period of a subject.

use domain::Period;

use crate::Ledger;
use crate::error::Result;
use crate::facts::{FactRecord, facts_up_to};
use crate::scope::Scope;
use crate::time::AsOf;

/// One step of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactVersion {
    /// What was said; its value is `None` where a value was taken back.
    pub fact: FactRecord,
    /// Who recorded it.
    pub actor: String,
    /// The account that recorded it; `None` for the system.
    pub user_id: Option<i64>,
    /// What the audit calls the write: `facts.record`, `import.commit`, `import.undo`.
    pub action: String,
}

impl Ledger {
    /// Every value of one variable and period, the oldest first, the last being the one that counts.
    /// Each was superseded when the next was recorded.
    pub async fn history_of(
        &self,
        scope: &Scope,
        subject_id: i64,
        variable: &str,
        period: &Period,
        as_of: AsOf,
    ) -> Result<Vec<FactVersion>> {
        self.subject(scope, subject_id, as_of).await?;
        let known = self.terms.all(&self.database).await?;
        let (Some(variable), Some(period)) = (known.id(variable), known.id(&period.to_string()))
        else {
            return Ok(Vec::new());
        };
        let entry = self.last_entry(as_of).await?;
        let mut rows = self.fact_rows(facts_up_to(&[subject_id], entry)).await?;
        rows.retain(|row| row.key() == (variable, period));
        let mut records = self.fact_records(rows).await?;
        records.sort_by_key(|record| record.id);
        let mut versions = Vec::with_capacity(records.len());
        for fact in records {
            let recorded = self.audit_entry(fact.entry_id).await?;
            versions.push(FactVersion {
                actor: recorded
                    .as_ref()
                    .map_or_else(String::new, |e| e.actor.clone()),
                user_id: recorded.as_ref().and_then(|entry| entry.user_id),
                action: recorded.map_or_else(String::new, |entry| entry.action),
                fact,
            });
        }
        Ok(versions)
    }
}
