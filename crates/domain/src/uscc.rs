//! Unified social credit code of an organisation, with both of its check characters.

use std::fmt;
use std::str::FromStr;

/// A unified social credit code whose last character checks.
///
/// # Source
/// GB 32100-2015 (position 18) and GB 11714-1997 (position 17), read 2026-11-20.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(String);

/// Why a text is no unified social credit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters after trimming.
    #[error("has {0} characters, 18 are needed")]
    Length(usize),
    /// A character outside the code's alphabet.
    #[error("`{character}` at place {place} is not used in these codes")]
    Character {
        /// The character found.
        character: char,
        /// Its place, from 1.
        place: usize,
    },
    /// The check character does not fit the first seventeen.
    #[error("the check character is `{found}`, `{expected}` fits the rest")]
    Check {
        /// The last character.
        found: char,
        /// What the first seventeen ask for.
        expected: char,
    },
}

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const OUTER_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

impl Uscc {
    /// The code, 18 upper-case characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the organisation code inside (places 9 to 17) checks too. Codes in use exist where it
    /// does not, so this is a warning, never a refusal.
    ///
    /// # Source
    /// GB 11714-1997.
    pub fn inner_check_holds(&self) -> bool {
        let bytes = self.0.as_bytes();
        let sum: u32 = bytes[8..16]
            .iter()
            .zip(INNER_WEIGHTS)
            .map(|(byte, weight)| inner_value(*byte) * weight)
            .sum();
        let expected = match 11 - sum % 11 {
            10 => b'X',
            11 => b'0',
            digit => b'0' + u8::try_from(digit).expect("a remainder of eleven fits a byte"),
        };
        bytes[16] == expected
    }
}

fn inner_value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte - b'A') + 10,
    }
}

impl FromStr for Uscc {
    type Err = UsccError;

    /// Trims, folds full-width characters and lower case; corrects nothing.
    fn from_str(text: &str) -> Result<Self, UsccError> {
        let code: String = text.trim().chars().map(half_width_upper).collect();
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        let mut values = [0_u32; 18];
        for (place, character) in code.chars().enumerate() {
            let value = ALPHABET
                .iter()
                .position(|known| char::from(*known) == character);
            values[place] =
                value
                    .and_then(|value| u32::try_from(value).ok())
                    .ok_or(UsccError::Character {
                        character,
                        place: place + 1,
                    })?;
        }
        let sum: u32 = values
            .iter()
            .zip(OUTER_WEIGHTS)
            .map(|(value, weight)| value * weight)
            .sum();
        let expected = char::from(ALPHABET[((31 - sum % 31) % 31) as usize]);
        let found = code
            .chars()
            .last()
            .expect("eighteen characters have a last one");
        if found == expected {
            Ok(Self(code))
        } else {
            Err(UsccError::Check { found, expected })
        }
    }
}

fn half_width_upper(character: char) -> char {
    let folded = match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        other => other,
    };
    folded.to_ascii_uppercase()
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("91350100M000100Y43")]
    #[case("91410400MA00002420")]
    #[case("91410400MA0000015T")]
    #[case("91410400MA0000023M")]
    #[case("91410400MA0000031G")]
    #[case("91410400MA000004X8")]
    #[case(" ９1350100m000100y43 ")]
    fn a_valid_code_checks_outside(#[case] code: &str) {
        assert!(code.parse::<Uscc>().is_ok());
    }

    #[rstest]
    #[case("91350100M000100Y43", true)]
    #[case("91410400MA0000015T", true)]
    #[case("91310000MA1K000006", false)]
    fn the_inner_check_is_told_apart(#[case] code: &str, #[case] holds: bool) {
        assert_eq!(code.parse::<Uscc>().unwrap().inner_check_holds(), holds);
    }

    #[test]
    fn a_wrong_check_character_names_the_right_one() {
        assert_eq!(
            "91350100M000100Y44".parse::<Uscc>(),
            Err(UsccError::Check {
                found: '4',
                expected: '3'
            })
        );
    }

    #[test]
    fn letters_that_look_like_digits_are_not_corrected() {
        assert_eq!(
            "9135O100M000100Y43".parse::<Uscc>(),
            Err(UsccError::Character {
                character: 'O',
                place: 5
            })
        );
    }
}
