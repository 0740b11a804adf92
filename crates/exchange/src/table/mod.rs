//! Where in a sheet the table stands: its header, its columns, the lines around it.

mod find;
pub mod lines;
pub mod rows;
pub mod view;

pub use find::{ColumnHead, Layout, find};
pub use lines::LedgerTime;
pub use view::View;
