//! Audit 审计: who did what, when, to what; and whether anybody rewrote it. The auditor of a zone
//! sees the entries of that zone, and what people of that zone did or had done to their accounts; an
//! auditor of a part of it sees what the people of that part did. Things are called by their names as far as
//! the same scope reaches. Other zones' entries do not exist
//! for either. The chain is verified as a whole, because it is one for the installation. Looking at
//! the audit leaves no trace, exporting and verifying it do.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /audit | GET | entries, newest first, with filters in the address |
//! | /audit/export | GET | the same as a workbook |
//! | /audit/verification | POST | walks the chain and says what it found |
//! | /audit/{id} | GET | one entry with its hashes |

mod entries;
mod entry_page;
mod export;
pub mod filter;
mod names;
pub mod store;
mod verification;

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get, post};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let see = Access::May(Permission::SeeAudit);
    vec![
        get("/audit", see, entries::show),
        get("/audit/export", see, export::download),
        post("/audit/verification", see, verification::verify),
        get("/audit/{id}", see, entry_page::show),
    ]
}
