//! Organisations as a tree: a zone, its parks, departments, task forces and partners.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::scope::Scope;
use crate::sort_key::sort_key;
use crate::sql::{Row, Sql};
use crate::subjects::{self, NewSubject};
use crate::time::AsOf;
use crate::write::{Action, Stamp, Write};

use domain::SubjectKind;

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganisationKind {
    /// A high-tech zone, the root of a tree. Zones do not see one another.
    Zone,
    /// The core park of a zone.
    CorePark,
    /// A sub-park.
    SubPark,
    /// A department of a zone or park.
    Department,
    /// A task force.
    TaskForce,
    /// A partner outside the zone: an investor, a university, a service provider.
    Partner,
}

impl OrganisationKind {
    /// All of them, in the order of the tree.
    pub const ALL: [Self; 6] = [
        Self::Zone,
        Self::CorePark,
        Self::SubPark,
        Self::Department,
        Self::TaskForce,
        Self::Partner,
    ];

    /// The identifier used in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::CorePark => "core_park",
            Self::SubPark => "sub_park",
            Self::Department => "department",
            Self::TaskForce => "task_force",
            Self::Partner => "partner",
        }
    }

    /// The kind of this identifier; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind of subject that facts about such an organisation are facts of.
    fn subject_kind(self) -> Option<SubjectKind> {
        match self {
            Self::Zone => Some(SubjectKind::Zone),
            Self::CorePark | Self::SubPark => Some(SubjectKind::Park),
            Self::TaskForce => Some(SubjectKind::Programme),
            Self::Department | Self::Partner => None,
        }
    }
}

/// An organisation to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    /// The one above; `None` for a zone and only for a zone.
    pub parent_id: Option<i64>,
    /// What it is.
    pub kind: OrganisationKind,
    /// Short code used on the command line and in addresses, unique in the installation.
    pub code: Option<String>,
    /// Name.
    pub name: String,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: i64,
    /// The zone it belongs to; its own id for a zone.
    pub zone_id: i64,
    /// The one above.
    pub parent_id: Option<i64>,
    /// The ids from the zone down to it: `/1/4/`.
    pub path: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Short code.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// Whether it was closed.
    pub closed: bool,
    /// The subject that facts about it are facts of; `None` for departments and partners.
    pub subject_id: Option<i64>,
}

const COLUMNS: &str =
    "id, zone_id, parent_id, path, kind, code, name, status, subject_id, since_entry";

impl Ledger {
    /// Adds an organisation, and for a zone, park or task force the subject of its facts.
    pub async fn add_organisation(
        &self,
        stamp: &Stamp,
        new: NewOrganisation,
    ) -> Result<Organisation> {
        let mut write = self.begin(stamp).await?;
        let added = write.add_organisation(new).await?;
        let action = Action::new("organisation.add", "organisation", added.id)
            .in_zone(added.zone_id)
            .with(json!({"name": added.name, "kind": added.kind.as_str()}));
        write.commit(action).await?;
        Ok(added)
    }

    /// Gives an organisation another name. The one before stays readable as of then.
    pub async fn rename_organisation(&self, stamp: &Stamp, id: i64, name: &str) -> Result<()> {
        let detail = json!({"name": name});
        self.change_organisation(stamp, id, "organisation.rename", detail, |found| {
            name.clone_into(&mut found.name);
        })
        .await
    }

    /// Closes an organisation. Its data stays.
    pub async fn close_organisation(&self, stamp: &Stamp, id: i64) -> Result<()> {
        let detail = serde_json::Value::Null;
        self.change_organisation(stamp, id, "organisation.close", detail, |found| {
            found.closed = true;
        })
        .await
    }

    /// Opens a closed organisation again.
    pub async fn reopen_organisation(&self, stamp: &Stamp, id: i64) -> Result<()> {
        let detail = serde_json::Value::Null;
        self.change_organisation(stamp, id, "organisation.reopen", detail, |found| {
            found.closed = false;
        })
        .await
    }

    async fn change_organisation(
        &self,
        stamp: &Stamp,
        id: i64,
        action: &str,
        detail: serde_json::Value,
        change: impl FnOnce(&mut Organisation),
    ) -> Result<()> {
        let mut write = self.begin(stamp).await?;
        let mut found = write.organisation(id).await?;
        let archive = "INSERT INTO organisation_versions \
             SELECT id, since_entry, $2, name, status FROM organisations WHERE id = $1";
        let entry = write.entry_id();
        write
            .execute(Sql::with(archive, [id.into(), entry.into()]))
            .await?;
        change(&mut found);
        let status = if found.closed { "closed" } else { "open" };
        let text = "UPDATE organisations SET name = $2, name_key = $3, status = $4, \
             since_entry = $5 WHERE id = $1";
        let params = [
            id.into(),
            found.name.as_str().into(),
            sort_key(&found.name).into(),
            status.into(),
            entry.into(),
        ];
        write.execute(Sql::with(text, params)).await?;
        if let Some(subject_id) = found.subject_id {
            subjects::rename(&mut write, subject_id, &found.name).await?;
        }
        let action = Action::new(action, "organisation", id)
            .in_zone(found.zone_id)
            .with(detail);
        write.commit(action).await?;
        Ok(())
    }

    /// An organisation, as it was called at that moment.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for one outside the scope.
    pub async fn organisation(&self, scope: &Scope, id: i64, as_of: AsOf) -> Result<Organisation> {
        let narrow = |sql: &mut Sql| {
            sql.push(" AND id = ").bind(id);
        };
        let found = self.organisations_where(scope, as_of, narrow).await?.pop();
        found.ok_or_else(|| LedgerError::not_found("organisation", id))
    }

