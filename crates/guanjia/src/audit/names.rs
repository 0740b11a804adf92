//! What the things of entries are called, as far as the auditor's own scope reaches: beyond it a thing keeps
//! its number.

use std::collections::{BTreeSet, HashMap};

use ledger::Sql;

use super::entries::kind_words;
use super::store::{self, Entry};
use crate::app::App;
use crate::shell::{PageError, Permission, Viewer};
use crate::words::Lang;

/// Ids asked for at once.
const CHUNK: usize = 1_000;
/// Characters of a hash that tell a file from others.
const HASH_CHARS: usize = 12;

/// Names of things, by where they are looked up.
#[derive(Debug, Default)]
pub struct Names {
    known: HashMap<(Register, i64), String>,
}

/// What an entry was about, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What kind of thing it is.
    pub kind: String,
    /// What it is called, or its number; empty for what there is only one of.
    pub name: String,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.kind)?;
        if self.name.is_empty() {
            return Ok(());
        }
        write!(f, " {}", self.name)
    }
}

impl Names {
    /// The names of what these entries are about, at the moment shown.
    pub async fn of(app: &App, viewer: &Viewer, entries: &[Entry]) -> Result<Self, PageError> {
        let mut asked: HashMap<Register, BTreeSet<i64>> = HashMap::new();
        for entry in entries {
            for (register, id) in mentioned(entry) {
                asked.entry(register).or_default().insert(id);
            }
        }
        let mut names = Self::default();
        for (register, ids) in asked {
            let ids: Vec<i64> = ids.into_iter().collect();
            let found = named(app, viewer, register, &ids).await?;
            let found = found.into_iter().map(|(id, name)| ((register, id), name));
            names.known.extend(found);
        }
        Ok(names)
    }

    /// What an entry was about.
    pub fn thing(&self, entry: &Entry, lang: Lang) -> Thing {
        let kind = kind_words(&entry.object_kind, lang);
        let name = match entry.object_kind.as_str() {
            "list" => list_words(&entry.object_id, lang),
            "audit" | "lists" | "installation" => String::new(),
            "file" => detail(entry, "name").unwrap_or_else(|| {
                let short = entry.object_id.chars().take(HASH_CHARS);
                short.collect()
            }),
            _ => register_of(entry)
                .and_then(|register| self.find(register, &entry.object_id))
                .unwrap_or_else(|| lang.with("audit-number-of", &entry.object_id)),
        };
        Thing { kind, name }
    }

    /// The name under an id; `None` where it is not known or not to be known.
    pub fn find(&self, register: Register, id: &str) -> Option<String> {
        self.known.get(&(register, id.parse().ok()?)).cloned()
    }
}

/// Where a name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Register {
    /// Accounts.
    People,
    /// The tree of organisations.
    Organisations,
    /// Projects, enterprises and all else that facts are about.
    Subjects,
    /// Imports.
    Imports,
}

/// Where the thing of an entry has its name; `None` for what has none.
fn register_of(entry: &Entry) -> Option<Register> {
    Some(match (entry.object_kind.as_str(), entry.action.as_str()) {
        ("user", _) => Register::People,
        ("import", _) => Register::Imports,
        // A mapping is remembered, and lights are judged, for a zone as a place, not as what facts are about.
        ("organisation", _) | ("zone", "mapping.remember") | (_, "lights.judge") => {
            Register::Organisations
        }
        ("file" | "list" | "lists" | "audit" | "installation", _) => return None,
        _ => Register::Subjects,
    })
}

/// The places in a detail that hold an id, by action.
const POINTERS: [(&str, &str, Register); 5] = [
    ("grant.give", "organisation", Register::Organisations),
    ("grant.give", "enterprise", Register::Subjects),
    ("subject.move", "from", Register::Organisations),
    ("subject.move", "to", Register::Organisations),
    ("subject.merge", "into", Register::Subjects),
];

/// Where the value of a field of an entry's detail has its name; `None` for what is no id.
pub fn pointer(action: &str, field: &str) -> Option<Register> {
    POINTERS
        .iter()
        .find(|(of_action, of_field, _)| *of_action == action && *of_field == field)
        .map(|(_, _, register)| *register)
}

/// Every id that an entry mentions.
fn mentioned(entry: &Entry) -> Vec<(Register, i64)> {
    let object = register_of(entry).zip(entry.object_id.parse().ok());
    let pointers = POINTERS
        .iter()
        .filter(|(action, ..)| *action == entry.action)
        .filter_map(|(_, field, register)| Some((*register, detail(entry, field)?.parse().ok()?)));
    object.into_iter().chain(pointers).collect()
}

