//! Units as ledgers write them: 万元, 亿美元, %, ㎡, 亩, 人.

use rust_decimal::Decimal;

use super::fold::compact;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// Money of this ISO 4217 currency.
    Money(&'static str),
    /// A bare 万 or 亿: of yuan beside money, of pieces beside a count.
    Scale,
    /// A share of one.
    Share,
    /// Area in square metres.
    SquareMetre,
    /// Area in mu.
    Mu,
    /// Pieces, persons, tonnes and the like.
    Count,
}

/// A unit: what it measures and how many of the plain unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// What it measures.
    pub kind: UnitKind,
    /// One of this unit is so many yuan, square metres, pieces …
    pub factor: Decimal,
}

const CURRENCIES: [(&str, &str); 44] = [
    ("元", "CNY"),
    ("圆", "CNY"),
    ("yuan", "CNY"),
    ("rmb", "CNY"),
    ("cny", "CNY"),
    ("¥", "CNY"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("usd", "USD"),
    ("us$", "USD"),
    ("$", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("hkd", "HKD"),
    ("hk$", "HKD"),
    ("欧元", "EUR"),
    ("eur", "EUR"),
    ("€", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("日元", "JPY"),
    ("日圆", "JPY"),
    ("jpy", "JPY"),
    ("英镑", "GBP"),
    ("gbp", "GBP"),
    ("£", "GBP"),
    ("韩元", "KRW"),
    ("韩币", "KRW"),
    ("krw", "KRW"),
    ("新台币", "TWD"),
    ("台币", "TWD"),
    ("twd", "TWD"),
    ("澳元", "AUD"),
    ("aud", "AUD"),
    ("加元", "CAD"),
    ("cad", "CAD"),
    ("新加坡元", "SGD"),
    ("新元", "SGD"),
    ("sgd", "SGD"),
    ("瑞士法郎", "CHF"),
    ("澳门元", "MOP"),
    ("卢布", "RUB"),
];

const COUNTS: &[&str] = &[
    "人",
    "个",
    "家",
    "栋",
    "幢",
    "座",
    "项",
    "台",
    "件",
    "套",
    "户",
    "名",
    "条",
    "辆",
    "块",
    "次",
    "间",
    "层",
    "处",
    "期",
    "组",
    "只",
    "支",
    "篇",
    "部",
    "所",
    "宗",
    "份",
    "批",
    "类",
    "种",
    "位",
    "年",
    "天",
    "日",
    "个月",
    "月",
    "吨",
    "公里",
    "千米",
    "米",
    "千瓦",
    "千瓦时",
    "兆瓦",
    "度",
    "立方米",
    "公斤",
    "千克",
    "人次",
    "台套",
    "台/套",
    "标台",
    "床",
    "亿件",
    "个百分点",
    "百分点",
    "次/季度",
    "次/月",
    "次/年",
    "小时",
    "分",
    "期次",
    "棟",
    "persons",
    "person",
    "staff",
    "吨标准煤",
];

const ENGLISH_SCALES: [(&str, u32); 9] = [
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
    ("trillion", 12),
    ("bn", 9),
    ("mn", 6),
    ("m", 6),
    ("k", 3),
    ("b", 9),
];

impl Unit {
    /// Yuan.
    pub const YUAN: Self = Self {
        kind: UnitKind::Money("CNY"),
        factor: Decimal::ONE,
    };
    /// Hundredths.
    pub const PERCENT: Self = Self {
        kind: UnitKind::Share,
        factor: Decimal::from_parts(1, 0, 0, false, 2),
    };

    /// The unit of these words; `None` if they are no unit.
    pub fn parse(text: &str) -> Option<Self> {
        let words = compact(text).to_lowercase();
        Self::parse_folded(&words)
    }

    /// As [`Unit::parse`], of words already folded, compact and in lower case.
    pub fn parse_folded(words: &str) -> Option<Self> {
        if words.is_empty() {
            return None;
        }
        let words = words.strip_prefix("人民币").unwrap_or(words);
        let words = words.strip_suffix("人民币").unwrap_or(words);
        let words = words
            .strip_suffix("rmb")
            .filter(|rest| !rest.is_empty())
            .unwrap_or(words);
        match words {
            "%" | "百分比" | "percent" | "pct" => return Some(Self::PERCENT),
            "‰" => {
                return Some(Self {
                    kind: UnitKind::Share,
                    factor: Decimal::new(1, 3),
                });
            }
            _ => {}
        }
        if COUNTS.contains(&words) {
            return Some(Self {
                kind: UnitKind::Count,
                factor: Decimal::ONE,
            });
        }
        let (power, noun) = scale_of(words);
        let scaled = |kind| {
            Some(Self {
                kind,
                factor: power_of_ten(power),
            })
        };
        if noun.is_empty() {
            return (power > 0).then(|| scaled(UnitKind::Scale)).flatten();
        }
        if let Some(currency) = currency_of(noun) {
            return scaled(UnitKind::Money(currency));
        }
        match noun {
            "平方米" | "㎡" | "m2" | "m²" | "平米" | "平方" | "sqm" => {
                return scaled(UnitKind::SquareMetre);
            }
            "公顷" | "ha" => {
                return Some(Self {
                    kind: UnitKind::SquareMetre,
                    factor: power_of_ten(power + 4),
                });
            }
            "平方公里" | "平方千米" | "km2" | "km²" => {
                return Some(Self {
                    kind: UnitKind::SquareMetre,
                    factor: power_of_ten(power + 6),
                });
            }
            "亩" | "mu" => return scaled(UnitKind::Mu),
            _ => {}
        }
        if power > 0 && COUNTS.contains(&noun) {
            return scaled(UnitKind::Count);
        }
        english(words)
    }

    /// Whether it is one of money.
    pub fn is_money(&self) -> bool {
        matches!(self.kind, UnitKind::Money(_))
    }
}

fn currency_of(noun: &str) -> Option<&'static str> {
    CURRENCIES
        .iter()
        .find(|(word, _)| *word == noun)
        .map(|(_, code)| *code)
}

/// The power of ten in front of a Chinese unit, and what stands behind it.
fn scale_of(words: &str) -> (u32, &str) {
    let mut power = 0;
    let mut rest = words;
    while let Some(character) = rest.chars().next() {
        let step = match character {
            '十' => 1,
            '百' => 2,
            '千' => 3,
            '万' | '萬' => 4,
            '亿' | '億' => 8,
            _ => break,
        };
        if character == '千'
            && (rest.starts_with("千瓦") || rest.starts_with("千米") || rest.starts_with("千克"))
        {
            break;
        }
        power += step;
        rest = &rest[character.len_utf8()..];
        if power > 12 {
            break;
        }
    }
    (power, rest)
}

fn power_of_ten(power: u32) -> Decimal {
    Decimal::from(10_u64.pow(power.min(18)))
}

/// `million usd`, `eur million`, `£m`, `10k yuan`.
fn english(words: &str) -> Option<Unit> {
    let (power, words) = [("10,000", 4), ("10000", 4), ("10k", 4), ("1000", 3)]
        .iter()
        .find_map(|(figure, power)| words.strip_prefix(figure).map(|rest| (*power, rest)))
        .unwrap_or((0, words));
    if let Some(currency) = currency_of(words) {
        return Some(Unit {
            kind: UnitKind::Money(currency),
            factor: power_of_ten(power),
        });
    }
    if let Some((_, power)) = ENGLISH_SCALES[..4]
        .iter()
        .find(|(scale, _)| *scale == words)
    {
        return Some(Unit {
            kind: UnitKind::Scale,
            factor: power_of_ten(*power),
        });
    }
    ENGLISH_SCALES.iter().find_map(|(scale, scale_power)| {
        let noun = words
            .strip_prefix(scale)
            .or_else(|| words.strip_suffix(scale))?;
        let noun = noun.trim_matches('.');
        let currency = currency_of(noun)?;
        Some(Unit {
            kind: UnitKind::Money(currency),
            factor: power_of_ten(power + scale_power),
        })
    })
}

/// All units named in a line such as `万元、亩`; empty unless every part is one.
pub fn units_of_line(text: &str) -> Vec<(String, Unit)> {
    let mut units = Vec::new();
    for part in text.split(['、', '，', ',', ';', '；', ' ', '\u{3000}', '|']) {
        let part =
            part.trim_matches(|c: char| c.is_whitespace() || "()（）:：。[]【】".contains(c));
        // 人民币 万元: the currency stands beside its unit.
        if part.is_empty() || part == "人民币" {
            continue;
        }
        match Unit::parse(part) {
            Some(unit) => units.push((part.to_owned(), unit)),
            None => return Vec::new(),
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("元", UnitKind::Money("CNY"), 1)]
    #[case("千元", UnitKind::Money("CNY"), 1_000)]
    #[case("万元", UnitKind::Money("CNY"), 10_000)]
    #[case("百万元", UnitKind::Money("CNY"), 1_000_000)]
    #[case("亿元", UnitKind::Money("CNY"), 100_000_000)]
    #[case("人民币万元", UnitKind::Money("CNY"), 10_000)]
    #[case("万美元", UnitKind::Money("USD"), 10_000)]
    #[case("亿港币", UnitKind::Money("HKD"), 100_000_000)]
    #[case("EUR million", UnitKind::Money("EUR"), 1_000_000)]
    #[case("£m", UnitKind::Money("GBP"), 1_000_000)]
    #[case("亿", UnitKind::Scale, 100_000_000)]
    #[case("万平方米", UnitKind::SquareMetre, 10_000)]
    #[case("㎡", UnitKind::SquareMetre, 1)]
    #[case("公顷", UnitKind::SquareMetre, 10_000)]
    #[case("亩", UnitKind::Mu, 1)]
    #[case("人", UnitKind::Count, 1)]
    #[case("万人", UnitKind::Count, 10_000)]
    fn units_are_known(#[case] text: &str, #[case] kind: UnitKind, #[case] factor: i64) {
        assert_eq!(
            Unit::parse(text),
            Some(Unit {
                kind,
                factor: Decimal::from(factor)
            })
        );
    }

    #[rstest]
    #[case("")]
    #[case("万元/亩")]
    #[case("项目")]
    #[case("m")]
    fn other_words_are_no_units(#[case] text: &str) {
        assert_eq!(Unit::parse(text), None);
    }

    #[test]
    fn a_line_may_name_several() {
        let names: Vec<String> = units_of_line("万元、亩")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["万元", "亩"]);
        assert!(units_of_line("项目办").is_empty());
    }
}
