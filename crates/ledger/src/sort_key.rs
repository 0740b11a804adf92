//! One Chinese order for both databases: a key in pinyin that sorts by bytes, and the initials that
//! people search by.

use pinyin::{ToPinyin, ToPinyinMulti};
use unicode_normalization::UnicodeNormalization;

/// The key a name sorts by: syllables of its characters, each followed by the character itself so
/// that names which sound alike stand together and in a fixed order. A character with several
/// readings sorts under its most frequent one.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 3);
    for character in folded(name) {
        if let Some(syllable) = character.to_pinyin() {
            key.push_str(syllable.plain());
            key.push(' ');
            key.push(character);
            key.push(' ');
        } else {
            key.push(character);
        }
    }
    key
}

/// First letters of the syllables, with letters and digits as they stand. Characters with several
/// readings give several answers, with blanks between them; at most so many that a name stays short.
pub fn initials(name: &str) -> String {
    const READINGS_MAX: usize = 8;
    let mut readings = vec![String::new()];
    for character in folded(name) {
        let letters = letters(character);
        let fits = readings.len() * letters.len() <= READINGS_MAX;
        let letters = if fits { &letters[..] } else { &letters[..1] };
        readings = readings
            .iter()
            .flat_map(|reading| {
                letters
                    .iter()
                    .map(move |letter| format!("{reading}{letter}"))
            })
            .collect();
    }
    readings.join(" ")
}

/// The letters that the readings of a character begin with, the most frequent reading first; the
/// character itself, or nothing, where it has no reading.
fn letters(character: char) -> Vec<String> {
    let Some(syllable) = character.to_pinyin() else {
        let kept = character.is_alphanumeric().then(|| character.to_string());
        return vec![kept.unwrap_or_default()];
    };
    let mut letters: Vec<String> = Vec::new();
    let others = character.to_pinyin_multi().into_iter().flatten();
    for reading in std::iter::once(syllable).chain(others) {
        let letter: String = reading.plain().chars().take(1).collect();
        if !letters.contains(&letter) {
            letters.push(letter);
        }
    }
    letters
}

/// What a name or code is looked up by: full width folded, no blanks, lower case.
pub fn lookup_key(name: &str) -> String {
    folded(name).collect()
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    name.nfkc()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_they_sound() {
        let mut names = ["榆林高新", "白银高新", "随州高新", "平顶山高新", "ABB中国"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            ["ABB中国", "白银高新", "平顶山高新", "随州高新", "榆林高新"]
        );
    }

    #[test]
    fn initials_are_what_one_types() {
        let typed = initials("随州市曾都区 A1");
        assert!(
            typed.split(' ').any(|reading| reading == "szszdqa1"),
            "{typed}"
        );
        assert!(initials(&"曾都".repeat(50)).split(' ').count() <= 8);
    }

    #[test]
    fn full_width_brackets_and_blanks_make_no_other_name() {
        assert_eq!(lookup_key("随州（高新） Ａ厂"), lookup_key("随州(高新)A厂"));
    }
}
