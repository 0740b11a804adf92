//! The parts of a run: what the plan gives, counted and written part by part.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StructArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use super::frame::Note;
use super::function::Form;
use super::identities::Positions;
use super::judging::Judging;
use super::long::{self, LongRow};
use super::parquet_parts::{OutputFile, PartWriter, Written};
use super::remarks;
use super::screen::{Output, ScreenError};
use super::tally::Tally;
use super::wide;

/// What all parts of a run are made by.
#[derive(Debug, Clone)]
pub struct Making {
    /// The rules.
    pub judging: Arc<Judging>,
    /// What rows become.
    pub form: Form,
    /// Whether the rows of the long form are kept in memory.
    pub keep: bool,
    /// The output's file; `None` where nothing is written.
    pub path: Option<PathBuf>,
}

impl Making {
    /// For this output.
    pub fn new(judging: &Arc<Judging>, form: Form, output: &Output) -> Self {
        let path = match output {
            Output::WideParquet(path) | Output::LongParquet(path) => Some(path.clone()),
            Output::Summary | Output::Rows => None,
        };
        Self {
            judging: Arc::clone(judging),
            form,
            keep: matches!(output, Output::Rows),
            path,
        }
    }

    fn output(&self) -> Result<Option<Arc<OutputFile>>, ScreenError> {
        self.path.as_deref().map(OutputFile::create).transpose()
    }
}

/// All that the parts of a run give, in the order of the input.
pub struct Parts {
    /// The parts.
    pub all: Vec<Part>,
    /// The file that they wrote, to be finished; it goes away by itself otherwise.
    output: Option<Arc<OutputFile>>,
}

impl Parts {
    /// Finishes the file that they wrote.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(&mut self) -> Result<(), ScreenError> {
        let Some(output) = self.output.take() else {
            return Ok(());
        };
        let written = self.all.iter_mut().filter_map(|part| part.written.take());
        output.finish(written.collect())
    }
}

/// What one part of a run gives: rows of the input without a gap between them.
pub struct Part {
    /// What it comes to.
    pub tally: Tally,
    /// Rows of the long form, where they are wanted in memory.
    pub rows: Vec<LongRow>,
    /// Cells that cannot be used; rows count within the part.
    pub notes: Vec<Note>,
    /// What it wrote, once it is finished.
    written: Option<Written>,
    /// The row of the input with which it begins, counted from 0, where parts come in any order.
    first: usize,
    making: Making,
    schema: SchemaRef,
    writer: Option<PartWriter>,
}

/// Runs all parts side by side, in the order of the input.
///
/// # Errors
/// The first part's that fails.
pub async fn run(
    making: &Making,
    streams: Vec<SendableRecordBatchStream>,
) -> Result<Parts, ScreenError> {
    let output = making.output()?;
    let mut tasks = Vec::new();
    for mut stream in streams {
        let mut part = Part::begin(making, output.as_ref(), 0)?;
        tasks.push(tokio::spawn(async move {
            part.take_all(&mut stream).await?;
            Ok(part)
        }));
    }
    let mut all: Vec<Part> = Vec::new();
    let mut failed = None;
    for task in tasks {
        match task.await? {
            Ok(part) => all.push(part),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(Parts { all, output }), Err)
}

/// Runs a plan whose parts come one after the other in any order, as a cluster gives them; the parts that
/// come back are in the order of the input.
///
/// # Errors
/// As [`run`].
pub async fn run_scattered(
    making: &Making,
    streams: Vec<SendableRecordBatchStream>,
    positions: &Positions,
) -> Result<Parts, ScreenError> {
    let output = making.output()?;
    let mut all: Vec<Part> = Vec::new();
    for mut stream in streams {
        scatter(making, output.as_ref(), &mut stream, positions, &mut all).await?;
    }
    all.sort_by_key(|part| part.first);
    Ok(Parts { all, output })
}

async fn scatter(
    making: &Making,
    output: Option<&Arc<OutputFile>>,
    stream: &mut SendableRecordBatchStream,
    positions: &Positions,
    parts: &mut Vec<Part>,
) -> Result<(), ScreenError> {
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let judged = batch.column(0).as_struct();
        let Some(identity) = first_identity(making.form, judged) else {
            continue;
        };
        let row = positions.row(&identity).ok_or_else(|| {
            ScreenError::Cluster(format!(
                "`{identity}` is not in the input as it is read here"
            ))
        })?;
        let follows = parts.last().is_some_and(|part| part.end() == row);
        if !follows {
            if let Some(last) = parts.last_mut() {
                last.finish()?;
            }
            parts.push(Part::begin(making, output, row)?);
        }
        if let Some(last) = parts.last_mut() {
            last.take(judged)?;
        }
    }
    match parts.last_mut() {
        Some(last) => last.finish(),
        None => Ok(()),
    }
}

