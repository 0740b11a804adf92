//! How an enterprise stands with every policy, for its page: what it is eligible for and worth, what one
//! clause keeps from it, what cannot be settled and why.

use chrono::NaiveDate;
use engine::Rulebook;
use engine::judge::Verdict;
use engine::rulebook::{Field, Policy};
use ledger::{AsOf, FactRecord, Scope, Subject};

use super::judged::{self, PolicyVerdict, Verdicts};
use super::known::KnownFacts;
use super::rules::{Day, Rules};
use super::shown::{self, Missing};
use crate::app::App;
use crate::shell::{PageError, Viewer};
use crate::words::Lang;

/// Missing facts named in a line; the others are counted.
const NAMED: usize = 3;

/// All policies, by how they stand.
pub struct Standing {
    /// Eligible, those worth most first.
    pub eligible: Vec<Line>,
    /// One clause short.
    pub near: Vec<Line>,
    /// Not to be settled, those that lack fewest facts first.
    pub unknown: Vec<Line>,
    /// Not eligible.
    pub ineligible: Vec<Line>,
    /// How many policies were judged.
    pub count: usize,
    /// How many of all are not in force on their day.
    pub not_in_force: usize,
    /// What the best combination saves; empty where it saves nothing.
    pub saves: String,
    /// The same to the fen.
    pub saves_exact: String,
    /// What it was judged by: year of the figures and date of the law.
    pub judged_by: String,
    /// The date that was chosen; empty where none was.
    pub chosen_day: String,
}

/// One policy.
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its page for this enterprise.
    pub href: String,
    /// Its field.
    pub field: String,
    /// What it is or would be worth; empty for a title.
    pub amount: String,
    /// The same to the fen.
    pub exact: String,
    /// Why it stands so.
    pub reason: String,
    /// The first facts that are missing.
    pub missing: Vec<Missing>,
    /// How many more are.
    pub missing_more: usize,
    /// Whether the combination that saves most has it.
    pub chosen: bool,
    order: (u8, i64),
}

/// What is judged: the enterprise with its facts, and from where.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The enterprise.
    pub subject: &'a Subject,
    /// Its facts.
    pub facts: &'a [FactRecord],
    /// The date that somebody chose, as the address writes it.
    pub day: Option<NaiveDate>,
    /// Where facts of it are put in; empty where this person may not.
    pub edit_path: &'a str,
}

/// The rules of the zone that is shown.
pub async fn rules_of(app: &App, viewer: &Viewer) -> Result<std::sync::Arc<Rules>, PageError> {
    // An enterprise's own account does not reach the zone, but which rules hold there is no secret.
    let zone = viewer.zone.as_ref().ok_or(PageError::NotFound)?;
    let scope = Scope::organisation(zone.path.clone());
    let zone = app.ledger.organisation(&scope, zone.id, AsOf::Now).await?;
    let rules = tokio::task::spawn_blocking(move || Rules::of_zone(zone.code.as_deref())).await;
    rules
        .map_err(|error| PageError::internal(&error))?
        .ok_or_else(|| PageError::internal(&"the rules built in cannot be read"))
}

/// The days that an enterprise is judged on: the one that was chosen, or those of its last figures.
pub fn days(known: &KnownFacts, chosen: Option<NaiveDate>, viewer: &Viewer) -> Vec<Day> {
    days_of(known.last_year, chosen, viewer.day())
}

/// The days that an enterprise with figures up to a year is judged on; `shown` is the day shown.
pub fn days_of(last_year: Option<i32>, chosen: Option<NaiveDate>, shown: NaiveDate) -> Vec<Day> {
    match chosen {
        Some(date) => Rules::days(None, date),
        None => Rules::days(last_year, shown),
    }
}

/// How the enterprise stands.
///
/// # Errors
/// [`PageError`] if the ledger cannot be read.
pub async fn of(app: &App, viewer: &Viewer, asked: Asked<'_>) -> Result<Standing, PageError> {
    let rules = rules_of(app, viewer).await?;
    let identity = asked.subject.code.clone().unwrap_or_default();
    let known = KnownFacts::of(&rules.rulebook, &identity, asked.facts);
    let days = days(&known, asked.day, viewer);
    let judging = (rules.clone(), days.clone());
    let verdicts = tokio::task::spawn_blocking(move || judged::all(&judging.0, &known, &judging.1))
        .await
        .map_err(|error| PageError::internal(&error))?;
    Ok(words(viewer, &rules.rulebook, &asked, &days, &verdicts))
}

