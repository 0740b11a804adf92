//! Reading the parts of a map: known keys, required ones, values of the simple kinds.

use chrono::NaiveDate;

use super::found::{Found, quoted, suggestion};
use super::yaml::{Key, Node, Style, Value};
use crate::diagnostic::Diagnostic;
use crate::number::parse_exact;
use crate::rulebook::Label;
use crate::source::Span;

/// A map whose keys have been looked at.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n> {
    entries: &'n [(Key, Node)],
    /// What the map is, for messages: `a clause`.
    what: &'static str,
    /// Where it begins.
    pub span: Span,
}

/// The entries of a map, each key once; `None` (and an error) for anything else.
pub(crate) fn entries<'n>(node: &'n Node, what: &str, found: &Found) -> Option<&'n [(Key, Node)]> {
    let Value::Map(entries) = &node.value else {
        found.push(
            Diagnostic::error(
                "form::map",
                node.span,
                format!("{what} is a map, this is {}", node.kind()),
            )
            .help("write `key: value` lines, or `{key: value, …}`"),
        );
        return None;
    };
    for (index, (key, _)) in entries.iter().enumerate() {
        if let Some((first, _)) = entries[..index].iter().find(|(k, _)| k.text == key.text) {
            found.push(
                Diagnostic::error(
                    "form::twice",
                    key.span,
                    format!("`{}` stands here twice", key.text),
                )
                .also(first.span, "first here")
                .help("keep one of the two"),
            );
        }
    }
    Some(entries)
}

impl<'n> Fields<'n> {
    /// The map of `node`; every key that is not in `known` is an error.
    pub fn read(
        node: &'n Node,
        what: &'static str,
        known: &[&[&str]],
        found: &Found,
    ) -> Option<Self> {
        let entries = entries(node, what, found)?;
        for (key, node) in entries {
            let is_known = known.iter().any(|keys| keys.contains(&key.text.as_str()));
            if !is_known {
                let all = || known.iter().flat_map(|keys| keys.iter().copied());
                // `{en: Started, planned}` is two keys to YAML, the second without a value.
                let help = if node.is_null() && node.span.start == node.span.end {
                    "a comma inside {…} ends a text: put a text with a comma between quotes"
                        .to_owned()
                } else {
                    suggestion(&key.text, all(), || {
                        format!("known here: {}", quoted(all()))
                    })
                };
                found.push(
                    Diagnostic::error(
                        "form::key",
                        key.span,
                        format!("{what} has no key `{}`", key.text),
                    )
                    .label("not known here")
                    .help(help),
                );
            }
        }
        Some(Self {
            entries,
            what,
            span: node.span,
        })
    }

    /// The value of a key; `None` where it is not there or nothing is written.
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// The key and the value of it.
    pub fn entry(&self, name: &str) -> Option<(&'n Key, &'n Node)> {
        self.entries
            .iter()
            .find(|(key, _)| key.text == name)
            .filter(|(_, node)| !node.is_null())
            .map(|(key, node)| (key, node))
    }

    /// The value of a key that must be there.
    pub fn require(&self, name: &str, found: &Found) -> Option<&'n Node> {
        let node = self.get(name);
        if node.is_none() {
            let start = self.entries.first().map_or(self.span, |(key, _)| key.span);
            found.push(
                Diagnostic::error(
                    "form::required",
                    start,
                    format!("{} needs `{name}`", self.what),
                )
                .label(format!("`{name}` is missing in here"))
                .help(format!("add `{name}:`")),
            );
        }
        node
    }
}

/// The items of a list; one that is not a list counts as a list of one.
pub(crate) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// A single text.
pub(crate) fn text<'n>(node: &'n Node, what: &str, found: &Found) -> Option<&'n str> {
    match node.scalar() {
        Some(scalar) if !node.is_null() => Some(&scalar.text),
        _ => {
            wrong(node, what, "a text", found);
            None
        }
    }
}

/// A name: letters, digits and `_` (and `-`), no digit first.
pub(crate) fn name<'n>(node: &'n Node, what: &str, found: &Found) -> Option<&'n str> {
    let text = text(node, what, found)?;
    if is_name(text) {
        return Some(text);
    }
    found.push(
        Diagnostic::error("form::name", node.span, format!("`{text}` is no {what}"))
            .help("use letters, digits and `_`, beginning with a letter"),
    );
    None
}

/// Whether expressions can read it as a name.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphabetic() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// A list of texts.
pub(crate) fn texts(node: &Node, what: &str, found: &Found) -> Vec<String> {
    items(node)
        .iter()
        .filter_map(|item| text(item, what, found).map(str::to_owned))
        .collect()
}

