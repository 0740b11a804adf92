//! Reading code lists and calendars.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;

use super::Reader;
use super::entries::Entry;
use super::fields::{self, Fields, items};
use super::keys;
use super::provenance::{legal, provenance};
use super::variable::{labelled, named};
use super::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::rulebook::{Calendar, CalendarYear, CodeList, Label};

/// The code list of an entry: `values:`, or `file:` a csv beside it with lines `code,name`.
pub(super) fn read(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<CodeList> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a code list",
        &[keys::CODE_LIST, keys::PROVENANCE],
        found,
    )?;
    let values = match (map.get("values"), map.get("file")) {
        (Some(node), None) => labelled(node, reader),
        (None, Some(node)) => csv(node, entry.path, reader)?,
        _ => {
            found.push(
                Diagnostic::error(
                    "form::required",
                    entry.span,
                    "a code list needs `values` or `file`, one of the two",
                )
                .help("write `values: {CODE: name}`, or `file: NAME.csv`"),
            );
            return None;
        }
    };
    Some(CodeList {
        id: entry.id.clone(),
        label: map
            .get("label")
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        values,
        provenance: provenance(&map, found),
        span: entry.span,
    })
}

fn csv(node: &Node, path: &str, reader: &Reader<'_>) -> Option<IndexMap<String, Label>> {
    let name = fields::text(node, "the name of a csv file", reader.found)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let wanted = if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    };
    let Some((_, file)) = reader.sources.iter().find(|(_, file)| file.path == wanted) else {
        reader.found.push(
            Diagnostic::error(
                "files::missing",
                node.span,
                format!("there is no file `{wanted}`"),
            )
            .help("the csv stands beside this file"),
        );
        return None;
    };
    let mut values = IndexMap::new();
    for line in file.text.lines().skip(1) {
        // Names of codes hold no line breaks; a quoted one may hold commas.
        let (code, name) = line.split_once(',').unwrap_or((line, ""));
        let unquoted = |text: &str| text.trim().trim_matches('"').replace("\"\"", "\"");
        let (code, name) = (unquoted(code), unquoted(name));
        if code.is_empty() {
            continue;
        }
        let label = Label {
            zh: (!name.is_empty()).then_some(name),
            en: None,
        };
        values.insert(code, label);
    }
    Some(values)
}

/// The calendar of an entry.
pub(super) fn read_calendar(entry: &Entry<'_>, reader: &Reader<'_>) -> Option<Calendar> {
    let found = reader.found;
    let map = Fields::read(
        entry.node,
        "a calendar",
        &[keys::CALENDAR, keys::PROVENANCE],
        found,
    )?;
    let mut years = IndexMap::new();
    let node = map.require("years", found)?;
    for (key, node) in fields::entries(node, "`years`", found)? {
        let Ok(year) = key.text.parse::<i32>() else {
            found.push(
                Diagnostic::error(
                    "form::value",
                    key.span,
                    format!("`{}` is no year", key.text),
                )
                .help("write a year, such as 2024"),
            );
            continue;
        };
        years.extend(calendar_year(node, year, reader).map(|read| (year, read)));
    }
    let label = map.get("label").or_else(|| map.get("name"));
    Some(Calendar {
        id: entry.id.clone(),
        label: label
            .and_then(|node| fields::label(node, found))
            .unwrap_or_else(|| named(&entry.id)),
        years,
        provenance: provenance(&map, found),
        span: entry.span,
    })
}

fn calendar_year(node: &Node, year: i32, reader: &Reader<'_>) -> Option<CalendarYear> {
    let found = reader.found;
    let map = Fields::read(
        node,
        "a year of a calendar",
        &[keys::CALENDAR_YEAR, keys::PROVENANCE],
        found,
    )?;
    let days = |key: &str| -> BTreeSet<NaiveDate> {
        map.get(key)
            .map(items)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| {
                let day = fields::date(item, "a day", found)?;
                if day.year() != year {
                    found.push(
                        Diagnostic::error(
                            "dates::year",
                            item.span,
                            format!("{day} is not in {year}"),
                        )
                        .help(format!("put it below {}", day.year())),
                    );
                }
                Some(day)
            })
            .collect()
    };
    Some(CalendarYear {
        holidays: days("holidays"),
        workdays: days("workdays"),
        legal: map
            .get("legal")
            .map(|node| legal(node, found))
            .unwrap_or_default(),
    })
}
