//! Cells of a row: what a column shows, with what the ledger marks beside it.

use domain::PartialDate;
use ledger::projection::RowHead;

use super::ListSpec;
use super::columns::{ListColumn, Look};
use crate::labels;
use crate::shell::{display, figure};
use crate::words::Lang;

/// The value of a column as the ledger's row holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw<'a> {
    /// Words or a code.
    Text(Option<&'a str>),
    /// Fen.
    Money(Option<i64>),
    /// A whole number.
    Integer(Option<i64>),
    /// A date.
    Date(Option<PartialDate>),
}

/// What a cell shows.
#[derive(Debug, Clone, Default)]
pub struct ShownCell {
    /// Digits or words; a dash for what is not known.
    pub text: String,
    /// Exact value or full text, as a tooltip.
    pub title: String,
    /// `num`, `light red` … or empty.
    pub class: &'static str,
}

/// How a row stands, in a shape, a colour and words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StandingMark {
    /// `red`, `yellow`, `green`, `unknown`.
    pub class: &'static str,
    /// The shape with its words.
    pub words: String,
    /// The reason in a sentence.
    pub reason: String,
}

/// A cell of a column.
pub fn cell(
    spec: &ListSpec,
    column: &ListColumn,
    head: &RowHead,
    raw: &Raw<'_>,
    lang: Lang,
) -> ShownCell {
    let class = if column.is_number() { "num" } else { "" };
    let mark = head.marks.get(column.name);
    let marked = |name: &str| {
        mark.and_then(|mark| mark.get(name))
            .and_then(|value| value.as_str())
    };
    let (text, title) = match raw {
        Raw::Text(Some(text)) if column.look == Look::Code => (
            labels::code_words(&spec.kind, column.name, text, lang),
            String::new(),
        ),
        Raw::Text(Some(text)) => ((*text).to_owned(), (*text).to_owned()),
        Raw::Money(Some(fen)) => {
            let exact = figure::grouped(&domain::money::format_fen(*fen));
            (
                figure::grouped(&display::wan(*fen)),
                format!("{exact} {}", lang.t("unit-yuan")),
            )
        }
        Raw::Integer(Some(number)) if column.name == "year" => (number.to_string(), String::new()),
        Raw::Integer(Some(number)) => (figure::grouped(&number.to_string()), String::new()),
        Raw::Date(Some(date)) => (date.to_string(), String::new()),
        Raw::Text(None) | Raw::Money(None) | Raw::Integer(None) | Raw::Date(None) => {
            let absent = mark.and_then(|mark| mark.get("absent")).is_some();
            let text = match (absent, marked("value"), marked("currency")) {
                (true, _, _) => lang.t("none-known"),
                (_, Some(value), Some(currency)) => {
                    format!("{} {currency}", figure::grouped(value))
                }
                (_, Some(value), None) => value.to_owned(),
                _ => "—".to_owned(),
            };
            (text, String::new())
        }
    };
    let text = match marked("qualifier") {
        Some(qualifier) if text != "—" => figure::qualified(qualifier, &text),
        _ => text,
    };
    ShownCell { text, title, class }
}
