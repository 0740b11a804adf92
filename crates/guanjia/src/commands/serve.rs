//! `guanjia serve`: the web server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, WrapErr};

use super::{CommandResult, Outcome, place};
use crate::accounts::single_sign_on::SingleSignOn;
use crate::accounts::timers;
use crate::app::{App, router};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Runs the command until it is told to stop.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let data = place::data_dir(args.data.as_deref());
    place::runtime()?.block_on(serve(&data, args.listen, false, lang))?;
    Ok(Outcome::Fine)
}

/// Serves the ledger of a data directory until the process is told to stop.
pub async fn serve(data: &Path, listen: SocketAddr, demo: bool, lang: Lang) -> miette::Result<()> {
    let ledger = place::open_ledger(data).await?;
    let secure_cookies = std::env::var("GUANJIA_SECURE_COOKIES").is_ok_and(|value| value == "1");
    let single_sign_on = SingleSignOn::from_environment()?;
    let app = App {
        ledger,
        single_sign_on,
        demo,
        secure_cookies,
    };
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .into_diagnostic()
        .wrap_err_with(|| lang.with("serve-cannot-listen", listen))?;
    let address = listener.local_addr().into_diagnostic()?;
    tell(&lang.with("serve-listening", address));
    tokio::spawn(timers::clear_away(app.ledger.clone()));
    // The address of whoever asks is what slows down guessing.
    let house = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, house)
        .with_graceful_shutdown(told_to_stop())
        .await
        .into_diagnostic()
}

#[expect(
    clippy::print_stderr,
    reason = "a command tells what it does on standard error"
)]
fn tell(words: &str) {
    eprintln!("{words}");
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminate {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
