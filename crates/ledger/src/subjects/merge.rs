//! Merging two records of one enterprise or project.

use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::projection;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::subjects::changes::{change, follow_facts};
use crate::subjects::{SubjectStatus, keys};
use crate::time::AsOf;
use crate::write::{Action, Stamp, Write, Written};

impl Ledger {
    /// Merges one subject into another of its kind and zone. The other takes on what it did not know,
    /// with its sources, answers to the names and codes of both, and owns what both owned. As of
    /// before, both stand apart.
    pub async fn merge_subjects(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        from: i64,
        into: i64,
    ) -> Result<Written> {
        let gone = self.subject(scope, from, AsOf::Now).await?;
        let kept = self.subject(scope, into, AsOf::Now).await?;
        if gone.id == kept.id || gone.kind != kept.kind || gone.zone_id != kept.zone_id {
            return Err(LedgerError::Refused(
                "only two subjects of one kind and zone can be merged",
            ));
        }
        if [gone.status, kept.status].contains(&SubjectStatus::Merged) {
            return Err(LedgerError::Refused(
                "a merged subject does not change any more",
            ));
        }
        let mut write = self.begin(stamp).await?;
        let taken = write.take_over_facts(from, into).await?;
        write.take_over_keys(from, into).await?;
        let owned = "SELECT id FROM subjects WHERE owner_id = $1";
        for row in write.rows(Sql::with(owned, [from.into()])).await? {
            let id = row.at(0)?;
            change(&mut write, id, |subject| subject.owner_id = Some(into)).await?;
            projection::refresh_subjects(&mut write, &[id]).await?;
        }
        change(&mut write, from, |subject| {
            subject.status = SubjectStatus::Merged;
            subject.merged_into = Some(into);
        })
        .await?;
        let latest = write.latest(&[into]).await?;
        follow_facts(&mut write, into, &latest[0].1).await?;
        projection::refresh(&mut write, &latest).await?;
        projection::refresh_subjects(&mut write, &[from]).await?;
        let action = Action::new("subject.merge", gone.kind.as_str(), from)
            .in_zone(gone.zone_id)
            .with(json!({"into": into, "facts": taken}));
        write.commit(action).await
    }
}

impl Write {
    async fn take_over_facts(&mut self, from: i64, into: i64) -> Result<usize> {
        let mut latest = self.latest(&[from, into]).await?;
        let (_, own) = latest.remove(1);
        let (_, theirs) = latest.remove(0);
        let mut rows: Vec<_> = theirs
            .into_rows()
            .filter(|row| own.get(row.key()).is_none())
            .collect();
        for row in &mut rows {
            row.subject_id = into;
            row.entry_id = self.entry_id();
        }
        self.number_facts(&mut rows).await?;
        self.append_facts(&rows).await?;
        Ok(rows.len())
    }

    async fn take_over_keys(&mut self, from: i64, into: i64) -> Result<()> {
        let text = format!(
            "INSERT INTO subject_keys ({}) SELECT zone_id, kind, scheme, key, $2, $3 \
             FROM subject_keys WHERE subject_id = $1 ON CONFLICT DO NOTHING",
            keys::COLUMNS
        );
        let params = [from.into(), into.into(), self.entry_id().into()];
        self.execute(Sql::with(&text, params)).await?;
        Ok(())
    }
}
