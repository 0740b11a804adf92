//! Sources as footnotes: on paper nobody clicks, so each figure's mark becomes a number and the place that the
//! figure was taken from stands under the page.

use std::collections::HashMap;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use domain::SourceRef;
use ledger::PlaceOfFact;

use super::{PageError, Permission, Viewer, display};
use crate::app::App;
use crate::words::Lang;

/// What the mark of a figure carries before the id of its fact.
const MARK: &str = "data-fact=\"";
/// What it carries before its number once that is known.
const NUMBERED: &str = "data-note=\"";
/// Where the notes go: the end of what is printed.
const END: &str = "</main>";
/// Longest quotation in a note; the rest is on the source's own page.
const QUOTE_CHARS_MAX: usize = 120;

#[derive(Template)]
#[template(path = "shell/footnotes.html")]
struct Footnotes {
    lang: Lang,
    groups: Vec<Group>,
}

/// What was taken from one file and sheet, or typed into one form, at one moment.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    /// The file, form or call, when it was recorded and by whom.
    source: String,
    /// The numbers of the figures, each with its cell or sentence where it has one.
    notes: Vec<(usize, String)>,
}

/// A page with the sources of its figures, in the order in which the figures stand on it.
///
/// # Errors
/// [`PageError::Internal`] if it cannot be rendered or the ledger fails.
pub async fn render_with_sources(
    app: &App,
    viewer: &Viewer,
    template: &impl Template,
) -> Result<Response, PageError> {
    let internal = |error: askama::Error| PageError::internal(&error);
    let page = template.render().map_err(internal)?;
    let facts = facts_of(&page);
    if facts.is_empty() {
        return Ok(Html(page).into_response());
    }
    let scope = viewer.scope(Permission::SeeFacts);
    let places = app.ledger.places_of_facts(&scope, &facts).await?;
    let mut places: HashMap<i64, PlaceOfFact> = places
        .into_iter()
        .map(|place| (place.fact_id, place))
        .collect();
    let mut numbers = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for id in facts {
        if let Some(place) = places.remove(&id) {
            let number = numbers.len() + 1;
            numbers.insert(id, number);
            let (source, spot) = words(&place, viewer.lang);
            match groups.iter_mut().find(|group| group.source == source) {
                Some(group) => group.notes.push((number, spot)),
                None => groups.push(Group {
                    source,
                    notes: vec![(number, spot)],
                }),
            }
        }
    }
    let notes = Footnotes {
        lang: viewer.lang,
        groups,
    };
    let notes = notes.render().map_err(internal)?;
    let mut page = numbered(&page, &numbers);
    if let Some(end) = page.rfind(END) {
        page.insert_str(end, &notes);
    }
    Ok(Html(page).into_response())
}

/// The facts whose marks stand on a page, each once. What people wrote cannot hold a mark: its quotes
/// are escaped.
fn facts_of(page: &str) -> Vec<i64> {
    let mut facts = Vec::new();
    for piece in page.split(MARK).skip(1) {
        let id = piece.split('"').next().and_then(|id| id.parse().ok());
        if let Some(id) = id.filter(|id| !facts.contains(id)) {
            facts.push(id);
        }
    }
    facts
}

/// The page with numbers in place of the facts that have one.
fn numbered(page: &str, numbers: &HashMap<i64, usize>) -> String {
    let mut pieces = page.split(MARK);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (id, rest) = piece.split_once('"').unwrap_or((piece, ""));
        let number = id.parse().ok().and_then(|id: i64| numbers.get(&id));
        let (mark, number) = match number {
            Some(number) => (NUMBERED, number.to_string()),
            None => (MARK, id.to_owned()),
        };
        for part in [mark, &number, "\"", rest] {
            out.push_str(part);
        }
    }
    out
}

/// Where a figure was taken from, with when it was recorded and by whom; and the very cell or sentence.
fn words(place: &PlaceOfFact, lang: Lang) -> (String, String) {
    let file = || {
        let name = place.file_name.clone();
        name.unwrap_or_else(|| lang.t("source-not-kept"))
    };
    let quoted = |quote: &str| lang.with("note-quote", shortened(quote));
    let (from, spot) = match &place.source {
        SourceRef::Cell { sheet, cell, .. } if sheet.is_empty() => (file(), cell.to_string()),
        SourceRef::Cell { sheet, cell, .. } => (format!("{} › {sheet}", file()), cell.to_string()),
        SourceRef::Quote { quote, .. } => (file(), quoted(quote)),
        SourceRef::Form { form } => {
            let form = form_words(form, lang);
            (lang.with("source-form-words", form), String::new())
        }
        SourceRef::Api { request_id, quote } => (
            format!("{} {request_id}", lang.t("source-api")),
            quote.as_deref().map(quoted).unwrap_or_default(),
        ),
    };
    let moment = place.recorded_at.to_datetime().map(display::moment);
    let actor = display::actor(&place.actor, lang);
    let parts = [from, moment.unwrap_or_default(), actor];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (parts.join(" · "), spot)
}

/// What a form is called.
pub fn form_words(form: &str, lang: Lang) -> String {
    lang.find(&format!("form-{}", form.replace('_', "-")))
        .unwrap_or_else(|| form.to_owned())
}

fn shortened(quote: &str) -> String {
    if quote.chars().count() <= QUOTE_CHARS_MAX {
        return quote.to_owned();
    }
    let begin: String = quote.chars().take(QUOTE_CHARS_MAX).collect();
    format!("{begin}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::CellAddress;
    use ledger::Timestamp;

    fn place(source: SourceRef) -> PlaceOfFact {
        PlaceOfFact {
            fact_id: 7,
            source,
            file_name: Some("台账.xlsx".to_owned()),
            recorded_at: Timestamp(1_700_000_000_000_000),
            actor: "li".to_owned(),
        }
    }

    #[test]
    fn a_fact_that_stands_twice_has_one_note() {
        let page = r#"<a data-fact="9">a</a><a data-fact="7">b</a><a data-fact="9">c</a>"#;
        assert_eq!(facts_of(page), [9, 7]);
        let numbers = HashMap::from([(9, 1)]);
        assert_eq!(
            numbered(page, &numbers),
            r#"<a data-note="1">a</a><a data-fact="7">b</a><a data-note="1">c</a>"#
        );
    }

    #[test]
    fn a_note_names_the_cell_or_the_sentence() {
        let cell = place(SourceRef::Cell {
            file_sha256: String::new(),
            sheet: "2024".to_owned(),
            cell: CellAddress { row: 8, column: 2 },
        });
        let source = "台账.xlsx › 2024 · 2023-11-15 06:13 · li";
        assert_eq!(words(&cell, Lang::Zh), (source.to_owned(), "C9".to_owned()));
        let quote = place(SourceRef::Quote {
            file_sha256: String::new(),
            quote: "签约项目 58 个".to_owned(),
        });
        assert_eq!(words(&quote, Lang::Zh).1, "“签约项目 58 个”");
        let form = place(SourceRef::Form {
            form: "correction".to_owned(),
        });
        let (source, spot) = words(&form, Lang::Zh);
        assert!(source.contains("更正表") && spot.is_empty(), "{source}");
    }
}
