//! Rule files as they were read, and places in them.

use std::sync::Arc;

/// Index of a file in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A place in a file: bytes `start..end` of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The place of bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let bound = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            file,
            start: bound(start),
            end: bound(end.max(start)),
        }
    }

    /// The smallest place that holds both; this one where they lie in two files.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A rule file as it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the rulebook's folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All files of a rulebook, by [`FileId`]; cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    files: Arc<Vec<SourceFile>>,
}

impl Sources {
    /// These files, numbered in their order.
    pub fn new(files: Vec<SourceFile>) -> Self {
        Self {
            files: Arc::new(files),
        }
    }

    /// The files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .filter_map(|(index, file)| Some((FileId(u32::try_from(index).ok()?), file)))
    }

    /// The file with this id; `None` if it is of another rulebook.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::try_from(id.0).ok()?)
    }

    /// The text at `span`, as it is written; empty where there is no such place.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// Line and column of the start of `span`, both from 1, the column in characters.
    pub fn position(&self, span: Span) -> (usize, usize) {
        let text = self.file(span.file).map_or("", |file| file.text.as_str());
        let before = text.get(..span.start as usize).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |line| line.chars().count())
            + 1;
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let sources = Sources::new(vec![SourceFile {
            path: "a.yaml".to_owned(),
            text: "一: 1\n二: x\n".to_owned(),
        }]);
        let at = "一: 1\n二: ".len();
        let span = Span::new(FileId(0), at, at + 1);
        assert_eq!(sources.position(span), (2, 4));
        assert_eq!(sources.text(span), "x");
    }

    #[test]
    fn a_place_outside_the_text_is_empty() {
        let sources = Sources::default();
        assert_eq!(sources.text(Span::new(FileId(7), 3, 9)), "");
    }
}
