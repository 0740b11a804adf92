//! Judging many: the terms of a binding over Arrow batches, in a DataFusion plan.

mod arithmetic;
mod cells;
mod frame;
mod functions;
mod infer;
mod program;
mod select;
mod shape;
mod text;
mod vector;

pub use frame::{Frame, FrameError, FactColumn, Note, Rows, check_identities, text_column};
pub use program::{Program, Source};
pub use shape::Shape;
pub use vector::{Column, Digits, Numbers, Vector};
