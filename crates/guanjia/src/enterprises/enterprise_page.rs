//! One enterprise (一企一档): who it is, its figures year by year, its certificates, its projects.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use domain::{Period, SubjectKind, Value};
use ledger::projection::{Bound, Filter, ListQuery, ProjectRow};
use ledger::{FactRecord, Subject, SubjectStatus};
use rust_decimal::Decimal;

use crate::app::App;
use crate::labels;
use crate::lists::Address;
use crate::lists::cells::StandingMark;
use crate::organisations::place;
use crate::policies;
use crate::projects::facts_table::{self, FactLine};
use crate::projects::{history, saved_words, standing};
use crate::shell::{
    Figure, Page, PageError, Permission, Sparkline, Viewer, display, figure, render_with_sources,
};

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
    saved: String,
    sentence: Sentence,
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

/// How it stands: a figure with its source, and the words around it.
#[derive(Default)]
struct Sentence {
    before: String,
    figure: Option<Figure>,
    after: String,
}

/// A variable over the periods of the table.
struct PeriodLine {
    label: String,
    moved: Option<Sparkline>,
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
    absent: bool,
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
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let kind = SubjectKind::Enterprise;
    let see = Permission::SeeEnterprises;
    let in_side = headers.contains_key("hx-request");
    history::page(&app, &viewer, id, &kind, see, "enterprises", in_side).await
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
    let query = query.unwrap_or_default();
    let asked = policies::Asked {
        subject: &subject,
        facts: &facts,
        day: policies::chosen_day(&viewer, &query)?,
        edit_path: &edit_path,
    };
    let standing = policies::of(&app, &viewer, asked).await?;
    let see = Permission::SeeEnterprises;
    let way = place::way_to(&app, &viewer, see, "enterprises", &subject).await?;
    let page = EnterprisePage {
        page: Page::new(&viewer, "enterprises", subject.name.clone()).along(way, &[]),
        code: subject.code.clone().unwrap_or_default(),
        invented: subject.invented,
        closed: subject.status == SubjectStatus::Closed,
        saved: saved_words(
            Address::parse(&query).get("saved").unwrap_or_default(),
            lang,
        ),
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
    };
    render_with_sources(&app, &viewer, &page).await
}

/// Revenue of the latest year, with the change since the year before where both are known.
fn sentence(viewer: &Viewer, facts: &[FactRecord]) -> Sentence {
    let lang = viewer.lang;
    let amounts: Vec<(i32, i64, &FactRecord)> = facts
        .iter()
        .filter(|fact| fact.variable == "revenue" || fact.variable == "sales_income")
        .filter_map(|fact| match (&fact.period, &fact.value) {
            (Period::Year(year), Some(Value::Money(money))) => Some((*year, money.fen, fact)),
            _ => None,
        })
        .collect();
    let Some((year, fen, fact)) = amounts
        .iter()
        .max_by_key(|(year, _, fact)| (*year, fact.variable == "revenue"))
    else {
        return Sentence {
            before: lang.t("enterprise-no-revenue"),
            ..Sentence::default()
        };
    };
    let label = labels::words(&SubjectKind::Enterprise, &fact.variable, lang);
    let year_words = year.to_string();
    let values = [("year", year_words.as_str()), ("label", label.as_str())];
    let before = amounts
        .iter()
        .find(|(other, _, that)| *other == year - 1 && that.variable == fact.variable)
        .filter(|(_, before, _)| *before > 0);
    let after = match before {
        Some((_, before, _)) => {
            let change = Decimal::from(fen - before) / Decimal::from(*before);
            let sign = if change.is_sign_negative() { "" } else { "+" };
            let change = format!("{sign}{}", display::percent(change.round_dp(3)));
            lang.with("enterprise-change", change)
        }
        None => lang.t("opening-stop"),
    };
    Sentence {
        before: lang.with_all("enterprise-sentence", &values),
        figure: Some(Figure::of_fact(viewer, &SubjectKind::Enterprise, fact)),
        after,
    }
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
    let names: BTreeSet<(usize, &str)> = periodic
        .iter()
        .map(|fact| (labels::place(&kind, &fact.variable), fact.variable.as_str()))
        .collect();
    let lines = names
        .into_iter()
        .map(|(_, name)| PeriodLine {
            label: labels::words(&kind, name, viewer.lang),
            moved: moved(&periodic, &periods, name),
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

/// How a variable moved over the years of the table.
fn moved(facts: &[&FactRecord], periods: &[&Period], name: &str) -> Option<Sparkline> {
    let number = |period: &Period| {
        let of_period = |fact: &&&FactRecord| fact.variable == name && fact.period == *period;
        match facts.iter().find(of_period)?.value.as_ref()? {
            Value::Money(money) if money.currency.is_cny() => Some(Decimal::from(money.fen)),
            Value::Integer(whole) => Some(Decimal::from(*whole)),
            Value::Number(number) | Value::Ratio(number) => Some(*number),
            _ => None,
        }
    };
    let years = periods.iter().rev();
    let years = years.filter(|period| matches!(period, Period::Year(_)));
    let values: Vec<Option<Decimal>> = years.map(|period| number(period)).collect();
    Sparkline::of(&values)
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
                absent: matches!(
                    until.and_then(|fact| fact.value.as_ref()),
                    Some(Value::Absent)
                ),
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
