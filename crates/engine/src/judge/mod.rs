//! The judge: binds a rulebook to a date and judges one subject after the other, exactly.
//!
//! - [`Binding::new`] turns the rules that are wanted into [`Terms`] for one assessment date;
//! - [`Facts`] hold what is known about one subject;
//! - [`Judge`] gives verdicts, amounts, gaps, missing facts, scores, lights and the best combination.
//!
//! Production asks it about one subject at a time (an explanation, a case, an enterprise as it is edited);
//! for many at once there is the plan, which is lowered from the same terms and tested against it.

pub(crate) mod bind;
mod bind_card;
mod bind_policy;
mod bind_variable;
pub(crate) mod binding;
pub(crate) mod bound;
pub(crate) mod calendar;
pub(crate) mod combine;
pub(crate) mod evaluate;
pub(crate) mod exact;
pub(crate) mod fact;
pub(crate) mod functions;
mod indicator;
pub(crate) mod light;
pub(crate) mod missing;
mod moment;
pub(crate) mod operations;
pub(crate) mod population;
pub(crate) mod rate;
pub(crate) mod scorecard;
mod settings;
pub(crate) mod term;
pub(crate) mod value;
pub(crate) mod verdict;

pub use bind::{Definitions, MONTHS_RUNNING_MAX};
pub use binding::{Binding, BindingTerms, Select, year_of};
pub use bound::{
    BoundAdjustment, BoundAspect, BoundCard, BoundClause, BoundGap, BoundGroup, BoundItem,
    BoundLevel, BoundLight, BoundPeers, BoundPoints, BoundPolicy, BoundPool, BoundSaves, GapUnit,
};
pub use calendar::{add_months, months_between, years_between};
pub use combine::Combination;
pub use evaluate::Judge;
pub use exact::Exact;
pub use fact::{BadValue, FactKey, FactPeriod, Facts, Given, read_literal, read_text};
pub use indicator::{BoundIndicator, IndicatorResult, indicator, indicator_ranks};
pub use light::{Colour, LightResult};
pub use missing::Missing;
pub use operations::calculated;
pub use population::{Population, ranks};
pub use rate::PLACES_IN_CALCULATIONS;
pub use scorecard::{CardResult, ItemKind, ItemResult};
pub use settings::{SetError, read_setting};
pub use term::{CardId, FactTerm, Term, TermId, TermKind, Terms};
pub use value::{Value, number_text};
pub use verdict::{ClauseResult, PolicyResult, Verdict};

#[cfg(test)]
mod tests;
