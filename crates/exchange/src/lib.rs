//! In and out: office and text files to ledgers' records, and tables back to files.

pub mod grid;
pub mod ledger;
pub mod merges;
pub mod number_format;
pub mod open;
pub mod reason;
pub mod returned;
pub mod table;
pub mod text_table;
pub mod value;
pub mod vocabulary;
pub mod write;

pub use ledger::{ColumnChoice, LedgerRead, Mapping, Options, each_record, read_ledger};
pub use open::{ReadError, read_workbook};
pub use reason::{Language, Reason};
pub use returned::{ReturnError, returned_workbook};
pub use text_table::{TextRow, TextTable, read_text_table};
pub use vocabulary::{LedgerKind, Vocabulary};
pub use write::{WriteError, template, template_of, write_csv, write_table};
