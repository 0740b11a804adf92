//! Statements that say again what a fact says. By them a value stands when the import that brought it
//! is undone.

use crate::error::Result;
use crate::facts::FactRow;
use crate::sql::Row;

/// A row of the table of confirmations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmation {
    pub(crate) id: i64,
    /// The fact that counted when it was said again.
    pub(crate) fact_id: i64,
    pub(crate) unit_id: i64,
    pub(crate) source_id: i64,
    pub(crate) cell_row: Option<i64>,
    pub(crate) cell_column: Option<i64>,
    pub(crate) known_on: Option<i64>,
    pub(crate) entry_id: i64,
}

impl Confirmation {
    pub(crate) const COLUMNS: &str =
        "id, fact_id, unit_id, source_id, cell_row, cell_column, known_on, entry_id";

    /// What a statement comes to that says the same as the fact which counts.
    pub(crate) fn of(fact: &FactRow, said: &FactRow) -> Self {
        Self {
            id: 0,
            fact_id: fact.id,
            unit_id: said.unit_id,
            source_id: said.source_id,
            cell_row: said.cell_row,
            cell_column: said.cell_column,
            known_on: said.known_on,
            entry_id: said.entry_id,
        }
    }

    /// The fact as this statement says it.
    pub(crate) fn as_fact(&self, fact: &FactRow) -> FactRow {
        FactRow {
            unit_id: self.unit_id,
            source_id: self.source_id,
            cell_row: self.cell_row,
            cell_column: self.cell_column,
            known_on: self.known_on,
            entry_id: self.entry_id,
            ..fact.clone()
        }
    }

    /// All of it in the order of the columns, for the table and for the digest.
    pub(crate) fn numbers(&self) -> [Option<i64>; 8] {
        let [id, fact, unit, source, entry] = [
            self.id,
            self.fact_id,
            self.unit_id,
            self.source_id,
            self.entry_id,
        ]
        .map(Some);
        let (row, column) = (self.cell_row, self.cell_column);
        [id, fact, unit, source, row, column, self.known_on, entry]
    }

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.at(0)?,
            fact_id: row.at(1)?,
            unit_id: row.at(2)?,
            source_id: row.at(3)?,
            cell_row: row.at(4)?,
            cell_column: row.at(5)?,
            known_on: row.at(6)?,
            entry_id: row.at(7)?,
        })
    }
}
