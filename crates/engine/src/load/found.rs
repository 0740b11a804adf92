//! What one run of the loader has found: mistakes, and which names were used.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;

/// Mistakes so far, and the parameters that something reads.
#[derive(Debug, Default)]
pub(crate) struct Found {
    diagnostics: RefCell<Vec<Diagnostic>>,
    used_parameters: RefCell<BTreeSet<String>>,
}

impl Found {
    /// Notes a mistake.
    pub fn push(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Notes several.
    pub fn extend(&self, diagnostics: Vec<Diagnostic>) {
        self.diagnostics.borrow_mut().extend(diagnostics);
    }

    /// Notes that a parameter is read, also where the expression around it is wrong.
    pub fn use_parameter(&self, name: &str) {
        self.used_parameters.borrow_mut().insert(name.to_owned());
    }

    /// Whether something reads this parameter.
    pub fn is_used(&self, name: &str) -> bool {
        self.used_parameters.borrow().contains(name)
    }

    /// The mistakes in the order of their places.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut all = self.diagnostics.into_inner();
        all.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        all.dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
        all
    }
}

/// The known name that is nearest to a misspelled one, if one is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let allowed = (length / 3).clamp(1, 4);
    known
        .into_iter()
        // The distance is never less than the difference in length, and costs the product of both.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance > 0 && *distance <= allowed && *distance < candidate.chars().count()
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?`, or another help where no name is near.
pub(crate) fn suggestion<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(name, known).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// A list in words: `a`, `b`, `c`.
pub(crate) fn quoted<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names
        .into_iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["revenue", "rd_expense", "staff"];
        assert_eq!(nearest("revenu", known), Some("revenue"));
        assert_eq!(nearest("rd_expnese", known), Some("rd_expense"));
        assert_eq!(nearest("taxable_income", known), None);
        assert_eq!(nearest(&"revenue".repeat(1_000_000), known), None);
    }
}
