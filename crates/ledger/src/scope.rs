//! What a reader may see: parts of the tree of organisations, and single enterprises. Deny by default.

use crate::sql::Sql;

/// The part of the ledger a reader may see. The empty scope sees nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    paths: Vec<String>,
    subjects: Vec<i64>,
    everything: bool,
}

impl Scope {
    /// Sees nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Sees all zones: for commands run by whoever holds the machine, never for a request.
    pub fn everything() -> Self {
        Self {
            everything: true,
            ..Self::default()
        }
    }

    /// Sees what belongs to the organisation at this path and to those under it.
    pub fn organisation(path: impl Into<String>) -> Self {
        Self::nothing().and_organisation(path)
    }

    /// Sees one enterprise and what it owns.
    pub fn enterprise(subject_id: i64) -> Self {
        Self::nothing().and_enterprise(subject_id)
    }

    /// The same, and what belongs to the organisation at this path and under it. A path that does not
    /// begin and end with `/` opens nothing.
    #[must_use]
    pub fn and_organisation(mut self, path: impl Into<String>) -> Self {
        let path = path.into();
        if path.len() > 2 && path.starts_with('/') && path.ends_with('/') {
            self.paths.push(path);
        }
        self
    }

    /// The same, and one enterprise with what it owns.
    #[must_use]
    pub fn and_enterprise(mut self, subject_id: i64) -> Self {
        self.subjects.push(subject_id);
        self
    }

    /// Whether it sees nothing at all.
    pub fn is_empty(&self) -> bool {
        !self.everything && self.paths.is_empty() && self.subjects.is_empty()
    }

    /// Whether it sees the zone or any organisation in it.
    pub fn reaches_into(&self, zone_id: i64) -> bool {
        let zone = format!("/{zone_id}/");
        self.everything || self.paths.iter().any(|own| own.starts_with(&zone))
    }

    /// Whether it names single enterprises.
    pub(crate) fn has_subjects(&self) -> bool {
        !self.subjects.is_empty()
    }

    /// Whether it sees the organisation at this path.
    pub fn covers_path(&self, path: &str) -> bool {
        self.everything || self.paths.iter().any(|own| path.starts_with(own.as_str()))
    }

    /// Whether it sees a subject that belongs to the organisation at `path`.
    pub fn covers_subject(&self, subject_id: i64, owner_id: Option<i64>, path: &str) -> bool {
        self.covers_path(path)
            || self
                .subjects
                .iter()
                .any(|own| *own == subject_id || Some(*own) == owner_id)
    }

    /// Adds the condition that a row with these columns is seen.
    pub(crate) fn restrict_subjects(&self, sql: &mut Sql, id: &str, owner: &str, path: &str) {
        if self.everything {
            sql.push("1 = 1");
            return;
        }
        let mut first = true;
        sql.push("(");
        for own in &self.paths {
            Self::or(sql, &mut first);
            Self::push_path(sql, path, own);
        }
        if !self.subjects.is_empty() {
            Self::or(sql, &mut first);
            sql.push(id)
                .push(" IN (")
                .bind_all(self.subjects.iter().copied());
            sql.push(") OR ").push(owner).push(" IN (");
            sql.bind_all(self.subjects.iter().copied()).push(")");
        }
        if first {
            sql.push("1 = 0");
        }
        sql.push(")");
    }

    /// Adds the condition that an organisation with this path column is seen.
    pub(crate) fn restrict_paths(&self, sql: &mut Sql, path: &str) {
        if self.everything {
            sql.push("1 = 1");
            return;
        }
        let mut first = true;
        sql.push("(");
        for own in &self.paths {
            Self::or(sql, &mut first);
            Self::push_path(sql, path, own);
        }
        if first {
            sql.push("1 = 0");
        }
        sql.push(")");
    }

    fn or(sql: &mut Sql, first: &mut bool) {
        if !*first {
            sql.push(" OR ");
        }
        *first = false;
    }

    /// Paths end in `/`; `0` is the character after it, so the half-open range is the subtree.
    fn push_path(sql: &mut Sql, column: &str, own: &str) {
        let mut beyond = own.trim_end_matches('/').to_owned();
        beyond.push('0');
        sql.push("(").push(column).push(" >= ").bind(own.to_owned());
        sql.push(" AND ")
            .push(column)
            .push(" < ")
            .bind(beyond)
            .push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_scope_sees_nothing() {
        let scope = Scope::nothing();
        assert!(!scope.covers_subject(1, None, "/1/"));
        let mut sql = Sql::new("");
        scope.restrict_subjects(&mut sql, "id", "owner", "path");
        assert_eq!(sql.text(), "(1 = 0)");
    }

    #[test]
    fn a_broken_path_opens_nothing() {
        assert!(Scope::organisation("").is_empty());
        assert!(Scope::organisation("/").is_empty());
        assert!(Scope::organisation("/1").is_empty());
    }

    #[test]
    fn a_subtree_is_no_neighbour_with_a_longer_number() {
        let scope = Scope::organisation("/1/");
        assert!(scope.covers_path("/1/4/"));
        assert!(!scope.covers_path("/10/"));
    }
}
