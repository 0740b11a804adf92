//! Checks of what was read: types and units, cycles, dates, relations between policies.

mod codes;
mod coverage;
mod cycles;
mod relations;
pub(crate) mod types;

use crate::load::found::Found;
use crate::rulebook::Rulebook;

/// Checks a rulebook whose files were read, and gives it its order of evaluation.
pub(crate) fn all(rulebook: &mut Rulebook, cases_of: &[String], found: &Found) {
    rulebook.evaluation_order = cycles::order(rulebook, found);
    relations::check(rulebook, found);
    coverage::check(rulebook, cases_of, found);
}
