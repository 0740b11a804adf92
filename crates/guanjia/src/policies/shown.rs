//! Words for what the judge says: names of facts with their periods, values, how far a clause is off.

use domain::{Period, SubjectKind, ValueType};
use rust_decimal::Decimal;

use crate::labels;
use crate::projects::facts_table;
use crate::shell::{display, figure};
use crate::words::Lang;

const KIND: SubjectKind = SubjectKind::Enterprise;

/// A fact that is not known, and where it can be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What it is called, with its period.
    pub words: String,
    /// Where it is put in; empty where this person may not.
    pub edit_href: String,
}

/// The variable of a name that the judge writes, without period and definition: `revenue@2022`,
/// `ip_class1[little_giant]`.
pub fn variable_of(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    name.split('[').next().unwrap_or(name)
}

/// The period of a name: its own, else the assessment year of a yearly variable.
pub fn period_of(name: &str, year: i32) -> Period {
    let own = name.split_once('@').and_then(|(_, text)| text.parse().ok());
    let of_year = || match labels::variable(&KIND, variable_of(name)) {
        Some(known) if known.is_periodic() => Period::Year(year),
        _ => Period::Current,
    };
    own.unwrap_or_else(of_year)
}

/// What a fact is called, with its period where it has one.
pub fn fact_words(name: &str, year: i32, lang: Lang) -> String {
    let label = labels::words(&KIND, variable_of(name), lang);
    match period_of(name, year) {
        Period::Current => label,
        period => lang.with_all(
            "policy-fact-of",
            &[
                ("label", &label),
                ("period", &figure::period_words(&period, lang)),
            ],
        ),
    }
}

/// Facts that are not known, each with where it is put in.
pub fn missing(names: &[String], year: i32, edit_path: &str, lang: Lang) -> Vec<Missing> {
    names
        .iter()
        .map(|name| Missing {
            words: fact_words(name, year, lang),
            edit_href: facts_table::edit_href(edit_path, variable_of(name), &period_of(name, year)),
        })
        .collect()
}

/// A value that the judge wrote, for people.
pub fn value_words(name: &str, text: &str, lang: Lang) -> String {
    if text == "none" {
        return lang.t("none-known");
    }
    let variable = variable_of(name);
    let kind = labels::variable(&KIND, variable).and_then(labels::Variable::value_type);
    let number = || Decimal::from_str_exact(text).ok();
    let words = match kind {
        Some(ValueType::Money) => fen(text).map(|fen| money(fen, lang)),
        Some(ValueType::Ratio) => number().map(display::percent),
        Some(ValueType::Boolean) => Some(lang.t(if text == "true" { "yes" } else { "no" })),
        Some(ValueType::Code) => Some(labels::code_words(&KIND, variable, text, lang)),
        Some(ValueType::Integer | ValueType::Number) => number().map(|_| figure::grouped(text)),
        _ => None,
    };
    words.unwrap_or_else(|| text.to_owned())
}

/// How far a clause is from true: what it falls short by, or has to spare; `None` where it stands exactly
/// at its limit.
pub fn gap_words(gap: &str, unit: &str, lang: Lang) -> Option<String> {
    let short = gap.starts_with('-');
    let size = gap.trim_start_matches('-');
    if Decimal::from_str_exact(size).is_ok_and(|size| size.is_zero()) {
        return None;
    }
    let size = match unit {
        "money" => fen(size).map_or_else(|| size.to_owned(), |fen| money(fen, lang)),
        "ratio" => Decimal::from_str_exact(size).map_or_else(
            |_| size.to_owned(),
            |ratio| {
                let points = (ratio * Decimal::ONE_HUNDRED).round_dp(2).normalize();
                format!("{points} {}", lang.t("unit-pp"))
            },
        ),
        "days" => lang.with("policy-days", size),
        _ => figure::grouped(size),
    };
    let key = if short {
        "policy-short"
    } else {
        "policy-spare"
    };
    Some(lang.with_all(key, &[("value", size.as_str())]))
}

/// A computed amount as officials write it.
pub fn money(fen: i64, lang: Lang) -> String {
    let amount = display::amount(fen, lang);
    format!("{} {}", figure::grouped(&amount.digits), amount.unit)
}

/// The exact amount, for a tooltip.
pub fn exact(fen: i64, lang: Lang) -> String {
    format!(
        "{} {}",
        figure::grouped(&domain::money::format_fen(fen)),
        lang.t("unit-yuan")
    )
}

/// Yuan with two decimals in fen.
pub fn fen(yuan: &str) -> Option<i64> {
    let yuan = Decimal::from_str_exact(yuan).ok()?;
    i64::try_from((yuan * Decimal::ONE_HUNDRED).round()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_its_year() {
        assert_eq!(variable_of("ip_class1[little_giant]@2022"), "ip_class1");
        assert_eq!(period_of("revenue@2022", 2023), Period::Year(2022));
        assert_eq!(period_of("revenue", 2023), Period::Year(2023));
        assert_eq!(period_of("hnte_valid_from", 2023), Period::Current);
        assert_eq!(
            fact_words("staff@2022", 2023, Lang::Zh),
            "职工总数（从业人员）（2022年）"
        );
    }

    #[test]
    fn values_and_gaps_are_written_as_officials_write_them() {
        let value = |name, text| value_words(name, text, Lang::Zh);
        assert_eq!(value("revenue", "123456789.00"), "1.23 亿元");
        assert_eq!(value("is_resident_enterprise", "true"), "是");
        assert_eq!(value("staff", "12345"), "12,345");
        let gap = |gap, unit| gap_words(gap, unit, Lang::Zh);
        assert_eq!(gap("-0.012000", "ratio").unwrap(), "差 1.2 个百分点");
        assert_eq!(gap("30", "days").unwrap(), "余 30 天");
        assert_eq!(gap("-20000.00", "money").unwrap(), "差 2 万元");
        assert_eq!(gap("0.00", "money"), None);
    }
}
