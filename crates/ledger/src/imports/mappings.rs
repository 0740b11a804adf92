//! Mappings of headers to variables, remembered per sender.

use serde_json::json;

use crate::Ledger;
use crate::error::Result;
use crate::sql::Sql;
use crate::write::{Action, Stamp, Written};

impl Ledger {
    /// Remembers how a sender's header is to be read. `header` is the caller's fingerprint of it,
    /// `mapping` is JSON.
    pub async fn remember_mapping(
        &self,
        stamp: &Stamp,
        zone_id: i64,
        sender: &str,
        kind: &str,
        header: &str,
        mapping: &str,
    ) -> Result<Written> {
        let write = self.begin(stamp).await?;
        let text = "INSERT INTO import_mappings (zone_id, sender, kind, header, mapping, entry_id) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (zone_id, sender, kind, header) \
             DO UPDATE SET mapping = excluded.mapping, entry_id = excluded.entry_id";
        let params = [
            zone_id.into(),
            sender.into(),
            kind.into(),
            header.into(),
            mapping.into(),
            write.entry_id().into(),
        ];
        write.execute(Sql::with(text, params)).await?;
        let action = Action::new("mapping.remember", "zone", zone_id)
            .in_zone(zone_id)
            .with(json!({"sender": sender, "kind": kind}));
        write.commit(action).await
    }

    /// The mapping remembered for this sender and header; `None` when there is none.
    pub async fn remembered_mapping(
        &self,
        zone_id: i64,
        sender: &str,
        kind: &str,
        header: &str,
    ) -> Result<Option<String>> {
        let text = "SELECT mapping FROM import_mappings \
             WHERE zone_id = $1 AND sender = $2 AND kind = $3 AND header = $4";
        let params = [zone_id.into(), sender.into(), kind.into(), header.into()];
        let row = self.database.row(Sql::with(text, params)).await?;
        row.map(|row| row.at(0)).transpose()
    }
}
