//! Sources 来源: from any number of a page back to the cell or the sentence that it came from.
//! A fact is shown with its neighbours in the sheet, or with its sentence marked in the document; who
//! recorded it when, and what was said before. Of a file that others' facts were taken from, too, a reader sees
//! the own row or sentence alone; who may see all that was taken from it may take the original.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /facts/{id} | GET | where a fact comes from; in the side panel where scripts run |
//! | /facts/{id}/file | GET | the original file |

pub mod access;
pub mod cells;
pub mod document;
mod fact_page;
pub mod file;
pub mod surroundings;

pub use fact_page::{action_words, moment};

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let see = Access::May(Permission::SeeFacts);
    vec![
        get("/facts/{id}", see, fact_page::show),
        get("/facts/{id}/file", see, file::download),
    ]
}
