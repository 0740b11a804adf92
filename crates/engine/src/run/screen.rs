//! Screening: a table of subjects against the rulebook, from a DataFusion plan to a file or a summary.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::errors::ParquetError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col, ident};
use domain::SubjectKind;
use futures::StreamExt;

use super::batch::{Judged, judge};
use super::frame::{Frame, FrameError, Note, Rows};
use super::long::{self, LongRow};
use super::plan::Plan;
use super::program::Source;
use super::summary::PolicySummary;
use super::{parquet_parts, wide};
use crate::judge::{Binding, BindingTerms, Population, Select};
use crate::rulebook::{ParameterValue, Rulebook};

/// Rows that are judged at a time: the vectors of one batch stay in the processor's cache.
const BATCH_ROWS: usize = 8192;

/// What is to be judged.
pub struct Screening<'r> {
    /// The rules.
    pub rulebook: &'r Rulebook,
    /// The kind of subject.
    pub subject: SubjectKind,
    /// The assessment date.
    pub as_of: NaiveDate,
    /// Ids of the policies; empty for all.
    pub policies: Vec<String>,
    /// Parameters put in the place of the law's.
    pub set: HashMap<String, ParameterValue>,
}

/// Where the subjects are.
pub enum Input {
    /// A table in memory, from a sheet or a text file.
    Table(RecordBatch),
    /// Parquet: a file, or a folder of files.
    Parquet(PathBuf),
}

/// Where the results go.
pub enum Output {
    /// Nowhere: only the summary is wanted.
    Summary,
    /// Every row of the long form, in memory.
    Rows,
    /// The long form in Parquet.
    LongParquet(PathBuf),
    /// The wide form in Parquet.
    WideParquet(PathBuf),
}

/// What a run gives.
#[derive(Debug, Default)]
pub struct Screened {
    /// One per policy, in the order of ids.
    pub summary: Vec<PolicySummary>,
    /// The long form, where it was asked for in memory.
    pub rows: Vec<LongRow>,
    /// Cells that cannot be used.
    pub notes: Vec<Note>,
    /// Columns that are no facts.
    pub ignored: Vec<String>,
    /// How many subjects were judged.
    pub subjects: u64,
}

