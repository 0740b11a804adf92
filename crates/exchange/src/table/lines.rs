//! The lines around a table: title, unit line, date line, and the time that they give the ledger.

use std::sync::LazyLock;

use domain::Period;
use regex::Regex;

use super::view::View;
use crate::grid::{Content, SheetRow};
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

static UNIT_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:金额|计量|货币|投资)?单位\s*[:：]\s*([^()（）:：]+)")
        .expect("the pattern is valid")
});
static UNIT_IN_TITLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[(（]([^()（）]{1,12})[)）]").expect("the pattern is valid"));
static YEARS_APART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d\d年?[-—–~至到](?:19|20)\d\d").expect("the pattern is valid")
});
static DATE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:填报|报送|上报|统计|制表|更新|填表|数据|截[至止])?(?:日期|时间|时点)?[:：]?截?[至止]?到?[:：]?(.+)$")
        .expect("the pattern is valid")
});
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[^:：]{1,12}[:：]").expect("the pattern is valid"));

/// Whether a text is a line about the table rather than a header: 单位：万元, 填报日期：…, 2024年3月.
pub fn is_line(text: &str) -> bool {
    is_label(text) || is_date_alone(&fold(text))
}

/// Whether a text is a line with a label: 单位：万元, 填报人：….
pub fn is_label(text: &str) -> bool {
    let folded = fold(text);
    unit_of_line(text).is_some() && !folded.ends_with('额')
        || LABEL.is_match(&folded) && header_with_colon(&folded).is_none()
}

/// `总投资：万元` is a header with its unit behind a colon.
fn header_with_colon(folded: &str) -> Option<()> {
    let (before, after) = folded.split_once(':')?;
    (!before.contains("单位") && !units_of_line(after).is_empty()).then_some(())
}

fn is_date_alone(folded: &str) -> bool {
    let bare = folded.trim_matches(|c| "()".contains(c));
    bare.contains(['年', '-', '/']) && parse_date(bare, None).is_ok()
}

/// The unit that a line such as `单位：万元、亩` gives: that of money if it names one, else the first.
pub fn unit_of_line(text: &str) -> Option<HeaderUnit> {
    let folded = fold(text);
    let captures = UNIT_LINE.captures(&folded)?;
    unit_among(captures.get(1)?.as_str())
}

fn unit_among(words: &str) -> Option<HeaderUnit> {
    let whole = units_of_line(words);
    let units = if whole.is_empty() {
        units_of_line(words.split_whitespace().next().unwrap_or_default())
    } else {
        whole
    };
    let money = units.iter().find(|(_, unit)| unit.is_money());
    money.or(units.first()).map(|(words, unit)| HeaderUnit {
        words: words.clone(),
        unit: *unit,
    })
}

/// What the lines above a table say.
#[derive(Debug, Default)]
pub struct Lines {
    /// The unit of all amounts that have none of their own.
    pub unit: Option<HeaderUnit>,
    /// The ledger's time.
    pub time: LedgerTime,
    /// What a table of one indicator is about: 指标：地区生产总值.
    pub indicator: Option<String>,
    /// The title lines, folded and compact, to know them again where a page break repeats them.
    pub titles: Vec<String>,
}

/// Reads the rows above the header, and the sheet's name.
pub fn read_lines(view: &View<'_>, rows: &[SheetRow]) -> Lines {
    let mut lines = Lines::default();
    let (mut title, mut date) = (LedgerTime::default(), LedgerTime::default());
    let mut title_unit = None;
    for row in rows {
        for cell in view.own_cells(row) {
            let words = view.words_of(cell);
            lines.titles.push(compact(&words));
            lines.indicator = lines.indicator.take().or_else(|| indicator_of(&words));
            if lines.unit.is_none() {
                lines.unit = unit_of_line(&words);
            }
            let dated = if matches!(cell.content(), Content::Text(_)) {
                time_of_date_line(&words)
            } else {
                parse_date(&words, None).ok().map(|read| of_date(read.date))
            };
            match dated {
                Some(time)
                    if words.contains('-')
                        || is_line(&words)
                        || !matches!(cell.content(), Content::Text(_)) =>
                {
                    merge(&mut date, time);
                }
                _ => {
                    merge(&mut title, time_of_words(&words));
                    let inside = UNIT_IN_TITLE.captures_iter(&words).find_map(|captures| {
                        unit_among(captures.get(1)?.as_str()).filter(|unit| unit.unit.is_money())
                    });
                    title_unit = title_unit.or(inside);
                }
            }
        }
    }
    lines.unit = lines.unit.or(title_unit);
    merge(&mut title, time_of_sheet_name(&view.sheet.name));
    merge(&mut title, date);
    lines.time = title;
    lines
}

/// The indicator that a line names, without its unit.
fn indicator_of(text: &str) -> Option<String> {
    let folded = fold(text);
    let named = folded
        .strip_prefix("指标")
        .or_else(|| folded.strip_prefix("数据项"))?;
    let words = UNIT_IN_TITLE
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
    #[case("单位：万元", Some("万元"))]
    #[case("（单位：亿元、亩）", Some("亿元"))]
    #[case("金额单位: 元", Some("元"))]
    #[case("单位：万元  填报日期：2024年3月", Some("万元"))]
    #[case("填报单位：管委会", None)]
    #[case("单位：人、‰", Some("人"))]
    fn unit_lines_are_read(#[case] text: &str, #[case] unit: Option<&str>) {
        assert_eq!(unit_of_line(text).map(|unit| unit.words).as_deref(), unit);
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
