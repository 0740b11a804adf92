//! What every reader of a kind of file is handed: the names, the list of mistakes, the texts.

use std::collections::{BTreeSet, HashMap};

use domain::SubjectKind;
use indexmap::IndexMap;

use super::fields;
use super::found::{Found, suggestion};
use super::names::Names;
use super::yaml::{Key, Node};
use crate::diagnostic::Diagnostic;
use crate::expression::Expr;
use crate::parse::{Place, Scope, Wanted};
use crate::source::{Sources, Span};

/// The names, the list of mistakes, the texts.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub names: &'a Names,
    pub found: &'a Found,
    pub sources: &'a Sources,
}

impl<'a> Reader<'a> {
    /// Where an expression of a rule about `subject` stands.
    pub fn scope<'s>(
        &self,
        subject: &'s SubjectKind,
        lets: &'s IndexMap<String, Expr>,
        place: Place,
    ) -> Scope<'s>
    where
        'a: 's,
    {
        Scope {
            names: self.names,
            found: self.found,
            sources: self.sources,
            subject,
            lets,
            place,
        }
    }

    /// The named sub-expressions of a file, in an order in which each uses only earlier ones.
    pub fn lets(&self, node: Option<&Node>, subject: &SubjectKind) -> IndexMap<String, Expr> {
        let entries = node
            .and_then(|node| fields::entries(node, "`let`", self.found))
            .unwrap_or_default();
        let mut read = IndexMap::new();
        for (key, node) in self.in_order(entries) {
            if !fields::is_name(&key.text) {
                self.found.push(
                    Diagnostic::error(
                        "form::name",
                        key.span,
                        format!("`{}` is no name of a sub-expression", key.text),
                    )
                    .help("use letters, digits and `_`, beginning with a letter"),
                );
                continue;
            }
            let expr = self
                .scope(subject, &read, Place::Elsewhere)
                .expression(node, Wanted::Any);
            if let Some(expr) = expr {
                read.insert(key.text.clone(), expr);
            }
        }
        read
    }

    /// The entries of `let` so that what one uses comes before it; a cycle is a mistake.
    fn in_order<'n>(&self, entries: &'n [(Key, Node)]) -> Vec<(&'n Key, &'n Node)> {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (key, _)) in entries.iter().enumerate() {
            places.entry(&key.text).or_default().push(at);
        }
        let used = |node: &'n Node| -> BTreeSet<usize> {
            let words = node.scalar().map_or("", |scalar| scalar.text.as_str());
            words
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\'' || c == '.'))
                .filter_map(|word| places.get(word))
                .flatten()
                .copied()
                .collect()
        };
        let mut needs: Vec<BTreeSet<usize>> = entries.iter().map(|(_, node)| used(node)).collect();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
        for (user, needed) in needs.iter().enumerate() {
            for at in needed {
                users[*at].push(user);
            }
        }
        let free = |needs: &[BTreeSet<usize>], at: &usize| needs[*at].is_empty();
        let mut ready: BTreeSet<usize> = (0..entries.len()).filter(|at| free(&needs, at)).collect();
        let mut ordered = Vec::with_capacity(entries.len());
        while let Some(at) = ready.pop_first() {
            for user in &users[at] {
                needs[*user].remove(&at);
                if free(&needs, user) {
                    ready.insert(*user);
                }
            }
            ordered.push((&entries[at].0, &entries[at].1));
        }
        let left: Vec<&Key> = (0..entries.len())
            .filter(|at| !free(&needs, at))
            .map(|at| &entries[at].0)
            .collect();
        if let Some(first) = left.first() {
            let names: Vec<&str> = left.iter().map(|key| key.text.as_str()).collect();
            self.found.push(
                Diagnostic::error(
                    "cycle::let",
                    first.span,
                    format!("these need each other: {}", names.join(", ")),
                )
                .help("write one of them out"),
            );
        }
        ordered
    }

    /// The id of a policy that must be there, as it is called now.
    pub fn policy(&self, id: &str, span: Span) -> Option<&'a str> {
        let current = self.names.current(id);
        let known = self.names.policies.get_key_value(current);
        if known.is_none() {
            self.found.push(
                Diagnostic::error("name::unknown", span, format!("there is no policy `{id}`"))
                    .help(suggestion(
                        id,
                        self.names.policies.keys().map(String::as_str),
                        || "write it in a file with `policy:`".to_owned(),
                    )),
            );
        }
        known.map(|(id, _)| id.as_str())
    }

    /// Says so where an id stands twice in a file.
    pub fn unique<'n>(&self, ids: impl Iterator<Item = (&'n str, Span)>, what: &str) {
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for (id, span) in ids {
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == id) {
                self.found.push(
                    Diagnostic::error(
                        "id::twice",
                        span,
                        format!("there are two {what}s `{id}` in this file"),
                    )
                    .also(*first, "the first is here")
                    .help("give one of them another id"),
                );
            } else {
                seen.push((id, span));
            }
        }
    }
}
