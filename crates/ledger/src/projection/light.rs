//! Colours that the rulebook judged, put beside the rows that they are about.

use serde_json::json;

use crate::Ledger;
use crate::error::Result;
use crate::projection::List;
use crate::sql::Sql;
use crate::write::{Action, Stamp};

/// A judged colour; `None` takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Light {
    /// The subject.
    pub subject_id: i64,
    /// The colour's id in the rulebook.
    pub light: Option<String>,
}

impl Ledger {
    /// Puts colours beside rows of a list, all in one entry. Gives how many differ from before; when
    /// none does, nothing is written.
    pub async fn set_lights(
        &self,
        stamp: &Stamp,
        zone_id: i64,
        list: &'static List,
        lights: &[Light],
    ) -> Result<u64> {
        let write = self.begin(stamp).await?;
        let mut changed = 0;
        for light in lights {
            let mut sql = Sql::new(&format!("UPDATE {} SET light = ", list.table));
            sql.bind(light.light.clone());
            sql.push(" WHERE subject_id = ").bind(light.subject_id);
            sql.push(" AND zone_id = ").bind(zone_id);
            sql.push(" AND light IS DISTINCT FROM ")
                .bind(light.light.clone());
            changed += write.execute(sql).await?;
        }
        if changed == 0 {
            write.abandon().await?;
            return Ok(0);
        }
        let action = Action::new("lights.judge", list.table, zone_id)
            .in_zone(zone_id)
            .with(json!({"changed": changed}));
        write.commit(action).await?;
        Ok(changed)
    }
}
