//! Search 搜索: projects and enterprises of one's scope by a part of the name, the beginning of the
//! code, or pinyin initials.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /search | GET | what is found |

mod found_page;

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    vec![get(
        "/search",
        Access::May(Permission::SeeFacts),
        found_page::show,
    )]
}
