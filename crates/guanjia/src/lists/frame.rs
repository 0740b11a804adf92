//! What the page of a list shows around its rows.

use ledger::accounts::SavedView;
use ledger::projection::{Cursor, ListQuery};

use super::cells::ShownCell;
use super::columns::{self, Chosen, ListColumn};
use super::filters::{self, Chip, FormField};
use super::totals::{self, Totals};
use super::{Address, ListSpec, views};
use crate::app::App;
use crate::shell::{PageError, Permission, Viewer};

/// A row as the table shows it.
pub struct ShownRow {
    /// Its id, by which it is chosen.
    pub id: i64,
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Whether it is closed.
    pub closed: bool,
    /// Its cells, in the order of the columns.
    pub cells: Vec<ShownCell>,
}

/// A header of the table.
pub struct Header {
    /// Its words.
    pub words: String,
    /// Where the list is sorted by it; empty where it does not sort.
    pub href: String,
    /// `ascending`, `descending` or empty.
    pub sorted: &'static str,
    /// Whether its cells are numbers.
    pub number: bool,
}

/// A column that can be chosen.
pub struct ColumnChoice {
    /// Its name.
    pub name: &'static str,
    /// Its words.
    pub words: String,
    /// Whether it is shown.
    pub on: bool,
}

/// A saved view as a link.
pub struct ViewLink {
    /// Its id.
    pub id: i64,
    /// What the person calls it.
    pub name: String,
    /// The list with its filters.
    pub href: String,
    /// Whether it is what is shown.
    pub current: bool,
}

/// Everything around the rows.
pub struct Frame {
    /// The list's address.
    pub path: &'static str,
    /// What is searched for.
    pub search: String,
    /// Fields of the filter form.
    pub fields: Vec<FormField>,
    /// Filters that are on.
    pub chips: Vec<Chip>,
    /// The list without any filter.
    pub all_href: String,
    /// Headers, the name first.
    pub headers: Vec<Header>,
    /// Columns to choose from.
    pub choices: Vec<ColumnChoice>,
    /// This person's views.
    pub views: Vec<ViewLink>,
    /// The query of the address, for forms that come back to it.
    pub query: String,
    /// Sort and direction, as hidden fields of the filter form.
    pub kept: Vec<(String, String)>,
    /// The next page; empty at the end.
    pub next_href: String,
    /// The first page; empty on it.
    pub first_href: String,
    /// Where count and sums are.
    pub totals_href: String,
    /// This page with count and sums in it.
    pub with_totals_href: String,
    /// Count and sums, where they were asked for with the page.
    pub totals: Option<Totals>,
    /// The workbook of what is filtered; empty where this person may not take it.
    pub export_href: String,
    /// The template for an import; empty where this person may not import.
    pub import_href: String,
    /// Whether views and columns may be kept: not while the past is shown.
    pub keeps: bool,
    /// Whether any filter is on.
    pub filtered: bool,
    /// Whether rows are low.
    pub compact: bool,
    /// The past moment that is shown, as a hidden field carries it; empty for now.
    pub as_of: String,
    /// Where the rows that are ticked are taken along; empty where this person may not.
    pub export_path: String,
}

/// The frame of a page of a list.
pub async fn of(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
    shown: &Chosen,
    query: &ListQuery,
    next: Option<&Cursor>,
) -> Result<Frame, PageError> {
    let lang = viewer.lang;
    let parks = filters::parks(app, viewer, spec).await?;
    let fields = filters::fields(spec, address, &parks, lang);
    let chips = filters::chips(spec, address, &fields, lang, viewer);
    let own = address.without("as_of");
    let plain = own.without("after").without("totals");
    let totals = match address.get("totals") {
        Some(_) => Some(totals::of(app, viewer, spec, query).await?),
        None => None,
    };
    let views = if viewer.is_past() {
        Vec::new()
    } else {
        views::of(app, viewer, spec).await?
    };
    let link = |address: &Address, path: &str| viewer.href(&address.under(path));
    let may = |permission| viewer.may(permission);
    Ok(Frame {
        path: spec.path,
        search: address.get("q").unwrap_or_default().to_owned(),
        filtered: !chips.is_empty(),
        fields,
        chips,
        all_href: viewer.href(spec.path),
        headers: headers(viewer, spec, &plain, &shown.columns),
        choices: choices(spec, &shown.columns, lang),
        views: views
            .iter()
            .map(|view| view_link(viewer, spec, view, &plain))
            .collect(),
        query: own.query(),
        kept: address.only(&["sort", "order", "as_of"]).pairs().to_vec(),
        next_href: next
            .map(|cursor| link(&plain.set("after", &cursor.encode()), spec.path))
            .unwrap_or_default(),
        first_href: if address.get("after").is_some() {
            link(&plain, spec.path)
        } else {
            String::new()
        },
        totals_href: link(&plain, &format!("{}/totals", spec.path)),
        with_totals_href: link(&own.set("totals", "1"), spec.path),
        totals,
        export_href: if may(Permission::Export) {
            link(&plain, &format!("{}/export", spec.path))
        } else {
            String::new()
        },
        import_href: if may(Permission::Import) {
            "/imports".to_owned()
        } else {
            String::new()
        },
        keeps: !viewer.is_past(),
        compact: shown.compact,
        as_of: address.get("as_of").unwrap_or_default().to_owned(),
        export_path: if may(Permission::Export) {
            format!("{}/export", spec.path)
        } else {
            String::new()
        },
    })
}

fn view_link(viewer: &Viewer, spec: &ListSpec, view: &SavedView, plain: &Address) -> ViewLink {
    let address = Address::parse(&view.query);
    ViewLink {
        id: view.id,
        name: view.name.clone(),
        current: address == *plain,
        href: viewer.href(&address.under(spec.path)),
    }
}

fn choices(spec: &ListSpec, shown: &[ListColumn], lang: crate::words::Lang) -> Vec<ColumnChoice> {
    spec.columns
        .iter()
        .map(|column| ColumnChoice {
            name: column.name,
            words: column.words(spec, lang),
            on: shown.iter().any(|chosen| chosen.name == column.name),
        })
        .collect()
}

fn headers(viewer: &Viewer, spec: &ListSpec, plain: &Address, shown: &[ListColumn]) -> Vec<Header> {
    let by_name = ListColumn {
        name: "name",
        look: columns::Look::Text,
        usual: true,
        sorts: true,
    };
    std::iter::once(&by_name)
        .chain(shown)
        .map(|column| header(viewer, spec, plain, column))
        .collect()
}

fn header(viewer: &Viewer, spec: &ListSpec, plain: &Address, column: &ListColumn) -> Header {
    let current = plain.get("sort").unwrap_or("name");
    let descending = plain.is("order", "desc");
    let is_current = current == column.name;
    // A first click on a number shows the greatest, on words the beginning; a second turns it round.
    let to_descending = if is_current {
        !descending
    } else {
        column.is_number()
    };
    let mut target = plain.without("order").set("sort", column.name);
    if to_descending {
        target = target.set("order", "desc");
    }
    Header {
        words: column.words(spec, viewer.lang),
        href: if column.sorts {
            viewer.href(&target.under(spec.path))
        } else {
            String::new()
        },
        sorted: match (is_current, descending) {
            (true, true) => "descending",
            (true, false) => "ascending",
            (false, _) => "",
        },
        number: column.is_number(),
    }
}
