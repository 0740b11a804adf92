//! One policy for one enterprise: every clause with the law's words, the facts and their sources, how far
//! it is off; what it is worth and how that came about; what is missing; what to do to get it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::SubjectKind;
use engine::explain::{Bilingual, ClauseExplained, Explanation, FactExplained, Legal};
use ledger::Subject;

use super::judged;
use super::known::KnownFacts;
use super::shown::{self, Missing};
use super::standing;
use crate::app::App;
use crate::lists::Address;
use crate::organisations::place;
use crate::shell::page::Step;
use crate::shell::{Figure, Page, PageError, Permission, Viewer, render_with_sources};
use crate::words::Lang;

const KIND: SubjectKind = SubjectKind::Enterprise;

#[derive(Template)]
#[template(path = "policies/policy_page.html")]
struct PolicyPage {
    page: Page,
    name: String,
    enterprise: String,
    enterprise_href: String,
    class: &'static str,
    verdict: String,
    sentence: String,
    judged_by: String,
    chosen_day: String,
    authority: String,
    field: String,
    unverified: bool,
    legal: Vec<LegalWords>,
    clauses: Vec<Clause>,
    amount: Option<Amount>,
    missing: Vec<Missing>,
    steps: Vec<String>,
    materials: Vec<String>,
    deadline: String,
}

/// A clause as the page shows it.
struct Clause {
    class: &'static str,
    mark: String,
    text: String,
    gap: String,
    facts: Vec<ClauseFact>,
    missing: Vec<Missing>,
    legal: Vec<LegalWords>,
    expression: String,
    put_in: String,
    unverified: bool,
}

/// A fact that a clause reads: as the ledger has it, or as a formula gives it.
struct ClauseFact {
    label: String,
    figure: Figure,
    computed: String,
    note: String,
}

struct LegalWords {
    words: String,
    verified: bool,
}

struct Amount {
    value: String,
    exact: String,
    put_in: String,
    saves: String,
    facts: Vec<ClauseFact>,
}

/// `GET /enterprises/{id}/policies/{policy}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path((id, policy)): Path<(i64, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(Permission::SeeEnterprises);
    let subject = app.ledger.subject(&scope, id, viewer.reading()).await?;
    if subject.kind != KIND {
        return Err(PageError::NotFound);
    }
    let facts = app.ledger.facts_of(&scope, id, viewer.reading()).await?;
    let chosen = chosen_day(&viewer, &query.unwrap_or_default())?;
    let rules = standing::rules_of(&app, &viewer).await?;
    let identity = subject.code.clone().unwrap_or_default();
    let known = KnownFacts::of(&rules.rulebook, &identity, &facts);
    let days = standing::days(&known, chosen, &viewer);
    let asked = policy.clone();
    let judging = rules.clone();
    let (known, explanation) = tokio::task::spawn_blocking(move || {
        let explanation = judged::one(&judging, &known, &days, &asked);
        (known, explanation)
    })
    .await
    .map_err(|error| PageError::internal(&error))?;
    let explanation = explanation.ok_or(PageError::NotFound)?;
    let law = rules.rulebook.policies.get(&policy);
    let field = law.map(|law| standing::field(law.field, lang));
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
    let writer = Writer {
        viewer: &viewer,
        known: &known,
        year: explanation.year,
        edit_path: &edit_path,
    };
    let see = Permission::SeeEnterprises;
    let way = place::way_to(&app, &viewer, see, "enterprises", &subject).await?;
    let page = page_of(&writer, &subject, &explanation, way);
    let page = PolicyPage {
        chosen_day: chosen.map(|day| day.to_string()).unwrap_or_default(),
        field: field.unwrap_or_default(),
        ..page
    };
    render_with_sources(&app, &viewer, &page).await
}

/// The page, but for what the rulebook and the address alone know.
fn page_of(
    writer: &Writer<'_>,
    subject: &Subject,
    explanation: &Explanation,
    way: Vec<Step>,
) -> PolicyPage {
    let viewer = writer.viewer;
    let lang = viewer.lang;
    let name = writer.pick(&explanation.name);
    let own = format!("/enterprises/{}", subject.id);
    let (class, verdict) = verdict_mark(explanation, lang);
    let year = explanation.year.to_string();
    let judged_by = [
        ("year", year.as_str()),
        ("dates", explanation.as_of.as_str()),
    ];
    PolicyPage {
        page: Page::new(viewer, "enterprises", name.clone()).along(way, &[&name]),
        sentence: sentence(explanation, lang),
        judged_by: lang.with_all("policy-judged-by", &judged_by),
        chosen_day: String::new(),
        authority: writer.pick_known(explanation.authority.as_ref()),
        field: String::new(),
        unverified: explanation.unverified,
        legal: legal(&explanation.legal),
        clauses: explanation
            .clauses
            .iter()
            .map(|one| writer.clause(one))
            .collect(),
        amount: writer.amount(explanation),
        missing: writer.missing(&explanation.missing),
        steps: writer.pick_all(&explanation.steps),
        materials: writer.pick_all(&explanation.materials),
        deadline: writer.pick_known(explanation.deadline.as_ref()),
        enterprise: subject.name.clone(),
        enterprise_href: viewer.href(&own),
        verdict,
        class,
        name,
    }
}

/// The date that an address chooses; `None` where it names none.
///
/// # Errors
/// [`PageError::BadRequest`] for what is no date.
pub fn chosen_day(viewer: &Viewer, query: &str) -> Result<Option<NaiveDate>, PageError> {
    let address = Address::parse(query);
    let Some(text) = address.get("on") else {
        return Ok(None);
    };
    let wrong = || PageError::BadRequest(viewer.lang.with("filter-wrong", format!("on={text}")));
    text.parse().map(Some).map_err(|_| wrong())
}

