//! Filters of a list: what each name in the address asks of the ledger, and how the form shows it.

use chrono::NaiveDate;
use ledger::projection::{Bound, Cursor, Filter, ListQuery, Sort};
use ledger::{AsOf, Organisation, OrganisationKind};

use super::{Address, ListSpec};
use crate::app::App;
use crate::labels;
use crate::shell::{PageError, Viewer};
use crate::words::Lang;

/// Rows a page.
pub const PAGE_ROWS: u32 = 50;

/// What a filter asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// One of the codes that the rulebook knows.
    Code,
    /// Words that contain this.
    Words,
    /// A year.
    Year,
    /// A judged colour.
    Light,
    /// A milestone overdue at the end of a day.
    Overdue,
    /// Less than so many percent of the year's plan done.
    PlanBelow,
    /// A certificate that holds on the day shown: the value names it.
    Certificate,
}

/// A filter of a list.
#[derive(Debug, Clone, Copy)]
pub struct FilterField {
    /// Its name in the address.
    pub name: &'static str,
    /// The column it is about.
    pub column: &'static str,
    /// What it asks.
    pub asks: Asks,
}

/// Certificates of an enterprise that the list knows the end of.
pub const CERTIFICATES: [&str; 5] = [
    "hnte",
    "tech_sme",
    "innovative_sme",
    "specialised_sme",
    "little_giant",
];

/// The colours of a light.
pub const LIGHTS: [&str; 3] = ["red", "yellow", "green"];

/// What an address asks of a list.
///
/// # Errors
/// [`PageError::BadRequest`] for a value that its filter cannot read.
pub async fn query(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    address: &Address,
) -> Result<ListQuery, PageError> {
    let lang = viewer.lang;
    let mut query = ListQuery::of_zone(viewer.zone_id());
    query.limit = PAGE_ROWS;
    query.search = address.get("q").map(ToOwned::to_owned);
    if let Some(park) = address.get("park") {
        query.under = Some(path_of_park(app, viewer, spec, park).await?);
    }
    let day = viewer.day();
    for field in spec.filters {
        let Some(value) = address.get(field.name) else {
            continue;
        };
        let wrong =
            || PageError::BadRequest(lang.with("filter-wrong", format!("{}={value}", field.name)));
        let (column, bound) = bound(field, value, day).ok_or_else(wrong)?;
        query.filters.push(Filter { column, bound });
    }
    let only = address.all("only");
    if let Some(wrong) = only.iter().find(|id| id.parse::<i64>().is_err()) {
        let wrong = lang.with("filter-wrong", format!("only={wrong}"));
        return Err(PageError::BadRequest(wrong));
    }
    if !only.is_empty() {
        query.filters.push(Filter {
            column: "subject_id".to_owned(),
            bound: Bound::OneOf(only),
        });
    }
    if let Some(column) = address.get("sort") {
        query.sort = Sort {
            column: column.to_owned(),
            descending: address.is("order", "desc"),
        };
    }
    if let Some(after) = address.get("after") {
        query.after = Some(Cursor::decode(after)?);
    }
    Ok(query)
}

fn bound(field: &FilterField, value: &str, day: NaiveDate) -> Option<(String, Bound)> {
    let column = field.column.to_owned();
    Some(match field.asks {
        Asks::Code | Asks::Light if value == "unknown" => (column, Bound::Unknown),
        Asks::Code | Asks::Light => (column, Bound::OneOf(vec![value.to_owned()])),
        Asks::Words => (column, Bound::Contains(value.to_owned())),
        Asks::Year => {
            let year: i32 = value.parse().ok()?;
            (column, Bound::OneOf(vec![year.to_string()]))
        }
        Asks::Overdue => (column, Bound::Overdue(value.parse().ok()?)),
        Asks::PlanBelow => {
            let percent: rust_decimal::Decimal = value.trim_end_matches('%').parse().ok()?;
            let permille = i64::try_from((percent * rust_decimal::Decimal::TEN).floor()).ok()?;
            (column, Bound::PlanBelow(permille))
        }
        Asks::Certificate => {
            let known = CERTIFICATES.iter().find(|known| **known == value)?;
            (format!("{known}_valid_until"), Bound::From(day))
        }
    })
}

/// The path of a park of the scope.
async fn path_of_park(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
    park: &str,
) -> Result<String, PageError> {
    let wrong = || PageError::BadRequest(viewer.lang.with("filter-wrong", format!("park={park}")));
    let id: i64 = park.parse().map_err(|_| wrong())?;
    let scope = viewer.scope(spec.permission);
    let found = app.ledger.organisation(&scope, id, AsOf::Now).await;
    Ok(found.map_err(|_| wrong())?.path)
}

/// The parks of the viewer's scope, by name.
pub async fn parks(
    app: &App,
    viewer: &Viewer,
    spec: &ListSpec,
) -> Result<Vec<Organisation>, PageError> {
    let scope = viewer.scope(spec.permission);
    let mut found = app.ledger.organisations(&scope, viewer.reading()).await?;
    found.retain(|one| {
        let is_park = matches!(
            one.kind,
            OrganisationKind::CorePark | OrganisationKind::SubPark
        );
        is_park && one.zone_id == viewer.zone_id()
    });
    Ok(found)
}

