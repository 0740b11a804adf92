//! Clears away what has ended: sessions nobody can use any more, failures that no longer
//! count, answers that no program asks for again.

use std::time::Duration as Wait;

use chrono::Duration;
use ledger::{Ledger, Timestamp};

use super::throttle;
use crate::api::once;
use crate::clock;

/// How often it is looked for.
const EVERY: Wait = Wait::from_mins(30);

/// Clears away at once and then every half hour, for as long as the process lives.
pub async fn clear_away(ledger: Ledger) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let now = clock::now();
        match clear_away_once(&ledger, now).await {
            Ok(0) => {}
            Ok(sessions) => tracing::info!(sessions, "ended sessions were cleared away"),
            Err(error) => {
                tracing::warn!(cause = %error, "ended sessions could not be cleared away");
            }
        }
    }
}

/// Clears away what has ended by `now`; gives how many sessions that were.
///
/// # Errors
/// When the database fails.
pub async fn clear_away_once(
    ledger: &Ledger,
    now: chrono::DateTime<chrono::Utc>,
) -> ledger::Result<u64> {
    let forgotten = Timestamp::from(now - Duration::minutes(throttle::WINDOW_MINUTES));
    ledger.forget_login_failures(forgotten).await?;
    let answered = Timestamp::from(now - Duration::hours(once::KEPT_HOURS));
    ledger.forget_answers(answered).await?;
    ledger.delete_ended_sessions(Timestamp::from(now)).await
}
