//! Where in a sheet the table stands: its header, its columns, the lines around it.

mod find;
mod heads;
mod labels;
pub mod lines;
pub mod rows;
mod several;
pub mod view;

pub use find::{Layout, find};
pub use heads::ColumnHead;
pub use lines::LedgerTime;
pub use several::lies_on_its_side;
pub use view::View;
