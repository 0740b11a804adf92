//! `guanjia cluster`: the parts of a cluster that screens for `guanjia screen --cluster`.
//!
//! There is no authentication between the parts, so they listen on the loopback unless they are told
//! otherwise, and then say what that means.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use engine::run::{Executor, serve_executor, serve_scheduler};
use miette::{IntoDiagnostic, miette};

use super::rulebook::rules::tell;
use super::{CommandResult, Outcome, place};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    part: Part,
}

#[derive(clap::Subcommand)]
enum Part {
    Scheduler(SchedulerArgs),
    Executor(ExecutorArgs),
}

#[derive(clap::Args)]
struct SchedulerArgs {
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
}

#[derive(clap::Args)]
struct ExecutorArgs {
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: String,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    #[arg(long, value_name = "N", default_value_t = 0)]
    tasks: usize,
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
}

/// Runs a part until it is told to stop.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let runtime = place::runtime()?;
    match &args.part {
        Part::Scheduler(args) => {
            warn_if_open(args.listen.ip(), lang);
            tell(&lang.with("cluster-scheduler-listens", args.listen));
            runtime
                .block_on(serve_scheduler(args.listen))
                .into_diagnostic()?;
        }
        Part::Executor(args) => {
            let scheduler = host_and_port(&args.scheduler)
                .ok_or_else(|| miette!("{}", lang.with("cluster-no-address", &args.scheduler)))?;
            warn_if_open(args.listen, lang);
            let executor = Executor {
                scheduler,
                address: args.listen,
                tasks: args.tasks,
                work: args.work.clone(),
            };
            runtime
                .block_on(serve_executor(executor))
                .into_diagnostic()?;
        }
    }
    Ok(Outcome::Fine)
}

fn host_and_port(text: &str) -> Option<(String, u16)> {
    let text = text.strip_prefix("df://").unwrap_or(text);
    let (host, port) = text.rsplit_once(':')?;
    (!host.is_empty()).then_some((host.to_owned(), port.parse().ok()?))
}

fn warn_if_open(address: IpAddr, lang: Lang) {
    if !address.is_loopback() {
        tell(&lang.with("cluster-is-open", address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_host_and_port() {
        assert_eq!(
            host_and_port("df://10.0.0.1:50050"),
            Some(("10.0.0.1".to_owned(), 50050))
        );
        assert_eq!(host_and_port("10.0.0.1"), None);
        assert_eq!(host_and_port(":50050"), None);
    }
}
