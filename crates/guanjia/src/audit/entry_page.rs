//! One entry with all that its hash covers.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::entries::action_words;
use super::names::{self, Names, Thing};
use super::store::{self, Entry};
use crate::app::App;
use crate::shell::{Page, PageError, Viewer, display, render};
use crate::words::Lang;

#[derive(Template)]
#[template(path = "audit/entry_page.html")]
struct EntryPage {
    page: Page,
    entry: Entry,
    moment: String,
    action: String,
    who: String,
    thing: Thing,
    details: Vec<(String, String)>,
}

/// `GET /audit/{id}`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<i64>,
) -> Result<Response, PageError> {
    let entry = store::entry(&app, &viewer, id)
        .await?
        .ok_or(PageError::NotFound)?;
    let lang = viewer.lang;
    let names = Names::of(&app, &viewer, std::slice::from_ref(&entry)).await?;
    let list = lang.t("nav-audit");
    let title = lang.with("audit-entry", id);
    render(&EntryPage {
        page: Page::new(&viewer, "audit", title.clone()).at(&[(&list, "/audit"), (&title, "")]),
        moment: entry
            .recorded_at
            .map_or_else(|| "—".to_owned(), display::moment),
        action: action_words(&entry.action, lang),
        who: entry.who(lang),
        thing: names.thing(&entry, lang),
        details: details(&entry, &names, lang),
        entry,
    })
}

/// The fields of a detail in words; one field without a name for what is no object.
fn details(entry: &Entry, names: &Names, lang: Lang) -> Vec<(String, String)> {
    if entry.detail.is_empty() {
        return Vec::new();
    }
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(&entry.detail) else {
        return vec![(String::new(), entry.detail.clone())];
    };
    fields
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                serde_json::Value::String(text) => text,
                serde_json::Value::Null => "—".to_owned(),
                other => other.to_string(),
            };
            let value = value_words(entry, &name, value, names, lang);
            let key = format!("audit-detail-{}", name.replace('_', "-"));
            (lang.find(&key).unwrap_or(name), value)
        })
        .collect()
}

/// The value of a field: a role in its words, a number as the name that it stands for.
fn value_words(entry: &Entry, field: &str, value: String, names: &Names, lang: Lang) -> String {
    let worded = match field {
        "role" => lang.find(&format!("role-{value}")),
        "how" => lang.find(&format!("audit-how-{}", value.replace(' ', "-"))),
        _ => None,
    };
    if let Some(words) = worded {
        return words;
    }
    match names::pointer(&entry.action, field) {
        Some(register) => names.find(register, &value).unwrap_or(value),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_field_by_field() {
        let mut entry = Entry {
            id: 1,
            recorded_at: None,
            actor: String::new(),
            by_account: true,
            action: "user.add".to_owned(),
            object_kind: "user".to_owned(),
            object_id: "7".to_owned(),
            detail: r#"{"login":"li","role":"leader","count":3,"zone":null}"#.to_owned(),
            facts: 0,
            rows_digest: String::new(),
            prev_hash: String::new(),
            hash: String::new(),
        };
        let names = Names::default();
        let found = details(&entry, &names, Lang::Zh);
        let expected = [
            ("登录名", "li"),
            ("角色", "管委会领导"),
            ("count", "3"),
            ("zone", "—"),
        ];
        for (name, value) in expected {
            assert!(
                found.contains(&(name.to_owned(), value.to_owned())),
                "{name}: {found:?}"
            );
        }
        entry.detail = String::new();
        assert!(details(&entry, &names, Lang::Zh).is_empty());
    }
}
