//! What a spreadsheet's number format shows of a number: a date of what precision, a percentage, money.

use chrono::{Duration, NaiveDate};
use domain::PartialDate;

use crate::grid::Exact;

/// What a format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFormat {
    /// As many digits as it has.
    General,
    /// This many decimals.
    Decimals(u8),
    /// A hundredfold with a percent sign.
    Percent,
    /// Parts of a date.
    Date(DateParts),
    /// A time of day or a duration.
    Time,
    /// The cell was set to text.
    Text,
    /// An amount of this currency.
    Currency(&'static str),
}

/// Which parts of a date a format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateParts {
    /// The year.
    pub year: bool,
    /// The month.
    pub month: bool,
    /// The day.
    pub day: bool,
}

/// A date as a format shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownDate {
    /// At the precision of the format.
    Full(PartialDate),
    /// A month and perhaps a day, without a year.
    WithoutYear {
        /// 1 to 12.
        month: u32,
        /// The day, where it is shown.
        day: Option<u32>,
        /// The year that the day number holds though the format hides it.
        hidden_year: i32,
    },
}

const FULL: NumberFormat = NumberFormat::Date(DateParts {
    year: true,
    month: true,
    day: true,
});
const YEAR_MONTH: NumberFormat = NumberFormat::Date(DateParts {
    year: true,
    month: true,
    day: false,
});
const MONTH_DAY: NumberFormat = NumberFormat::Date(DateParts {
    year: false,
    month: true,
    day: true,
});

/// Symbols of currencies in number formats.
const SYMBOLS: [(&str, &str); 12] = [
    ("US$", "USD"),
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("¥", "CNY"),
    ("￥", "CNY"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₩", "KRW"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("CNY", "CNY"),
];

impl NumberFormat {
    /// The format that the file's tables give no code for, by its number (ECMA-376, 18.8.30, with the
    /// Chinese ones). Source: ECMA-376 part 1, fifth edition, read 2026-11-20.
    pub fn built_in(id: u32) -> Self {
        match id {
            1 | 3 | 37 | 38 | 41 | 42 => Self::Decimals(0),
            2 | 4 | 39 | 40 | 43 | 44 => Self::Decimals(2),
            9 | 10 => Self::Percent,
            14 | 15 | 22 | 30 | 31 => FULL,
            16 | 28 | 29 | 51 | 53 | 54 | 58 => MONTH_DAY,
            17 | 27 | 36 | 50 | 52 | 57 => YEAR_MONTH,
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => Self::Time,
            49 => Self::Text,
            _ => Self::General,
        }
    }

    /// The format of a code such as `yyyy"年"m"月"`.
    pub fn from_code(code: &str) -> Self {
        let first = code.split(';').next().unwrap_or_default();
        let tokens = significant(first);
        if tokens.eq_ignore_ascii_case("general") || tokens.is_empty() {
            return symbol_of(first).map_or(Self::General, Self::Currency);
        }
        if tokens == "@" {
            return Self::Text;
        }
        let has_digits = tokens.contains(['0', '#', '?']);
        if tokens.contains('%') {
            return Self::Percent;
        }
        if !has_digits && tokens.chars().any(|c| "ymdhsYMDHSeEgG".contains(c)) {
            return date_format(&tokens);
        }
        if let Some(currency) = symbol_of(first) {
            return Self::Currency(currency);
        }
        let decimals = tokens.split_once('.').map_or(0, |(_, after)| {
            after.chars().take_while(|c| "0#?".contains(*c)).count()
        });
        Self::Decimals(u8::try_from(decimals).unwrap_or(u8::MAX))
    }

    /// The date that a day number is shown as; `None` if the format shows no date or the calendar has
    /// no such day.
    pub fn date(self, number: Exact, epoch_1904: bool) -> Option<ShownDate> {
        let Self::Date(parts) = self else { return None };
        let date = day_of_serial(number, epoch_1904)?;
        let (year, month, day) = (
            chrono::Datelike::year(&date),
            chrono::Datelike::month(&date),
            chrono::Datelike::day(&date),
        );
        if !parts.year {
            return Some(ShownDate::WithoutYear {
                month,
                day: parts.day.then_some(day),
                hidden_year: year,
            });
        }
        Some(ShownDate::Full(match (parts.month, parts.day) {
            (_, true) => PartialDate::Day(date),
            (true, false) => PartialDate::Month(year, month),
            (false, false) => PartialDate::Year(year),
        }))
    }
}

/// The day of a spreadsheet's day number. Day 60 of the 1900 system is the 29 February 1900 that never
/// was, so days before it are one later than they seem.
pub fn day_of_serial(number: Exact, epoch_1904: bool) -> Option<NaiveDate> {
    let days = i64::try_from(number.to_decimal().floor()).ok()?;
    if !(0..3_000_000).contains(&days) {
        return None;
    }
    let (year, month, day) = match (epoch_1904, days < 60) {
        (true, _) => (1904, 1, 1),
        (false, true) => (1899, 12, 31),
        (false, false) => (1899, 12, 30),
    };
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_signed(Duration::days(days))
}

/// The code without quoted words, escapes, colours and widths.
fn significant(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut chars = code.chars();
    while let Some(character) = chars.next() {
        match character {
            '"' => {
                for quoted in chars.by_ref() {
                    if quoted == '"' {
                        break;
                    }
                }
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                // `[h]` counts hours; anything else in brackets is a colour, a locale or a symbol.
                if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    kept.push_str(&inside);
                }
            }
            ' ' => {}
            other => kept.push(other),
        }
    }
    kept
}

