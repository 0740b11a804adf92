//! The rulebook for programs: which policies there are, and what they say of one enterprise. Judged as
//! its page judges it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use domain::SubjectKind;
use domain::money::format_fen;
use engine::explain::{Bilingual, Explanation, is_unverified};
use engine::rulebook::{InForce, Policy as Law};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::found;
use super::parameters::Asked;
use super::problem::Fault;
use crate::app::App;
use crate::policies::{self, Day, KnownFacts, Near, PolicyVerdict, Rules};
use crate::shell::{PageError, Permission, Viewer};

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
#[expect(
    clippy::struct_field_names,
    reason = "the interface calls it what the contract calls it"
)]
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
    /// One verdict per policy, by id of the policy.
    pub items: Vec<Verdict>,
    /// What the best combination of them saves, with two decimals.
    #[schema(examples("150000.00"))]
    pub saves: String,
}

/// What a policy says of an enterprise.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the interface calls it what the contract calls it"
)]
pub struct Verdict {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub name: Name,
    /// `eligible`, `ineligible`, `unknown` or `not_in_force`.
    #[schema(examples("unknown"))]
    pub verdict: &'static str,
    /// The year whose figures it looks at.
    pub year: i32,
    /// What it is or would be worth, with two decimals; null where that is not known or it names none.
    #[schema(examples("150000.00"))]
    pub amount: Option<String>,
    /// Clauses that are false, in the order of the law.
    pub failed: Vec<String>,
    /// The one clause that keeps it away, with how far it falls short.
    pub short: Option<Short>,
    /// Facts that are not known and could change it.
    pub missing: Vec<String>,
    /// Whether it belongs to the combination that saves most.
    pub chosen: bool,
    /// Whether some part of the policy nobody has seen to hold.
    pub unverified: bool,
}

/// How far a clause falls short.
#[derive(Serialize, ToSchema)]
pub struct Short {
    /// The clause.
    pub clause: String,
    /// The gap, negative, in its unit.
    pub gap: String,
    /// `money`, `ratio`, `integer` or `days`.
    pub unit: &'static str,
}

impl From<Near> for Short {
    fn from(near: Near) -> Self {
        Self {
            clause: near.clause,
            gap: near.gap,
            unit: near.unit,
        }
    }
}

/// `GET /api/v1/policies`.
pub async fn policies(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let on = asked.day("on").unwrap_or_else(|| viewer.day());
    let rules = policies::rules_of(&app, &viewer).await?;
    let all = rules.rulebook.policies.values();
    let mut items: Vec<Policy> = all.map(|law| policy(law, on)).collect();
    items.sort_by(|a, b| a.policy.cmp(&b.policy));
    found(&headers, &PolicyPage { items })
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

/// The name of a policy.
pub fn name(law: &Law) -> Name {
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

/// `GET /api/v1/enterprises/{id}/verdicts`.
pub async fn verdicts(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    asked: Asked,
) -> Result<Response, Fault> {
    let judged = judged(&app, &viewer, &asked, id, |rules, known, days| {
        let found = policies::judge_all(rules, known, days);
        let items = found.policies.into_iter();
        VerdictPage {
            items: items.filter_map(|one| verdict(rules, one)).collect(),
            saves: format_fen(found.saves),
        }
    });
    found(&headers, &judged.await?)
}

fn verdict(rules: &Rules, one: PolicyVerdict) -> Option<Verdict> {
    let law = rules.rulebook.policies.get(&one.id)?;
    let clause = |place: &usize| Some(law.clauses.get(*place)?.id.clone());
    Some(Verdict {
        name: name(law),
        verdict: one.verdict.as_str(),
        year: one.year,
        amount: one.amount.map(format_fen),
        failed: one.failed.iter().filter_map(clause).collect(),
        short: one.near.map(Short::from),
        missing: one.missing,
        chosen: one.chosen,
        unverified: is_unverified(law),
        policy: one.id,
    })
}

/// `GET /api/v1/enterprises/{id}/verdicts/{policy}`: the same JSON as `guanjia explain` gives, the
/// source of each fact being its address.
pub async fn explanation(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path((id, policy)): Path<(i64, String)>,
    asked: Asked,
) -> Result<Response, Fault> {
    let explained = judged(&app, &viewer, &asked, id, move |rules, known, days| {
        policies::judge_one(rules, known, days, &policy)
    });
    let mut explained: Explanation = explained.await?.ok_or(PageError::NotFound)?;
    let clauses = explained.clauses.iter_mut();
    let facts = clauses.flat_map(|clause| &mut clause.facts);
    for fact in facts.chain(
        explained
            .amount
            .iter_mut()
            .flat_map(|amount| &mut amount.facts),
    ) {
        fact.source = fact.source.take().map(|id| format!("/api/v1/facts/{id}"));
    }
    found(&headers, &explained)
}

/// Judges an enterprise that the viewer sees, on the day asked for or those of its last figures.
async fn judged<T: Send + 'static>(
    app: &App,
    viewer: &Viewer,
    asked: &Asked,
    id: i64,
    judge: impl FnOnce(&Rules, &KnownFacts, &[Day]) -> T + Send + 'static,
) -> Result<T, Fault> {
    let scope = viewer.scope(Permission::SeeEnterprises);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != SubjectKind::Enterprise {
        return Err(PageError::NotFound.into());
    }
    let on = asked.day("on");
    let by = on.unwrap_or_else(|| viewer.day());
    let facts = app
        .ledger
        .facts_known_by(&scope, id, by, viewer.reading())
        .await?;
    let rules = policies::rules_of(app, viewer).await?;
    let known = KnownFacts::of(&rules.rulebook, &id.to_string(), &facts);
    let days = policies::days(&known, on, viewer);
    let done = tokio::task::spawn_blocking(move || judge(&rules, &known, &days)).await;
    done.map_err(|error| PageError::internal(&error).into())
}
