//! Columns of a list: which there are, and which a person chose; the choice is kept in a cookie.

use axum::http::{HeaderMap, header};

use super::ListSpec;
use crate::labels;
use crate::words::Lang;

/// How a column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Words.
    Text,
    /// A code of the rulebook, in its words.
    Code,
    /// Money in 万元.
    Money,
    /// A whole number.
    Integer,
    /// A date.
    Date,
    /// How it stands: a light of the rulebook, or what its dates and sums say.
    Standing,
}

/// A column that a list offers.
#[derive(Debug, Clone, Copy)]
pub struct ListColumn {
    /// The ledger's name of the column.
    pub name: &'static str,
    /// How it is shown.
    pub look: Look,
    /// Whether it is shown to whoever chose nothing.
    pub usual: bool,
    /// Whether the list can be sorted by it.
    pub sorts: bool,
}

/// A column that sorts.
pub const fn column(name: &'static str, look: Look, usual: bool) -> ListColumn {
    ListColumn {
        name,
        look,
        usual,
        sorts: true,
    }
}

impl ListColumn {
    /// Words of its header.
    pub fn words(&self, spec: &ListSpec, lang: Lang) -> String {
        match self.name {
            "code" if spec.id == "enterprises" => labels::words(&spec.kind, "uscc", lang),
            "light" => lang.t("list-standing"),
            "year" => lang.t("list-year"),
            name => labels::words(&spec.kind, name, lang),
        }
    }

    /// Whether it is aligned to the right.
    pub fn is_number(&self) -> bool {
        matches!(self.look, Look::Money | Look::Integer)
    }
}

/// How a person wants a list to look.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The columns beside the name, in the list's order.
    pub columns: Vec<ListColumn>,
    /// Whether rows are low.
    pub compact: bool,
}

/// The word in the cookie for low rows.
const COMPACT: &str = "compact";

/// What this person chose; the usual columns where none was.
pub fn chosen(spec: &ListSpec, headers: &HeaderMap) -> Chosen {
    let kept = cookie(headers, &cookie_name(spec));
    let named: Vec<&str> = kept
        .as_deref()
        .map(|text| text.split('.').collect())
        .unwrap_or_default();
    let found: Vec<ListColumn> = spec
        .columns
        .iter()
        .filter(|column| named.contains(&column.name))
        .copied()
        .collect();
    let usual = || spec.columns.iter().filter(|column| column.usual).copied();
    Chosen {
        compact: named.contains(&COMPACT),
        columns: if found.is_empty() {
            usual().collect()
        } else {
            found
        },
    }
}

/// The cookie that keeps a choice for a year.
pub fn set_cookie(spec: &ListSpec, names: &[String]) -> String {
    let known: Vec<&str> = spec
        .columns
        .iter()
        .map(|column| column.name)
        .chain([COMPACT])
        .filter(|name| names.iter().any(|chosen| chosen == name))
        .collect();
    let name = cookie_name(spec);
    format!(
        "{name}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        known.join(".")
    )
}

fn cookie_name(spec: &ListSpec) -> String {
    format!("columns-{}", spec.id)
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
