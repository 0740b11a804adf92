//! Enterprises 企业: a list filtered by its address, and one page per enterprise (一企一档) with its
//! figures year by year, its certificates and its projects. Single facts are corrected as those of
//! projects are; the forms and the history are that slice's.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /enterprises | GET | the list |
//! | /enterprises/totals | GET | count and sums of what is filtered |
//! | /enterprises/columns, /enterprises/views … | POST | columns and views of one's own |
//! | /enterprises/{id} | GET | an enterprise |
//! | /enterprises/{id}/history | GET | every value that was recorded |
//! | /enterprises/{id}/correction | GET, POST | correct one fact |

mod enterprise_page;
pub mod list;

pub use list::SPEC;

use crate::projects::correction;
use crate::shell::Permission;
use crate::shell::route::{Access, Route, get, post};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let see = Access::May(Permission::SeeEnterprises);
    let edit = Access::May(Permission::EditEnterprises);
    vec![
        get("/enterprises", see, list::show),
        get("/enterprises/totals", see, list::totals),
        post("/enterprises/columns", see, list::choose_columns),
        post("/enterprises/views", see, list::save_view),
        post("/enterprises/views/{id}/removal", see, list::forget_view),
        get("/enterprises/{id}", see, enterprise_page::show),
        get("/enterprises/{id}/history", see, enterprise_page::history),
        get(
            "/enterprises/{id}/correction",
            edit,
            correction::of_enterprise,
        ),
        post(
            "/enterprises/{id}/correction",
            edit,
            correction::correct_enterprise,
        ),
    ]
}
