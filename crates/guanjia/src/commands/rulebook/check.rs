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
    args.rules.no_letter(lang)?;
    let files = args.rules.files(args.dir.as_deref(), lang)?;
    args.rules.known_zone(&files, lang)?;
    let zones = match &args.rules.zone {
        None => files.zones(),
        Some(zone) => vec![zone.clone()],
    };
    let checked = engine::load_with_zones(&files, &zones);
    let mut report = Report {
        diagnostics: checked.diagnostics,
        ..Report::default()
    };
    let zones = checked.zones.into_values();
    let rulebooks: Vec<Rulebook> = checked.national.into_iter().chain(zones).collect();
    if !rulebooks.is_empty() {
        args.rules.known_policies(&rulebooks, lang)?;
    }
    for rulebook in &rulebooks {
        let mut runner = Runner::new(rulebook);
        runner.settings(args.rules.settings(rulebook, lang)?);
        let wanted = args.rules.policies(rulebook);
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
