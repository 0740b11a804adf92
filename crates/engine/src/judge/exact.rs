//! Exact rational numbers, quick where they are small.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Neg;

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};

use crate::number;

/// An exact rational number. One that fits two `i128` is always kept so; a result that does not is
/// computed and kept without bound, so nothing overflows and no digit is lost.
#[derive(Clone, PartialEq, Eq)]
pub struct Exact(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    Small(Ratio<i128>),
    /// Only what does not fit, so that equal numbers have one form.
    Big(Box<BigRational>),
}

impl Exact {
    /// Nought.
    pub fn zero() -> Self {
        Self::from_integer(0)
    }

    /// One.
    pub fn one() -> Self {
        Self::from_integer(1)
    }

    /// This whole number.
    pub fn from_integer(value: i128) -> Self {
        if value == i128::MIN {
            return Self::from_big(&BigRational::from_integer(BigInt::from(value)));
        }
        Self(Form::Small(Ratio::from_integer(value)))
    }

    /// This many hundredths: yuan from fen.
    pub fn from_hundredths(value: i128) -> Self {
        &Self::from_integer(value) / &Self::from_integer(100)
    }

    /// The same number in the quick form where it fits.
    pub fn from_big(value: &BigRational) -> Self {
        match (value.numer().to_i128(), value.denom().to_i128()) {
            // The smallest i128 has no negative, which reducing would need.
            (Some(above), Some(below)) if above != i128::MIN => {
                Self(Form::Small(Ratio::new_raw(above, below)))
            }
            _ => Self(Form::Big(Box::new(value.clone()))),
        }
    }

    /// The same number without bound.
    pub fn to_big(&self) -> BigRational {
        match &self.0 {
            Form::Small(ratio) => {
                BigRational::new_raw(BigInt::from(*ratio.numer()), BigInt::from(*ratio.denom()))
            }
            Form::Big(big) => (**big).clone(),
        }
    }

    /// Whether it is nought.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Form::Small(ratio) => ratio.is_zero(),
            Form::Big(_) => false,
        }
    }

    /// Whether it is above nought.
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Form::Small(ratio) => ratio.is_positive(),
            Form::Big(big) => big.is_positive(),
        }
    }

    /// Whether it is below nought.
    pub fn is_negative(&self) -> bool {
        !self.is_zero() && !self.is_positive()
    }

    /// Whether it is a whole number.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(ratio) => ratio.is_integer(),
            Form::Big(big) => big.is_integer(),
        }
    }

    /// The whole number, where it is one that fits.
    pub fn to_integer(&self) -> Option<i128> {
        match &self.0 {
            Form::Small(ratio) if ratio.is_integer() => Some(*ratio.numer()),
            _ => None,
        }
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() {
            -self.clone()
        } else {
            self.clone()
        }
    }

    /// The quotient; `None` where the divisor is nought.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        (!divisor.is_zero()).then(|| self / divisor)
    }

    /// With `places` decimals, half away from zero.
    #[must_use]
    pub fn round(&self, places: u32) -> Self {
        if let Form::Small(ratio) = &self.0
            && let Some(scale) = 10_i128.checked_pow(places)
            && let Some(scaled) = ratio.checked_mul(&Ratio::from_integer(scale))
        {
            // The smaller half of a quotient of i128 cannot overflow when it is rounded.
            return &Self(Form::Small(round_small(&scaled))) / &Self::from_integer(scale);
        }
        Self::from_big(&number::round_half_up(&self.to_big(), places))
    }

    /// To the n-th power.
    #[must_use]
    pub fn pow(&self, exponent: u32) -> Self {
        let big = self.to_big();
        Self::from_big(&BigRational::new(
            big.numer().pow(exponent),
            big.denom().pow(exponent),
        ))
    }

    /// As files write it: a decimal without trailing zeros, else a fraction.
    pub fn to_text(&self) -> String {
        number::format_exact(&self.to_big())
    }

    /// Money as reports write it: rounded half-up to two decimals, both shown.
    pub fn to_money_text(&self) -> String {
        self.to_fixed_text(2)
    }

    /// Rounded half away from zero to `places` decimals, all of them shown.
    pub fn to_fixed_text(&self, places: u32) -> String {
        let scale = BigInt::from(10_u8).pow(places);
        let rounded = self.round(places).to_big();
        let units = (rounded.numer() * &scale) / rounded.denom();
        let sign = if units.is_negative() { "-" } else { "" };
        let digits = units.abs().to_string();
        let kept = places as usize;
        let padded = format!("{digits:0>width$}", width = kept + 1);
        let (whole, decimals) = padded.split_at(padded.len() - kept);
        if kept == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{decimals}")
        }
    }
}

