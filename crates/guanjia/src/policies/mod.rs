//! Policies 政策: what the rulebook says of one enterprise. Its page lists what it is eligible for, what it
//! misses by one clause and what cannot be settled yet; a page of its own goes through one policy clause by
//! clause, down to the source of each fact. Nothing is stored: a verdict is made from the facts that are
//! known at the moment shown.
//!
//! | address | method | what |
//! | --- | --- | --- |
//! | /enterprises/{id}/policies/{policy} | GET | one policy for one enterprise, clause by clause |

mod judged;
mod known;
mod policy_page;
mod rules;
mod screening;
mod shown;
mod standing;

pub use judged::{
    PolicyVerdict, Short as Near, all as judge_all, alone as judge_alone, one as judge_one,
};
pub use known::{KnownFacts, ReadFacts, ReadValue};
pub use policy_page::chosen_day;
pub use rules::{Day, Rules};
pub use screening::all as screen_all;
pub use standing::{Asked, Standing, days, days_of, of, rules_of};

use crate::shell::Permission;
use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    let see = Access::May(Permission::SeeEnterprises);
    vec![get(
        "/enterprises/{id}/policies/{policy}",
        see,
        policy_page::show,
    )]
}
