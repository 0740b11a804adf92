//! Rule files and cases: read, checked, what is wrong with them written down, and run where nothing is.

use std::sync::LazyLock;

use engine::cases::Runner;
use engine::{RuleFiles, load_every_zone, render};

use crate::{Seed, files_below, place, read};

/// Several rule files in one text: each stands after such a line with its path, as in `engine/mistakes`.
const FILE: &str = "# file: ";

/// Files longer than this are no seeds.
const SEED_BYTES_MAX: usize = 12_000;

/// Reads rule files, one or several in one text.
pub fn files(data: &[u8]) {
    judge_all(split(&String::from_utf8_lossy(data)));
}

/// Reads cases of a small rulebook that is in order.
pub fn cases(data: &[u8]) {
    static RULES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let mut files = texts("crates/engine/tests/foreign/uk");
        files.retain(|(name, _)| !name.ends_with(".cases.yaml"));
        files
    });
    let mut files = RULES.clone();
    files.push((
        "fuzzed.cases.yaml".to_owned(),
        String::from_utf8_lossy(data).into_owned(),
    ));
    judge_all(files);
}

/// Loads the rulebook and every zone's, and runs their cases; whether the national one loads.
pub fn judge_all(files: Vec<(String, String)>) -> bool {
    let checked = load_every_zone(&RuleFiles::from_texts(files));
    let said = render(&checked.diagnostics);
    assert!(
        checked.national.is_some() || !said.is_empty(),
        "a refusal says why"
    );
    for rulebook in checked.national.iter().chain(checked.zones.values()) {
        let mut runner = Runner::new(rulebook);
        runner.run_all();
        runner.coverage().unseen(rulebook);
    }
    checked.national.is_some()
}

fn split(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("fuzzed.yaml".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix(FILE) {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    files
}

/// The YAML files of a folder of the project with their names.
pub fn texts(folder: &str) -> Vec<(String, String)> {
    files_below(&place(folder), ".yaml")
        .into_iter()
        .map(|path| {
            let seed = read(&path);
            (seed.name, String::from_utf8_lossy(&seed.bytes).into_owned())
        })
        .collect()
}

fn joined(files: &[(String, String)]) -> String {
    let each = |(name, text): &(String, String)| format!("{FILE}{name}\n{text}");
    files.iter().map(each).collect::<Vec<_>>().concat()
}

/// Mistakes, the law of two countries whole, and each file of ours alone.
pub fn file_seeds() -> Vec<Seed> {
    let mistakes = texts("crates/engine/mistakes");
    let alone = texts("rulebook/cn");
    let mut seeds: Vec<Seed> = mistakes
        .into_iter()
        .chain(alone.into_iter().map(|file| {
            let name = file.0.clone();
            (name, joined(&[file]))
        }))
        .filter(|(_, text)| text.len() < SEED_BYTES_MAX)
        .map(|(name, text)| Seed::new(name, text))
        .collect();
    for country in ["uk", "fr"] {
        let files = texts(&format!("crates/engine/tests/foreign/{country}"));
        seeds.push(Seed::new(country, joined(&files)));
    }
    seeds
}

/// The cases of that small rulebook.
pub fn case_seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = texts("crates/engine/tests/foreign/uk")
        .into_iter()
        .filter(|(name, _)| name.ends_with(".cases.yaml"))
        .map(|(name, text)| Seed::new(name, text))
        .collect();
    // The first case of a file, which has its own facts, alone: most mutations are then of it.
    let short = seeds.iter().filter_map(|seed| {
        let text = String::from_utf8_lossy(&seed.bytes).into_owned();
        let (second, _) = text.match_indices("\n  - name:").nth(1)?;
        Some(Seed::new(
            format!("first-of-{}", seed.name),
            &text[..=second],
        ))
    });
    let short: Vec<Seed> = short.collect();
    seeds.extend(short);
    seeds
}
