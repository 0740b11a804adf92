//! `guanjia rulebook`: check the rule files and their cases, make pages of them, list them, find what is stale or
//! near, and what indicators show.

mod check;
mod docs;
mod gaps;
mod indicators;
mod list;
mod report;
pub mod rules;
mod stale;
pub mod subject_table;
mod test;

use super::CommandResult;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Check(check::Args),
    Docs(docs::Args),
    Test(test::Args),
    List(list::Args),
    Stale(stale::Args),
    Gaps(gaps::Args),
    Indicators(indicators::Args),
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    match &args.command {
        Command::Check(args) => check::run(args, lang),
        Command::Docs(args) => docs::run(args, lang),
        Command::Test(args) => test::run(args, lang),
        Command::List(args) => list::run(args, lang),
        Command::Stale(args) => stale::run(args, lang),
        Command::Gaps(args) => gaps::run(args, lang),
        Command::Indicators(args) => indicators::run(args, lang),
    }
}
