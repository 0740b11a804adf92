//! The seven zones with their parks, departments and task forces.

use ledger::{Action, Ledger, NewOrganisation, Organisation, OrganisationKind, Scope, Stamp};
use miette::IntoDiagnostic;

use super::{rows, text};

/// A zone of the demonstration.
pub struct DemoZone {
    /// The folder of its ledgers, which is its code too.
    pub folder: String,
    /// The zone.
    pub organisation: Organisation,
}

/// Adds the zones that are not there yet, each in one write with all that is under it.
pub async fn set_up(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
) -> miette::Result<Vec<DemoZone>> {
    let table = text("organisations.csv");
    let rows: Vec<Vec<&str>> = rows(&table).collect();
    let mut zones = Vec::new();
    for of_zone in rows.chunk_by(|a, b| a[0] == b[0]) {
        let folder = of_zone[0][0];
        let known = ledger
            .organisation_by_code(&Scope::everything(), folder)
            .await
            .into_diagnostic()?;
        let organisation = match known {
            Some(zone) => zone,
            None => add(ledger, stamp(), of_zone).await?,
        };
        zones.push(DemoZone {
            folder: folder.to_owned(),
            organisation,
        });
    }
    Ok(zones)
}

async fn add(ledger: &Ledger, stamp: Stamp, rows: &[Vec<&str>]) -> miette::Result<Organisation> {
    let mut write = ledger.begin(&stamp).await.into_diagnostic()?;
    let mut zone: Option<Organisation> = None;
    for row in rows {
        let (folder, kind, name) = (row[0], kind_of(row[2]), row[3]);
        let added = write
            .add_organisation(NewOrganisation {
                parent_id: zone.as_ref().map(|zone| zone.id),
                kind,
                code: (kind == OrganisationKind::Zone).then(|| folder.to_owned()),
                name: name.to_owned(),
            })
            .await
            .into_diagnostic()?;
        zone.get_or_insert(added);
    }
    let zone = zone.expect("the table begins with a zone");
    let action = Action::new("organisation.add", "organisation", zone.id).in_zone(zone.id);
    write.commit(action).await.into_diagnostic()?;
    Ok(zone)
}

/// A plain park is told from a core park only where a zone has one.
fn kind_of(word: &str) -> OrganisationKind {
    OrganisationKind::from_name(word).unwrap_or(OrganisationKind::SubPark)
}
