//! Loads a rulebook with every zone's local rules and prints what is wrong with it.

use std::path::Path;
use std::process::ExitCode;

use engine::{RuleFiles, load_every_zone, render};

fn main() -> ExitCode {
    let dir = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "rulebook".to_owned());
    let files = match RuleFiles::read(Path::new(&dir)) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let checked = load_every_zone(&files);
    print!("{}", render(&checked.diagnostics));
    match checked.national {
        Some(rulebook) => {
            println!(
                "{} variables, {} parameters, {} policies, {} scorecards, {} lights, {} cases",
                rulebook.variables.len(),
                rulebook.parameters.len(),
                rulebook.policies.len(),
                rulebook.scorecards.len(),
                rulebook.lights.len(),
                rulebook.cases().count()
            );
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}
