//! `guanjia demo`: the press page's seven zones, to look around in.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::{CommandResult, Outcome, place, serve};
use crate::demonstration::{self, ACCOUNTS};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Runs the command until it is told to stop.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let data = args.data.clone().unwrap_or_else(default_data_dir);
    place::runtime()?.block_on(async {
        let ledger = place::open_ledger(&data).await?;
        if !demonstration::is_set_up(&ledger).await? {
            tell(&lang.with("demo-setting-up", data.display()));
            demonstration::set_up(&ledger, &place::stamp, &|zone| {
                tell(&lang.with("demo-zone-ready", zone));
            })
            .await?;
        }
        drop(ledger);
        tell_accounts(args.port);
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        serve::serve(&data, listen, true, lang).await
    })?;
    Ok(Outcome::Fine)
}

/// Where a demonstration is kept when no place is named: with the user's other data.
fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    home.unwrap_or_else(std::env::temp_dir).join("guanjia/demo")
}

#[expect(clippy::print_stdout, reason = "the accounts are the command's result")]
fn tell_accounts(port: u16) {
    for account in ACCOUNTS {
        println!(
            "{}\t{}\t{}",
            account.role.id(),
            account.login,
            account.password
        );
    }
    println!("http://127.0.0.1:{port}");
}

#[expect(
    clippy::print_stderr,
    reason = "a command tells what it does on standard error"
)]
fn tell(words: &str) {
    eprintln!("{words}");
}
