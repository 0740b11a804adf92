//! The facts of a subject as a table: in the rulebook's order, each with its source and its period.

use domain::{Period, SubjectKind};
use ledger::FactRecord;

use crate::labels;
use crate::shell::{Figure, Viewer, figure};

/// A line of the table: a variable with its value, or with one value per period.
pub struct FactLine {
    /// What it is called.
    pub label: String,
    /// Its values, the latest period first.
    pub values: Vec<PeriodValue>,
}

/// A value and the period it is about.
pub struct PeriodValue {
    /// The period; empty for a current state.
    pub period: String,
    /// The value with its source.
    pub figure: Figure,
    /// Where it is corrected; empty where it may not be.
    pub edit_href: String,
}

/// The facts that `keep` lets through. `edit_path` is empty where nothing may be corrected.
pub fn lines(
    viewer: &Viewer,
    kind: &SubjectKind,
    facts: &[FactRecord],
    edit_path: &str,
    keep: impl Fn(&FactRecord) -> bool,
) -> Vec<FactLine> {
    let mut kept: Vec<&FactRecord> = facts.iter().filter(|fact| keep(fact)).collect();
    kept.sort_by_key(|fact| {
        (
            labels::place(kind, &fact.variable),
            fact.variable.clone(),
            latest_first(fact),
        )
    });
    let mut lines: Vec<(String, FactLine)> = Vec::new();
    for fact in kept {
        let value = PeriodValue {
            period: figure::period_words(&fact.period, viewer.lang),
            figure: Figure::of_fact(viewer, kind, fact),
            edit_href: edit_href(edit_path, &fact.variable, &fact.period),
        };
        match lines.last_mut() {
            Some((name, line)) if *name == fact.variable => line.values.push(value),
            _ => lines.push((
                fact.variable.clone(),
                FactLine {
                    label: labels::words(kind, &fact.variable, viewer.lang),
                    values: vec![value],
                },
            )),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Where a variable of a period is corrected.
pub fn edit_href(edit_path: &str, variable: &str, period: &Period) -> String {
    if edit_path.is_empty() {
        return String::new();
    }
    let pairs = [
        ("variable", variable.to_owned()),
        ("period", period.to_string()),
    ];
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    format!("{edit_path}?{query}")
}

/// A key that sorts current states first and then the latest period.
fn latest_first(fact: &FactRecord) -> (bool, std::cmp::Reverse<Option<chrono::NaiveDate>>) {
    let is_periodic = fact.period != Period::Current;
    (
        is_periodic,
        std::cmp::Reverse(super::standing::last_day(&fact.period)),
    )
}
