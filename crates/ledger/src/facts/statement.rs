//! How facts lie in the database: those that one entry took from one row of a sheet, or from another source, about one
//! subject stand together in a row, as JSON. A row each would cost a ledger of a hundred thousand lines and forty columns four million rows.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq};

use crate::error::{LedgerError, Result};
use crate::facts::FactRow;
use crate::sql::{Param, Row};

/// Facts a row: more are spread over several, so that one can be read without reading thousands.
const FACTS_A_ROW: usize = 1_000;

/// About how long a fact is in a list.
const BYTES_A_FACT: usize = 32;

/// A row of the table of statements. The ids of its facts follow each other.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Id of its first fact.
    pub(crate) id: i64,
    /// Id of its last fact.
    pub(crate) last_fact: i64,
    subject_id: i64,
    pub(crate) source_id: i64,
    /// The row of the sheet, where the source is one.
    cell_row: Option<i64>,
    known_on: Option<i64>,
    /// The entry that recorded it.
    pub(crate) entry_id: i64,
    facts: String,
}

/// A fact as the list of a statement has it.
#[derive(Deserialize)]
struct Item(
    i64,
    i64,
    i64,
    #[serde(default)] Option<i64>,
    #[serde(default)] Option<i64>,
    #[serde(default)] Option<String>,
    #[serde(default)] i64,
    #[serde(default)] i64,
);

/// The same on its way into the list.
struct Packed<'a>(&'a FactRow);

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let fact = self.0;
        let filled = [
            fact.cell_column.is_some(),
            fact.number.is_some(),
            fact.text.is_some(),
            fact.unit_id != 0,
            fact.qualifier_id != 0,
        ];
        let length = 3 + filled.iter().rposition(|is| *is).map_or(0, |last| last + 1);
        let mut list = serializer.serialize_seq(Some(length))?;
        for number in [fact.variable_id, fact.period_id, fact.kind] {
            list.serialize_element(&number)?;
        }
        let places = [fact.cell_column, fact.number];
        for number in places.iter().take(length - 3) {
            list.serialize_element(number)?;
        }
        if length > 5 {
            list.serialize_element(&fact.text)?;
        }
        for number in [fact.unit_id, fact.qualifier_id]
            .iter()
            .take(length.saturating_sub(6))
        {
            list.serialize_element(number)?;
        }
        list.end()
    }
}

impl Statement {
    pub(crate) const COLUMNS: &str =
        "id, last_fact, subject_id, source_id, cell_row, known_on, entry_id, facts";

    /// Facts in the order of their ids, those that stand together in a row each.
    pub(crate) fn pack(facts: &[FactRow]) -> impl Iterator<Item = Self> {
        let together = |one: &FactRow, next: &FactRow| {
            next.id == one.id + 1
                && next.subject_id == one.subject_id
                && next.source_id == one.source_id
                && next.cell_row == one.cell_row
                && next.known_on == one.known_on
                && next.entry_id == one.entry_id
        };
        let runs = facts.chunk_by(together);
        runs.flat_map(|run| run.chunks(FACTS_A_ROW)).map(Self::of)
    }

    fn of(facts: &[FactRow]) -> Self {
        let first = &facts[0];
        let mut list = Vec::with_capacity(facts.len() * BYTES_A_FACT);
        let packed = serde_json::Serializer::new(&mut list).collect_seq(facts.iter().map(Packed));
        packed.expect("numbers and words can be written as JSON");
        Self {
            id: first.id,
            last_fact: facts.last().map_or(first.id, |last| last.id),
            subject_id: first.subject_id,
            source_id: first.source_id,
            cell_row: first.cell_row,
            known_on: first.known_on,
            entry_id: first.entry_id,
            facts: String::from_utf8(list).expect("JSON is written in UTF-8"),
        }
    }

    /// How many facts it has.
    pub(crate) fn count(&self) -> i64 {
        self.last_fact - self.id + 1
    }

    /// All of it but the list.
    pub(crate) fn numbers(&self) -> [Option<i64>; 7] {
        let [id, last, subject, source, entry] = [
            self.id,
            self.last_fact,
            self.subject_id,
            self.source_id,
            self.entry_id,
        ]
        .map(Some);
        [
            id,
            last,
            subject,
            source,
            self.cell_row,
            self.known_on,
            entry,
        ]
    }

    /// The list of its facts, as JSON.
    pub(crate) fn list(&self) -> &str {
        &self.facts
    }

