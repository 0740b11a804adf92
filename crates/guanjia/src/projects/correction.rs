//! Correcting one fact by a form: the value that was there is superseded, never overwritten.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::money::exact_fen;
use domain::{Money, Period, SourceRef, SubjectKind, Value, ValueType};
use ledger::{FactRecord, NewFact, Subject};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::app::App;
use crate::labels;
use crate::organisations::place;
use crate::shell::{Figure, Page, PageError, Permission, Viewer, figure, render};
use crate::words::Lang;

/// What the source of such a fact is called.
const FORM: &str = "correction";
/// Longest text of a fact that is typed.
const TEXT_CHARS_MAX: usize = 2_000;

/// Which fact is corrected.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    variable: String,
    #[serde(default)]
    period: String,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    variable: String,
    #[serde(default)]
    period: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    qualifier: String,
    #[serde(default)]
    retract: String,
}

#[derive(Template)]
#[template(path = "projects/correction.html")]
struct CorrectionPage {
    page: Page,
    action: String,
    back: String,
    label: String,
    variables: Vec<(String, String)>,
    typed: Typed,
    period_words: String,
    input: Input,
    units: Vec<(&'static str, String)>,
    current: Figure,
    error: String,
}

/// How the value is typed.
enum Input {
    Line { hint: String },
    Block,
    Choice(Vec<(String, String)>),
}

/// A kind of subject whose facts can be corrected.
struct Corrected {
    kind: SubjectKind,
    section: &'static str,
    see: Permission,
    edit: Permission,
}

const PROJECT: Corrected = Corrected {
    kind: SubjectKind::Project,
    section: "projects",
    see: Permission::SeeProjects,
    edit: Permission::EditProjects,
};
const ENTERPRISE: Corrected = Corrected {
    kind: SubjectKind::Enterprise,
    section: "enterprises",
    see: Permission::SeeEnterprises,
    edit: Permission::EditEnterprises,
};

/// `GET /projects/{id}/correction`.
pub async fn of_project(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    show(&app, &viewer, &PROJECT, id, which).await
}

/// `POST /projects/{id}/correction`.
pub async fn correct_project(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    correct(&app, &viewer, &PROJECT, id, typed).await
}

/// `GET /enterprises/{id}/correction`.
pub async fn of_enterprise(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    show(&app, &viewer, &ENTERPRISE, id, which).await
}

/// `POST /enterprises/{id}/correction`.
pub async fn correct_enterprise(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    correct(&app, &viewer, &ENTERPRISE, id, typed).await
}

async fn show(
    app: &App,
    viewer: &Viewer,
    what: &Corrected,
    id: i64,
    which: Which,
) -> Result<Response, PageError> {
    let (subject, facts) = editable(app, viewer, what, id).await?;
    let mut typed = Typed {
        variable: which.variable,
        period: which.period,
        ..Typed::default()
    };
    if let Some(fact) = stated(&facts, &typed) {
        let shown = figure::shown(
            &what.kind,
            &fact.variable,
            fact.value.as_ref(),
            &fact.unit,
            Lang::Zh,
        );
        typed.value = match &fact.value {
            Some(Value::Code(code) | Value::Text(code)) => code.clone(),
            Some(Value::Boolean(flag)) => flag.to_string(),
            _ => shown.digits.replace(',', ""),
        };
        typed.unit = shown.unit;
        typed.qualifier.clone_from(&fact.qualifier);
    }
    page(app, viewer, what, &subject, &facts, typed, String::new()).await
}

/// The subject and its facts, where this person may change them now.
async fn editable(
    app: &App,
    viewer: &Viewer,
    what: &Corrected,
    id: i64,
) -> Result<(Subject, Vec<FactRecord>), PageError> {
    if viewer.is_past() {
        return Err(PageError::BadRequest(viewer.lang.t("past-unchanged")));
    }
    let scope = viewer.scope(what.edit);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    let seen = viewer.scope(what.see);
    if subject.kind != what.kind || !seen.covers_subject(id, subject.owner_id, &subject.path) {
        return Err(PageError::NotFound);
    }
    let facts = app.ledger.facts_of(&scope, id, viewer.reading()).await?;
    Ok((subject, facts))
}

fn stated<'a>(facts: &'a [FactRecord], typed: &Typed) -> Option<&'a FactRecord> {
    let period = Period::from_words(&typed.period);
    facts
        .iter()
        .find(|fact| fact.variable == typed.variable && fact.period == period)
}

