//! The small values: credit codes, periods, dates, money, numbers of the rule language.

use domain::{Money, PartialDate, Period, Uscc};
use engine::expression::Type;
use engine::number;

use crate::Seed;

/// The types that texts of facts and of parameters are read as.
const TYPES: [Type; 9] = [
    Type::Money,
    Type::Integer,
    Type::Number,
    Type::Ratio,
    Type::Days,
    Type::Boolean,
    Type::Date,
    Type::Code,
    Type::Text,
];

/// Reads the bytes as each of them; what was read is what it writes.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(code) = text.parse::<Uscc>() {
        assert_eq!(code.as_str().parse::<Uscc>().as_ref(), Ok(&code));
        let _ = code.inner_check_holds();
    }
    if let Ok(period) = text.parse::<Period>() {
        assert_eq!(period.to_string().parse::<Period>().as_ref(), Ok(&period));
        let _ = (period.year(), period.year_before().map(|p| p.to_string()));
    }
    let stated = Period::from_words(&text);
    assert_eq!(Period::from_words(&stated.to_string()), stated);
    if let Ok(date) = text.parse::<PartialDate>() {
        assert_eq!(date.to_string().parse::<PartialDate>().as_ref(), Ok(&date));
        assert!(date.earliest() <= date.latest());
    }
    if let Ok(money) = text.parse::<Money>() {
        assert_eq!(money.to_string().parse::<Money>().as_ref(), Ok(&money));
        assert_eq!(
            Money::from_decimal(money.to_decimal(), domain::money::Currency::cny()).as_ref(),
            Ok(&money)
        );
    }
    for ty in TYPES {
        let _ = engine::load::read_fact(ty, &text);
        let _ = engine::load::read_parameter(ty, &text);
    }
    let _ = (number::parse_decimal(&text), number::parse_exact(&text));
}

/// One of each kind, and the limits.
pub fn seeds() -> Vec<Seed> {
    let texts = [
        "91310000MA1FL0000X",
        "９１３１００００ｍａ１ｆｌ００００ｘ",
        "2024",
        "2024-Q3",
        "2024-03",
        "2024-01/2024-05",
        "2024-03-26",
        "达产",
        "0000",
        "9999-12-31",
        "123456789012.34",
        "-0.01",
        "90000000000000.00",
        "1/3",
        "2/0",
        "0.123456789012",
        "1,234.5",
        "12.5%",
        "true",
        "none",
    ];
    texts
        .iter()
        .enumerate()
        .map(|(number, text)| Seed::new(format!("word-{number:02}"), *text))
        .collect()
}
