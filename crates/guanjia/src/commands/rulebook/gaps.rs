//! `guanjia rulebook gaps`: who misses a policy by one clause, and which fact would settle most.

use std::fmt::Write as _;
use std::path::PathBuf;

use domain::SubjectKind;
use engine::gaps::{GapCollector, Gaps};
use engine::judge::{Binding, BindingTerms, Judge, Population, Select};

use super::rules::{Format, RulesArgs, say, tell};
use super::subject_table::SubjectTable;
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
    let rulebook = args.rules.load(lang)?;
    args.rules.known_policies(&rulebook, lang)?;
    let set = args.rules.settings(&rulebook)?;
    let kind: SubjectKind = match args.subject.parse() {
        Ok(kind) => kind,
        Err(never) => match never {},
    };
    let table = SubjectTable::open(&args.input, lang)?;
    let subjects = table.subjects(&rulebook, &kind)?;
    for ignored in &subjects.frame.ignored {
        tell(&lang.with("rulebook-column-ignored", ignored));
    }
    for note in &subjects.notes {
        let row = note.row.to_string();
        let why = lang.t(&format!(
            "explain-{}",
            note.reason.as_str().replace('_', "-")
        ));
        let values = [
            ("row", &*row),
            ("column", &*note.column),
            ("value", &*note.value),
            ("why", &*why),
        ];
        tell(&lang.with_all("rulebook-cell-unusable", &values));
    }
    let definitions = subjects.definitions();
    let terms = BindingTerms {
        as_of: args.rules.as_of(),
        subject: &kind,
        set: &set,
        definitions: &definitions,
    };
    let select = match args.rules.policy.as_slice() {
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
        Format::Json => json(&gaps),
        Format::Text | Format::Markdown => text(&gaps, lang),
    };
    say(&text);
    Ok(Outcome::Fine)
}

/// Amounts and gaps are JSON numbers, written digit by digit as they are exact.
fn json(gaps: &Gaps) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let near: Vec<String> = gaps
        .near
        .iter()
        .map(|near| {
            format!(
                "{{\"subject_id\": {}, \"policy\": {}, \"clause\": {}, \"gap\": {}, \"amount\": {}}}",
                quoted(&near.subject_id),
                quoted(&near.policy),
                quoted(&near.clause),
                near.gap,
                near.amount.as_deref().unwrap_or("null"),
            )
        })
        .collect();
    let facts: Vec<String> = gaps
        .facts
        .iter()
        .map(|fact| {
            format!(
                "{{\"variable\": {}, \"subjects\": {}, \"amount\": {}}}",
                quoted(&fact.variable),
                fact.subjects,
                fact.amount
            )
        })
        .collect();
    let list = |all: &[String]| {
        if all.is_empty() {
            "[]".to_owned()
        } else {
            format!("[\n    {}\n  ]", all.join(",\n    "))
        }
    };
    format!(
        "{{\n  \"near\": {},\n  \"facts\": {}\n}}\n",
        list(&near),
        list(&facts)
    )
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
