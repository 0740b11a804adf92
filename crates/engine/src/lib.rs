//! Judge: reads the rulebook, checks it, judges facts, explains.

#![deny(clippy::float_arithmetic)]

pub mod cases;
mod check;
pub mod diagnostic;
pub mod explain;
pub mod expression;
pub mod functions;
pub mod gaps;
pub mod judge;
pub mod load;
pub mod number;
mod parse;
pub mod rulebook;
pub mod run;
pub mod schema;
pub mod source;
pub mod subjects;

pub use diagnostic::{Diagnostic, Severity, render};
pub use load::{
    RuleFiles, load, load_every_zone, load_files, load_with_zones, read_cases, read_zone_cases,
    zones_of_cases,
};
pub use rulebook::Rulebook;
