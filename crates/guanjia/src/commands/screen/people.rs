//! The verdicts in the words of the law and the office: the sheet that people read.

use std::collections::HashMap;

use domain::{Money, Value, ValueType};
use engine::Rulebook;
use engine::judge::{self, GapUnit, Given, Verdict};
use engine::run::{LongRow, gap_text};
use engine::subjects::Subjects;
use exchange::write::table::{Table, TableColumn};

use crate::words::Lang;

/// Width of a column that holds sentences, in characters.
const WIDE: f64 = 60.0;

/// What the ids of the verdicts are called.
pub struct Names<'r> {
    rulebook: &'r Rulebook,
    subjects: HashMap<&'r str, &'r str>,
    variables: HashMap<&'r str, &'r str>,
    lang: Lang,
}

impl<'r> Names<'r> {
    /// The names of policies, clauses and facts as the rulebook has them, and of subjects as their table has them.
    pub fn new(rulebook: &'r Rulebook, subjects: Option<&'r Subjects>, lang: Lang) -> Self {
        let facts = subjects.into_iter().flat_map(|subjects| &subjects.facts);
        let named = facts.filter_map(|facts| {
            let (_, given) = facts.iter().find(|(key, _)| key.name == "name")?;
            match given {
                Given::Known(judge::Value::Text(name)) => {
                    Some((facts.subject_id.as_str(), name.as_str()))
                }
                _ => None,
            }
        });
        let labelled = rulebook.variables.iter().map(|(key, variable)| {
            let label = lang.pick(variable.label.zh(), variable.label.en());
            (key.name.as_str(), label)
        });
        Self {
            rulebook,
            subjects: named.collect(),
            variables: labelled.collect(),
            lang,
        }
    }

    /// A missing fact: `revenue@2022` is 营业收入（2022）.
    fn fact(&self, missing: &str) -> String {
        let (name, period) = missing.split_once('@').unwrap_or((missing, ""));
        let plain = name.strip_prefix("owner.").unwrap_or(name);
        let label = self.variables.get(plain).copied().unwrap_or(name);
        if period.is_empty() {
            label.to_owned()
        } else {
            self.with(
                "screen-people-of-period",
                &[("fact", label), ("period", period)],
            )
        }
    }

    /// A clause that fails, in the law's words, and by how much where that can be said.
    fn failed(&self, row: &LongRow, id: &str) -> String {
        let clause = self
            .rulebook
            .policies
            .get(&row.policy)
            .and_then(|policy| policy.clauses.iter().find(|clause| clause.id == id));
        let text = clause.map_or(id, |clause| {
            self.lang.pick(clause.text.zh(), clause.text.en())
        });
        let Some((_, gap, unit)) = row.gaps.iter().find(|(clause, ..)| clause == id) else {
            return text.to_owned();
        };
        let gap = gap_text(gap.saturating_abs(), *unit);
        let unit = match unit {
            GapUnit::Money => self.money_unit(),
            GapUnit::Days => self.lang.t("explain-unit-days"),
            GapUnit::Ratio | GapUnit::Integer => String::new(),
        };
        let gap = match gap.split_once('.') {
            // A ratio has six decimals, of which people read those that say something.
            Some(_) if unit.is_empty() => gap.trim_end_matches('0').trim_end_matches('.'),
            _ => gap.as_str(),
        };
        let gap = format!("{gap} {unit}");
        let values = [("clause", text), ("gap", gap.trim_end())];
        self.with("screen-people-short", &values)
    }

    /// 元, or the code of another currency.
    fn money_unit(&self) -> String {
        if self.rulebook.currency == "CNY" {
            self.lang.t("explain-unit-money")
        } else {
            self.rulebook.currency.clone()
        }
    }

    fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.lang.with_all(key, values)
    }

    fn listed(&self, items: impl Iterator<Item = String>) -> Option<Value> {
        let all: Vec<String> = items.collect();
        let joint = self.lang.t("screen-people-joint");
        (!all.is_empty()).then(|| Value::Text(all.join(&joint)))
    }

    fn row(&self, row: &LongRow) -> Vec<Option<Value>> {
        let text = |words: &str| (!words.is_empty()).then(|| Value::Text(words.to_owned()));
        let policy = self.rulebook.policies.get(&row.policy);
        let name = policy.map_or(row.policy.as_str(), |policy| {
            self.lang.pick(policy.name.zh(), policy.name.en())
        });
        let verdict = match row.verdict {
            Verdict::Eligible => "explain-eligible",
            Verdict::Ineligible => "explain-ineligible",
            Verdict::Unknown => "explain-unknown",
            Verdict::NotInForce => "explain-not-in-force",
        };
        // What it would be worth to those who may not have it is in the sheet for programs.
        let worth = |hundredths: Option<i128>| {
            let fen = hundredths.filter(|_| row.verdict != Verdict::Ineligible)?;
            Some(Value::Money(Money::from_fen(i64::try_from(fen).ok()?)))
        };
        vec![
            text(&row.subject_id),
            self.subjects
                .get(row.subject_id.as_str())
                .and_then(|name| text(name)),
            text(name),
            text(&self.lang.t(verdict)),
            worth(row.amount),
            worth(row.saves),
            row.chosen
                .then(|| self.lang.t("screen-people-yes"))
                .and_then(|yes| text(&yes)),
            self.listed(row.failed.iter().map(|id| self.failed(row, id))),
            self.listed(row.missing.iter().map(|missing| self.fact(missing))),
        ]
    }
}

/// One row per subject and policy that is in force: who, what, why not, and what is missing.
pub fn results(rows: &[LongRow], names: &Names<'_>) -> Table {
    let columns = [
        ("subject", ValueType::Text, None),
        ("name", ValueType::Text, Some(30.0)),
        ("policy", ValueType::Text, Some(36.0)),
        ("verdict", ValueType::Text, Some(14.0)),
        ("amount", ValueType::Money, Some(18.0)),
        ("saves", ValueType::Money, Some(18.0)),
        ("chosen", ValueType::Text, Some(10.0)),
        ("failed", ValueType::Text, Some(WIDE)),
        ("missing", ValueType::Text, Some(WIDE)),
    ];
    let column = |(key, ty, width): (&str, ValueType, Option<f64>)| TableColumn {
        width,
        unit: (ty == ValueType::Money).then(|| names.money_unit()),
        ..TableColumn::new(names.lang.t(&format!("screen-people-{key}")), ty)
    };
    Table {
        name: names.lang.t("screen-people-sheet"),
        columns: columns.into_iter().map(column).collect(),
        rows: rows
            .iter()
            .filter(|row| row.verdict != Verdict::NotInForce)
            .map(|row| names.row(row))
            .collect(),
    }
}