/// A field of an entry's detail as text; `None` where there is none.
fn detail(entry: &Entry, name: &str) -> Option<String> {
    let detail: serde_json::Value = serde_json::from_str(&entry.detail).ok()?;
    match detail.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// What a list that was exported is called.
fn list_words(id: &str, lang: Lang) -> String {
    lang.find(&format!("audit-list-{}", id.replace('_', "-")))
        .unwrap_or_else(|| id.to_owned())
}

/// The names of a register's ids that the auditor may know.
async fn named(
    app: &App,
    viewer: &Viewer,
    register: Register,
    ids: &[i64],
) -> Result<Vec<(i64, String)>, PageError> {
    let scope = viewer.scope(Permission::SeeAudit);
    let ledger = &app.ledger;
    match register {
        Register::Subjects => {
            let found = ledger.subjects_by_id(&scope, ids, viewer.reading()).await?;
            Ok(found.into_iter().map(|one| (one.id, one.name)).collect())
        }
        Register::Organisations => {
            let mut found = ledger.organisations(&scope, viewer.reading()).await?;
            found.retain(|one| ids.contains(&one.id));
            Ok(found.into_iter().map(|one| (one.id, one.name)).collect())
        }
        Register::People => {
            let begin = "SELECT id, display_name, login FROM users WHERE id IN (";
            let condition = |sql: &mut Sql| {
                sql.push(" AND id IN (");
                store::people(viewer, sql);
                sql.push(")");
            };
            let mut found = Vec::new();
            for row in in_chunks(app, begin, ids, condition).await? {
                let (name, login): (String, String) = (row.at(1)?, row.at(2)?);
                let name = if name == login || name.is_empty() {
                    login
                } else {
                    viewer
                        .lang
                        .with_all("audit-person", &[("name", &name), ("login", &login)])
                };
                found.push((row.at(0)?, name));
            }
            Ok(found)
        }
        Register::Imports => {
            let begin = "SELECT id, file_name FROM imports WHERE id IN (";
            let condition = |sql: &mut Sql| {
                sql.push(" AND entry_id IN (SELECT id FROM audit_entries WHERE ");
                store::seen_by(viewer, sql);
                sql.push(")");
            };
            let mut found = Vec::new();
            for row in in_chunks(app, begin, ids, condition).await? {
                found.push((row.at(0)?, row.at(1)?));
            }
            Ok(found)
        }
    }
}

/// Rows of these ids under a condition.
async fn in_chunks(
    app: &App,
    begin: &str,
    ids: &[i64],
    condition: impl Fn(&mut Sql),
) -> Result<Vec<ledger::Row>, PageError> {
    let mut rows = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let mut sql = Sql::new(begin);
        sql.bind_all(chunk.iter().copied()).push(")");
        condition(&mut sql);
        rows.extend(app.ledger.rows(sql).await?);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(action: &str, kind: &str, id: &str, detail: &str) -> Entry {
        Entry {
            id: 1,
            recorded_at: None,
            actor: String::new(),
            by_account: true,
            action: action.to_owned(),
            object_kind: kind.to_owned(),
            object_id: id.to_owned(),
            detail: detail.to_owned(),
            facts: 0,
            rows_digest: String::new(),
            prev_hash: String::new(),
            hash: String::new(),
        }
    }

    #[test]
    fn ids_are_looked_up_where_they_belong() {
        let granted = r#"{"role":"leader","organisation":5,"enterprise":null}"#;
        let given = entry("grant.give", "user", "7", granted);
        let expected = [(Register::People, 7), (Register::Organisations, 5)];
        assert_eq!(mentioned(&given), expected);
        let remembered = entry("mapping.remember", "zone", "1", "");
        assert_eq!(mentioned(&remembered), [(Register::Organisations, 1)]);
        let recorded = entry("facts.record", "zone", "1", "");
        assert_eq!(mentioned(&recorded), [(Register::Subjects, 1)]);
        assert!(mentioned(&entry("file.keep", "file", "ab", "")).is_empty());
    }

    #[test]
    fn what_nobody_may_name_keeps_its_number() {
        let names = Names::default();
        let thing = names.thing(&entry("facts.record", "project", "12", ""), Lang::Zh);
        assert_eq!(thing.to_string(), "项目 编号 12");
        let kept = entry("file.keep", "file", "ab", r#"{"name":"台账.xlsx"}"#);
        assert_eq!(names.thing(&kept, Lang::Zh).to_string(), "文件 台账.xlsx");
        let exported = entry("export.facts", "list", "facts", "");
        assert_eq!(
            names.thing(&exported, Lang::Zh).to_string(),
            "清单 全部数据"
        );
        let verified = entry("audit.verify", "audit", "905", "");
        assert_eq!(names.thing(&verified, Lang::Zh).to_string(), "审计");
    }
}