/// A field of the form.
#[derive(Debug, Clone)]
pub struct FormField {
    /// Its name in the address.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// What is asked now.
    pub value: String,
    /// `select`, `text`, `date` or `number`.
    pub kind: &'static str,
    /// The unit of what is typed, shown at the field's end; empty for none.
    pub unit: &'static str,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
}

/// An option of a field.
#[derive(Debug, Clone)]
pub struct FieldOption {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub words: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A filter that is on, with the address that takes it off.
#[derive(Debug, Clone)]
pub struct Chip {
    /// What it says.
    pub words: String,
    /// Where the list is without it.
    pub off: String,
}

/// The fields of the form, with what is asked now.
pub fn fields(
    spec: &ListSpec,
    address: &Address,
    parks: &[Organisation],
    lang: Lang,
) -> Vec<FormField> {
    let mut fields = Vec::new();
    if !parks.is_empty() {
        let chosen = address.get("park").unwrap_or_default();
        let options = parks
            .iter()
            .map(|park| FieldOption {
                value: park.id.to_string(),
                words: park.name.clone(),
                chosen: park.id.to_string() == chosen,
            })
            .collect();
        fields.push(FormField {
            name: "park",
            label: lang.t("filter-park"),
            value: chosen.to_owned(),
            kind: "select",
            unit: "",
            options,
        });
    }
    fields.extend(spec.filters.iter().map(|field| {
        let value = address.get(field.name).unwrap_or_default().to_owned();
        FormField {
            name: field.name,
            label: label(field, lang),
            options: options(spec, field, lang)
                .into_iter()
                .map(|(code, words)| FieldOption {
                    chosen: code == value,
                    value: code,
                    words,
                })
                .collect(),
            value,
            unit: match field.asks {
                Asks::PlanBelow => "%",
                _ => "",
            },
            kind: match field.asks {
                Asks::Code | Asks::Light | Asks::Certificate => "select",
                Asks::Words => "text",
                Asks::Overdue => "date",
                Asks::Year | Asks::PlanBelow => "number",
            },
        }
    }));
    fields
}

fn label(field: &FilterField, lang: Lang) -> String {
    lang.find(&format!("filter-{}", field.name))
        .unwrap_or_else(|| field.name.to_owned())
}

/// The values that a field offers, with their words.
fn options(spec: &ListSpec, field: &FilterField, lang: Lang) -> Vec<(String, String)> {
    let named = |prefix: &str, codes: &[&str]| {
        codes
            .iter()
            .map(|code| {
                let key = format!("{prefix}-{code}").replace('_', "-");
                (
                    (*code).to_owned(),
                    lang.find(&key).unwrap_or_else(|| (*code).to_owned()),
                )
            })
            .collect()
    };
    match field.asks {
        Asks::Code => labels::variable(&spec.kind, field.column)
            .map(|variable| {
                let known = variable.values.iter();
                known
                    .map(|(code, words)| (code.clone(), words.words(lang).to_owned()))
                    .collect()
            })
            .unwrap_or_default(),
        Asks::Light => named("light", &LIGHTS),
        Asks::Certificate => named("certificate", &CERTIFICATES),
        Asks::Words | Asks::Year | Asks::Overdue | Asks::PlanBelow => Vec::new(),
    }
}

/// The filters that are on.
pub fn chips(
    spec: &ListSpec,
    address: &Address,
    fields: &[FormField],
    lang: Lang,
    viewer: &Viewer,
) -> Vec<Chip> {
    let mut chips = Vec::new();
    let off = |name: &str| viewer.href(&address.without(name).without("as_of").under(spec.path));
    if let Some(search) = address.get("q") {
        chips.push(Chip {
            words: lang.with("chip-search", search),
            off: off("q"),
        });
    }
    let only = address.all("only").len();
    if only > 0 {
        chips.push(Chip {
            words: lang.with("chip-only", only),
            off: off("only"),
        });
    }
    for field in fields.iter().filter(|field| !field.value.is_empty()) {
        let chosen = field.options.iter().find(|option| option.chosen);
        let value = chosen.map_or(field.value.as_str(), |option| option.words.as_str());
        let words = match field.name {
            "late" => lang.with("chip-late", value),
            "pace" => lang.with("chip-pace", value),
            _ => format!("{}：{value}", field.label),
        };
        chips.push(Chip {
            words,
            off: off(field.name),
        });
    }
    chips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(asks: Asks) -> FilterField {
        FilterField {
            name: "x",
            column: "stage",
            asks,
        }
    }

    #[test]
    fn a_share_of_the_plan_is_read_in_percent() {
        let day = NaiveDate::default();
        let read = |text: &str| bound(&field(Asks::PlanBelow), text, day).map(|(_, bound)| bound);
        assert_eq!(read("25"), Some(Bound::PlanBelow(250)));
        assert_eq!(read("8.3%"), Some(Bound::PlanBelow(83)));
        assert_eq!(read("viel"), None);
    }

    #[test]
    fn a_certificate_that_nobody_knows_is_no_filter() {
        let day = NaiveDate::default();
        assert!(bound(&field(Asks::Certificate), "x; DROP", day).is_none());
        let (column, _) = bound(&field(Asks::Certificate), "hnte", day).unwrap();
        assert_eq!(column, "hnte_valid_until");
    }
}
