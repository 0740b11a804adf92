//! Money: an exact amount in fen, with the currency it was written in.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An amount in hundredths of the currency's unit (分 for yuan).
pub type Fen = i64;

/// The largest absolute amount a fact may have: 90 trillion yuan. It leaves room for products in
/// `i128` and keeps every amount exact.
pub const FEN_MAX: Fen = 9_000_000_000_000_000;

/// An exact amount of money. Foreign money keeps its currency and is never converted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Money {
    /// Hundredths of the unit: fen for `CNY`.
    pub fen: Fen,
    /// ISO 4217 code, `CNY` for yuan.
    pub currency: Currency,
}

/// ISO 4217 code of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Currency(String);

impl Currency {
    /// Yuan.
    pub fn cny() -> Self {
        Self("CNY".to_owned())
    }

    /// The currency of this ISO 4217 code, upper case; `None` unless three ASCII letters.
    pub fn from_code(code: &str) -> Option<Self> {
        (code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()))
            .then(|| Self(code.to_ascii_uppercase()))
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether this is the yuan.
    pub fn is_cny(&self) -> bool {
        self.0 == "CNY"
    }
}

/// Why a text or number is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no decimal number.
    #[error("`{0}` is no amount")]
    NotANumber(String),
    /// The amount has a part smaller than a fen.
    #[error("`{0}` has more than two decimals of a yuan")]
    FinerThanFen(String),
    /// The amount is beyond [`FEN_MAX`].
    #[error("`{0}` is out of range")]
    OutOfRange(String),
}

impl Money {
    /// An amount in fen of yuan.
    pub fn from_fen(fen: Fen) -> Self {
        Self {
            fen,
            currency: Currency::cny(),
        }
    }

    /// The exact amount of `units` (yuan for `CNY`).
    ///
    /// # Errors
    /// [`MoneyError::FinerThanFen`] if it has a part smaller than a fen, [`MoneyError::OutOfRange`]
    /// beyond [`FEN_MAX`].
    pub fn from_decimal(units: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let fen = exact_fen(units)?;
        Ok(Self { fen, currency })
    }

    /// The amount in units (yuan), exact.
    pub fn to_decimal(&self) -> Decimal {
        Decimal::new(self.fen, 2)
    }
}

/// The exact amount in fen of a decimal number of yuan.
///
/// # Errors
/// As [`Money::from_decimal`].
pub fn exact_fen(yuan: Decimal) -> Result<Fen, MoneyError> {
    let hundredths = yuan
        .checked_mul(Decimal::ONE_HUNDRED)
        .ok_or_else(|| MoneyError::OutOfRange(yuan.to_string()))?;
    if !hundredths.fract().is_zero() {
        return Err(MoneyError::FinerThanFen(yuan.to_string()));
    }
    in_range(hundredths, yuan)
}

/// The amount in fen of a decimal number of yuan, half a fen rounded away from zero.
///
/// # Errors
/// [`MoneyError::OutOfRange`] beyond [`FEN_MAX`].
pub fn rounded_fen(yuan: Decimal) -> Result<Fen, MoneyError> {
    let hundredths = yuan
        .checked_mul(Decimal::ONE_HUNDRED)
        .ok_or_else(|| MoneyError::OutOfRange(yuan.to_string()))?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    in_range(hundredths, yuan)
}

fn in_range(hundredths: Decimal, yuan: Decimal) -> Result<Fen, MoneyError> {
    i64::try_from(hundredths)
        .ok()
        .filter(|fen| fen.abs() <= FEN_MAX)
        .ok_or_else(|| MoneyError::OutOfRange(yuan.to_string()))
}

/// Writes fen as yuan with two decimals: `-1` is `-0.01`.
pub fn format_fen(fen: Fen) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let abs = fen.unsigned_abs();
    format!("{sign}{}.{:02}", abs / 100, abs % 100)
}

impl fmt::Display for Money {
    /// Two decimals, without the currency: `235000000.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_fen(self.fen))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads yuan with at most two decimals.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let yuan = Decimal::from_str_exact(text.trim())
            .map_err(|_| MoneyError::NotANumber(text.to_owned()))?;
        Self::from_decimal(yuan, Currency::cny())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn printing_and_reading_round_trip(fen in -FEN_MAX..=FEN_MAX) {
            let money = Money::from_fen(fen);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = text.parse::<Money>();
        }
    }

    #[test]
    fn a_part_smaller_than_a_fen_is_refused() {
        assert_eq!(
            "0.001".parse::<Money>(),
            Err(MoneyError::FinerThanFen("0.001".to_owned()))
        );
    }

    #[test]
    fn half_a_fen_rounds_away_from_zero() {
        assert_eq!(rounded_fen(Decimal::new(5, 3)), Ok(1));
        assert_eq!(rounded_fen(Decimal::new(-5, 3)), Ok(-1));
        assert_eq!(rounded_fen(Decimal::new(4, 3)), Ok(0));
    }

    #[test]
    fn the_press_page_amount_is_exact() {
        let wan = Decimal::new(184_839, 2);
        assert_eq!(exact_fen(wan * Decimal::from(10_000)), Ok(1_848_390_000));
    }

    #[test]
    fn amounts_beyond_the_bound_are_refused() {
        assert!("90000000000000.01".parse::<Money>().is_err());
        assert!("90000000000000.00".parse::<Money>().is_ok());
    }
}
