//! Reads a date out of prepared words: figures, words for parts of a month or a year, qualifiers.

use domain::PartialDate;
use domain::partial_date::last_day_of_month;

use super::date::{DateContext, DateFault, DateReading, DayOrder};
use super::date_words::{QUALIFIERS, QUARTERS};

/// Reads prepared words from the front, one thing after another.
pub(super) struct Reader<'a> {
    rest: &'a str,
    own_year: Option<i32>,
    order: Option<DayOrder>,
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
    /// A reader at the beginning of prepared words.
    pub fn new(words: &'a str, context: DateContext) -> Self {
        Self {
            rest: words,
            own_year: context.year,
            order: context.order,
            year: None,
            month: None,
            day: None,
            worded: None,
            qualifier: String::new(),
        }
    }

    /// The date that the words name.
    pub fn read(mut self) -> Result<DateReading, DateFault> {
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
            2 if self.nothing_yet() && begins_short_year(after) => {
                self.year = Some(year_of(2000 + number)?);
                self.rest = &after["年".len()..];
                Ok(true)
            }
            1 | 2 if self.nothing_yet() && after.starts_with(['/', '-', '.']) => {
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

    /// 5/31/2024 or 31/5/2024, where the figures or their column leave no doubt; 31.5.2024 is never
    /// written the other way round.
    fn day_month_year(&mut self, first: u32, after: &'a str) -> Result<bool, DateFault> {
        let separator = after.chars().next().ok_or(DateFault::NoDate)?;
        let (second, rest) = short_number(&after[1..]).ok_or(DateFault::NoDate)?;
        let rest = rest.strip_prefix(separator).ok_or(DateFault::NoDate)?;
        let year = rest
            .get(..4)
            .filter(|year| year.bytes().all(|b| b.is_ascii_digit()));
        let year = year
            .and_then(|year| year.parse().ok())
            .ok_or(DateFault::NoDate)?;
        self.year = Some(year_of(year)?);
        let order = match (first, second) {
            (same, other) if same == other => DayOrder::DayFirst,
            (1..=12, 13..) => DayOrder::MonthFirst,
            (13.., 1..=12) => DayOrder::DayFirst,
            _ if separator == '.' => DayOrder::DayFirst,
            _ => self.order.ok_or(DateFault::DayOrMonth)?,
        };
        (self.month, self.day) = match order {
            DayOrder::DayFirst => (Some(second), Some(first)),
            DayOrder::MonthFirst => (Some(first), Some(second)),
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
        if let Some(rest) = self.rest.strip_prefix("年内") {
            self.year = Some(own);
            self.qualifier.push_str("年内");
            self.rest = rest;
            return true;
        }
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

/// Whether 年 and something of a year begins here, so that two figures before it are a year: 24年5月. Two
/// figures and 年 alone may as well be how long something takes.
fn begins_short_year(text: &str) -> bool {
    const OF_YEAR: [&str; 5] = ["底", "末", "初", "上半年", "下半年"];
    text.strip_prefix('年').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            || OF_YEAR.iter().any(|word| rest.starts_with(word))
            || QUARTERS.iter().any(|(word, _)| rest.starts_with(word))
    })
}

/// One or two figures at the front, and what stands behind them.
pub(super) fn short_number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&length).then_some(())?;
    Some((text[..length].parse().ok()?, &text[length..]))
}
