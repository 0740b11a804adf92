//! Count and sums of what is filtered, asked for after the page has been shown.

use askama::Template;
use axum::response::Response;
use ledger::projection::ListQuery;

use super::opening::{self, Opening, Told};
use super::{Address, ListSpec, filters};
use crate::app::App;
use crate::labels;
use crate::shell::{PageError, Viewer, display, figure, render};

/// The foot of a list.
#[derive(Debug, Clone, Template)]
#[template(path = "lists/totals.html")]
pub struct Totals {
    /// How many rows.
    pub count: String,
    /// The sums.
    pub sums: Vec<Sum>,
}

impl askama::filters::HtmlSafe for Totals {}

/// The foot as it is sent after the page, with the opening sentence of a list that takes longer to count.
#[derive(Template)]
#[template(path = "lists/totals_answer.html")]
struct TotalsAnswer {
    totals: Totals,
    opening: Option<Opening>,
}

/// A sum and what it rests on.
#[derive(Debug, Clone)]
pub struct Sum {
    /// What is added up.
    pub label: String,
    /// The sum; a dash where nothing is known.
    pub digits: String,
    /// Its unit.
    pub unit: String,
    /// The exact yuan.
    pub exact: String,
    /// Of how many rows it is known, where that is not all of them.
    pub known: String,
}

/// The answer to what a page asks for after it has been shown.
pub async fn answer(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    query: &str,
    told: impl Future<Output = Result<Told, PageError>>,
) -> Result<Response, PageError> {
    let address = Address::parse(query);
    let asked = filters::query(app, viewer, spec, &address).await?;
    render(&TotalsAnswer {
        totals: of(app, viewer, spec, &asked).await?,
        opening: opening::after_page(app, viewer, spec, &address, &asked, told).await?,
    })
}

/// Count and sums of a query's rows.
pub async fn of(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    query: &ListQuery,
) -> Result<Totals, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(spec.permission);
    let found = app
        .ledger
        .totals(spec.list, &scope, query, spec.sums, None, viewer.reading())
        .await?;
    let (count, sums) = found.into_iter().next().map_or_else(
        || (0, vec![(None, 0); spec.sums.len()]),
        |whole| (whole.count, whole.sums),
    );
    let sums = spec
        .sums
        .iter()
        .zip(sums)
        .map(|(name, (sum, known))| {
            let label = labels::words(&spec.kind, name, lang);
            let known = if known == count {
                String::new()
            } else {
                lang.with("sum-of-known", figure::count(known))
            };
            let is_money = labels::variable(&spec.kind, name)
                .is_some_and(|variable| variable.value_type() == Some(domain::ValueType::Money));
            match sum {
                Some(fen) if is_money => {
                    let amount = display::amount(fen, lang);
                    let exact =
                        format!("{} {}", figure::grouped(&amount.exact), lang.t("unit-yuan"));
                    Sum {
                        label,
                        digits: figure::grouped(&amount.digits),
                        unit: amount.unit,
                        exact,
                        known,
                    }
                }
                Some(number) => Sum {
                    label,
                    digits: figure::count(number),
                    unit: String::new(),
                    exact: String::new(),
                    known,
                },
                None => Sum {
                    label,
                    digits: "—".to_owned(),
                    unit: String::new(),
                    exact: String::new(),
                    known: String::new(),
                },
            }
        })
        .collect();
    Ok(Totals {
        count: lang.with("rows-count", figure::count(count)),
        sums,
    })
}
