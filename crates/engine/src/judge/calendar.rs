//! Months and years between days.

use chrono::{Datelike, Months, NaiveDate};

/// The same day `months` on (or back); the last day where the month is shorter. `None` beyond the
/// calendar.
pub fn add_months(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let count = u32::try_from(months.unsigned_abs()).ok()?;
    if months < 0 {
        day.checked_sub_months(Months::new(count))
    } else {
        day.checked_add_months(Months::new(count))
    }
}

/// The largest whole n with `add_months(from, n)` not after `until`; negative for a future day.
pub fn months_between(from: NaiveDate, until: NaiveDate) -> i64 {
    let number = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let months = number(until) - number(from);
    match add_months(from, months) {
        Some(day) if day <= until => months,
        _ => months - 1,
    }
}

/// The largest whole n with `add_months(from, 12 n)` not after `until`.
pub fn years_between(from: NaiveDate, until: NaiveDate) -> i64 {
    let years = i64::from(until.year()) - i64::from(from.year());
    match add_months(from, years * 12) {
        Some(day) if day <= until => years,
        _ => years - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2023-01-31", "2023-02-27", 0)]
    #[case("2023-01-31", "2023-02-28", 1)]
    #[case("2024-02-29", "2025-02-28", 12)]
    #[case("2024-03-01", "2024-02-29", -1)]
    #[case("2024-03-31", "2024-02-29", -1)]
    #[case("2024-03-31", "2024-02-28", -2)]
    #[case("2024-03-31", "2024-03-31", 0)]
    fn whole_months(#[case] from: &str, #[case] until: &str, #[case] months: i64) {
        assert_eq!(months_between(day(from), day(until)), months);
    }

    #[rstest]
    #[case("2020-02-29", "2021-02-27", 0)]
    #[case("2020-02-29", "2021-02-28", 1)]
    #[case("2024-06-30", "2024-06-29", -1)]
    fn whole_years(#[case] from: &str, #[case] until: &str, #[case] years: i64) {
        assert_eq!(years_between(day(from), day(until)), years);
    }

    proptest! {
        #[test]
        fn months_between_is_the_largest_that_fits(from in 0_i64..40_000, until in 0_i64..40_000) {
            let start = day("1990-01-01");
            let from = start + chrono::Days::new(from.unsigned_abs());
            let until = start + chrono::Days::new(until.unsigned_abs());
            let months = months_between(from, until);
            prop_assert!(add_months(from, months).unwrap() <= until);
            prop_assert!(add_months(from, months + 1).unwrap() > until);
            let years = years_between(from, until);
            prop_assert!(add_months(from, 12 * years).unwrap() <= until);
            prop_assert!(add_months(from, 12 * (years + 1)).unwrap() > until);
        }
    }
}
