//! `guanjia config check`: whether the data directory, the database and single sign-on can be used.

use std::path::{Path, PathBuf};

use miette::IntoDiagnostic;

use super::{CommandResult, Outcome, place};
use crate::accounts::single_sign_on::SingleSignOn;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Check {
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let What::Check { data } = &args.what;
    place::runtime()?.block_on(check(&place::data_dir(data.as_deref()), lang))
}

/// Says how each part stands; a part that cannot be used is a finding, and the others are still
/// looked at.
#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn check(data: &Path, lang: Lang) -> CommandResult {
    let mut findings = Vec::new();
    println!("{}", lang.with("config-data", data.display()));
    if let Err(error) = writable(data) {
        findings.push(lang.with("config-data-not-writable", error));
    }
    println!(
        "{}",
        lang.with("config-database", place::database_words(data))
    );
    if place::has_ledger(data) {
        match place::open_ledger(data).await {
            Ok(ledger) => {
                if !ledger.is_ready().await {
                    findings.push(lang.t("config-database-silent"));
                }
                ledger.close().await.into_diagnostic()?;
            }
            Err(error) => findings.push(format!("{error:?}")),
        }
    } else {
        println!("{}", lang.t("config-database-new"));
    }
    match SingleSignOn::from_environment() {
        Ok(None) => println!(
            "{}",
            lang.with("config-single-sign-on", lang.t("config-off"))
        ),
        Ok(Some(provider)) => {
            println!("{}", lang.with("config-single-sign-on", provider.issuer()));
            if let Err(error) = provider.discover().await {
                findings.push(lang.with("config-provider-unreachable", error));
            }
        }
        Err(error) => findings.push(error.to_string()),
    }
    if findings.is_empty() {
        println!("{}", lang.t("config-fine"));
        return Ok(Outcome::Fine);
    }
    for finding in findings {
        println!("{}", lang.with("config-finding", finding.trim()));
    }
    Ok(Outcome::Findings)
}

/// Whether files can be made in the directory, which is made where it is not there.
fn writable(data: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(data)?;
    tempfile::tempfile_in(data).map(drop)
}
