//! Lines around a table taken apart by their labels: 填报单位：某管委会　单位：万元　填报日期：2024年5月.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::value::fold::{compact, fold};
use crate::value::unit::{Unit, units_of_line};
use crate::vocabulary::HeaderUnit;

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// The unit of the amounts.
    Unit,
    /// Whose ledger it is.
    Sender,
    /// When it was made, or what time it is about.
    Date,
    /// A person, a telephone, a number of a form: nothing that is read.
    Other,
}

/// A label that is known, with the words behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the label announces.
    pub announced: Announced,
    /// The words behind it, folded.
    pub value: String,
}

/// A line taken apart.
#[derive(Debug, Default)]
pub struct Line {
    /// The folded words before the first label that is known.
    pub before: String,
    /// The fields in their order.
    pub fields: Vec<Field>,
}

macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Regex> =
            LazyLock::new(|| Regex::new($text).expect("the pattern is valid"));
    };
}

// 单　位： is spread over its place by hand.
pattern!(
    SPREAD,
    r"(?:(?:填\s*[报表制]|[报编]\s*[送制]|上\s*报|制\s*表|金\s*额|计\s*量|货\s*币)\s*)?(?:单\s*位|日\s*期|时\s*间)\s*(?:\([^()]*\)\s*)?:"
);
// 单位:万元填报日期:2024年5月 without a blank between them.
pattern!(
    GLUED,
    r"(?:填[报表制]|报送|上报|编制|制表|金额|计量|货币)(?:单位|部门|日期|时间|人)(?:\([^()]*\))?:"
);
pattern!(LABELLED, r"([^\s:(),;。\[\]]{1,16}(?:\([^()]*\))?)\s*:");
pattern!(
    SENDER,
    r"^(?:填[报表制]|报送|上报|编制|制表|汇总|申报|提供|报告)(?:单位|部门|机构)(?:名称)?$"
);
pattern!(
    DATE,
    r"(?:日期|时间|时点|年月|月份|报告期|所属期|填报期)$|^(?:数据)?截[至止]到?$"
);
pattern!(
    OTHER,
    r"^(?:填[报表制]人|制表人?|审核人?|复核人?|经办人|联系人|联系方式|联系电话|电话|传真|邮箱|地址|表号|编号|文号|制定机关|批准文号|批准机关|有效期至?|备案文号|币种|签发人?|分管领导|主要领导|单位负责人|统计负责人|负责人)$"
);
// 金额单位为万元, (单位 万元), 单位(万元).
pattern!(
    UNIT_WITHOUT_COLON,
    r"^[(\[]?(?:以上|本表|表中|表内|均)*(?:金额|计量|货币|投资额?|数据|资金)?单位(?:均?为|均?是)?[(\[]?([^()\[\]:]{1,8})[)\]]?[)\]]?[。.]?$"
);

// 以万元为单位.
pattern!(
    UNIT_IN_WORDS,
    r"以([^()\[\]:]{1,6})为(?:计量|货币|金额)?单位"
);
pattern!(
    NOTE_NUMBER,
    r"^(?:注|说明|备注)?[:\s]*(?:\(?\d{1,2}\)?[.、:]?)?\s*"
);

impl Line {
    /// Takes a line apart.
    pub fn of(text: &str) -> Self {
        let text = spaced(text);
        let labels: Vec<(std::ops::Range<usize>, &str)> = LABELLED
            .captures_iter(&text)
            .filter_map(|captures| {
                let whole = captures.get(0)?.range();
                Some((whole, captures.get(1)?.as_str()))
            })
            .collect();
        let mut line = Self::default();
        let mut before = None;
        for (place, (range, label)) in labels.iter().enumerate() {
            let end = labels
                .get(place + 1)
                .map_or(text.len(), |next| next.0.start);
            let value = bare(&text[range.end..end]);
            if let Some(announced) = announced(label, value) {
                before.get_or_insert(range.start);
                // A name ends where a wide gap begins.
                let value = match announced {
                    Announced::Sender => value.split("  ").next().map(bare),
                    _ => Some(value),
                };
                line.fields.push(Field {
                    announced,
                    value: value.unwrap_or_default().to_owned(),
                });
            }
        }
        let before = before.unwrap_or(text.len());
        text[..before].trim_end().clone_into(&mut line.before);
        line
    }

    /// Whether it begins with a label.
    pub fn is_labelled(&self) -> bool {
        let before = self.before.trim_matches(|c: char| "([".contains(c));
        !self.fields.is_empty() && before.trim().is_empty()
    }

