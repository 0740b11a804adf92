//! One cell to one value: by the column's type and unit, exactly, or with the reason why not.

pub mod date;
pub mod fold;
pub mod number;
mod typed;
pub mod unit;

pub use typed::{Reading, ValueRule, read_cell, stated_decimal};
pub use unit::{Unit, UnitKind};
