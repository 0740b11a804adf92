//! Pieces of Markdown that several pages are made of: tables, spans of days, references to law.

use std::fmt::Write as _;

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::expression::{Expr, Literal};
use engine::rulebook::{
    Confidence, ConfidenceLevel, Label, LegalReference, ParameterValue, Provenance, Rulebook,
};

use super::PAGES;

/// Words of the pages.
pub fn word(key: &str) -> String {
    PAGES.t(&format!("rulebook-docs-{key}"))
}

/// The title of a page in both languages.
pub fn title(label: &Label) -> String {
    if label.zh() == label.en() {
        format!("# {}\n", label.zh())
    } else {
        format!("# {}\n\n*{}*\n", label.zh(), label.en())
    }
}

/// A section with its heading; nothing where it has nothing to say.
pub fn section(key: &str, body: &str) -> String {
    if body.trim().is_empty() {
        return String::new();
    }
    format!("\n## {}\n\n{}\n", word(key), body.trim_end())
}

/// A table; nothing where it has no rows. Columns are keys of words.
pub fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads: Vec<String> = columns.iter().map(|column| word(column)).collect();
    let mut text = format!(
        "| {} |\n|{}\n",
        heads.join(" | "),
        " --- |".repeat(columns.len())
    );
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A cell must stay on its line and in its column.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

/// A list; nothing where it is empty.
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().fold(String::new(), |mut text, item| {
        let _ = writeln!(text, "- {item}");
        text
    })
}

/// An expression as its file writes it, on one line.
pub fn expression(rulebook: &Rulebook, expr: &Expr) -> String {
    let text = rulebook.text_of(expr);
    // A text between quotes or over several lines is the same expression.
    let text = text
        .trim()
        .trim_matches('"')
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    code(&text)
}

/// Text as code.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

/// From which to which day; empty where it is always.
pub fn days(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    let day = |day: NaiveDate| day.to_string();
    match (from, until) {
        (None, None) => String::new(),
        (Some(from), None) => PAGES.with("rulebook-docs-from", day(from)),
        (None, Some(until)) => PAGES.with("rulebook-docs-until", day(until)),
        (Some(from), Some(until)) => PAGES.with_all(
            "rulebook-docs-span",
            &[("from", &day(from)), ("until", &day(until))],
        ),
    }
}

/// A reference to law with its article, day, note and whether it was seen.
pub fn legal(reference: &LegalReference) -> String {
    let mut text = reference.cite.clone();
    if let Some(article) = &reference.article {
        text.push_str(article);
    }
    if let Some(date) = reference.date {
        let _ = write!(text, "，{date}");
    }
    if let Some(note) = &reference.note {
        let _ = write!(text, "（{}）", note.zh());
    }
    if !reference.verified {
        text.push_str(&word("unverified"));
    }
    text
}

/// Several references on one line.
pub fn legal_line(references: &[LegalReference]) -> String {
    references.iter().map(legal).collect::<Vec<_>>().join("；")
}

/// The word for a kind of subject; its own name where there is none.
pub fn subject(kind: &SubjectKind) -> String {
    let name = kind.to_string();
    PAGES
        .find(&format!("rulebook-docs-subject-{name}"))
        .unwrap_or(name)
}

/// When it was last seen to hold, and whether it is verified.
pub fn checked(provenance: &Provenance) -> String {
    let day = provenance
        .checked
        .map_or_else(|| word("never-checked"), |day| day.to_string());
    if provenance.unverified {
        format!("{day}{}", word("unverified"))
    } else {
        day
    }
}

/// How sure we are, in a word.
pub fn sure(confidence: Option<&Confidence>) -> String {
    word(match confidence.map(|confidence| confidence.level) {
        Some(ConfidenceLevel::High) => "sure-high",
        Some(ConfidenceLevel::Medium) => "sure-medium",
        Some(ConfidenceLevel::Low) => "sure-low",
        None => "sure-unsaid",
    })
}

/// Why we are so sure.
pub fn why(confidence: Option<&Confidence>) -> String {
    confidence.map_or_else(String::new, |confidence| confidence.why.zh().to_owned())
}

/// The value of a parameter: one value, or the rows of a table.
pub fn parameter_value(value: &ParameterValue) -> String {
    match &value.scalar {
        Some(scalar) => scalar.to_string(),
        None => value
            .rows
            .iter()
            .map(|(from, is): &(Literal, Literal)| format!("≥ {from}：{is}"))
            .collect::<Vec<_>>()
            .join("；"),
    }
}
