//! A row of a table of facts as one fact.

use domain::{CellAddress, Value};

use super::columns::Slot;
use super::record::Record;

/// A fact of a table with one fact a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactRow {
    /// The kind of subject, as written.
    pub subject_type: String,
    /// The subject.
    pub subject: String,
    /// The variable or the indicator's words.
    pub variable: String,
    /// The period, as written; empty for none.
    pub period: String,
    /// The value.
    pub value: Option<Value>,
    /// The unit, as written.
    pub unit: String,
    /// 约, 余, ≥.
    pub qualifier: String,
    /// The sentence it was taken from.
    pub quote: String,
    /// The zone it belongs to.
    pub zone: String,
    /// The value's cell.
    pub cell: Option<CellAddress>,
}

/// The fact of a record of a table with one fact a row.
pub fn fact_of_row(record: &Record, slots: &[Slot]) -> FactRow {
    let mut fact = FactRow::default();
    for entry in &record.entries {
        let words = || entry.value.to_string();
        match slots[entry.slot as usize].variable.as_str() {
            "subject_type" => fact.subject_type = words(),
            "subject" => fact.subject = words(),
            "variable" => fact.variable = words(),
            "period" => fact.period = words(),
            "unit" => fact.unit = words(),
            "quote" => fact.quote = words(),
            "zone" => fact.zone = words(),
            "value" => {
                fact.value = Some(entry.value.clone());
                fact.qualifier.clone_from(&entry.qualifier);
                fact.cell = entry.cell;
            }
            _ => {}
        }
    }
    fact
}
