//! The house tested from outside, on every database there is. One binary: each one that links the
//! engine costs 350 MB.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod account_journeys;
mod api;
mod api_conditions;
mod api_doors;
mod api_screening;
mod api_sources;
mod api_writing;
mod cluster;
mod commands;
mod demo;
mod doors;
mod exports;
mod house;
mod imports;
mod organisations_and_audit;
mod overview;
mod policies;
mod program;
mod projects;
mod rule_place;
mod rulebook;
mod rulebook_commands;
mod screen;
mod screen_contract;
mod screen_refusals;
mod sources;
mod tidy;
mod walk;
