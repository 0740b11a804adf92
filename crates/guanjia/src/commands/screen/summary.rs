//! The summary of a run on standard output: a row a policy, for people or as JSON.

use engine::Rulebook;
use engine::run::{PolicySummary, money_text};
use serde::Serialize;

use super::what_if::{Compared, Groups};
use crate::commands::figures::{Figure, pretty};
use crate::commands::rulebook::rules::Format;
use crate::words::Lang;

/// A policy's row, as the contract names its parts.
#[derive(Serialize)]
struct Row<'s> {
    policy: &'s str,
    eligible: u64,
    ineligible: u64,
    unknown: u64,
    not_in_force: u64,
    amount: Figure,
    saves: Figure,
    saves_chosen: Figure,
}

/// What a changed law does beside the law as it stands.
#[derive(Serialize)]
struct Both<'s> {
    law: Vec<Row<'s>>,
    changed: Vec<Row<'s>>,
    gainers: u64,
    losers: u64,
    by: &'s Groups,
}

fn rows(summary: &[PolicySummary]) -> Vec<Row<'_>> {
    let money = |hundredths| Figure::of(&money_text(hundredths));
    let rows = summary.iter().map(|row| Row {
        policy: &row.policy,
        eligible: row.eligible,
        ineligible: row.ineligible,
        unknown: row.unknown,
        not_in_force: row.not_in_force,
        amount: money(row.amount),
        saves: money(row.saves),
        saves_chosen: money(row.saves_chosen),
    });
    rows.collect()
}

/// Both summaries and what is between them, as JSON.
pub fn both_json(
    law: &[PolicySummary],
    changed: &[PolicySummary],
    compared: &Compared,
) -> miette::Result<String> {
    pretty(&Both {
        law: rows(law),
        changed: rows(changed),
        gainers: compared.gainers,
        losers: compared.losers,
        by: &compared.by,
    })
}

/// The summary in a form: JSON, or a line a policy with tabs between.
pub fn text(
    summary: &[PolicySummary],
    rulebook: &Rulebook,
    format: Format,
    lang: Lang,
) -> miette::Result<String> {
    if format == Format::Json {
        return pretty(&rows(summary));
    }
    let mut text = format!("{}\n", lang.t("screen-summary-header"));
    for row in summary {
        let name = rulebook
            .policies
            .get(&row.policy)
            .map_or("", |policy| lang.pick(policy.name.zh(), policy.name.en()));
        let line = format!(
            "{}\t{name}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            row.policy,
            row.eligible,
            row.ineligible,
            row.unknown,
            row.not_in_force,
            money_text(row.amount),
            money_text(row.saves),
            money_text(row.saves_chosen),
        );
        text.push_str(&line);
    }
    Ok(text)
}
