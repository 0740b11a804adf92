//! The ledger from outside, on SQLite and, where one is offered, on PostgreSQL.

mod accounts;
mod backups;
mod house;
mod imports;
mod lists;
mod past;
mod records;
mod writers;