/// Why a run fails.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// The table cannot be judged.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The input cannot be read.
    #[error("the input cannot be read: {0}")]
    Read(#[from] DataFusionError),
    /// The output cannot be made.
    #[error("the output cannot be made: {0}")]
    Arrow(#[from] ArrowError),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Write(#[from] ParquetError),
    /// A file cannot be made or read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A part of the work ended early.
    #[error("background work ended early: {0}")]
    Background(#[from] tokio::task::JoinError),
}

/// What every part of a run shares.
struct Shared {
    plan: Plan,
    frame: Frame,
    population: Option<Population>,
}

/// What one part of a run gives.
#[derive(Default)]
struct Part {
    summary: Vec<PolicySummary>,
    rows: Vec<LongRow>,
    notes: Vec<Note>,
    identities: Vec<u64>,
    subjects: usize,
}

impl Screening<'_> {
    /// Binds the rules to the date, looking for the definitions that a table gives facts under.
    pub fn bind(&self, frame: &Frame) -> Binding {
        let definitions = frame.definitions();
        let select = match self.policies.as_slice() {
            [] => Select::Policies,
            ids => Select::Some(ids),
        };
        let terms = BindingTerms {
            as_of: self.as_of,
            subject: &self.subject,
            set: &self.set,
            definitions: &definitions,
        };
        Binding::new(self.rulebook, &terms, select)
    }

    /// Judges a table.
    ///
    /// # Errors
    /// [`ScreenError`] where it cannot be read or written, or has no subjects; nothing is left behind.
    pub async fn run(&self, input: Input, output: Output) -> Result<Screened, ScreenError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        // A table in memory is small; one part keeps its rows in order.
        let partitions = if matches!(input, Input::Parquet(_)) {
            threads
        } else {
            1
        };
        let mut config = SessionConfig::new()
            .with_target_partitions(partitions)
            .with_batch_size(BATCH_ROWS);
        config
            .options_mut()
            .execution
            .parquet
            .schema_force_view_types = false;
        config.options_mut().optimizer.repartition_file_min_size = 0;
        let context = SessionContext::new_with_config(config);
        let table = match input {
            Input::Table(batch) => context.read_batch(batch)?,
            Input::Parquet(path) => {
                let path = path.to_string_lossy().into_owned();
                context
                    .read_parquet(path, ParquetReadOptions::default())
                    .await?
            }
        };
        let schema = Arc::new(table.schema().as_arrow().clone());
        let frame = Frame::of_schema(self.rulebook, &self.subject, &schema)?;
        let plan = Plan::new(Arc::new(self.bind(&frame)));
        let (shared, table) = self.prepare(table, &schema, frame, plan).await?;
        let parts = run_parts(&shared, table, &output).await?;
        finish(&shared, parts, &output)
    }

    /// Reads only the columns that are needed; takes in the whole population first where a scorecard
    /// compares subjects with each other.
    async fn prepare(
        &self,
        table: DataFrame,
        schema: &SchemaRef,
        frame: Frame,
        plan: Plan,
    ) -> Result<(Arc<Shared>, DataFrame), ScreenError> {
        // Rows that are judged one by one read any fact that a rule names, so all columns stay then.
        let by_rows = plan.needs_rows() || !plan.entangled.is_empty();
        let every: Vec<usize> = (0..schema.fields().len()).collect();
        let places = if by_rows {
            every
        } else {
            frame.places(plan.program.facts())
        };
        let columns = places
            .iter()
            .map(|place| col(ident_of(schema, *place)))
            .collect::<Vec<_>>();
        let table = table.select(columns)?;
        let frame = frame.projected(&places);
        let compares = plan.binding.card_ids().next().is_some();
        let population = if compares {
            let mut everybody = Vec::new();
            for batch in table.clone().collect().await? {
                let rows = frame.read(&batch, 0)?;
                everybody.extend((0..batch.num_rows()).map(|row| rows.facts(row)));
            }
            Some(Population::new(&plan.binding, &everybody))
        } else {
            None
        };
        Ok((
            Arc::new(Shared {
                plan,
                frame,
                population,
            }),
            table,
        ))
    }
}

/// A column's name as an expression that folds nothing.
fn ident_of(schema: &SchemaRef, place: usize) -> datafusion::common::Column {
    match ident(schema.field(place).name()) {
        datafusion::logical_expr::Expr::Column(column) => column,
        _ => datafusion::common::Column::from_name(schema.field(place).name()),
    }
}

