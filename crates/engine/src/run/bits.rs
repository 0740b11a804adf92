//! Bits of rows: conditions packed 64 to a word, counted, summed over, turned into masks of clauses.

use datafusion::arrow::array::{Array, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};

/// Rows of a word.
const WORD: usize = 64;

/// The low bits of eight bytes, each 0 or 1, as one byte: the multiplication moves bit `k` of byte `k` to
/// the top byte, and no two meet.
fn byte_of(flags: u64) -> u64 {
    flags.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn word_of(flags: &[u8; WORD]) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |word, eight| {
        word << 8 | byte_of(u64::from_le_bytes(*eight))
    })
}

fn buffer(words: Vec<u64>, rows: usize) -> BooleanBuffer {
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// A bit for each value.
pub fn each<T: Copy>(values: &[T], condition: impl Fn(T) -> bool) -> BooleanBuffer {
    let mut words = Vec::with_capacity(values.len().div_ceil(WORD));
    let (whole, rest) = values.as_chunks::<WORD>();
    // Bytes first: comparing and storing goes through vector registers, packing bit by bit would not.
    for chunk in whole {
        let mut flags = [0_u8; WORD];
        for (flag, value) in flags.iter_mut().zip(chunk) {
            *flag = u8::from(condition(*value));
        }
        words.push(word_of(&flags));
    }
    if !rest.is_empty() {
        let mut flags = [0_u8; WORD];
        for (flag, value) in flags.iter_mut().zip(rest) {
            *flag = u8::from(condition(*value));
        }
        words.push(word_of(&flags));
    }
    buffer(words, values.len())
}

/// A bit for each pair of values; both have the same rows.
pub fn pairs<A: Copy, B: Copy>(
    left: &[A],
    right: &[B],
    condition: impl Fn(A, B) -> bool,
) -> BooleanBuffer {
    let rows = left.len().min(right.len());
    let mut words = Vec::with_capacity(rows.div_ceil(WORD));
    let ((a, a_rest), (b, b_rest)) = (left.as_chunks::<WORD>(), right.as_chunks::<WORD>());
    for (a, b) in a.iter().zip(b) {
        let mut flags = [0_u8; WORD];
        for ((flag, a), b) in flags.iter_mut().zip(a).zip(b) {
            *flag = u8::from(condition(*a, *b));
        }
        words.push(word_of(&flags));
    }
    if !a_rest.is_empty() {
        let mut flags = [0_u8; WORD];
        for ((flag, a), b) in flags.iter_mut().zip(a_rest).zip(b_rest) {
            *flag = u8::from(condition(*a, *b));
        }
        words.push(word_of(&flags));
    }
    buffer(words, rows)
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

/// The sum of the numbers whose bit is set. No partial sum of 64 numbers may overflow 64 bits where
/// `small` says that none is beyond 2^56, so they are summed in 64 bits first.
pub fn sum(values: &[i64], bits: &BooleanBuffer, small: bool) -> i128 {
    let mut total = 0_i128;
    let (whole, rest) = values.as_chunks::<WORD>();
    let mut words = words(bits);
    for (chunk, word) in whole.iter().zip(&mut words) {
        if word == 0 {
            continue;
        }
        if small {
            let mut part = 0_i64;
            for (at, value) in chunk.iter().enumerate() {
                // All ones where the bit is set: no branch on what cannot be guessed.
                let mask = (word >> at & 1).cast_signed().wrapping_neg();
                part = part.wrapping_add(value & mask);
            }
            total += i128::from(part);
        } else {
            total += selected(chunk, word);
        }
    }
    total + words.next().map_or(0, |word| selected(rest, word))
}

fn selected(values: &[i64], word: u64) -> i128 {
    let picked = values.iter().enumerate();
    picked
        .filter(|(at, _)| word >> at & 1 == 1)
        .map(|(_, value)| i128::from(*value))
        .sum()
}

/// Bit `k` of each row's mask is the row's bit of the clause whose number is `k`.
pub fn masks(clauses: &[(usize, BooleanBuffer)], rows: usize) -> Vec<u64> {
    let mut masks = vec![0_u64; rows];
    for (number, bits) in clauses {
        for (chunk, word) in masks.chunks_mut(WORD).zip(words(bits)) {
            if word == 0 {
                continue;
            }
            for (at, mask) in chunk.iter_mut().enumerate() {
                *mask |= (word >> at & 1) << number;
            }
        }
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
