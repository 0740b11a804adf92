//! What a person changed in the guess, kept by header so that the next file of the same sender follows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Choices by header text as the report shows it (`投资/总投资`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// One choice per header.
    #[serde(default)]
    pub by_header: BTreeMap<String, ColumnChoice>,
    /// The unit of amounts that have none; empty where nothing was chosen.
    #[serde(default)]
    pub unit: Option<String>,
}

/// What was chosen for the columns of one header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnChoice {
    /// The variable; `Some("")` leaves the column unmapped, `None` leaves the guess.
    #[serde(default)]
    pub variable: Option<String>,
    /// The unit; `None` leaves the guess.
    #[serde(default)]
    pub unit: Option<String>,
}

impl Mapping {
    /// The choice for a header, if there is one.
    pub fn choice(&self, header: &str) -> Option<&ColumnChoice> {
        self.by_header.get(header)
    }

    /// Takes over the choices of `newer`, which count where both have one.
    pub fn update(&mut self, newer: Self) {
        self.by_header.extend(newer.by_header);
        if newer.unit.is_some() {
            self.unit = newer.unit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_kept_as_json() {
        let mut mapping = Mapping::default();
        let choice = ColumnChoice {
            variable: Some("investment_total".to_owned()),
            unit: None,
        };
        mapping.by_header.insert("投资".to_owned(), choice);
        let text = serde_json::to_string(&mapping).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&text).unwrap(), mapping);
    }
}
