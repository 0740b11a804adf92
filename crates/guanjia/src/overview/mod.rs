//! Cockpit 驾驶舱: one screen that tells how a zone stands: its targets, its investment, its parks, what
//! is late, what has changed. Every number leads to its source or to the list behind it. Whoever may
//! not see it is sent by the guard to the first page that is theirs.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | / | GET | the cockpit of the zone shown |

mod changes;
mod cockpit;
mod growth;
mod investment;
mod subjects;

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    vec![get(
        "/",
        Access::May(Permission::SeeOverview),
        cockpit::show,
    )]
}
