//! The interface for programs.

pub mod probes;
pub mod problem;

use crate::shell::route::{Access, Route, get};

/// The routes of this slice.
pub fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Access::Public, probes::healthz),
        get("/readyz", Access::Public, probes::readyz),
    ]
}
