//! The rules that pages judge by: those built in, read once for each zone that has rules of its own, and
//! bound once for each date that somebody asks about.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::judge::{Binding, BindingTerms, Definitions, Select};
use engine::rulebook::YearChoice;
use engine::{RuleFiles, Rulebook, Severity};

use crate::commands::rulebook::rules::built_in;

/// Dates that stay bound; past them, all are forgotten and bound again as they are asked for.
const DATES_MAX: usize = 32;

/// A rulebook with what was bound of it.
pub struct Rules {
    /// The rulebook.
    pub rulebook: Rulebook,
    bound: Mutex<HashMap<Day, Arc<Binding>>>,
}

/// The date that policies are judged on, with the ones that are judged on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Day {
    /// The assessment date.
    pub date: NaiveDate,
    /// Of policies that look at this year or at the one before; `None`: of all.
    pub looks_at: Option<YearChoice>,
}

/// By zone; `None` for the rules that every zone has.
type Known = Mutex<HashMap<Option<String>, Option<Arc<Rules>>>>;
static KNOWN: LazyLock<Known> = LazyLock::new(Known::default);
static FILES: LazyLock<RuleFiles> = LazyLock::new(built_in);

impl Rules {
    /// The rules of a zone, by its code; the national ones where it has none of its own. `None` where
    /// they cannot be read, which a test of the rulebook would have found.
    pub fn of_zone(code: Option<&str>) -> Option<Arc<Self>> {
        let zone = code
            .filter(|code| FILES.zones().iter().any(|zone| zone == code))
            .map(ToOwned::to_owned);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(zone.clone())
            .or_insert_with(|| {
                let (rulebook, diagnostics) = engine::load_files(&FILES, zone.as_deref());
                for wrong in &diagnostics {
                    if wrong.severity == Severity::Error {
                        tracing::error!(cause = %wrong.message, "a rule cannot be read");
                    }
                }
                let rulebook = rulebook?;
                Some(Arc::new(Self {
                    rulebook,
                    bound: Mutex::default(),
                }))
            })
            .clone()
    }

    /// The days to judge enterprise policies on, where the last year with figures is `last_year`: a policy
    /// that looks at the current year is judged at that year's end, one that looks back at the end of
    /// the next; neither later than the day shown.
    pub fn days(last_year: Option<i32>, shown: NaiveDate) -> Vec<Day> {
        let Some(year) = last_year else {
            return vec![Day {
                date: shown,
                looks_at: None,
            }];
        };
        let end = |year| NaiveDate::from_ymd_opt(year, 12, 31).map_or(shown, |end| end.min(shown));
        vec![
            Day {
                date: end(year),
                looks_at: Some(YearChoice::Current),
            },
            Day {
                date: end(year + 1),
                looks_at: Some(YearChoice::Previous),
            },
        ]
    }

    /// The enterprise policies that are judged on this day.
    pub fn policies(&self, day: Day) -> Vec<String> {
        let wanted = |choice: YearChoice| day.looks_at.is_none_or(|looks_at| looks_at == choice);
        self.rulebook
            .policies
            .iter()
            .filter(|(_, policy)| policy.subject == SubjectKind::Enterprise)
            .filter(|(_, policy)| wanted(policy.year_on(day.date)))
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The policies of a day, bound.
    pub fn bound(&self, day: Day) -> Arc<Binding> {
        let mut bound = self.bound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = bound.get(&day) {
            return Arc::clone(known);
        }
        let ids = self.policies(day);
        let terms = BindingTerms {
            as_of: day.date,
            subject: &SubjectKind::Enterprise,
            set: &HashMap::new(),
            definitions: &Definitions::new(),
        };
        let made = Arc::new(Binding::new(&self.rulebook, &terms, Select::Some(&ids)));
        if bound.len() >= DATES_MAX {
            bound.clear();
        }
        bound.insert(day, Arc::clone(&made));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_rules_built_in_can_be_used_in_any_zone() {
        let national = Rules::of_zone(None).unwrap();
        assert!(national.rulebook.policies.contains_key("hnte_cit_rate"));
        let elsewhere = Rules::of_zone(Some("nowhere")).unwrap();
        assert!(Arc::ptr_eq(&national, &elsewhere));
    }

    #[test]
    fn every_enterprise_policy_is_judged_once() {
        let rules = Rules::of_zone(None).unwrap();
        let days = Rules::days(Some(2023), day("2026-11-28"));
        let all: Vec<String> = days.iter().flat_map(|day| rules.policies(*day)).collect();
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(all.len(), once.len());
        let today = Rules::days(None, day("2026-11-28"));
        assert_eq!(rules.policies(today[0]).len(), all.len());
    }

    #[test]
    fn no_day_is_later_than_the_one_shown() {
        let days = Rules::days(Some(2026), day("2026-11-28"));
        assert!(days.iter().all(|one| one.date == day("2026-11-28")));
    }
}
