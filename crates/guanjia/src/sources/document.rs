//! The paragraph of a document that a quoted sentence stands in, with the sentence marked.

/// A paragraph in three parts: before the sentence, the sentence, after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What stands before it in the paragraph.
    pub before: String,
    /// The sentence as the document writes it.
    pub sentence: String,
    /// What stands after it.
    pub after: String,
    /// Which paragraph, from one.
    pub paragraph: usize,
}

impl Passage {
    /// Whether the paragraph holds a sentence that is no part of this one. Blanks do not count.
    pub fn holds_beside(&self, other: &str) -> bool {
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let paragraph = solid(&format!("{}{}{}", self.before, self.sentence, self.after));
        let other = solid(other);
        paragraph.contains(&other) && !solid(&self.sentence).contains(&other)
    }
}

/// The passage of a text that holds the quote; `None` where it is not found. Blanks do not count: a
/// page's own line breaks differ from those of the quote.
pub fn passage(text: &str, quote: &str) -> Option<Passage> {
    let wanted: Vec<char> = quote.chars().filter(|c| !c.is_whitespace()).collect();
    if wanted.is_empty() {
        return None;
    }
    let paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for (place, paragraph) in paragraphs.enumerate() {
        let solid: Vec<(usize, char)> = paragraph
            .char_indices()
            .filter(|(_, c)| !c.is_whitespace())
            .collect();
        let found = solid
            .windows(wanted.len())
            .find(|window| window.iter().map(|(_, c)| c).eq(wanted.iter()));
        if let Some(window) = found {
            let start = window[0].0;
            let (last, c) = window[window.len() - 1];
            let end = last + c.len_utf8();
            return Some(Passage {
                before: paragraph[..start].to_owned(),
                sentence: paragraph[start..end].to_owned(),
                after: paragraph[end..].to_owned(),
                paragraph: place + 1,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_is_found_in_its_paragraph() {
        let text = "标题\n\n今年共谋划 投资项目123个，计划总投资额506.2亿元。\n尾";
        let found = passage(text, "谋划投资项目123个").unwrap();
        assert_eq!(found.before, "今年共");
        assert_eq!(found.sentence, "谋划 投资项目123个");
        assert_eq!(found.after, "，计划总投资额506.2亿元。");
        assert_eq!(found.paragraph, 2);
    }

    #[test]
    fn a_paragraph_may_hold_what_others_said() {
        let found = passage("甲 投资1亿元，乙投资2亿元。", "甲投资1亿元").unwrap();
        assert!(found.holds_beside("乙投资 2亿元"));
        assert!(found.holds_beside("1亿元，乙"));
        assert!(!found.holds_beside("投资1亿元"));
        assert!(!found.holds_beside("丙投资3亿元"));
    }

    #[test]
    fn a_sentence_that_is_not_there_is_not_invented() {
        assert_eq!(passage("甲乙丙", "甲丙"), None);
        assert_eq!(passage("甲", ""), None);
    }
}
