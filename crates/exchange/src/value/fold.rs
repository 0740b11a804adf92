//! One spelling for texts that only look different: full-width digits, odd blanks, long dashes.

use std::borrow::Cow;

/// The text with full-width characters made half-width, every blank a plain one, none at the ends.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text.trim());
    }
    if !text.chars().any(|c| folded(c) != Some(c)) {
        return Cow::Borrowed(text.trim());
    }
    let folded: String = text.chars().filter_map(folded).collect();
    let trimmed = folded.trim();
    if trimmed.len() == folded.len() {
        Cow::Owned(folded)
    } else {
        Cow::Owned(trimmed.to_owned())
    }
}

/// The folded text without any blanks, for values and headers where blanks mean nothing.
pub fn compact(text: &str) -> String {
    fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// `None` for a character that is not seen.
fn folded(character: char) -> Option<char> {
    Some(match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' => return None,
        '−' | '‐' | '‑' => '-',
        '￥' => '¥',
        '〜' | '∼' => '~',
        other => other,
    })
}

/// The words as a reader sees them on one line: breaks inside Chinese text vanish, others are blanks.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for piece in text.split_whitespace() {
        let joins_tightly = line.chars().next_back().is_none_or(is_wide)
            || piece.chars().next().is_none_or(is_wide);
        if !joins_tightly {
            line.push(' ');
        }
        line.push_str(piece);
    }
    line
}

fn is_wide(character: char) -> bool {
    u32::from(character) >= 0x2e80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_and_odd_blanks_fold() {
        assert_eq!(fold("\u{3000}１２．５％\u{a0}"), "12.5%");
        assert_eq!(fold(" abc "), "abc");
        assert_eq!(compact("合 \u{3000}计"), "合计");
    }

    #[test]
    fn broken_lines_are_joined() {
        assert_eq!(one_line("项目\n名称"), "项目名称");
        assert_eq!(one_line("Project\nName "), "Project Name");
        assert_eq!(one_line("总投资\n（万元）"), "总投资（万元）");
    }
}
