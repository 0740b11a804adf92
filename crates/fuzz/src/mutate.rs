//! Bytes with something cut out, doubled or put in, the same for the same seed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// What is put in: signs of YAML, XML and expressions, limits of numbers and dates, other scripts.
const DICTIONARY: &str = include_str!("../words.dict");

/// The words of libFuzzer's dictionary: a quoted text a line, with `\\`, `\"` and `\xNN`.
pub fn words() -> Vec<Vec<u8>> {
    DICTIONARY
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"'))
        .map(unescaped)
        .collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("the dictionary is in order"));
            }
            other => bytes.extend(other),
        }
    }
    bytes
}

/// Mutations of one input.
pub struct Mutations {
    words: Vec<Vec<u8>>,
    rng: StdRng,
}

impl Mutations {
    /// Those of this number.
    pub fn new(seed: u64) -> Self {
        Self {
            words: words(),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// The input with one to three changes; a text stays one.
    pub fn of(&mut self, input: &[u8]) -> Vec<u8> {
        let mut changed = input.to_vec();
        for _ in 0..self.rng.random_range(1..=3) {
            self.change(&mut changed);
        }
        changed
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.place(bytes);
        let end = floor(bytes, bytes.len().min(at + self.rng.random_range(0..12)));
        match self.rng.random_range(0..5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let copied = bytes[at..end].to_vec();
                let to = self.place(bytes);
                bytes.splice(to..to, copied);
            }
            2 if std::str::from_utf8(bytes).is_err() => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            2 | 3 => {
                let word = self.word();
                bytes.splice(at..end, word);
            }
            _ => {
                let word = self.word();
                bytes.splice(at..at, word);
            }
        }
    }

    /// A place at which a text may be cut.
    fn place(&mut self, bytes: &[u8]) -> usize {
        floor(bytes, self.rng.random_range(0..=bytes.len()))
    }

    fn word(&mut self) -> Vec<u8> {
        self.words
            .choose(&mut self.rng)
            .cloned()
            .unwrap_or_default()
    }
}

/// The last place up to `at` at which a text may be cut.
fn floor(bytes: &[u8], at: usize) -> usize {
    std::str::from_utf8(bytes).map_or(at, |text| text.floor_char_boundary(at))
}
