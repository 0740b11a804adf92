//! `guanjia rulebook test`: runs cases that are kept elsewhere.

use std::path::{Path, PathBuf};

use engine::cases::Runner;
use engine::source::{SourceFile, Sources};
use engine::{RuleFiles, Rulebook, read_cases, read_zone_cases, zones_of_cases};
use miette::{IntoDiagnostic, WrapErr, miette};

use super::report::Report;
use super::rules::RulesArgs;
use crate::commands::CommandResult;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub cases: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    args.rules.no_letter(lang)?;
    let files = args.rules.files(None, lang)?;
    let main = args.rules.load(lang)?;
    args.rules
        .known_policies(std::slice::from_ref(&main), lang)?;
    let mut report = Report::default();
    for path in case_files(&args.cases)? {
        let text = std::fs::read_to_string(&path)
            .into_diagnostic()
            .wrap_err_with(|| format!("{}", path.display()))?;
        let mut run = Run {
            args,
            report: &mut report,
            path: &path,
            text: &text,
            lang,
        };
        run.with(&main, true)?;
        for zone in zones_of_cases(&text) {
            if main.zone.as_ref() != Some(&zone) {
                run.with(&zone_rulebook(&files, &zone, lang)?, false)?;
            }
        }
    }
    Ok(report.finish(args.rules.format, lang))
}

struct Run<'r> {
    args: &'r Args,
    report: &'r mut Report,
    path: &'r Path,
    text: &'r str,
    lang: Lang,
}

impl Run<'_> {
    /// Runs the cases of a file that are for a rulebook's zone; those that name no zone are the main
    /// rulebook's.
    fn with(&mut self, rulebook: &Rulebook, is_main: bool) -> miette::Result<()> {
        let path = self.path.to_string_lossy();
        let (file, diagnostics) = if is_main {
            read_cases(rulebook, &path, self.text)
        } else {
            read_zone_cases(rulebook, &path, self.text)
        };
        self.report.unread(diagnostics);
        let wanted = self.args.rules.policies(rulebook);
        let mut runner = Runner::new(rulebook);
        runner.settings(self.args.rules.settings(rulebook, self.lang)?);
        let mut cases = runner.run(&file);
        cases.retain(|case| wanted.is_empty() || wanted.iter().any(|id| id == case.target_id()));
        let sources = Sources::new(vec![SourceFile {
            path: path.into_owned(),
            text: self.text.to_owned(),
        }]);
        self.report.add(cases, |case| sources.position(case.span).0);
        Ok(())
    }
}

fn zone_rulebook(files: &RuleFiles, zone: &str, lang: Lang) -> miette::Result<Rulebook> {
    let (rulebook, diagnostics) = engine::load_files(files, Some(zone));
    rulebook.ok_or_else(|| {
        miette!(
            "{}\n{}",
            lang.t("rulebook-cannot-be-used"),
            engine::render(&diagnostics)
        )
    })
}

/// The files themselves, and of folders those within.
fn case_files(paths: &[PathBuf]) -> miette::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).into_diagnostic()? {
                inside.push(entry.into_diagnostic()?.path());
            }
            inside.sort();
            let is_yaml = |path: &PathBuf| {
                path.is_dir() || path.extension().is_some_and(|e| e == "yaml" || e == "yml")
            };
            inside.retain(is_yaml);
            files.extend(case_files(&inside)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}
