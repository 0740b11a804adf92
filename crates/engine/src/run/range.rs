//! What is known of the numbers of one batch: between which two they lie.
//!
//! The plan knows for all rows that will ever come how large a term can be ([`super::shape`]) and so that
//! nothing overflows 128 bits. A batch's own numbers are nearly always far smaller, and the smallest and
//! largest of each column say so; where they prove that a result fits 64 bits, it is computed in 64 bits.

use super::lanes;

/// All numbers of a batch lie between these two, those of rows that are not known as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// No number is smaller.
    pub low: i128,
    /// No number is larger.
    pub high: i128,
}

impl Range {
    /// One number.
    pub const fn of(value: i128) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// Between the numbers of these 64-bit values; a little wider, so that one cheap pass finds it.
    pub fn of_narrow(values: &[i64]) -> Self {
        let (bits, negative) = lanes::extent(values);
        // All bits that any of them has, and one more than the largest.
        let high = i128::from(u64::MAX >> (bits.leading_zeros().min(63)));
        let high = if bits == 0 { 0 } else { high };
        Self {
            low: if negative { -high - 1 } else { 0 },
            high,
        }
    }

    /// Between the numbers of these values.
    pub fn of_wide(values: &[i128]) -> Self {
        Self {
            low: values.iter().copied().min().unwrap_or(0),
            high: values.iter().copied().max().unwrap_or(0),
        }
    }

    /// Whether 64 bits hold all of them.
    pub fn is_narrow(self) -> bool {
        i64::try_from(self.low).is_ok() && i64::try_from(self.high).is_ok()
    }

    /// Whether nought may be among them.
    pub fn has_nought(self) -> bool {
        self.low <= 0 && self.high >= 0
    }

    /// Whether a negative number may be among them.
    pub fn has_negative(self) -> bool {
        self.low < 0
    }

    /// Of sums.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            high: self.high.saturating_add(other.high),
        }
    }

    /// Of differences.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_sub(other.high),
            high: self.high.saturating_sub(other.low),
        }
    }

    /// Of products.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let corners = [
            self.low.saturating_mul(other.low),
            self.low.saturating_mul(other.high),
            self.high.saturating_mul(other.low),
            self.high.saturating_mul(other.high),
        ];
        Self::of_wide(&corners)
    }

    /// Of the opposites.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            low: self.high.saturating_neg(),
            high: self.low.saturating_neg(),
        }
    }

    /// Of the numbers of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_lies_within(values in proptest::collection::vec(any::<i64>(), 1..50)) {
            let range = Range::of_narrow(&values);
            for value in &values {
                prop_assert!(range.low <= i128::from(*value) && i128::from(*value) <= range.high);
            }
        }

        #[test]
        fn results_lie_within(a in -9_i64..9, b in -9_i64..9, c in -9_i64..9, d in -9_i64..9) {
            let (x, y) = (Range::of_narrow(&[a, b]), Range::of_narrow(&[c, d]));
            let within = |range: Range, value: i64| {
                range.low <= i128::from(value) && i128::from(value) <= range.high
            };
            for (p, q) in [(a, c), (a, d), (b, c), (b, d)] {
                prop_assert!(within(x.plus(y), p + q));
                prop_assert!(within(x.minus(y), p - q));
                prop_assert!(within(x.times(y), p * q));
                prop_assert!(within(x.negated(), -p));
            }
        }
    }

    #[test]
    fn small_numbers_stay_small() {
        assert_eq!(Range::of_narrow(&[0, 0]), Range::of(0));
        assert_eq!(Range::of_narrow(&[5]), Range { low: 0, high: 7 });
        assert_eq!(Range::of_narrow(&[-8, 3]), Range { low: -8, high: 7 });
        assert_eq!(Range::of_narrow(&[i64::MIN]).low, i128::from(i64::MIN));
    }
}
