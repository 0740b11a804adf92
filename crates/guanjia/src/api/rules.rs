//! The rulebook for programs: which policies there are, and what they say of one enterprise.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use domain::SubjectKind;
use engine::Rulebook;
use engine::explain::{Bilingual, Explanation, explain, is_unverified};
use engine::judge::{Binding, BindingTerms, FactKey, Judge, Population, Select};
use engine::rulebook::{InForce, Policy as Law};
use engine::subjects::{Subjects, text_table};
use ledger::facts::KnownValue;
use ledger::{AsOf, Organisation, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::found;
use super::parameters::Asked;
use super::problem::Fault;
use crate::app::App;
use crate::commands::rulebook::rules::RulesArgs;
use crate::shell::{PageError, Permission, Viewer};
use crate::words::Lang;

/// The policies of the zone and the nation.
#[derive(Serialize, ToSchema)]
pub struct PolicyPage {
    /// The policies, by id.
    pub items: Vec<Policy>,
}

/// Words in both languages.
#[derive(Serialize, ToSchema)]
pub struct Name {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A policy.
#[derive(Serialize, ToSchema)]
pub struct Policy {
    /// Its id.
    #[schema(examples("hnte_cit_rate"))]
    pub policy: String,
    /// Its name.
    pub name: Name,
    /// Whom it judges.
    #[schema(examples("enterprise"))]
    pub subject: String,
    /// The zone whose rule it is; null for a national one.
    pub zone: Option<String>,
    /// When it is in force.
    pub in_force: Vec<Span>,
    /// Whether it is in force on the day asked for.
    pub is_in_force: bool,
    /// How many clauses it has.
    #[schema(minimum = 0)]
    pub clauses: usize,
    /// Whether somebody has seen that all of it holds.
    pub verified: bool,
    /// When it was last seen to hold.
    #[schema(format = Date)]
    pub checked: Option<String>,
}

/// A span of days.
#[derive(Serialize, ToSchema)]
pub struct Span {
    /// First day; null: always before.
    #[schema(format = Date)]
    pub from: Option<String>,
    /// Last day; null: still.
    #[schema(format = Date)]
    pub until: Option<String>,
}

/// What the policies say of an enterprise.
#[derive(Serialize, ToSchema)]
pub struct VerdictPage {
    /// The assessment date.
    #[schema(format = Date)]
    pub on: String,
    /// One verdict per policy, by id of the policy.
    pub items: Vec<Verdict>,
}

/// What a policy says of an enterprise.
#[derive(Serialize, ToSchema)]
pub struct Verdict {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub name: Name,
    /// `eligible`, `ineligible`, `unknown` or `not_in_force`.
    #[schema(examples("unknown"))]
    pub verdict: &'static str,
    /// What it is or would be worth, with two decimals; null where that is not known.
    #[schema(examples("150000.00"))]
    pub amount: Option<String>,
    /// Clauses that are false.
    pub failed: Vec<String>,
    /// Facts that are not known and could change it.
    pub missing: Vec<String>,
    /// Whether some part of the policy nobody has seen to hold.
    pub unverified: bool,
}

/// The rulebooks that were read, by zone.
static RULEBOOKS: LazyLock<Mutex<HashMap<Option<String>, Arc<Rulebook>>>> =
    LazyLock::new(Mutex::default);

/// Runs work on the rulebook of a zone, beside the requests.
async fn with_rulebook<T: Send + 'static>(
    zone: &Organisation,
    work: impl FnOnce(&Rulebook) -> Option<T> + Send + 'static,
) -> Result<T, Fault> {
    let code = zone.code.clone();
    let done = tokio::task::spawn_blocking(move || {
        let rulebook = rulebook(code)?;
        Ok(work(&rulebook))
    });
    let done = done.await.map_err(|error| PageError::internal(&error))?;
    let done = done.map_err(|error: miette::Report| PageError::internal(&error))?;
    done.ok_or_else(|| PageError::NotFound.into())
}

/// The rulebook of a zone: its own rules beside the national ones where there are any.
fn rulebook(zone: Option<String>) -> miette::Result<Arc<Rulebook>> {
    let mut args = RulesArgs::default();
    let files = args.files(None, Lang::En)?;
    args.zone = zone.filter(|zone| files.zones().contains(zone));
    let mut known = RULEBOOKS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(rulebook) = known.get(&args.zone) {
        return Ok(Arc::clone(rulebook));
    }
    let rulebook = Arc::new(args.load(Lang::En)?);
    known.insert(args.zone, Arc::clone(&rulebook));
    Ok(rulebook)
}

async fn zone_of(app: &App, viewer: &Viewer) -> Result<Organisation, Fault> {
    let id = viewer.zone_id();
    let scope = Scope::organisation(format!("/{id}/"));
    Ok(app.ledger.organisation(&scope, id, AsOf::Now).await?)
}

/// The assessment date: the day asked for, else the day shown.
fn assessed_on(viewer: &Viewer, asked: &Asked) -> NaiveDate {
    asked.day("on").unwrap_or_else(|| viewer.day())
}

/// `GET /api/v1/policies`.
pub async fn policies(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let on = assessed_on(&viewer, &asked);
    let zone = zone_of(&app, &viewer).await?;
    let page = with_rulebook(&zone, move |rulebook| {
        let mut items: Vec<Policy> = rulebook
            .policies
            .values()
            .map(|law| policy(law, on))
            .collect();
        items.sort_by(|a, b| a.policy.cmp(&b.policy));
        Some(PolicyPage { items })
    });
    found(&headers, &page.await?)
}

fn policy(law: &Law, on: NaiveDate) -> Policy {
    Policy {
        policy: law.id.clone(),
        name: name(law),
        subject: law.subject.to_string(),
        zone: law.zone.clone(),
        in_force: law.in_force.iter().map(span).collect(),
        is_in_force: law.is_in_force(on),
        clauses: law.clauses.len(),
        verified: !is_unverified(law),
        checked: law.provenance.checked.map(|day| day.to_string()),
    }
}

fn name(law: &Law) -> Name {
    let Bilingual { zh, en } = (&law.name).into();
    Name { zh, en }
}

fn span(span: &InForce) -> Span {
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    Span {
        from: text(span.from),
        until: text(span.until),
    }
}

/// An enterprise with what is known of it, for the judge.
struct Judged {
    id: i64,
    values: Vec<KnownValue>,
    on: NaiveDate,
}

impl Judged {
    async fn read(app: &App, viewer: &Viewer, asked: &Asked, id: i64) -> Result<Self, Fault> {
        let scope = viewer.scope(Permission::SeeEnterprises);
        let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
        if subject.kind != SubjectKind::Enterprise {
            return Err(PageError::NotFound.into());
        }
        let on = assessed_on(viewer, asked);
        let values = app
            .ledger
            .known_values(&scope, id, Some(on), viewer.reading())
            .await?;
        Ok(Self { id, values, on })
    }

    /// What is known as the engine reads tables: a column per variable and period, one row.
    fn subjects(&self, rulebook: &Rulebook) -> Option<Subjects> {
        let mut headers = vec!["subject_id".to_owned()];
        let mut columns = vec![vec![Some(self.id.to_string())]];
        for known in &self.values {
            // The judge knows amounts in yuan alone, and an enterprise by its id.
            let foreign =
                matches!(&known.value, domain::Value::Money(money) if !money.currency.is_cny());
            if foreign || &*known.variable == "uscc" {
                continue;
            }
            let period = known.period.to_string();
            headers.push(if period.is_empty() {
                known.variable.to_string()
            } else {
                format!("{}@{period}", known.variable)
            });
            columns.push(vec![Some(known.value.to_string())]);
        }
        let table = text_table(&headers, columns).ok()?;
        match Subjects::of_table(rulebook, &SubjectKind::Enterprise, &table) {
            Ok(subjects) => Some(subjects),
            Err(error) => {
                tracing::error!(cause = %error, "an enterprise could not be judged");
                None
            }
        }
    }

    /// Judges by these policies.
    fn judge<T>(
        &self,
        rulebook: &Rulebook,
        select: Select<'_>,
        told: impl FnOnce(&Judge<'_>, &Subjects) -> T,
    ) -> Option<T> {
        let subjects = self.subjects(rulebook)?;
        let definitions = subjects.definitions();
        let terms = BindingTerms {
            as_of: self.on,
            subject: &SubjectKind::Enterprise,
            set: &HashMap::new(),
            definitions: &definitions,
        };
        let binding = Binding::new(rulebook, &terms, select);
        let population = Population::new(&binding, &subjects.facts);
        let judge = Judge::among(&binding, subjects.facts.first()?, &population);
        Some(told(&judge, &subjects))
    }
}

/// `GET /api/v1/enterprises/{id}/verdicts`.
pub async fn verdicts(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    asked: Asked,
) -> Result<Response, Fault> {
    let judged = Judged::read(&app, &viewer, &asked, id).await?;
    let zone = zone_of(&app, &viewer).await?;
    let page = with_rulebook(&zone, move |rulebook| {
        let items = judged.judge(rulebook, Select::Policies, |judge, _| {
            let selected = judge.binding().selected.iter();
            selected
                .filter_map(|id| verdict(rulebook, judge, id))
                .collect()
        })?;
        let on = judged.on.to_string();
        Some(VerdictPage { on, items })
    });
    found(&headers, &page.await?)
}

fn verdict(rulebook: &Rulebook, judge: &Judge<'_>, id: &str) -> Option<Verdict> {
    let law = rulebook.policies.get(id)?;
    let result = judge.policy(id)?;
    Some(Verdict {
        policy: id.to_owned(),
        name: name(law),
        verdict: result.verdict.as_str(),
        amount: result
            .amount
            .as_ref()
            .map(engine::judge::Exact::to_money_text),
        failed: result.failed.clone(),
        missing: result.missing.iter().cloned().collect(),
        unverified: is_unverified(law),
    })
}

/// `GET /api/v1/enterprises/{id}/verdicts/{policy}`: the same JSON as `guanjia explain` gives, each
/// fact with the address of its source.
pub async fn explanation(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path((id, policy)): Path<(i64, String)>,
    asked: Asked,
) -> Result<Response, Fault> {
    let judged = Judged::read(&app, &viewer, &asked, id).await?;
    let zone = zone_of(&app, &viewer).await?;
    let explained = with_rulebook(&zone, move |rulebook| {
        let law = rulebook.policies.get(&policy)?;
        if law.subject != SubjectKind::Enterprise {
            return None;
        }
        let select = [policy.clone()];
        judged.judge(rulebook, Select::Some(&select), |judge, subjects| {
            let source = |key: &FactKey| source(&judged.values, subjects, key);
            explain(rulebook, judge, &policy, &source)
        })?
    });
    let explained: Explanation = explained.await?;
    found(&headers, &explained)
}

/// The address of the fact that a column of the table was made from.
fn source(values: &[KnownValue], subjects: &Subjects, key: &FactKey) -> Option<String> {
    let (_, column) = subjects.column_of(key)?;
    let (variable, period) = column.split_once('@').unwrap_or((column, ""));
    let known = values
        .iter()
        .find(|known| &*known.variable == variable && known.period.to_string() == period)?;
    Some(format!("/api/v1/facts/{}", known.fact_id))
}
