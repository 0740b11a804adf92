//! Organisations 组织: the tree of a zone, its parks, departments, task forces and partners.
//! The administrator adds, renames, closes and opens again; nothing is ever deleted, because facts
//! and grants point at it. A grant over an organisation reaches all that stands under it. A closed
//! organisation keeps its records and takes no new ones under it. Who keeps the whole installation
//! also adds zones.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /organisations | GET, POST | the tree; adding one |
//! | /organisations/{id} | GET | one of them |
//! | /organisations/{id}/name | POST | another name |
//! | /organisations/{id}/closure | POST | closes it |
//! | /organisations/{id}/reopening | POST | opens it again |

mod organisation_page;
pub mod place;
mod tree;

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get, post};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let keep = Access::May(Permission::ManageOrganisations);
    vec![
        get("/organisations", keep, tree::show),
        post("/organisations", keep, tree::add),
        get("/organisations/{id}", keep, organisation_page::show),
        post("/organisations/{id}/name", keep, organisation_page::rename),
        post(
            "/organisations/{id}/closure",
            keep,
            organisation_page::close,
        ),
        post(
            "/organisations/{id}/reopening",
            keep,
            organisation_page::reopen,
        ),
    ]
}
