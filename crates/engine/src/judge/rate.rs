//! Yearly rates of growth over several years, compared without taking a root.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::exact::Exact;

/// Decimals of a rate that is calculated with, not compared: as many as a number in a file may have.
pub const PLACES_IN_CALCULATIONS: u32 = 12;

/// How `quotient ^ (1 / periods) - 1` compares with a number. Both sides are raised to the `periods`-th
/// power, which keeps their order because neither is negative then.
pub fn compare_with_number(quotient: &Exact, periods: u32, number: &Exact) -> Ordering {
    let factor = number + &Exact::one();
    if factor.is_negative() {
        return Ordering::Greater;
    }
    quotient.cmp(&factor.pow(periods))
}

/// How two rates compare: `q ^ (1/n)` with `r ^ (1/m)` as `q ^ m` with `r ^ n`.
pub fn compare(left: (&Exact, u32), right: (&Exact, u32)) -> Ordering {
    left.0.pow(right.1).cmp(&right.0.pow(left.1))
}

/// The rate rounded half-up to `places` decimals.
pub fn rounded(quotient: &Exact, periods: u32, places: u32) -> Exact {
    difference_rounded(quotient, periods, &Exact::zero(), places)
}

/// The rate less a number, rounded half-up to `places` decimals, once.
pub fn difference_rounded(quotient: &Exact, periods: u32, number: &Exact, places: u32) -> Exact {
    // The nearest candidate by an integer root, then its place is settled by exact comparisons.
    let digits = 30;
    let scale = BigInt::from(10_u8).pow(digits);
    let big = quotient.to_big();
    let radicand = big.numer() * scale.pow(periods) / big.denom();
    let root = BigRational::new(radicand.nth_root(periods), scale);
    let candidate = &(&Exact::from_big(&root) - &Exact::one()) - number;
    let unit = &Exact::one() / &Exact::from_integer(10).pow(places);
    let half = &unit / &Exact::from_integer(2);
    let below = candidate.round(places);
    let above = &below + &unit;
    // The root was cut, so the true value may lie a little higher: past the middle to the next step.
    let middle = &(&below + &half) + number;
    let past = match compare_with_number(quotient, periods, &middle) {
        Ordering::Greater => true,
        Ordering::Equal => !(&below + &half).is_negative(),
        Ordering::Less => false,
    };
    if past { above } else { below }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::from_big(&crate::number::parse_exact(text).unwrap())
    }

    #[test]
    fn a_rate_is_compared_exactly_at_the_boundary() {
        // 121 / 100 over two years is 10% exactly.
        let quotient = exact("1.21");
        assert_eq!(
            compare_with_number(&quotient, 2, &exact("0.1")),
            Ordering::Equal
        );
        assert_eq!(
            compare_with_number(&exact("1.2099999999"), 2, &exact("0.1")),
            Ordering::Less
        );
        assert_eq!(
            compare_with_number(&quotient, 2, &exact("-3")),
            Ordering::Greater
        );
    }

    #[test]
    fn rates_over_different_spans_are_compared() {
        assert_eq!(
            compare((&exact("1.21"), 2), (&exact("1.331"), 3)),
            Ordering::Equal
        );
        assert_eq!(
            compare((&exact("1.22"), 2), (&exact("1.331"), 3)),
            Ordering::Greater
        );
    }

    #[test]
    fn roots_are_rounded_once() {
        assert_eq!(rounded(&exact("1.21"), 2, 6), exact("0.1"));
        assert_eq!(rounded(&exact("2"), 2, 6), exact("0.414214"));
        assert_eq!(rounded(&exact("0.5"), 2, 6), exact("-0.292893"));
        assert_eq!(
            difference_rounded(&exact("1.1"), 3, &exact("0.05"), 6),
            exact("-0.01772")
        );
        assert_eq!(rounded(&exact("0"), 3, 6), exact("-1"));
    }
}
