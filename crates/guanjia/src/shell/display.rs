//! Numbers and dates as officials write them: 亿元, 万元, 个百分点, and — for what is not known.

use chrono::{DateTime, Utc};
use domain::money::Fen;
use rust_decimal::Decimal;

use crate::clock;
use crate::words::Lang;

/// Fen in one yuan, ten thousand yuan, a hundred million yuan.
const FEN_PER_WAN: i64 = 1_000_000;
const FEN_PER_YI: i64 = 10_000_000_000;

/// An amount for people: number and unit, with the exact yuan beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// The digits, such as `33.60`.
    pub digits: String,
    /// `亿元`, `万元` or `元`, in the page's language.
    pub unit: String,
    /// The exact amount in yuan.
    pub exact: String,
}

/// A computed amount: 亿元 to two decimals, 万元 to none, small amounts to the fen.
pub fn amount(fen: Fen, lang: Lang) -> Amount {
    let exact = domain::money::format_fen(fen);
    let (digits, unit) = if fen.abs() >= FEN_PER_YI {
        (rounded(fen, FEN_PER_YI, 2), lang.t("unit-yi-yuan"))
    } else if fen.abs() >= FEN_PER_WAN {
        (rounded(fen, FEN_PER_WAN, 0), lang.t("unit-wan-yuan"))
    } else {
        (exact.clone(), lang.t("unit-yuan"))
    };
    Amount {
        digits,
        unit,
        exact,
    }
}

/// An amount in 万元 for a column of a table, with as many decimals as it needs.
pub fn wan(fen: Fen) -> String {
    (Decimal::new(fen, 2) / Decimal::from(10_000))
        .normalize()
        .to_string()
}

/// A computed amount in 万元 for a column of a table: no decimals.
pub fn wan_rounded(fen: Fen) -> String {
    rounded(fen, FEN_PER_WAN, 0)
}

/// The amount with its source's own digits: exact, in 亿元, 万元 or 元 without rounding.
pub fn sourced_amount(fen: Fen, lang: Lang) -> Amount {
    let exact = domain::money::format_fen(fen);
    let (unit_fen, unit) = if fen.abs() >= FEN_PER_YI {
        (FEN_PER_YI, "unit-yi-yuan")
    } else if fen.abs() >= FEN_PER_WAN {
        (FEN_PER_WAN, "unit-wan-yuan")
    } else {
        (100, "unit-yuan")
    };
    let digits = (Decimal::from(fen) / Decimal::from(unit_fen))
        .normalize()
        .to_string();
    Amount {
        digits,
        unit: words(lang, unit),
        exact,
    }
}

fn words(lang: Lang, key: &str) -> String {
    lang.find(key).unwrap_or_default()
}

fn rounded(fen: Fen, unit_fen: i64, places: u32) -> String {
    let value = Decimal::from(fen) / Decimal::from(unit_fen);
    let rounded =
        value.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.*}", places as usize)
}

/// A ratio as percent with up to two decimals: 0.125 is `12.5%`.
pub fn percent(ratio: Decimal) -> String {
    let percent = (ratio * Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    format!("{}%", percent.normalize())
}

/// Who acted, for people: an account by its login, the program's own writes in words.
pub fn actor(name: &str, lang: Lang) -> String {
    match name {
        "command" | "migrate" | "system" => words(lang, &format!("actor-{name}")),
        login => login.to_owned(),
    }
}

/// A moment in Asia/Shanghai to the minute.
pub fn moment(moment: DateTime<Utc>) -> String {
    moment
        .with_timezone(&clock::zone())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_officials_write_them() {
        assert_eq!(amount(3_360_000_000_000, Lang::Zh).digits, "336.00");
        assert_eq!(amount(3_360_000_000_000, Lang::Zh).unit, "亿元");
        assert_eq!(amount(1_848_390_000, Lang::Zh).digits, "1848");
        assert_eq!(amount(1_848_390_000, Lang::Zh).exact, "18483900.00");
        assert_eq!(amount(-150, Lang::Zh).digits, "-1.50");
        assert_eq!(wan_rounded(1_848_390_000), "1848");
        assert_eq!(wan_rounded(-1_500_000), "-2");
    }

    #[test]
    fn a_sourced_amount_keeps_every_digit() {
        assert_eq!(sourced_amount(1_848_390_000, Lang::Zh).digits, "1848.39");
        assert_eq!(sourced_amount(10_600_000_000, Lang::Zh).digits, "1.06");
    }

    #[test]
    fn ratios_are_percent() {
        assert_eq!(percent(Decimal::new(125, 3)), "12.5%");
        assert_eq!(percent(Decimal::new(-1, 1)), "-10%");
    }
}
