//! The facts of a subject that count: of each variable and period the last one said.

use std::collections::{BTreeMap, HashMap};

use crate::facts::{FactRow, Stored};

/// All that was said of a subject, and by variable and period which row counts. Retractions are kept: they say that
/// nothing counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latest {
    said: Vec<FactRow>,
    places: BTreeMap<(i64, i64), usize>,
}

impl Latest {
    /// Takes in a row recorded after all that are there.
    pub(crate) fn take(&mut self, row: FactRow) {
        self.places.insert(row.key(), self.said.len());
        self.said.push(row);
    }

    /// How many rows were taken in.
    pub(crate) fn taken(&self) -> usize {
        self.said.len()
    }

    /// The rows taken in after so many, in their order.
    pub(crate) fn since(&self, taken: usize) -> &[FactRow] {
        &self.said[taken..]
    }

    /// The same, to be numbered.
    pub(crate) fn since_mut(&mut self, taken: usize) -> &mut [FactRow] {
        &mut self.said[taken..]
    }

    pub(crate) fn get(&self, key: (i64, i64)) -> Option<&FactRow> {
        self.places
            .get(&key)
            .map(|place| &self.said[*place])
            .filter(|row| row.kind != Stored::RETRACTED)
    }

    /// The rows that say something.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &FactRow> {
        let counts = self.places.values().map(|place| &self.said[*place]);
        counts.filter(|row| row.kind != Stored::RETRACTED)
    }

    pub(crate) fn into_rows(self) -> impl Iterator<Item = FactRow> {
        let mut said: Vec<Option<FactRow>> = self.said.into_iter().map(Some).collect();
        let counts = self.places.into_values();
        counts
            .filter_map(move |place| said[place].take())
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
