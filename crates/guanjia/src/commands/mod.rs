//! The command line: which commands there are, their help in two languages, their exit codes.
//!
//! Exit codes: 0 fine, 1 findings (rows refused, cases failed, a broken chain), 2 could not run.

pub mod audit;
pub mod backup;
pub mod cluster;
pub mod config;
pub mod demo;
pub mod explain;
pub mod export;
pub mod figures;
pub mod import;
pub mod migrate;
pub mod place;
pub mod restore;
pub mod rulebook;
pub mod screen;
pub mod serve;
pub mod user;

use std::process::ExitCode;

use clap::{Command as ClapCommand, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::words::Lang;

/// What a command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit 0.
    Fine,
    /// Exit 1: it ran, and there is something to look at.
    Findings,
}

/// A command's result; an error is shown and ends with exit 2.
pub type CommandResult = Result<Outcome, miette::Report>;

#[derive(Parser)]
#[command(name = "guanjia", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
    Demo(demo::Args),
    Import(import::Args),
    Export(export::Args),
    Screen(screen::Args),
    Cluster(cluster::Args),
    Explain(explain::Args),
    Rulebook(rulebook::Args),
    User(user::Args),
    Migrate(migrate::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Audit(audit::Args),
    Config(config::Args),
}

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    let lang = Lang::of_environment();
    let command = in_language(Cli::command(), lang, "cli");
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match dispatch(cli.command, lang) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(report) => {
            eprintln_report(&report);
            ExitCode::from(2)
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command tells its errors on standard error"
)]
fn eprintln_report(report: &miette::Report) {
    eprintln!("{report:?}");
}

fn dispatch(command: Command, lang: Lang) -> CommandResult {
    match command {
        Command::Serve(args) => serve::run(&args, lang),
        Command::Demo(args) => demo::run(&args, lang),
        Command::Import(args) => import::run(&args, lang),
        Command::Export(args) => export::run(&args, lang),
        Command::Screen(args) => screen::run(&args, lang),
        Command::Cluster(args) => cluster::run(&args, lang),
        Command::Explain(args) => explain::run(&args, lang),
        Command::Rulebook(args) => rulebook::run(&args, lang),
        Command::User(args) => user::run(&args, lang),
        Command::Migrate(args) => migrate::run(&args, lang),
        Command::Backup(args) => backup::run(&args, lang),
        Command::Restore(args) => restore::run(&args, lang),
        Command::Audit(args) => audit::run(&args, lang),
        Command::Config(args) => config::run(&args, lang),
    }
}

/// Puts the words of the language on a command, its options and its subcommands.
/// The key of a command is `cli-import`, of an option `cli-import--dry-run`.
fn in_language(command: ClapCommand, lang: Lang, key: &str) -> ClapCommand {
    let mut command = command.disable_help_flag(false);
    if let Some(about) = lang.find(key) {
        command = command.about(about);
    }
    let arguments: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    for id in arguments {
        if let Some(help) = lang.find(&format!("{key}--{}", id.replace('_', "-"))) {
            command = command.mut_arg(&id, |argument| argument.help(help));
        }
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(&name, |sub| in_language(sub, lang, &key));
    }
    command
        .help_template(lang.t("cli-template"))
        .subcommand_help_heading(lang.t("cli-commands"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_words(command: &ClapCommand, lang: Lang, key: &str, missing: &mut Vec<String>) {
        if lang.find(key).is_none() {
            missing.push(key.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            let key = format!("{key}--{}", id.replace('_', "-"));
            if id != "help" && id != "version" && lang.find(&key).is_none() {
                missing.push(key);
            }
        }
        for sub in command.get_subcommands() {
            without_words(sub, lang, &format!("{key}-{}", sub.get_name()), missing);
        }
    }

    #[test]
    fn every_command_and_option_has_words_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let mut missing = Vec::new();
            without_words(&Cli::command(), lang, "cli", &mut missing);
            assert!(missing.is_empty(), "{}: {missing:#?}", lang.tag());
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
