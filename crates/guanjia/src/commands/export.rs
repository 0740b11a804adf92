//! `guanjia export`: lists of the whole installation to a file.

use std::path::PathBuf;

use ledger::projection::ListQuery;
use ledger::{AsOf, OrganisationKind, Scope, Timestamp};
use miette::{IntoDiagnostic, WrapErr, miette};

use super::{CommandResult, Outcome, place};
use crate::exports::{self, List, Order};
use crate::shell::viewer::moment_of;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "LIST", value_parser = ["projects", "enterprises", "facts", "oc4ids"])]
    list: String,
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let list = List::from_id(&args.list).expect("clap lets no other words through");
    let as_of = match args.as_of.as_deref() {
        None => AsOf::Now,
        Some(text) => {
            let moment = moment_of(text);
            let moment = moment.ok_or_else(|| miette!("{}", lang.with("as-of-wrong", text)))?;
            AsOf::At(Timestamp::from(moment))
        }
    };
    let data = place::data_dir(args.data.as_deref());
    if !place::has_ledger(&data) {
        return Err(miette!("{}", lang.with("export-no-ledger", data.display())));
    }
    let made = place::runtime()?.block_on(async {
        let ledger = place::open_ledger(&data).await?;
        let everything = Scope::everything();
        let organisations = ledger
            .organisations(&everything, AsOf::Now)
            .await
            .into_diagnostic()?;
        let queries = organisations
            .iter()
            .filter(|organisation| organisation.kind == OrganisationKind::Zone)
            .map(|zone| ListQuery::of_zone(zone.id))
            .collect();
        let order = Order {
            list,
            queries,
            reach: &|_| Scope::everything(),
            as_of,
            lang,
        };
        exports::make(&ledger, &place::stamp(), order)
            .await
            .into_diagnostic()
    })?;
    std::fs::write(&args.output, &made.bytes)
        .into_diagnostic()
        .wrap_err_with(|| args.output.display().to_string())?;
    let written = [
        ("file", args.output.display().to_string()),
        ("records", made.records.to_string()),
    ];
    let written = written
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    tell(&lang.with_all("export-written", &written));
    Ok(Outcome::Fine)
}

#[expect(
    clippy::print_stderr,
    reason = "a command tells what it does on standard error"
)]
fn tell(words: &str) {
    eprintln!("{words}");
}