/// A day.
pub(crate) fn date(node: &Node, what: &str, found: &Found) -> Option<NaiveDate> {
    let text = text(node, what, found)?;
    let day = parse_day(text);
    if day.is_none() {
        found.push(
            Diagnostic::error("form::date", node.span, format!("`{text}` is no day"))
                .help("write it as 2024-12-31"),
        );
    }
    day
}

/// The day of a text in ISO form with four digits of year.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok()).flatten()
}

/// `true` or `false`.
pub(crate) fn boolean(node: &Node, what: &str, found: &Found) -> Option<bool> {
    let value = node.scalar().and_then(|scalar| match scalar.text.as_str() {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    });
    if value.is_none() {
        wrong(node, what, "`true` or `false`", found);
    }
    value
}

/// A whole number.
pub(crate) fn integer(node: &Node, what: &str, found: &Found) -> Option<i64> {
    let value = node
        .scalar()
        .and_then(|scalar| scalar.text.parse::<i64>().ok());
    if value.is_none() {
        wrong(node, what, "a whole number", found);
    }
    value
}

/// A whole number that is not negative.
pub(crate) fn count(node: &Node, what: &str, found: &Found) -> Option<u32> {
    let value = integer(node, what, found)?;
    let count = u32::try_from(value).ok();
    if count.is_none() {
        wrong(node, what, "a whole number from 0 on", found);
    }
    count
}

/// An exact number, a fraction too.
pub(crate) fn number(node: &Node, found: &Found) -> Option<num_rational::BigRational> {
    let text = text(node, "a number", found)?;
    match parse_exact(text) {
        Ok(value) => Some(value),
        Err(error) => {
            found.push(number_error(node.span, &error));
            None
        }
    }
}

/// The error of a text that is no number of a rule file.
pub(crate) fn number_error(span: Span, error: &crate::number::NumberError) -> Diagnostic {
    use crate::number::NumberError;
    let diagnostic = Diagnostic::error("form::number", span, error.to_string());
    match error {
        NumberError::NotANumber(_) => {
            diagnostic.help("write digits and a point, such as 1234.56, or a fraction such as 2/3")
        }
        NumberError::TooManyDecimals { .. } => {
            diagnostic.help("write at most 12 decimals, or the exact fraction")
        }
        NumberError::TooLong(_) => diagnostic.help("no amount has so many digits"),
    }
}

/// One of a few words.
pub(crate) fn choice<T: Copy>(
    node: &Node,
    what: &str,
    words: &[(&str, T)],
    found: &Found,
) -> Option<T> {
    let text = text(node, what, found)?;
    let value = words.iter().find(|(word, _)| *word == text);
    if value.is_none() {
        let known = || words.iter().map(|(word, _)| *word);
        found.push(
            Diagnostic::error("form::choice", node.span, format!("`{text}` is no {what}")).help(
                suggestion(text, known(), || format!("choose of {}", quoted(known()))),
            ),
        );
    }
    value.map(|(_, value)| *value)
}

/// Words in both languages: `{zh: …, en: …}`, or a text, which is Chinese where it has a Chinese
/// character.
pub(crate) fn label(node: &Node, found: &Found) -> Option<Label> {
    if let Some(scalar) = node.scalar().filter(|_| !node.is_null()) {
        return Some(plain_label(&scalar.text));
    }
    let fields = Fields::read(node, "a text in both languages", &[&["zh", "en"]], found)?;
    let words = |key| {
        fields
            .get(key)
            .and_then(|node| text(node, "a text", found))
            .map(str::to_owned)
    };
    let label = Label {
        zh: words("zh"),
        en: words("en"),
    };
    if label == Label::default() {
        found.push(
            Diagnostic::error("form::required", node.span, "a text needs `zh` or `en`")
                .help("write {zh: …, en: …}"),
        );
    }
    Some(label)
}

fn plain_label(text: &str) -> Label {
    let is_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let words = Some(text.to_owned());
    if is_chinese {
        Label {
            zh: words,
            en: None,
        }
    } else {
        Label {
            zh: None,
            en: words,
        }
    }
}

/// Says that something else is wanted there.
pub(crate) fn wrong(node: &Node, what: &str, wanted: &str, found: &Found) {
    let is = node.scalar().filter(|_| !node.is_null()).map_or_else(
        || node.kind().to_owned(),
        |scalar| {
            if scalar.style == Style::Quoted {
                format!("\"{}\"", scalar.text)
            } else {
                format!("`{}`", scalar.text)
            }
        },
    );
    found.push(
        Diagnostic::error(
            "form::value",
            node.span,
            format!("{what} is {wanted}, this is {is}"),
        )
        .help(format!("write {wanted}")),
    );
}
