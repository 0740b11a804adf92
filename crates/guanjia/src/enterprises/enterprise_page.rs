//! One enterprise (一企一档): who it is, its figures year by year, its certificates, its projects.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::{Period, SubjectKind, Value};
use ledger::projection::{Bound, Filter, ListQuery, ProjectRow};
use ledger::{FactRecord, Subject, SubjectStatus};

use crate::app::App;
use crate::labels;
use crate::lists::cells::StandingMark;
use crate::policies;
use crate::projects::facts_table::{self, FactLine};
use crate::projects::standing;
use crate::shell::{Figure, Page, PageError, Permission, Viewer, figure, render};

/// Projects shown.
const PROJECTS: u32 = 20;

#[derive(Template)]
#[template(path = "enterprises/enterprise_page.html")]
struct EnterprisePage {
    page: Page,
    name: String,
    code: String,
    invented: bool,
    closed: bool,
    sentence: String,
    lines: Vec<FactLine>,
    periods: Vec<String>,
    by_period: Vec<PeriodLine>,
    certificates: Vec<Certificate>,
    projects: Vec<OwnProject>,
    sees_projects: bool,
    standing: policies::Standing,
    edit_href: String,
    history_href: String,
}

/// A variable over the periods of the table.
struct PeriodLine {
    label: String,
    cells: Vec<PeriodCell>,
}

struct PeriodCell {
    figure: Figure,
    edit_href: String,
}

struct Certificate {
    label: String,
    from: Figure,
    until: Figure,
    class: &'static str,
    words: String,
}

struct OwnProject {
    name: String,
    href: String,
    mark: StandingMark,
}

/// `GET /enterprises/{id}/history`.
pub async fn history(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let kind = SubjectKind::Enterprise;
    let see = Permission::SeeEnterprises;
    crate::projects::history::page(&app, &viewer, id, &kind, see, "enterprises").await
}

/// `GET /enterprises/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let kind = SubjectKind::Enterprise;
    let scope = viewer.scope(Permission::SeeEnterprises);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != kind {
        return Err(PageError::NotFound);
    }
    let facts = app.ledger.facts_of(&scope, id, viewer.reading()).await?;
    let may_edit = viewer.scope(Permission::EditEnterprises).covers_subject(
        id,
        subject.owner_id,
        &subject.path,
    ) && !viewer.is_past();
    let edit_path = if may_edit {
        format!("/enterprises/{id}/correction")
    } else {
        String::new()
    };
    let lines = facts_table::lines(&viewer, &kind, &facts, &edit_path, |fact| {
        fact.period == Period::Current && fact.variable != "name" && !is_certificate(&fact.variable)
    });
    let (periods, by_period) = by_period(&viewer, &facts, &edit_path);
    let projects = projects(&app, &viewer, &subject).await?;
    let asked = policies::Asked {
        subject: &subject,
        facts: &facts,
        day: policies::chosen_day(&viewer, &query.unwrap_or_default())?,
        edit_path: &edit_path,
    };
    let standing = policies::of(&app, &viewer, asked).await?;
    let list = lang.t("nav-enterprises");
    render(&EnterprisePage {
        page: Page::new(&viewer, "enterprises", subject.name.clone())
            .at(&[(&list, "/enterprises"), (&subject.name, "")]),
        code: subject.code.clone().unwrap_or_default(),
        invented: subject.invented,
        closed: subject.status == SubjectStatus::Closed,
        sentence: sentence(&viewer, &facts),
        lines,
        periods,
        by_period,
        certificates: certificates(&viewer, &facts),
        projects,
        standing,
        sees_projects: viewer.may(Permission::SeeProjects),
        history_href: viewer.href(&format!("/enterprises/{id}/history")),
        edit_href: edit_path,
        name: subject.name,
    })
}

/// Revenue of the latest year, with the change since the year before where both are known.
fn sentence(viewer: &Viewer, facts: &[FactRecord]) -> String {
    let lang = viewer.lang;
    let amounts: Vec<(i32, i64, &FactRecord)> = facts
        .iter()
        .filter(|fact| fact.variable == "revenue" || fact.variable == "sales_income")
        .filter_map(|fact| match (&fact.period, &fact.value) {
            (Period::Year(year), Some(Value::Money(money))) => Some((*year, money.fen, fact)),
            _ => None,
        })
        .collect();
    let Some((year, fen, fact)) = amounts.iter().max_by_key(|(year, ..)| *year) else {
        return lang.t("enterprise-no-revenue");
    };
    let digits = Figure::of_fact(viewer, &SubjectKind::Enterprise, fact).plain();
    let label = labels::words(&SubjectKind::Enterprise, &fact.variable, lang);
    let year_words = year.to_string();
    let before = amounts
        .iter()
        .find(|(other, _, that)| *other == year - 1 && that.variable == fact.variable)
        .filter(|(_, before, _)| *before > 0);
    let mut values = vec![
        ("year", year_words.as_str()),
        ("label", label.as_str()),
        ("amount", digits.as_str()),
    ];
    let Some((_, before, _)) = before else {
        return lang.with_all("enterprise-sentence", &values);
    };
    let change = rust_decimal::Decimal::from(fen - before) / rust_decimal::Decimal::from(*before);
    let sign = if change.is_sign_negative() { "" } else { "+" };
    let change = format!(
        "{sign}{}",
        crate::shell::display::percent(change.round_dp(3))
    );
    values.push(("change", change.as_str()));
    lang.with_all("enterprise-sentence-change", &values)
}

