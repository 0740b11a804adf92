//! `guanjia backup`: all records and files into one file with its checksum, while the house is open.

use std::path::PathBuf;

use ledger::Action;
use miette::{IntoDiagnostic, WrapErr};

use super::{CommandResult, Outcome, place};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    file: PathBuf,
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    place::runtime()?.block_on(backup(args, lang))
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn backup(args: &Args, lang: Lang) -> CommandResult {
    let ledger = place::open_existing(&place::data_dir(args.data.as_deref()), lang).await?;
    let file = args.file.display();
    let contents = ledger
        .backup(&args.file)
        .await
        .into_diagnostic()
        .wrap_err_with(|| lang.with("backup-failed", &file))?;
    // Whoever has the file has all that is in it.
    let detail = serde_json::json!({"sha256": contents.sha256});
    let action = Action::new("export.backup", "installation", "").with(detail);
    ledger
        .note(&place::stamp(), action)
        .await
        .into_diagnostic()?;
    ledger.close().await.into_diagnostic()?;
    let rows: u64 = contents.rows.values().sum();
    let (rows, files) = (rows.to_string(), contents.files.to_string());
    println!("{}", lang.with("backup-written", file));
    println!(
        "{}",
        lang.with_all("backup-holds", &[("rows", &rows), ("files", &files)])
    );
    println!("SHA-256 {}", contents.sha256);
    Ok(Outcome::Fine)
}
