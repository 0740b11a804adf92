//! A fact for people: the digits of its source, its qualifier, and the mark that leads to the source.

use askama::Template;
use domain::{Period, SubjectKind, Value, ValueType};
use ledger::FactRecord;
use rust_decimal::Decimal;

use super::Viewer;
use super::display;
use crate::labels;
use crate::words::Lang;

/// Qualifiers that stand behind a number and its unit; all others stand before it.
const BEHIND: [&str; 6] = ["以上", "以下", "以内", "左右", "上下", "底"];
/// Qualifiers between a number and its unit: `20余家`.
const BETWEEN: [&str; 2] = ["余", "多"];

/// A fact as pages show it. Of nothing known it is a dash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "shell/components/figure.html")]
pub struct Figure {
    /// The fact; 0 where nothing is known.
    pub fact_id: i64,
    /// A qualifier that stands before the number.
    pub before: String,
    /// The digits of the source, a date, or words.
    pub digits: String,
    /// The unit that belongs to the digits.
    pub unit: String,
    /// A qualifier that stands behind the number.
    pub after: String,
    /// The exact value, where the digits stand for a larger unit.
    pub exact: String,
    /// Where the source is shown.
    pub href: String,
    /// Words of the mark for those who do not see it.
    pub mark: String,
}

impl askama::filters::HtmlSafe for Figure {}

impl Figure {
    /// A fact for a viewer; of `None` nothing is known.
    pub fn of(viewer: &Viewer, kind: &SubjectKind, fact: Option<&FactRecord>) -> Self {
        fact.map_or_else(Self::default, |fact| Self::of_fact(viewer, kind, fact))
    }

    /// A fact for a viewer.
    pub fn of_fact(viewer: &Viewer, kind: &SubjectKind, fact: &FactRecord) -> Self {
        let lang = viewer.lang;
        let shown = shown(kind, &fact.variable, fact.value.as_ref(), &fact.unit, lang);
        let (before, between, after) = around(&fact.qualifier);
        let before = before_rank(before, &fact.unit, lang);
        let between = match (lang, between.as_str()) {
            (Lang::En, "余" | "多") => "+".to_owned(),
            _ => between,
        };
        let what = labels::words(kind, &fact.variable, lang);
        Self {
            fact_id: fact.id,
            before,
            after,
            digits: format!("{}{between}", shown.digits),
            unit: shown.unit,
            exact: shown.exact,
            href: viewer.href(&format!("/facts/{}", fact.id)),
            mark: lang.with("source-of", what),
        }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.fact_id == 0
    }

    /// Qualifier, digits and unit in one line.
    pub fn plain(&self) -> String {
        if self.is_unknown() {
            return "—".to_owned();
        }
        let gap = gap_before(&self.unit);
        format!(
            "{}{}{gap}{}{}",
            self.before, self.digits, self.unit, self.after
        )
    }
}

/// A value in words: digits, unit, and the exact amount where the digits are in a larger unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShownValue {
    /// Digits, date or words.
    pub digits: String,
    /// Unit of the digits.
    pub unit: String,
    /// Exact amount with its unit; empty where the digits are exact by themselves.
    pub exact: String,
}

/// A value as its source wrote it, in the unit that was written.
pub fn shown(
    kind: &SubjectKind,
    variable: &str,
    value: Option<&Value>,
    unit: &str,
    lang: Lang,
) -> ShownValue {
    let Some(value) = value else {
        return ShownValue {
            digits: lang.t("fact-retracted"),
            ..ShownValue::default()
        };
    };
    let known = labels::variable(kind, variable);
    let plain = |digits: String| ShownValue {
        digits,
        ..ShownValue::default()
    };
    match value {
        Value::Absent => plain(lang.t("none-known")),
        Value::Money(money) if money.currency.is_cny() => money_in(money.fen, unit, lang),
        Value::Money(money) => {
            let code = money.currency.code().to_owned();
            ShownValue {
                digits: grouped(&money.to_string()),
                unit: code,
                ..ShownValue::default()
            }
        }
        Value::Ratio(ratio) => {
            let percent = (ratio * Decimal::ONE_HUNDRED).normalize();
            ShownValue {
                digits: percent.to_string(),
                unit: "%".to_owned(),
                exact: String::new(),
            }
        }
        Value::Integer(_) | Value::Number(_) => {
            let of_rulebook = known
                .and_then(|known| known.unit.as_deref())
                .unwrap_or_default();
            let unit = if unit.is_empty() { of_rulebook } else { unit };
            if variable.ends_with("_sqm") {
                return area(value, unit, lang);
            }
            let unit = unit_words(unit, lang);
            ShownValue {
                digits: number(value),
                unit,
                exact: String::new(),
            }
        }
        Value::Boolean(true) => plain(lang.t("yes")),
        Value::Boolean(false) => plain(lang.t("no")),
        Value::Code(code) => plain(labels::code_words(kind, variable, code, lang)),
        Value::Text(text) if known.is_some_and(|k| k.value_type() == Some(ValueType::Code)) => {
            plain(labels::code_words(kind, variable, text, lang))
        }
        Value::Date(date) => plain(date.to_string()),
        Value::Text(text) => plain(text.clone()),
    }
}

