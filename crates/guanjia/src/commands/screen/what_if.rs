//! The law as it stands beside the changed law: who gains, who loses, by park, industry, size class.

use std::collections::{BTreeMap, HashMap};

use engine::Rulebook;
use engine::judge::{Binding, BindingTerms, Judge, Select, Value};
use engine::run::{LongRow, Screened, money_text};
use engine::subjects::Subjects;
use indexmap::IndexMap;
use serde::Serialize;

use crate::commands::figures::Figure;
use crate::commands::rulebook::rules::RulesArgs;
use crate::words::Lang;

/// Groups smaller than this are not shown by themselves, so that no single enterprise can be read off.
const CELL_MIN: u64 = 5;

/// The variables by which gainers and losers are counted; of an industry the section's letter.
const GROUPS: [(&str, &str, bool); 3] = [
    ("park", "park", false),
    ("industry", "industry_code", true),
    ("size_class", "size_class", false),
];

/// What the change does.
pub struct Compared {
    /// How many subjects save more.
    pub gainers: u64,
    /// How many save less.
    pub losers: u64,
    /// The same by group, with what it costs.
    pub by: Groups,
}

impl Compared {
    /// How many gain and lose, in words.
    pub fn words(&self, lang: Lang) -> String {
        let (gainers, losers) = (self.gainers.to_string(), self.losers.to_string());
        let values = [("gainers", gainers.as_str()), ("losers", losers.as_str())];
        lang.with_all("screen-gainers", &values)
    }
}

/// By what subjects are grouped, and the groups by their values.
pub type Groups = IndexMap<&'static str, BTreeMap<String, Shown>>;

/// A group as it is shown: of a small one nothing is known.
#[derive(Serialize)]
pub struct Shown {
    subjects: Option<u64>,
    gainers: Option<u64>,
    losers: Option<u64>,
    saves: Option<Figure>,
}

#[derive(Default)]
struct Cell {
    subjects: u64,
    gainers: u64,
    losers: u64,
    saves: i128,
}

/// What each subject saves in its best combination, in hundredths.
fn saved(rows: &[LongRow]) -> HashMap<&str, i128> {
    let mut saved = HashMap::new();
    for row in rows {
        let entry = saved.entry(row.subject_id.as_str()).or_insert(0);
        if row.chosen {
            *entry += row.saves.unwrap_or(0);
        }
    }
    saved
}

/// Compares two runs over the same subjects.
pub fn compare(
    rulebook: &Rulebook,
    subjects: &Subjects,
    rules: &RulesArgs,
    law: &Screened,
    changed: &Screened,
) -> Compared {
    let (before, after) = (saved(&law.rows), saved(&changed.rows));
    let change =
        |id: &str| after.get(id).copied().unwrap_or(0) - before.get(id).copied().unwrap_or(0);
    let differences: Vec<i128> = subjects
        .facts
        .iter()
        .map(|facts| change(&facts.subject_id))
        .collect();
    let mut by = Groups::new();
    for (name, variable, section) in GROUPS {
        let groups = values_of(rulebook, subjects, rules, variable);
        let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
        for (group, change) in groups.into_iter().zip(&differences) {
            let group = match (group, section) {
                (Some(code), true) => code.chars().take(1).collect(),
                (Some(group), false) => group,
                (None, _) => "unknown".to_owned(),
            };
            let cell = cells.entry(group).or_default();
            cell.subjects += 1;
            cell.gainers += u64::from(*change > 0);
            cell.losers += u64::from(*change < 0);
            cell.saves += change;
        }
        by.insert(name, cells.into_iter().map(shown).collect());
    }
    Compared {
        gainers: differences.iter().filter(|change| **change > 0).count() as u64,
        losers: differences.iter().filter(|change| **change < 0).count() as u64,
        by,
    }
}

fn shown((group, cell): (String, Cell)) -> (String, Shown) {
    let known = cell.subjects >= CELL_MIN;
    let shown = Shown {
        subjects: known.then_some(cell.subjects),
        gainers: known.then_some(cell.gainers),
        losers: known.then_some(cell.losers),
        saves: known.then(|| Figure::of(&money_text(cell.saves))),
    };
    (group, shown)
}

/// The value of a code or text of every subject; `None` where it is not known.
fn values_of(
    rulebook: &Rulebook,
    subjects: &Subjects,
    rules: &RulesArgs,
    variable: &str,
) -> Vec<Option<String>> {
    let set = HashMap::new();
    let definitions = subjects.definitions();
    let terms = BindingTerms {
        as_of: rules.as_of(),
        subject: &domain::SubjectKind::Enterprise,
        set: &set,
        definitions: &definitions,
    };
    let binding = Binding::new(rulebook, &terms, Select::Variable(variable));
    let Some((term, _)) = binding.variable else {
        return vec![None; subjects.facts.len()];
    };
    subjects
        .facts
        .iter()
        .map(|facts| match Judge::new(&binding, facts).value(term) {
            Value::Text(text) => Some(text),
            _ => None,
        })
        .collect()
}
