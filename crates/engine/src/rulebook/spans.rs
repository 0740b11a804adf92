//! What holds from a day to a day.

use chrono::NaiveDate;

/// A value with the days it holds on, both included; open where `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// What holds.
    pub value: T,
}

impl<T> Dated<T> {
    /// Whether it holds on this day.
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

/// Values by the days they hold on, in order of time, without overlaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spans<T>(Vec<Dated<T>>);

impl<T> Spans<T> {
    /// These spans, in order of time.
    pub fn new(mut spans: Vec<Dated<T>>) -> Self {
        spans.sort_by_key(|span| span.from);
        Self(spans)
    }

    /// One value that always holds.
    pub fn always(value: T) -> Self {
        Self(vec![Dated {
            from: None,
            until: None,
            value,
        }])
    }

    /// What holds on this day; `None` outside all spans, never the nearest.
    pub fn on(&self, date: NaiveDate) -> Option<&T> {
        self.0
            .iter()
            .find(|span| span.holds_on(date))
            .map(|span| &span.value)
    }

    /// All spans in order of time.
    pub fn iter(&self) -> std::slice::Iter<'_, Dated<T>> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'s, T> IntoIterator for &'s Spans<T> {
    type Item = &'s Dated<T>;
    type IntoIter = std::slice::Iter<'s, Dated<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_included_and_nothing_outside() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let spans = Spans::new(vec![
            Dated {
                from: Some(day("2023-01-01")),
                until: None,
                value: 2,
            },
            Dated {
                from: Some(day("2020-01-01")),
                until: Some(day("2021-12-31")),
                value: 1,
            },
        ]);
        assert_eq!(spans.on(day("2019-12-31")), None);
        assert_eq!(spans.on(day("2020-01-01")), Some(&1));
        assert_eq!(spans.on(day("2021-12-31")), Some(&1));
        assert_eq!(spans.on(day("2022-01-01")), None);
        assert_eq!(spans.on(day("2030-01-01")), Some(&2));
    }
}
