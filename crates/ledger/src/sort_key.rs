//! One Chinese order for both databases: a key in pinyin that sorts by bytes, and the initials that
//! people search by.

use std::borrow::Cow;

use pinyin::{ToPinyin, ToPinyinMulti};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// The key a name sorts by: syllables of its characters, each followed by the character itself so
/// that names which sound alike stand together and in a fixed order. A character with several
/// readings sorts under its most frequent one.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 3);
    for character in folded(name).chars() {
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
    for character in folded(name).chars() {
        let letters = letters(character);
        let fits = readings.len() * letters.chars().count() <= READINGS_MAX;
        let mut letters = letters.chars();
        let Some(first) = letters.next() else {
            continue;
        };
        let others: Vec<char> = letters.filter(|_| fits).collect();
        let mut more = Vec::new();
        for reading in &mut readings {
            let with = |letter: &char| format!("{reading}{letter}");
            more.extend(others.iter().map(with));
            reading.push(first);
        }
        readings.extend(more);
    }
    readings.join(" ")
}

/// The letters that the readings of a character begin with, the most frequent reading first; the
/// character itself, or nothing, where it has no reading.
fn letters(character: char) -> String {
    let Some(syllable) = character.to_pinyin() else {
        return character
            .is_alphanumeric()
            .then_some(character)
            .into_iter()
            .collect();
    };
    let mut letters = String::new();
    let others = character.to_pinyin_multi().into_iter().flatten();
    for reading in std::iter::once(syllable).chain(others) {
        let letter = reading.plain().chars().next();
        letters.extend(letter.filter(|letter| !letters.contains(*letter)));
    }
    letters
}

/// What a name or code is looked up by: full width folded, no blanks, lower case.
pub fn lookup_key(name: &str) -> String {
    folded(name)
}

fn folded(name: &str) -> String {
    // Most names are composed already, which is soon seen.
    let composed = match is_nfkc_quick(name.chars()) {
        IsNormalized::Yes => Cow::Borrowed(name),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(name.nfkc().collect()),
    };
    let kept = composed
        .chars()
        .filter(|character| !character.is_whitespace());
    kept.flat_map(char::to_lowercase).collect()
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