async fn page(
    app: &App,
    viewer: &Viewer,
    what: &Corrected,
    subject: &Subject,
    facts: &[FactRecord],
    typed: Typed,
    error: String,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let known = labels::variable(&what.kind, &typed.variable);
    let value_type = known.and_then(labels::Variable::value_type);
    let input = match (value_type, known) {
        (Some(ValueType::Code), Some(variable)) if !variable.values.is_empty() => Input::Choice(
            variable
                .values
                .iter()
                .map(|(code, label)| (code.clone(), label.words(lang).to_owned()))
                .collect(),
        ),
        (Some(ValueType::Boolean), _) => Input::Choice(vec![
            ("true".to_owned(), lang.t("yes")),
            ("false".to_owned(), lang.t("no")),
        ]),
        (Some(ValueType::Text) | None, _) => Input::Block,
        (Some(ValueType::Date), _) => Input::Line {
            hint: lang.t("correction-date-hint"),
        },
        (Some(ValueType::Ratio), _) => Input::Line {
            hint: lang.t("correction-ratio-hint"),
        },
        _ => Input::Line {
            hint: lang.t("correction-number-hint"),
        },
    };
    let units = if value_type == Some(ValueType::Money) {
        vec![
            ("万元", lang.t("unit-wan-yuan")),
            ("亿元", lang.t("unit-yi-yuan")),
            ("元", lang.t("unit-yuan")),
        ]
    } else {
        Vec::new()
    };
    let label = labels::words(&what.kind, &typed.variable, lang);
    let title = lang.with("correction-of", &subject.name);
    let own_href = format!("/{}/{}", what.section, subject.id);
    let way = place::way_to(app, viewer, what.see, what.section, subject).await?;
    render(&CorrectionPage {
        page: Page::new(viewer, what.section, title).along(way, &[&lang.t("correct")]),
        action: format!("{own_href}/correction"),
        back: own_href,
        label,
        variables: labels::variables(&what.kind)
            .map(|(name, variable)| (name.to_owned(), variable.label.words(lang).to_owned()))
            .collect(),
        period_words: figure::period_words(&Period::from_words(&typed.period), lang),
        current: Figure::of(viewer, &what.kind, stated(facts, &typed)),
        input,
        units,
        typed,
        error,
    })
}

async fn correct(
    app: &App,
    viewer: &Viewer,
    what: &Corrected,
    id: i64,
    typed: Typed,
) -> Result<Response, PageError> {
    let (subject, facts) = editable(app, viewer, what, id).await?;
    let scope = viewer.scope(what.edit);
    let back = format!("/{}/{id}", what.section);
    if !typed.retract.is_empty() {
        if let Some(fact) = stated(&facts, &typed) {
            app.ledger
                .retract_fact(&viewer.stamp(), &scope, fact.id, FORM)
                .await?;
        }
        return Ok(Redirect::to(&format!("{back}?saved=retraction")).into_response());
    }
    if typed.variable.is_empty() || typed.variable.chars().count() > 100 {
        let error = viewer.lang.t("correction-choose");
        return page(app, viewer, what, &subject, &facts, typed, error).await;
    }
    let known = labels::variable(&what.kind, &typed.variable);
    let value = match read(known, &typed) {
        Ok(value) => value,
        Err(key) => {
            let error = viewer.lang.find(key).unwrap_or_default();
            return page(app, viewer, what, &subject, &facts, typed, error).await;
        }
    };
    let fact = NewFact {
        variable: typed.variable,
        period: Period::from_words(&typed.period),
        value,
        qualifier: typed.qualifier.trim().chars().take(20).collect(),
        unit: typed.unit,
        source: SourceRef::Form {
            form: FORM.to_owned(),
        },
        known_on: None,
    };
    app.ledger
        .record_facts(&viewer.stamp(), &scope, id, vec![fact])
        .await?;
    Ok(Redirect::to(&format!("{back}?saved=fact")).into_response())
}