fn symbol_of(code: &str) -> Option<&'static str> {
    SYMBOLS
        .iter()
        .find(|(symbol, _)| {
            // `[$-804]` names a language, no currency.
            code.match_indices(symbol).any(|(at, _)| {
                *symbol != "$"
                    || !code[at + 1..].starts_with('-')
                        && !code[at + 1..]
                            .starts_with(['¥', '￥', '€', '£', '₩', 'U', 'H', 'N', 'E', 'C'])
            })
        })
        .map(|(_, currency)| *currency)
}

fn date_format(tokens: &str) -> NumberFormat {
    let lower = tokens.to_ascii_lowercase();
    let year = lower.contains(['y', 'e', 'g']);
    let day = lower.contains('d');
    // An `m` beside hours or seconds is a minute.
    let clock = lower.contains(['h', 's']);
    let month = lower.contains('m') && (!clock || year || day);
    if year || month || day {
        NumberFormat::Date(DateParts { year, month, day })
    } else {
        NumberFormat::Time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("General", NumberFormat::General)]
    #[case("0.00%", NumberFormat::Percent)]
    #[case("0.00_ ", NumberFormat::Decimals(2))]
    #[case("#,##0.00_);[Red]\\(#,##0.00\\)", NumberFormat::Decimals(2))]
    #[case("yyyy\"年\"m\"月\"", YEAR_MONTH)]
    #[case("yyyy\"年\"m\"月\"d\"日\";@", FULL)]
    #[case("[$-804]yyyy\"年\"m\"月\"d\"日\"", FULL)]
    #[case("m\"月\"d\"日\"", MONTH_DAY)]
    #[case("yyyy-mm-dd hh:mm:ss", FULL)]
    #[case("[h]:mm", NumberFormat::Time)]
    #[case("@", NumberFormat::Text)]
    #[case("\"¥\"#,##0.00", NumberFormat::Currency("CNY"))]
    #[case("[$€-2]#,##0.00", NumberFormat::Currency("EUR"))]
    #[case("[$$-409]#,##0.00", NumberFormat::Currency("USD"))]
    #[case("[$¥-804]#,##0", NumberFormat::Currency("CNY"))]
    #[case("0\"亿元\"", NumberFormat::Decimals(0))]
    fn codes_are_understood(#[case] code: &str, #[case] format: NumberFormat) {
        assert_eq!(NumberFormat::from_code(code), format);
    }

    #[test]
    fn day_numbers_are_days() {
        let day = |number| {
            day_of_serial(
                Exact {
                    mantissa: number,
                    scale: 0,
                },
                false,
            )
        };
        assert_eq!(day(45443), NaiveDate::from_ymd_opt(2024, 5, 31));
        assert_eq!(day(1), NaiveDate::from_ymd_opt(1900, 1, 1));
        assert_eq!(day(-1), None);
        assert_eq!(
            day_of_serial(
                Exact {
                    mantissa: 43981,
                    scale: 0
                },
                true
            ),
            NaiveDate::from_ymd_opt(2024, 5, 31)
        );
    }

    proptest! {
        #[test]
        fn any_code_is_read_without_a_panic(code in ".*", serial in any::<i64>()) {
            let format = NumberFormat::from_code(&code);
            let _ = format.date(Exact { mantissa: serial, scale: 0 }, false);
        }
    }
}
