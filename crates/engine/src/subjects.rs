//! A table of subjects read whole, for what is judged one by one: an explanation, near misses.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::errors::ParquetError;
use domain::SubjectKind;

use crate::judge::{Definitions, FactKey, Facts};
use crate::rulebook::Rulebook;
use crate::run::{Frame, FrameError, Note, check_identities, text_column};

/// Subjects with all that a table says of them.
#[derive(Debug)]
pub struct Subjects {
    /// Which column is which fact.
    pub frame: Frame,
    /// The facts of each row, in the order of the table.
    pub facts: Vec<Facts>,
    /// Cells that cannot be used.
    pub notes: Vec<Note>,
}

/// Why a table of subjects cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SubjectsError {
    /// It cannot be judged.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The file cannot be opened.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no Parquet file, or a damaged one.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    /// Its columns cannot be read.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// It has neither a schema nor rows.
    #[error("{0}: no Parquet file is in this folder")]
    Empty(PathBuf),
}

/// A table of texts, one column a header: cells as a sheet or a text file writes them.
///
/// # Errors
/// Where two rows differ in length, which a table that is cut to its headers does not have.
pub fn text_table(
    headers: &[String],
    columns: Vec<Vec<Option<String>>>,
) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> = headers
        .iter()
        .map(|header| Field::new(header, DataType::Utf8, true))
        .collect();
    let columns: Vec<ArrayRef> = columns.into_iter().map(text_column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

impl Subjects {
    /// The subjects of these batches of one table.
    ///
    /// # Errors
    /// [`FrameError`] where there is no column of identities, two columns are one fact, a column cannot
    /// be read, or a subject stands there twice.
    pub fn of_batches(
        rulebook: &Rulebook,
        kind: &SubjectKind,
        schema: &Schema,
        batches: &[RecordBatch],
    ) -> Result<Self, FrameError> {
        let frame = Frame::of_schema(rulebook, kind, schema)?;
        let mut read = Self {
            frame,
            facts: Vec::new(),
            notes: Vec::new(),
        };
        let mut seen = HashMap::new();
        for batch in batches {
            let first = read.facts.len();
            let rows = read.frame.read(batch, first)?;
            let count = batch.num_rows();
            check_identities(&mut seen, (0..count).map(|row| rows.identity(row)), first)?;
            read.facts.extend((0..count).map(|row| rows.facts(row)));
            read.notes.extend(rows.notes);
        }
        Ok(read)
    }

    /// The subjects of one table in memory.
    ///
    /// # Errors
    /// As [`Subjects::of_batches`].
    pub fn of_table(
        rulebook: &Rulebook,
        kind: &SubjectKind,
        table: &RecordBatch,
    ) -> Result<Self, FrameError> {
        Self::of_batches(rulebook, kind, &table.schema(), std::slice::from_ref(table))
    }

    /// The subjects of a Parquet file, or of all files of a folder.
    ///
    /// # Errors
    /// [`SubjectsError`] where a file cannot be read or judged.
    pub fn of_parquet(
        rulebook: &Rulebook,
        kind: &SubjectKind,
        path: &Path,
    ) -> Result<Self, SubjectsError> {
        let mut batches = Vec::new();
        let mut schema = None;
        for file in parquet_files(path)? {
            let opened = File::open(&file).map_err(|source| SubjectsError::File {
                path: file.clone(),
                source,
            })?;
            let builder = ParquetRecordBatchReaderBuilder::try_new(opened)?;
            schema.get_or_insert_with(|| Arc::clone(builder.schema()));
            for batch in builder.build()? {
                batches.push(batch?);
            }
        }
        let schema = schema.ok_or_else(|| SubjectsError::Empty(path.to_owned()))?;
        Ok(Self::of_batches(rulebook, kind, &schema, &batches)?)
    }

    /// The rules' own definitions under which facts are given.
    pub fn definitions(&self) -> Definitions {
        self.frame.definitions()
    }

    /// The row of a subject, from 0.
    pub fn row_of(&self, subject_id: &str) -> Option<usize> {
        self.facts
            .iter()
            .position(|facts| facts.subject_id == subject_id)
    }

    /// The place of the column that gives a fact, from 0, with its name.
    pub fn column_of(&self, key: &FactKey) -> Option<(usize, &str)> {
        self.frame
            .columns
            .iter()
            .find(|column| column.key == *key)
            .map(|column| (column.index, column.name.as_str()))
    }
}

fn parquet_files(path: &Path) -> Result<Vec<PathBuf>, SubjectsError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| SubjectsError::File {
        path: path.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
        {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{FactPeriod, Given, Value};
    use crate::load::{RuleFiles, load_files};

    fn rulebook() -> Rulebook {
        let variables = "
variables:
  staff: {label: {zh: 职工, en: staff}, subject: enterprise, type: integer, period: year, sensitivity: public}
";
        let files = RuleFiles::from_texts([("v.yaml".to_owned(), variables.to_owned())]);
        load_files(&files, None).0.unwrap()
    }

    fn table(rows: &[(&str, &str)]) -> RecordBatch {
        let column = |pick: fn(&(&str, &str)) -> String| {
            rows.iter()
                .map(|row| Some(pick(row)).filter(|text| !text.is_empty()))
                .collect()
        };
        let headers = ["subject_id", "职工", "nobody knows"].map(str::to_owned);
        let columns = vec![
            column(|row| row.0.to_owned()),
            column(|row| row.1.to_owned()),
            column(|_| "x".to_owned()),
        ];
        text_table(&headers, columns).unwrap()
    }

    #[test]
    fn rows_become_facts_and_bad_cells_notes() {
        let read = Subjects::of_table(
            &rulebook(),
            &SubjectKind::Enterprise,
            &table(&[("A", "5"), ("B", "many")]),
        )
        .unwrap();
        let key = FactKey {
            name: "staff".to_owned(),
            of_owner: false,
            definition: None,
            period: FactPeriod::Current,
        };
        assert_eq!(
            read.facts[0].get(&key),
            Some(&Given::Known(Value::integer(5)))
        );
        assert!(matches!(read.facts[1].get(&key), Some(Given::Bad { .. })));
        assert_eq!(read.notes.len(), 1);
        assert_eq!(read.frame.ignored, ["nobody knows"]);
        assert_eq!(read.row_of("B"), Some(1));
        assert_eq!(read.column_of(&key), Some((1, "职工")));
    }

    #[test]
    fn the_same_subject_twice_is_refused() {
        let twice = table(&[("A", "5"), ("A", "6")]);
        let read = Subjects::of_table(&rulebook(), &SubjectKind::Enterprise, &twice);
        assert!(matches!(
            read,
            Err(FrameError::SubjectTwice {
                first: 1,
                second: 2,
                ..
            })
        ));
    }
}
