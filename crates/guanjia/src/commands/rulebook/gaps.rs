//! `guanjia rulebook gaps`: who misses a policy by one clause, and which fact would settle most.

use std::fmt::Write as _;
use std::path::PathBuf;

use domain::SubjectKind;
use engine::gaps::{GapCollector, Gaps};
use engine::judge::{Binding, BindingTerms, Judge, Population, Select};
use serde::Serialize;

use super::rules::{Format, RulesArgs, say};
use super::subject_table::SubjectTable;
use crate::commands::figures::{Figure, pretty};
use crate::commands::{CommandResult, Outcome};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[arg(long, value_name = "KIND", default_value = "enterprise")]
    pub subject: String,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    args.rules.no_letter(lang)?;
    let rulebook = args.rules.load(lang)?;
    args.rules
        .known_policies(std::slice::from_ref(&rulebook), lang)?;
    let set = args.rules.settings(&rulebook, lang)?;
    let Ok(kind) = args.subject.parse::<SubjectKind>();
    RulesArgs::known_subject(&rulebook, &kind, lang)?;
    let table = SubjectTable::open(&args.input, lang)?;
    let subjects = table.subjects(&rulebook, &kind)?;
    table.tell_left_out(&subjects.frame.ignored, &subjects.notes);
    let definitions = subjects.definitions();
    let terms = BindingTerms {
        as_of: args.rules.as_of(),
        subject: &kind,
        set: &set,
        definitions: &definitions,
    };
    let policies = args.rules.policies(&rulebook);
    let select = match policies.as_slice() {
        [] => Select::Policies,
        ids => Select::Some(ids),
    };
    let binding = Binding::new(&rulebook, &terms, select);
    let population = Population::new(&binding, &subjects.facts);
    let mut collector = GapCollector::default();
    for facts in &subjects.facts {
        let judge = Judge::among(&binding, facts, &population);
        for id in &binding.selected {
            if let (Some(bound), Some(result)) = (binding.policy(id), judge.policy(id)) {
                collector.add(&facts.subject_id, bound, &result);
            }
        }
    }
    let gaps = collector.finish();
    let text = match args.rules.format {
        Format::Json => json(&gaps)?,
        Format::Text | Format::Markdown => text(&gaps, lang),
    };
    say(&text);
    Ok(Outcome::Fine)
}

/// Both lists, as the contract names their parts.
#[derive(Serialize)]
struct Found<'g> {
    near: Vec<Near<'g>>,
    facts: Vec<Fact<'g>>,
}

#[derive(Serialize)]
struct Near<'g> {
    subject_id: &'g str,
    policy: &'g str,
    clause: &'g str,
    gap: Figure,
    amount: Option<Figure>,
}

#[derive(Serialize)]
struct Fact<'g> {
    variable: &'g str,
    subjects: usize,
    amount: Figure,
}

fn json(gaps: &Gaps) -> miette::Result<String> {
    let near = gaps.near.iter().map(|near| Near {
        subject_id: &near.subject_id,
        policy: &near.policy,
        clause: &near.clause,
        gap: Figure::of(&near.gap),
        amount: near.amount.as_deref().map(Figure::of),
    });
    let facts = gaps.facts.iter().map(|fact| Fact {
        variable: &fact.variable,
        subjects: fact.subjects,
        amount: Figure::of(&fact.amount),
    });
    pretty(&Found {
        near: near.collect(),
        facts: facts.collect(),
    })
}

fn text(gaps: &Gaps, lang: Lang) -> String {
    let mut out = format!("{}\n", lang.t("rulebook-gaps-near"));
    for near in &gaps.near {
        let amount = near
            .amount
            .clone()
            .unwrap_or_else(|| lang.t("explain-not-known"));
        let _ = writeln!(
            out,
            "  {}  {}  {}  {}  {amount}",
            near.subject_id, near.policy, near.clause, near.gap
        );
    }
    let _ = writeln!(out, "{}", lang.t("rulebook-gaps-facts"));
    for fact in &gaps.facts {
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            fact.variable, fact.subjects, fact.amount
        );
    }
    out
}
