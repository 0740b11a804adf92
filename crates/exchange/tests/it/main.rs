//! Whole files through the reader and back: what is understood, what is refused, what comes back.

#![expect(
    clippy::unwrap_used,
    reason = "a test may end where its file is not as it was made"
)]

mod files;
mod ledgers;
mod oddities;
mod outline;
mod refusals;
mod returned;
mod several_tables;
mod surroundings;
mod synonyms;
