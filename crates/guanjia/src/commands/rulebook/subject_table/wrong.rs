//! What is wrong with a table of subjects, in the user's language: what, where, and how to mend it.

use std::io;
use std::path::Path;

use domain::source::column_letters;
use engine::run::{FrameError, ScreenError};
use engine::subjects::SubjectsError;
use exchange::{Language, ReadError};
use miette::Report;

use super::{Places, SUBJECT_COLUMNS, SubjectTable};
use crate::commands::rulebook::rules::system_words;
use crate::words::Lang;

/// A file that is not there, or may not be read.
pub fn cannot_open(path: &Path, error: &io::Error, lang: Lang) -> Report {
    let (file, why) = (path.display().to_string(), system_words(error, lang));
    let values = [("file", file.as_str()), ("why", why.as_str())];
    Report::msg(lang.with_all("subject-table-cannot-open", &values))
}

/// A file that is no table, or a damaged one.
pub fn unreadable(path: &Path, error: &ReadError, lang: Lang) -> Report {
    let file = path.display().to_string();
    if *error == ReadError::UnknownKind {
        return Report::msg(lang.with("subject-table-kind", file));
    }
    let why = error.text(match lang {
        Lang::Zh => Language::Chinese,
        Lang::En => Language::English,
    });
    let values = [("file", file.as_str()), ("why", why.as_str())];
    Report::msg(lang.with_all("subject-table-unreadable", &values))
}

/// A file without any cell that says something.
pub fn empty(path: &Path, lang: Lang) -> Report {
    Report::msg(lang.with("subject-table-empty", path.display()))
}

/// A folder without Parquet.
pub fn no_parquet(path: &Path, lang: Lang) -> Report {
    Report::msg(lang.with("subject-table-no-parquet", path.display()))
}

impl SubjectTable {
    /// Why the table cannot be judged.
    pub fn frame_words(&self, error: &FrameError) -> String {
        match error {
            FrameError::NoSubject { found } => self.no_subject(found),
            FrameError::Twice { first, second, key } => {
                let headers = self.places.as_ref().map(|places| places.headers.as_slice());
                let headers = headers.unwrap_or_default();
                // They may be of one name.
                let places = (
                    headers.iter().position(|header| header == first),
                    headers.iter().rposition(|header| header == second),
                );
                let (first, second) = (self.column(first, places.0), self.column(second, places.1));
                let values = [("first", &*first), ("second", &*second), ("fact", &**key)];
                self.said("subject-table-twice", &values)
            }
            FrameError::Unreadable {
                column,
                found,
                wanted,
            } => {
                let wanted = self.lang.t(&format!("subject-table-type-{wanted}"));
                let values = [
                    ("column", column.as_str()),
                    ("found", found.as_str()),
                    ("wanted", wanted.as_str()),
                ];
                self.said("subject-table-column-type", &values)
            }
            FrameError::SubjectTwice { id, first, second } => {
                let identity = self.places.as_ref().and_then(Places::identity);
                let cell = |row| self.place(row, identity.unwrap_or_default());
                let (first, second) = (cell(*first), cell(*second));
                let values = [("id", &**id), ("first", &*first), ("second", &*second)];
                let key = if id.is_empty() {
                    "subject-table-no-id-twice"
                } else {
                    "subject-table-id-twice"
                };
                self.said(key, &values)
            }
        }
    }

    /// Why the subjects of Parquet cannot be read.
    pub fn subjects_words(&self, error: &SubjectsError) -> String {
        match error {
            SubjectsError::Frame(error) => self.frame_words(error),
            SubjectsError::Empty(path) => no_parquet(path, self.lang).to_string(),
            SubjectsError::File { path, source } => {
                cannot_open(path, source, self.lang).to_string()
            }
            SubjectsError::Parquet(error) => self.parquet_words(error),
            SubjectsError::Arrow(error) => self.parquet_words(error),
        }
    }

    /// Why a run failed over this table; `output` is where its results were to go, `cluster` the address
    /// of who ran it.
    pub fn screen_words(
        &self,
        error: &ScreenError,
        output: &Path,
        cluster: Option<&str>,
    ) -> String {
        let lang = self.lang;
        match error {
            ScreenError::Frame(error) => self.frame_words(error),
            ScreenError::Read(error) => self.parquet_words(error),
            ScreenError::File { source, .. } => {
                cannot_write_words(output, &system_words(source, lang), lang)
            }
            ScreenError::Arrow(error) => cannot_write_words(output, &error.to_string(), lang),
            ScreenError::Write(error) => cannot_write_words(output, &error.to_string(), lang),
            ScreenError::Cluster(why) => {
                let file = self.path.display().to_string();
                let values = [
                    ("why", why.as_str()),
                    ("cluster", cluster.unwrap_or_default()),
                    ("file", file.as_str()),
                ];
                lang.with_all("screen-cluster-failed", &values)
            }
            ScreenError::Compares => lang.t("screen-cluster-compares"),
            ScreenError::Background(why) => lang.with("screen-broke-off", why),
        }
    }

    /// A sentence about this table: `$place` is its file, and its sheet where it has one.
    fn said(&self, key: &str, values: &[(&str, &str)]) -> String {
        let file = self.path.display().to_string();
        let place = match &self.places {
            Some(places) if !places.sheet.is_empty() => {
                let named = [("file", file.as_str()), ("sheet", places.sheet.as_str())];
                self.lang.with_all("subject-table-sheet", &named)
            }
            _ => self.lang.with("subject-table-file", file),
        };
        let values = [&[("place", place.as_str())][..], values].concat();
        self.lang.with_all(key, &values)
    }

    /// A column's name, and its letters where it stands in a sheet.
    fn column(&self, name: &str, place: Option<usize>) -> String {
        let place = place.zip(self.places.as_ref());
        let column = place.and_then(|(place, places)| places.columns.get(place));
        match column {
            None => self.lang.with("subject-table-column", name),
            Some(column) => {
                let letters = column_letters(u32::from(*column));
                let values = [("name", name), ("letters", letters.as_str())];
                self.lang.with_all("subject-table-column-at", &values)
            }
        }
    }

    fn no_subject(&self, found: &str) -> String {
        let names = SUBJECT_COLUMNS.join(", ");
        let values = [("names", names.as_str()), ("found", found)];
        let mut words = self.said("subject-table-no-subject", &values);
        if let Some(places) = self
            .places
            .as_ref()
            .filter(|places| places.sheets.len() > 1)
        {
            let sheets = places.sheets.join(", ");
            words.push_str(&self.lang.with("subject-table-other-sheets", sheets));
        }
        words
    }

    fn parquet_words(&self, error: &dyn std::error::Error) -> String {
        let (file, why) = (self.path.display().to_string(), error.to_string());
        let values = [("file", file.as_str()), ("why", why.as_str())];
        self.lang.with_all("subject-table-parquet", &values)
    }
}

impl Places {
    /// The header of the column of identities.
    fn identity(&self) -> Option<&'static str> {
        let mut known = SUBJECT_COLUMNS.into_iter();
        known.find(|name| self.headers.iter().any(|header| header == name))
    }
}

/// Results that cannot be written, in words.
pub fn cannot_write_words(output: &Path, why: &str, lang: Lang) -> String {
    let file = output.display().to_string();
    lang.with_all(
        "screen-cannot-write",
        &[("file", file.as_str()), ("why", why)],
    )
}
