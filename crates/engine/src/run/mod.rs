//! Judging many: the terms of a binding over Arrow batches, in a DataFusion plan.

mod arithmetic;
mod batch;
mod bits;
mod cells;
mod choice;
mod cluster;
mod frame;
mod function;
mod functions;
mod identities;
mod infer;
mod judging;
mod lanes;
mod long;
mod narrow;
mod packed;
mod parquet_parts;
mod parts;
mod plan;
mod program;
mod range;
mod reading;
mod remarks;
mod rows;
mod screen;
mod select;
mod shape;
mod summary;
mod tally;
mod text;
mod vector;
mod wide;

pub use batch::{ClauseBits, Judged, judge, judge_of};
pub use cluster::{Cluster, Executor, NodeError, Recipe, serve_executor, serve_scheduler};
pub use frame::{FactColumn, Frame, FrameError, Note, check_identities, text_column};
pub use long::{LongRow, gap_text};
pub use plan::{Plan, PolicyPlan};
pub use program::{Program, Source};
pub use range::Range;
pub use rows::Rows;
pub use screen::{Input, Output, ScreenError, Screened, Screening};
pub use shape::Shape;
pub use summary::{PolicySummary, money_text};
pub use vector::{Column, Digits, Numbers, Vector};

#[cfg(test)]
mod tests;
