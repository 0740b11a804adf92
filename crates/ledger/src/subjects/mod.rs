//! Subjects: what facts are about. Enterprises, projects and all else, each in one zone.

mod changes;
pub(crate) mod keys;
mod merge;
mod read;

use domain::SubjectKind;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sql::Sql;
use crate::write::{Action, Stamp, Write};

pub use keys::Resolution;
pub use read::SubjectQuery;

pub(crate) use changes::{change, follow_facts, move_to, rename};
pub(crate) use read::{COLUMNS, read_subject, read_version};

/// Where a subject stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectStatus {
    /// In use.
    Active,
    /// Closed: shown, marked, no more expected of it.
    Closed,
    /// Merged into another subject, which carries on its facts.
    Merged,
    /// Came with an import that was undone. Comes back with the next fact about it.
    Withdrawn,
}

impl SubjectStatus {
    /// The identifier used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Closed, Self::Merged, Self::Withdrawn]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// A subject to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// What no other subject of its kind in the zone has: an enterprise's unified social credit code,
    /// a project's code, a record's own key.
    pub code: Option<String>,
    /// Park as the ledger writes it: with the name, the identity of a project without a code.
    pub park: Option<String>,
    /// The organisation it belongs to, by which it is seen.
    pub organisation_id: i64,
    /// The subject that owns it: the enterprise of a project, the project of a building.
    pub owner_id: Option<i64>,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
}

impl NewSubject {
    /// A subject of this kind and name that belongs to an organisation.
    pub fn of(kind: SubjectKind, name: &str, organisation_id: i64) -> Self {
        Self {
            kind,
            name: name.trim().to_owned(),
            code: None,
            park: None,
            organisation_id,
            owner_id: None,
            invented: false,
        }
    }
}

/// A subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: i64,
    /// The zone it belongs to.
    pub zone_id: i64,
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// The organisation it belongs to.
    pub organisation_id: i64,
    /// The path of that organisation.
    pub path: String,
    /// The subject that owns it.
    pub owner_id: Option<i64>,
    /// Where it stands in its life.
    pub status: SubjectStatus,
    /// The subject it was merged into.
    pub merged_into: Option<i64>,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
    /// The entry it was added with.
    pub created_entry: i64,
    /// The entry it was last changed with.
    pub since_entry: i64,
}

impl Ledger {
    /// Adds a subject.
    ///
    /// # Errors
    /// [`LedgerError::Exists`] when one answers to the same code, or to the same name without a code.
    pub async fn add_subject(&self, stamp: &Stamp, new: NewSubject) -> Result<i64> {
        let mut write = self.begin(stamp).await?;
        let zone_id = write.organisation(new.organisation_id).await?.zone_id;
        let kind = new.kind.to_string();
        let id = write.add_subject(new).await?;
        let action = Action::new("subject.add", &kind, id).in_zone(zone_id);
        write.commit(action).await?;
        Ok(id)
    }
}

impl Write {
    /// Adds a subject within this write.
    pub async fn add_subject(&mut self, new: NewSubject) -> Result<i64> {
        if new.name.is_empty() {
            return Err(LedgerError::Refused("a subject needs a name"));
        }
        let organisation = self.organisation(new.organisation_id).await?;
        let identity = keys::Identity::of(&new);
        let zone_id = organisation.zone_id;
        match keys::resolve(self, zone_id, new.kind.as_str(), &identity).await? {
            Resolution::New => {}
            Resolution::Known(_) | Resolution::Ambiguous(_) => {
                return Err(LedgerError::Exists {
                    what: "subject",
                    id: new.code.unwrap_or(new.name),
                });
            }
        }
        let id = self.next_id("subjects").await?;
        let entry = self.entry_id();
        let mut sql = Sql::new(&format!("INSERT INTO subjects ({COLUMNS}) VALUES ("));
        sql.bind_all([id, zone_id]);
        sql.push(", ")
            .bind_all([new.kind.to_string(), new.name.clone()]);
        sql.push(", ").bind(new.code.clone());
        sql.push(", ").bind(new.organisation_id);
        sql.push(", ").bind(organisation.path);
        sql.push(", ").bind(new.owner_id);
        sql.push(", 'active', NULL, ");
        sql.bind_all([i64::from(new.invented), entry, entry])
            .push(")");
        self.execute(sql).await?;
        let mut rows = Vec::new();
        identity.rows(zone_id, new.kind.as_str(), id, entry, &mut rows);
        self.insert("subject_keys", keys::COLUMNS, rows).await?;
        crate::projection::refresh(self, &[(id, crate::facts::latest::Latest::default())]).await?;
        Ok(id)
    }
}
