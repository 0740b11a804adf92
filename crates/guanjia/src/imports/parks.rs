//! Which organisation a park's words mean.

use std::collections::HashMap;

use ledger::{AsOf, Ledger, LedgerError, Organisation, OrganisationKind, Scope, lookup_key};

use crate::shell::Viewer;

/// The organisations of a zone by the words that a ledger writes.
#[derive(Debug, Clone)]
pub struct Parks {
    by_key: HashMap<String, Place>,
    names: Vec<(String, Place)>,
}

/// An organisation that rows may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: i64,
    /// Its path in the tree.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Whether it is the zone itself.
    pub is_zone: bool,
}

impl Place {
    /// An organisation as a place.
    pub fn of(organisation: &Organisation) -> Self {
        Self {
            id: organisation.id,
            path: organisation.path.clone(),
            name: organisation.name.clone(),
            is_zone: organisation.kind == OrganisationKind::Zone,
        }
    }
}

impl Parks {
    /// The zone and its parks; closed ones too, for ledgers of old.
    pub fn of(organisations: &[Organisation]) -> Self {
        let places = organisations.iter().filter(|organisation| {
            matches!(
                organisation.kind,
                OrganisationKind::Zone | OrganisationKind::CorePark | OrganisationKind::SubPark
            )
        });
        let names: Vec<(String, Place)> = places
            .map(|place| (lookup_key(&place.name), Place::of(place)))
            .collect();
        let by_key = names.iter().cloned().collect();
        Self { by_key, names }
    }

    /// The organisation of these words: its name, or the one name that they are a part of or that is
    /// a part of them (青春化工园 and 青春化工园区). `None` for none, or more than one.
    pub fn named(&self, words: &str) -> Option<&Place> {
        let key = lookup_key(words);
        if key.is_empty() {
            return None;
        }
        if let Some(place) = self.by_key.get(&key) {
            return Some(place);
        }
        let similar = |name: &str| name.starts_with(&key) || key.starts_with(name);
        let mut fitting = self
            .names
            .iter()
            .filter(|(name, place)| !place.is_zone && similar(name));
        match (fitting.next(), fitting.next()) {
            (Some((_, place)), None) => Some(place),
            _ => None,
        }
    }
}

/// Where a sender's records belong that name no park: the park of these words, else the largest place
/// within the sender's reach. `None` where there is none, or it lies beyond.
pub async fn place_of_sender(
    ledger: &Ledger,
    viewer: &Viewer,
    reach: &Scope,
    park: Option<&str>,
) -> Result<Option<Place>, LedgerError> {
    let mut places = ledger.organisations(reach, AsOf::Now).await?;
    places.retain(|place| place.zone_id == viewer.zone_id() && !place.closed);
    places.sort_by_key(|place| place.path.len());
    let parks = Parks::of(&places);
    Ok(match park {
        Some(words) => parks.named(words).cloned(),
        None => parks.names.into_iter().next().map(|(_, place)| place),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(id: i64, kind: OrganisationKind, name: &str) -> Organisation {
        Organisation {
            id,
            zone_id: 1,
            parent_id: (id != 1).then_some(1),
            path: if id == 1 {
                "/1/".to_owned()
            } else {
                format!("/1/{id}/")
            },
            kind,
            code: None,
            name: name.to_owned(),
            closed: false,
            subject_id: None,
        }
    }

    #[test]
    fn words_mean_the_organisation_they_name() {
        let parks = Parks::of(&[
            organisation(1, OrganisationKind::Zone, "随州高新区"),
            organisation(2, OrganisationKind::SubPark, "青春化工园"),
            organisation(3, OrganisationKind::SubPark, "城东园区"),
            organisation(4, OrganisationKind::Department, "招商局"),
        ]);
        let id = |words: &str| parks.named(words).map(|place| place.id);
        assert_eq!(id(" 青春化工园 "), Some(2));
        assert_eq!(id("青春化工园区"), Some(2));
        assert_eq!(id("城东"), Some(3));
        assert_eq!(id("随州高新区"), Some(1));
        assert_eq!(id("招商局"), None);
        assert_eq!(id(""), None);
        assert_eq!(id("北京"), None);
    }
}
