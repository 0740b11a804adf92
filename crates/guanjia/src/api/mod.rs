//! The interface for programs: what the pages show and do, as JSON, to whoever holds a token. The same
//! permissions, the same ledger, the same transactions.
//!
//! | address | what |
//! | --- | --- |
//! | /healthz, /readyz | probes |
//! | /api/v1/projects, /api/v1/enterprises | lists, filtered and paged as the pages are; registering one |
//! | /api/v1/projects/{id}, /api/v1/enterprises/{id} | one subject with its facts |
//! | …/{id}/facts | recording facts about it, and about an organisation |
//! | /api/v1/enterprises/{id}/verdicts … | what the policies say of it |
//! | /api/v1/facts … | facts of many subjects, one with its source and history, taking one back |
//! | /api/v1/imports … | sending a ledger in, what came of each, undoing one |
//! | /api/v1/policies | the policies of the rulebook |
//! | /api/v1/account, /organisations, /users, /audit | the house itself |
//! | /api/openapi.json, /api/docs | the description, and a page that shows it |
//!
//! [`operations`] is the one table of what each operation may be asked, takes and answers.

mod answer;
mod body;
mod description;
mod docs;
mod fact;
mod facts;
mod house;
mod imports;
pub mod once;
pub mod operations;
pub mod parameters;
mod probes;
pub mod problem;
mod rules;
mod subject;
mod subjects;
mod value;

use crate::shell::Permission as P;
use crate::shell::route::{Access, Route, get, post};
use crate::sources;

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let may = Access::May;
    vec![
        get("/healthz", Access::Public, probes::healthz),
        get("/readyz", Access::Public, probes::readyz),
        get("/api/openapi.json", Access::Public, description::show),
        get("/api/docs", Access::SignedIn, docs::show),
        get("/api/v1/projects", may(P::SeeProjects), subjects::projects),
        post(
            "/api/v1/projects",
            may(P::EditProjects),
            subject::register_project,
        ),
        get(
            "/api/v1/projects/{id}",
            may(P::SeeProjects),
            subject::project,
        ),
        post(
            "/api/v1/projects/{id}/facts",
            may(P::EditProjects),
            subject::record_of_project,
        ),
        get(
            "/api/v1/enterprises",
            may(P::SeeEnterprises),
            subjects::enterprises,
        ),
        post(
            "/api/v1/enterprises",
            may(P::EditEnterprises),
            subject::register_enterprise,
        ),
        get(
            "/api/v1/enterprises/{id}",
            may(P::SeeEnterprises),
            subject::enterprise,
        ),
        post(
            "/api/v1/enterprises/{id}/facts",
            may(P::EditEnterprises),
            subject::record_of_enterprise,
        ),
        get(
            "/api/v1/enterprises/{id}/verdicts",
            may(P::SeeEnterprises),
            rules::verdicts,
        ),
        get(
            "/api/v1/enterprises/{id}/verdicts/{policy}",
            may(P::SeeEnterprises),
            rules::explanation,
        ),
        get("/api/v1/policies", may(P::SeeEnterprises), rules::policies),
        get("/api/v1/facts", may(P::SeeFacts), facts::list),
        get("/api/v1/facts/{id}", may(P::SeeFacts), facts::show),
        get(
            "/api/v1/facts/{id}/file",
            may(P::SeeFacts),
            sources::file::download,
        ),
        post(
            "/api/v1/facts/{id}/retraction",
            may(P::Import),
            facts::retract,
        ),
        get("/api/v1/imports", may(P::Import), imports::list),
        post("/api/v1/imports", may(P::Import), imports::send),
        get("/api/v1/imports/{id}", may(P::Import), imports::show),
        post(
            "/api/v1/imports/{id}/undoing",
            may(P::Import),
            imports::undo,
        ),
        get("/api/v1/account", Access::SignedIn, house::account),
        get(
            "/api/v1/organisations",
            Access::SignedIn,
            house::organisations,
        ),
        post(
            "/api/v1/organisations/{id}/facts",
            may(P::EditFacts),
            subject::record_of_organisation,
        ),
        get("/api/v1/users", may(P::ManageUsers), house::users),
        get("/api/v1/audit", may(P::SeeAudit), house::audit),
        get("/api/v1/audit/{id}", may(P::SeeAudit), house::audit_entry),
    ]
}