fn round_small(value: &Ratio<i128>) -> Ratio<i128> {
    let (above, below) = (*value.numer(), *value.denom());
    let whole = above / below;
    let rest = (above % below).unsigned_abs();
    // Not `2 * rest`, which could overflow.
    let up = rest >= below.unsigned_abs() - rest;
    Ratio::from_integer(whole + if up { above.signum() } else { 0 })
}

impl Default for Exact {
    fn default() -> Self {
        Self::zero()
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a), Form::Small(b)) if a.denom() == b.denom() => a.numer().cmp(b.numer()),
            (Form::Small(a), Form::Small(b)) => a.cmp(b),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Exact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Form::Small(ratio) => {
                ratio.numer().hash(state);
                ratio.denom().hash(state);
            }
            Form::Big(big) => {
                big.numer().hash(state);
                big.denom().hash(state);
            }
        }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Neg for Exact {
    type Output = Self;

    fn neg(self) -> Self {
        match self.0 {
            Form::Small(ratio) => Self(Form::Small(-ratio)),
            Form::Big(big) => Self(Form::Big(Box::new(-*big))),
        }
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $checked:ident) => {
        impl std::ops::$trait for &Exact {
            type Output = Exact;

            fn $method(self, other: Self) -> Exact {
                if let (Form::Small(a), Form::Small(b)) = (&self.0, &other.0)
                    && let Some(result) = a.$checked(b)
                    && *result.numer() != i128::MIN
                {
                    return Exact(Form::Small(result));
                }
                Exact::from_big(&std::ops::$trait::$method(self.to_big(), other.to_big()))
            }
        }
    };
}

operator!(Add, add, checked_add);
operator!(Sub, sub, checked_sub);
operator!(Mul, mul, checked_mul);
operator!(Div, div, checked_div);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Exact {
        Exact::from_big(&number::parse_exact(text).unwrap())
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(exact("0.125").round(2), exact("0.13"));
        assert_eq!(exact("-0.125").round(2), exact("-0.13"));
        assert_eq!(exact("0.1249").round(2), exact("0.12"));
        assert_eq!(exact("2/3").round(2), exact("0.67"));
        assert_eq!(exact("123456.789").to_money_text(), "123456.79");
        assert_eq!(exact("-0.004").to_money_text(), "0.00");
        assert_eq!(exact("1/3").to_text(), "1/3");
    }

    #[test]
    fn what_does_not_fit_is_computed_without_bound() {
        let large = Exact::from_integer(i128::MAX);
        let square = &large * &large;
        assert_eq!(square.checked_div(&large), Some(large.clone()));
        assert!(square > large);
        assert_eq!(&square - &square, Exact::zero());
        assert_eq!(large.checked_div(&Exact::zero()), None);
    }

    fn any_exact() -> impl Strategy<Value = Exact> {
        (any::<i64>(), 1..=i64::MAX).prop_map(|(a, b)| {
            &Exact::from_integer(i128::from(a)) / &Exact::from_integer(i128::from(b))
        })
    }

    proptest! {
        #[test]
        fn the_quick_form_calculates_as_the_slow_one(a in any_exact(), b in any_exact()) {
            prop_assert_eq!((&a + &b).to_big(), a.to_big() + b.to_big());
            prop_assert_eq!((&a - &b).to_big(), a.to_big() - b.to_big());
            prop_assert_eq!((&a * &b).to_big(), a.to_big() * b.to_big());
            prop_assert_eq!(a.cmp(&b), a.to_big().cmp(&b.to_big()));
            for places in [0, 2, 6] {
                prop_assert_eq!(a.round(places).to_big(), number::round_half_up(&a.to_big(), places));
            }
        }
    }
}