    pub(crate) fn params(&self) -> Vec<Param> {
        vec![
            self.id.into(),
            self.last_fact.into(),
            self.subject_id.into(),
            self.source_id.into(),
            self.cell_row.into(),
            self.known_on.into(),
            self.entry_id.into(),
            self.facts.as_str().into(),
        ]
    }

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.at(0)?,
            last_fact: row.at(1)?,
            subject_id: row.at(2)?,
            source_id: row.at(3)?,
            cell_row: row.at(4)?,
            known_on: row.at(5)?,
            entry_id: row.at(6)?,
            facts: row.at(7)?,
        })
    }

    pub(crate) fn read_embedded(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            last_fact: row.get(1)?,
            subject_id: row.get(2)?,
            source_id: row.get(3)?,
            cell_row: row.get(4)?,
            known_on: row.get(5)?,
            entry_id: row.get(6)?,
            facts: row.get(7)?,
        })
    }

    /// Its facts, in the order of their ids.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] where the list is none of as many facts as there are ids.
    pub(crate) fn unpack(&self) -> Result<impl Iterator<Item = FactRow>> {
        let damaged = || LedgerError::damaged("facts of statement", self.id);
        let list: Vec<Item> = serde_json::from_str(&self.facts).map_err(|_| damaged())?;
        if i64::try_from(list.len()).ok() != Some(self.count()) {
            return Err(damaged());
        }
        let facts = (self.id..).zip(list).map(|(id, item)| {
            let Item(
                variable_id,
                period_id,
                kind,
                cell_column,
                number,
                text,
                unit_id,
                qualifier_id,
            ) = item;
            FactRow {
                id,
                subject_id: self.subject_id,
                variable_id,
                period_id,
                kind,
                number,
                text,
                qualifier_id,
                unit_id,
                source_id: self.source_id,
                cell_row: self.cell_row,
                cell_column,
                known_on: self.known_on,
                entry_id: self.entry_id,
            }
        });
        Ok(facts)
    }
}

/// The facts of rows with [`Statement::COLUMNS`], in their order.
pub(crate) fn facts_of_rows(rows: &[Row]) -> Result<Vec<FactRow>> {
    let mut facts = Vec::new();
    for row in rows {
        facts.extend(Statement::read(row)?.unpack()?);
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fact() -> impl Strategy<Value = FactRow> {
        let maybe = || proptest::option::of(any::<i64>());
        let key = (0..2_i64, 0..2_i64, proptest::option::of(0..2_i64));
        let said = (
            any::<i64>(),
            any::<i64>(),
            0..12_i64,
            maybe(),
            proptest::option::of(".*"),
        );
        let place = (maybe(), maybe(), 0..3_i64, 0..3_i64);
        (key, said, place).prop_map(|(key, said, place)| FactRow {
            id: 0,
            subject_id: key.0,
            variable_id: said.0,
            period_id: said.1,
            kind: said.2,
            number: said.3,
            text: said.4,
            qualifier_id: place.3,
            unit_id: place.2,
            source_id: key.1,
            cell_row: place.0,
            cell_column: place.1,
            known_on: key.2,
            entry_id: 7,
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(facts in prop::collection::vec(fact(), 0..40), first in 1..1_000_i64) {
            let mut facts = facts;
            facts.sort_by_key(|fact| fact.subject_id);
            for (id, fact) in (first..).zip(&mut facts) {
                fact.id = id;
            }
            let unpacked = Statement::pack(&facts).map(|statement| statement.unpack().map(Vec::from_iter));
            let unpacked = unpacked.collect::<Result<Vec<_>>>().unwrap().concat();
            prop_assert_eq!(unpacked, facts);
        }
    }

    #[test]
    fn a_list_says_no_more_than_it_has_to() {
        let fact = FactRow {
            id: 40,
            subject_id: 2,
            variable_id: 61,
            period_id: 0,
            kind: 2,
            number: Some(107_000_000_000),
            text: None,
            qualifier_id: 0,
            unit_id: 80,
            source_id: 1,
            cell_row: Some(1_002),
            cell_column: Some(0),
            known_on: None,
            entry_id: 7,
        };
        let absent = FactRow {
            id: 41,
            kind: 1,
            number: None,
            unit_id: 0,
            cell_column: None,
            ..fact.clone()
        };
        let packed: Vec<_> = Statement::pack(&[fact, absent]).collect();
        assert_eq!(packed.len(), 1);
        assert_eq!((packed[0].id, packed[0].last_fact), (40, 41));
        assert_eq!(
            packed[0].facts,
            "[[61,0,2,0,107000000000,null,80],[61,0,1]]"
        );
    }

    #[test]
    fn long_statements_are_spread_over_rows() {
        let fact = FactRow {
            id: 0,
            subject_id: 1,
            variable_id: 1,
            period_id: 0,
            kind: 1,
            number: None,
            text: None,
            qualifier_id: 0,
            unit_id: 0,
            source_id: 1,
            cell_row: None,
            cell_column: None,
            known_on: None,
            entry_id: 1,
        };
        let facts: Vec<_> = (1..=2_500)
            .map(|id| FactRow { id, ..fact.clone() })
            .collect();
        let rows: Vec<_> = Statement::pack(&facts)
            .map(|row| (row.id, row.last_fact))
            .collect();
        assert_eq!(rows, [(1, 1_000), (1_001, 2_000), (2_001, 2_500)]);
    }
}
