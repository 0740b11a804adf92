//! The sentence that a list opens with: how many rows there are and how they stand, each number a link.

use askama::Template;
use domain::ValueType;
use ledger::AsOf;
use ledger::projection::ListQuery;

use super::{Address, ListSpec, filters};
use crate::app::App;
use crate::labels;
use crate::shell::{PageError, Viewer, display, figure};

/// Rows of a list that are counted before the page is sent. Longer lists are counted after it.
const SOON: i64 = 5_000;

/// The sentence.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "lists/opening.html")]
pub struct Opening {
    /// Words and numbers in their order.
    pub pieces: Vec<Piece>,
    /// What the numbers rest on; empty where there is nothing to say.
    pub note: String,
    /// Whether it takes the place of the sentence of a page that is already shown.
    pub replaces: bool,
}

impl askama::filters::HtmlSafe for Opening {}

/// A piece of the sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub words: String,
    /// Where what it counts is listed; empty for what counts nothing.
    pub href: String,
    /// The exact amount behind a rounded one.
    pub exact: String,
}

/// What a list's sentence tells beside the number of its rows.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The cases that are counted, in their order.
    pub cases: Vec<Case>,
    /// What the numbers rest on.
    pub note: String,
}

/// A case that is counted: its words, and the filters that let it through.
#[derive(Debug, Clone)]
pub struct Case {
    /// The key of its words, with the number as `$value`.
    pub key: &'static str,
    /// The filters, as the address writes them.
    pub filters: Vec<(&'static str, String)>,
}

/// How much of the sentence stands in the page as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// All of it.
    Whole,
    /// So many rows there are, the rest comes after.
    Count(i64),
    /// It comes after.
    Nothing,
}

/// The sentence as a page is sent with it. `told` is asked for where all of it is counted.
pub async fn in_page(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
    asked: &ListQuery,
    told: impl Future<Output = Result<Told, PageError>>,
) -> Result<Opening, PageError> {
    Ok(match reach(app, viewer, spec, address, asked).await? {
        Reach::Whole => of(app, viewer, spec, address, asked, &told.await?).await?,
        Reach::Count(count) => Opening {
            pieces: lead(viewer, spec, &plain(address), count),
            ..Opening::default()
        },
        Reach::Nothing => later(viewer, spec, address),
    })
}

/// The sentence that comes after a page; `None` where the page has all of it.
pub async fn after_page(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
    asked: &ListQuery,
    told: impl Future<Output = Result<Told, PageError>>,
) -> Result<Option<Opening>, PageError> {
    if reach(app, viewer, spec, address, asked).await? == Reach::Whole {
        return Ok(None);
    }
    let whole = of(app, viewer, spec, address, asked, &told.await?).await?;
    Ok(Some(Opening {
        replaces: true,
        ..whole
    }))
}

/// How much can be counted before a page of this address is sent.
async fn reach(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
    asked: &ListQuery,
) -> Result<Reach, PageError> {
    if address.get("totals").is_some() {
        return Ok(Reach::Whole);
    }
    let scope = viewer.scope(spec.permission);
    let whole = ListQuery::of_zone(viewer.zone_id());
    let counted = app
        .ledger
        .counts(spec.list, &scope, &whole, &[], AsOf::Now)
        .await?;
    let narrowed = asked.under.is_some() || asked.search.is_some() || !asked.filters.is_empty();
    Ok(match counted.0 {
        ..=SOON => Reach::Whole,
        count if !narrowed && !viewer.is_past() => Reach::Count(count),
        _ => Reach::Nothing,
    })
}

/// The sentence over all that the filters let through.
async fn of(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
    asked: &ListQuery,
    told: &Told,
) -> Result<Opening, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(spec.permission);
    let cases: Vec<&Case> = told
        .cases
        .iter()
        .filter(|case| adds_to(address, case))
        .collect();
    let mut conditions = Vec::new();
    for case in &cases {
        let alone = with_filters(&Address::default(), case);
        conditions.push(filters::query(app, viewer, spec, &alone).await?.filters);
    }
    let (count, of_cases) = app
        .ledger
        .counts(spec.list, &scope, asked, &conditions, viewer.reading())
        .await?;
    let plain = plain(address);
    let mut pieces = lead(viewer, spec, &plain, count);
    for (at, (case, number)) in cases.iter().zip(of_cases).enumerate() {
        let between = if at == 0 {
            "opening-of-which"
        } else if at + 1 == cases.len() {
            "opening-and"
        } else {
            "opening-comma"
        };
        pieces.push(words(lang.find(between).unwrap_or_default()));
        pieces.push(Piece {
            words: lang.with(case.key, figure::count(number)),
            href: viewer.href(&with_filters(&plain, case).under(spec.path)),
            ..Piece::default()
        });
    }
    pieces.extend(sum(app, viewer, spec, asked).await?);
    pieces.push(words(lang.t("opening-stop")));
    Ok(Opening {
        pieces,
        note: if cases.is_empty() {
            String::new()
        } else {
            told.note.clone()
        },
        replaces: false,
    })
}

