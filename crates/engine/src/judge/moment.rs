//! The time that is read: the assessment year, month and date, shifted by `prior` and its like.

use chrono::{Datelike, NaiveDate};

use super::calendar::add_months;
use super::fact::FactPeriod;
use crate::expression::When;
use crate::rulebook::PeriodKind;

/// The time that is read: shifted by `prior` and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Moment {
    /// The assessment year.
    pub year: i32,
    /// The month, counted from year 0.
    pub month: i32,
    /// The assessment date.
    pub as_of: NaiveDate,
}

impl Moment {
    pub(super) fn new(as_of: NaiveDate, year: i32) -> Self {
        Self {
            year,
            month: month_number(as_of),
            as_of,
        }
    }

    pub(super) fn years_back(self, years: i32) -> Self {
        Self {
            year: self.year.saturating_sub(years),
            month: self.month.saturating_sub(years.saturating_mul(12)),
            ..self
        }
    }

    pub(super) fn months_back(self, months: i32) -> Self {
        let month = self.month.saturating_sub(months);
        Self {
            year: self.year + month.div_euclid(12) - self.month.div_euclid(12),
            month,
            ..self
        }
    }

    /// The same so many months ago, the assessment date too.
    pub(super) fn ago(self, months: u32) -> Self {
        let back = i32::try_from(months).unwrap_or(i32::MAX);
        Self {
            as_of: add_months(self.as_of, -i64::from(back)).unwrap_or(self.as_of),
            ..self.months_back(back)
        }
    }
}

fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

fn month_of(number: i32) -> (i32, u32) {
    (
        number.div_euclid(12),
        u32::try_from(number.rem_euclid(12)).unwrap_or(0) + 1,
    )
}

/// The time of which a variable is read that is shifted `further_back` of its own periods.
pub(super) fn moment_of(
    when: When,
    period: PeriodKind,
    moment: Moment,
    further_back: u32,
) -> Moment {
    let signed = |periods: u32| i32::try_from(periods).unwrap_or(i32::MAX / 12);
    match when {
        When::Back(back) => {
            let back = signed(back.saturating_add(further_back));
            match period {
                PeriodKind::None => moment,
                PeriodKind::Year => moment.years_back(back),
                PeriodKind::Month => moment.months_back(back),
                PeriodKind::Quarter => moment.months_back(back.saturating_mul(3)),
            }
        }
        When::Year(year) => moment.years_back(moment.year - year),
        When::Month(year, month) => {
            moment.months_back(moment.month - year * 12 - signed(month) + 1)
        }
        When::Quarter(year, quarter) => {
            moment.months_back(moment.month - year * 12 - signed(quarter) * 3 + 3)
        }
    }
}

/// The period of a fact at a moment.
pub(super) fn period_at(period: PeriodKind, moment: Moment) -> FactPeriod {
    let (year, month) = month_of(moment.month);
    match period {
        PeriodKind::None => FactPeriod::Current,
        PeriodKind::Year => FactPeriod::Year(moment.year),
        PeriodKind::Month => FactPeriod::Month(year, month),
        PeriodKind::Quarter => FactPeriod::Quarter(year, (month - 1) / 3 + 1),
    }
}

/// Whether a period is the one that a fact without a suffix is of: the assessment year, the month or
/// quarter of the assessment date.
pub(super) fn is_current(period: FactPeriod, year: i32, as_of: NaiveDate) -> bool {
    let today = Moment::new(as_of, year);
    match period {
        FactPeriod::Current => true,
        FactPeriod::Year(_) => period == period_at(PeriodKind::Year, today),
        FactPeriod::Month(..) => period == period_at(PeriodKind::Month, today),
        FactPeriod::Quarter(..) => period == period_at(PeriodKind::Quarter, today),
    }
}
