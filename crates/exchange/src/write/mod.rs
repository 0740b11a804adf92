//! Tables to files: workbooks, separated text, and the templates that ledgers are filled into.

pub mod separated;
pub mod table;
pub mod templates;

pub use separated::write_csv;
pub use table::{Table, TableColumn, WriteError, workbook_of, write_table};
pub use templates::{template, template_of};
