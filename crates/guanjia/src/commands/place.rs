//! Where an installation keeps its data: the directory, the database, the original files.

use std::path::{Path, PathBuf};

use ledger::{Actor, Ledger, Stamp};
use miette::{IntoDiagnostic, WrapErr, miette};

use crate::clock;
use crate::words::Lang;

/// The data directory of a command: what was given, else `./data`.
pub fn data_dir(given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| PathBuf::from("data"), Path::to_path_buf)
}

/// The database: `DATABASE_URL` where it is set, else SQLite in the data directory.
pub fn database_url(data: &Path) -> String {
    std::env::var("DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
        .unwrap_or_else(|| data.join("guanjia.db").to_string_lossy().into_owned())
}

/// Opens the ledger of a data directory, making both where they are not there.
pub async fn open_ledger(data: &Path) -> miette::Result<Ledger> {
    std::fs::create_dir_all(data)
        .into_diagnostic()
        .wrap_err_with(|| format!("{}", data.display()))?;
    Ledger::open(&database_url(data), &data.join("files"))
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("{}", data.display()))
}

/// Opens the ledger that stands at a data directory; where there is none, says so and makes none.
pub async fn open_existing(data: &Path, lang: Lang) -> miette::Result<Ledger> {
    if !has_ledger(data) {
        return Err(miette!("{}", lang.with("no-ledger-here", data.display())));
    }
    open_ledger(data).await
}

/// The database in words: the file, or the server without its password.
pub fn database_words(data: &Path) -> String {
    let url = database_url(data);
    let Some((scheme, rest)) = url.split_once("://") else {
        return url;
    };
    match rest.rsplit_once('@') {
        Some((person, place)) => {
            let name = person.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{place}")
        }
        None => url,
    }
}

/// Whether a ledger stands at this data directory already.
pub fn has_ledger(data: &Path) -> bool {
    std::env::var("DATABASE_URL").is_ok_and(|url| !url.is_empty())
        || data.join("guanjia.db").is_file()
}

/// What a write of a command is stamped with.
pub fn stamp() -> Stamp {
    Stamp::new(clock::now(), Actor::system("command"))
}

/// A runtime for a command.
pub fn runtime() -> miette::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .into_diagnostic()
}
