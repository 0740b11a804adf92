//! Tests: wrong rulebooks, each with the exact message it must give, in `mistakes/`.

use std::fs;
use std::path::Path;

use super::{RuleFiles, load_every_zone};
use crate::diagnostic::render;

/// A file of mistakes holds several rule files, each after a line `# file: PATH`.
fn rule_files(text: &str) -> RuleFiles {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("# file: ") {
            files.push((path.to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    RuleFiles::from_texts(files)
}

#[test]
fn every_mistake_gives_the_message_beside_it() {
    let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/mistakes"));
    let mut paths: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 25, "only {} mistakes", paths.len());
    let mut stale = Vec::new();
    for path in paths {
        let checked = load_every_zone(&rule_files(&fs::read_to_string(&path).unwrap()));
        assert!(!checked.diagnostics.is_empty(), "{}", path.display());
        let message = render(&checked.diagnostics);
        let beside = path.with_extension("txt");
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(&beside, &message).unwrap();
        }
        if fs::read_to_string(&beside).unwrap_or_default() != message {
            stale.push(format!("{}\n{message}", path.display()));
        }
    }
    assert!(
        stale.is_empty(),
        "other messages now:\n{}",
        stale.join("\n")
    );
}
