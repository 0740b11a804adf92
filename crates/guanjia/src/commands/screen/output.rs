//! The verdicts as a workbook for an officer, or as comma separated text.

use std::path::{Path, PathBuf};

use domain::{Money, Value, ValueType};
use engine::Rulebook;
use engine::run::{LongRow, Note, Screened, gap_text, money_text};
use exchange::write::separated::write_csv;
use exchange::write::table::{Table, TableColumn, workbook_of};
use miette::{IntoDiagnostic, miette};

use super::Kind;
use super::people::{Names, results};
use crate::commands::rulebook::rules::{system_words, unusable_words};
use crate::commands::rulebook::subject_table::cannot_write_words;
use crate::words::Lang;

/// Says so, before any work is done, where the output would have no folder or would take the input's place.
pub fn may_be_written(output: &Path, input: &Path, lang: Lang) -> miette::Result<()> {
    let folder = match output.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(miette!(
            "{}",
            lang.with("screen-no-folder", folder.display())
        ));
    }
    let same = output.canonicalize().ok().zip(input.canonicalize().ok());
    if same.is_some_and(|(output, input)| output == input) {
        return Err(miette!(
            "{}",
            lang.with("screen-output-is-input", input.display())
        ));
    }
    Ok(())
}

/// Writes the long output, unless the engine has written it as Parquet itself.
pub fn write(
    path: &Path,
    kind: Kind,
    screened: &Screened,
    rulebook: &Rulebook,
    names: &Names<'_>,
    lang: Lang,
) -> miette::Result<()> {
    let bytes = match kind {
        Kind::Parquet => return Ok(()),
        Kind::Csv => without_mark(write_csv(&verdicts(&screened.rows))),
        Kind::Xlsx => {
            let tables = [
                verdicts(&screened.rows),
                results(&screened.rows, names),
                summary(screened, rulebook, lang),
                notes(&screened.notes, |note| unusable_words(note.reason, lang)),
            ];
            workbook_of(&tables).into_diagnostic()?
        }
    };
    save(path, &bytes, lang)
}

/// Writes the cells that could not be used beside an output that has no sheets: `OUTPUT.notes.csv`. It is
/// for programs, as that output is, so reasons are codes.
pub fn write_notes(output: &Path, found: &[Note], lang: Lang) -> miette::Result<()> {
    let table = notes(found, |note| note.reason.as_str().to_owned());
    let path = beside(output, ".notes.csv");
    save(&path, &without_mark(write_csv(&table)), lang)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a file whole or not at all.
fn save(path: &Path, bytes: &[u8], lang: Lang) -> miette::Result<()> {
    let part = beside(path, ".part");
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    written.map_err(|error| {
        // It may not be there; then there is nothing to take away.
        drop(std::fs::remove_file(&part));
        let why = system_words(&error, lang);
        miette!("{}", cannot_write_words(path, &why, lang))
    })
}

/// Programs read these files by their first header, so the mark for spreadsheets is left out.
fn without_mark(bytes: Vec<u8>) -> Vec<u8> {
    bytes
        .strip_prefix("\u{feff}".as_bytes())
        .map(<[u8]>::to_vec)
        .unwrap_or(bytes)
}

fn text(words: &str) -> Option<Value> {
    (!words.is_empty()).then(|| Value::Text(words.to_owned()))
}

/// An amount; one larger than any fact may be stands as its digits.
fn money(hundredths: i128) -> Value {
    i64::try_from(hundredths).map_or_else(
        |_| Value::Text(money_text(hundredths)),
        |fen| Value::Money(Money::from_fen(fen)),
    )
}

fn verdicts(rows: &[LongRow]) -> Table {
    let columns = [
        ("subject_id", ValueType::Text),
        ("policy", ValueType::Text),
        ("verdict", ValueType::Text),
        ("amount", ValueType::Money),
        ("saves", ValueType::Money),
        ("chosen", ValueType::Text),
        ("failed", ValueType::Text),
        ("missing", ValueType::Text),
        ("gaps", ValueType::Text),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let gaps: Vec<String> = row
                .gaps
                .iter()
                .map(|(clause, value, unit)| format!("{clause}={}", gap_text(*value, *unit)))
                .collect();
            vec![
                text(&row.subject_id),
                text(&row.policy),
                text(row.verdict.as_str()),
                row.amount.map(money),
                row.saves.map(money),
                text(if row.chosen { "true" } else { "false" }),
                text(&row.failed.join(" ")),
                text(&row.missing.join(" ")),
                text(&gaps.join(" ")),
            ]
        })
        .collect();
    table("verdicts", &columns, rows)
}

fn summary(screened: &Screened, rulebook: &Rulebook, lang: Lang) -> Table {
    let types = [
        [ValueType::Text; 2].as_slice(),
        &[ValueType::Integer; 4],
        &[ValueType::Money; 3],
    ]
    .concat();
    let header = lang.t("screen-summary-header");
    let columns: Vec<_> = header.split('\t').zip(types).collect();
    let count = |value: u64| i64::try_from(value).ok().map(Value::Integer);
    let rows = screened
        .summary
        .iter()
        .map(|row| {
            let name = rulebook
                .policies
                .get(&row.policy)
                .map_or("", |policy| lang.pick(policy.name.zh(), policy.name.en()));
            vec![
                text(&row.policy),
                text(name),
                count(row.eligible),
                count(row.ineligible),
                count(row.unknown),
                count(row.not_in_force),
                Some(money(row.amount)),
                Some(money(row.saves)),
                Some(money(row.saves_chosen)),
            ]
        })
        .collect();
    table(&lang.t("screen-summary-sheet"), &columns, rows)
}

fn notes(found: &[Note], reason: impl Fn(&Note) -> String) -> Table {
    let columns = [
        ("row", ValueType::Integer),
        ("column", ValueType::Text),
        ("value", ValueType::Text),
        ("reason", ValueType::Text),
    ];
    let rows = found
        .iter()
        .map(|note| {
            vec![
                i64::try_from(note.row).ok().map(Value::Integer),
                text(&note.column),
                text(&note.value),
                text(&reason(note)),
            ]
        })
        .collect();
    table("notes", &columns, rows)
}

fn table(name: &str, columns: &[(&str, ValueType)], rows: Vec<Vec<Option<Value>>>) -> Table {
    Table {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(label, ty)| TableColumn::new(*label, *ty))
            .collect(),
        rows,
    }
}
