//! The house's own rules, found out before a reader does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Most lines of a file of code.
const LINES_MAX: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// All files under a folder with one of these endings, built and fetched ones aside.
fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(
                name.as_str(),
                "target" | "node_modules" | ".git" | "vendor" | "data"
            ) {
                files(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

fn code() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root().join("crates"), &[".rs"], &mut found);
    found
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        if !text.starts_with("//! ") {
            wrong.push(format!("{}: no `//!` sentence", path.display()));
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!(
                "{}: {lines} lines, at most {LINES_MAX}",
                path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn exceptions_from_lints_are_expected_with_a_reason() {
    let mark = concat!("#[", "allow(");
    let inner = concat!("#![", "allow(");
    let wrong: Vec<PathBuf> = code()
        .into_iter()
        .filter(|(_, text)| text.contains(mark) || text.contains(inner))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_to_do() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
    ];
    let mut wrong = Vec::new();
    for (path, text) in code() {
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The code of a file: without comments and without its tests.
fn bare(text: &str) -> String {
    let code = text
        .split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a file is compiled for tests alone, as the file that declares it says.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    let folder = path.parent().unwrap();
    let beside = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
    let above = folder.with_extension("rs");
    path.components().any(|part| part.as_os_str() == "tests")
        || stem == "tests"
        || beside.into_iter().chain([above]).any(|file| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            text.contains(&format!("#[cfg(test)]\nmod {stem};"))
        })
}

fn is_chinese(sign: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&sign)
}

#[test]
fn the_inner_crates_speak_no_language() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        let place = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let inner = [
            "crates/domain/src",
            "crates/engine/src",
            "crates/ledger/src",
        ];
        if !inner.iter().any(|crate_| place.starts_with(crate_)) || is_test(&path) {
            continue;
        }
        for (number, line) in bare(&text).lines().enumerate() {
            if line.chars().any(is_chinese) {
                wrong.push(format!("{place}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn everything_needed_stands_in_the_project() {
    let outside = [concat!("../", "shared"), concat!("/work", "/")];
    let mut found = Vec::new();
    files(
        &root(),
        &[
            ".rs", ".toml", ".md", ".html", ".css", ".js", ".mjs", ".sh", ".yaml", ".yml", ".ftl",
            ".sql",
        ],
        &mut found,
    );
    files(&root().join("bin"), &[""], &mut found);
    let mut wrong = Vec::new();
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if outside.iter().any(|place| line.contains(place)) {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The versions of a package that are really built, as cargo resolves the features.
fn built_versions(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix(&format!("{package} v")))
        .map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn what_must_be_one_is_in_the_tree_once() {
    for package in ["arrow", "datafusion", "rustls", "libsqlite3-sys"] {
        let versions = built_versions(package);
        assert_eq!(versions.len(), 1, "{package}: {versions:?}");
    }
}

#[test]
fn no_other_cryptography_comes_in() {
    for package in [
        "openssl",
        "openssl-sys",
        "native-tls",
        "aws-lc-rs",
        "aws-lc-sys",
    ] {
        assert!(built_versions(package).is_empty(), "{package}");
    }
}

#[test]
fn pages_carry_no_script_and_no_style_of_their_own() {
    let mut found = Vec::new();
    files(&root().join("crates/guanjia/src"), &[".html"], &mut found);
    let mut wrong = Vec::new();
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let scripts = line.matches("<script").count();
            let kept = line.matches("<script src=").count()
                + line.matches("<script type=\"application/json\"").count();
            let inline = [
                " style=\"",
                "<style",
                " onclick=",
                " onsubmit=",
                " onchange=",
                "javascript:",
            ];
            if scripts != kept || inline.iter().any(|mark| line.contains(mark)) {
                wrong.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn colours_and_sizes_of_type_stand_among_the_tokens() {
    let mut found = Vec::new();
    let assets = root().join("crates/guanjia/assets");
    files(&assets, &[".css", ".js"], &mut found);
    let mut wrong = Vec::new();
    for path in found.iter().filter(|path| !path.ends_with("tokens.css")) {
        let text = std::fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let is_colour = |piece: &str| {
                let digits = piece.chars().take_while(char::is_ascii_hexdigit).count();
                let ends = !piece[digits..]
                    .starts_with(|next: char| next.is_alphanumeric() || next == '-');
                matches!(digits, 3 | 4 | 6 | 8) && ends
            };
            let colour = line.split('#').skip(1).any(is_colour) || line.contains("rgb(");
            let mut sizes = line.split("font-size:").skip(1).map(str::trim_start);
            let size = sizes.any(|size| !size.starts_with("var(--") && !size.starts_with("0;"));
            if colour || size {
                wrong.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_crates_read_no_clock_and_no_network() {
    let mut wrong = Vec::new();
    for (path, text) in code() {
        let place = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let inner =
            place.starts_with("crates/domain/src") || place.starts_with("crates/engine/src");
        if !inner || is_test(&path) {
            continue;
        }
        for word in [
            "Utc::now",
            "SystemTime::now",
            "TcpStream",
            "reqwest",
            "std::env::var",
        ] {
            if bare(&text).contains(word) {
                wrong.push(format!("{place}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