/// Whether a case says more than the address asks for already, and nothing against it.
fn adds_to(address: &Address, case: &Case) -> bool {
    let asked = |name: &str, value: &str| address.get(name).map(|asked| asked == value);
    let mut of_case = case.filters.iter().map(|(name, value)| asked(name, value));
    !of_case.clone().any(|same| same == Some(false)) && !of_case.all(|same| same == Some(true))
}

/// The address with its filters alone.
fn plain(address: &Address) -> Address {
    ["after", "totals", "as_of", "sort", "order"]
        .iter()
        .fold(address.clone(), |address, name| address.without(name))
}

fn with_filters(address: &Address, case: &Case) -> Address {
    case.filters
        .iter()
        .fold(address.clone(), |address, (name, value)| {
            address.set(name, value)
        })
}

/// How many there are of what.
fn lead(viewer: &Viewer, spec: &ListSpec, plain: &Address, count: i64) -> Vec<Piece> {
    let lang = viewer.lang;
    let key = if plain.pairs().is_empty() {
        "opening-all"
    } else {
        "opening-found"
    };
    let number = figure::count(count);
    let counted = lang.with(&format!("opening-{}", spec.id), number);
    vec![
        words(lang.find(key).unwrap_or_default()),
        Piece {
            words: counted,
            href: viewer.href(&plain.under(spec.path)),
            ..Piece::default()
        },
    ]
}

/// The first of the list's sums of money, where anything is known of it.
async fn sum(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    asked: &ListQuery,
) -> Result<Vec<Piece>, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(spec.permission);
    let is_money = |name: &str| {
        labels::variable(&spec.kind, name)
            .is_some_and(|variable| variable.value_type() == Some(ValueType::Money))
    };
    let Some(name) = spec.sums.iter().find(|name| is_money(name)) else {
        return Ok(Vec::new());
    };
    let found = app
        .ledger
        .totals(spec.list, &scope, asked, &[name], None, viewer.reading())
        .await?;
    let Some(fen) = found.first().and_then(|whole| whole.sums[0].0) else {
        return Ok(Vec::new());
    };
    let amount = display::amount(fen, lang);
    let label = labels::words(&spec.kind, name, lang);
    Ok(vec![
        words(lang.with("opening-sum", label)),
        Piece {
            words: format!("{} {}", figure::grouped(&amount.digits), amount.unit),
            exact: format!("{} {}", figure::grouped(&amount.exact), lang.t("unit-yuan")),
            ..Piece::default()
        },
    ])
}

/// The sentence of a page whose rows are counted after it, with the way to count them without scripts.
fn later(viewer: &Viewer, spec: &ListSpec, address: &Address) -> Opening {
    let lang = viewer.lang;
    let counted = address.without("as_of").set("totals", "1");
    let counted = Piece {
        words: lang.t("opening-count"),
        href: viewer.href(&counted.under(spec.path)),
        ..Piece::default()
    };
    Opening {
        pieces: vec![words(lang.t("opening-later")), counted],
        ..Opening::default()
    }
}

fn words(words: String) -> Piece {
    Piece {
        words,
        ..Piece::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(filters: &[(&'static str, &str)]) -> Case {
        Case {
            key: "opening-late",
            filters: filters
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_case_is_told_where_it_adds_to_what_is_asked() {
        let behind = case(&[("pace", "25"), ("year", "2024")]);
        for (query, told) in [
            ("", true),
            ("stage=started&year=2024", true),
            ("year=2023", false),
            ("pace=25&year=2024", false),
            ("pace=50", false),
        ] {
            assert_eq!(adds_to(&Address::parse(query), &behind), told, "{query}");
        }
    }

    #[test]
    fn a_link_of_the_sentence_begins_the_list_anew() {
        let address = plain(&Address::parse(
            "stage=signed&sort=year&order=desc&after=ff&totals=1",
        ));
        assert_eq!(address.query(), "stage=signed");
    }
}
