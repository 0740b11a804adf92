//! The demonstration: the press page's seven zones, filled up with invented projects and enterprises.
//!
//! [`set_up`] makes all of it in an empty ledger. It may be run again after it was broken off: what is
//! there already is left as it is.

mod accounts;
mod buildings;
mod figures;
mod ledgers;
mod organisations;

use ledger::{Ledger, Stamp};
use miette::IntoDiagnostic;
use rust_embed::RustEmbed;

pub use accounts::ACCOUNTS;

/// The files of the demonstration, kept in the binary.
#[derive(RustEmbed)]
#[folder = "../../demo/"]
struct Files;

/// The text of one of the demonstration's own files.
fn text(path: &str) -> String {
    let file = Files::get(path).expect("the demonstration's files are kept in the binary");
    String::from_utf8_lossy(&file.data)
        .trim_start_matches('\u{feff}')
        .to_owned()
}

/// The rows of one of the demonstration's own tables, without its header. No field of them holds a
/// comma or a quotation mark (a test says so), so a comma ends a field.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| line.split(',').collect())
}

/// Whether all of it is there. The accounts come last.
pub async fn is_set_up(ledger: &Ledger) -> miette::Result<bool> {
    let last = ACCOUNTS.last().expect("there are accounts");
    Ok(ledger
        .user_by_login(last.login)
        .await
        .into_diagnostic()?
        .is_some())
}

/// Fills the ledger; `told` is called after each zone.
pub async fn set_up(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    told: &(dyn Fn(&str) + Sync),
) -> miette::Result<()> {
    let zones = organisations::set_up(ledger, stamp).await?;
    for zone in &zones {
        ledgers::take_in(ledger, stamp, zone).await?;
        buildings::record(ledger, stamp, zone).await?;
        told(&zone.organisation.name);
    }
    figures::record(ledger, stamp, &zones).await?;
    accounts::add(ledger, stamp, &zones).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_as_many_fields_in_every_row() {
        for (path, width) in [
            ("figures.csv", 10),
            ("organisations.csv", 4),
            ("buildings.csv", 6),
        ] {
            let table = text(path);
            assert!(!table.contains('"'), "{path}");
            for row in rows(&table) {
                assert_eq!(row.len(), width, "{path}: {row:?}");
            }
        }
    }
}
