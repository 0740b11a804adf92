//! What a subject answers to: its code, else its name; a project's name counts within its park.

use std::collections::HashMap;

use domain::SubjectKind;

use crate::error::Result;
use crate::sort_key::lookup_key;
use crate::sql::{Param, Sql};
use crate::subjects::NewSubject;
use crate::write::Write;

/// Which subject a row of a ledger means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// None that is known.
    New,
    /// This one.
    Known(i64),
    /// One of these: they have the same name, and the row has no code that tells them apart.
    Ambiguous(Vec<i64>),
}

/// The keys of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) code: Option<String>,
    pub(crate) name: String,
}

pub(crate) const COLUMNS: &str = "zone_id, kind, scheme, key, subject_id, since_entry";

impl Identity {
    pub(crate) fn of(new: &NewSubject) -> Self {
        Self::new(
            &new.kind,
            new.code.as_deref(),
            &new.name,
            new.park.as_deref(),
            new.owner_id,
        )
    }

    pub(crate) fn new(
        kind: &SubjectKind,
        code: Option<&str>,
        name: &str,
        park: Option<&str>,
        owner_id: Option<i64>,
    ) -> Self {
        // Records are told apart within their owner, projects without a code within their park.
        let within = match (kind, owner_id) {
            (SubjectKind::Record(_), Some(owner)) => format!("{owner}/"),
            (SubjectKind::Project, _) => format!("{}/", lookup_key(park.unwrap_or_default())),
            _ => String::new(),
        };
        let code = code.map(lookup_key).filter(|code| !code.is_empty());
        let code = match kind {
            SubjectKind::Record(_) => code.map(|code| format!("{within}{code}")),
            _ => code,
        };
        let name = format!("{within}{}", lookup_key(name));
        Self { code, name }
    }

    /// The rows that make a subject answer to these keys.
    pub(crate) fn rows(
        &self,
        zone_id: i64,
        kind: &str,
        subject_id: i64,
        entry: i64,
        rows: &mut Vec<Vec<Param>>,
    ) {
        let mut row = |scheme: &str, key: &str| {
            rows.push(vec![
                zone_id.into(),
                kind.into(),
                scheme.into(),
                key.into(),
                subject_id.into(),
                entry.into(),
            ]);
        };
        if let Some(code) = &self.code {
            row("code", code);
        }
        row("name", &self.name);
    }
}

/// Subjects found by key, with what tells them apart.
#[derive(Debug, Default)]
pub(crate) struct Found {
    by_code: HashMap<String, Candidate>,
    by_name: HashMap<String, Vec<Candidate>>,
}

#[derive(Debug, Clone)]
struct Candidate {
    id: i64,
    code: Option<String>,
}

impl Found {
    /// Which subject an identity means.
    pub(crate) fn resolve(&self, identity: &Identity) -> Resolution {
        if let Some(code) = &identity.code
            && let Some(known) = self.by_code.get(code)
        {
            return Resolution::Known(known.id);
        }
        let named = self
            .by_name
            .get(&identity.name)
            .map_or(&[][..], Vec::as_slice);
        // A row with a code of its own can only be a namesake that has no code yet.
        let mut fitting: Vec<i64> = named
            .iter()
            .filter(|candidate| identity.code.is_none() || candidate.code.is_none())
            .map(|candidate| candidate.id)
            .collect();
        fitting.sort_unstable();
        fitting.dedup();
        match fitting.as_slice() {
            [] => Resolution::New,
            [one] => Resolution::Known(*one),
            _ => Resolution::Ambiguous(fitting),
        }
    }

    /// Makes a subject findable that was just added, or has just got a code.
    pub(crate) fn learn(&mut self, identity: &Identity, id: i64) {
        let code = identity.code.clone();
        if let Some(code) = &code {
            let candidate = Candidate {
                id,
                code: Some(code.clone()),
            };
            self.by_code.insert(code.clone(), candidate);
        }
        let named = self.by_name.entry(identity.name.clone()).or_default();
        match named.iter_mut().find(|candidate| candidate.id == id) {
            Some(candidate) => candidate.code = code.or(candidate.code.take()),
            None => named.push(Candidate { id, code }),
        }
    }
}

/// Finds the subjects that answer to any of these keys. Merged ones lead to what they became.
pub(crate) async fn find(
    write: &Write,
    zone_id: i64,
    kind: &str,
    identities: &[&Identity],
) -> Result<Found> {
    let codes = identities
        .iter()
        .filter_map(|identity| identity.code.clone());
    let names = identities.iter().map(|identity| identity.name.clone());
    let mut found = Found::default();
    for (scheme, keys) in [
        ("code", codes.collect::<Vec<_>>()),
        ("name", names.collect()),
    ] {
        for chunk in keys.chunks(1_000) {
            let mut sql = Sql::new(
                "SELECT k.key, s.id, s.code, s.merged_into FROM subject_keys k \
                 JOIN subjects s ON s.id = k.subject_id WHERE k.zone_id = ",
            );
            sql.bind(zone_id).push(" AND k.kind = ").bind(kind);
            sql.push(" AND k.scheme = ").bind(scheme);
            sql.push(" AND k.key IN (")
                .bind_all(chunk.iter().cloned())
                .push(")");
            for row in write.rows(sql).await? {
                let key: String = row.at(0)?;
                let mut candidate = Candidate {
                    id: row.at(1)?,
                    code: row.at::<Option<String>>(2)?.as_deref().map(lookup_key),
                };
                if row.at::<Option<i64>>(3)?.is_some() {
                    candidate = survivor(write, candidate.id).await?;
                }
                if scheme == "code" {
                    found.by_code.insert(key, candidate);
                } else {
                    found.by_name.entry(key).or_default().push(candidate);
                }
            }
        }
    }
    Ok(found)
}

/// Which subject one identity means.
pub(crate) async fn resolve(
    write: &Write,
    zone_id: i64,
    kind: &str,
    identity: &Identity,
) -> Result<Resolution> {
    let found = find(write, zone_id, kind, &[identity]).await?;
    Ok(found.resolve(identity))
}

async fn survivor(write: &Write, merged: i64) -> Result<Candidate> {
    let mut id = merged;
    loop {
        let text = "SELECT code, merged_into FROM subjects WHERE id = $1";
        let row = write.row(Sql::with(text, [id.into()])).await?;
        let row = row.ok_or_else(|| crate::LedgerError::damaged("merged subject", merged))?;
        match row.at::<Option<i64>>(1)? {
            Some(next) => id = next,
            None => {
                return Ok(Candidate {
                    id,
                    code: row.at::<Option<String>>(0)?.as_deref().map(lookup_key),
                });
            }
        }
    }
}
