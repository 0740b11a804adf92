//! Making the lists again from the facts, after a step that changed their columns.

use serde_json::json;

use crate::Ledger;
use crate::error::Result;
use crate::projection::refresh_subjects;
use crate::sql::Sql;
use crate::write::{Action, Stamp, Written};

impl Ledger {
    /// Makes every row of every list again. Lights stay.
    pub async fn rebuild_lists(&self, stamp: &Stamp) -> Result<Written> {
        let mut write = self.begin(stamp).await?;
        let (mut after, mut count) = (0_i64, 0);
        loop {
            let text = "SELECT id FROM subjects WHERE kind IN ('project', 'enterprise') \
                 AND id > $1 ORDER BY id LIMIT 500";
            let rows = write.rows(Sql::with(text, [after.into()])).await?;
            let ids = rows
                .iter()
                .map(|row| row.at(0))
                .collect::<Result<Vec<i64>>>()?;
            let Some(last) = ids.last() else { break };
            after = *last;
            count += ids.len();
            refresh_subjects(&mut write, &ids).await?;
        }
        let action = Action::new("lists.rebuild", "lists", "all").with(json!({"rows": count}));
        write.commit(action).await
    }
}
