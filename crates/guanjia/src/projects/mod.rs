//! Projects 项目: the whole life of every project, from lead to the statistics. A list that is
//! filtered by its address, a board by stage, and a page per project with its facts, milestones,
//! investment, buildings and every value that was ever recorded. Single facts are corrected here; a
//! correction supersedes and never overwrites. The cockpit asks this slice how a project stands.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /projects | GET | the list |
//! | /projects/totals | GET | count and sums of what is filtered |
//! | /projects/columns, /projects/views … | POST | columns and views of one's own |
//! | /projects/board | GET | by stage |
//! | /projects/{id} | GET | a project |
//! | /projects/{id}/buildings | POST | report how far a building has come |
//! | /projects/{id}/history | GET | every value that was recorded |
//! | /projects/{id}/correction | GET, POST | correct one fact |

mod board;
pub mod building;
pub mod correction;
mod curve;
pub mod facts_table;
pub mod history;
pub mod list;
mod milestones;
mod next_step;
mod opening;
mod project_page;
pub mod standing;

pub use list::SPEC;
pub use project_page::{json_block, saved_words};

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get, post};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let see = Access::May(Permission::SeeProjects);
    let edit = Access::May(Permission::EditProjects);
    vec![
        get("/projects", see, list::show),
        get("/projects/totals", see, list::totals),
        post("/projects/columns", see, list::choose_columns),
        post("/projects/views", see, list::save_view),
        post("/projects/views/{id}/removal", see, list::forget_view),
        get("/projects/board", see, board::show),
        get("/projects/{id}", see, project_page::show),
        post("/projects/{id}/buildings", edit, building::report_progress),
        get("/projects/{id}/history", see, history::of_project),
        get("/projects/{id}/correction", edit, correction::of_project),
        post(
            "/projects/{id}/correction",
            edit,
            correction::correct_project,
        ),
    ]
}
