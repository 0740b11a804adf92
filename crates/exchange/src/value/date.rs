//! Dates as people write them into cells: 2024.3, 2024年5月底, 预计5月上旬, 2022-2025.

use domain::PartialDate;
use domain::partial_date::last_day_of_month;

use super::date_words::{QUALIFIERS, QUARTERS, prepared};

/// A date and the words beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateReading {
    /// The date at the precision that was written.
    pub date: PartialDate,
    /// 底, 预计, 上旬 …
    pub qualifier: String,
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFault {
    /// It names no date.
    NoDate,
    /// It names a month, and nothing says of which year.
    NoYear,
    /// The calendar has no such day.
    NoSuchDay,
    /// It names more than one date.
    Several,
    /// 03/04/2024 may be March or April.
    DayOrMonth,
}

/// Whether a text is a date without help from a ledger's year.
pub fn reads_alone(text: &str) -> bool {
    parse_date(text, None).is_ok()
}

/// Reads one date; a month without a year is one of `year`.
pub fn parse_date(text: &str, year: Option<i32>) -> Result<DateReading, DateFault> {
    let words = prepared(text);
    if words.is_empty() {
        return Err(DateFault::NoDate);
    }
    Reader::new(&words, year).read()
}

/// Reads a stretch such as `2022-2025`; one date alone is both its beginning and its end.
pub fn parse_span(text: &str, year: Option<i32>) -> Result<(DateReading, DateReading), DateFault> {
    let words = prepared(text);
    for (at, separator) in separators(&words) {
        let (first, last) = (&words[..at], &words[at + separator.len()..]);
        let Ok(from) = Reader::new(first, year).read() else {
            continue;
        };
        // The end may leave out the year of the beginning: 2024年3月至12月.
        let Ok(until) = Reader::new(last, Some(from.date.year())).read() else {
            continue;
        };
        return Ok((from, until));
    }
    parse_date(text, year).map(|date| (date.clone(), date))
}

/// Every place where a stretch may be divided, clear words before dashes.
fn separators(words: &str) -> Vec<(usize, &'static str)> {
    ["至", "到", "——", "--", "—", "–", "~", "-"]
        .iter()
        .flat_map(|separator| {
            words
                .match_indices(separator)
                .map(|(at, _)| (at, *separator))
        })
        .collect()
}

struct Reader<'a> {
    rest: &'a str,
    own_year: Option<i32>,
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    /// A day that a word stands for: 底, 上旬.
    worded: Option<Worded>,
    qualifier: String,
}

#[derive(Clone, Copy)]
enum Worded {
    Last,
    First,
    Tenth,
    Twentieth,
    EndOfMonth(u32),
}

/// Words behind a month.
const OF_MONTH: [(&str, Worded); 9] = [
    ("月底", Worded::Last),
    ("月末", Worded::Last),
    ("月初", Worded::First),
    ("底", Worded::Last),
    ("末", Worded::Last),
    ("初", Worded::First),
    ("上旬", Worded::Tenth),
    ("中旬", Worded::Twentieth),
    ("下旬", Worded::Last),
];
/// Words behind a year, or alone.
const OF_YEAR: [(&str, Worded); 8] = [
    ("年底", Worded::Last),
    ("年末", Worded::Last),
    ("年初", Worded::First),
    ("底", Worded::Last),
    ("末", Worded::Last),
    ("初", Worded::First),
    ("上半年", Worded::EndOfMonth(6)),
    ("下半年", Worded::EndOfMonth(12)),
];

impl<'a> Reader<'a> {
    fn new(words: &'a str, own_year: Option<i32>) -> Self {
        Self {
            rest: words,
            own_year,
            year: None,
            month: None,
            day: None,
            worded: None,
            qualifier: String::new(),
        }
    }

