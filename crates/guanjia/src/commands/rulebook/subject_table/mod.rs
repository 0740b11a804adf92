//! INPUT of `screen`, `explain` and `rulebook gaps`: a table with a row a subject, from xlsx, csv or
//! Parquet.

mod sheet;
mod wrong;

use std::path::{Path, PathBuf};

use domain::{CellAddress, SubjectKind};
use engine::Rulebook;
use engine::judge::FactKey;
use engine::run::{Input, Note};
use engine::subjects::{Subjects, text_table};
use miette::IntoDiagnostic;

use super::rules::{tell, unusable_words};
use crate::words::Lang;

pub use wrong::cannot_write_words;

/// Names under which the column of identities may stand, the first of them that is there.
const SUBJECT_COLUMNS: [&str; 3] = ["subject_id", "uscc", "统一社会信用代码"];

/// A table of subjects, and where its cells stand in the file.
pub struct SubjectTable {
    path: PathBuf,
    /// Where it is, as the engine takes it.
    input: Input,
    /// Of a sheet; Parquet has none.
    places: Option<Places>,
    lang: Lang,
}

/// Where the cells of a table stand in its sheet.
struct Places {
    /// Its name; empty for a text file.
    sheet: String,
    /// All sheets that could have been read, this one among them.
    sheets: Vec<String>,
    headers: Vec<String>,
    /// The column of each header, from zero.
    columns: Vec<u16>,
    /// The row of each subject, from zero.
    rows: Vec<u32>,
}

impl SubjectTable {
    /// Opens a table; what kind of file it is, its first bytes say.
    ///
    /// # Errors
    /// In words, where it cannot be opened or holds nothing.
    pub fn open(path: &Path, lang: Lang) -> miette::Result<Self> {
        let opened = |input, places| Self {
            path: path.to_owned(),
            input,
            places,
            lang,
        };
        let cannot_open = |error| wrong::cannot_open(path, &error, lang);
        if path.is_dir() && !holds_parquet(path).map_err(cannot_open)? {
            return Err(wrong::no_parquet(path, lang));
        }
        if path.is_dir() || is_parquet(path).map_err(cannot_open)? {
            return Ok(opened(Input::Parquet(path.to_owned()), None));
        }
        let bytes = std::fs::read(path).map_err(cannot_open)?;
        let book = exchange::read_workbook(&bytes)
            .map_err(|error| wrong::unreadable(path, &error, lang))?;
        let sheet = sheet::chosen(&book).ok_or_else(|| wrong::empty(path, lang))?;
        let read = sheet::read(&book, sheet);
        if read.headers.is_empty() {
            return Err(wrong::empty(path, lang));
        }
        let table = text_table(&read.headers, read.cells).into_diagnostic()?;
        let places = Places {
            sheet: sheet.name.clone(),
            sheets: sheet::visible(&book)
                .map(|sheet| sheet.name.clone())
                .collect(),
            headers: read.headers,
            columns: read.columns,
            rows: read.rows,
        };
        Ok(opened(Input::Table(table), Some(places)))
    }

    /// The table, as the engine takes it.
    pub fn input(&self) -> Input {
        match &self.input {
            Input::Table(table) => Input::Table(table.clone()),
            Input::Parquet(path) => Input::Parquet(path.clone()),
        }
    }

    /// All subjects with their facts.
    ///
    /// # Errors
    /// In words, where the table cannot be judged.
    pub fn subjects(&self, rulebook: &Rulebook, kind: &SubjectKind) -> miette::Result<Subjects> {
        match &self.input {
            Input::Table(table) => Subjects::of_table(rulebook, kind, table)
                .map_err(|error| miette::Report::msg(self.frame_words(&error))),
            Input::Parquet(path) => Subjects::of_parquet(rulebook, kind, path)
                .map_err(|error| miette::Report::msg(self.subjects_words(&error))),
        }
    }

    /// Where the cell of a fact of a subject stands, in words.
    pub fn source(&self, subjects: &Subjects, row: usize, key: &FactKey) -> Option<String> {
        let (column, name) = subjects.column_of(key)?;
        let file = self.path.file_name()?.to_string_lossy();
        Some(match &self.places {
            None => format!("{file} {name} {}", row + 1),
            Some(places) => format!("{file} {}", places.cell(row, column)?),
        })
    }

    /// Tells which columns are no facts, and which cells cannot be used.
    pub fn tell_left_out(&self, ignored: &[String], notes: &[Note]) {
        if !ignored.is_empty() {
            let listed = ignored.join(", ");
            tell(&self.lang.with("subject-table-ignored", listed));
        }
        for note in notes {
            tell(&self.note_words(note));
        }
    }

    /// A cell that cannot be used, in words.
    fn note_words(&self, note: &Note) -> String {
        let place = self.place(note.row, &note.column);
        let reason = unusable_words(note.reason, self.lang);
        let values = [
            ("place", place.as_str()),
            ("column", note.column.as_str()),
            ("value", note.value.as_str()),
            ("reason", reason.as_str()),
        ];
        self.lang.with_all("subject-table-note", &values)
    }

    /// Where a cell stands, in words: its address in a sheet, else its row, which counts from 1.
    fn place(&self, row: usize, column: &str) -> String {
        let cell = self.places.as_ref().and_then(|places| {
            let column = places.headers.iter().position(|header| header == column)?;
            places.cell(row.checked_sub(1)?, column)
        });
        cell.unwrap_or_else(|| self.lang.with("subject-table-row", row))
    }
}

impl Places {
    /// The address of a cell, with the name of its sheet where that has one; row and column of the table
    /// count from zero.
    fn cell(&self, row: usize, column: usize) -> Option<String> {
        let cell = CellAddress {
            row: *self.rows.get(row)?,
            column: u32::from(*self.columns.get(column)?),
        };
        Some(if self.sheet.is_empty() {
            cell.to_string()
        } else {
            format!("{}!{cell}", self.sheet)
        })
    }
}

/// Whether a Parquet file stands in a folder, at any depth.
fn holds_parquet(dir: &Path) -> std::io::Result<bool> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let is_one = path.extension().is_some_and(|ending| ending == "parquet");
        if is_one || (path.is_dir() && holds_parquet(&path)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a file is Parquet, by its first bytes.
fn is_parquet(path: &Path) -> std::io::Result<bool> {
    use std::io::Read as _;
    let mut magic = [0; 4];
    let read = std::fs::File::open(path)?.read_exact(&mut magic);
    Ok(read.is_ok() && &magic == b"PAR1")
}
