//! The facts of a subject that count: of each variable and period the last one said.

use std::collections::{BTreeMap, HashMap};

use crate::facts::{FactRow, Stored};

/// By variable and period, the row that counts. Retractions are kept: they say that nothing counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latest {
    rows: BTreeMap<(i64, i64), FactRow>,
}

impl Latest {
    /// Takes in a row recorded after all that are there.
    pub(crate) fn take(&mut self, row: FactRow) {
        self.rows.insert(row.key(), row);
    }

    pub(crate) fn get(&self, key: (i64, i64)) -> Option<&FactRow> {
        self.rows
            .get(&key)
            .filter(|row| row.kind != Stored::RETRACTED)
    }

    /// The rows that say something.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &FactRow> {
        self.rows
            .values()
            .filter(|row| row.kind != Stored::RETRACTED)
    }

    pub(crate) fn into_rows(self) -> impl Iterator<Item = FactRow> {
        self.rows
            .into_values()
            .filter(|row| row.kind != Stored::RETRACTED)
    }
}

/// The facts that count, by subject, from rows in the order of their ids.
pub(crate) fn fold(rows: impl IntoIterator<Item = FactRow>) -> HashMap<i64, Latest> {
    let mut subjects: HashMap<i64, Latest> = HashMap::new();
    for row in rows {
        subjects.entry(row.subject_id).or_default().take(row);
    }
    subjects
}
