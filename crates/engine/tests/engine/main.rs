//! The engine from outside: against other judges and other countries' law.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod combination;
mod contract;
mod foreign;
mod naive;
mod policies;
