//! The lines around a table: title, unit line, date line, and the time that they give the ledger.

use std::sync::LazyLock;

use domain::Period;
use regex::Regex;

use super::labels::{Announced, Line, unit_among, unit_of_note, unit_without_colon};
use super::view::View;
use crate::grid::{Cell, Content, SheetRow};
use crate::value::date::parse_date;
use crate::value::fold::{compact, fold, one_line};
use crate::value::unit::units_of_line;
use crate::vocabulary::{HeaderUnit, When};

/// The ledger's own year and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LedgerTime {
    /// The year; `None` if nothing says.
    pub year: Option<i32>,
    /// The month; `None` if nothing says.
    pub month: Option<u32>,
    /// Whether it is January to that month: 1-5月.
    pub cumulative: bool,
}

impl LedgerTime {
    /// The period that it is; `None` without a year.
    pub fn period(self) -> Option<Period> {
        Some(match (self.year?, self.month) {
            (year, Some(month)) if self.cumulative => Period::CumulativeMonth(year, month),
            (year, Some(month)) => Period::Month(year, month),
            (year, None) => Period::Year(year),
        })
    }
}

static IN_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(([^()]{1,12})\)").expect("the pattern is valid"));
static YEARS_APART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d\d年?[-—–~至到](?:19|20)\d\d").expect("the pattern is valid")
});
static DATE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:填报|报送|上报|统计|制表|更新|填表|数据|截[至止])?(?:日期|时间|时点)?[:：]?截?[至止]?到?[:：]?(.+)$")
        .expect("the pattern is valid")
});
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(\[]?[^:()\[\]]{1,12}(?:\([^()]*\))?\s*:").expect("the pattern is valid")
});
/// 其中：设备投资 is a part of a header.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:其中|其|含|包括|包含|分)\s*:").expect("the pattern is valid")
});

/// Whether a text is a line about the table rather than a header: 单位：万元, 填报日期：…, 2024年3月.
pub fn is_line(text: &str) -> bool {
    is_label(text) || is_date_alone(text)
}

/// Whether a text is a date, or begins with a label that is known.
pub fn is_known_line(text: &str) -> bool {
    is_date_alone(text) || text.contains([':', '：']) && Line::of(text).is_labelled()
}

/// Whether a text is a line with a label: 单位：万元, 填报人：….
pub fn is_label(text: &str) -> bool {
    let folded = fold(text);
    if header_with_colon(&folded).is_some() || PART.is_match(&folded) {
        return false;
    }
    let of_money = || unit_without_colon(&folded).is_some_and(|unit| unit.unit.is_money());
    LABEL.is_match(&folded)
        || folded.contains("单位") && of_money()
        || folded.contains(':') && Line::of(&folded).is_labelled()
}

/// `总投资：万元` is a header with its unit behind a colon.
fn header_with_colon(folded: &str) -> Option<()> {
    let (before, after) = folded.split_once(':')?;
    (!before.contains("单位") && !units_of_line(after).is_empty()).then_some(())
}

/// Whether a text is nothing but a date: 2024年3月, 2024-05-31.
pub fn is_date_alone(text: &str) -> bool {
    let folded = fold(text);
    let bare = folded.trim_matches(|c| "()".contains(c));
    bare.contains(['年', '-', '/']) && parse_date(bare, None).is_ok()
}

/// What the lines above a table say.
#[derive(Debug, Default)]
pub struct Lines {
    /// The unit of all amounts that have none of their own.
    pub unit: Option<HeaderUnit>,
    /// All units that the lines name: 万元、亩.
    pub units: Vec<HeaderUnit>,
    /// Who sends the ledger in, as a line of it says.
    pub sender: Option<String>,
    /// The ledger's time.
    pub time: LedgerTime,
    /// The time that a date line gives, over which titles and the sheet's name stand.
    pub dated: LedgerTime,
    /// What a table of one indicator is about: 指标：地区生产总值.
    pub indicator: Option<String>,
    /// The title lines, folded and compact, to know them again where a page break repeats them.
    pub titles: Vec<String>,
}

/// What the rows above a header say of its time, and the unit that a title has in brackets.
#[derive(Default)]
struct Times {
    title: LedgerTime,
    date: LedgerTime,
    title_unit: Option<HeaderUnit>,
}

