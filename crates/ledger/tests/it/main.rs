//! The ledger from outside, on SQLite and, where one is offered, on PostgreSQL.

mod accounts;
mod house;
mod records;
