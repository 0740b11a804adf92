//! `guanjia audit verify`: walks the chain of the audit and names the first link that does not hold.

use std::path::PathBuf;

use miette::IntoDiagnostic;

use super::{CommandResult, Outcome, place};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Verify {
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let What::Verify { data } = &args.what;
    place::runtime()?.block_on(verify(&place::data_dir(data.as_deref()), lang))
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn verify(data: &std::path::Path, lang: Lang) -> CommandResult {
    let ledger = place::open_existing(data, lang).await?;
    let found = ledger.verify_audit().await.into_diagnostic()?;
    ledger.close().await.into_diagnostic()?;
    if let Some(broken) = found.broken {
        let fault = broken.fault;
        let words = lang.find(&format!("audit-fault-{}", fault.replace('_', "-")));
        let named = words.unwrap_or_else(|| fault.to_owned());
        let entry = broken.entry_id.to_string();
        println!(
            "{}",
            lang.with_all("audit-broken", &[("value", &entry), ("fault", &named)])
        );
        return Ok(Outcome::Findings);
    }
    let (entries, facts) = (found.entries.to_string(), found.facts.to_string());
    println!(
        "{}",
        lang.with_all(
            "audit-verified",
            &[("entries", &entries), ("facts", &facts)]
        )
    );
    println!("{}", lang.with("audit-head", found.head));
    Ok(Outcome::Fine)
}
