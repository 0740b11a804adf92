//! One storey of a header taken apart: its words, its unit, what stands in brackets.

use std::borrow::Cow;

use crate::value::UnitKind;
use crate::value::fold::compact;
use crate::value::unit::{Unit, units_of_line};

/// A unit that stands in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderUnit {
    /// As written.
    pub words: String,
    /// What it is.
    pub unit: Unit,
}

/// Storeys that only say how the cells below are written.
const FORMS: [&str; 18] = [
    "年月",
    "年/月",
    "年.月",
    "年-月",
    "年月日",
    "年/月/日",
    "年.月.日",
    "年-月-日",
    "yyyy-mm",
    "yyyy/mm",
    "yyyy.mm",
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyy.mm.dd",
    "是/否",
    "文本",
    "文字",
    "数字",
];

/// Whether a storey only says that its children are parts of something: 其中：.
pub fn is_part(text: &str) -> bool {
    core(text).trim_end_matches(':') == "其中"
}

/// Whether a header says nothing but its unit: 万元, 单位：亿元, (%).
pub fn is_unit(text: &str) -> bool {
    unit_in(&core(text)).is_some()
}

/// Whether a header says nothing but how its cells are written: (年/月).
pub fn is_form(text: &str) -> bool {
    FORMS.contains(&core(text).trim_matches(|c| "()".contains(c)))
}

/// Folded header words with one spelling for brackets, quotes, underscores and Roman numerals.
pub fn core(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for character in compact(text).to_lowercase().chars() {
        match character {
            '【' | '[' | '〈' | '{' => words.push('('),
            '】' | ']' | '〉' | '}' => words.push(')'),
            'ⅰ' | 'Ⅰ' => words.push('i'),
            'ⅱ' | 'Ⅱ' => words.push_str("ii"),
            '“' | '”' | '"' | '\'' | '‘' | '’' | '*' | '_' => {}
            '：' => words.push(':'),
            '—' | '–' => words.push('-'),
            other => words.push(other),
        }
    }
    words
}

/// The words without what stands in brackets.
pub fn without_brackets(text: &str) -> Cow<'_, str> {
    if !text.contains(['(', '（']) {
        return Cow::Borrowed(text);
    }
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            other if depth == 0 => plain.push(other),
            _ => {}
        }
    }
    Cow::Owned(plain)
}

/// One storey of a header, taken apart.
#[derive(Debug, Default, Clone)]
pub(super) struct Storey {
    /// Without the unit.
    pub words: String,
    /// Without anything in brackets.
    pub plain: String,
    /// The unit.
    pub unit: Option<HeaderUnit>,
}

impl Storey {
    /// Takes a storey apart.
    pub fn of(text: &str) -> Self {
        let (text, mut unit) = match unit_apart(text) {
            Some((before, unit)) => (before, Some(unit)),
            None => (text, None),
        };
        let folded = core(text);
        let mut words = String::new();
        let mut rest = folded.as_str();
        while let Some(open) = rest.find('(') {
            words.push_str(&rest[..open]);
            let Some(close) = rest[open..].find(')') else {
                break;
            };
            let inside = &rest[open + 1..open + close];
            match unit_in(inside) {
                Some(found) => unit = Some(found),
                None => words.push_str(&rest[open..=open + close]),
            }
            rest = &rest[open + close + 1..];
        }
        words.push_str(rest);
        if unit.is_none() {
            let labels = ["单位", "计量单位", "金额单位"];
            let labelled = labels.iter().any(|label| words.starts_with(label));
            let alone = unit_in(&words).filter(|found| labelled || is_unit_alone(found, &words));
            if alone.is_some() {
                return Self {
                    unit: alone,
                    ..Self::default()
                };
            }
            if let Some((before, found)) = unit_behind(&words) {
                unit = Some(found);
                words = before;
            }
        }
        let plain = without_brackets(&words).into_owned();
        Self { words, plain, unit }
    }
}

/// A unit that stands behind a blank or on a line of its own: `Total investment £m`, `project_cost_usd`,
/// `用地面积 亩`.
fn unit_apart(text: &str) -> Option<(&str, HeaderUnit)> {
    let parts = |c: char| c.is_whitespace() || c == '_';
    let (before, last) = text.trim_end().rsplit_once(parts)?;
    // What ends a bracket began before the blank.
    let whole = |open, close| last.matches(open).count() == last.matches(close).count();
    if !whole(['(', '（'], [')', '）']) {
        return None;
    }
    let found = unit_in(&core(last))?;
    let clear = found.unit.kind != UnitKind::Count && !before.trim().is_empty();
    clear.then_some((before, found))
}

/// A storey of nothing but its unit; 期次 and 小时 are words there.
fn is_unit_alone(found: &HeaderUnit, words: &str) -> bool {
    found.unit.kind != UnitKind::Count || words.chars().count() == 1
}

/// The unit of `万元` or `单位:万元`; of several the one of money.
fn unit_in(text: &str) -> Option<HeaderUnit> {
    let named = text
        .strip_prefix("计量单位")
        .or_else(|| text.strip_prefix("金额单位"))
        .or_else(|| text.strip_prefix("单位"));
    let text = named.map_or(text, |rest| rest.trim_start_matches([':', '：']));
    let units = units_of_line(text);
    let money = units.iter().find(|(_, unit)| unit.is_money());
    let (words, unit) = money.or(units.first())?;
    // A lone 项, 月 or 年 is a word far more often than a unit.
    let clear = named.is_some()
        || unit.kind != UnitKind::Count
        || text.chars().count() > 1
        || "人个家栋台件亩户".contains(text);
    clear.then(|| HeaderUnit {
        words: words.clone(),
        unit: *unit,
    })
}

/// Units that are no other word's end.
const CLEAR: [&str; 12] = [
    "百万元",
    "千万元",
    "万美元",
    "亿美元",
    "万欧元",
    "万港元",
    "亿元",
    "万元",
    "千元",
    "万平方米",
    "平方米",
    "公顷",
];

/// A unit behind a colon, a slash or simply at the end: 总投资:万元, 总投资万元.
fn unit_behind(words: &str) -> Option<(String, HeaderUnit)> {
    if let Some(at) = words
        .rfind([':', '/', ','])
        .filter(|at| !words[*at..].contains(')'))
    {
        let found = unit_in(&words[at + 1..])?;
        return (at > 0).then(|| (words[..at].to_owned(), found));
    }
    let unit = CLEAR
        .iter()
        .find(|unit| words.len() > unit.len() && words.ends_with(**unit))?;
    let found = HeaderUnit {
        words: (*unit).to_owned(),
        unit: Unit::parse(unit)?,
    };
    Some((words[..words.len() - unit.len()].to_owned(), found))
}
