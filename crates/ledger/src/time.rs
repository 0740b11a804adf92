//! Moments as the caller's one clock gives them, and the moment a reader looks from.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::error::{LedgerError, Result};

/// Microseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The calendar moment; `None` beyond the calendar.
    pub fn to_datetime(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_micros())
    }
}

/// The moment a reader looks from: what was recorded later is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AsOf {
    /// All that has been recorded.
    #[default]
    Now,
    /// All that had been recorded at this moment.
    At(Timestamp),
}

/// A day as the database keeps it: 20240531. Sorts as the calendar does.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// The day of a number written by [`day_number`].
pub(crate) fn day_of_number(number: i64) -> Result<NaiveDate> {
    i32::try_from(number / 10_000)
        .ok()
        .zip(u32::try_from(number / 100 % 100).ok())
        .zip(u32::try_from(number % 100).ok())
        .and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or_else(|| LedgerError::damaged("day", number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_digits() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(day_number(day), 20_240_229);
        assert_eq!(day_of_number(20_240_229).unwrap(), day);
        assert!(day_of_number(20_230_229).is_err());
    }
}