/// Reads the rows above the first header of a sheet, and the sheet's name.
pub fn read_lines(view: &View<'_>, rows: &[SheetRow]) -> Lines {
    let mut lines = said(view, rows);
    merge(&mut lines.time, time_of_sheet_name(&view.sheet.name));
    merge(&mut lines.time, lines.dated);
    lines
}

/// The unit that the last rows of a sheet give, where no line above its table does.
pub fn unit_below(view: &View<'_>, rows: &[SheetRow]) -> Option<HeaderUnit> {
    const ROWS_READ: usize = 10;
    let texts = rows.iter().rev().take(ROWS_READ).filter_map(|row| {
        let mut cells = view.own_cells(row);
        let only = cells.next().filter(|_| cells.next().is_none())?;
        view.text_of(only)
    });
    texts
        .filter(|text| text.contains("单位"))
        .find_map(unit_of_note)
}

/// Reads the rows above a header further down; what they leave open is as it is above.
pub fn read_lines_below(view: &View<'_>, rows: &[SheetRow], above: &Lines) -> Lines {
    let mut lines = said(view, rows);
    if lines.units.is_empty() {
        lines.units.clone_from(&above.units);
    }
    lines.unit = lines.unit.or_else(|| above.unit.clone());
    lines.sender = lines.sender.or_else(|| above.sender.clone());
    merge(&mut lines.time, lines.dated);
    merge(&mut lines.time, above.time);
    lines
}

/// What rows say by themselves; their time is that of titles alone.
pub fn said(view: &View<'_>, rows: &[SheetRow]) -> Lines {
    // A label and what it announces may stand in cells of their own.
    const BETWEEN_CELLS: &str = "   ";
    let mut lines = Lines::default();
    let mut times = Times::default();
    for row in rows {
        let cells: Vec<(&Cell, String)> = view
            .own_cells(row)
            .map(|cell| (cell, view.words_of(cell)))
            .collect();
        let words: Vec<&str> = cells.iter().map(|(_, words)| words.as_str()).collect();
        let line = Line::of(&words.join(BETWEEN_CELLS));
        if lines.unit.is_none() {
            let without_colon = || words.iter().find_map(|words| unit_without_colon(words));
            lines.unit = line.unit().or_else(without_colon);
            lines.units = line.units();
        }
        if lines.sender.is_none() {
            let sender = line.values(Announced::Sender).next();
            lines.sender = sender.map(str::to_owned);
        }
        for value in line.values(Announced::Date) {
            // 统计时间：2024年1-5月 is no day, but a time.
            let time = time_of_date_line(value).unwrap_or_else(|| time_of_words(value));
            merge(&mut times.date, time);
        }
        for (cell, words) in &cells {
            lines.titles.push(compact(words));
            lines.indicator = lines.indicator.take().or_else(|| indicator_of(words));
            times.read(cell, &Line::of(words).before);
        }
    }
    lines.unit = lines.unit.or(times.title_unit);
    (lines.time, lines.dated) = (times.title, times.date);
    lines
}

impl Times {
    /// Reads the words of a cell that stand before any label.
    fn read(&mut self, cell: &Cell, words: &str) {
        let is_text = matches!(cell.content(), Content::Text(_));
        let dated = if is_text {
            time_of_date_line(words)
        } else {
            parse_date(words, None).ok().map(|read| of_date(read.date))
        };
        match dated {
            Some(time) if words.contains('-') || is_line(words) || !is_text => {
                merge(&mut self.date, time);
            }
            _ => {
                merge(&mut self.title, time_of_words(words));
                let folded = fold(words);
                let inside = IN_BRACKETS.captures_iter(&folded).find_map(|captures| {
                    unit_among(captures.get(1)?.as_str()).filter(|unit| unit.unit.is_money())
                });
                let alone = || unit_among(&folded).filter(|unit| unit.unit.is_money());
                self.title_unit = self.title_unit.take().or(inside).or_else(alone);
            }
        }
    }
}

/// The indicator that a line names, without its unit.
fn indicator_of(text: &str) -> Option<String> {
    let folded = fold(text);
    let named = folded
        .strip_prefix("指标")
        .or_else(|| folded.strip_prefix("数据项"))?;
    let words = IN_BRACKETS
        .replace_all(named.trim_start().strip_prefix(':')?, "")
        .trim()
        .to_owned();
    (!words.is_empty()).then_some(words)
}

