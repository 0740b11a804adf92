//! A date at the precision that was written: a day, a month or a year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A calendar date of which the day, or the day and month, may not have been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartialDate {
    /// A year.
    Year(i32),
    /// A month of a year.
    Month(i32, u32),
    /// A day.
    Day(NaiveDate),
}

/// The text is no date in ISO form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date: write 2024, 2024-05 or 2024-05-31")]
pub struct PartialDateError(pub String);

impl PartialDate {
    /// The month `month` of `year`; `None` unless 1 to 12.
    pub fn month(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(|_| Self::Month(year, month))
    }

    /// The day; `None` if the calendar has no such day.
    pub fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::Day)
    }

    /// The first day it may mean.
    pub fn earliest(self) -> NaiveDate {
        match self {
            Self::Year(year) => first_of(year, 1),
            Self::Month(year, month) => first_of(year, month),
            Self::Day(day) => day,
        }
    }

    /// The last day it may mean.
    pub fn latest(self) -> NaiveDate {
        match self {
            Self::Year(year) => last_day_of_month(year, 12),
            Self::Month(year, month) => last_day_of_month(year, month),
            Self::Day(day) => day,
        }
    }

    /// The year.
    pub fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Month(year, _) => year,
            Self::Day(day) => day.year(),
        }
    }
}

fn first_of(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MIN)
}

/// The last day of a month; the calendar's first day where there is no such month.
pub fn last_day_of_month(year: i32, month: u32) -> NaiveDate {
    let (next_year, next_month) = if month >= 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    NaiveDate::from_ymd_opt(next_year, next_month, 1)
        .and_then(|first| first.pred_opt())
        .unwrap_or(NaiveDate::MIN)
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
        }
    }
}

impl FromStr for PartialDate {
    type Err = PartialDateError;

    fn from_str(text: &str) -> Result<Self, PartialDateError> {
        parse(text).ok_or_else(|| PartialDateError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<PartialDate> {
    let mut parts = text.split('-');
    let year: i32 = digits(parts.next()?, 4)?.try_into().ok()?;
    let Some(month) = parts.next() else {
        return Some(PartialDate::Year(year));
    };
    let month = digits(month, 2)?;
    let Some(day) = parts.next() else {
        return PartialDate::month(year, month);
    };
    if parts.next().is_some() {
        return None;
    }
    PartialDate::day(year, month, digits(day, 2)?)
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2024")]
    #[case("2024-05")]
    #[case("2024-02-29")]
    fn iso_dates_round_trip(#[case] text: &str) {
        assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
    }

    #[rstest]
    #[case("2023-02-29")]
    #[case("2024-13")]
    #[case("24")]
    #[case("2024-5")]
    #[case("2024-05-01-01")]
    #[case("")]
    fn what_is_no_date_is_refused(#[case] text: &str) {
        assert!(text.parse::<PartialDate>().is_err());
    }

    #[test]
    fn a_month_ends_on_its_last_day() {
        let february: PartialDate = "2024-02".parse().unwrap();
        assert_eq!(february.latest().to_string(), "2024-02-29");
    }
}
