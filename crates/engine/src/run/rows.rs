//! A batch of a table as facts: columns for the vectors, single facts for the row-by-row judge.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;

use super::cells;
use super::frame::{Frame, FrameError, Note, SUBJECT_COLUMNS};
use super::program::Source;
use super::select;
use super::shape::Shape;
use super::vector::Column;
use crate::judge::{FactKey, FactTerm, Facts, Given, Value};

impl Frame {
    /// Reads a batch; `first_row` is the number of rows of the table before it.
    ///
    /// # Errors
    /// [`FrameError::Unreadable`] for a column of a type that no fact can have.
    pub fn read(&self, batch: &RecordBatch, first_row: usize) -> Result<Rows<'_>, FrameError> {
        self.read_columns(batch.columns(), batch.num_rows(), first_row)
    }

    /// As [`Frame::read`], of the columns of a table in their order.
    ///
    /// # Errors
    /// [`FrameError::Unreadable`] for a column of a type that no fact can have.
    pub fn read_columns(
        &self,
        table: &[ArrayRef],
        rows: usize,
        first_row: usize,
    ) -> Result<Rows<'_>, FrameError> {
        let unreadable = |column: &str, array: &ArrayRef, wanted: &'static str| {
            let (column, found) = (column.to_owned(), array.data_type().to_string());
            FrameError::Unreadable {
                column,
                found,
                wanted,
            }
        };
        let subject = &table[self.subject];
        let identities = cast(subject, &DataType::Utf8)
            .map_err(|_| unreadable(SUBJECT_COLUMNS[0], subject, "text"))?;
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut notes = Vec::new();
        let mut exceptional: HashMap<usize, Vec<(FactKey, Given)>> = HashMap::new();
        for column in &self.columns {
            let array = &table[column.index];
            let absent = column.absent.map(|place| &table[place]);
            let read = cells::read(&column.variable, array, absent)
                .ok_or_else(|| unreadable(&column.name, array, column.variable.ty.as_str()))?;
            for (row, value) in read.beyond {
                let given = (column.key.clone(), Given::Known(value));
                exceptional.entry(row).or_default().push(given);
            }
            for (row, text, reason) in read.refused {
                notes.push(Note {
                    row: first_row + row + 1,
                    column: column.name.clone(),
                    value: text.clone(),
                    reason,
                });
                let given = Given::Bad { text, why: reason };
                exceptional
                    .entry(row)
                    .or_default()
                    .push((column.key.clone(), given));
            }
            columns.push(read.column);
        }
        notes.sort_by_key(|note| note.row);
        Ok(Rows {
            frame: self,
            identities: identities.as_string().clone(),
            columns,
            notes,
            exceptional,
            count: rows,
        })
    }
}

/// A batch of subjects as facts.
#[derive(Debug)]
pub struct Rows<'f> {
    frame: &'f Frame,
    identities: StringArray,
    /// In the order of the frame's columns.
    columns: Vec<Column>,
    /// Cells that cannot be used, by row.
    pub notes: Vec<Note>,
    /// Rows that need the row-by-row judge, with what the columns cannot hold: cells that cannot be used,
    /// numbers that are too large.
    exceptional: HashMap<usize, Vec<(FactKey, Given)>>,
    count: usize,
}

impl Rows<'_> {
    /// The identity of a row.
    pub fn identity(&self, row: usize) -> &str {
        if self.identities.is_null(row) {
            ""
        } else {
            self.identities.value(row)
        }
    }

    /// Whether a row needs the row-by-row judge: a cell cannot be used (then a formula does not stand in
    /// for it), or a number is larger than the vectors are made for.
    pub fn is_exceptional(&self, row: usize) -> bool {
        self.exceptional.contains_key(&row)
    }

    /// The rows that need the row-by-row judge, in their order.
    pub fn exceptional(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.exceptional.keys().copied().collect();
        rows.sort_unstable();
        rows
    }

    /// What is known about the subject of a row.
    pub fn facts(&self, row: usize) -> Facts {
        let mut facts = Facts::new(self.identity(row));
        for (is, column) in self.frame.columns.iter().zip(&self.columns) {
            let value = if column.is_absent(row) {
                Value::Absent
            } else if column.has_value(row) {
                cells::value_at(is.variable.ty, &column.vector, row)
            } else {
                continue;
            };
            facts.set(is.key.clone(), value);
        }
        for (key, given) in self.exceptional.get(&row).into_iter().flatten() {
            facts.give(key.clone(), given.clone());
        }
        facts
    }
}

impl Source for Rows<'_> {
    fn fact(&self, fact: &FactTerm, shape: Shape) -> Column {
        let given: Vec<&Column> = fact
            .keys
            .iter()
            .filter_map(|key| {
                self.frame
                    .places
                    .get(key)
                    .map(|place| &self.columns[*place])
            })
            .collect();
        let found = match given.as_slice() {
            [] => Column::plain(cells::unknown(shape, self.count)),
            [one] => (*one).clone(),
            several => first_known(several, shape, self.count),
        };
        if fact.blank_is_zero {
            cells::nought_for_blank(found, self.count)
        } else {
            found
        }
    }

    fn subject_ids(&self) -> StringArray {
        self.identities.clone()
    }

    fn rows(&self) -> usize {
        self.count
    }
}

/// Row by row the first column that says anything.
fn first_known(columns: &[&Column], shape: Shape, rows: usize) -> Column {
    let mut open = BooleanBuffer::new_set(rows);
    let mut parts = Vec::new();
    let mut absent: Option<BooleanBuffer> = None;
    for column in columns {
        let says =
            BooleanBuffer::collect_bool(rows, |row| column.has_value(row) || column.is_absent(row));
        let taken = &open & &says;
        if let Some(known) = &column.absent {
            let here = known & &taken;
            absent = Some(absent.map_or_else(|| here.clone(), |other| &other | &here));
        }
        open = &open & &!&says;
        parts.push((taken, column.vector.clone()));
    }
    Column {
        vector: select::pick(&parts, shape, rows),
        absent,
    }
}