    /// The organisation with this short code; `None` if there is none in the scope.
    pub async fn organisation_by_code(
        &self,
        scope: &Scope,
        code: &str,
    ) -> Result<Option<Organisation>> {
        let narrow = |sql: &mut Sql| {
            sql.push(" AND code = ").bind(code);
        };
        Ok(self
            .organisations_where(scope, AsOf::Now, narrow)
            .await?
            .pop())
    }

    /// All organisations in the scope: by zone and depth, then by name.
    pub async fn organisations(&self, scope: &Scope, as_of: AsOf) -> Result<Vec<Organisation>> {
        self.organisations_where(scope, as_of, |_| ()).await
    }

    /// Ids of the organisations in the scope.
    pub async fn organisation_ids_under(&self, scope: &Scope) -> Result<Vec<i64>> {
        let found = self.organisations(scope, AsOf::Now).await?;
        Ok(found
            .into_iter()
            .map(|organisation| organisation.id)
            .collect())
    }

    async fn organisations_where(
        &self,
        scope: &Scope,
        as_of: AsOf,
        narrow: impl FnOnce(&mut Sql) + Send,
    ) -> Result<Vec<Organisation>> {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM organisations WHERE "));
        scope.restrict_paths(&mut sql, "path");
        narrow(&mut sql);
        sql.push(" ORDER BY zone_id, name_key, id");
        let rows = self.database.rows(sql).await?;
        let entry = self.last_entry(as_of).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            if let Some(organisation) = self.organisation_at(row, entry).await? {
                found.push(organisation);
            }
        }
        found.sort_by_key(|one: &Organisation| (one.zone_id, one.path.matches('/').count()));
        Ok(found)
    }

    /// The organisation as of an entry; `None` when it was added later.
    async fn organisation_at(&self, row: &Row, entry: i64) -> Result<Option<Organisation>> {
        let mut found = read(row)?;
        if row.at::<i64>(9)? <= entry {
            return Ok(Some(found));
        }
        let text = "SELECT since_entry, name, status FROM organisation_versions \
             WHERE organisation_id = $1 AND until_entry > $2 ORDER BY until_entry LIMIT 1";
        let version = Sql::with(text, [found.id.into(), entry.into()]);
        let Some(version) = self.database.row(version).await? else {
            return Ok(None);
        };
        if version.at::<i64>(0)? > entry {
            return Ok(None);
        }
        found.name = version.at(1)?;
        found.closed = version.at::<String>(2)? == "closed";
        Ok(Some(found))
    }
}

impl Write {
    /// Adds an organisation within this write.
    pub async fn add_organisation(&mut self, new: NewOrganisation) -> Result<Organisation> {
        let id = self.next_id("organisations").await?;
        let above = match (new.parent_id, new.kind) {
            (None, OrganisationKind::Zone) => None,
            (Some(parent), kind) if kind != OrganisationKind::Zone => {
                Some(self.organisation(parent).await?)
            }
            _ => {
                return Err(LedgerError::Refused(
                    "a zone, and only a zone, has none above it",
                ));
            }
        };
        if let Some(code) = &new.code {
            let text = "SELECT 1 FROM organisations WHERE code = $1";
            if self.row(Sql::with(text, [code.into()])).await?.is_some() {
                let (what, id) = ("organisation", code.clone());
                return Err(LedgerError::Exists { what, id });
            }
        }
        let mut added = Organisation {
            id,
            zone_id: above.as_ref().map_or(id, |above| above.zone_id),
            parent_id: new.parent_id,
            path: format!(
                "{}{id}/",
                above.as_ref().map_or("/", |above| above.path.as_str())
            ),
            kind: new.kind,
            code: new.code,
            name: new.name,
            closed: false,
            subject_id: None,
        };
        self.insert_organisation(&added).await?;
        if let Some(kind) = added.kind.subject_kind() {
            let subject = NewSubject::of(kind, &added.name, id);
            let subject_id = self.add_subject(subject).await?;
            let text = "UPDATE organisations SET subject_id = $2 WHERE id = $1";
            self.execute(Sql::with(text, [id.into(), subject_id.into()]))
                .await?;
            added.subject_id = Some(subject_id);
        }
        Ok(added)
    }

    async fn insert_organisation(&self, added: &Organisation) -> Result<()> {
        let mut sql = Sql::new(
            "INSERT INTO organisations (id, zone_id, parent_id, path, kind, code, name, name_key, \
             status, since_entry) VALUES (",
        );
        sql.bind_all([Some(added.id), Some(added.zone_id), added.parent_id]);
        sql.push(", ").bind(added.path.as_str());
        sql.push(", ").bind(added.kind.as_str());
        sql.push(", ").bind(added.code.clone());
        sql.push(", ")
            .bind_all([added.name.clone(), sort_key(&added.name), "open".to_owned()]);
        sql.push(", ").bind(self.entry_id()).push(")");
        self.execute(sql).await?;
        Ok(())
    }

    pub(crate) async fn organisation(&self, id: i64) -> Result<Organisation> {
        let text = format!("SELECT {COLUMNS} FROM organisations WHERE id = $1");
        let row = self.row(Sql::with(&text, [id.into()])).await?;
        read(&row.ok_or_else(|| LedgerError::not_found("organisation", id))?)
    }
}

fn read(row: &Row) -> Result<Organisation> {
    let kind: String = row.at(4)?;
    Ok(Organisation {
        id: row.at(0)?,
        zone_id: row.at(1)?,
        parent_id: row.at(2)?,
        path: row.at(3)?,
        kind: OrganisationKind::from_name(&kind)
            .ok_or_else(|| LedgerError::damaged("kind of organisation", kind))?,
        code: row.at(5)?,
        name: row.at(6)?,
        closed: row.at::<String>(7)? == "closed",
        subject_id: row.at(8)?,
    })
}
