//! The parts of a run: what the plan gives, counted and written, one task a part.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use futures::StreamExt;

use super::frame::Note;
use super::function::Form;
use super::judging::Judging;
use super::long::{self, LongRow};
use super::parquet_parts;
use super::remarks;
use super::screen::{Output, ScreenError};
use super::tally::Tally;
use super::wide;

/// What one part of a run gives.
#[derive(Default)]
pub struct Part {
    /// What it comes to.
    pub tally: Tally,
    /// Rows of the long form, where they are wanted in memory.
    pub rows: Vec<LongRow>,
    /// Cells that cannot be used; rows count within the part.
    pub notes: Vec<Note>,
    /// Its own file beside the output.
    pub file: Option<PathBuf>,
}

impl Part {
    /// Takes its file away.
    pub fn discard(&self) {
        if let Some(file) = &self.file {
            // It may not be there; then there is nothing to take away.
            drop(std::fs::remove_file(file));
        }
    }
}

/// Runs all parts; where one fails, the files of all are taken away.
///
/// # Errors
/// The first part's that fails.
pub async fn run(
    judging: &Arc<Judging>,
    form: Form,
    streams: Vec<SendableRecordBatchStream>,
    output: &Output,
) -> Result<Vec<Part>, ScreenError> {
    let mut tasks = Vec::new();
    for (number, stream) in streams.into_iter().enumerate() {
        let mut part = Part {
            tally: Tally::of(&judging.plan.binding.selected),
            file: match output {
                Output::WideParquet(path) | Output::LongParquet(path) => {
                    Some(part_path(path, number))
                }
                Output::Summary | Output::Rows => None,
            },
            ..Part::default()
        };
        let (judging, keep) = (Arc::clone(judging), matches!(output, Output::Rows));
        tasks.push(tokio::spawn(async move {
            let result = part.take_in(&judging, form, stream, keep).await;
            (part, result)
        }));
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut failed = None;
    for task in tasks {
        let (part, result) = task.await?;
        failed = failed.or(result.err());
        parts.push(part);
    }
    match failed {
        None => Ok(parts),
        Some(error) => {
            parts.iter().for_each(Part::discard);
            Err(error)
        }
    }
}

/// A part's own file beside the output.
fn part_path(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".part{number}"));
    PathBuf::from(name)
}

impl Part {
    async fn take_in(
        &mut self,
        judging: &Judging,
        form: Form,
        mut stream: SendableRecordBatchStream,
        keep: bool,
    ) -> Result<(), ScreenError> {
        let schema = form.schema(judging);
        let mut writer = match &self.file {
            Some(file) => Some(open_writer(file, &schema)?),
            None => None,
        };
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let judged = batch.column(0).as_struct();
            let Some((found, columns)) = judged.columns().split_last() else {
                continue;
            };
            self.remark(found);
            let table = match form {
                Form::Wide => self.take_wide(judging, &schema, columns.to_vec())?,
                Form::Long => self.take_long(judging, &schema, &columns[0], keep)?,
            };
            self.tally.subjects += judged.len() as u64;
            if let Some(writer) = &mut writer {
                writer.write(&table)?;
            }
        }
        if let Some(writer) = writer {
            writer.close()?;
        }
        Ok(())
    }

    fn remark(&mut self, found: &ArrayRef) {
        let before = usize::try_from(self.tally.subjects).unwrap_or(usize::MAX);
        let notes = remarks::read(found).into_iter().map(|(row, remark)| Note {
            row: before + row + 1,
            column: remark.column,
            value: remark.value,
            reason: remark.reason,
        });
        self.notes.extend(notes);
    }

    fn take_wide(
        &mut self,
        judging: &Judging,
        schema: &SchemaRef,
        columns: Vec<ArrayRef>,
    ) -> Result<RecordBatch, ScreenError> {
        self.tally.identities.add(columns[0].as_string())?;
        wide::summarise(&judging.plan, &columns, &mut self.tally.summary);
        Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
    }

    fn take_long(
        &mut self,
        judging: &Judging,
        schema: &SchemaRef,
        rows: &ArrayRef,
        keep: bool,
    ) -> Result<RecordBatch, ScreenError> {
        let rows = rows.as_list::<i32>();
        let policies = judging.plan.binding.selected.len();
        let from = usize::try_from(rows.offsets()[0]).unwrap_or(0);
        let values = rows.values().slice(from, rows.len() * policies);
        let table =
            RecordBatch::try_new(Arc::clone(schema), values.as_struct().columns().to_vec())?;
        let found = long::read(&judging.plan, &table);
        for (row, policy) in found.iter().zip((0..policies).cycle()) {
            if policy == 0 {
                self.tally.identities.add_one(&row.subject_id);
            }
            self.tally.summary[policy].add_row(row);
        }
        if keep {
            self.rows.extend(found);
        }
        Ok(table)
    }
}

fn open_writer(path: &Path, schema: &SchemaRef) -> Result<ArrowWriter<File>, ScreenError> {
    let file = File::create(path).map_err(|source| ScreenError::File {
        path: path.display().to_string(),
        source,
    })?;
    let options = parquet_parts::options(schema);
    Ok(ArrowWriter::try_new_with_options(
        file,
        Arc::clone(schema),
        options,
    )?)
}
