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

/// The columns that this person chose, in the list's order; the usual ones where nothing was chosen.
pub fn chosen(spec: &ListSpec, headers: &HeaderMap) -> Vec<ListColumn> {
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
    if found.is_empty() {
        spec.columns
            .iter()
            .filter(|column| column.usual)
            .copied()
            .collect()
    } else {
        found
    }
}

/// The cookie that keeps a choice for a year.
pub fn set_cookie(spec: &ListSpec, names: &[String]) -> String {
    let known: Vec<&str> = spec
        .columns
        .iter()
        .map(|column| column.name)
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