/// An area is kept in square metres and shown in the unit that was written.
fn area(value: &Value, unit: &str, lang: Lang) -> ShownValue {
    let square_metres = match value {
        Value::Integer(whole) => Decimal::from(*whole),
        Value::Number(number) => *number,
        _ => {
            return ShownValue {
                digits: value.to_string(),
                ..ShownValue::default()
            };
        }
    };
    let exact = format!("{} m²", grouped(&square_metres.normalize().to_string()));
    if unit == "万平方米" {
        let digits = (square_metres / Decimal::from(10_000))
            .normalize()
            .to_string();
        return ShownValue {
            digits,
            unit: lang.t("unit-wan-sqm"),
            exact,
        };
    }
    ShownValue {
        digits: grouped(&square_metres.normalize().to_string()),
        unit: "m²".to_owned(),
        exact: String::new(),
    }
}

/// A period in words; a current state has none.
pub fn period_words(period: &Period, lang: Lang) -> String {
    let two = |key: &str, year: &i32, part: &u32| {
        let values = [("year", year.to_string()), ("part", part.to_string())];
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        lang.with_all(key, &values)
    };
    match period {
        Period::Current => String::new(),
        Period::Day(day) => day.to_string(),
        Period::Month(year, month) => two("period-month", year, month),
        Period::CumulativeMonth(year, month) => two("period-to-month", year, month),
        Period::Quarter(year, quarter) => two("period-quarter", year, quarter),
        Period::Year(year) => lang.with("period-year", year),
        Period::Stated(words) => words.clone(),
    }
}

/// Years and editions are names, not counts: only longer numbers are grouped.
fn number(value: &Value) -> String {
    let digits = value.to_string();
    if digits
        .trim_start_matches('-')
        .split('.')
        .next()
        .is_some_and(|whole| whole.len() > 4)
    {
        grouped(&digits)
    } else {
        digits
    }
}

fn money_in(fen: i64, unit: &str, lang: Lang) -> ShownValue {
    let (per_unit, key) = match unit {
        "亿元" | "亿" => (100_000_000, "unit-yi-yuan"),
        "万元" | "万" => (10_000, "unit-wan-yuan"),
        "千元" => (1_000, "unit-thousand-yuan"),
        "百万元" => (1_000_000, "unit-million-yuan"),
        "元" => (1, "unit-yuan"),
        _ => {
            let amount = display::sourced_amount(fen, lang);
            let exact = format!("{} {}", grouped(&amount.exact), lang.t("unit-yuan"));
            return ShownValue {
                digits: grouped(&amount.digits),
                unit: amount.unit,
                exact,
            };
        }
    };
    let digits = (Decimal::new(fen, 2) / Decimal::from(per_unit))
        .normalize()
        .to_string();
    let exact = format!(
        "{} {}",
        grouped(&domain::money::format_fen(fen)),
        lang.t("unit-yuan")
    );
    let unit = lang.find(key).unwrap_or_else(|| unit.to_owned());
    ShownValue {
        digits: grouped(&digits),
        unit,
        exact,
    }
}