    fn read(mut self) -> Result<DateReading, DateFault> {
        while !self.rest.is_empty() {
            if !(self.figures()? || self.relative_year() || self.word() || self.qualifier()) {
                return Err(
                    if self.year.or(self.own_year).is_some()
                        && self.month.is_some()
                        && self.rest.contains(|c: char| c.is_ascii_digit())
                    {
                        DateFault::Several
                    } else {
                        DateFault::NoDate
                    },
                );
            }
        }
        let date = self.date()?;
        Ok(DateReading {
            date,
            qualifier: self.qualifier,
        })
    }

    fn nothing_yet(&self) -> bool {
        self.year.is_none() && self.month.is_none() && self.worded.is_none()
    }

    /// A year, or a whole date in figures, or a month with its sign.
    fn figures(&mut self) -> Result<bool, DateFault> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Ok(false);
        }
        // A quarter begins with a figure too.
        if QUARTERS.iter().any(|(word, _)| self.rest.starts_with(word)) {
            return Ok(false);
        }
        let number: u32 = self.rest[..length].parse().map_err(|_| DateFault::NoDate)?;
        let after = &self.rest[length..];
        if self.month.is_some() || self.worded.is_some() {
            return Err(DateFault::Several);
        }
        match length {
            4 if self.year.is_none() => self.year_first(number, after),
            8 if self.nothing_yet() && after.is_empty() => {
                self.year = Some(year_of(number / 10_000)?);
                (self.month, self.day) = (Some(number / 100 % 100), Some(number % 100));
                self.rest = after;
                Ok(true)
            }
            6 if self.nothing_yet() && after.is_empty() => {
                (self.year, self.month) = (Some(year_of(number / 100)?), Some(number % 100));
                self.rest = after;
                Ok(true)
            }
            1 | 2 if after.starts_with('月') => {
                self.month = Some(number);
                self.rest = &after["月".len()..];
                let rest = self.rest.strip_prefix('份').unwrap_or(self.rest);
                self.rest = rest;
                self.day_figures();
                Ok(true)
            }
            1 | 2 if self.nothing_yet() && after.starts_with('/') => {
                self.day_month_year(number, after)
            }
            _ => Err(DateFault::NoDate),
        }
    }

    fn year_first(&mut self, number: u32, after: &'a str) -> Result<bool, DateFault> {
        self.year = Some(year_of(number)?);
        self.rest = after;
        if let Some(rest) = after
            .strip_prefix("年度")
            .or_else(|| after.strip_prefix('年'))
        {
            self.rest = rest;
            return Ok(true);
        }
        let Some(separator) = after.chars().next().filter(|c| "-./".contains(*c)) else {
            return Ok(true);
        };
        let (month, rest) = short_number(&after[1..]).ok_or(DateFault::NoDate)?;
        self.month = Some(month);
        self.rest = rest.strip_prefix('月').unwrap_or(rest);
        if let Some(rest) = self.rest.strip_prefix(separator) {
            let (day, rest) = short_number(rest).ok_or(DateFault::NoDate)?;
            self.day = Some(day);
            self.rest = rest.strip_prefix('日').unwrap_or(rest);
        }
        Ok(true)
    }

    /// 5/31/2024 or 31/5/2024, where the figures leave no doubt.
    fn day_month_year(&mut self, first: u32, after: &'a str) -> Result<bool, DateFault> {
        let (second, rest) = short_number(&after[1..]).ok_or(DateFault::NoDate)?;
        let rest = rest.strip_prefix('/').ok_or(DateFault::NoDate)?;
        let year = rest
            .get(..4)
            .filter(|year| year.bytes().all(|b| b.is_ascii_digit()));
        let year = year
            .and_then(|year| year.parse().ok())
            .ok_or(DateFault::NoDate)?;
        self.year = Some(year_of(year)?);
        (self.month, self.day) = match (first, second) {
            (same, other) if same == other => (Some(same), Some(same)),
            (1..=12, 13..) => (Some(first), Some(second)),
            (13.., 1..=12) => (Some(second), Some(first)),
            _ => return Err(DateFault::DayOrMonth),
        };
        self.rest = &rest[4..];
        Ok(true)
    }

    fn day_figures(&mut self) {
        if let Some((day, rest)) = short_number(self.rest)
            && let Some(rest) = rest.strip_prefix(['日', '号'])
        {
            (self.day, self.rest) = (Some(day), rest);
        }
    }

    fn relative_year(&mut self) -> bool {
        const YEARS: [(&str, i32); 7] = [
            ("今年", 0),
            ("本年度", 0),
            ("本年", 0),
            ("当年", 0),
            ("明年", 1),
            ("去年", -1),
            ("上年", -1),
        ];
        let Some(own) = self.own_year.filter(|_| self.nothing_yet()) else {
            return false;
        };
        let Some((word, offset)) = YEARS.iter().find(|(word, _)| self.rest.starts_with(word))
        else {
            return false;
        };
        self.year = Some(own + offset);
        self.rest = &self.rest[word.len()..];
        true
    }

    fn word(&mut self) -> bool {
        if self.day.is_some() || self.worded.is_some() {
            return false;
        }
        let found = if self.month.is_some() {
            find(&OF_MONTH, self.rest)
        } else {
            let quarter = QUARTERS
                .iter()
                .find(|(word, _)| self.rest.starts_with(word))
                .map(|(word, quarter)| (*word, Worded::EndOfMonth(quarter * 3)));
            let of_year = find(&OF_YEAR, self.rest);
            // A lone 底 or 初 says of nothing what it is the end of.
            quarter.or(of_year
                .filter(|(word, _)| self.year.is_some() || word.starts_with(['年', '上', '下'])))
        };
        let Some((word, worded)) = found else {
            return false;
        };
        self.worded = Some(worded);
        self.qualifier.push_str(word);
        self.rest = &self.rest[word.len()..];
        if let Some(rest) = self
            .rest
            .strip_prefix(['底', '末'])
            .filter(|_| matches!(worded, Worded::EndOfMonth(_)))
        {
            self.rest = rest;
        }
        true
    }

    fn qualifier(&mut self) -> bool {
        let Some(word) = QUALIFIERS.iter().find(|word| self.rest.starts_with(**word)) else {
            return false;
        };
        self.qualifier.push_str(word);
        self.rest = &self.rest[word.len()..];
        true
    }

    fn date(&self) -> Result<PartialDate, DateFault> {
        if self.nothing_yet() {
            return Err(DateFault::NoDate);
        }
        let year = self.year.or(self.own_year).ok_or(DateFault::NoYear)?;
        let of_day = |month, day| PartialDate::day(year, month, day).ok_or(DateFault::NoSuchDay);
        let end_of = |month| Ok(PartialDate::Day(last_day_of_month(year, month)));
        if let Some(month) = self.month
            && !(1..=12).contains(&month)
        {
            return Err(DateFault::NoSuchDay);
        }
        match (self.month, self.day, self.worded) {
            (Some(month), Some(day), _) => of_day(month, day),
            (Some(month), None, None) => {
                PartialDate::month(year, month).ok_or(DateFault::NoSuchDay)
            }
            (None, _, None) => Ok(PartialDate::Year(year)),
            (Some(month), None, Some(Worded::Last)) | (_, _, Some(Worded::EndOfMonth(month))) => {
                end_of(month)
            }
            (month, _, Some(Worded::First)) => of_day(month.unwrap_or(1), 1),
            (Some(month), None, Some(Worded::Tenth)) => of_day(month, 10),
            (Some(month), None, Some(Worded::Twentieth)) => of_day(month, 20),
            (None, _, Some(_)) => end_of(12),
        }
    }
}

