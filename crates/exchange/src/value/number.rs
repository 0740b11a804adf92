//! Numbers as people write them into cells: 约10.7亿元, 20余家, １，２３４.5, 12.5%.

use rust_decimal::Decimal;

use super::number_words::QUALIFIERS;
use super::unit::{Unit, UnitKind};

/// A number with the unit that stands beside it and the words that are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The number, in the unit.
    pub number: Decimal,
    /// The unit in the cell.
    pub unit: Option<Unit>,
    /// The unit's words.
    pub unit_words: String,
    /// What is left: 约, 不足, 余.
    pub qualifier: String,
    /// Whether the unit is a currency in front of the number, which says nothing of the scale: `¥1,200` in
    /// a column of 万元.
    pub currency_alone: bool,
}

impl Quantity {
    /// A number with nothing beside it.
    pub fn bare(number: Decimal) -> Self {
        Self {
            number,
            unit: None,
            unit_words: String::new(),
            qualifier: String::new(),
            currency_alone: false,
        }
    }
}

/// Why a text is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberFault {
    /// It has no figures.
    NoNumber,
    /// It has more than one number.
    Several,
    /// Words are left that are no known qualifier.
    Leftover(String),
}

/// Reads a folded text; blanks in it mean nothing except that they may stand between thousands.
pub fn parse_quantity(folded: &str) -> Result<Quantity, NumberFault> {
    let compact = without_blanks(folded).ok_or(NumberFault::Several)?;
    let lower = compact.to_lowercase();
    let (text, negative) = match lower
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inside) if inside.starts_with(|c: char| c.is_ascii_digit()) => (inside, true),
        _ => (lower.as_str(), false),
    };
    let mut reader = Reader::default();
    let mut rest = text;
    while !rest.is_empty() {
        let step = reader.step(rest)?;
        rest = &rest[step..];
    }
    let mut quantity = reader.finish()?;
    if negative {
        quantity.number = -quantity.number;
    }
    Ok(quantity)
}

/// Takes blanks away; `None` where one stands between digits that are no groups of three.
fn without_blanks(text: &str) -> Option<String> {
    if !text.contains(char::is_whitespace) {
        return Some(text.to_owned());
    }
    let mut compact = String::with_capacity(text.len());
    let pieces: Vec<&str> = text.split_whitespace().collect();
    for (place, piece) in pieces.iter().enumerate() {
        let after_digit = compact.ends_with(|c: char| c.is_ascii_digit());
        if after_digit && piece.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let before = pieces[place - 1]
                .bytes()
                .rev()
                .take_while(u8::is_ascii_digit)
                .count();
            if digits != 3 || before > 3 {
                return None;
            }
        }
        compact.push_str(piece);
    }
    Some(compact)
}

#[derive(Default)]
struct Reader {
    total: Option<Decimal>,
    /// A number that no unit has followed yet.
    open: Option<Decimal>,
    unit: Option<Unit>,
    unit_words: String,
    /// The factor of the last part of 1亿2000万.
    last_factor: Option<Decimal>,
    qualifier: String,
}

impl Reader {
    /// Reads one thing at the front and says how long it is.
    fn step(&mut self, rest: &str) -> Result<usize, NumberFault> {
        let first = rest.chars().next().expect("the rest is not empty");
        let signed = matches!(first, '-' | '+')
            && self.total.is_none()
            && self.open.is_none()
            && rest[1..].starts_with(|c: char| c.is_ascii_digit());
        if first.is_ascii_digit() || signed || first == '.' && rest.len() > 1 {
            return self.number(rest);
        }
        if let Some(length) = self.english_scale(rest).or_else(|| self.unit_at(rest)) {
            return Ok(length);
        }
        if let Some(word) = QUALIFIERS.iter().find(|word| rest.starts_with(**word)) {
            self.qualifier.push_str(word);
            return Ok(word.len());
        }
        Err(
            if rest.starts_with(['-', '—', '–', '~', '至', '到'])
                && self.open.or(self.total).is_some()
            {
                NumberFault::Several
            } else {
                NumberFault::Leftover(rest.to_owned())
            },
        )
    }

    fn number(&mut self, rest: &str) -> Result<usize, NumberFault> {
        let (number, length) = leading_number(rest).ok_or(NumberFault::NoNumber)?;
        if self.open.is_some() || self.total.is_some() && self.last_factor.is_none() {
            return Err(NumberFault::Several);
        }
        self.open = Some(number);
        Ok(length)
    }

