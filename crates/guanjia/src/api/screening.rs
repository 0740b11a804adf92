//! Policies and all enterprises for programs: whom a policy finds, and how all within reach stand with each.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::SubjectKind;
use domain::money::format_fen;
use engine::explain::is_unverified;
use engine::judge::Verdict as Said;
use engine::run::money_text;
use ledger::facts::{SubjectFacts, SubjectFactsQuery};
use ledger::{AsOf, Scope};
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;
use utoipa::ToSchema;

use super::answer::found;
use super::parameters::{Asked, cursor_parts, cursor_text};
use super::problem::{Fault, Place, Said as Words};
use super::rules::{Name, Short, name};
use crate::app::App;
use crate::policies::{self, PolicyVerdict, ReadFacts, ReadValue, Rules};
use crate::shell::{PageError, Permission, Viewer};

/// Enterprises that are judged for one page: where hardly any has the verdict that is asked for, a page may
/// hold fewer than its limit and still have a next one.
const ENTERPRISES_MAX: usize = 2_000;
/// Enterprises that are read at a time.
const AT_ONCE: u32 = 200;

/// A page of what a policy says.
#[derive(Serialize, ToSchema)]
pub struct FindingPage {
    /// What it says of each enterprise, by the enterprises' ids.
    pub items: Vec<Finding>,
    /// `after` of the next page; null at the end. A page may hold fewer than its limit before that.
    pub next: Option<String>,
}

/// What a policy says of an enterprise, taken alone.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// The enterprise.
    pub enterprise: i64,
    /// Its name.
    pub name: String,
    /// Its unified social credit code; null where not known.
    pub code: Option<String>,
    /// `eligible`, `ineligible`, `unknown` or `not_in_force`.
    #[schema(examples("eligible"))]
    pub verdict: &'static str,
    /// The year whose figures the policy looks at.
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
}

/// How all enterprises stand.
#[derive(Serialize, ToSchema)]
pub struct ScreeningSummary {
    /// How many enterprises were judged: all within the account's reach.
    #[schema(minimum = 0)]
    pub enterprises: u64,
    /// The day they were judged on; null: each on the days of its last figures, as its page is.
    #[schema(format = Date)]
    pub on: Option<String>,
    /// What the best combination of each saves, summed, with two decimals.
    #[schema(examples("150000.00"))]
    pub saves: String,
    /// One for each policy, by id.
    pub items: Vec<PolicyTotal>,
}

/// How all enterprises stand with one policy.
#[derive(Serialize, ToSchema)]
pub struct PolicyTotal {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub name: Name,
    /// How many are eligible.
    #[schema(minimum = 0)]
    pub eligible: u64,
    /// How many are not.
    #[schema(minimum = 0)]
    pub ineligible: u64,
    /// Of how many it is not known.
    #[schema(minimum = 0)]
    pub unknown: u64,
    /// For how many it was not in force.
    #[schema(minimum = 0)]
    pub not_in_force: u64,
    /// What it is worth to the eligible, as far as that is known, with two decimals.
    #[schema(examples("150000.00"))]
    pub amount: String,
    /// What it saves those whose best combination has it, with two decimals.
    #[schema(examples("150000.00"))]
    pub saves: String,
    /// Whether some part of it nobody has seen to hold.
    pub unverified: bool,
}

/// The words of a verdict that can be asked for.
pub fn verdicts() -> Vec<String> {
    let all = [
        Said::Eligible,
        Said::Ineligible,
        Said::Unknown,
        Said::NotInForce,
    ];
    all.map(|verdict| verdict.as_str().to_owned()).to_vec()
}

