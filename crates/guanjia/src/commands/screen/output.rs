//! The verdicts as a workbook for an officer, or as comma separated text.

use std::path::Path;

use domain::{Money, Value, ValueType};
use engine::Rulebook;
use engine::run::{LongRow, Note, Screened, gap_text, money_text};
use exchange::write::separated::write_csv;
use exchange::write::table::{Table, TableColumn, workbook_of};
use miette::{IntoDiagnostic, WrapErr};

use super::Kind;
use super::people::{Names, results};
use crate::words::Lang;

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
                notes(&screened.notes),
            ];
            workbook_of(&tables).into_diagnostic()?
        }
    };
    save(path, &bytes)
}

/// Writes the cells that could not be used beside an output that has no sheets: `OUTPUT.notes.csv`.
pub fn write_notes(output: &Path, found: &[Note]) -> miette::Result<()> {
    let mut name = output.as_os_str().to_owned();
    name.push(".notes.csv");
    save(Path::new(&name), &without_mark(write_csv(&notes(found))))
}

fn save(path: &Path, bytes: &[u8]) -> miette::Result<()> {
    std::fs::write(path, bytes)
        .into_diagnostic()
        .wrap_err_with(|| format!("{}", path.display()))
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

fn notes(found: &[Note]) -> Table {
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
                text(note.reason.as_str()),
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
