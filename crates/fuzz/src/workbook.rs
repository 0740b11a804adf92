//! Ledgers of an import: a file in whatever form, read as every kind of ledger and given back with its marks.

use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;

use exchange::ledger::{Counts, report};
use exchange::{
    Language, LedgerKind, Options, read_ledger, read_text_table, read_workbook, returned_workbook,
    template,
};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::{Seed, files_below, place, read};

/// Before each part of a package in one text.
const PART: &[u8] = b"# part: ";

/// Files longer than this are no seeds.
const SEED_BYTES_MAX: usize = 12_000;

static OPTIONS: LazyLock<[Options; 3]> = LazyLock::new(|| {
    [
        LedgerKind::Projects,
        LedgerKind::Enterprises,
        LedgerKind::Facts,
    ]
    .map(Options::new)
});

/// Reads the bytes as they are.
pub fn bytes(data: &[u8]) {
    if read_workbook(data).is_err() {
        return;
    }
    read_text_table(data).expect("what is a workbook is a table of texts");
    // To write a workbook costs more than all else, so it is done for one kind.
    ledgers(data);
    let options = &OPTIONS[data.len() % OPTIONS.len()];
    let read = read_ledger(data, "fuzzed", options).expect("the same bytes can be read again");
    if let Ok(returned) = returned_workbook(data, &read) {
        let again = read_workbook(&returned).expect("what is given back can be read");
        assert!(
            again.sheets.len() >= read.sheets.len(),
            "every sheet comes back"
        );
    }
}

/// Reads the bytes as every kind of ledger, without giving them back.
pub fn ledgers(data: &[u8]) {
    for options in OPTIONS.iter() {
        if let Ok(read) = read_ledger(data, "fuzzed", options) {
            report(&read, Counts::default());
        }
    }
}

/// Reads parts that are put into a package first, so that no checksum stands before the reader of a sheet.
pub fn parts(data: &[u8]) {
    bytes(&packed(data));
}

/// The parts in a package, not compressed.
fn packed(data: &[u8]) -> Vec<u8> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut open = false;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(PART) {
            // The writer refuses a second part of the same name, and its text is left out then.
            open = package
                .start_file(String::from_utf8_lossy(name).trim(), options)
                .is_ok();
        } else if open {
            package
                .write_all(line)
                .expect("memory takes what it is given");
        }
    }
    package.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// The text from which [`packed`] makes a package again; only XML, and without pictures and themes.
fn unpacked(package: &[u8]) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).ok()?;
    let mut text = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).ok()?;
        let name = part.name().to_owned();
        let kind = name.rsplit('.').next().unwrap_or("");
        if !["rels", "xml", "vml"].contains(&kind)
            || ["theme", "docProps", "meta.xml", "settings.xml"]
                .iter()
                .any(|w| name.contains(w))
        {
            continue;
        }
        text.extend_from_slice(PART);
        text.extend_from_slice(name.as_bytes());
        text.push(b'\n');
        part.read_to_end(&mut text).ok()?;
        text.push(b'\n');
    }
    Some(text)
}

/// Ledgers of every form that are short.
pub fn byte_seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = ["crates/exchange/tests/data", "demo"]
        .iter()
        .flat_map(|folder| files_below(&place(folder), ""))
        .filter(|path| {
            path.extension().is_some_and(|ending| {
                ["xlsx", "xls", "ods", "csv"]
                    .iter()
                    .any(|known| ending == *known)
            })
        })
        .map(|path| read(&path))
        .filter(|seed| seed.bytes.len() < SEED_BYTES_MAX)
        .collect();
    for kind in [LedgerKind::Projects, LedgerKind::Enterprises] {
        let form = template(kind, 2024, Language::Chinese).expect("a form can be written");
        seeds.push(Seed::new(format!("form-{kind:?}.xlsx"), form));
    }
    seeds
}

/// The parts of those of them that are packages, and two that are as small as can be.
pub fn part_seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = byte_seeds()
        .into_iter()
        .filter_map(|seed| Some(Seed::new(seed.name, unpacked(&seed.bytes)?)))
        .filter(|seed| seed.bytes.len() < 2 * SEED_BYTES_MAX)
        .collect();
    seeds.push(Seed::new(
        "small.xlsx",
        include_str!("../rules/small.xlsx.txt"),
    ));
    seeds.push(Seed::new(
        "small.ods",
        include_str!("../rules/small.ods.txt"),
    ));
    seeds
}