/// Digits with commas between thousands, the fraction left alone: `18,483,900.00`.
pub fn grouped(digits: &str) -> String {
    let (sign, rest) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let mut out = String::with_capacity(digits.len() + whole.len() / 3 + 1);
    out.push_str(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A unit of content in the page's language.
fn unit_words(unit: &str, lang: Lang) -> String {
    let key = match unit {
        "个百分点" => "unit-pp",
        "名" => "unit-rank",
        "个" | "件" | "家" | "项" | "栋" | "台" | "块" | "期" | "次" => "unit-of-count",
        "个月" => "unit-months",
        "次/季度" => "unit-per-quarter",
        "年" => return String::new(),
        "人" => "unit-persons",
        other => return other.to_owned(),
    };
    match lang {
        Lang::Zh => unit.to_owned(),
        Lang::En => lang.find(key).unwrap_or_default(),
    }
}

/// A number of things, its digits grouped.
pub fn count(number: impl std::fmt::Display) -> String {
    grouped(&number.to_string())
}

/// Digits with the qualifier where it belongs.
pub fn qualified(qualifier: &str, digits: &str) -> String {
    let (before, between, after) = around(qualifier);
    format!("{before}{digits}{between}{after}")
}

/// A value in one line, with its qualifier where that was written.
pub fn in_a_line(qualifier: &str, shown: &ShownValue) -> String {
    let (before, between, after) = around(qualifier);
    let gap = gap_before(&shown.unit);
    format!(
        "{before}{}{between}{gap}{}{after}",
        shown.digits, shown.unit
    )
}

/// A unit in letters stands a blank away from its number.
fn gap_before(unit: &str) -> &'static str {
    if unit.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '×') {
        " "
    } else {
        ""
    }
}

/// What stands before a number, between it and its unit, and behind both.
fn around(qualifier: &str) -> (String, String, String) {
    let cut = |all: &[&str]| {
        let found = all.iter().find(|end| qualifier.ends_with(**end))?;
        let before = qualifier.strip_suffix(found)?;
        Some((before.to_owned(), (*found).to_owned()))
    };
    if let Some((before, between)) = cut(&BETWEEN) {
        (before, between, String::new())
    } else if let Some((before, after)) = cut(&BEHIND) {
        (before, String::new(), after)
    } else {
        (qualifier.to_owned(), String::new(), String::new())
    }
}

/// A rank as officials write it: 第1名, 前100名.
fn before_rank(before: String, unit: &str, lang: Lang) -> String {
    match (lang, unit, before.as_str()) {
        (Lang::Zh, "名", "") => "第".to_owned(),
        (Lang::Zh, "名", "≤") => "前".to_owned(),
        _ => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Money;

    fn text(kind: &SubjectKind, variable: &str, value: &Value, unit: &str) -> String {
        let shown = shown(kind, variable, Some(value), unit, Lang::Zh);
        format!("{}{}", shown.digits, shown.unit)
    }

    #[test]
    fn money_keeps_the_digits_and_the_unit_of_its_source() {
        let zone = SubjectKind::Zone;
        let money = |fen| Value::Money(Money::from_fen(fen));
        assert_eq!(
            text(&zone, "x", &money(3_360_000_000_000), "亿元"),
            "336亿元"
        );
        assert_eq!(
            text(&zone, "x", &money(87_605_700_000), "万元"),
            "87,605.7万元"
        );
        assert_eq!(
            text(&zone, "x", &money(1_848_390_000), "万元"),
            "1,848.39万元"
        );
    }

    #[test]
    fn a_qualifier_stands_where_it_was_written() {
        assert_eq!(qualified("约", "10.7"), "约10.7");
        assert_eq!(around("余").1, "余");
        assert_eq!(qualified("预计底", "2024-05"), "预计2024-05底");
        assert_eq!(before_rank("≤".to_owned(), "名", Lang::Zh), "前");
        let shown = ShownValue {
            digits: "20".to_owned(),
            unit: "家".to_owned(),
            ..ShownValue::default()
        };
        assert_eq!(in_a_line("余", &shown), "20余家");
        assert_eq!(in_a_line("约以上", &shown), "约20家以上");
    }

    #[test]
    fn a_year_is_not_grouped() {
        let recognition = SubjectKind::Recognition;
        assert_eq!(
            text(
                &recognition,
                "first_recognised_in",
                &Value::Integer(2017),
                ""
            ),
            "2017"
        );
        assert_eq!(grouped("-1234567.50"), "-1,234,567.50");
    }
}
