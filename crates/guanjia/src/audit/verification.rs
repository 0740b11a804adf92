//! The walk along the chain, at the auditor's word.

use axum::extract::State;
use axum::response::Response;
use ledger::Action;
use serde_json::json;

use super::entries::{self, Found};
use super::filter::Filter;
use crate::app::App;
use crate::shell::{PageError, Viewer};

/// `POST /audit/verification`: what was found stands in the audit too.
pub async fn verify(State(app): State<App>, viewer: Viewer) -> Result<Response, PageError> {
    let found = app.ledger.verify_audit().await?;
    let detail = match &found.broken {
        None => json!({"entries": found.entries, "head": found.head}),
        Some(broken) => json!({"broken": broken.entry_id, "fault": broken.fault}),
    };
    let action = Action::new("audit.verify", "audit", found.entries)
        .in_zone(viewer.zone_id())
        .with(detail);
    app.ledger.note(&viewer.stamp(), action).await?;
    let found = Found::of(&found, viewer.lang);
    entries::page(&app, &viewer, Filter::default(), Some(found)).await
}
