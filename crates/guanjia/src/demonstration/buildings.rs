//! Invented progress of buildings, so that the pages of a few projects show it.

use domain::{CellAddress, SourceRef, SubjectKind};
use ledger::{AsOf, Ledger, Scope, Stamp};
use miette::{IntoDiagnostic, miette};
use rust_decimal::Decimal;

use super::organisations::DemoZone;
use super::{Files, rows, text};
use crate::projects::building::{self, Report};

/// The table: zone, project, building, part, percent, day.
const TABLE: &str = "buildings.csv";
/// The column of the percentage, whose cell is the source of a report.
const PERCENT_COLUMN: u32 = 4;

/// Records the reports of a zone. What is recorded already stays as it is.
pub async fn record(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    zone: &DemoZone,
) -> miette::Result<()> {
    let file = Files::get(TABLE).expect("the table is kept in the binary");
    let kept = ledger
        .keep_file(&stamp(), TABLE, "text/csv", file.data.into_owned())
        .await
        .into_diagnostic()?;
    let table = text(TABLE);
    let scope = Scope::organisation(zone.organisation.path.clone());
    for (row, cells) in (1..).zip(rows(&table)) {
        if cells[0] != zone.folder {
            continue;
        }
        let wrong = || miette!("{TABLE}: {}", cells.join(","));
        let found = ledger
            .subjects_by_name(
                &scope,
                zone.organisation.id,
                &SubjectKind::Project,
                cells[1],
            )
            .await
            .into_diagnostic()?;
        let project = found.first().ok_or_else(wrong)?;
        let project = ledger
            .subject(&scope, project.id, AsOf::Now)
            .await
            .into_diagnostic()?;
        let percent = Decimal::from_str_exact(cells[4]).map_err(|_| wrong())?;
        let report = Report {
            building: cells[2].to_owned(),
            part: cells[3].to_owned(),
            share: percent / Decimal::ONE_HUNDRED,
            seen_on: cells[5].parse().map_err(|_| wrong())?,
            source: SourceRef::Cell {
                file_sha256: kept.sha256.clone(),
                sheet: String::new(),
                cell: CellAddress {
                    row,
                    column: PERCENT_COLUMN,
                },
            },
        };
        building::record(ledger, &stamp(), &scope, &project, report)
            .await
            .into_diagnostic()?;
    }
    Ok(())
}
