//! 形象进度: how far a part of a building has come, seen on a day. Each report supersedes the one before; the
//! earlier ones stay in the history of its facts.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use domain::{PartialDate, Period, SourceRef, SubjectKind, Value};
use ledger::subjects::SubjectQuery;
use ledger::{AsOf, Ledger, LedgerError, NewFact, NewSubject, Scope, Stamp, Subject};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::project_page;
use crate::app::App;
use crate::shell::{PageError, Permission, Viewer};

/// The form that a report is typed into, as sources name it.
const FORM: &str = "progress";
/// Longest name of a building or of a part of it.
const CHARS_MAX: usize = 80;
/// Buildings of one project that are looked through for the one that is reported.
const BUILDINGS_MAX: u32 = 500;

/// What is reported of a building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its name, by which it is known within the project.
    pub building: String,
    /// The part that is being built.
    pub part: String,
    /// The share of that part that is done, from 0 to 1.
    pub share: Decimal,
    /// The day it was seen.
    pub seen_on: NaiveDate,
    /// Where it was taken from.
    pub source: SourceRef,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Typed {
    /// The building's name.
    pub building: String,
    /// The part of it.
    pub part: String,
    /// How much of the part is done.
    pub percent: String,
    /// The day it was seen.
    pub seen_on: String,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// The field that it is about.
    pub field: &'static str,
    /// The key of the words.
    pub key: &'static str,
}

impl Wrong {
    const fn of(field: &'static str, key: &'static str) -> Self {
        Self { field, key }
    }
}

/// `POST /projects/{id}/buildings`.
pub async fn report_progress(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    if viewer.is_past() {
        return Err(PageError::BadRequest(viewer.lang.t("past-unchanged")));
    }
    let scope = viewer.scope(Permission::EditProjects);
    let project = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if project.kind != SubjectKind::Project {
        return Err(PageError::NotFound);
    }
    let report = match read(&typed, viewer.day()) {
        Ok(report) => report,
        Err(wrong) => return project_page::page(&app, &viewer, id, "", Some((typed, wrong))).await,
    };
    record(&app.ledger, &viewer.stamp(), &scope, &project, report).await?;
    Ok(Redirect::to(&format!("/projects/{id}?saved=progress#buildings")).into_response())
}

/// The report that was typed; else what is wrong with it.
fn read(typed: &Typed, today: NaiveDate) -> Result<Report, Wrong> {
    let words = |field, text: &str| {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= CHARS_MAX;
        fits.then(|| text.to_owned())
            .ok_or(Wrong::of(field, "building-no-name"))
    };
    let building = words("building", &typed.building)?;
    let part = words("part", &typed.part)?;
    let no_share = Wrong::of("percent", "building-no-share");
    let percent = typed.percent.trim().trim_end_matches('%');
    let share = Decimal::from_str_exact(percent).map_err(|_| no_share)? / Decimal::ONE_HUNDRED;
    if share.is_sign_negative() || share > Decimal::ONE {
        return Err(no_share);
    }
    let seen_on: Result<NaiveDate, _> = typed.seen_on.trim().parse();
    let seen_on = seen_on.map_err(|_| Wrong::of("seen_on", "correction-no-date"))?;
    if seen_on > today {
        return Err(Wrong::of("seen_on", "building-future"));
    }
    Ok(Report {
        building,
        part,
        share,
        seen_on,
        source: SourceRef::Form {
            form: FORM.to_owned(),
        },
    })
}

/// Records a report of a project's building, which is added where it is new.
///
/// # Errors
/// Where the ledger refuses it.
pub async fn record(
    ledger: &Ledger,
    stamp: &Stamp,
    scope: &Scope,
    project: &Subject,
    report: Report,
) -> Result<(), LedgerError> {
    let kind = SubjectKind::Record("building".to_owned());
    let query = SubjectQuery {
        kind: kind.clone(),
        zone_id: None,
        owner_id: Some(project.id),
        after: None,
        limit: BUILDINGS_MAX,
    };
    let known = ledger.subjects(scope, &query, AsOf::Now).await?;
    let known = known.iter().find(|one| one.name == report.building);
    let building = if let Some(known) = known {
        known.id
    } else {
        let new = NewSubject {
            // A building's name is its project's own: the next project has a first house too.
            code: Some(format!("{}/{}", project.id, report.building)),
            owner_id: Some(project.id),
            invented: project.invented,
            ..NewSubject::of(kind, &report.building, project.organisation_id)
        };
        ledger.add_subject(stamp, new).await?
    };
    let fact = |variable: &str, value, unit: &str| NewFact {
        variable: variable.to_owned(),
        period: Period::Current,
        value,
        qualifier: String::new(),
        unit: unit.to_owned(),
        source: report.source.clone(),
        known_on: None,
    };
    let facts = vec![
        fact("part", Value::Text(report.part.clone()), ""),
        fact("done_share", Value::Ratio(report.share), "%"),
        fact("seen_on", Value::Date(PartialDate::Day(report.seen_on)), ""),
    ];
    ledger.record_facts(stamp, scope, building, facts).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(percent: &str, seen_on: &str) -> Result<Report, Wrong> {
        let typed = Typed {
            building: " 1号楼 ".to_owned(),
            part: "基础".to_owned(),
            percent: percent.to_owned(),
            seen_on: seen_on.to_owned(),
        };
        read(&typed, "2024-03-31".parse().unwrap())
    }

    #[test]
    fn a_share_is_a_percentage_seen_no_later_than_today() {
        let report = typed("95%", "2024-03-30").unwrap();
        assert_eq!(
            (report.building.as_str(), report.share.to_string()),
            ("1号楼", "0.95".to_owned())
        );
        assert_eq!(
            typed("101", "2024-03-30"),
            Err(Wrong::of("percent", "building-no-share"))
        );
        assert_eq!(
            typed("-1", "2024-03-30"),
            Err(Wrong::of("percent", "building-no-share"))
        );
        assert_eq!(
            typed("多半", "2024-03-30"),
            Err(Wrong::of("percent", "building-no-share"))
        );
        assert_eq!(
            typed("95", "2024-04-01"),
            Err(Wrong::of("seen_on", "building-future"))
        );
        assert_eq!(
            typed("95", "昨天"),
            Err(Wrong::of("seen_on", "correction-no-date"))
        );
    }
}
