//! What the two long lists share: the opening sentence, filters and order from the address, columns that
//! are chosen and remembered, saved views, pages by cursor, count and sums at the foot. A list is a [`ListSpec`]; its
//! slice says which columns and filters it has and shows the rows.

pub mod address;
pub mod cells;
pub mod columns;
pub mod filters;
pub mod frame;
pub mod opening;
pub mod totals;
pub mod views;

use domain::SubjectKind;
use ledger::projection::List;

pub use address::Address;
pub use columns::ListColumn;
pub use filters::FilterField;
pub use opening::Opening;

use crate::shell::Permission;

/// A list as pages, exports and saved views know it.
pub struct ListSpec {
    /// The first part of its address, `projects`; also the name of its saved views.
    pub id: &'static str,
    /// Its address.
    pub path: &'static str,
    /// What its rows are.
    pub kind: SubjectKind,
    /// Where it is kept.
    pub list: &'static List,
    /// What one needs to see it.
    pub permission: Permission,
    /// Its columns beside the name, in the order in which they are offered.
    pub columns: &'static [ListColumn],
    /// Its filters beside search and park, in the order of the form.
    pub filters: &'static [FilterField],
    /// The money or whole numbers whose sums stand at the foot.
    pub sums: &'static [&'static str],
}