    /// The values of one kind of label, those that are empty left out.
    pub fn values(&self, announced: Announced) -> impl Iterator<Item = &str> {
        let of_kind = self.fields.iter().filter(move |f| f.announced == announced);
        of_kind
            .map(|field| field.value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The units that it gives.
    pub fn units(&self) -> Vec<HeaderUnit> {
        let values = self.values(Announced::Unit);
        values.flat_map(units_among).collect()
    }

    /// The unit that it gives: one of money if there is one, else the first.
    pub fn unit(&self) -> Option<HeaderUnit> {
        first_of_money(self.units())
    }
}

fn spaced(text: &str) -> String {
    let folded = fold(text);
    let tight = SPREAD.replace_all(&folded, |found: &Captures<'_>| {
        let words = &found[0];
        words
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    });
    GLUED.replace_all(&tight, " $0").trim().to_owned()
}

/// A value without the brackets and stops that its line ends with.
fn bare(value: &str) -> &str {
    let value = value.trim_matches(|c: char| c.is_whitespace() || ",;。".contains(c));
    let closes = |open, close| value.matches(open).count() < value.matches(close).count();
    match value.strip_suffix([')', ']']) {
        Some(inside) if closes('(', ')') || closes('[', ']') => inside.trim_end(),
        _ => value,
    }
}

fn announced(label: &str, value: &str) -> Option<Announced> {
    let words = label.split('(').next().unwrap_or_default();
    let english = ["unit", "units"].contains(&words.to_lowercase().as_str());
    if (words.ends_with("单位") || english) && unit_among(value).is_some() {
        return Some(Announced::Unit);
    }
    let names_unit = ["单位", "金额单位", "计量单位", "货币单位"].contains(&words);
    if names_unit && value.is_empty() {
        return Some(Announced::Unit);
    }
    // 万元/亩 is a unit too, only none that amounts are in.
    let of_unit = value.split('/').next().and_then(unit_among).is_some();
    let bare = ["单位", "单位名称"].contains(&words) && !of_unit;
    if SENDER.is_match(words) || bare {
        return Some(Announced::Sender);
    }
    if DATE.is_match(words) {
        return Some(Announced::Date);
    }
    (names_unit || OTHER.is_match(words)).then_some(Announced::Other)
}

/// The unit among folded words: that of money if they name one, else the first.
pub fn unit_among(words: &str) -> Option<HeaderUnit> {
    first_of_money(units_among(words))
}

fn first_of_money(units: Vec<HeaderUnit>) -> Option<HeaderUnit> {
    let money = units.iter().position(|unit| unit.unit.is_money());
    units.into_iter().nth(money.unwrap_or(0))
}

/// The units among folded words.
pub fn units_among(words: &str) -> Vec<HeaderUnit> {
    if let Some(unit) = english_unit(words) {
        return vec![unit];
    }
    let plain = words.split('(').next().unwrap_or_default();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    // Of `RMB millions in 2024` the first word alone is not the unit.
    let first = if rest.contains(|c: char| c.is_ascii_alphabetic()) {
        ""
    } else {
        first
    };
    let lists = [words, plain, first].map(units_of_line);
    let found = lists.into_iter().find(|units| !units.is_empty());
    let units = found.unwrap_or_default().into_iter();
    units
        .map(|(words, unit)| HeaderUnit { words, unit })
        .collect()
}

/// `RMB million`, `in thousands of USD`, `all figures in £m`: a unit of money in English words.
fn english_unit(words: &str) -> Option<HeaderUnit> {
    const FILLING: [&str; 13] = [
        "all",
        "amount",
        "amounts",
        "figures",
        "values",
        "expressed",
        "are",
        "is",
        "in",
        "of",
        "the",
        "unit",
        "units",
    ];
    let is_english = words.chars().all(|c| c.is_ascii() || "£€¥".contains(c));
    if !is_english || !words.contains(' ') {
        return None;
    }
    let lower = words.to_lowercase();
    let kept: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !FILLING.contains(word))
        .map(|word| match word {
            "thousands" | "'000" => "thousand",
            "millions" => "million",
            "billions" => "billion",
            other => other,
        })
        .collect();
    let words = kept.join(" ");
    let unit = Unit::parse(&words).filter(Unit::is_money)?;
    Some(HeaderUnit { words, unit })
}

/// The unit that a text gives without a colon: 金额单位为万元, (单位 万元).
pub fn unit_without_colon(text: &str) -> Option<HeaderUnit> {
    let words = compact(text);
    unit_among(UNIT_WITHOUT_COLON.captures(&words)?.get(1)?.as_str())
}

