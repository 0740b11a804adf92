//! Dates as people write them into cells: 2024.3, 2024年5月底, 预计5月上旬, 2022-2025.

use domain::PartialDate;

use super::date_reader::{Reader, short_number};
use super::date_words::prepared;

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

/// Which of two figures before a year is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// 31/5/2024.
    DayFirst,
    /// 5/31/2024.
    MonthFirst,
}

/// What a date is read by beside its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateContext {
    /// The year that a month without one belongs to.
    pub year: Option<i32>,
    /// The order of day and month where the figures alone leave it in doubt.
    pub order: Option<DayOrder>,
}

impl DateContext {
    /// Nothing but a year.
    pub fn of_year(year: Option<i32>) -> Self {
        Self { year, order: None }
    }
}

/// Whether a text is a date without help from a ledger's year.
pub fn reads_alone(text: &str) -> bool {
    parse_date(text, None).is_ok()
}

/// Reads one date; a month without a year is one of `year`.
pub fn parse_date(text: &str, year: Option<i32>) -> Result<DateReading, DateFault> {
    parse_date_in(text, DateContext::of_year(year))
}

/// Reads one date by what its column says.
pub fn parse_date_in(text: &str, context: DateContext) -> Result<DateReading, DateFault> {
    let words = prepared(text);
    if words.is_empty() {
        return Err(DateFault::NoDate);
    }
    Reader::new(&words, context).read()
}

/// Reads a stretch such as `2022-2025`; one date alone is both its beginning and its end.
pub fn parse_span(
    text: &str,
    context: DateContext,
) -> Result<(DateReading, DateReading), DateFault> {
    let words = prepared(text);
    for (at, separator) in separators(&words) {
        let (first, last) = (&words[..at], &words[at + separator.len()..]);
        let Ok(from) = Reader::new(first, context).read() else {
            continue;
        };
        // The end may leave out the year of the beginning: 2024年3月至12月.
        let of_beginning = DateContext {
            year: Some(from.date.year()),
            ..context
        };
        let Ok(until) = Reader::new(last, of_beginning).read() else {
            continue;
        };
        return Ok((from, until));
    }
    parse_date_in(text, context).map(|date| (date.clone(), date))
}

/// The order of day and month that a text shows beyond doubt: 31/5/2024 is day first.
pub fn day_order(text: &str) -> Option<DayOrder> {
    let (first, rest) = short_number(text.trim_start())?;
    let separator = rest.chars().next().filter(|c| "/-".contains(*c))?;
    let (second, rest) = short_number(&rest[1..])?;
    rest.strip_prefix(separator)
        .filter(|rest| rest.bytes().take(4).filter(u8::is_ascii_digit).count() == 4)?;
    match (first, second) {
        (1..=12, 13..=31) => Some(DayOrder::MonthFirst),
        (13..=31, 1..=12) => Some(DayOrder::DayFirst),
        _ => None,
    }
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
    #[case("2024-05-31T08:30:00+08:00", "2024-05-31", "")]
    #[case("2024年5月31日 14:30", "2024-05-31", "")]
    #[case("2024-05-31（星期五）", "2024-05-31", "")]
    #[case("24年5月底", "2024-05-31", "底")]
    #[case("24年底", "2024-12-31", "底")]
    #[case("年内", "2024", "年内")]
    #[case("2025年内", "2025", "内")]
    #[case("5月内", "2024-05", "内")]
    #[case("20.05.2020", "2020-05-20", "")]
    #[case("03.04.2024", "2024-04-03", "")]
    #[case("31-05-2024", "2024-05-31", "")]
    #[case("31 March 2020", "2020-03-31", "")]
    #[case("March 2020", "2020-03", "")]
    #[case("Mar 31, 2020", "2020-03-31", "")]
    #[case("31-Mar-2020", "2020-03-31", "")]
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
    #[case("30.06.08", DateFault::NoDate)]
    #[case("10年", DateFault::NoDate)]
    #[case("03-04-2024", DateFault::DayOrMonth)]
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
        let (first, last) = parse_span(text, DateContext::default()).unwrap();
        assert_eq!(
            (
                first.date.to_string().as_str(),
                last.date.to_string().as_str()
            ),
            (from, until)
        );
    }

    #[rstest]
    #[case("05/31/2024", Some(DayOrder::MonthFirst))]
    #[case("31/5/2024 00:00", Some(DayOrder::DayFirst))]
    #[case("03/04/2024", None)]
    #[case("2024/5/31", None)]
    #[case("31/5", None)]
    fn the_order_of_day_and_month_may_be_beyond_doubt(
        #[case] text: &str,
        #[case] order: Option<DayOrder>,
    ) {
        assert_eq!(day_order(text), order);
    }

    #[test]
    fn a_column_may_say_which_figure_is_the_day() {
        let read = |order| {
            let context = DateContext { year: None, order };
            parse_date_in("03/04/2024", context).map(|read| read.date.to_string())
        };
        assert_eq!(read(Some(DayOrder::DayFirst)), Ok("2024-04-03".to_owned()));
        assert_eq!(
            read(Some(DayOrder::MonthFirst)),
            Ok("2024-03-04".to_owned())
        );
        assert_eq!(read(None), Err(DateFault::DayOrMonth));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = parse_span(&text, DateContext::of_year(Some(2024)));
        }

        #[test]
        fn date_words_are_read_or_refused_without_a_panic(text in "[0-9年月日底初旬上中下至./-]{0,14}") {
            let _ = parse_span(&text, DateContext::default());
        }
    }
}
