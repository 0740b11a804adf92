//! YAML text to a tree in which every key and value knows its place.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub span: Span,
    pub value: Value,
}

/// What stands there.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key with its place.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub text: String,
    pub span: Span,
}

/// A text as YAML means it.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub text: String,
    pub style: Style,
}

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
    Block,
}

impl Node {
    /// The text; `None` for lists and maps.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether nothing is written: empty, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| {
            scalar.style == Style::Plain
                && matches!(scalar.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
        })
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(_) if self.is_null() => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Its nodes, a long text counted for several.
    fn count(&self) -> usize {
        const NODE_BYTES: usize = 100;
        1 + match &self.value {
            Value::Scalar(scalar) => scalar.text.len() / NODE_BYTES,
            Value::List(items) => items.iter().map(Node::count).sum(),
            Value::Map(entries) => entries.iter().map(|(_, node)| node.count()).sum(),
        }
    }
}

/// Levels of nesting that a rule file may have; ours have six.
const DEPTH_MAX: usize = 48;
/// Nodes that aliases may add, so that a file of a few lines cannot fill the memory.
const ALIASED_NODES_MAX: usize = 200_000;

/// The tree of a file; `None` where the text is no YAML or is empty.
pub(crate) fn parse(file: FileId, text: &str, found: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    let mut tree = Tree {
        file,
        length: text.len(),
        stack: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        aliased: 0,
        found,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(0..0);
                if !tree.take(event, range.start, range.end, text) {
                    return None;
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                tree.found.push(
                    Diagnostic::error(
                        "yaml::syntax",
                        Span::new(file, at, at),
                        format!("this is no YAML: {}", error.kind()),
                    )
                    .help("check the indentation, the quotes and the brackets around here"),
                );
                return None;
            }
        }
    }
    tree.root
}

struct Tree<'f> {
    file: FileId,
    length: usize,
    stack: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    found: &'f mut Vec<Diagnostic>,
}

/// A list or map that is still open.
struct Open {
    start: usize,
    anchor: usize,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
    is_map: bool,
}

impl Tree<'_> {
    /// Whether to go on.
    fn take(&mut self, event: Event<'_>, start: usize, end: usize, text: &str) -> bool {
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let node = self.scalar(value, style, start, end, text);
                self.anchored(anchor, &node);
                self.add(node)
            }
            Event::SequenceStart(_, anchor, _) => self.open(start, anchor, false),
            Event::MappingStart(_, anchor, _) => self.open(start, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            Event::Alias(id) => self.alias(id, start, end),
            Event::DocumentStart(..) if self.root.is_some() => {
                self.found.push(
                    Diagnostic::error(
                        "yaml::documents",
                        Span::new(self.file, start, end),
                        "a rule file holds one document",
                    )
                    .help("put what follows `---` into a file of its own"),
                );
                false
            }
            _ => true,
        }
    }

    fn scalar(
        &self,
        value: Cow<'_, str>,
        style: ScalarStyle,
        start: usize,
        end: usize,
        text: &str,
    ) -> Node {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        // A plain or block scalar may be said to reach over the white space that follows it.
        let end = text
            .get(start..end)
            .map_or(end, |slice| start + slice.trim_end().len());
        Node {
            span: Span::new(self.file, start, end.max(start)),
            value: Value::Scalar(Scalar {
                text: value.into_owned(),
                style,
            }),
        }
    }

    fn open(&mut self, start: usize, anchor: usize, is_map: bool) -> bool {
        self.stack.push(Open {
            start,
            anchor,
            items: Vec::new(),
            entries: Vec::new(),
            key: None,
            is_map,
        });
        true
    }

    fn close(&mut self, end: usize) -> bool {
        let Some(open) = self.stack.pop() else {
            return false;
        };
        // A block ends where its last part does, not at the start of what follows.
        let last = if open.is_map {
            open.entries.last().map(|(_, node)| node.span.end as usize)
        } else {
            open.items.last().map(|node| node.span.end as usize)
        };
        let end = last.map_or(end, |last| {
            if end > last && end <= self.length && end - last <= 2 {
                end
            } else {
                last
            }
        });
        let node = Node {
            span: Span::new(self.file, open.start, end),
            value: if open.is_map {
                Value::Map(merged(open.entries))
            } else {
                Value::List(open.items)
            },
        };
        self.anchored(open.anchor, &node);
        self.add(node)
    }

    fn anchored(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    fn alias(&mut self, id: usize, start: usize, end: usize) -> bool {
        let span = Span::new(self.file, start, end);
        let Some(node) = self.anchors.get(&id).cloned() else {
            self.found.push(
                Diagnostic::error(
                    "yaml::alias",
                    span,
                    "this alias stands inside its own anchor",
                )
                .help("write the value out"),
            );
            return false;
        };
        self.aliased += node.count();
        if self.aliased > ALIASED_NODES_MAX {
            self.found.push(
                Diagnostic::error("yaml::alias", span, "aliases make this file too large")
                    .help("write the values out"),
            );
            return false;
        }
        self.add(node)
    }

    fn add(&mut self, node: Node) -> bool {
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return true;
        };
        if !open.is_map {
            open.items.push(node);
            return true;
        }
        if let Some(key) = open.key.take() {
            open.entries.push((key, node));
            return true;
        }
        let span = node.span;
        if let Value::Scalar(scalar) = node.value {
            open.key = Some(Key {
                text: scalar.text,
                span,
            });
            return true;
        }
        self.found.push(
            Diagnostic::error("yaml::key", span, "a key is a single word, this is not")
                .help("quote the value if it begins with `{` or `[`"),
        );
        false
    }
}

