//! The list of entries, newest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::Days;
use ledger::audit::Verification;

use super::filter::{AREAS, Filter};
use super::names::{Names, Thing};
use super::store::{self, Entry};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, display, render};
use crate::words::Lang;

/// Entries of a page.
const ROWS_PER_PAGE: usize = 100;

#[derive(Template)]
#[template(path = "audit/entries.html")]
struct EntriesPage {
    page: Page,
    filter: Filter,
    fault: String,
    rows: Vec<Row>,
    total: i64,
    recent: i64,
    recent_address: String,
    areas: Vec<Choice>,
    chips: Vec<Chip>,
    next: String,
    first: String,
    export: String,
    found: Option<Found>,
}

struct Row {
    id: i64,
    address: String,
    moment: String,
    actor: String,
    action: String,
    thing: Thing,
    object_address: String,
    facts: i64,
}

struct Choice {
    value: &'static str,
    words: String,
    chosen: bool,
}

struct Chip {
    words: String,
    address: String,
}

/// What a verification found, in words.
pub struct Found {
    good: bool,
    words: String,
    head: String,
}

impl Found {
    /// The words of a verification.
    pub fn of(verification: &Verification, lang: Lang) -> Self {
        let (entries, facts) = (
            verification.entries.to_string(),
            verification.facts.to_string(),
        );
        match &verification.broken {
            None => Self {
                good: true,
                words: lang.with_all(
                    "audit-verified",
                    &[("entries", &entries), ("facts", &facts)],
                ),
                head: verification.head.clone(),
            },
            Some(broken) => {
                let key = format!("audit-fault-{}", broken.fault.replace('_', "-"));
                let fault = lang.find(&key).unwrap_or_else(|| broken.fault.to_owned());
                let entry = broken.entry_id.to_string();
                Self {
                    good: false,
                    words: lang.with_all("audit-broken", &[("value", &entry), ("fault", &fault)]),
                    head: String::new(),
                }
            }
        }
    }
}

/// Words of an action; its id where it has none.
pub fn action_words(action: &str, lang: Lang) -> String {
    let key = format!("audit-action-{}", action.replace(['.', '_'], "-"));
    lang.find(&key).unwrap_or_else(|| action.to_owned())
}

/// Words of a kind of thing; its id where it has none.
pub fn kind_words(kind: &str, lang: Lang) -> String {
    let key = format!("audit-kind-{}", kind.replace('_', "-"));
    lang.find(&key).unwrap_or_else(|| kind.to_owned())
}

/// `GET /audit`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    page(&app, &viewer, filter, None).await
}

/// The list, and above it what a verification found.
pub async fn page(
    app: &App,
    viewer: &Viewer,
    filter: Filter,
    found: Option<Found>,
) -> Result<Response, PageError> {
    let lang = viewer.lang;
    let fault = filter.fault(lang);
    let limit = i64::try_from(ROWS_PER_PAGE).expect("a page is small") + 1;
    let mut entries = match &fault {
        None => store::entries(app, viewer, &filter, limit).await?,
        Some(_) => Vec::new(),
    };
    let more = entries.len() > ROWS_PER_PAGE;
    entries.truncate(ROWS_PER_PAGE);
    let last = entries.last().map(|entry| entry.id).filter(|_| more);
    let today = crate::clock::day_of(viewer.as_of.unwrap_or(viewer.now));
    let week_ago = today.checked_sub_days(Days::new(6)).unwrap_or(today);
    let recent = Filter {
        from: week_ago.to_string(),
        as_of: filter.as_of.clone(),
        ..Filter::default()
    };
    let names = Names::of(app, viewer, &entries).await?;
    // All entries of a narrowed list are about one thing, so that its chip is called as they are.
    let narrowed_to = entries
        .first()
        .filter(|_| !filter.object.is_empty())
        .map(|entry| names.thing(entry, lang));
    let chips = chips(lang, &filter, narrowed_to.as_ref());
    let title = lang.t("nav-audit");
    let paged = !filter.before.is_empty();
    render(&EntriesPage {
        page: Page::new(viewer, "audit", title.clone()).at(&[(&title, "")]),
        total: store::count(app, viewer, &filter).await?,
        recent: store::count(app, viewer, &recent).await?,
        recent_address: recent.address("/audit", None),
        rows: entries
            .into_iter()
            .map(|entry| row(&entry, &names, &filter, viewer))
            .collect(),
        areas: areas(lang, &filter.action),
        chips,
        next: last
            .map(|id| filter.address("/audit", Some(id)))
            .unwrap_or_default(),
        first: if paged {
            filter.address("/audit", None)
        } else {
            String::new()
        },
        export: filter.address("/audit/export", None),
        fault: fault.unwrap_or_default(),
        filter,
        found,
    })
}

fn row(entry: &Entry, names: &Names, filter: &Filter, viewer: &Viewer) -> Row {
    let about = Filter {
        kind: entry.object_kind.clone(),
        object: entry.object_id.clone(),
        ..Filter::default()
    };
    let about = Filter {
        as_of: filter.as_of.clone(),
        ..about
    };
    Row {
        id: entry.id,
        address: viewer.href(&format!("/audit/{}", entry.id)),
        moment: entry
            .recorded_at
            .map_or_else(|| "—".to_owned(), display::moment),
        thing: names.thing(entry, viewer.lang),
        actor: entry.who(viewer.lang),
        action: action_words(&entry.action, viewer.lang),
        object_address: about.address("/audit", None),
        facts: entry.facts,
    }
}

fn areas(lang: Lang, chosen: &str) -> Vec<Choice> {
    AREAS
        .into_iter()
        .map(|area| Choice {
            value: area,
            words: lang
                .find(&format!("audit-area-{area}"))
                .unwrap_or_else(|| area.to_owned()),
            chosen: area == chosen,
        })
        .collect()
}

/// The filters that are on. Kind and number of one thing are taken off one by one; the number is said as a
/// name where the thing has one.
fn chips(lang: Lang, filter: &Filter, thing: Option<&Thing>) -> Vec<Chip> {
    let words = |name: &str, value: &str| match (name, thing) {
        ("action", _) => lang
            .find(&format!("audit-area-{value}"))
            .unwrap_or_else(|| action_words(value, lang)),
        ("kind", _) => kind_words(value, lang),
        ("object", Some(thing)) if !thing.name.is_empty() => thing.name.clone(),
        _ => value.to_owned(),
    };
    filter
        .narrowing()
        .into_iter()
        .map(|(name, value)| {
            let label = lang
                .find(&format!("audit-filter-{name}"))
                .unwrap_or_default();
            Chip {
                words: format!("{label} {}", words(name, value)),
                address: filter.without(name).address("/audit", None),
            }
        })
        .collect()
}
