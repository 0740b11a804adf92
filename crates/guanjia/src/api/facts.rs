//! Facts of all subjects by kind, and taking one back.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::{Period, SubjectKind};
use ledger::subjects::SubjectQuery;
use ledger::{FactRecord, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::answer::{Tagged, found};
use super::body::Body;
use super::fact::{Fact, fact_of, moment_text};
use super::operations::editing;
use super::parameters::{Asked, cursor_parts, cursor_text, has_control};
use super::problem::{Fault, Place, Said};
use super::source;
use crate::app::App;
use crate::shell::{PageError, Viewer};
use crate::sources::access;

/// Subjects that are looked through for one page: where hardly any has the fact that is asked for, a
/// page may hold fewer than its limit and still have a next one.
const SUBJECTS_MAX: usize = 2_000;
/// Subjects that are read at a time.
const SUBJECTS_AT_ONCE: u32 = 200;
/// The longest reason.
const REASON_CHARS_MAX: usize = 200;

/// A page of facts.
#[derive(Serialize, ToSchema)]
pub struct FactPage {
    /// The facts that count, by subject, variable and period.
    pub items: Vec<FactOfSubject>,
    /// `after` of the next page; null at the end. A page may hold fewer than its limit before that.
    pub next: Option<String>,
}

/// A fact and whose it is.
#[derive(Serialize, ToSchema)]
pub struct FactOfSubject {
    /// The subject.
    pub subject: i64,
    /// The fact.
    #[serde(flatten)]
    pub fact: Fact,
}

/// Where a page of facts ends: subject, variable, period. Periods are in the ledger's order, which is not that
/// of their texts.
type End = (i64, String, Period);

/// The end of a page as a cursor.
fn end_text((subject, variable, period): &End) -> String {
    cursor_text(&json!([subject, variable, period.to_string()]))
}

/// The end of a page that a cursor says.
fn end_of(text: &str) -> Result<End, Fault> {
    let (subject, variable, period): (i64, String, String) = cursor_parts(text)?;
    Ok((subject, variable, Period::from_words(&period)))
}

/// `GET /api/v1/facts`.
pub async fn list(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let kind: SubjectKind = asked
        .get("kind")
        .unwrap_or_default()
        .parse()
        .unwrap_or(SubjectKind::Project);
    let scope =
        access::permission(&kind).map_or_else(Scope::nothing, |needed| viewer.scope(needed));
    let after = asked.get("after").map(end_of).transpose()?;
    let mut page = Page {
        limit: asked.limit() as usize,
        after,
        variable: asked.get("variable").map(str::to_owned),
        period: asked.get("period").map(Period::from_words),
        items: Vec::new(),
        end: None,
    };
    let more = match asked.number("subject") {
        Some(id) => page.of_one(&app, &viewer, &scope, &kind, id).await?,
        None => page.of_all(&app, &viewer, &scope, &kind).await?,
    };
    let next = page.end.as_ref().filter(|_| more).map(end_text);
    let items = page.items;
    found(&headers, &FactPage { items, next })
}

/// A page that is being filled.
struct Page {
    limit: usize,
    after: Option<End>,
    variable: Option<String>,
    period: Option<Period>,
    items: Vec<FactOfSubject>,
    end: Option<End>,
}

impl Page {
    /// The facts of one subject; whether there are more.
    async fn of_one(
        &mut self,
        app: &App,
        viewer: &Viewer,
        scope: &Scope,
        kind: &SubjectKind,
        id: i64,
    ) -> Result<bool, Fault> {
        match app.ledger.subject(scope, id, viewer.reading()).await {
            Ok(subject) if subject.kind == *kind => {
                let facts = app.ledger.facts_of(scope, id, viewer.reading()).await?;
                Ok(self.take(facts))
            }
            Ok(_) | Err(ledger::LedgerError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The facts of all subjects of a kind; whether there are more.
    async fn of_all(
        &mut self,
        app: &App,
        viewer: &Viewer,
        scope: &Scope,
        kind: &SubjectKind,
    ) -> Result<bool, Fault> {
        if scope.is_empty() {
            return Ok(false);
        }
        let mut query = SubjectQuery {
            kind: kind.clone(),
            zone_id: Some(viewer.zone_id()),
            owner_id: None,
            // The subject that the page before ended in may have more.
            after: self
                .after
                .as_ref()
                .map(|(subject, ..)| subject.saturating_sub(1)),
            limit: SUBJECTS_AT_ONCE,
        };
        let mut looked_at = 0;
        loop {
            let subjects = app.ledger.subjects(scope, &query, viewer.reading()).await?;
            let Some(last) = subjects.last() else {
                return Ok(false);
            };
            query.after = Some(last.id);
            let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
            let mut facts = app
                .ledger
                .facts_of_many(scope, &ids, viewer.reading())
                .await?;
            for id in ids {
                if self.take(facts.remove(&id).unwrap_or_default()) {
                    return Ok(true);
                }
            }
            looked_at += subjects.len();
            if looked_at >= SUBJECTS_MAX {
                let beyond = char::MAX.to_string();
                self.end = Some((last.id, beyond, Period::Current));
                return Ok(true);
            }
        }
    }

    /// Takes facts of one subject until the page is full; whether some were left over.
    fn take(&mut self, facts: Vec<FactRecord>) -> bool {
        for record in facts {
            let end = (
                record.subject_id,
                record.variable.clone(),
                record.period.clone(),
            );
            let fits = self.after.as_ref().is_none_or(|after| end > *after)
                && self
                    .variable
                    .as_ref()
                    .is_none_or(|name| record.variable == *name)
                && self
                    .period
                    .as_ref()
                    .is_none_or(|period| record.period == *period);
            let Some(fact) = fact_of(&record).filter(|_| fits) else {
                continue;
            };
            if self.items.len() == self.limit {
                return true;
            }
            self.end = Some(end);
            let subject = record.subject_id;
            self.items.push(FactOfSubject { subject, fact });
        }
        false
    }
}

/// Why a fact is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retraction {
    /// The reason, for the audit.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$",
        examples("typed twice")
    )]
    pub reason: String,
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retracted {
    /// The fact that counts no more.
    pub fact: i64,
    /// The entry of the audit.
    pub entry: i64,
    /// When.
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

/// `POST /api/v1/facts/{id}/retraction`.
pub async fn retract(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    Body(why): Body<Retraction>,
) -> Result<Response, Fault> {
    let reason = why.reason.trim();
    let wrong = |key| Fault::value(Place::Body("/reason".to_owned()), Said::Key(key));
    if reason.is_empty() {
        return Err(wrong("correction-empty"));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(wrong("problem-too-long"));
    }
    if has_control(reason) {
        return Err(wrong("problem-control"));
    }
    let (fact, subject) = access::seen_fact(&app, &viewer, id).await?;
    let scope = viewer.scope(editing(&subject.kind));
    if !scope.covers_subject(subject.id, subject.owner_id, &subject.path) {
        return Err(PageError::Forbidden.into());
    }
    // Whoever corrects it in between makes it count no more, and is not overwritten either.
    if headers.contains_key(header::IF_MATCH) {
        let now = source::fact_with_source(&app, &viewer, id).await?;
        Tagged::of(&now)?.require_match(&headers)?;
    }
    let written = app
        .ledger
        .retract_fact(&viewer.stamp(), &scope, fact.id, reason)
        .await?;
    let body = Retracted {
        fact: fact.id,
        entry: written.entry_id,
        recorded_at: moment_text(written.recorded_at),
    };
    Ok(Tagged::of(&body)?.answer(StatusCode::OK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Value;
    use ledger::Timestamp;
    use serde_json::Value as Json;

    #[test]
    fn periods_of_one_variable_follow_each_other() {
        let facts = || -> Vec<FactRecord> {
            let periods = ["2024-05", "2024-01/2024-05", "2024-Q1", "2024", "达产"];
            let mut facts: Vec<FactRecord> = periods
                .iter()
                .map(|period| FactRecord {
                    period: Period::from_words(period),
                    ..record(1, "a")
                })
                .collect();
            facts.sort_by(|a, b| a.period.cmp(&b.period));
            facts
        };
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let mut page = page(1, after);
            let more = page.take(facts());
            seen.extend(page.items.iter().map(|item| item.fact.period.clone()));
            after = page.end.map(|end| end_of(&end_text(&end)).unwrap());
            if !more {
                break;
            }
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
    }

    #[test]
    fn a_cursor_that_was_made_up_is_read_or_refused() {
        let made_up = |parts: Json| end_of(&cursor_text(&parts));
        assert!(made_up(json!([i64::MIN, "a", ""])).is_ok());
        for parts in [json!([1]), json!(["a", "b", "c"]), json!({}), json!(null)] {
            assert!(made_up(parts).is_err());
        }
    }

    fn record(subject_id: i64, variable: &str) -> FactRecord {
        FactRecord {
            id: subject_id,
            subject_id,
            variable: variable.to_owned(),
            period: Period::Current,
            value: Some(Value::Text("x".to_owned())),
            qualifier: String::new(),
            unit: String::new(),
            source_id: 1,
            cell: None,
            known_on: None,
            entry_id: 1,
            recorded_at: Timestamp(0),
        }
    }

    fn page(limit: usize, after: Option<End>) -> Page {
        Page {
            limit,
            after,
            variable: None,
            period: None,
            items: Vec::new(),
            end: None,
        }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let facts = || vec![record(1, "a"), record(1, "b"), record(1, "c")];
        let mut first = page(2, None);
        assert!(first.take(facts()));
        let mut second = page(2, first.end.clone());
        assert!(!second.take(facts()));
        let names = |page: &Page| -> Vec<String> {
            let items = page.items.iter();
            items.map(|item| item.fact.variable.clone()).collect()
        };
        assert_eq!(names(&first), ["a", "b"]);
        assert_eq!(names(&second), ["c"]);
    }
}