    /// `£26.19m`, `US$2.5 bn`, `2.5 million`: a lone letter counts only behind a currency.
    fn english_scale(&mut self, rest: &str) -> Option<usize> {
        const SCALES: [(&str, u32); 9] = [
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
        self.open?;
        let of_currency = self.unit.is_some_and(|unit| unit.is_money());
        let (word, power) = SCALES.iter().find(|(word, _)| {
            let behind = rest.strip_prefix(word);
            behind.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
                && (of_currency || word.len() > 2)
        })?;
        let scale = Unit {
            kind: UnitKind::Scale,
            factor: Decimal::from(10_u64.pow(*power)),
        };
        self.take_unit(scale, word).then_some(word.len())
    }

    /// The longest unit at the front, if there is one.
    fn unit_at(&mut self, rest: &str) -> Option<usize> {
        const UNIT_CHARS_MAX: usize = 12;
        const RENMINBI: &str = "人民币";
        if rest.starts_with(RENMINBI) && self.open.is_none() && self.total.is_none() {
            return self
                .take_unit(Unit::YUAN, RENMINBI)
                .then_some(RENMINBI.len());
        }
        let ends: Vec<usize> = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(UNIT_CHARS_MAX)
            .take_while(|end| !rest[..*end].ends_with(|c: char| c.is_ascii_digit() && c != '2'))
            .collect();
        let (end, unit) = ends
            .iter()
            .rev()
            .find_map(|end| Unit::parse_folded(&rest[..*end]).map(|unit| (*end, unit)))?;
        self.take_unit(unit, &rest[..end]).then_some(end)
    }

    fn take_unit(&mut self, unit: Unit, words: &str) -> bool {
        if self.open.is_none() && self.total.is_none() {
            // A currency in front of the number.
            let before = unit.is_money() && self.unit.is_none();
            if before {
                self.unit = Some(unit);
                words.clone_into(&mut self.unit_words);
            }
            return before;
        }
        if let Some(number) = self.open {
            if unit.kind == UnitKind::Scale {
                if self.last_factor.is_some_and(|last| last <= unit.factor) {
                    return false;
                }
                let Some(total) = self.total_with(number, unit) else {
                    return false;
                };
                self.open = None;
                self.total = Some(total);
                self.last_factor = Some(unit.factor);
                self.unit_words.push_str(words);
                return true;
            }
            let Some(total) = self.total_with(number, unit) else {
                return false;
            };
            self.open = None;
            self.total = Some(total);
            self.last_factor = None;
            return self.name_unit(unit, words);
        }
        // The noun of a scale, with a qualifier between them: 10亿余元.
        if self.last_factor.is_some() && unit.factor == Decimal::ONE {
            self.last_factor = None;
            return self.name_unit(unit, words);
        }
        false
    }

    /// The total with one more part; `None` beyond what a decimal holds.
    fn total_with(&self, number: Decimal, unit: Unit) -> Option<Decimal> {
        self.total
            .unwrap_or_default()
            .checked_add(number.checked_mul(unit.factor)?)
    }

    fn name_unit(&mut self, unit: Unit, words: &str) -> bool {
        if let Some(currency) = self.unit {
            // `¥10万元`: the same currency said twice.
            if currency.kind != unit.kind {
                return false;
            }
        }
        self.unit = Some(Unit {
            kind: unit.kind,
            factor: unit.factor,
        });
        self.unit_words.push_str(words);
        true
    }

    fn finish(self) -> Result<Quantity, NumberFault> {
        let prefixed = self.unit;
        let Some(total) = self.total else {
            let number = self.open.ok_or_else(|| {
                if self.qualifier.is_empty() {
                    NumberFault::NoNumber
                } else {
                    NumberFault::Leftover(self.qualifier.clone())
                }
            })?;
            return Ok(Quantity {
                number,
                unit: prefixed,
                unit_words: self.unit_words,
                qualifier: self.qualifier,
                currency_alone: prefixed.is_some(),
            });
        };
        if self.open.is_some() {
            return Err(NumberFault::Several);
        }
        // The total is in plain units by now; give it back in the unit that was written.
        let plain = |kind| {
            Some(Unit {
                kind,
                factor: Decimal::ONE,
            })
        };
        let unit = match self.unit {
            Some(unit) => plain(unit.kind),
            None => plain(UnitKind::Scale),
        };
        let share = self.unit.filter(|unit| unit.kind == UnitKind::Share);
        Ok(Quantity {
            number: total,
            unit: share.map_or(unit, |_| plain(UnitKind::Share)),
            unit_words: self.unit_words,
            qualifier: self.qualifier,
            currency_alone: false,
        })
    }
}

/// The number at the front and its length; commas only where they part thousands.
fn leading_number(text: &str) -> Option<(Decimal, usize)> {
    let bytes = text.as_bytes();
    let mut end = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let mut plain = String::from(if bytes.first() == Some(&b'-') {
        "-"
    } else {
        ""
    });
    let whole_start = end;
    while end < bytes.len() {
        match bytes[end] {
            digit @ b'0'..=b'9' => plain.push(char::from(digit)),
            b',' if groups_of_three(&bytes[end..])
                && (1..=3).contains(&leading_group(&bytes[whole_start..end])) => {}
            _ => break,
        }
        end += 1;
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        plain.push('.');
        end += 1;
        while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
            plain.push(char::from(*digit));
            end += 1;
        }
    }
    let exponent = text[end..].strip_prefix('e').map(|rest| {
        let sign = usize::from(rest.starts_with(['+', '-']));
        sign + rest[sign..].bytes().take_while(u8::is_ascii_digit).count()
    });
    if let Some(length) = exponent.filter(|length| *length > 0) {
        let whole = format!("{plain}{}", &text[end..=end + length]);
        let number = Decimal::from_scientific(&whole).ok()?;
        return Some((number, end + 1 + length));
    }
    let number = Decimal::from_str_exact(&plain).ok()?;
    Some((number, end))
}

