//! Which entries the auditor asks for, as it stands in the address.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::words::Lang;

/// The areas of actions, which an action's id begins with.
pub const AREAS: [&str; 13] = [
    "login",
    "user",
    "grant",
    "token",
    "organisation",
    "subject",
    "facts",
    "import",
    "mapping",
    "file",
    "export",
    "view",
    "audit",
];

/// A filter. Empty fields narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Part of the actor's name.
    pub who: String,
    /// What an action begins with: `import`, `import.undo`.
    pub action: String,
    /// Kind of the thing.
    pub kind: String,
    /// Which one.
    pub object: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// The last entry of the page before.
    pub before: String,
    /// Past moment, kept in links.
    pub as_of: String,
}

impl Filter {
    /// The first day; `None` where it is not given.
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.from.parse().ok()
    }

    /// The last day; `None` where it is not given.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.until.parse().ok()
    }

    /// What cannot be read, for people; `None` when all of it can.
    pub fn fault(&self, lang: Lang) -> Option<String> {
        [&self.from, &self.until]
            .into_iter()
            .find(|day| !day.is_empty() && day.parse::<NaiveDate>().is_err())
            .map(|day| lang.with("as-of-wrong", day))
            .or_else(|| {
                let wrong = !self.before.is_empty() && self.before.parse::<i64>().is_err();
                wrong.then(|| lang.with("audit-before-wrong", &self.before))
            })
    }

    /// Whether anything narrows the list.
    pub fn narrows(&self) -> bool {
        self.fields()
            .into_iter()
            .any(|(name, value)| !value.is_empty() && name != "as_of")
    }

    fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("who", &self.who),
            ("action", &self.action),
            ("kind", &self.kind),
            ("object", &self.object),
            ("from", &self.from),
            ("until", &self.until),
            ("as_of", &self.as_of),
        ]
    }

    /// The address of a path under this filter; with a cursor, of a later page.
    pub fn address(&self, path: &str, before: Option<i64>) -> String {
        let cursor = before.map(|id| id.to_string());
        let mut pairs: Vec<(&str, &str)> = self
            .fields()
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        if let Some(cursor) = &cursor {
            pairs.push(("before", cursor));
        }
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }

    /// The filter without one of its fields.
    pub fn without(&self, name: &str) -> Self {
        let mut rest = self.clone();
        for (field, value) in [
            ("who", &mut rest.who),
            ("action", &mut rest.action),
            ("kind", &mut rest.kind),
            ("object", &mut rest.object),
            ("from", &mut rest.from),
            ("until", &mut rest.until),
        ] {
            if field == name {
                value.clear();
            }
        }
        rest
    }

    /// The fields that narrow the list, each with the key of its words.
    pub fn narrowing(&self) -> Vec<(&'static str, &str)> {
        self.fields()
            .into_iter()
            .filter(|(name, value)| !value.is_empty() && *name != "as_of")
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_stays_in_the_address() {
        let filter = Filter {
            who: "li".to_owned(),
            from: "2024-03-01".to_owned(),
            ..Filter::default()
        };
        assert_eq!(
            filter.address("/audit", None),
            "/audit?who=li&from=2024-03-01"
        );
        assert_eq!(
            filter.address("/audit", Some(40)),
            "/audit?who=li&from=2024-03-01&before=40"
        );
        assert_eq!(
            filter.without("who").address("/audit", None),
            "/audit?from=2024-03-01"
        );
        assert_eq!(Filter::default().address("/audit", None), "/audit");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let wrong = Filter {
            until: "2024-02-30".to_owned(),
            ..Filter::default()
        };
        assert!(wrong.fault(Lang::Zh).is_some());
        assert!(
            Filter {
                before: "x".to_owned(),
                ..Filter::default()
            }
            .fault(Lang::Zh)
            .is_some()
        );
        assert!(Filter::default().fault(Lang::Zh).is_none());
    }
}
