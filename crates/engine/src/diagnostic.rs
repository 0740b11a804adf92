//! What is wrong with a rule file, at its place, and how to mend it.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use crate::source::{FileId, Sources, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rulebook can be used.
    Warning,
    /// The rulebook cannot be used.
    Error,
}

/// Something that is wrong with a rule file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name of the kind of mistake, such as `name::unknown`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Words beside the caret.
    pub label: String,
    /// Further places that matter, with words.
    pub others: Vec<(Span, String)>,
    /// How to mend it.
    pub help: Option<String>,
    file: SourceText,
    elsewhere: Vec<Elsewhere>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            label: String::new(),
            others: Vec::new(),
            help: None,
            file: SourceText {
                sources: Sources::default(),
                file: span.file,
            },
            elsewhere: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// With words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a further place and its words.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.others.push((span, label.into()));
        self
    }

    /// With how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the texts of the files, so that it can show its lines; places in other files become notes
    /// of their own.
    pub(crate) fn attach(&mut self, sources: &Sources) {
        self.file.sources = sources.clone();
        self.elsewhere = self
            .others
            .iter()
            .filter(|(span, _)| span.file != self.span.file)
            .map(|(span, label)| Elsewhere {
                span: *span,
                label: label.clone(),
                file: SourceText {
                    sources: sources.clone(),
                    file: span.file,
                },
            })
            .collect();
    }

    /// Path of the file; empty where it is about none.
    pub fn path(&self) -> &str {
        self.file.path()
    }

    /// Line and column, from 1.
    pub fn position(&self) -> (usize, usize) {
        self.file.sources.position(self.span)
    }
}

/// All of them as a person reads them, without colour, each with its lines and carets.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(110)
        .with_wrap_lines(false)
        .with_links(false);
    let mut out = String::new();
    for diagnostic in diagnostics {
        if handler.render_report(&mut out, diagnostic).is_err() {
            // Only a formatter that fails leads here; a `String` does not.
            out.push_str(&diagnostic.message);
        }
        out.push('\n');
    }
    out
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

impl miette::Diagnostic for Diagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_deref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.file.known()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = LabeledSpan::new_primary_with_span(words(&self.label), bytes(self.span));
        let others = self
            .others
            .iter()
            .filter(|(span, _)| span.file == self.span.file)
            .map(|(span, label)| LabeledSpan::new_with_span(words(label), bytes(*span)));
        Some(Box::new(std::iter::once(first).chain(others)))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(
            self.elsewhere
                .iter()
                .map(|note| note as &dyn miette::Diagnostic),
        ))
    }
}

/// A place in another file that a diagnostic speaks of.
#[derive(Debug, Clone)]
struct Elsewhere {
    span: Span,
    label: String,
    file: SourceText,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

impl std::error::Error for Elsewhere {}

impl miette::Diagnostic for Elsewhere {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.file.known()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(
            LabeledSpan::new_primary_with_span(None, bytes(self.span)),
        )))
    }
}

/// The text of one file, for miette.
#[derive(Debug, Clone)]
struct SourceText {
    sources: Sources,
    file: FileId,
}

impl SourceText {
    fn path(&self) -> &str {
        self.sources
            .file(self.file)
            .map_or("", |file| file.path.as_str())
    }

    fn known(&self) -> Option<&dyn SourceCode> {
        self.sources.file(self.file).map(|_| self as _)
    }
}

impl SourceCode for SourceText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self
            .sources
            .file(self.file)
            .map_or("", |file| file.text.as_str());
        let inner = text.read_span(span, lines_before, lines_after)?;
        // Columns of the library are bytes, and a Chinese character has three.
        let column = if lines_before == 0 {
            let start = Span::new(self.file, span.offset(), span.offset());
            self.sources.position(start).1 - 1
        } else {
            inner.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.path().to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            column,
            inner.line_count(),
        )))
    }
}

fn words(label: &str) -> Option<String> {
    (!label.is_empty()).then(|| label.to_owned())
}

fn bytes(span: Span) -> SourceSpan {
    SourceSpan::from(span.start as usize..span.end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    #[test]
    fn a_diagnostic_shows_file_line_column_and_the_line() {
        let sources = Sources::new(vec![SourceFile {
            path: "policies/tax/a.yaml".to_owned(),
            text: "policy: a\nwhen: revenu > 1\n".to_owned(),
        }]);
        let mut diagnostic = Diagnostic::error(
            "name::unknown",
            Span::new(FileId(0), 16, 22),
            "there is no variable `revenu`",
        )
        .help("did you mean `revenue`?");
        diagnostic.attach(&sources);
        let text = render(&[diagnostic]);
        assert!(text.contains("[policies/tax/a.yaml:2:7]"), "{text}");
        assert!(text.contains("when: revenu > 1"), "{text}");
        assert!(text.contains("did you mean `revenue`?"), "{text}");
    }

    #[test]
    fn a_column_counts_characters() {
        let text = "text: {zh: 收入}, when: revenu > 1\n";
        let sources = Sources::new(vec![SourceFile {
            path: "a.yaml".to_owned(),
            text: text.to_owned(),
        }]);
        let at = text.find("revenu").unwrap();
        let mut diagnostic = Diagnostic::error("x", Span::new(FileId(0), at, at + 6), "no");
        diagnostic.attach(&sources);
        assert_eq!(diagnostic.position(), (1, 23));
        let rendered = render(&[diagnostic]);
        assert!(rendered.contains("[a.yaml:1:23]"), "{rendered}");
    }

    #[test]
    fn a_place_outside_the_text_is_rendered_without_a_panic() {
        let mut diagnostic = Diagnostic::error("x", Span::new(FileId(0), 90, 99), "far out");
        diagnostic.attach(&Sources::new(vec![SourceFile {
            path: "a.yaml".to_owned(),
            text: "a".to_owned(),
        }]));
        assert!(render(&[diagnostic]).contains("far out"));
    }
}
