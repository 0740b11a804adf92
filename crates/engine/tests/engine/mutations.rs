//! Rule files with something cut out, doubled or put in: whatever stands in them, the loader answers with
//! mistakes, never with a panic, and what still loads can be run.
//!
//! The fuzz targets below `fuzz/` do the same without end; this is what every test run can afford.

use std::path::{Path, PathBuf};

use engine::cases::Runner;
use engine::{RuleFiles, load_files, render};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// What is put in: signs of YAML and of expressions, limits of numbers and dates, other scripts.
const WORDS: [&str; 40] = [
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "#",
    "|",
    ">-",
    "&a ",
    "*a",
    "!!str ",
    "\t",
    "\n",
    "\n  ",
    "(",
    ")",
    "@2023",
    "@2025-13",
    " AND ",
    " NOT ",
    "CASE WHEN ",
    " END",
    "--",
    "/*",
    "p.",
    "owner.",
    "null",
    "none",
    "9999-12-31",
    "0000-00-00",
    "99999999999999999999999999999999",
    "0.1234567890123",
    "1e309",
    "\u{202e}",
    "管",
    "\u{0}",
    "IS NULL",
];

fn mutated(text: &str, rng: &mut StdRng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..rng.random_range(1..=3) {
        let at = rng.random_range(0..=characters.len());
        let end = (at + rng.random_range(0..12)).min(characters.len());
        match rng.random_range(0..4) {
            0 => drop(characters.drain(at..end)),
            1 => {
                let copied: Vec<char> = characters[at..end].to_vec();
                let to = rng.random_range(0..=characters.len());
                characters.splice(to..to, copied);
            }
            2 => {
                let word = WORDS.choose(rng).unwrap();
                characters.splice(at..end, word.chars());
            }
            _ => {
                let word = WORDS.choose(rng).unwrap();
                characters.splice(at..at, word.chars());
            }
        }
    }
    characters.into_iter().collect()
}

fn texts(dir: &Path, into: &mut Vec<(String, String)>) {
    let mut inside: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inside.sort();
    for path in inside {
        if path.is_dir() {
            texts(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            into.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Loads, renders what is wrong, and runs the cases of what is not.
fn survives(files: Vec<(String, String)>) -> bool {
    let (rulebook, found) = load_files(&RuleFiles::from_texts(files), None);
    assert!(
        rulebook.is_some() || !render(&found).is_empty(),
        "a refusal says why"
    );
    let Some(rulebook) = rulebook else {
        return false;
    };
    Runner::new(&rulebook).run_all();
    true
}

#[test]
fn a_small_rulebook_with_one_file_changed() {
    let mut files = Vec::new();
    texts(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/uk"),
        &mut files,
    );
    assert!(survives(files.clone()), "the files as they are load");
    let mut loaded = 0;
    for seed in 0..150 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut changed = files.clone();
        let at = rng.random_range(0..changed.len());
        changed[at].1 = mutated(&changed[at].1, &mut rng);
        loaded += usize::from(survives(changed));
    }
    assert!(
        (1..149).contains(&loaded),
        "some still load, most do not: {loaded}"
    );
}

#[test]
fn each_file_of_the_national_rulebook_alone_and_changed() {
    let mut files = Vec::new();
    texts(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook/cn"),
        &mut files,
    );
    assert!(files.len() > 100);
    for (seed, (name, text)) in files
        .iter()
        .enumerate()
        .filter(|(_, (_, text))| text.len() < 20_000)
    {
        let mut rng = StdRng::seed_from_u64(u64::try_from(seed).unwrap());
        for _ in 0..3 {
            survives(vec![(name.clone(), mutated(text, &mut rng))]);
        }
    }
}
