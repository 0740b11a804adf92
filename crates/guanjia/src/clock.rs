//! The one place where the clock is read; everything below is handed the moment.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// Seconds that Asia/Shanghai is ahead of UTC; China has one time zone and no summer time.
const SHANGHAI_OFFSET_SECONDS: i32 = 8 * 3600;

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the clock is read"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The time zone of the house.
pub fn zone() -> FixedOffset {
    FixedOffset::east_opt(SHANGHAI_OFFSET_SECONDS).expect("eight hours are a valid offset")
}

/// The calendar day in Asia/Shanghai at this moment.
pub fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&zone()).date_naive()
}

/// Today in Asia/Shanghai.
pub fn today() -> NaiveDate {
    day_of(now())
}
