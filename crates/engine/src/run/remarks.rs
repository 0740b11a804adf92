//! Cells that cannot be used, as columns of a plan: a list of them for each row.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, StringArray, StructArray, new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::arrow::error::ArrowError;

use super::rows::Rows;
use crate::judge::BadValue;

/// A cell that cannot be used, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The identity of its row.
    pub subject: String,
    /// The column.
    pub column: String,
    /// What was written.
    pub value: String,
    /// Why it cannot be used.
    pub reason: BadValue,
}

/// The remarks on a batch, each with its row in the batch, by rising rows.
pub fn of_rows(rows: &Rows<'_>) -> Vec<(usize, Remark)> {
    let remark = |note: &super::frame::Note| {
        let remark = Remark {
            subject: rows.identity(note.row - 1).to_owned(),
            column: note.column.clone(),
            value: note.value.clone(),
            reason: note.reason,
        };
        (note.row - 1, remark)
    };
    rows.notes.iter().map(remark).collect()
}

fn fields() -> Fields {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    vec![
        text("subject_id"),
        text("column"),
        text("value"),
        text("reason"),
    ]
    .into()
}

fn item() -> FieldRef {
    Arc::new(Field::new("item", DataType::Struct(fields()), true))
}

/// The type of a column of remarks; NULL where a row has none.
pub fn column_type() -> DataType {
    DataType::List(item())
}

/// A column that holds the remarks of each row.
///
/// # Errors
/// Arrow's, where the lists do not fit together, which would be a mistake of ours.
pub fn column(remarks: &[(usize, Remark)], rows: usize) -> Result<ArrayRef, ArrowError> {
    if remarks.is_empty() {
        return Ok(new_null_array(&column_type(), rows));
    }
    let mut lengths = vec![0; rows];
    for (row, _) in remarks {
        lengths[*row] += 1;
    }
    let each = || remarks.iter().map(|(_, remark)| remark);
    Ok(Arc::new(list(each, OffsetBuffer::from_lengths(lengths))?))
}

/// One list of all of them.
///
/// # Errors
/// As [`column`].
pub fn one_list(remarks: &[Remark]) -> Result<ListArray, ArrowError> {
    list(
        || remarks.iter(),
        OffsetBuffer::from_lengths([remarks.len()]),
    )
}

fn list<'r, I: Iterator<Item = &'r Remark>>(
    remarks: impl Fn() -> I,
    offsets: OffsetBuffer<i32>,
) -> Result<ListArray, ArrowError> {
    let text = |of: fn(&Remark) -> &str| -> ArrayRef {
        Arc::new(
            remarks()
                .map(|remark| Some(of(remark)))
                .collect::<StringArray>(),
        )
    };
    let columns = vec![
        text(|remark| &remark.subject),
        text(|remark| &remark.column),
        text(|remark| &remark.value),
        text(|remark| remark.reason.as_str()),
    ];
    let values = StructArray::try_new(fields(), columns, None)?;
    ListArray::try_new(item(), offsets, Arc::new(values), None)
}

/// The remarks of a column, each with its row.
pub fn read(column: &ArrayRef) -> Vec<(usize, Remark)> {
    let lists = column.as_list::<i32>();
    let mut remarks = Vec::new();
    if lists.null_count() == lists.len() {
        return remarks;
    }
    for row in (0..lists.len()).filter(|row| lists.is_valid(*row)) {
        let found = lists.value(row);
        let found = found.as_struct();
        let text = |place: usize, at: usize| found.column(place).as_string::<i32>().value(at);
        for at in 0..found.len() {
            let remark = BadValue::of(text(3, at)).map(|reason| Remark {
                subject: text(0, at).to_owned(),
                column: text(1, at).to_owned(),
                value: text(2, at).to_owned(),
                reason,
            });
            remarks.extend(remark.map(|remark| (row, remark)));
        }
    }
    remarks
}
