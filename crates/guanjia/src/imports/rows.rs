//! A record of a sheet as a row about somebody: who it is, where it belongs, what it says.

use domain::{CellAddress, Period, SubjectKind, Value};
use exchange::LedgerKind;
use exchange::ledger::{Entry, Record, Slot, fact_of_row};

use super::facts;

/// A row about somebody.
#[derive(Debug)]
pub struct Row {
    /// Its number, from zero.
    pub number: u32,
    /// What it is about.
    pub kind: SubjectKind,
    /// The name it gives; empty where it gives none.
    pub name: String,
    /// The code it gives.
    pub code: Option<String>,
    /// The park it names.
    pub park: Option<String>,
    /// The owner it names.
    pub owner: Option<String>,
    /// The owner's credit code.
    pub owner_code: Option<String>,
    /// The zone it names, where that is not left to the sender.
    pub zone: Option<String>,
    /// The cell that says who it is.
    pub cell: Option<CellAddress>,
    /// What it says.
    pub values: Vec<RowValue>,
}

/// One value of a row.
#[derive(Debug)]
pub struct RowValue {
    /// Variable, period and unit.
    pub column: RowColumn,
    /// The value.
    pub value: Value,
    /// What was written beside it.
    pub qualifier: String,
    /// The cell; `None` for what was given beside the file.
    pub cell: Option<CellAddress>,
}

/// Variable, period and unit of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowColumn {
    /// Those of a slot of the sheet, and its unit.
    Slot(usize),
    /// Its own.
    Own {
        /// The variable.
        variable: String,
        /// The period.
        period: Period,
        /// The unit as written.
        unit: String,
    },
}

/// Reads the records of one sheet.
pub struct RowReader {
    kind: LedgerKind,
    /// What the sheet's entries point to.
    pub slots: Vec<Slot>,
    identity: Vec<Identity>,
    /// Whether each row is one fact.
    is_long: bool,
}

impl Row {
    /// A row that says nothing yet.
    pub fn empty(number: u32, kind: SubjectKind) -> Self {
        Self {
            number,
            kind,
            name: String::new(),
            code: None,
            park: None,
            owner: None,
            owner_code: None,
            zone: None,
            cell: None,
            values: Vec::new(),
        }
    }
}

/// What a slot says of who a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identity {
    Name,
    Code,
    Park,
    Owner,
    OwnerCode,
    Nothing,
}

impl RowReader {
    /// A reader for a sheet with these slots.
    pub fn new(kind: LedgerKind, slots: Vec<Slot>) -> Self {
        let identity = slots.iter().map(|slot| identity(kind, slot)).collect();
        let has = |name: &str| slots.iter().any(|slot| slot.variable == name);
        let is_long = kind == LedgerKind::Facts && has("variable") && has("value");
        Self {
            kind,
            slots,
            identity,
            is_long,
        }
    }

    /// The row of a record.
    pub fn row(&self, record: Record) -> Row {
        let number = record.row;
        if self.kind == LedgerKind::Facts {
            return self.facts_row(record);
        }
        let mut row = Row::empty(number, SubjectKind::Project);
        if self.kind == LedgerKind::Enterprises {
            row.kind = SubjectKind::Enterprise;
        }
        row.values.reserve(record.entries.len());
        for entry in record.entries {
            let place = entry.slot as usize;
            let words = || match &entry.value {
                Value::Text(words) | Value::Code(words) => Some(words.clone()),
                _ => None,
            };
            match self.identity[place] {
                Identity::Name => {
                    row.name = words().unwrap_or_default();
                    row.cell = entry.cell;
                }
                Identity::Code => {
                    row.code = words();
                    row.cell = row.cell.or(entry.cell);
                }
                Identity::Park => row.park = words(),
                Identity::Owner => row.owner = words(),
                Identity::OwnerCode => row.owner_code = words(),
                Identity::Nothing => {}
            }
            row.values.push(self.value(place, entry));
        }
        if row.name.is_empty() {
            // An enterprise that a ledger names by its code alone is called by it until somebody
            // gives its name.
            row.name = row.code.clone().unwrap_or_default();
        }
        row
    }

    /// A row of a table of facts: one fact, or one subject or period with a fact a column.
    fn facts_row(&self, record: Record) -> Row {
        if self.is_long {
            return facts::long_row(record.row, fact_of_row(&record, &self.slots));
        }
        let mut row = Row::empty(record.row, facts::kind_unknown());
        let mut period = None;
        let mut entries = Vec::with_capacity(record.entries.len());
        for entry in record.entries {
            let words = entry.value.to_string();
            match self.slots[entry.slot as usize].variable.as_str() {
                "subject" => {
                    row.name = words;
                    row.cell = entry.cell;
                }
                "subject_type" => row.kind = facts::kind_of(&words),
                "zone" => row.zone = Some(words),
                "period" => period = Some(facts::period_of(&words)),
                _ => entries.push(entry),
            }
        }
        for entry in entries {
            let place = entry.slot as usize;
            let value = match &period {
                None => self.value(place, entry),
                Some(period) => {
                    let slot = &self.slots[place];
                    let variable = slot.variable.clone();
                    let unit = entry.unit.or_else(|| slot.unit.clone());
                    let unit = unit.unwrap_or_default();
                    let column = RowColumn::Own {
                        variable,
                        period: period.clone(),
                        unit,
                    };
                    let Entry {
                        value,
                        qualifier,
                        cell,
                        ..
                    } = entry;
                    RowValue {
                        column,
                        value,
                        qualifier,
                        cell,
                    }
                }
            };
            row.values.push(value);
        }
        row
    }

    fn value(&self, place: usize, entry: Entry) -> RowValue {
        let column = match entry.unit {
            None => RowColumn::Slot(place),
            Some(unit) => {
                let slot = &self.slots[place];
                RowColumn::Own {
                    variable: slot.variable.clone(),
                    period: slot.period.clone().unwrap_or(Period::Current),
                    unit,
                }
            }
        };
        RowValue {
            column,
            value: entry.value,
            qualifier: entry.qualifier,
            cell: entry.cell,
        }
    }
}

fn identity(kind: LedgerKind, slot: &Slot) -> Identity {
    match (kind, slot.variable.as_str()) {
        (_, "name") => Identity::Name,
        (LedgerKind::Projects, "code") | (LedgerKind::Enterprises, "uscc") => Identity::Code,
        (_, "park") => Identity::Park,
        (LedgerKind::Projects, "owner") => Identity::Owner,
        (LedgerKind::Projects, "owner_uscc") => Identity::OwnerCode,
        _ => Identity::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Money, ValueType};

    #[test]
    fn a_table_by_period_keeps_the_units_of_its_columns() {
        let slot = |name: &str, unit: Option<&str>| Slot {
            key: name.to_owned(),
            variable: name.to_owned(),
            period: None,
            value_type: ValueType::Text,
            unit: unit.map(str::to_owned),
        };
        let slots = vec![slot("period", None), slot("工业总产值", Some("亿元"))];
        let entry = |slot, value| Entry {
            slot,
            value,
            qualifier: String::new(),
            unit: None,
            cell: None,
        };
        let entries = vec![
            entry(0, Value::Text("2023".to_owned())),
            entry(1, Value::Money(Money::from_fen(1_200_000_000_000))),
        ];
        let row = RowReader::new(LedgerKind::Facts, slots).row(Record { row: 3, entries });
        let column = RowColumn::Own {
            variable: "工业总产值".to_owned(),
            period: Period::Year(2023),
            unit: "亿元".to_owned(),
        };
        assert_eq!(row.values[0].column, column);
    }
}
