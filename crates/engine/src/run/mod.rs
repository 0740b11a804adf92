//! Judging many: the terms of a binding over Arrow batches, in a DataFusion plan.

mod arithmetic;
mod batch;
mod cells;
mod frame;
mod functions;
mod infer;
mod long;
mod parquet_parts;
mod plan;
mod program;
mod screen;
mod select;
mod shape;
mod summary;
mod text;
mod vector;
mod wide;

pub use batch::{Amounts, Judged, judge, judge_of};
pub use frame::{FactColumn, Frame, FrameError, Note, Rows, check_identities, text_column};
pub use long::{LongRow, gap_text};
pub use plan::{Plan, PolicyPlan};
pub use program::{Program, Source};
pub use screen::{Input, Output, ScreenError, Screened, Screening};
pub use shape::Shape;
pub use summary::{PolicySummary, money_text};
pub use vector::{Column, Digits, Numbers, Vector};

#[cfg(test)]
mod tests;
