//! `guanjia restore`: fills an empty place from a backup, after its checksum was found right.

use std::path::PathBuf;

use ledger::{Ledger, LedgerError};
use miette::{IntoDiagnostic, WrapErr, miette};

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
    place::runtime()?.block_on(restore(args, lang))
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn restore(args: &Args, lang: Lang) -> CommandResult {
    if !args.file.is_file() {
        return Err(miette!(
            "{}",
            lang.with("restore-no-file", args.file.display())
        ));
    }
    let data = place::data_dir(args.data.as_deref());
    let (ledger, contents) =
        Ledger::restore(&args.file, &place::database_url(&data), &data.join("files"))
            .await
            .map_err(|error| in_words(error, lang))
            .wrap_err_with(|| lang.with("restore-failed", args.file.display()))?;
    ledger.close().await.into_diagnostic()?;
    let rows: u64 = contents.rows.values().sum();
    let (rows, files) = (rows.to_string(), contents.files.to_string());
    println!("{}", lang.with("restore-done", data.display()));
    println!(
        "{}",
        lang.with_all("backup-holds", &[("rows", &rows), ("files", &files)])
    );
    println!("SHA-256 {}", contents.sha256);
    Ok(Outcome::Fine)
}

/// Why nothing was restored, and what to do about it.
fn in_words(error: LedgerError, lang: Lang) -> miette::Report {
    match error {
        LedgerError::Damaged { .. } => miette!("{}", lang.t("restore-damaged")),
        LedgerError::Refused(_) => miette!("{}", lang.t("restore-refused")),
        other => miette::Report::msg(other),
    }
}