async fn run_parts(
    shared: &Arc<Shared>,
    table: DataFrame,
    output: &Output,
) -> Result<Vec<(Part, Option<PathBuf>)>, ScreenError> {
    let streams = table.execute_stream_partitioned().await?;
    let mut tasks = Vec::new();
    for (number, stream) in streams.into_iter().enumerate() {
        let shared = Arc::clone(shared);
        let (path, is_wide) = match output {
            Output::WideParquet(path) => (Some(part_path(path, number)), true),
            Output::LongParquet(path) => (Some(part_path(path, number)), false),
            Output::Summary | Output::Rows => (None, false),
        };
        let keep = matches!(output, Output::Rows);
        tasks.push(tokio::spawn(async move {
            let part = run_part(&shared, stream, path.as_deref(), is_wide, keep).await?;
            Ok::<_, ScreenError>((part, path))
        }));
    }
    let mut parts = Vec::new();
    let mut failed = None;
    for task in tasks {
        match task.await? {
            Ok(part) => parts.push(part),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match failed {
        None => Ok(parts),
        Some(error) => {
            for (_, path) in parts {
                discard(path.as_deref());
            }
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

fn discard(path: Option<&Path>) {
    if let Some(path) = path {
        // It may not be there; then there is nothing to take away.
        drop(std::fs::remove_file(path));
    }
}

async fn run_part(
    shared: &Shared,
    mut stream: SendableRecordBatchStream,
    path: Option<&Path>,
    is_wide: bool,
    keep: bool,
) -> Result<Part, ScreenError> {
    let schema = if is_wide {
        wide::schema(&shared.plan)
    } else {
        long::schema()
    };
    let mut writer = path.map(|path| open_writer(path, &schema)).transpose()?;
    let mut part = Part {
        summary: shared
            .plan
            .binding
            .selected
            .iter()
            .map(|policy| PolicySummary {
                policy: policy.clone(),
                ..PolicySummary::default()
            })
            .collect(),
        ..Part::default()
    };
    let result = async {
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let rows = shared.frame.read(&batch, part.subjects)?;
            let judged = judge(&shared.plan, &rows, shared.population.as_ref());
            take_in(&mut part, &rows, &judged);
            let long = (keep || (writer.is_some() && !is_wide))
                .then(|| long::rows(&shared.plan, &rows, &judged, shared.population.as_ref()));
            if let Some(writer) = &mut writer {
                match &long {
                    Some(long) => writer.write(&long::batch(long)?)?,
                    None => writer.write(&wide::batch(&shared.plan, &schema, &rows, &judged)?)?,
                }
            }
            if keep {
                part.rows.extend(long.into_iter().flatten());
            }
        }
        if let Some(writer) = writer {
            writer.close()?;
        }
        Ok::<_, ScreenError>(part)
    }
    .await;
    if result.is_err() {
        discard(path);
    }
    result
}

fn open_writer(path: &Path, schema: &SchemaRef) -> Result<ArrowWriter<File>, ScreenError> {
    let file = File::create(path).map_err(|source| ScreenError::File {
        path: path.display().to_string(),
        source,
    })?;
    Ok(ArrowWriter::try_new(
        file,
        Arc::clone(schema),
        Some(parquet_parts::properties()),
    )?)
}

fn take_in(part: &mut Part, rows: &Rows, judged: &[Judged]) {
    let count = rows.rows();
    for (summary, policy) in part.summary.iter_mut().zip(judged) {
        summary.add(policy, count);
    }
    part.notes.extend(rows.notes.iter().cloned());
    part.identities
        .extend((0..count).map(|row| hash(rows.identity(row))));
    part.subjects += count;
}

fn hash(text: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
}

fn finish(
    shared: &Shared,
    parts: Vec<(Part, Option<PathBuf>)>,
    output: &Output,
) -> Result<Screened, ScreenError> {
    let mut screened = Screened {
        ignored: shared.frame.ignored.clone(),
        ..Screened::default()
    };
    let mut identities = Vec::new();
    let mut files = Vec::new();
    for (part, path) in parts {
        let before = usize::try_from(screened.subjects).unwrap_or(usize::MAX);
        if screened.summary.is_empty() {
            screened.summary = part.summary;
        } else {
            for (sum, other) in screened.summary.iter_mut().zip(&part.summary) {
                sum.merge(other);
            }
        }
        screened
            .notes
            .extend(part.notes.into_iter().map(|note| Note {
                row: note.row + before,
                ..note
            }));
        screened.rows.extend(part.rows);
        identities.extend(part.identities);
        screened.subjects += part.subjects as u64;
        files.extend(path);
    }
    if let Some((first, second)) = repeated(&identities) {
        for file in &files {
            discard(Some(file));
        }
        let id = screened
            .rows
            .get(first * shared.plan.binding.selected.len().max(1))
            .map_or_else(|| "?".to_owned(), |row| row.subject_id.clone());
        return Err(FrameError::SubjectTwice {
            id,
            first: first + 1,
            second: second + 1,
        }
        .into());
    }
    if let Output::WideParquet(path) | Output::LongParquet(path) = output {
        parquet_parts::join(&files, path)?;
    }
    Ok(screened)
}

/// The rows of the first identity that stands twice. Two different identities of 64 equal hash bits
/// among a nation's enterprises have a chance of one in a hundred thousand; they would be refused.
fn repeated(identities: &[u64]) -> Option<(usize, usize)> {
    let mut sorted: Vec<u64> = identities.to_vec();
    sorted.sort_unstable();
    let twice: std::collections::HashSet<u64> = sorted
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    if twice.is_empty() {
        return None;
    }
    let mut seen: HashMap<u64, usize> = HashMap::new();
    identities.iter().enumerate().find_map(|(row, id)| {
        if !twice.contains(id) {
            return None;
        }
        if let Some(first) = seen.get(id) {
            Some((*first, row))
        } else {
            seen.insert(*id, row);
            None
        }
    })
}
