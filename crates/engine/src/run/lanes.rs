//! The loops over the rows of a batch, compiled twice: for every processor of a kind, and for those whose
//! registers hold four numbers of 64 bits (AVX2), which is asked when the program runs. What is small
//! enough to be written into such a loop is compiled with it.

use multiversion::multiversion;

/// Rows of a word of bits.
const WORD: usize = 64;

/// So few of a word's rows are quicker looked at one by one than all of them together.
const FEW: u32 = 8;

/// A bit for each value.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn each<T: Copy, F: Fn(T) -> bool>(values: &[T], condition: F) -> Vec<u64> {
    let mut words = Vec::with_capacity(values.len().div_ceil(WORD));
    let (whole, rest) = values.as_chunks::<WORD>();
    for chunk in whole {
        let mut word = 0;
        for (at, value) in chunk.iter().enumerate() {
            word |= u64::from(condition(*value)) << at;
        }
        words.push(word);
    }
    if !rest.is_empty() {
        let bits = rest.iter().enumerate();
        words.push(bits.fold(0, |word, (at, value)| {
            word | u64::from(condition(*value)) << at
        }));
    }
    words
}

/// A bit for each pair of values, as far as both go.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn pairs<A: Copy, B: Copy, F: Fn(A, B) -> bool>(
    left: &[A],
    right: &[B],
    condition: F,
) -> Vec<u64> {
    let rows = left.len().min(right.len());
    let mut words = Vec::with_capacity(rows.div_ceil(WORD));
    let ((a, a_rest), (b, b_rest)) = (
        left[..rows].as_chunks::<WORD>(),
        right[..rows].as_chunks::<WORD>(),
    );
    for (a, b) in a.iter().zip(b) {
        let mut word = 0;
        for (at, (a, b)) in a.iter().zip(b).enumerate() {
            word |= u64::from(condition(*a, *b)) << at;
        }
        words.push(word);
    }
    if !a_rest.is_empty() {
        let bits = a_rest.iter().zip(b_rest).enumerate();
        words.push(bits.fold(0, |word, (at, (a, b))| {
            word | u64::from(condition(*a, *b)) << at
        }));
    }
    words
}

/// What `f` makes of each value.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn map<A: Copy, B, F: Fn(A) -> B>(values: &[A], f: F) -> Vec<B> {
    values.iter().map(|value| f(*value)).collect()
}

/// What `f` makes of the values whose bit is set; 0, or what it makes, of others.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn map_some<W, F>(values: &[i64], words: W, f: F) -> Vec<i64>
where
    W: Iterator<Item = u64>,
    F: Fn(i64) -> i64,
{
    let mut made = vec![0; values.len()];
    let chunks = made.chunks_mut(WORD).zip(values.chunks(WORD)).zip(words);
    for ((made, values), word) in chunks {
        if word.count_ones() < FEW {
            for at in ones(word) {
                // Bits past the last row mean nothing.
                if let (Some(made), Some(value)) = (made.get_mut(at), values.get(at)) {
                    *made = f(*value);
                }
            }
        } else {
            for (made, value) in made.iter_mut().zip(values) {
                *made = f(*value);
            }
        }
    }
    made
}

/// The places of the bits that are set.
#[inline]
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        at
    })
}

/// What `f` makes of each pair of values.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn zip<A: Copy, B: Copy, C, F: Fn(A, B) -> C>(left: &[A], right: &[B], f: F) -> Vec<C> {
    let pairs = left.iter().zip(right);
    pairs.map(|(left, right)| f(*left, *right)).collect()
}

/// All bits that any of the values has, a negative one's taken from its opposite less one; and whether any
/// is negative.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn extent(values: &[i64]) -> (u64, bool) {
    let (mut bits, mut signs) = (0, 0);
    for value in values {
        bits |= value ^ (value >> 63);
        signs |= value;
    }
    (bits.cast_unsigned(), signs < 0)
}

/// The sum of the numbers whose bit is set. No partial sum of 64 numbers may overflow 64 bits where `small`
/// says that none is beyond 2^56, so they are summed in 64 bits first.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn sum<W: Iterator<Item = u64>>(values: &[i64], mut words: W, small: bool) -> i128 {
    let mut total = 0_i128;
    let (whole, rest) = values.as_chunks::<WORD>();
    for (chunk, word) in whole.iter().zip(&mut words) {
        if !small || word.count_ones() < FEW {
            total += selected(chunk, word);
            continue;
        }
        let mut part = 0_i64;
        for (at, value) in chunk.iter().enumerate() {
            // All ones where the bit is set: no branch on what cannot be guessed.
            let mask = (word >> at & 1).cast_signed().wrapping_neg();
            part = part.wrapping_add(value & mask);
        }
        total += i128::from(part);
    }
    total + words.next().map_or(0, |word| selected(rest, word))
}

#[inline]
fn selected(values: &[i64], word: u64) -> i128 {
    // Bits past the last row mean nothing.
    let picked = ones(word).filter_map(|at| values.get(at));
    picked.map(|value| i128::from(*value)).sum()
}

/// Sets a bit of each row's mask where the row's own bit is set.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
pub fn mark<W: Iterator<Item = u64>>(masks: &mut [u64], words: W, bit: usize) {
    for (chunk, word) in masks.chunks_mut(WORD).zip(words) {
        for (at, mask) in chunk.iter_mut().enumerate() {
            *mask |= (word >> at & 1) << bit;
        }
    }
}
