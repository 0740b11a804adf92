//! `guanjia migrate`: makes the database, or brings its tables to this program's form.

use std::path::PathBuf;

use miette::IntoDiagnostic;

use super::{CommandResult, Outcome, place};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    place::runtime()?.block_on(migrate(args, lang))
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn migrate(args: &Args, lang: Lang) -> CommandResult {
    let data = place::data_dir(args.data.as_deref());
    let ledger = place::open_ledger(&data).await?;
    ledger.close().await.into_diagnostic()?;
    println!(
        "{}",
        lang.with("migrate-done", place::database_words(&data))
    );
    Ok(Outcome::Fine)
}
