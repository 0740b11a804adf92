//! Changes single attributes of a tag and leaves all else in it as it was written.

use std::ops::Range;

/// The tag with an attribute set: its value replaced, or the attribute added behind the name.
pub fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    if let Some(range) = value_range(tag, name) {
        return format!("{}{value}{}", &tag[..range.start], &tag[range.end..]);
    }
    let end = tag
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || *c == '/' || *c == '>')
        .map_or(tag.len(), |(at, _)| at);
    format!("{} {name}=\"{value}\"{}", &tag[..end], &tag[end..])
}

/// The value of an attribute as it stands.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    value_range(tag, name).map(|range| &tag[range])
}

/// Where the value of an attribute stands in a tag, quotes not included.
fn value_range(tag: &str, name: &str) -> Option<Range<usize>> {
    let mut at = tag.find(char::is_whitespace)?;
    loop {
        at += tag[at..].find(|c: char| !c.is_whitespace())?;
        let equals = at + tag[at..].find('=')?;
        let found = tag[at..equals].trim();
        let open = equals + 1 + tag[equals + 1..].find(['"', '\''])?;
        let quote = tag[open..].chars().next()?;
        let close = open + 1 + tag[open + 1..].find(quote)?;
        if found == name {
            return Some(open + 1..close);
        }
        at = close + 1;
    }
}

/// Text safe inside an element or an attribute.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(character),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_replaced_or_added() {
        assert_eq!(
            with_attribute(r#"<c r="A1" s="3" t='s'>"#, "s", "9"),
            r#"<c r="A1" s="9" t='s'>"#
        );
        assert_eq!(
            with_attribute(r#"<c r="A1"/>"#, "s", "9"),
            r#"<c s="9" r="A1"/>"#
        );
        assert_eq!(with_attribute("<c>", "s", "9"), r#"<c s="9">"#);
        assert_eq!(attribute(r#"<x:c r = "A1" s="3">"#, "r"), Some("A1"));
        assert_eq!(attribute(r#"<c customS="1">"#, "S"), None);
    }
}