/// Fills what is not known yet; a month only where it belongs to the same year.
fn merge(time: &mut LedgerTime, more: LedgerTime) {
    if time.year.is_none() {
        time.year = more.year;
    }
    if time.month.is_none() && (more.year.is_none() || more.year == time.year) {
        time.month = more.month;
        time.cumulative = more.cumulative;
    }
}

fn of_date(date: domain::PartialDate) -> LedgerTime {
    let month = match date {
        domain::PartialDate::Year(_) => None,
        domain::PartialDate::Month(_, month) => Some(month),
        domain::PartialDate::Day(day) => Some(chrono::Datelike::month(&day)),
    };
    LedgerTime {
        year: Some(date.year()),
        month,
        cumulative: false,
    }
}

fn time_of_date_line(text: &str) -> Option<LedgerTime> {
    let folded = compact(text);
    let bare = folded.trim_matches(|c| "()".contains(c));
    let captures = DATE_LABEL.captures(bare)?;
    parse_date(captures.get(1)?.as_str(), None)
        .ok()
        .map(|read| of_date(read.date))
}

/// The time that a title names; none where it names several years.
fn time_of_words(text: &str) -> LedgerTime {
    let words = compact(&one_line(text));
    if YEARS_APART.is_match(&words) {
        return LedgerTime::default();
    }
    let words = words.replace(['(', ')'], "");
    let (time, rest) = crate::vocabulary::take_time(&words);
    let (second, _) = crate::vocabulary::take_time(&rest);
    if second.year.is_some() && second.year != time.year {
        return LedgerTime::default();
    }
    let month = match time.when {
        When::Month(month) | When::ToMonth(month) | When::AsOfMonth(month) => Some(month),
        _ => None,
    };
    // 截至2023年底 in a title says that the ledger is of 2023.
    let year = match time.when {
        When::BeforeYear(Some(year)) => Some(year - 1),
        _ => time.year,
    };
    LedgerTime {
        year,
        month,
        cumulative: matches!(time.when, When::ToMonth(_)),
    }
}

fn time_of_sheet_name(name: &str) -> LedgerTime {
    let words = compact(name);
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    if words == digits && digits.len() == 6 {
        let (year, month) = (digits[..4].parse().ok(), digits[4..].parse().ok());
        if let (Some(1950..=2100), Some(1..=12)) = (year, month) {
            return LedgerTime {
                year,
                month,
                cumulative: false,
            };
        }
    }
    if words == digits && digits.len() != 4 {
        return LedgerTime::default();
    }
    time_of_words(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("单位：万元", true)]
    #[case("填报人：张三", true)]
    #[case("填报单位（盖章）：", true)]
    #[case("（单位：万元）", true)]
    #[case("单位 万元", true)]
    #[case("投资完成情况（单位：万元）", false)]
    #[case("总投资：万元", false)]
    #[case("其中：", false)]
    #[case("其中：设备投资", false)]
    #[case("责任单位", false)]
    fn lines_about_the_table_are_no_headers(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_label(text), is);
    }

    #[rstest]
    #[case("2024年3月重点项目台账", Some(2024), Some(3))]
    #[case("2024年重点项目1-5月进展情况表", Some(2024), Some(5))]
    #[case("重点项目表（2024年）", Some(2024), None)]
    #[case("2023-2025年重点项目计划", None, None)]
    #[case("重点项目台账", None, None)]
    fn titles_give_the_ledger_its_time(
        #[case] text: &str,
        #[case] year: Option<i32>,
        #[case] month: Option<u32>,
    ) {
        let time = time_of_words(text);
        assert_eq!((time.year, time.month), (year, month));
    }

    #[rstest]
    #[case("2024年3月", Some(2024), Some(3))]
    #[case("202403", Some(2024), Some(3))]
    #[case("3月", None, Some(3))]
    #[case("Sheet1", None, None)]
    fn sheet_names_too(#[case] name: &str, #[case] year: Option<i32>, #[case] month: Option<u32>) {
        let time = time_of_sheet_name(name);
        assert_eq!((time.year, time.month), (year, month));
    }
}
