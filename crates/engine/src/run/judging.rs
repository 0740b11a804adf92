//! What the functions of a plan share: the rules bound to a date, and which column is which fact.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};

use super::batch::{Judged, judge};
use super::frame::{Frame, FrameError};
use super::plan::Plan;
use super::rows::Rows;
use crate::judge::Population;

/// Rows that are judged at a time: the vectors of one batch stay in the processor's cache.
pub const BATCH_ROWS: usize = 8192;

/// Rules that are ready to judge the rows of a table.
#[derive(Debug)]
pub struct Judging {
    /// What is evaluated.
    pub plan: Plan,
    /// Which column is which fact.
    pub frame: Frame,
    /// All subjects of the run, where scorecards compare them.
    pub population: Option<Population>,
    /// How it is made again on another machine; `None` where it stays here.
    pub recipe: Option<Arc<[u8]>>,
}

impl Judging {
    /// The rows of the columns of a table, judged.
    ///
    /// # Errors
    /// [`FrameError`] for a column of a type that no fact can have.
    pub fn judge(
        &self,
        table: &[ArrayRef],
        rows: usize,
    ) -> Result<(Rows<'_>, Vec<Judged>), FrameError> {
        let rows = self.frame.read_columns(table, rows, 0)?;
        let judged = judge(&self.plan, &rows, self.population.as_ref());
        Ok((rows, judged))
    }
}

/// A table cut into pieces of at most [`BATCH_ROWS`] rows; no value is copied.
pub fn pieces(table: &[ArrayRef], rows: usize) -> impl Iterator<Item = (Vec<ArrayRef>, usize)> {
    (0..rows).step_by(BATCH_ROWS).map(move |from| {
        let count = BATCH_ROWS.min(rows - from);
        let columns = table.iter().map(|column| column.slice(from, count));
        (columns.collect(), count)
    })
}
