//! Who is in a table: eight bytes of each identity, by which one that stands twice is found.

use std::collections::{HashMap, HashSet};

use datafusion::arrow::array::{Array, ArrayRef, StringArray};
use datafusion::common::Result;
use datafusion::common::hash_utils::{RandomState, create_hashes};

/// Hashes of identities. Two that are equal have equal ones; two that differ nearly always differ.
#[derive(Debug, Clone, Default)]
pub struct Identities {
    /// One a subject, in no order that means anything.
    pub hashes: Vec<u64>,
}

impl Identities {
    /// Takes in the identities of a batch.
    ///
    /// # Errors
    /// DataFusion's, for a column that cannot be hashed; text can.
    pub fn add(&mut self, identities: &StringArray) -> Result<()> {
        let before = self.hashes.len();
        self.hashes.resize(before + identities.len(), 0);
        // The same seed everywhere: parts of a run on other machines have to agree.
        create_hashes(
            [identities as &dyn Array],
            &RandomState::with_seed(0),
            &mut self.hashes[before..],
        )?;
        Ok(())
    }

    /// Takes in one identity.
    pub fn add_one(&mut self, identity: &str) {
        // Only text is hashed, so this cannot fail.
        drop(self.add(&StringArray::from(vec![identity])));
    }

    /// Takes in what another part of the run found.
    pub fn extend(&mut self, hashes: &[u64]) {
        self.hashes.extend_from_slice(hashes);
    }

    /// Forgets the hashes that stand once.
    pub fn keep_repeated(&mut self) {
        #[expect(
            clippy::stable_sort_primitive,
            reason = "the stable sort is the one that only merges the sorted runs of the parts"
        )]
        self.hashes.sort();
        let pairs = self.hashes.windows(2).filter(|pair| pair[0] == pair[1]);
        let mut repeated: Vec<u64> = pairs.map(|pair| pair[0]).collect();
        repeated.dedup();
        self.hashes = repeated;
    }
}

/// Looks for identities among all of a table, batch by batch in the table's order.
#[derive(Debug, Default)]
pub struct Search {
    suspects: HashSet<u64>,
    /// The identities whose rows are wanted, too.
    wanted: HashSet<String>,
    first_rows: HashMap<String, usize>,
    rows: usize,
}

/// An identity that stands in two rows, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The identity.
    pub id: String,
    /// The earlier row.
    pub first: usize,
    /// The later row.
    pub second: usize,
}

impl Search {
    /// For identities with these hashes, and for those that are named.
    pub fn new(suspects: &[u64], wanted: impl Iterator<Item = String>) -> Self {
        Self {
            suspects: suspects.iter().copied().collect(),
            wanted: wanted.collect(),
            ..Self::default()
        }
    }

    /// Looks at a batch; gives the first identity that stands twice.
    ///
    /// # Errors
    /// As [`Identities::add`].
    pub fn look(&mut self, identities: &StringArray) -> Result<Option<Repeated>> {
        let mut found = Identities::default();
        found.add(identities)?;
        for (row, hash) in found.hashes.iter().enumerate() {
            let id = if identities.is_null(row) {
                ""
            } else {
                identities.value(row)
            };
            if !self.suspects.contains(hash) && !self.wanted.contains(id) {
                continue;
            }
            let number = self.rows + row + 1;
            if let Some(first) = self.first_rows.insert(id.to_owned(), number) {
                let id = id.to_owned();
                return Ok(Some(Repeated {
                    id,
                    first,
                    second: number,
                }));
            }
        }
        self.rows += identities.len();
        Ok(None)
    }

    /// The row of an identity, from 1, once all batches were looked at; 0 for one that is not there.
    pub fn row(&self, id: &str) -> usize {
        self.first_rows.get(id).copied().unwrap_or(0)
    }
}

/// Where each subject stands in the input: sixteen bytes a subject.
#[derive(Debug, Default)]
pub struct Positions {
    /// By hash, sorted once all are taken in.
    rows: Vec<(u64, usize)>,
}

impl Positions {
    /// Takes in the next batch of the table.
    ///
    /// # Errors
    /// As [`Identities::add`].
    pub fn add(&mut self, identities: &StringArray) -> Result<()> {
        let mut found = Identities::default();
        found.add(identities)?;
        let before = self.rows.len();
        self.rows.extend(found.hashes.into_iter().zip(before..));
        Ok(())
    }

    /// All are taken in; gives the hashes that stand twice.
    pub fn close(&mut self) -> Vec<u64> {
        self.rows.sort_unstable();
        let pairs = self.rows.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        pairs.map(|pair| pair[0].0).collect()
    }

    /// The row of an identity, counted from 0; `None` for one that is not there. Two identities of one hash
    /// are nearly impossible, and a batch that begins with one of them would be put at the wrong place, so
    /// the run is refused where any stand in the table.
    pub fn row(&self, identity: &str) -> Option<usize> {
        let mut one = Identities::default();
        one.add_one(identity);
        let hash = one.hashes.first()?;
        let place = self
            .rows
            .binary_search_by_key(hash, |(hash, _)| *hash)
            .ok()?;
        Some(self.rows[place].1)
    }
}

/// The column of identities as text.
///
/// # Errors
/// Arrow's, where it cannot be read as text.
pub fn as_text(column: &ArrayRef) -> Result<StringArray> {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::compute::cast;
    use datafusion::arrow::datatypes::DataType;
    Ok(cast(column, &DataType::Utf8)?.as_string().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_found_with_its_rows() {
        let (first, second) = (
            StringArray::from(vec!["a", "b"]),
            StringArray::from(vec!["c", "b"]),
        );
        let mut identities = Identities::default();
        identities.add(&first).unwrap();
        identities.add(&second).unwrap();
        identities.keep_repeated();
        assert_eq!(identities.hashes.len(), 1);
        let mut search = Search::new(&identities.hashes, ["a".to_owned()].into_iter());
        assert_eq!(search.look(&first).unwrap(), None);
        let repeated = search.look(&second).unwrap().unwrap();
        assert_eq!(
            (repeated.id.as_str(), repeated.first, repeated.second),
            ("b", 2, 4)
        );
        assert_eq!(search.row("a"), 1);
    }
}
