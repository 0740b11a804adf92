//! The interface for programs: what the pages show, as JSON, to whoever holds a token.
//!
//! | address | what |
//! | --- | --- |
//! | /healthz, /readyz | probes |
//! | /api/v1/projects, /api/v1/enterprises | lists, filtered and paged as the pages are |
//! | /api/v1/projects/{id}, /api/v1/enterprises/{id} | one subject with its facts |
//! | /api/openapi.json, /api/docs | the description, and a page that shows it |

pub mod docs;
pub mod probes;
pub mod problem;
pub mod subject;
pub mod subjects;

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let projects = Access::May(Permission::SeeProjects);
    let enterprises = Access::May(Permission::SeeEnterprises);
    vec![
        get("/healthz", Access::Public, probes::healthz),
        get("/readyz", Access::Public, probes::readyz),
        get("/api/openapi.json", Access::Public, docs::openapi),
        get("/api/docs", Access::SignedIn, docs::show),
        get("/api/v1/projects", projects, subjects::projects),
        get("/api/v1/projects/{id}", projects, subject::project),
        get("/api/v1/enterprises", enterprises, subjects::enterprises),
        get("/api/v1/enterprises/{id}", enterprises, subject::enterprise),
    ]
}