/// The value that was typed; else the key of what is wrong with it.
fn read(variable: Option<&labels::Variable>, typed: &Typed) -> Result<Value, &'static str> {
    let text = typed.value.trim();
    if text.is_empty() {
        return Err("correction-empty");
    }
    if text == "无" || text.eq_ignore_ascii_case("none") {
        return Ok(Value::Absent);
    }
    let number = || {
        let plain = text.replace([',', '，'], "");
        Decimal::from_str_exact(&plain).map_err(|_| "correction-no-number")
    };
    match variable.and_then(labels::Variable::value_type) {
        Some(ValueType::Money) => {
            let per_unit = match typed.unit.as_str() {
                "亿元" => 100_000_000,
                "万元" => 10_000,
                "元" => 1,
                _ => return Err("correction-no-unit"),
            };
            let yuan = number()?
                .checked_mul(Decimal::from(per_unit))
                .ok_or("correction-no-number")?;
            let fen = exact_fen(yuan).map_err(|_| "correction-no-amount")?;
            Ok(Value::Money(Money::from_fen(fen)))
        }
        Some(ValueType::Integer) => {
            let number = number()?;
            if !number.fract().is_zero() {
                return Err("correction-no-whole");
            }
            i64::try_from(number)
                .map(Value::Integer)
                .map_err(|_| "correction-no-whole")
        }
        Some(ValueType::Number) => number().map(Value::Number),
        Some(ValueType::Ratio) => {
            let percent = text.trim_end_matches(['%', '％']);
            Decimal::from_str_exact(percent)
                .map(|percent| Value::Ratio(percent / Decimal::ONE_HUNDRED))
                .map_err(|_| "correction-no-number")
        }
        Some(ValueType::Boolean) => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err("correction-no-code"),
        },
        Some(ValueType::Date) => text
            .parse()
            .map(Value::Date)
            .map_err(|_| "correction-no-date"),
        Some(ValueType::Code) => {
            let listed = variable
                .is_some_and(|known| known.values.is_empty() || known.values.contains_key(text));
            if listed {
                Ok(Value::Code(text.to_owned()))
            } else {
                Err("correction-no-code")
            }
        }
        Some(ValueType::Text) | None => {
            Ok(Value::Text(text.chars().take(TEXT_CHARS_MAX).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(variable: &str, value: &str, unit: &str) -> Result<Value, &'static str> {
        let known = labels::variable(&SubjectKind::Project, variable);
        let typed = Typed {
            value: value.to_owned(),
            unit: unit.to_owned(),
            ..Typed::default()
        };
        read(known, &typed)
    }

    #[test]
    fn money_is_exact_in_its_unit() {
        let wanted = Value::Money(Money::from_fen(1_848_390_000));
        assert_eq!(typed("investment_total", "1,848.39", "万元"), Ok(wanted));
        assert_eq!(
            typed("investment_total", "1.000001", "元"),
            Err("correction-no-amount")
        );
        assert_eq!(
            typed("investment_total", "7", ""),
            Err("correction-no-unit")
        );
    }

    #[test]
    fn what_is_not_of_the_type_is_refused_in_words() {
        assert_eq!(typed("started_on", "下个月", ""), Err("correction-no-date"));
        assert_eq!(typed("stage", "flying", ""), Err("correction-no-code"));
        assert_eq!(typed("buildings", "2.5", ""), Err("correction-no-whole"));
        assert_eq!(typed("buildings", "", ""), Err("correction-empty"));
    }

    #[test]
    fn none_is_known_to_be_absent() {
        assert_eq!(typed("started_on", "无", ""), Ok(Value::Absent));
    }
}