fn verdict_mark(explanation: &Explanation, lang: Lang) -> (&'static str, String) {
    let (class, key) = match explanation.verdict {
        "eligible" => ("green", "policy-eligible"),
        "ineligible" => ("red", "policy-ineligible"),
        "unknown" => ("unknown", "policy-unknown"),
        _ => ("unknown", "policy-not-in-force"),
    };
    (class, lang.t(key))
}

/// How it stands in a sentence: of how many clauses how many hold, fail, are not known.
fn sentence(explanation: &Explanation, lang: Lang) -> String {
    if explanation.clauses.is_empty() {
        return lang.t("policy-no-clauses");
    }
    let count = |state: &str| {
        let of_state = explanation.clauses.iter().filter(|one| one.state == state);
        of_state.count().to_string()
    };
    let all = explanation.clauses.len().to_string();
    let (holds, fails, open) = (count("true"), count("false"), count("unknown"));
    lang.with_all(
        "policy-clauses-sentence",
        &[
            ("all", &all),
            ("holds", &holds),
            ("fails", &fails),
            ("open", &open),
        ],
    )
}

fn legal(all: &[Legal]) -> Vec<LegalWords> {
    all.iter()
        .map(|one| LegalWords {
            words: match &one.article {
                Some(article) => format!("{} {article}", one.cite),
                None => one.cite.clone(),
            },
            verified: one.verified,
        })
        .collect()
}

/// What the words of the page are made with.
struct Writer<'a> {
    viewer: &'a Viewer,
    known: &'a KnownFacts,
    year: i32,
    edit_path: &'a str,
}

impl Writer<'_> {
    fn pick(&self, words: &Bilingual) -> String {
        self.viewer.lang.pick(&words.zh, &words.en).to_owned()
    }

    fn pick_known(&self, words: Option<&Bilingual>) -> String {
        words.map(|words| self.pick(words)).unwrap_or_default()
    }

    fn pick_all(&self, words: &[Bilingual]) -> Vec<String> {
        words.iter().map(|words| self.pick(words)).collect()
    }

    fn missing(&self, names: &[String]) -> Vec<Missing> {
        shown::missing(names, self.year, self.edit_path, self.viewer.lang)
    }

    fn clause(&self, clause: &ClauseExplained) -> Clause {
        let lang = self.viewer.lang;
        let (class, key) = match clause.state {
            "true" => ("green", "policy-clause-holds"),
            "false" => ("red", "policy-clause-fails"),
            _ => ("unknown", "policy-clause-unknown"),
        };
        let gap = clause.gap.as_deref().zip(clause.unit);
        Clause {
            class,
            mark: lang.t(key),
            text: self.pick(&clause.text),
            gap: gap
                .and_then(|(gap, unit)| shown::gap_words(gap, unit, lang))
                .unwrap_or_default(),
            facts: self.facts(&clause.facts),
            missing: self.missing(&clause.missing),
            legal: legal(&clause.legal),
            expression: clause.expression.clone(),
            put_in: clause.put_in.clone(),
            unverified: clause.unverified,
        }
    }

    /// The facts that are known; those that are not stand among what is missing.
    /// Of one variable the latest year comes first.
    fn facts(&self, facts: &[FactExplained]) -> Vec<ClauseFact> {
        let mut known: Vec<&FactExplained> = facts
            .iter()
            .filter(|fact| fact.value.is_some() || fact.unusable.is_some())
            .collect();
        known.sort_by_key(|fact| {
            let period = shown::period_of(&fact.name, self.year);
            (shown::variable_of(&fact.name), std::cmp::Reverse(period))
        });
        known.into_iter().map(|fact| self.fact(fact)).collect()
    }

    fn fact(&self, fact: &FactExplained) -> ClauseFact {
        let lang = self.viewer.lang;
        let id = fact.source.as_deref().and_then(|id| id.parse().ok());
        let record = id.and_then(|id| self.known.record_of_id(id));
        let computed = fact.computed.as_ref().or(fact.value.as_ref());
        let note = fact.unusable.as_ref().map(|(_, why)| {
            let why = lang.t(&format!("explain-{}", why.replace('_', "-")));
            lang.with("policy-unusable", why)
        });
        ClauseFact {
            label: shown::fact_words(&fact.name, self.year, lang),
            figure: Figure::of(self.viewer, &KIND, record),
            computed: match (record, computed) {
                (None, Some(text)) => shown::value_words(&fact.name, text, lang),
                (Some(_), _) if fact.computed.is_some() => lang.with_all(
                    "policy-computed",
                    &[(
                        "value",
                        &shown::value_words(
                            &fact.name,
                            fact.computed.as_deref().unwrap_or_default(),
                            lang,
                        ),
                    )],
                ),
                _ => String::new(),
            },
            note: note.unwrap_or_default(),
        }
    }

    fn amount(&self, explanation: &Explanation) -> Option<Amount> {
        let lang = self.viewer.lang;
        let amount = explanation.amount.as_ref()?;
        let fen = amount.value.as_deref().and_then(shown::fen);
        let saves = match (
            explanation.timing,
            explanation.saves.as_deref().and_then(shown::fen),
        ) {
            (true, _) => lang.t("policy-timing"),
            (false, Some(saves)) if Some(saves) != fen => {
                lang.with_all("policy-saves", &[("value", &shown::money(saves, lang))])
            }
            _ => String::new(),
        };
        Some(Amount {
            value: fen.map_or_else(|| "—".to_owned(), |fen| shown::money(fen, lang)),
            exact: fen.map(|fen| shown::exact(fen, lang)).unwrap_or_default(),
            put_in: amount.put_in.clone(),
            facts: self.facts(&amount.facts),
            saves,
        })
    }
}
