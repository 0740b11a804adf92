//! The engine from outside: against other judges, other countries' law, and bytes that are no rule files.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod combination;
mod contract;
mod foreign;
mod mutations;
mod naive;
mod policies;
