//! `guanjia explain`: why a policy says what it says of a subject, down to the cell.

use std::path::PathBuf;

use engine::explain::{Language, Words, explain, to_markdown, to_text};
use engine::judge::{Binding, BindingTerms, FactKey, Judge, Population, Select};
use miette::miette;

use super::rulebook::rules::{Format, RulesArgs, say};
use super::rulebook::subject_table::SubjectTable;
use super::{CommandResult, Outcome};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[arg(value_name = "ID")]
    pub id: String,
    #[arg(value_name = "POLICY")]
    pub of: String,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let rulebook = args.rules.load(lang)?;
    let set = args.rules.settings(&rulebook, lang)?;
    let id = rulebook.current(&args.of).to_owned();
    let policy = rulebook
        .policies
        .get(&id)
        .ok_or_else(|| miette!("{}", lang.with("rulebook-no-policy", &args.of)))?;
    let table = SubjectTable::open(&args.input, lang)?;
    let subjects = table.subjects(&rulebook, &policy.subject)?;
    table.tell_left_out(&subjects.frame.ignored, &subjects.notes);
    let row = subjects
        .row_of(&args.id)
        .ok_or_else(|| miette!("{}", lang.with("explain-no-subject", &args.id)))?;
    let definitions = subjects.definitions();
    let terms = BindingTerms {
        as_of: args.rules.as_of(),
        subject: &policy.subject,
        set: &set,
        definitions: &definitions,
    };
    let binding = Binding::new(&rulebook, &terms, Select::Some(std::slice::from_ref(&id)));
    let population = Population::new(&binding, &subjects.facts);
    let judge = Judge::among(&binding, &subjects.facts[row], &population);
    let source = |key: &FactKey| table.source(&subjects, row, key);
    let explanation = explain(&rulebook, &judge, &id, &source)
        .ok_or_else(|| miette!("{}", lang.with("rulebook-no-policy", &args.of)))?;
    let word = |key: &str| lang.t(&format!("explain-{}", key.replace('_', "-")));
    let language = match lang {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    };
    let words = Words {
        language,
        word: &word,
    };
    say(&match args.rules.format {
        Format::Text => to_text(&explanation, &words),
        Format::Markdown => to_markdown(&explanation, &words),
        Format::Json => {
            let text = serde_json::to_string_pretty(&explanation).unwrap_or_default();
            format!("{text}\n")
        }
    });
    Ok(Outcome::Fine)
}
