//! Screening: a table of subjects against the rulebook, as one DataFusion plan.
//!
//! The plan reads the columns that the rules need and applies `judge` to them, or `tally` where only the
//! summary is wanted; what comes out is counted and written part by part.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{AsArray, StringArray};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{AggregateUDF, Expr, ScalarUDF};
use datafusion::parquet::errors::ParquetError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, ident};
use domain::SubjectKind;
use futures::StreamExt;

use super::cluster::{Cluster, Recipe, once_more, shared_path};
use super::frame::{Frame, FrameError, Note};
use super::function::{Form, JudgeFunction};
use super::identities::{Positions, Search, as_text};
use super::judging::{BATCH_ROWS, Judging, pieces};
use super::long::LongRow;
use super::narrow::narrowed;
use super::parts::{self, Making};
use super::plan::Plan;
use super::remarks::Remark;
use super::summary::PolicySummary;
use super::tally::{Tally, TallyFunction};
use crate::judge::{Binding, BindingTerms, Population, Select};
use crate::rulebook::{ParameterValue, Rulebook};

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
    /// Whether all was judged twice, as an executor of a cluster was lost with its results.
    pub twice: bool,
}

/// Why a run fails.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// The table cannot be judged.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The input cannot be read.
    #[error("the input cannot be read: {0}")]
    Read(DataFusionError),
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
    /// The cluster cannot do it, or is not there.
    #[error("the cluster: {0}")]
    Cluster(String),
    /// A scorecard compares the subjects with each other, which a part of them cannot do.
    #[error(
        "a scorecard compares the subjects of the run with each other, which is not done on a cluster: \
         leave out `--cluster`, or name policies that do not ask for it by `--policy`"
    )]
    Compares,
    /// A part of the work ended early.
    #[error("background work ended early: {0}")]
    Background(#[from] tokio::task::JoinError),
}

impl From<DataFusionError> for ScreenError {
    /// An error of ours that went through DataFusion comes out as what it was.
    fn from(error: DataFusionError) -> Self {
        let root = error.find_root();
        if let DataFusionError::External(inner) = root
            && let Some(frame) = inner.downcast_ref::<FrameError>()
        {
            return Self::Frame(frame.clone());
        }
        Self::Read(error)
    }
}

