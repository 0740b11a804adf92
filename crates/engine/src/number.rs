//! Exact numbers: reading them from files, writing them without losing a digit.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Decimals that a number or ratio may have in a rule file or an input.
pub const DECIMALS_MAX: usize = 12;

/// Why a text is no number of a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is no decimal number.
    #[error("`{0}` is no number")]
    NotANumber(String),
    /// The text has more than [`DECIMALS_MAX`] decimals.
    #[error("`{text}` has {decimals} decimals, at most 12 are allowed")]
    TooManyDecimals {
        /// The text.
        text: String,
        /// How many it has.
        decimals: usize,
    },
    /// The text has more digits before the point than any amount could have.
    #[error("`{0}` has more than 30 digits")]
    TooLong(String),
}

/// The exact value of a decimal number: a sign, digits (`_` may stand between them), a point.
///
/// # Errors
/// [`NumberError`] names what is wrong with the text.
pub fn parse_decimal(text: &str) -> Result<BigRational, NumberError> {
    let not_a_number = || NumberError::NotANumber(text.to_owned());
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let has_point = unsigned.contains('.');
    let grouped = |digits: &str| {
        !digits.starts_with('_')
            && !digits.ends_with('_')
            && !digits.contains("__")
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    if whole.is_empty() && decimals.is_empty()
        || has_point && decimals.is_empty()
        || !grouped(whole)
        || !grouped(decimals)
    {
        return Err(not_a_number());
    }
    let whole = whole.replace('_', "");
    let decimals = decimals.replace('_', "");
    if decimals.len() > DECIMALS_MAX {
        return Err(NumberError::TooManyDecimals {
            text: text.to_owned(),
            decimals: decimals.len(),
        });
    }
    if whole.len() > 30 {
        return Err(NumberError::TooLong(text.to_owned()));
    }
    let digits: BigInt = format!("{whole}{decimals}")
        .parse()
        .map_err(|_| not_a_number())?;
    let scale = BigInt::from(10_u8).pow(u32::try_from(decimals.len()).unwrap_or(0));
    let value = BigRational::new(digits, scale);
    Ok(if negative { -value } else { value })
}

/// The exact value of a decimal number or of a fraction of two (`2/3`), as parameters write it.
///
/// # Errors
/// As [`parse_decimal`]; a fraction over nought is no number.
pub fn parse_exact(text: &str) -> Result<BigRational, NumberError> {
    let Some((above, below)) = text.split_once('/') else {
        return parse_decimal(text);
    };
    let above = parse_decimal(above.trim())?;
    let below = parse_decimal(below.trim())?;
    if below.is_zero() {
        return Err(NumberError::NotANumber(text.to_owned()));
    }
    Ok(above / below)
}

/// Writes a number without losing a digit: a decimal without trailing zeros where it has one, else a
/// fraction (`2/3`).
pub fn format_exact(value: &BigRational) -> String {
    let ten = BigInt::from(10_u8);
    let mut rest = value.denom().clone();
    let mut scale = 0_u32;
    // A denominator of twos and fives alone divides a power of ten not above its number of bits.
    for prime in [2_u8, 5] {
        let prime = BigInt::from(prime);
        let mut times = 0_u32;
        while (&rest % &prime).is_zero() {
            rest /= &prime;
            times += 1;
        }
        scale = scale.max(times);
    }
    if !rest.is_one() {
        return format!("{}/{}", value.numer(), value.denom());
    }
    let digits = (value.numer() * ten.pow(scale) / value.denom()).abs();
    let sign = if value.is_negative() { "-" } else { "" };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let width = scale as usize + 1;
    let digits = format!("{:0>width$}", digits.to_string());
    let (whole, decimals) = digits.split_at(digits.len() - scale as usize);
    format!("{sign}{whole}.{decimals}")
}

/// The value with `places` decimals, half rounded away from zero.
pub fn round_half_up(value: &BigRational, places: u32) -> BigRational {
    let scale = BigInt::from(10_u8).pow(places);
    let twice = value.numer().abs() * &scale * 2_u8 + value.denom();
    let rounded = twice.div_floor(&(value.denom() * 2_u8));
    let signed = if value.is_negative() {
        -rounded
    } else {
        rounded
    };
    BigRational::new(signed, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_and_fractions_are_exact() {
        assert_eq!(format_exact(&parse_exact("0.10").unwrap()), "0.1");
        assert_eq!(format_exact(&parse_exact("2/3").unwrap()), "2/3");
        assert_eq!(
            format_exact(&parse_exact("-50_000.05").unwrap()),
            "-50000.05"
        );
        assert_eq!(format_exact(&parse_exact("1.5/3").unwrap()), "0.5");
    }

    #[test]
    fn the_thirteenth_decimal_is_refused() {
        assert!(parse_decimal("0.123456789012").is_ok());
        assert_eq!(
            parse_decimal("0.1234567890123"),
            Err(NumberError::TooManyDecimals {
                text: "0.1234567890123".to_owned(),
                decimals: 13
            })
        );
    }

    #[test]
    fn half_goes_away_from_zero() {
        for (text, places, expected) in [
            ("0.125", 2, "0.13"),
            ("-0.125", 2, "-0.13"),
            ("0.1249", 2, "0.12"),
            ("2/3", 6, "0.666667"),
            ("-0.5", 0, "-1"),
        ] {
            let value = parse_exact(text).unwrap();
            assert_eq!(format_exact(&round_half_up(&value, places)), expected);
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_round_trip(digits in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..12) {
            let value = BigRational::new(BigInt::from(digits), BigInt::from(10).pow(scale));
            prop_assert_eq!(parse_exact(&format_exact(&value)), Ok(value));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".*") {
            let _ = parse_exact(&text);
        }
    }
}
