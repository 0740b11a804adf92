//! Where cases stand: of which zone they are, and beside which rule.

use super::Context;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::entries::{child, peek};
use crate::load::fields;
use crate::load::found::suggestion;
use crate::load::yaml::{self, Node};
use crate::source::FileId;

/// The zones that the cases of a file name, sorted, each once.
pub fn zones_of_cases(text: &str) -> Vec<String> {
    let Some(root) = yaml::parse(FileId(0), text, &mut Vec::new()) else {
        return Vec::new();
    };
    let cases = ["cases", "doubtful"]
        .into_iter()
        .filter_map(|key| child(&root, key))
        .flat_map(fields::items);
    let mut zones: Vec<String> = cases
        .filter_map(|case| peek(case, "zone").map(str::to_owned))
        .collect();
    zones.sort();
    zones.dedup();
    zones
}

impl Context<'_> {
    /// Says so where a zone has no local rules; its cases would be run by nobody. Elsewhere they are run
    /// by the national rules, which are all that hold there.
    pub(super) fn known_zone(&self, node: &Node) {
        let Some(zone) = fields::text(node, "`zone`", self.reader.found) else {
            return;
        };
        if self.zones.iter().any(|known| known == zone) {
            return;
        }
        let mut diagnostic = Diagnostic::error(
            "zone::unknown",
            node.span,
            format!("there are no local rules of `{zone}`"),
        )
        .help(suggestion(
            zone,
            self.zones.iter().map(String::as_str),
            || "local rules stand below `zones/NAME/`".to_owned(),
        ));
        if self.from_elsewhere {
            diagnostic.severity = Severity::Warning;
        }
        self.reader.found.push(diagnostic);
    }

    /// What a file of cases is about where its name is the id of several kinds of rules: the one whose
    /// file stands beside it.
    pub(super) fn beside(&self, id: &str) -> Option<&'static str> {
        if self.from_elsewhere {
            return None;
        }
        let names = self.reader.names;
        let policy = names.policies.get(id).map(|policy| policy.span);
        let card = names.scorecards.get(id).map(|card| card.span);
        let light = names.lights.get(id).map(|light| light.span);
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let here = folder(self.path);
        [("policy", policy), ("scorecard", card), ("light", light)]
            .into_iter()
            .find_map(|(kind, span)| {
                let file = self.reader.sources.file(span?.file)?;
                (folder(&file.path) == here).then_some(kind)
            })
    }
}
