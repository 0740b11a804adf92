//! The ledger from outside, on SQLite and, where one is offered, on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod accounts;
mod backups;
mod house;
mod imports;
mod lists;
mod past;
mod records;
mod sources;
mod undoing;
mod writers;