/// A table and the rules that are ready to judge its rows.
struct Prepared {
    judging: Arc<Judging>,
    /// Only the columns that are needed.
    table: DataFrame,
    /// The same table as it is read here.
    here: DataFrame,
    schema: SchemaRef,
    scattered: bool,
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
        let (input, ignored) = self.facts_of(input)?;
        let table = self.open_here(input).await?;
        let prepared = self.prepare(table.clone(), table, &output, None).await?;
        let mut screened = prepared.run(&output).await?;
        screened.ignored.extend(ignored);
        Ok(screened)
    }

    /// A table in memory without the columns that are no facts, and their names: a sheet may have two of one
    /// name, which a plan may not.
    fn facts_of(&self, input: Input) -> Result<(Input, Vec<String>), ScreenError> {
        let Input::Table(table) = input else {
            return Ok((input, Vec::new()));
        };
        let frame = Frame::of_schema(self.rulebook, &self.subject, &table.schema())?;
        let facts = table.project(&frame.every_place())?;
        Ok((Input::Table(facts), frame.ignored))
    }

    /// Opens a table that is read in this process.
    async fn open_here(&self, input: Input) -> Result<DataFrame, ScreenError> {
        let context = session(&input);
        let parquet = match &input {
            Input::Table(_) => None,
            Input::Parquet(path) => Some(path.to_string_lossy().into_owned()),
        };
        let table = open(context.clone(), input).await?;
        let Some(path) = parquet else {
            return Ok(table);
        };
        let schema = table.schema().as_arrow();
        let frame = Frame::of_schema(self.rulebook, &self.subject, schema)?;
        Ok(narrowed(&context, &path, table, &frame).await?)
    }

    /// Judges Parquet on a cluster: the same results in the same order. Every machine of it has to see the
    /// file or folder under the same path; the output is written here.
    ///
    /// # Errors
    /// As [`Screening::run`]; also where the cluster is not there, fails, or a scorecard compares subjects.
    pub async fn run_on(
        &self,
        cluster: &Cluster,
        path: &Path,
        output: Output,
    ) -> Result<Screened, ScreenError> {
        let input = || shared_path(path).map(Input::Parquet);
        let here = open(session(&input()?), input()?).await?;
        let there = open(cluster.session().await?, input()?).await?;
        let prepared = self.prepare(there, here, &output, Some(cluster)).await?;
        prepared.run(&output).await.map_err(|error| match error {
            ScreenError::Read(error) => ScreenError::Cluster(error.to_string()),
            other => other,
        })
    }

    /// Reads only the columns that are needed; takes in the whole population first where a scorecard
    /// compares subjects with each other.
    async fn prepare(
        &self,
        table: DataFrame,
        here: DataFrame,
        output: &Output,
        cluster: Option<&Cluster>,
    ) -> Result<Prepared, ScreenError> {
        let schema = Arc::new(here.schema().as_arrow().clone());
        let frame = Frame::of_schema(self.rulebook, &self.subject, &schema)?;
        let binding = Arc::new(self.bind(&frame));
        let plan = Plan::new(binding, !matches!(output, Output::Summary));
        // What is judged one by one reads any fact that a rule names, so all columns stay then; so does
        // the long form, which names what is missing.
        let by_rows = plan.needs_rows() || !plan.entangled.is_empty();
        let long = matches!(output, Output::Rows | Output::LongParquet(_));
        let places = if by_rows || long {
            frame.every_place()
        } else {
            frame.places(plan.program.facts())
        };
        let (table, here) = (
            table.select(columns(&schema, &places))?,
            here.select(columns(&schema, &places))?,
        );
        let frame = frame.projected(&places);
        let schema: SchemaRef = Arc::new(schema.project(&places)?);
        // A column of a type that no fact can have is found before anything runs.
        frame.read(&RecordBatch::new_empty(Arc::clone(&schema)), 0)?;
        let compares = Population::is_needed(&plan.binding);
        if compares && cluster.is_some() {
            return Err(ScreenError::Compares);
        }
        let population = if compares {
            let mut everybody = Vec::new();
            for batch in here.clone().collect().await? {
                let rows = frame.read(&batch, 0)?;
                everybody.extend((0..batch.num_rows()).map(|row| rows.facts(row)));
            }
            Some(Population::new(&plan.binding, &everybody))
        } else {
            None
        };
        let recipe = cluster.map(|cluster| self.recipe(cluster, &schema, plan.with_gaps));
        Ok(Prepared {
            judging: Arc::new(Judging {
                plan,
                frame,
                population,
                recipe: recipe.map(|recipe| recipe.to_bytes().into()),
            }),
            table,
            here,
            schema,
            scattered: cluster.is_some(),
        })
    }

    fn recipe(&self, cluster: &Cluster, schema: &Schema, with_gaps: bool) -> Recipe {
        Recipe {
            files: cluster.files.texts(),
            zone: cluster.zone.clone(),
            subject: self.subject.to_string(),
            as_of: self.as_of,
            policies: self.policies.clone(),
            set: cluster.set.clone(),
            columns: schema.fields().iter().map(|f| f.name().clone()).collect(),
            with_gaps,
        }
    }
}

/// Columns of a table by their places, as expressions that fold no name.
fn columns(schema: &Schema, places: &[usize]) -> Vec<Expr> {
    let name = |place: &usize| ident(schema.field(*place).name());
    places.iter().map(name).collect()
}

fn session(input: &Input) -> SessionContext {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // A table in memory is small; one part keeps its rows in order.
    let partitions = match input {
        Input::Table(_) => 1,
        Input::Parquet(_) => threads,
    };
    SessionContext::new_with_config(configured(SessionConfig::new(), partitions))
}

/// How a session reads and cuts a table.
pub fn configured(config: SessionConfig, partitions: usize) -> SessionConfig {
    let mut config = config
        .with_target_partitions(partitions)
        .with_batch_size(BATCH_ROWS);
    let options = config.options_mut();
    options.execution.parquet.schema_force_view_types = false;
    // A part that helped another out would give rows that stand elsewhere in the input.
    options.execution.enable_file_stream_work_stealing = false;
    options.optimizer.repartition_file_min_size = 0;
    config
}

async fn open(context: SessionContext, input: Input) -> Result<DataFrame, ScreenError> {
    Ok(match input {
        Input::Table(batch) => {
            let schema = batch.schema();
            let cut = pieces(batch.columns(), batch.num_rows())
                .map(|(columns, _)| RecordBatch::try_new(Arc::clone(&schema), columns))
                .collect::<Result<Vec<_>, _>>()?;
            if cut.is_empty() {
                context.read_batch(batch)?
            } else {
                context.read_batches(cut)?
            }
        }
        Input::Parquet(path) => {
            let path = path.to_string_lossy().into_owned();
            context
                .read_parquet(path, ParquetReadOptions::default())
                .await?
        }
    })
}

impl Prepared {
    fn arguments(&self) -> Vec<Expr> {
        let every: Vec<usize> = (0..self.schema.fields().len()).collect();
        columns(&self.schema, &every)
    }

    async fn run(&self, output: &Output) -> Result<Screened, ScreenError> {
        match output {
            Output::Summary => self.tally().await,
            Output::Rows | Output::LongParquet(_) => self.judge(Form::Long, output).await,
            Output::WideParquet(_) => self.judge(Form::Wide, output).await,
        }
    }

