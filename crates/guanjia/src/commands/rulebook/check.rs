//! `guanjia rulebook check`: loads the rule files, checks them, runs every case.

use std::path::PathBuf;

use engine::Rulebook;
use engine::cases::Runner;

use super::report::{Report, line_in};
use super::rules::RulesArgs;
use crate::commands::CommandResult;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let files = args.rules.files(args.dir.as_deref(), lang)?;
    args.rules.known_zone(&files, lang)?;
    let mut report = Report::default();
    let mut rulebooks: Vec<Rulebook> = Vec::new();
    match &args.rules.zone {
        None => {
            let checked = engine::load_every_zone(&files);
            report.diagnostics = checked.diagnostics;
            rulebooks.extend(checked.national);
            rulebooks.extend(checked.zones.into_values());
        }
        zone => {
            let (rulebook, diagnostics) = engine::load_files(&files, zone.as_deref());
            report.diagnostics = diagnostics;
            rulebooks.extend(rulebook);
        }
    }
    if let Some(first) = rulebooks.first() {
        args.rules.known_policies(first, lang)?;
    }
    for rulebook in &rulebooks {
        let mut runner = Runner::new(rulebook);
        runner.settings(args.rules.settings(rulebook)?);
        let wanted = &args.rules.policy;
        let mut cases = runner.run_all();
        cases.retain(|case| wanted.is_empty() || wanted.iter().any(|id| id == case.target_id()));
        report.add(cases, line_in(rulebook));
        // The cases of a zone are about its own rules; the national ones have covered the rest.
        for unseen in runner.coverage().unseen(rulebook) {
            let policy = rulebook.policies.get(&unseen.policy);
            let own = policy.is_some_and(|policy| policy.zone == rulebook.zone);
            if own && (wanted.is_empty() || wanted.contains(&unseen.policy)) {
                report
                    .unseen
                    .push((unseen.policy, unseen.clause, unseen.state));
            }
        }
    }
    Ok(report.finish(args.rules.format, lang))
}
