//! Bits of rows: conditions packed 64 to a word, counted, summed over, turned into masks of clauses.

use datafusion::arrow::array::{Array, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};

use super::lanes;

fn buffer(words: Vec<u64>, rows: usize) -> BooleanBuffer {
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// A bit for each value.
pub fn each<T: Copy>(values: &[T], condition: impl Fn(T) -> bool) -> BooleanBuffer {
    buffer(lanes::each(values, condition), values.len())
}

/// A bit for each pair of values; both have the same rows.
pub fn pairs<A: Copy, B: Copy>(
    left: &[A],
    right: &[B],
    condition: impl Fn(A, B) -> bool,
) -> BooleanBuffer {
    let rows = left.len().min(right.len());
    buffer(lanes::pairs(left, right, condition), rows)
}

/// The words of bits, the first row first; bits past the last row mean nothing.
pub fn words(bits: &BooleanBuffer) -> impl Iterator<Item = u64> {
    let chunks = bits.bit_chunks();
    let rest = chunks.remainder_bits();
    chunks
        .iter()
        .chain((chunks.remainder_len() > 0).then_some(rest))
}

/// The bits that are known.
pub fn known(bits: &BooleanBuffer, nulls: Option<&NullBuffer>) -> BooleanBuffer {
    match nulls {
        Some(nulls) => bits & nulls.inner(),
        None => bits.clone(),
    }
}

/// The rows where a condition is true.
pub fn true_bits(condition: &BooleanArray) -> BooleanBuffer {
    match condition.nulls() {
        Some(nulls) => condition.values() & nulls.inner(),
        None => condition.values().clone(),
    }
}

/// The rows where a condition is false.
pub fn false_bits(condition: &BooleanArray) -> BooleanBuffer {
    match condition.nulls() {
        Some(nulls) => &!condition.values() & nulls.inner(),
        None => !condition.values(),
    }
}

/// The bits of either.
pub fn either(a: Option<BooleanBuffer>, b: Option<BooleanBuffer>) -> Option<BooleanBuffer> {
    match (a, b) {
        (Some(a), Some(b)) => Some(&a | &b),
        (a, b) => a.or(b),
    }
}

/// The sum of the numbers whose bit is set; `small` says that none is beyond 2^56.
pub fn sum(values: &[i64], bits: &BooleanBuffer, small: bool) -> i128 {
    lanes::sum(values, words(bits), small)
}

/// Bit `k` of each row's mask is the row's bit of the clause whose number is `k`.
pub fn masks(clauses: &[(usize, BooleanBuffer)], rows: usize) -> Vec<u64> {
    let mut masks = vec![0_u64; rows];
    for (number, bits) in clauses {
        lanes::mark(&mut masks, words(bits), *number);
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_say_what_the_condition_says(values in proptest::collection::vec(any::<i64>(), 0..300)) {
            let found = each(&values, |value| value > 5);
            let wanted: BooleanBuffer = values.iter().map(|value| *value > 5).collect();
            prop_assert_eq!(&found, &wanted);
            let reversed: Vec<i64> = values.iter().rev().copied().collect();
            let found = pairs(&values, &reversed, |a, b| a <= b);
            let wanted: BooleanBuffer = values.iter().zip(&reversed).map(|(a, b)| a <= b).collect();
            prop_assert_eq!(&found, &wanted);
        }

        #[test]
        fn sums_take_what_is_set(rows in proptest::collection::vec((-1_i64 << 55..1 << 55, any::<bool>()), 0..300)) {
            let (values, set): (Vec<i64>, Vec<bool>) = rows.into_iter().unzip();
            let bits = BooleanBuffer::from(set.clone());
            let wanted: i128 = values.iter().zip(&set).filter(|(_, s)| **s).map(|(v, _)| i128::from(*v)).sum();
            prop_assert_eq!(sum(&values, &bits, true), wanted);
            prop_assert_eq!(sum(&values, &bits, false), wanted);
        }

        #[test]
        fn masks_hold_every_clause(set in proptest::collection::vec(any::<(bool, bool)>(), 0..300)) {
            let first: BooleanBuffer = set.iter().map(|row| row.0).collect();
            let second: BooleanBuffer = set.iter().map(|row| row.1).collect();
            let found = masks(&[(0, first), (3, second)], set.len());
            let wanted: Vec<u64> = set.iter().map(|row| u64::from(row.0) | u64::from(row.1) << 3).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
