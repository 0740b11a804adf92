//! The invented ledgers of a zone, taken in by the same code as anybody's.

use std::sync::Arc;

use exchange::LedgerKind;
use ledger::{AsOf, Ledger, Scope, Stamp};
use miette::{IntoDiagnostic, miette};

use super::Files;
use super::organisations::DemoZone;
use crate::clock;
use crate::imports::intake::{self, Order, Rows};
use crate::imports::parks::Place;

/// The ledgers of every zone; enterprises first, so that projects find their owners.
const LEDGERS: [(&str, LedgerKind, &str); 2] = [
    ("企业台账2023年.csv", LedgerKind::Enterprises, "text/csv"),
    (
        "重点项目台账2024年3月.xlsx",
        LedgerKind::Projects,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
];

/// Takes in the ledgers of a zone that were not taken in yet.
pub async fn take_in(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    zone: &DemoZone,
) -> miette::Result<()> {
    let zone_organisation = &zone.organisation;
    let scope = Scope::organisation(zone_organisation.path.clone());
    let organisations = ledger
        .organisations(&scope, AsOf::Now)
        .await
        .into_diagnostic()?;
    for (name, kind, media_type) in LEDGERS {
        let path = format!("{}/{name}", zone.folder);
        let file = Files::get(&path).ok_or_else(|| miette!("{path}"))?;
        let bytes = file.data.into_owned();
        let kept = ledger
            .keep_file(&stamp(), name, media_type, bytes.clone())
            .await
            .into_diagnostic()?;
        let place = Place::of(zone_organisation);
        let mut order = Order::new(kind, &organisations, place.clone(), place, scope.clone());
        order.file_name = name.to_owned();
        order.sha256 = kept.sha256;
        order.bytes = Arc::new(bytes);
        order.rows = Rows::Good;
        order.invented = true;
        intake::take(ledger, &stamp(), order, clock::now, &|_| {})
            .await
            .into_diagnostic()?;
    }
    Ok(())
}
