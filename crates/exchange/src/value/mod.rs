//! One cell to one value: by the column's type and unit, exactly, or with the reason why not.

pub mod date;
mod date_reader;
mod date_words;
pub mod fold;
pub mod number;
mod number_words;
mod typed;
pub mod unit;
mod words;

pub use typed::{Reading, ValueRule, read_cell, stated_decimal};
pub use unit::{Unit, UnitKind};
