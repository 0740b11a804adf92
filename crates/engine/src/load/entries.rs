//! What the files define, found before it is read: ids, zones, overrides.

use std::collections::HashMap;

use super::fields::{self, Fields, is_name};
use super::files::zone_of;
use super::found::{Found, nearest, suggestion};
use super::yaml::{self, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// What an entry is; the word is its top key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Variable,
    Parameter,
    Policy,
    Scorecard,
    Light,
    Indicator,
    Recognition,
    Codes,
    Calendar,
}

/// Top keys of files that hold one thing, and of files that hold a map of things.
const SINGLE: [(&str, Kind); 4] = [
    ("policy", Kind::Policy),
    ("scorecard", Kind::Scorecard),
    ("light", Kind::Light),
    ("calendar", Kind::Calendar),
];
const MAPS: [(&str, Kind); 5] = [
    ("variables", Kind::Variable),
    ("parameters", Kind::Parameter),
    ("indicators", Kind::Indicator),
    ("recognitions", Kind::Recognition),
    ("codes", Kind::Codes),
];

impl Kind {
    /// The word for messages.
    fn word(self) -> &'static str {
        match self {
            Self::Variable => "variable",
            Self::Parameter => "parameter",
            Self::Policy => "policy",
            Self::Scorecard => "scorecard",
            Self::Light => "light",
            Self::Indicator => "indicator",
            Self::Recognition => "recognition",
            Self::Codes => "code list",
            Self::Calendar => "calendar",
        }
    }
}

/// A file as a tree.
pub(super) struct Parsed {
    pub path: String,
    pub zone: Option<String>,
    pub root: Node,
}

/// One thing that a file defines.
pub(super) struct Entry<'n> {
    pub kind: Kind,
    pub id: String,
    /// Where its id stands.
    pub span: Span,
    /// The map that describes it.
    pub node: &'n Node,
    pub zone: Option<&'n str>,
    pub path: &'n str,
}

/// All that holds for one zone.
#[derive(Default)]
pub(super) struct Entries<'n> {
    pub list: Vec<Entry<'n>>,
    /// National ids that a zone's rule of another id takes the place of.
    pub replaced: HashMap<String, String>,
    pub currency: Option<String>,
    /// Files of cases: path, zone, root.
    pub cases: Vec<&'n Parsed>,
}

impl Entries<'_> {
    /// The ids that files of cases name, in their names or in their cases.
    pub fn cases_named(&self) -> Vec<String> {
        let mut named = Vec::new();
        for file in &self.cases {
            named.extend(stem(&file.path).strip_suffix(".cases").map(str::to_owned));
            let cases = ["cases", "doubtful"]
                .into_iter()
                .filter_map(|key| child(&file.root, key))
                .flat_map(fields::items);
            for case in cases {
                named.extend(peek(case, "policy").map(str::to_owned));
            }
        }
        named
    }
}

/// The YAML files as trees.
pub(super) fn parse_all(sources: &Sources, found: &Found) -> Vec<Parsed> {
    sources
        .iter()
        .filter(|(_, file)| !file.path.to_lowercase().ends_with(".csv"))
        .filter_map(|(id, file)| {
            let mut mistakes = Vec::new();
            let root = yaml::parse(id, &file.text, &mut mistakes);
            found.extend(mistakes);
            Some(Parsed {
                path: file.path.clone(),
                zone: zone_of(&file.path).map(str::to_owned),
                root: root?,
            })
        })
        .collect()
}

/// What the national files and those of `zone` define.
pub(super) fn collect<'n>(files: &'n [Parsed], zone: Option<&str>, found: &Found) -> Entries<'n> {
    let mut all = Entries::default();
    let mut known: HashMap<(Kind, String), usize> = HashMap::new();
    // National rules come first, so that a zone's can take their place.
    let national = files.iter().filter(|file| file.zone.is_none());
    let local = files
        .iter()
        .filter(|file| file.zone.is_some() && file.zone.as_deref() == zone);
    for file in national.chain(local) {
        for entry in entries_of(file, &mut all, found) {
            add(entry, &mut all, &mut known, found);
        }
    }
    all
}

fn entries_of<'n>(file: &'n Parsed, all: &mut Entries<'n>, found: &Found) -> Vec<Entry<'n>> {
    let Value::Map(top) = &file.root.value else {
        return Vec::new();
    };
    let has = |word: &str| top.iter().any(|(key, _)| key.text == word);
    if has("cases") || has("doubtful") {
        all.cases.push(file);
        return Vec::new();
    }
    if let Some((word, kind)) = SINGLE.iter().find(|(word, _)| has(word)) {
        let node = top
            .iter()
            .find(|(key, _)| key.text == *word)
            .map(|(_, n)| n);
        return node
            .and_then(|id| single(file, *kind, id, found))
            .into_iter()
            .collect();
    }
    if has("currency") {
        currency(file, all, found);
        return Vec::new();
    }
    if MAPS.iter().all(|(word, _)| !has(word)) {
        misspelled(top, found);
        return Vec::new();
    }
    let mut out = Vec::new();
    for (key, node) in top {
        let Some((_, kind)) = MAPS.iter().find(|(word, _)| *word == key.text) else {
            found.push(
                Diagnostic::error(
                    "form::key",
                    key.span,
                    format!("a file of this kind has no key `{}`", key.text),
                )
                .help(suggestion(
                    &key.text,
                    MAPS.iter().map(|(word, _)| *word),
                    || "remove it, or put it below a name".to_owned(),
                )),
            );
            continue;
        };
        if node.is_null() {
            continue;
        }
        for (name, node) in fields::entries(node, "this", found).unwrap_or_default() {
            if !is_name(&name.text) {
                found.push(
                    Diagnostic::error(
                        "form::name",
                        name.span,
                        format!("`{}` is no name of a {}", name.text, kind.word()),
                    )
                    .help("use letters, digits and `_`, beginning with a letter"),
                );
                continue;
            }
            out.push(Entry {
                kind: *kind,
                id: name.text.clone(),
                span: name.span,
                node,
                zone: file.zone.as_deref(),
                path: &file.path,
            });
        }
    }
    out
}

