//! Tables to files.

pub mod table;