/// The unit of amounts that a note below a table gives: 注：1.本表金额单位为万元；2.…
pub fn unit_of_note(text: &str) -> Option<HeaderUnit> {
    let folded = fold(text);
    let sentences = folded.split([';', '。', ',', '\n']);
    sentences
        .filter(|sentence| sentence.contains("单位"))
        .find_map(|sentence| {
            let sentence = NOTE_NUMBER.replace(sentence.trim(), "");
            let in_words = || {
                let words = compact(&sentence);
                unit_among(UNIT_IN_WORDS.captures(&words)?.get(1)?.as_str())
            };
            Line::of(&sentence)
                .unit()
                .or_else(|| unit_without_colon(&sentence))
                .or_else(in_words)
                .filter(|unit| unit.unit.is_money())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("单位：万元", Some("万元"), None, None)]
    #[case("（单位：亿元、亩）", Some("亿元"), None, None)]
    #[case("金额单位: 元", Some("元"), None, None)]
    #[case("单　位：万元", Some("万元"), None, None)]
    #[case("单位：人民币 万元", Some("万元"), None, None)]
    #[case("单位：人、‰", Some("人"), None, None)]
    #[case("单位：万元（人民币）", Some("万元"), None, None)]
    #[case("币种：人民币　单位：万元", Some("万元"), None, None)]
    #[case(
        "单位：万元  填报日期：2024年3月",
        Some("万元"),
        None,
        Some("2024年3月")
    )]
    #[case("填报单位：管委会", None, Some("管委会"), None)]
    #[case("填报单位：某管委会　单位：万元", Some("万元"), Some("某管委会"), None)]
    #[case("填报单位：某管委会单位", None, Some("某管委会单位"), None)]
    #[case(
        "填报单位：某区　　金额单位：亿元　　填报日期：2024年5月",
        Some("亿元"),
        Some("某区"),
        Some("2024年5月")
    )]
    #[case(
        "填报单位（盖章）：某区管委会 填表人：张三 联系电话：0375-1 单位：万元",
        Some("万元"),
        Some("某区管委会"),
        None
    )]
    #[case(
        "填报单位：某区金额单位：万元填报时间：2024.5",
        Some("万元"),
        Some("某区"),
        Some("2024.5")
    )]
    #[case("填 报 单 位：某区　　单 位：千元", Some("千元"), Some("某区"), None)]
    #[case("单位：某局　　　单位：万元", Some("万元"), Some("某局"), None)]
    #[case("2024年重点项目台账（单位：万元）", Some("万元"), None, None)]
    #[case("建设单位：某公司", None, None, None)]
    #[case("Unit: RMB million", Some("rmb million"), None, None)]
    #[case("Units: in thousands of USD", Some("thousand usd"), None, None)]
    #[case("单位：万元/亩", None, None, None)]
    #[case("报送单位：某区   （金额单位为亿元）", None, Some("某区"), None)]
    fn lines_are_taken_apart(
        #[case] text: &str,
        #[case] unit: Option<&str>,
        #[case] sender: Option<&str>,
        #[case] date: Option<&str>,
    ) {
        let line = Line::of(text);
        let words = line.unit().map(|unit| unit.words);
        assert_eq!(words.as_deref(), unit, "unit");
        assert_eq!(line.values(Announced::Sender).next(), sender, "sender");
        assert_eq!(line.values(Announced::Date).next(), date, "date");
    }

    #[test]
    fn the_title_before_a_label_is_kept() {
        let line = Line::of("2024年1-5月重点项目台账（单位：万元）");
        assert_eq!(line.before, "2024年1-5月重点项目台账(");
        assert!(!line.is_labelled());
        assert!(Line::of("（单位：万元）").is_labelled());
        assert_eq!(Line::of("总投资").before, "总投资");
    }

    #[rstest]
    #[case("注：1.本表金额单位为万元；2.含续建项目。", Some("万元"))]
    #[case("注：单位：亿元", Some("亿元"))]
    #[case("说明：以上投资额单位均为亿元。", Some("亿元"))]
    #[case("注：表中金额以万元为单位，不含土地款", Some("万元"))]
    #[case("注：责任单位以文件为准。", None)]
    #[case("注：总投资1000万元以上的单位。", None)]
    fn a_note_may_give_the_unit(#[case] text: &str, #[case] unit: Option<&str>) {
        let found = unit_of_note(text).map(|unit| unit.words);
        assert_eq!(found.as_deref(), unit);
    }

    #[rstest]
    #[case("金额单位为万元", Some("万元"))]
    #[case("（单位 亿元）", Some("亿元"))]
    #[case("单位（万元）", Some("万元"))]
    #[case("单位万元", Some("万元"))]
    #[case("责任单位", None)]
    #[case("单位名称", None)]
    fn a_unit_needs_no_colon(#[case] text: &str, #[case] unit: Option<&str>) {
        let found = unit_without_colon(text).map(|unit| unit.words);
        assert_eq!(found.as_deref(), unit);
    }
}
