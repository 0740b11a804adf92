//! The little of XML that office files need: attributes and text with entities.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart};

use super::ReadError;

/// A reader that neither trims text nor checks the names of end tags.
pub fn reader<R: std::io::BufRead>(source: R) -> Reader<R> {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.trim_text(false);
    config.check_end_names = false;
    config.check_comments = false;
    reader
}

/// Turns an error of the XML reader into a damaged file.
pub fn damaged(error: impl std::fmt::Display) -> ReadError {
    ReadError::Damaged(error.to_string())
}

/// The value of an attribute by its local name, with entities resolved.
pub fn attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    raw_attribute(element, name).map(|value| unescape(&value))
}

/// The value of an attribute as it stands in the file.
pub fn raw_attribute<'a>(
    element: &'a BytesStart<'_>,
    name: &[u8],
) -> Option<std::borrow::Cow<'a, [u8]>> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| attribute.value)
}

/// A whole number in an attribute.
pub fn number_attribute(element: &BytesStart<'_>, name: &[u8]) -> Option<u32> {
    std::str::from_utf8(&raw_attribute(element, name)?)
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Whether an attribute says yes.
pub fn flag_attribute(element: &BytesStart<'_>, name: &[u8]) -> bool {
    raw_attribute(element, name)
        .is_some_and(|value| matches!(value.as_ref(), b"1" | b"true" | b"on"))
}

/// Text without entities; an entity that XML does not know stays as it stands.
pub fn unescape(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match quick_xml::escape::unescape(&text) {
        Ok(plain) => plain.into_owned(),
        Err(_) => text.into_owned(),
    }
}

/// Adds what an entity in running text stands for.
pub fn push_reference(reference: &BytesRef<'_>, text: &mut String) {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        text.push(character);
        return;
    }
    let name = String::from_utf8_lossy(reference);
    text.push_str(resolve_predefined_entity(&name).unwrap_or_default());
}

/// Spreadsheets write control characters as `_x000D_`; this puts them back.
pub fn unescape_control(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest
            .get(at + 2..at + 6)
            .filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        if let Some(character) = code
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32)
        {
            plain.push(character);
            rest = &rest[at + 7..];
        } else {
            plain.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    plain.push_str(rest);
    *text = plain;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_come_back() {
        let mut text = "一_x000D_\n二_xyz_x0041_".to_owned();
        unescape_control(&mut text);
        assert_eq!(text, "一\r\n二_xyzA");
    }
}