/// A file whose top keys are nearly known ones was meant to be a rule file.
fn misspelled(top: &[(yaml::Key, Node)], found: &Found) {
    let words = || {
        SINGLE
            .iter()
            .chain(&MAPS)
            .map(|(word, _)| *word)
            .chain(["cases", "currency"])
    };
    for (key, _) in top {
        if let Some(near) = nearest(&key.text, words()) {
            found.push(
                Diagnostic::error(
                    "form::key",
                    key.span,
                    format!("no rule file begins with `{}`", key.text),
                )
                .help(format!("did you mean `{near}`?")),
            );
            return;
        }
    }
}

fn single<'n>(file: &'n Parsed, kind: Kind, node: &'n Node, found: &Found) -> Option<Entry<'n>> {
    let word = kind.word();
    if node.is_null() {
        found.push(
            Diagnostic::error(
                "form::required",
                node.span,
                format!("this {word} has no id"),
            )
            .help("write its id, which is the name of its file"),
        );
        return None;
    }
    let id = fields::name(node, &format!("id of a {word}"), found)?;
    let stem = stem(&file.path);
    if stem != id {
        found.push(
            Diagnostic::error(
                "id::file",
                node.span,
                format!("the {word} is called `{id}` and its file `{stem}`"),
            )
            .help(format!("call the file `{id}.yaml`, or the {word} `{stem}`")),
        );
    }
    Some(Entry {
        kind,
        id: id.to_owned(),
        span: node.span,
        node: &file.root,
        zone: file.zone.as_deref(),
        path: &file.path,
    })
}

/// The name of a file without folder and ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(name)
}

fn currency(file: &Parsed, all: &mut Entries<'_>, found: &Found) {
    const KEYS: &[&str] = &["currency", "name", "note"];
    let Some(map) = Fields::read(&file.root, "rulebook.yaml", &[KEYS], found) else {
        return;
    };
    let Some(node) = map.get("currency") else {
        return;
    };
    let code = fields::text(node, "`currency`", found);
    match code.and_then(domain::money::Currency::from_code) {
        Some(currency) => all.currency = Some(currency.code().to_owned()),
        None => found.push(
            Diagnostic::error("form::currency", node.span, "this is no currency")
                .help("write the three letters of ISO 4217, such as GBP"),
        ),
    }
}

/// The subject that a variable names, as it is written; variables are told apart by it.
fn subject_text(node: &Node) -> &str {
    peek(node, "subject").unwrap_or("enterprise")
}

/// The text of a key, without a word about it where there is none.
pub(super) fn peek<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    child(node, key)?
        .scalar()
        .map(|scalar| scalar.text.as_str())
}

/// The value of a key, without a word about it where there is none.
pub(super) fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .find(|(known, node)| known.text == key && !node.is_null())
            .map(|(_, node)| node),
        _ => None,
    }
}

fn identity(kind: Kind, id: &str, node: &Node) -> (Kind, String) {
    match kind {
        Kind::Variable => (kind, format!("{}/{id}", subject_text(node))),
        _ => (kind, id.to_owned()),
    }
}

fn add<'n>(
    entry: Entry<'n>,
    all: &mut Entries<'n>,
    known: &mut HashMap<(Kind, String), usize>,
    found: &Found,
) {
    let word = entry.kind.word();
    let key = identity(entry.kind, &entry.id, entry.node);
    let overrides = child(entry.node, "overrides").and_then(|node| {
        node.scalar()
            .map(|scalar| (scalar.text.as_str(), node.span))
    });
    if let Some((id, span)) = overrides {
        let target = identity(entry.kind, id, entry.node);
        let place = known
            .get(&target)
            .copied()
            .filter(|place| all.list[*place].zone.is_none());
        let Some(place) = place.filter(|_| entry.zone.is_some()) else {
            found.push(
                Diagnostic::error(
                    "zone::overrides",
                    span,
                    format!("there is no national {word} `{id}` to take the place of"),
                )
                .help(
                    "a rule below `zones/` may override a national one; else leave `overrides` out",
                ),
            );
            return;
        };
        if key != target {
            all.replaced.insert(id.to_owned(), entry.id.clone());
            known.remove(&target);
        }
        known.insert(key, place);
        all.list[place] = entry;
        return;
    }
    if let Some(place) = known.get(&key) {
        let first = &all.list[*place];
        let (code, help) = if first.zone.is_none() && entry.zone.is_some() {
            (
                "zone::overrides",
                format!("say `overrides: {}`, or give it another name", entry.id),
            )
        } else {
            ("id::twice", "give one of them another name".to_owned())
        };
        found.push(
            Diagnostic::error(
                code,
                entry.span,
                format!("the {word} `{}` is defined twice", entry.id),
            )
            .also(first.span, format!("`{}` is first defined here", first.id))
            .help(help),
        );
        return;
    }
    known.insert(key, all.list.len());
    all.list.push(entry);
}

/// A place in a file as a whole: its first byte.
pub(super) fn file_start(file: FileId) -> Span {
    Span::new(file, 0, 0)
}
