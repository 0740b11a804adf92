//! What is wrong with a form: said beside the field that it is about.

/// A mistake in one field. None at all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name; empty for a form without a mistake.
    pub field: &'static str,
    /// What is wrong with it, for people.
    pub words: String,
}

impl FieldError {
    /// A mistake in a field.
    pub fn new(field: &'static str, words: String) -> Self {
        Self { field, words }
    }

    /// What is wrong with this field; empty where nothing is.
    pub fn on(&self, field: &str) -> &str {
        if self.field == field { &self.words } else { "" }
    }

    /// Whether nothing is wrong.
    pub fn is_none(&self) -> bool {
        self.field.is_empty()
    }
}