fn words(
    viewer: &Viewer,
    rulebook: &Rulebook,
    asked: &Asked<'_>,
    days: &[Day],
    verdicts: &Verdicts,
) -> Standing {
    let lang = viewer.lang;
    let mut standing = Standing {
        eligible: Vec::new(),
        near: Vec::new(),
        unknown: Vec::new(),
        ineligible: Vec::new(),
        count: 0,
        not_in_force: 0,
        saves: String::new(),
        saves_exact: String::new(),
        judged_by: judged_by(days, verdicts, lang),
        chosen_day: asked.day.map(|day| day.to_string()).unwrap_or_default(),
    };
    if verdicts.saves > 0 {
        standing.saves = shown::money(verdicts.saves, lang);
        standing.saves_exact = shown::exact(verdicts.saves, lang);
    }
    for verdict in &verdicts.policies {
        let Some(policy) = rulebook.policies.get(&verdict.id) else {
            continue;
        };
        standing.count += 1;
        let line = line(viewer, policy, asked, verdict);
        match verdict.verdict {
            Verdict::Eligible => standing.eligible.push(line),
            Verdict::Unknown => standing.unknown.push(line),
            Verdict::Ineligible if verdict.near.is_some() => standing.near.push(line),
            Verdict::Ineligible => standing.ineligible.push(line),
            Verdict::NotInForce => standing.not_in_force += 1,
        }
    }
    standing.count -= standing.not_in_force;
    let lists = [
        &mut standing.eligible,
        &mut standing.near,
        &mut standing.unknown,
        &mut standing.ineligible,
    ];
    for list in lists {
        list.sort_by_key(|line| line.order);
    }
    standing
}

fn line(viewer: &Viewer, policy: &Policy, asked: &Asked<'_>, verdict: &PolicyVerdict) -> Line {
    let lang = viewer.lang;
    let mut missing = shown::missing(&verdict.missing, verdict.year, asked.edit_path, lang);
    let missing_more = missing.len().saturating_sub(NAMED);
    missing.truncate(NAMED);
    let count = i64::try_from(verdict.missing.len()).unwrap_or(i64::MAX);
    let order = match verdict.verdict {
        Verdict::Unknown => (0, count),
        _ => (
            u8::from(!verdict.chosen),
            -verdict.amount.unwrap_or_default(),
        ),
    };
    let amount = match verdict.amount {
        Some(fen) => shown::money(fen, lang),
        None if verdict.has_amount => lang.t("policy-amount-unknown"),
        None => String::new(),
    };
    Line {
        name: lang.pick(policy.name.zh(), policy.name.en()).to_owned(),
        href: viewer.href(&address(asked.subject.id, &verdict.id, asked.day)),
        field: field(policy.field, lang),
        amount,
        exact: verdict
            .amount
            .map(|fen| shown::exact(fen, lang))
            .unwrap_or_default(),
        reason: reason(policy, verdict, lang),
        missing,
        missing_more,
        chosen: verdict.chosen,
        order,
    }
}

/// The page of a policy for an enterprise.
pub fn address(enterprise: i64, policy: &str, day: Option<NaiveDate>) -> String {
    let on = day.map(|day| format!("?on={day}")).unwrap_or_default();
    format!("/enterprises/{enterprise}/policies/{policy}{on}")
}

/// The clause that decided, in the law's words.
fn reason(policy: &Policy, verdict: &PolicyVerdict, lang: Lang) -> String {
    let text = |clause: &engine::rulebook::Clause| {
        lang.pick(clause.text.zh(), clause.text.en()).to_owned()
    };
    if let Some(near) = &verdict.near {
        let clause = policy.clauses.iter().find(|one| one.id == near.clause);
        let clause = clause.map(text).unwrap_or_default();
        let Some(gap) = shown::gap_words(&near.gap, near.unit, lang) else {
            return lang.with_all("policy-failed-one", &[("clause", &clause)]);
        };
        return lang.with_all("policy-near-why", &[("clause", &clause), ("gap", &gap)]);
    }
    let mut failed = verdict
        .failed
        .iter()
        .filter_map(|at| policy.clauses.get(*at));
    let Some(first) = failed.next() else {
        return String::new();
    };
    let clause = text(first);
    match failed.count() {
        0 => lang.with_all("policy-failed-one", &[("clause", &clause)]),
        more => lang.with_all(
            "policy-failed-more",
            &[("clause", &clause), ("more", &more.to_string())],
        ),
    }
}

fn judged_by(days: &[Day], verdicts: &Verdicts, lang: Lang) -> String {
    let mut dates: Vec<String> = days.iter().map(|day| day.date.to_string()).collect();
    dates.dedup();
    let years = verdicts.policies.iter().map(|one| one.year);
    let year = years.max().map(|year| year.to_string()).unwrap_or_default();
    lang.with_all(
        "policy-judged-by",
        &[("year", year.as_str()), ("dates", &dates.join(" / "))],
    )
}

/// The field of a policy in words.
pub fn field(field: Field, lang: Lang) -> String {
    lang.t(match field {
        Field::Tax => "policy-field-tax",
        Field::Science => "policy-field-science",
        Field::Industry => "policy-field-industry",
        Field::Finance => "policy-field-finance",
        Field::Talent => "policy-field-talent",
        Field::Employment => "policy-field-employment",
        Field::Land => "policy-field-land",
        Field::Other => "policy-field-other",
    })
}
