//! Sources 来源: from any number of a page back to the cell or the sentence that it came from.
//! A fact is shown with its neighbours in the sheet, or with its sentence marked in the document; who
//! recorded it when, and what was said before. Whoever may see the fact may take the original file.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /facts/{id} | GET | where a fact comes from; in the side panel where scripts run |
//! | /facts/{id}/file | GET | the original file |

pub mod access;
mod cells;
mod document;
mod fact_page;
pub mod file;

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
