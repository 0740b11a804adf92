//! Where a command's import goes: the zone and park that it names, or the only zone there is.

use ledger::{
    AsOf, Ledger, LedgerError, NewOrganisation, Organisation, OrganisationKind, Scope, Stamp,
};

use super::parks::{Parks, Place};
use crate::words::Lang;

/// A zone, whose ledger it is, and all organisations of the zone.
#[derive(Debug)]
pub struct Target {
    /// The zone.
    pub zone: Place,
    /// The park, or the zone itself.
    pub place: Place,
    /// Whether the installation has no other zone: then what a table says of others goes in here.
    pub is_only_zone: bool,
    /// The zone's organisations.
    pub organisations: Vec<Organisation>,
}

/// Why it is not known where to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// There are several zones, and nothing says which one is meant.
    #[error("several zones: {0}")]
    SeveralZones(String),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The target of a command. The first import of a new installation brings its zone along.
pub async fn of_command(
    ledger: &Ledger,
    stamp: &Stamp,
    park: Option<&str>,
    lang: Lang,
) -> Result<Target, TargetError> {
    let all = ledger
        .organisations(&Scope::everything(), AsOf::Now)
        .await?;
    let mut zones: Vec<Organisation> = all
        .iter()
        .filter(|one| one.kind == OrganisationKind::Zone)
        .cloned()
        .collect();
    let of_zone = |zone: &Organisation| -> Vec<Organisation> {
        all.iter()
            .filter(|one| one.zone_id == zone.id)
            .cloned()
            .collect()
    };
    let is_only_zone = zones.len() < 2;
    if let Some(park) = park {
        let mut found = zones.iter().filter_map(|zone| {
            let organisations = of_zone(zone);
            let place = Parks::of(&organisations).named(park)?.clone();
            Some(Target {
                zone: Place::of(zone),
                place,
                is_only_zone,
                organisations,
            })
        });
        if let (Some(only), None) = (found.next(), found.next()) {
            return Ok(only);
        }
    }
    if zones.len() > 1 {
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        return Err(TargetError::SeveralZones(names.join("、")));
    }
    let Some(zone) = zones.pop() else {
        let name = lang.t("import-first-zone");
        let zone = NewOrganisation {
            parent_id: None,
            kind: OrganisationKind::Zone,
            code: None,
            name,
        };
        let zone = ledger.add_organisation(stamp, zone).await?;
        let place = Place::of(&zone);
        return Ok(Target {
            zone: place.clone(),
            place,
            is_only_zone,
            organisations: vec![zone],
        });
    };
    let place = Place::of(&zone);
    Ok(Target {
        zone: place.clone(),
        place,
        is_only_zone,
        organisations: of_zone(&zone),
    })
}
