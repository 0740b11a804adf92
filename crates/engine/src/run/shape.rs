//! What is known of a term before any row is seen: its form, its scale, how large it can be.
//!
//! Bounds decide the width of the arithmetic. A sum, product or cross-multiplied comparison whose bound
//! does not fit `i128` has no shape: the rule it stands in is judged row by row with numbers of any size,
//! so no result is ever rounded or wrapped.

use num_traits::ToPrimitive;

use crate::judge::Exact;

/// The largest number that `i64` holds, as a bound.
pub const NARROW: u128 = i64::MAX as u128;
/// The largest number that `i128` holds, as a bound.
pub const WIDE: u128 = i128::MAX as u128;

/// Whole numbers of at most `bound`, meaning `value / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// Decimals.
    pub scale: u32,
    /// No value is larger, without its sign.
    pub bound: u128,
}

/// The form of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A condition.
    Truth,
    /// A number.
    Number(Fixed),
    /// A quotient of two numbers.
    Quotient(Fixed, Fixed),
    /// A code or words.
    Text,
    /// Never known.
    Null,
}

/// `10^power`, where it fits.
pub fn ten(power: u32) -> Option<u128> {
    10_u128.checked_pow(power)
}

impl Fixed {
    /// A bound that fits, or nothing.
    pub fn new(scale: u32, bound: u128) -> Option<Self> {
        (bound <= WIDE && scale <= 36).then_some(Self { scale, bound })
    }

    /// Whether `i64` holds it.
    pub fn is_narrow(self) -> bool {
        self.bound <= NARROW
    }

    /// The same numbers with more decimals.
    pub fn at_scale(self, scale: u32) -> Option<Self> {
        let factor = ten(scale.checked_sub(self.scale)?)?;
        Self::new(scale, self.bound.checked_mul(factor)?)
    }

    /// Sum or difference, both at the larger scale.
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Self::new(scale, a.bound.checked_add(b.bound)?)
    }

    /// Product.
    pub fn times(self, other: Self) -> Option<Self> {
        Self::new(
            self.scale + other.scale,
            self.bound.checked_mul(other.bound)?,
        )
    }

    /// What holds the numbers of both.
    pub fn union(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale)?, other.at_scale(scale)?);
        Self::new(scale, a.bound.max(b.bound))
    }
}

/// Digits with what they are; of a quotient the divisor's, too.
pub type Constant = (i128, Fixed, Option<(i128, Fixed)>);

/// The digits and scale of a number that has an end as a decimal; else numerator and divisor.
pub fn constant(value: &Exact) -> Option<Constant> {
    let big = value.to_big();
    let below = big.denom().to_i128()?;
    for scale in 0..=24_u32 {
        let power = i128::try_from(ten(scale)?).ok()?;
        if power % below == 0 {
            let digits = big.numer().to_i128()?.checked_mul(power / below)?;
            let fixed = Fixed::new(scale, digits.unsigned_abs())?;
            return Some((digits, fixed, None));
        }
        if scale == 24 {
            break;
        }
    }
    let above = big.numer().to_i128()?;
    let above_fixed = Fixed::new(0, above.unsigned_abs())?;
    let below_fixed = Fixed::new(0, below.abs().unsigned_abs())?;
    Some((above, above_fixed, Some((below, below_fixed))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number;

    fn exact(text: &str) -> Exact {
        Exact::from_big(&number::parse_exact(text).unwrap())
    }

    #[test]
    fn constants_take_the_fewest_decimals() {
        assert_eq!(
            constant(&exact("0.05")),
            Some((5, Fixed { scale: 2, bound: 5 }, None))
        );
        assert_eq!(
            constant(&exact("3")),
            Some((3, Fixed { scale: 0, bound: 3 }, None))
        );
        let (above, _, below) = constant(&exact("2/3")).unwrap();
        assert_eq!((above, below.unwrap().0), (2, 3));
    }

    #[test]
    fn what_could_overflow_has_no_shape() {
        let money = Fixed {
            scale: 2,
            bound: 9_000_000_000_000_000,
        };
        let square = money.times(money).unwrap();
        assert!(!square.is_narrow());
        assert_eq!(square.times(money), None);
        assert!(money.plus(money).unwrap().is_narrow());
    }
}