/// Periods side by side, the latest first, and every variable that has a value for one of them.
fn by_period(
    viewer: &Viewer,
    facts: &[FactRecord],
    edit_path: &str,
) -> (Vec<String>, Vec<PeriodLine>) {
    let kind = SubjectKind::Enterprise;
    let periodic: Vec<&FactRecord> = facts
        .iter()
        .filter(|fact| fact.period != Period::Current)
        .collect();
    let mut periods: Vec<&Period> = periodic.iter().map(|fact| &fact.period).collect();
    periods
        .sort_by_key(|period| std::cmp::Reverse((standing::last_day(period), (*period).clone())));
    periods.dedup();
    let known: Vec<&str> = labels::variables(&kind).map(|(name, _)| name).collect();
    let place = |name: &str| {
        known
            .iter()
            .position(|known| *known == name)
            .unwrap_or(usize::MAX)
    };
    let names: BTreeSet<(usize, &str)> = periodic
        .iter()
        .map(|fact| (place(&fact.variable), fact.variable.as_str()))
        .collect();
    let lines = names
        .into_iter()
        .map(|(_, name)| PeriodLine {
            label: labels::words(&kind, name, viewer.lang),
            cells: periods
                .iter()
                .map(|period| {
                    let fact = periodic
                        .iter()
                        .find(|fact| fact.variable == name && fact.period == **period);
                    PeriodCell {
                        figure: Figure::of(viewer, &kind, fact.copied()),
                        edit_href: facts_table::edit_href(edit_path, name, period),
                    }
                })
                .collect(),
        })
        .collect();
    let words = periods
        .iter()
        .map(|period| figure::period_words(period, viewer.lang))
        .collect();
    (words, lines)
}

fn is_certificate(variable: &str) -> bool {
    variable.ends_with("_valid_from") || variable.ends_with("_valid_until")
}

/// Certificates of which anything is known, and whether they hold on the day shown.
fn certificates(viewer: &Viewer, facts: &[FactRecord]) -> Vec<Certificate> {
    let kind = SubjectKind::Enterprise;
    let lang = viewer.lang;
    let find = |name: &str| facts.iter().find(|fact| fact.variable == name);
    let stems: BTreeSet<&str> = facts
        .iter()
        .filter_map(|fact| {
            let name = fact.variable.as_str();
            name.strip_suffix("_valid_from")
                .or_else(|| name.strip_suffix("_valid_until"))
        })
        .collect();
    stems
        .into_iter()
        .map(|stem| {
            let (from, until) = (
                find(&format!("{stem}_valid_from")),
                find(&format!("{stem}_valid_until")),
            );
            let (class, words) = validity(until, viewer.day(), lang);
            let key = format!("certificate-{}", stem.replace('_', "-"));
            Certificate {
                label: lang
                    .find(&key)
                    .unwrap_or_else(|| labels::words(&kind, &format!("{stem}_valid_until"), lang)),
                from: Figure::of(viewer, &kind, from),
                until: Figure::of(viewer, &kind, until),
                class,
                words,
            }
        })
        .collect()
}

fn validity(
    until: Option<&FactRecord>,
    day: NaiveDate,
    lang: crate::words::Lang,
) -> (&'static str, String) {
    match until.and_then(|fact| fact.value.as_ref()) {
        Some(Value::Date(until)) => {
            let left = (until.latest() - day).num_days();
            if left < 0 {
                ("red", lang.t("certificate-ended"))
            } else {
                ("green", lang.with("certificate-holds", left))
            }
        }
        Some(Value::Absent) => ("unknown", lang.t("certificate-none")),
        _ => ("unknown", lang.t("certificate-unknown")),
    }
}

/// Its projects: those it owns, and those whose ledger names it.
async fn projects(
    app: &App,
    viewer: &Viewer,
    subject: &Subject,
) -> Result<Vec<OwnProject>, PageError> {
    let scope = viewer.scope(Permission::SeeProjects);
    if scope.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<ProjectRow> = Vec::new();
    let mut ways = vec![("owner", subject.name.clone())];
    ways.extend(subject.code.clone().map(|code| ("owner_uscc", code)));
    for (column, value) in ways {
        let mut query = ListQuery::of_zone(subject.zone_id);
        query.limit = PROJECTS;
        query.filters = vec![Filter {
            column: column.to_owned(),
            bound: Bound::OneOf(vec![value]),
        }];
        let page = app
            .ledger
            .list::<ProjectRow>(&scope, &query, viewer.reading())
            .await?;
        for row in page.rows {
            if found
                .iter()
                .all(|other| other.head.subject_id != row.head.subject_id)
            {
                found.push(row);
            }
        }
    }
    Ok(found
        .iter()
        .map(|row| OwnProject {
            name: row.head.name.clone(),
            href: viewer.href(&format!("/projects/{}", row.head.subject_id)),
            mark: standing::mark(row, standing::row_day(row, viewer.day()), viewer.lang),
        })
        .collect())
}
