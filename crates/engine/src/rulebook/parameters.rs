//! Parameters: dated numbers of the law.

use super::{Label, Provenance, Spans};
use crate::expression::{Literal, Type};
use crate::source::Span;

/// A number (or day, or table) of the law, over time.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, without `p.`.
    pub name: String,
    /// Words for people.
    pub label: Label,
    /// What it is.
    pub ty: ParameterType,
    /// Unit, in words.
    pub unit: Option<String>,
    /// Its values; on a day outside them it is NULL.
    pub values: Spans<ParameterValue>,
    /// What is to be known about it.
    pub provenance: Provenance,
    /// Where its name stands.
    pub span: Span,
}

/// What a parameter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterType {
    /// One value of this type.
    Scalar(Type),
    /// Rows for `step`: the type of `from` and of the value.
    Table(ColumnType, ColumnType),
}

/// The type of a table's column.
pub type ColumnType = Type;

/// A row of a table: from where, which value.
pub type TableRow = (Literal, Literal);

/// One value of a parameter.
#[derive(Debug, Clone)]
pub struct ParameterValue {
    /// The value: a scalar, or nothing where `rows` has them.
    pub scalar: Option<Literal>,
    /// Rows of a table by rising `from`; empty for a scalar.
    pub rows: Vec<TableRow>,
    /// What it rests on.
    pub provenance: Provenance,
    /// Where it stands.
    pub span: Span,
}