/// The identity of the first row.
fn first_identity(form: Form, judged: &StructArray) -> Option<String> {
    if judged.is_empty() {
        return None;
    }
    let identities = match form {
        Form::Wide => Arc::clone(judged.column(0)),
        Form::Long => {
            let rows = judged.column(0).as_list::<i32>().value(0);
            Arc::clone(rows.as_struct().column(0))
        }
    };
    let identities = identities.as_string::<i32>();
    (!identities.is_empty()).then(|| identities.value(0).to_owned())
}

impl Part {
    fn begin(
        making: &Making,
        output: Option<&Arc<OutputFile>>,
        first: usize,
    ) -> Result<Self, ScreenError> {
        let schema = making.form.schema(&making.judging);
        let writer = output.map(|output| output.part(&schema)).transpose()?;
        Ok(Self {
            tally: Tally::of(&making.judging.plan.binding.selected),
            rows: Vec::new(),
            notes: Vec::new(),
            written: None,
            first,
            making: making.clone(),
            schema,
            writer,
        })
    }

    async fn take_all(
        &mut self,
        stream: &mut SendableRecordBatchStream,
    ) -> Result<(), ScreenError> {
        while let Some(batch) = stream.next().await {
            self.take(batch?.column(0).as_struct())?;
        }
        self.finish()
    }

    fn finish(&mut self) -> Result<(), ScreenError> {
        if let Some(writer) = self.writer.take() {
            self.written = Some(writer.finish()?);
        }
        Ok(())
    }

    fn subjects(&self) -> usize {
        usize::try_from(self.tally.subjects).unwrap_or(usize::MAX)
    }

    /// The row of the input behind its last.
    fn end(&self) -> usize {
        self.first + self.subjects()
    }

    /// Counts and writes what the plan's function gave for a batch.
    fn take(&mut self, judged: &StructArray) -> Result<(), ScreenError> {
        let Some((found, columns)) = judged.columns().split_last() else {
            return Ok(());
        };
        self.remark(found);
        let table = match self.making.form {
            Form::Wide => self.take_wide(columns.to_vec())?,
            Form::Long => self.take_long(&columns[0])?,
        };
        self.tally.subjects += judged.len() as u64;
        if let Some(writer) = &mut self.writer {
            writer.write(table)?;
        }
        Ok(())
    }

    fn remark(&mut self, found: &ArrayRef) {
        let before = self.subjects();
        let notes = remarks::read(found).into_iter().map(|(row, remark)| Note {
            row: before + row + 1,
            column: remark.column,
            value: remark.value,
            reason: remark.reason,
        });
        self.notes.extend(notes);
    }

    fn take_wide(&mut self, columns: Vec<ArrayRef>) -> Result<RecordBatch, ScreenError> {
        self.tally.identities.add(columns[0].as_string())?;
        wide::summarise(&self.making.judging.plan, &columns, &mut self.tally.summary);
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }

    fn take_long(&mut self, rows: &ArrayRef) -> Result<RecordBatch, ScreenError> {
        let rows = rows.as_list::<i32>();
        let plan = &self.making.judging.plan;
        let policies = plan.binding.selected.len();
        let from = usize::try_from(rows.offsets()[0]).unwrap_or(0);
        let values = rows.values().slice(from, rows.len() * policies);
        let columns = values.as_struct().columns().to_vec();
        let table = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        let found = long::read(plan, &table);
        for (row, policy) in found.iter().zip((0..policies).cycle()) {
            if policy == 0 {
                self.tally.identities.add_one(&row.subject_id);
            }
            self.tally.summary[policy].add_row(row);
        }
        if self.making.keep {
            self.rows.extend(found);
        }
        Ok(table)
    }
}
