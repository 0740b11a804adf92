//! Whose facts a reader may see: for each kind of subject a scope of its own.

use domain::SubjectKind;

use crate::scope::Scope;
use crate::sql::Sql;

/// A scope for each kind of subject. A record is seen with its owner; a kind that is not named is not seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    scopes: Vec<(SubjectKind, Scope)>,
}

impl Sight {
    /// Sees nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The same, and subjects of this kind within the scope.
    #[must_use]
    pub fn and(mut self, kind: SubjectKind, scope: Scope) -> Self {
        self.scopes.push((kind, scope));
        self
    }

    /// Whether it sees every subject of these kinds in a zone.
    pub fn covers_zone(&self, zone_id: i64, kinds: &[SubjectKind]) -> bool {
        let zone = format!("/{zone_id}/");
        kinds.iter().all(|kind| {
            let mut of_kind = self.scopes.iter().filter(|(known, _)| known == kind);
            of_kind.any(|(_, scope)| scope.covers_path(&zone))
        })
    }

    /// Adds the condition that a fact of the subject `j`, whose owner is `o`, is seen; the condition is true or
    /// false, never unknown.
    pub(crate) fn restrict(&self, sql: &mut Sql, sees: bool) {
        sql.push("CASE WHEN 1 = 0");
        for (kind, scope) in &self.scopes {
            sql.push(" OR (j.kind = ").bind(kind.as_str()).push(" AND ");
            scope.restrict_subjects(sql, "j.id", "j.owner_id", "j.path");
            sql.push(") OR (o.kind = ").bind(kind.as_str());
            sql.push(" AND j.kind NOT IN (")
                .bind_all(SubjectKind::ALL.map(|known| known.as_str().to_owned()));
            sql.push(") AND ");
            scope.restrict_subjects(sql, "o.id", "o.owner_id", "o.path");
            sql.push(")");
        }
        sql.push(if sees {
            " THEN 1 ELSE 0 END = 1"
        } else {
            " THEN 1 ELSE 0 END = 0"
        });
    }
}
