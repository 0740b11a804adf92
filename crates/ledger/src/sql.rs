//! Statements that run on both databases: `$1` placeholders, bound values, rows read by position.

use sea_orm::{DbBackend, QueryResult, Statement, TryGetable, Value};

use crate::error::{LedgerError, Result};

/// A bound value.
pub type Param = Value;

/// A statement under construction. Text is only ever the program's own; all that comes from outside
/// is bound.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    text: String,
    params: Vec<Param>,
    /// Whether each placeholder stands once, in order.
    in_order: bool,
}

impl Sql {
    /// A statement that begins with this text.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            params: Vec::new(),
            in_order: true,
        }
    }

    /// A statement with its values, `$1` being the first.
    pub fn with(text: &str, params: impl Into<Vec<Param>>) -> Self {
        Self {
            text: text.to_owned(),
            params: params.into(),
            in_order: false,
        }
    }

    /// A statement whose placeholders stand once each, in the order of these values.
    pub(crate) fn in_order(text: String, params: Vec<Param>) -> Self {
        Self {
            text,
            params,
            in_order: true,
        }
    }

    /// Appends text of the program's own.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder and binds its value.
    pub fn bind(&mut self, value: impl Into<Param>) -> &mut Self {
        self.params.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.params.len().to_string());
        self
    }

    /// Appends placeholders with commas between them.
    pub fn bind_all<T: Into<Param>>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
        self
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Param>) {
        (self.text, self.params)
    }

    /// The statement, where all its texts can be kept.
    ///
    /// # Errors
    /// [`LedgerError::NulCharacter`] on either database, so that both keep the same.
    pub(crate) fn statement(self, backend: DbBackend) -> Result<Statement> {
        let holds_nul =
            |param: &Param| matches!(param, Value::String(Some(text)) if text.contains('\0'));
        if self.params.iter().any(holds_nul) {
            return Err(LedgerError::NulCharacter);
        }
        Ok(self.into_statement(backend))
    }

    pub(crate) fn into_statement(mut self, backend: DbBackend) -> Statement {
        if backend == DbBackend::Sqlite && self.in_order {
            self.text = without_numbers(&self.text);
        }
        Statement::from_sql_and_values(backend, self.text, self.params)
    }
}

/// SQLite looks a numbered placeholder up in a list, one after the other, each time it is bound: with
/// thousands of them that takes longer than all the rest. Plain ones are counted.
fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('$');
    plain.extend(parts.next());
    for part in parts {
        plain.push('?');
        plain.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    plain
}

/// A row of an answer.
#[derive(Debug)]
pub struct Row(pub(crate) QueryResult);

impl Row {
    /// The value of the column at this place, from zero. Ask for an `Option` where it may be NULL.
    ///
    /// # Errors
    /// When the column has another type, or is NULL and no `Option` was asked for.
    pub fn at<T: TryGetable>(&self, place: usize) -> Result<T> {
        Ok(self.0.try_get_by_index(place)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_kept_by_neither_database() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let mut sql = Sql::new("a = ");
            sql.bind("x\0y");
            let refused = sql.statement(backend);
            assert!(matches!(refused, Err(LedgerError::NulCharacter)));
        }
    }

    #[test]
    fn placeholders_count_up() {
        let mut sql = Sql::new("a = ");
        sql.bind(1_i64)
            .push(" AND b IN (")
            .bind_all([2_i64, 3])
            .push(")");
        assert_eq!(sql.text(), "a = $1 AND b IN ($2, $3)");
        let statement = sql.clone().into_statement(DbBackend::Sqlite);
        assert_eq!(statement.sql, "a = ? AND b IN (?, ?)");
        let statement = sql.into_statement(DbBackend::Postgres);
        assert_eq!(statement.sql, "a = $1 AND b IN ($2, $3)");
    }
}
