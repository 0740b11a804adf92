//! The house behind the one binary: web pages, the interface for programs, commands and timers.
//! A library, so that the tests can open it in their own process.

pub mod accounts;
mod api;
pub mod app;
mod audit;
pub mod clock;
mod commands;
mod demonstration;
mod enterprises;
mod exports;
mod imports;
pub mod labels;
mod lists;
mod organisations;
mod overview;
mod policies;
mod projects;
mod search;
pub mod shell;
mod sources;
pub mod words;

pub use commands::run;
