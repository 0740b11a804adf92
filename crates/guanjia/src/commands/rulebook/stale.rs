//! `guanjia rulebook stale`: what nobody has looked at since a day.

use chrono::{Months, NaiveDate};
use engine::rulebook::{Label, Provenance, Rulebook};
use serde_json::json;
use std::fmt::Write as _;

use super::list::label_json;
use super::rules::{Format, RulesArgs, say};
use crate::clock;
use crate::commands::{CommandResult, Outcome};
use crate::words::Lang;

/// Months after which a rule is to be looked at again, where no day is named.
const FRESH_MONTHS: u32 = 12;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_name = "DATE")]
    pub before: Option<NaiveDate>,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// A rule that nobody has checked since the day, or of which nobody has seen that it holds.
struct Stale<'r> {
    kind: &'static str,
    id: &'r str,
    name: &'r Label,
    checked: Option<NaiveDate>,
    verified: bool,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    args.rules.no_letter(lang)?;
    let rulebook = args.rules.load(lang)?;
    let before = args.before.unwrap_or_else(|| {
        let today = clock::today();
        today
            .checked_sub_months(Months::new(FRESH_MONTHS))
            .unwrap_or(today)
    });
    let stale = stale(&rulebook, args.rules.as_of(), before);
    if args.rules.format == Format::Json {
        let all: Vec<_> = stale
            .iter()
            .map(|rule| {
                json!({
                    "kind": rule.kind,
                    "id": rule.id,
                    "name": label_json(rule.name),
                    "checked": rule.checked.map(|day| day.to_string()),
                    "verified": rule.verified,
                })
            })
            .collect();
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        say(&format!("{text}\n"));
    } else {
        let mut text = String::new();
        for rule in &stale {
            let checked = rule
                .checked
                .map_or_else(|| lang.t("rulebook-never-checked"), |day| day.to_string());
            let mark = if rule.verified {
                String::new()
            } else {
                lang.t("explain-unverified")
            };
            let name = lang.pick(rule.name.zh(), rule.name.en());
            let parts = [rule.kind, rule.id, name, &checked, &mark];
            let _ = writeln!(text, "{}", parts.join("  ").trim_end());
        }
        text.push_str(&lang.with_all(
            "rulebook-stale-counted",
            &[
                ("count", &stale.len().to_string()),
                ("day", &before.to_string()),
            ],
        ));
        text.push('\n');
        say(&text);
    }
    Ok(if stale.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Findings
    })
}

fn stale<'r>(rulebook: &'r Rulebook, as_of: NaiveDate, before: NaiveDate) -> Vec<Stale<'r>> {
    let mut found = Vec::new();
    let mut look = |kind, (id, name): (&'r str, &'r Label), provenances: &[&Provenance]| {
        let checked = provenances.iter().find_map(|provenance| provenance.checked);
        if checked.is_none_or(|day| day < before) {
            let verified = provenances
                .iter()
                .all(|p| !p.unverified && p.legal.iter().all(|legal| legal.verified));
            found.push(Stale {
                kind,
                id,
                name,
                checked,
                verified,
            });
        }
    };
    for policy in rulebook.policies.values() {
        look("policy", (&policy.id, &policy.name), &[&policy.provenance]);
    }
    for card in rulebook.scorecards.values() {
        look("scorecard", (&card.id, &card.name), &[&card.provenance]);
    }
    for parameter in rulebook.parameters.values() {
        // What held once and no longer does need not be looked at again.
        if let Some(value) = parameter.values.on(as_of) {
            look(
                "parameter",
                (&parameter.name, &parameter.label),
                &[&value.provenance, &parameter.provenance],
            );
        }
    }
    found.sort_by(|a, b| (a.kind, a.checked, a.id).cmp(&(b.kind, b.checked, b.id)));
    found
}
