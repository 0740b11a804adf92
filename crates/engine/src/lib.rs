//! Judge: reads the rulebook, checks it, judges facts, explains.

#![deny(clippy::float_arithmetic)]

pub mod diagnostic;
pub mod expression;
pub mod number;
pub mod rulebook;
pub mod source;

pub use diagnostic::{Diagnostic, Severity, render};
pub use rulebook::Rulebook;
