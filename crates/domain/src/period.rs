//! The period a fact is about: a day, month, cumulative month, quarter, year, or none.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::partial_date::PartialDate;

/// What stretch of time a value describes. Written `2024-03-26`, `2024-03`, `2024-01/2024-03`,
/// `2024-Q1`, `2024`, the empty text for a current state, or the words of the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// A state that holds until it is changed.
    Current,
    /// One day.
    Day(NaiveDate),
    /// One month.
    Month(i32, u32),
    /// January to this month of the year. January and February are one period in statistics:
    /// `2024-01/2024-02`.
    CumulativeMonth(i32, u32),
    /// A quarter, 1 to 4.
    Quarter(i32, u32),
    /// A calendar year.
    Year(i32),
    /// A period in the source's own words (`达产`), which no calendar resolves.
    Stated(String),
}

/// The text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write 2024, 2024-Q1, 2024-03, 2024-01/2024-03 or 2024-03-26")]
pub struct PeriodError(pub String);

impl Period {
    /// The calendar year it lies in; `None` for a current state or a period in words.
    pub fn year(&self) -> Option<i32> {
        match self {
            Self::Current | Self::Stated(_) => None,
            Self::Day(day) => Some(chrono::Datelike::year(day)),
            Self::Month(year, _)
            | Self::CumulativeMonth(year, _)
            | Self::Quarter(year, _)
            | Self::Year(year) => Some(*year),
        }
    }

    /// The same period one year earlier, what growth year on year compares with.
    pub fn year_before(&self) -> Option<Self> {
        match self {
            Self::Current | Self::Stated(_) | Self::Day(_) => None,
            Self::Month(year, month) => Some(Self::Month(year - 1, *month)),
            Self::CumulativeMonth(year, month) => Some(Self::CumulativeMonth(year - 1, *month)),
            Self::Quarter(year, quarter) => Some(Self::Quarter(year - 1, *quarter)),
            Self::Year(year) => Some(Self::Year(year - 1)),
        }
    }

    /// Reads a period, keeping what is in no calendar form as [`Period::Stated`].
    pub fn from_words(text: &str) -> Self {
        text.parse()
            .unwrap_or_else(|_| Self::Stated(text.trim().to_owned()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => Ok(()),
            Self::Day(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::CumulativeMonth(year, month) => write!(f, "{year:04}-01/{year:04}-{month:02}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Stated(words) => f.write_str(words),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Current);
        }
        parse(text).ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    if let Some((from, until)) = text.split_once('/') {
        let (PartialDate::Month(first, 1), PartialDate::Month(last, month)) =
            (from.parse().ok()?, until.parse().ok()?)
        else {
            return None;
        };
        return (first == last).then_some(Period::CumulativeMonth(last, month));
    }
    if let Some((year, quarter)) = text.split_once("-Q") {
        let PartialDate::Year(year) = year.parse().ok()? else {
            return None;
        };
        let quarter: u32 = quarter.parse().ok()?;
        return (1..=4)
            .contains(&quarter)
            .then_some(Period::Quarter(year, quarter));
    }
    Some(match text.parse::<PartialDate>().ok()? {
        PartialDate::Year(year) => Period::Year(year),
        PartialDate::Month(year, month) => Period::Month(year, month),
        PartialDate::Day(day) => Period::Day(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Period::Current)]
    #[case("2024", Period::Year(2024))]
    #[case("2024-Q3", Period::Quarter(2024, 3))]
    #[case("2024-03", Period::Month(2024, 3))]
    #[case("2024-01/2024-02", Period::CumulativeMonth(2024, 2))]
    fn periods_round_trip(#[case] text: &str, #[case] period: Period) {
        assert_eq!(text.parse(), Ok(period.clone()));
        assert_eq!(period.to_string(), text);
    }

    #[rstest]
    #[case("2024-02/2024-05")]
    #[case("2024-01/2025-05")]
    #[case("2024-Q5")]
    #[case("达产")]
    fn what_is_no_period_is_refused(#[case] text: &str) {
        assert!(text.parse::<Period>().is_err());
    }

    #[test]
    fn a_period_in_words_is_kept_as_written() {
        assert_eq!(
            Period::from_words("达产"),
            Period::Stated("达产".to_owned())
        );
    }
}
