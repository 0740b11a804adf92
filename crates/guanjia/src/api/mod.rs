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
//! | /api/v1/sources … | sources, and what was taken from one |
//! | /api/v1/imports … | sending a ledger in, what came of each, undoing one |
//! | /api/v1/policies … | the policies of the rulebook, whom each finds |
//! | /api/v1/screening | how all enterprises stand with each policy |
//! | /api/v1/account, /organisations, /users, /audit | the house itself |
//! | /api/openapi.json, /api/docs | the description, and a page that shows it |
//!
//! [`operations`] is the one table of what each operation may be asked, takes and answers.

mod answer;
mod body;
mod description;
mod docs;
mod examples;
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
mod screening;
mod source;
mod sources;
mod subject;
mod subjects;
mod value;

use crate::shell::Permission as P;
use crate::shell::route::Access::{self, May};
use crate::shell::route::{Route, get, post};
use crate::sources::file;

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/healthz", Access::Public, probes::healthz),
        get("/readyz", Access::Public, probes::readyz),
        get("/api/openapi.json", Access::Public, description::show),
        get("/api/docs", Access::SignedIn, docs::show),
    ];
    routes.extend(of_subjects());
    routes.extend(of_facts_and_imports());
    routes.extend(of_the_house());
    routes
}

fn of_subjects() -> Vec<Route> {
    let (see_projects, edit_projects) = (May(P::SeeProjects), May(P::EditProjects));
    let (see, edit) = (May(P::SeeEnterprises), May(P::EditEnterprises));
    vec![
        get("/api/v1/projects", see_projects, subjects::projects),
        post("/api/v1/projects", edit_projects, subject::register_project),
        get("/api/v1/projects/{id}", see_projects, subject::project),
        post(
            "/api/v1/projects/{id}/facts",
            edit_projects,
            subject::record_of_project,
        ),
        get("/api/v1/enterprises", see, subjects::enterprises),
        post("/api/v1/enterprises", edit, subject::register_enterprise),
        get("/api/v1/enterprises/{id}", see, subject::enterprise),
        post(
            "/api/v1/enterprises/{id}/facts",
            edit,
            subject::record_of_enterprise,
        ),
        get("/api/v1/enterprises/{id}/verdicts", see, rules::verdicts),
        get(
            "/api/v1/enterprises/{id}/verdicts/{policy}",
            see,
            rules::explanation,
        ),
        get("/api/v1/policies", see, rules::policies),
        get(
            "/api/v1/policies/{policy}/verdicts",
            see,
            screening::of_policy,
        ),
        get("/api/v1/screening", see, screening::summary),
    ]
}

fn of_facts_and_imports() -> Vec<Route> {
    let (see, import) = (May(P::SeeFacts), May(P::Import));
    vec![
        get("/api/v1/facts", see, facts::list),
        get("/api/v1/facts/{id}", see, source::show),
        get("/api/v1/facts/{id}/source", see, sources::around),
        get("/api/v1/facts/{id}/file", see, file::download),
        get("/api/v1/sources", see, sources::list),
        get("/api/v1/sources/{id}", see, sources::show),
        // Which facts one may take back depends on whose they are.
        post("/api/v1/facts/{id}/retraction", import, facts::retract),
        get("/api/v1/imports", import, imports::list),
        post("/api/v1/imports", import, imports::send),
        get("/api/v1/imports/{id}", import, imports::show),
        post("/api/v1/imports/{id}/undoing", import, imports::undo),
    ]
}

fn of_the_house() -> Vec<Route> {
    let audit = May(P::SeeAudit);
    vec![
        get("/api/v1/account", Access::SignedIn, house::account),
        get(
            "/api/v1/organisations",
            Access::SignedIn,
            house::organisations,
        ),
        get(
            "/api/v1/organisations/{id}",
            May(P::SeeOverview),
            subject::organisation,
        ),
        post(
            "/api/v1/organisations/{id}/facts",
            May(P::EditFacts),
            subject::record_of_organisation,
        ),
        get("/api/v1/users", May(P::ManageUsers), house::users),
        get("/api/v1/audit", audit, house::audit),
        get("/api/v1/audit/{id}", audit, house::audit_entry),
    ]
}
