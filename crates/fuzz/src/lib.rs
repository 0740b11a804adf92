//! Fuzz targets: bytes from outside that must end in an answer, never in a panic, a hang or a full memory.
//!
//! `bin/fuzz` runs them under libFuzzer without end; every run of the tests gives them their seeds, what was
//! found before (`corpus/`), and some hundred mutations of both.

mod cells;
mod expression;
mod judging;
pub mod mutate;
pub mod rules;
mod subjects;
mod words;
mod workbook;

use std::path::{Path, PathBuf};

/// A way in for bytes from outside.
pub struct Target {
    /// Its name, and that of its folder below `corpus/`.
    pub name: &'static str,
    /// Handles the bytes; a panic is a finding.
    pub run: fn(&[u8]),
    /// What real bytes look like: a name for each, and the bytes.
    pub seeds: fn() -> Vec<Seed>,
    /// The most bytes that are worth trying.
    pub bytes_max: usize,
}

/// Where mutation starts from.
pub struct Seed {
    /// Its name as a file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Seed {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let name: String = name.into();
        Self {
            name: name.replace('/', "-"),
            bytes: bytes.into(),
        }
    }
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target {
        name: "rules",
        run: rules::files,
        seeds: rules::file_seeds,
        bytes_max: 20_000,
    },
    Target {
        name: "cases",
        run: rules::cases,
        seeds: rules::case_seeds,
        bytes_max: 8_000,
    },
    Target {
        name: "expression",
        run: expression::run,
        seeds: expression::seeds,
        bytes_max: 4_000,
    },
    Target {
        name: "subjects",
        run: subjects::run,
        seeds: subjects::seeds,
        bytes_max: 4_000,
    },
    Target {
        name: "workbook",
        run: workbook::bytes,
        seeds: workbook::byte_seeds,
        bytes_max: 40_000,
    },
    Target {
        name: "workbook_parts",
        run: workbook::parts,
        seeds: workbook::part_seeds,
        bytes_max: 20_000,
    },
    Target {
        name: "cells",
        run: cells::run,
        seeds: cells::seeds,
        bytes_max: 400,
    },
    Target {
        name: "words",
        run: words::run,
        seeds: words::seeds,
        bytes_max: 100,
    },
];

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// The seeds, and what was found before.
    pub fn inputs(&self) -> Vec<Seed> {
        let mut inputs = (self.seeds)();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(self.name);
        inputs.extend(files_below(&folder, "").iter().map(|path| read(path)));
        inputs
    }
}

/// A place in the project's folder.
fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// The files below a folder whose names end so, in the order of their paths; those that begin with a dot
/// are left out.
fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder of the project can be read").path());
    let mut found = Vec::new();
    for path in inside {
        if path.is_dir() {
            found.extend(files_below(&path, ending));
        } else if path
            .file_name()
            .map(|name| name.to_string_lossy())
            .is_some_and(|name| name.ends_with(ending) && !name.starts_with('.'))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Seed {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Seed::new(name, bytes)
}