/// Digits before the first comma so far.
fn leading_group(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// Whether a comma and exactly three digits begin here.
fn groups_of_three(bytes: &[u8]) -> bool {
    bytes.len() > 3
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && !bytes.get(4).is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::fold::fold;
    use proptest::prelude::*;
    use rstest::rstest;

    fn read(text: &str) -> (String, Option<UnitKind>, String) {
        let quantity =
            parse_quantity(&fold(text)).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        (
            quantity.number.normalize().to_string(),
            quantity.unit.map(|u| u.kind),
            quantity.qualifier,
        )
    }

    const YUAN: Option<UnitKind> = Some(UnitKind::Money("CNY"));

    #[rstest]
    #[case("约10.7亿元", "1070000000", YUAN, "约")]
    #[case("不足1000万元", "10000000", YUAN, "不足")]
    #[case("10亿余元", "1000000000", YUAN, "余")]
    #[case("１，２３４．５", "1234.5", None, "")]
    #[case("1,234,567", "1234567", None, "")]
    #[case("11 158", "11158", None, "")]
    #[case("1亿2000万元", "120000000", YUAN, "")]
    #[case("350万美元", "3500000", Some(UnitKind::Money("USD")), "")]
    #[case("US$350万", "3500000", Some(UnitKind::Money("USD")), "")]
    #[case("¥12.5", "12.5", YUAN, "")]
    #[case("人民币3亿元", "300000000", YUAN, "")]
    #[case("人民币3亿", "300000000", YUAN, "")]
    #[case("20余家", "20", Some(UnitKind::Count), "余")]
    #[case("12.5%", "0.125", Some(UnitKind::Share), "")]
    #[case("(5)", "-5", None, "")]
    #[case("-3.5", "-3.5", None, "")]
    #[case("3.5亿", "350000000", Some(UnitKind::Scale), "")]
    #[case("预计约10亿元以上", "1000000000", YUAN, "预计约以上")]
    #[case("21.6万平方米", "216000", Some(UnitKind::SquareMetre), "")]
    #[case("1.2E+3", "1200", None, "")]
    #[case("£26.19m", "26190000", Some(UnitKind::Money("GBP")), "")]
    #[case("US$2.5 bn", "2500000000", Some(UnitKind::Money("USD")), "")]
    #[case("2.5 million", "2500000", Some(UnitKind::Scale), "")]
    #[case("2.5 million USD", "2500000", Some(UnitKind::Money("USD")), "")]
    #[case("30 m2", "30", Some(UnitKind::SquareMetre), "")]
    #[case("（1,234.5）", "-1234.5", None, "")]
    #[case("1 234 567", "1234567", None, "")]
    fn numbers_are_read(
        #[case] text: &str,
        #[case] number: &str,
        #[case] unit: Option<UnitKind>,
        #[case] qualifier: &str,
    ) {
        assert_eq!(read(text), (number.to_owned(), unit, qualifier.to_owned()));
    }

    #[rstest]
    #[case("三百", NumberFault::Leftover("三百".to_owned()))]
    #[case("10-20", NumberFault::Several)]
    #[case("10、20", NumberFault::Leftover("、20".to_owned()))]
    #[case("1,23", NumberFault::Leftover(",23".to_owned()))]
    #[case("3 5", NumberFault::Several)]
    #[case("约", NumberFault::Leftover("约".to_owned()))]
    fn what_is_no_number_is_refused(#[case] text: &str, #[case] fault: NumberFault) {
        assert_eq!(parse_quantity(&fold(text)), Err(fault));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = parse_quantity(&fold(&text));
        }

        #[test]
        fn figures_with_words_are_read_or_refused_without_a_panic(text in "[0-9.,()约余超亿万元美%$-]{0,12}") {
            let _ = parse_quantity(&fold(&text));
        }
    }
}