/// `GET /api/v1/screening`.
pub async fn summary(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Fault> {
    let scope = reach(&app, &viewer, &asked).await?;
    let on = asked.day("on");
    let rules = policies::rules_of(&app, &viewer).await?;
    let screening = policies::screen_all(&app, &viewer, &scope, on).await?;
    let saves: i128 = screening
        .policies
        .values()
        .map(|one| one.saves_chosen)
        .sum();
    let totals = screening.policies.into_iter().filter_map(|(id, total)| {
        let law = rules.rulebook.policies.get(&id)?;
        Some(PolicyTotal {
            policy: id,
            name: name(law),
            eligible: total.eligible,
            ineligible: total.ineligible,
            unknown: total.unknown,
            not_in_force: total.not_in_force,
            amount: money_text(total.amount),
            saves: money_text(total.saves_chosen),
            unverified: is_unverified(law),
        })
    });
    let body = ScreeningSummary {
        enterprises: screening.enterprises,
        on: on.map(|day| day.to_string()),
        saves: money_text(saves),
        items: totals.collect(),
    };
    found(&headers, &body)
}

/// What the viewer sees of enterprises, or of it what belongs to the park asked for.
async fn reach(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Scope, Fault> {
    let scope = viewer.scope(Permission::SeeEnterprises);
    let Some(park) = asked.number("park") else {
        return Ok(scope);
    };
    let organisation = app.ledger.organisation(&scope, park, AsOf::Now).await;
    let organisation = organisation.map_err(|_| {
        let place = Place::Parameter("park".to_owned());
        Fault::value(place, Words::Key("problem-no-park"))
    })?;
    Ok(Scope::organisation(organisation.path))
}

/// `GET /api/v1/policies/{policy}/verdicts`.
pub async fn of_policy(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(policy): Path<String>,
    asked: Asked,
) -> Result<Response, Fault> {
    let rules = policies::rules_of(&app, &viewer).await?;
    let known = rules.rulebook.policies.get(&policy);
    if known.is_none_or(|law| law.subject != SubjectKind::Enterprise) {
        return Err(PageError::NotFound.into());
    }
    let scope = reach(&app, &viewer, &asked).await?;
    let on = asked.day("on");
    let mut query = SubjectFactsQuery {
        kind: SubjectKind::Enterprise,
        zone_id: Some(viewer.zone_id()),
        variables: None,
        known_by: Some(on.unwrap_or_else(|| viewer.day())),
        as_of: viewer.reading(),
        after: asked.get("after").map(cursor_parts).transpose()?,
        limit: AT_ONCE,
    };
    let judging = Arc::new(Judging {
        rules,
        policy,
        on,
        shown: viewer.day(),
        verdict: asked.get("verdict").map(str::to_owned),
    });
    let limit = asked.limit() as usize;
    let mut page = FindingPage {
        items: Vec::new(),
        next: None,
    };
    let mut looked_at = 0;
    loop {
        let some = app.ledger.subject_facts(&scope, &query).await?;
        let Some(last) = some.last() else { break };
        query.after = Some(last.subject_id);
        looked_at += some.len();
        let judging = Arc::clone(&judging);
        let judged = tokio::task::spawn_blocking(move || judging.findings(&some)).await;
        let mut judged = judged.map_err(|error| PageError::internal(&error))?;
        let room = limit - page.items.len();
        if judged.len() > room {
            judged.truncate(room);
            page.items.extend(judged);
            let last = page.items.last().map(|last| last.enterprise);
            page.next = last.map(|last| cursor_text(&Json::from(last)));
            break;
        }
        page.items.extend(judged);
        if looked_at >= ENTERPRISES_MAX {
            page.next = query.after.map(|last| cursor_text(&Json::from(last)));
            break;
        }
    }
    found(&headers, &page)
}

/// What is asked of each enterprise.
struct Judging {
    rules: Arc<Rules>,
    policy: String,
    on: Option<chrono::NaiveDate>,
    shown: chrono::NaiveDate,
    verdict: Option<String>,
}

impl Judging {
    /// What the policy says of those that have the verdict asked for.
    fn findings(&self, enterprises: &[SubjectFacts]) -> Vec<Finding> {
        let all = enterprises
            .iter()
            .filter_map(|enterprise| self.finding(enterprise));
        let wanted = |finding: &Finding| {
            let wanted = self.verdict.as_deref();
            wanted.is_none_or(|verdict| verdict == finding.verdict)
        };
        all.filter(wanted).collect()
    }

    fn finding(&self, enterprise: &SubjectFacts) -> Option<Finding> {
        let rulebook = &self.rules.rulebook;
        let mut read = ReadFacts::new(&enterprise.subject_id.to_string());
        for one in &enterprise.values {
            let value = ReadValue::of(rulebook, &one.variable, &one.period, &one.value);
            if let Some(value) = value {
                read.take(value);
            }
        }
        let days = policies::days_of(read.last_year, self.on, self.shown);
        let one = policies::judge_alone(&self.rules, &read.facts, &days, &self.policy)?;
        Some(Finding {
            enterprise: enterprise.subject_id,
            name: enterprise.name.clone(),
            code: enterprise.code.clone(),
            verdict: one.verdict.as_str(),
            year: one.year,
            amount: one.amount.map(format_fen),
            failed: self.clauses(&one),
            short: one.near.map(Short::from),
            missing: one.missing,
        })
    }

    fn clauses(&self, one: &PolicyVerdict) -> Vec<String> {
        let law = self.rules.rulebook.policies.get(&one.id);
        let clause = |place: &usize| Some(law?.clauses.get(*place)?.id.clone());
        one.failed.iter().filter_map(clause).collect()
    }
}