    /// The summary alone.
    async fn tally(&self) -> Result<Screened, ScreenError> {
        let tally = AggregateUDF::from(TallyFunction::new(Arc::clone(&self.judging)));
        let plan = self
            .table
            .clone()
            .aggregate(vec![], vec![tally.call(self.arguments()).alias("tally")])?;
        let mut total = Tally::of(&self.judging.plan.binding.selected);
        let (batches, twice) = once_more(async || Ok(plan.clone().collect().await?)).await?;
        for batch in batches {
            total.add(batch.column(0).as_struct().columns());
        }
        let notes = self
            .search(&total.identities.hashes, &total.remarks)
            .await?;
        Ok(Screened {
            summary: total.summary,
            notes,
            ignored: self.judging.frame.ignored.clone(),
            subjects: total.subjects,
            rows: Vec::new(),
            twice,
        })
    }

    /// Every row in a form, into memory or a file, and the summary.
    async fn judge(&self, form: Form, output: &Output) -> Result<Screened, ScreenError> {
        let making = Making::new(&self.judging, form, output);
        let judge = ScalarUDF::from(JudgeFunction::new(Arc::clone(&self.judging), form));
        let plan = self
            .table
            .clone()
            .select(vec![judge.call(self.arguments()).alias("judged")])?;
        let (mut parts, twice) = if self.scattered {
            let positions = self.positions().await?;
            once_more(async || {
                let streams = plan.clone().execute_stream_partitioned().await?;
                parts::run_scattered(&making, streams, &positions).await
            })
            .await?
        } else {
            let streams = plan.execute_stream_partitioned().await?;
            (parts::run(&making, streams).await?, false)
        };
        let mut total = Tally::of(&self.judging.plan.binding.selected);
        for part in &parts.all {
            total.identities.extend(&part.tally.identities.hashes);
        }
        total.identities.keep_repeated();
        self.search(&total.identities.hashes, &[]).await?;
        parts.finish()?;
        let mut screened = Screened {
            ignored: self.judging.frame.ignored.clone(),
            twice,
            ..Screened::default()
        };
        for part in parts.all {
            let before = usize::try_from(screened.subjects).unwrap_or(usize::MAX);
            for (sum, other) in total.summary.iter_mut().zip(&part.tally.summary) {
                sum.merge(other);
            }
            let notes = part.notes.into_iter();
            screened.notes.extend(notes.map(|note| Note {
                row: note.row + before,
                ..note
            }));
            screened.rows.extend(part.rows);
            screened.subjects += part.tally.subjects;
        }
        screened.summary = total.summary;
        Ok(screened)
    }

    /// The identities of the table, in its order.
    async fn each_identity(
        &self,
        mut look: impl FnMut(&StringArray) -> Result<(), ScreenError>,
    ) -> Result<(), ScreenError> {
        let identity = columns(&self.schema, &[self.judging.frame.identity()]);
        let plan = self.here.clone().select(identity)?;
        for mut stream in plan.execute_stream_partitioned().await? {
            while let Some(batch) = stream.next().await {
                look(&as_text(batch?.column(0))?)?;
            }
        }
        Ok(())
    }

    /// In which row each subject stands.
    async fn positions(&self) -> Result<Positions, ScreenError> {
        let mut positions = Positions::default();
        self.each_identity(|identities| Ok(positions.add(identities)?))
            .await?;
        let repeated = positions.close();
        self.search(&repeated, &[]).await?;
        if !repeated.is_empty() {
            let told = "two identities cannot be told apart by their hashes".to_owned();
            return Err(ScreenError::Cluster(told));
        }
        Ok(positions)
    }

    /// Looks through the identities once more where two of them have the same hash, or where it is not
    /// known in which rows remarks belong; gives the remarks as notes.
    async fn search(&self, suspects: &[u64], remarks: &[Remark]) -> Result<Vec<Note>, ScreenError> {
        if suspects.is_empty() && remarks.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = remarks.iter().map(|remark| remark.subject.clone());
        let mut search = Search::new(suspects, wanted);
        self.each_identity(|identities| match search.look(identities)? {
            None => Ok(()),
            Some(found) => Err(FrameError::SubjectTwice {
                id: found.id,
                first: found.first,
                second: found.second,
            }
            .into()),
        })
        .await?;
        let note = |remark: &Remark| Note {
            row: search.row(&remark.subject),
            column: remark.column.clone(),
            value: remark.value.clone(),
            reason: remark.reason,
        };
        let mut notes: Vec<Note> = remarks.iter().map(note).collect();
        notes.sort_by_key(|note| note.row);
        Ok(notes)
    }
}