fn find(words: &[(&'static str, Worded)], rest: &str) -> Option<(&'static str, Worded)> {
    words
        .iter()
        .find(|(word, _)| rest.starts_with(word))
        .copied()
}

/// Years that a ledger of this country can be about.
fn year_of(number: u32) -> Result<i32, DateFault> {
    i32::try_from(number)
        .ok()
        .filter(|year| (1900..=2100).contains(year))
        .ok_or(DateFault::NoDate)
}

fn short_number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&length).then_some(())?;
    Some((text[..length].parse().ok()?, &text[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("2024-05-31", "2024-05-31", "")]
    #[case("2024/5/3", "2024-05-03", "")]
    #[case("2024.5.31", "2024-05-31", "")]
    #[case("2024年5月31日", "2024-05-31", "")]
    #[case("2024-05-31 00:00:00", "2024-05-31", "")]
    #[case("20240531", "2024-05-31", "")]
    #[case("２０２４年３月", "2024-03", "")]
    #[case("2024.1", "2024-01", "")]
    #[case("2024.10", "2024-10", "")]
    #[case("2024年", "2024", "")]
    #[case("2024年5月底", "2024-05-31", "底")]
    #[case("5月底", "2024-05-31", "底")]
    #[case("预计5月底", "2024-05-31", "预计底")]
    #[case("2月底", "2024-02-29", "底")]
    #[case("5月上旬", "2024-05-10", "上旬")]
    #[case("5月中旬", "2024-05-20", "中旬")]
    #[case("5月下旬", "2024-05-31", "下旬")]
    #[case("5月初", "2024-05-01", "初")]
    #[case("年底", "2024-12-31", "年底")]
    #[case("2025年底", "2025-12-31", "底")]
    #[case("2025年底前", "2025-12-31", "底前")]
    #[case("今年5月底", "2024-05-31", "底")]
    #[case("明年3月", "2025-03", "")]
    #[case("2024年一季度", "2024-03-31", "一季度")]
    #[case("二〇二四年十一月", "2024-11", "")]
    #[case("05/31/2014 12:00:00 AM", "2014-05-31", "")]
    fn dates_are_read(#[case] text: &str, #[case] date: &str, #[case] qualifier: &str) {
        let read = parse_date(text, Some(2024)).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(
            (read.date.to_string().as_str(), read.qualifier.as_str()),
            (date, qualifier)
        );
    }

    #[rstest]
    #[case("未开工", DateFault::NoDate)]
    #[case("已开工", DateFault::NoDate)]
    #[case("5月底", DateFault::NoYear)]
    #[case("2023-02-29", DateFault::NoSuchDay)]
    #[case("2024年13月", DateFault::NoSuchDay)]
    #[case("03/04/2024", DateFault::DayOrMonth)]
    #[case("45443", DateFault::NoDate)]
    #[case("底", DateFault::NoDate)]
    #[case("预计", DateFault::NoDate)]
    fn what_is_no_date_is_refused(#[case] text: &str, #[case] fault: DateFault) {
        assert_eq!(parse_date(text, None), Err(fault));
    }

    #[rstest]
    #[case("2022-2025", "2022", "2025")]
    #[case("2022年-2025年", "2022", "2025")]
    #[case("2022—2025", "2022", "2025")]
    #[case("2022.3-2025.12", "2022-03", "2025-12")]
    #[case("2022-03-2025-06", "2022-03", "2025-06")]
    #[case("2024年3月至12月", "2024-03", "2024-12")]
    #[case("2022-05", "2022-05", "2022-05")]
    #[case("2024", "2024", "2024")]
    fn stretches_fill_both_ends(#[case] text: &str, #[case] from: &str, #[case] until: &str) {
        let (first, last) = parse_span(text, None).unwrap();
        assert_eq!(
            (
                first.date.to_string().as_str(),
                last.date.to_string().as_str()
            ),
            (from, until)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = parse_span(&text, Some(2024));
        }

        #[test]
        fn date_words_are_read_or_refused_without_a_panic(text in "[0-9年月日底初旬上中下至./-]{0,14}") {
            let _ = parse_span(&text, None);
        }
    }
}