/// Entries with those of `<<` added, where they are not there themselves.
fn merged(entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    if entries.iter().all(|(key, _)| key.text != "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key.text == "<<");
    for (_, node) in merges {
        let maps = match node.value {
            Value::List(items) => items,
            _ => vec![node],
        };
        for map in maps {
            if let Value::Map(further) = map.value {
                for (key, node) in further {
                    if own.iter().all(|(known, _)| known.text != key.text) {
                        own.push((key, node));
                    }
                }
            }
        }
    }
    own
}

/// For each byte of a scalar's text the byte of the file it comes from, and one past the end.
///
/// Folding, quotes and escapes make the two differ; the two texts are read side by side, and where they
/// cannot be matched (an escape such as `\u4e00`) the place is the nearest before it.
pub(crate) fn places(node: &Node, file_text: &str) -> Vec<u32> {
    let Some(scalar) = node.scalar() else {
        return vec![node.span.start];
    };
    let mut at = node.span.start as usize;
    let end = (node.span.end as usize).min(file_text.len());
    let header = file_text.get(at..end).unwrap_or("");
    if scalar.style == Style::Block && header.starts_with(['|', '>']) {
        at += header.find('\n').map_or(header.len(), |line| line + 1);
    } else if scalar.style == Style::Quoted && header.starts_with(['"', '\'']) {
        at += 1;
    }
    let bytes = file_text.as_bytes();
    let mut out = Vec::with_capacity(scalar.text.len() + 1);
    for (offset, character) in scalar.text.char_indices() {
        debug_assert_eq!(offset, out.len(), "one place for each byte");
        at = align(file_text, bytes, at, end, character);
        for within in 0..character.len_utf8() {
            out.push(u32::try_from((at + within).min(end)).unwrap_or(u32::MAX));
        }
        if starts_with(file_text, at, character) {
            at += character.len_utf8();
        } else if character.is_whitespace() {
            while at < end && bytes[at].is_ascii_whitespace() {
                at += 1;
            }
        }
    }
    out.push(u32::try_from(at.min(end)).unwrap_or(u32::MAX));
    out
}

fn starts_with(text: &str, at: usize, character: char) -> bool {
    text.get(at..)
        .is_some_and(|rest| rest.starts_with(character))
}

/// Where from `at` on the next character of the value stands.
fn align(text: &str, bytes: &[u8], at: usize, end: usize, character: char) -> usize {
    if starts_with(text, at, character) || character.is_whitespace() {
        return at;
    }
    let mut next = at;
    while next < end && (bytes[next].is_ascii_whitespace() || matches!(bytes[next], b'\\' | b'\''))
    {
        next += 1;
    }
    if starts_with(text, next, character) {
        next
    } else {
        at
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use proptest::prelude::*;

    fn tree(text: &str) -> Node {
        let mut found = Vec::new();
        let node = parse(FileId(0), text, &mut found);
        assert!(found.is_empty(), "{found:?}");
        node.unwrap()
    }

    fn value_of(text: &str) -> Node {
        match tree(text).value {
            Value::Map(mut entries) => entries.remove(0).1,
            other => panic!("{other:?}"),
        }
    }

    fn place_of(text: &str, word: &str) -> usize {
        let node = value_of(text);
        let at = node.scalar().unwrap().text.find(word).unwrap();
        places(&node, text)[at] as usize
    }

    #[test]
    fn keys_and_values_know_their_places() {
        let text = "a: {b: 1}\n";
        let Value::Map(entries) = tree(text).value else {
            panic!()
        };
        assert_eq!(entries[0].0.span, Span::new(FileId(0), 0, 1));
        assert_eq!(entries[0].1.span, Span::new(FileId(0), 3, 9));
    }

    #[test]
    fn places_follow_folding_quotes_and_several_lines() {
        for text in [
            "k: alpha + beta\n",
            "k: \"alpha + beta\"\n",
            "k: 'it''s + beta'\n",
            "k: >-\n  alpha +\n  beta\n",
            "k: >-\n  营业收入 +\n\n  beta\n",
            "k: |\n  alpha\n  beta\n",
            "k: alpha\n  and\n  beta\n",
            "k: \"a \\\"q\\\" \\\n  beta\"\n",
        ] {
            assert_eq!(place_of(text, "beta"), text.find("beta").unwrap(), "{text}");
        }
    }

    #[test]
    fn a_second_document_is_refused() {
        let mut found = Vec::new();
        assert!(parse(FileId(0), "a: 1\n---\nb: 2\n", &mut found).is_none());
        assert_eq!(found[0].code, "yaml::documents");
    }

    #[test]
    fn aliases_are_read_and_bounded() {
        let node = tree("a: &x {k: 1}\nb: {<<: *x, m: 2}\n");
        let Value::Map(entries) = node.value else {
            panic!()
        };
        let Value::Map(second) = &entries[1].1.value else {
            panic!()
        };
        assert_eq!(second.len(), 2);
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..9 {
            let m = n - 1;
            writeln!(
                bomb,
                "a{n}: &a{n} [*a{m}, *a{m}, *a{m}, *a{m}, *a{m}, *a{m}, *a{m}]"
            )
            .unwrap();
        }
        let long = format!(
            "a: &a {}\nb: [{}]\n",
            "x".repeat(90_000),
            "*a, ".repeat(300)
        );
        for text in [bomb, long] {
            let mut found = Vec::new();
            assert!(parse(FileId(0), &text, &mut found).is_none());
            assert_eq!(found[0].code, "yaml::alias");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,200}") {
            let mut found = Vec::new();
            if let Some(node) = parse(FileId(0), &text, &mut found) {
                places(&node, &text);
            }
        }
    }
}
