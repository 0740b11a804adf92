//! What was recorded in the zone during the last seven days.

use chrono::Duration;
use ledger::audit::AuditQuery;
use ledger::{AsOf, Timestamp};

use crate::app::App;
use crate::shell::{PageError, Permission, Viewer, display};
use crate::sources;

/// Days looked back.
const DAYS: i64 = 7;
/// Entries looked at.
const ENTRIES: u32 = 200;
/// Lines shown.
const SHOWN: usize = 6;
/// Characters of a day: `2024-03-31`.
const DAY_CHARS: usize = 10;

/// What changed.
#[derive(Default)]
pub struct Changes {
    /// Facts recorded.
    pub facts: i64,
    /// Who recorded them how, the latest first.
    pub entries: Vec<Change>,
}

/// The writes of one kind that one person made on one day.
pub struct Change {
    /// The day.
    pub when: String,
    /// Who.
    pub who: String,
    /// How.
    pub how: String,
    /// How many facts.
    pub facts: i64,
    /// The import; empty where it was none, or this person may not see it.
    pub href: String,
}

/// The changes. Whoever sees only a part of the zone is not told of the rest.
pub async fn of(app: &App, viewer: &Viewer) -> Result<Option<Changes>, PageError> {
    let scope = viewer.scope(Permission::SeeOverview);
    let Some(zone) = viewer
        .zone
        .as_ref()
        .filter(|zone| scope.covers_path(&zone.path))
    else {
        return Ok(None);
    };
    let moment = viewer.as_of.unwrap_or(viewer.now);
    let since = Timestamp::from(moment - Duration::days(DAYS));
    let query = AuditQuery {
        zone_id: Some(zone.id),
        as_of: AsOf::At(Timestamp::from(moment)),
        limit: ENTRIES,
        ..AuditQuery::default()
    };
    let mut changes = Changes::default();
    for entry in app.ledger.audit_entries(&query).await? {
        if entry.recorded_at < since || entry.facts == 0 {
            continue;
        }
        changes.facts += entry.facts;
        let is_import = entry.object_kind == "import" && viewer.may(Permission::Import);
        let change = Change {
            when: sources::moment(entry.recorded_at)
                .chars()
                .take(DAY_CHARS)
                .collect(),
            who: display::actor(&entry.actor, viewer.lang),
            how: sources::action_words(&entry.action, viewer.lang),
            facts: entry.facts,
            href: if is_import {
                viewer.href(&format!("/imports/{}", entry.object_id))
            } else {
                String::new()
            },
        };
        let same = |other: &&mut Change| {
            other.href == change.href
                && other.how == change.how
                && other.who == change.who
                && other.when == change.when
        };
        match changes.entries.iter_mut().find(same) {
            Some(known) => known.facts += change.facts,
            None => changes.entries.push(change),
        }
    }
    changes.entries.truncate(SHOWN);
    Ok(Some(changes))
}
