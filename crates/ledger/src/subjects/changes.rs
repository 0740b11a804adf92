//! Changes of a subject: each keeps what was before, so that the past reads as it read then.

use domain::SubjectKind;
use serde_json::json;

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::latest::Latest;
use crate::projection;
use crate::scope::Scope;
use crate::sort_key::lookup_key;
use crate::sql::Sql;
use crate::subjects::keys::{self, Identity};
use crate::subjects::{COLUMNS, Subject, SubjectStatus, read_subject};
use crate::time::AsOf;
use crate::write::{Action, Stamp, Write, Written};

impl Ledger {
    /// Closes a subject. Its facts stay, and more may come.
    pub async fn close_subject(&self, stamp: &Stamp, scope: &Scope, id: i64) -> Result<Written> {
        self.change_status(stamp, scope, id, SubjectStatus::Closed, "subject.close")
            .await
    }

    /// Opens a closed subject again.
    pub async fn reopen_subject(&self, stamp: &Stamp, scope: &Scope, id: i64) -> Result<Written> {
        self.change_status(stamp, scope, id, SubjectStatus::Active, "subject.reopen")
            .await
    }

    async fn change_status(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        id: i64,
        status: SubjectStatus,
        action: &str,
    ) -> Result<Written> {
        let subject = self.subject(scope, id, AsOf::Now).await?;
        if subject.status == SubjectStatus::Merged {
            return Err(LedgerError::Refused(
                "a merged subject does not change any more",
            ));
        }
        let mut write = self.begin(stamp).await?;
        change(&mut write, id, |subject| subject.status = status).await?;
        projection::refresh_subjects(&mut write, &[id]).await?;
        let action = Action::new(action, subject.kind.as_str(), id).in_zone(subject.zone_id);
        write.commit(action).await
    }

    /// Moves a subject to another organisation of the same zone: an enterprise to another park.
    pub async fn move_subject(
        &self,
        stamp: &Stamp,
        scope: &Scope,
        id: i64,
        organisation_id: i64,
    ) -> Result<Written> {
        let subject = self.subject(scope, id, AsOf::Now).await?;
        let target = self.organisation(scope, organisation_id, AsOf::Now).await?;
        if target.zone_id != subject.zone_id {
            return Err(LedgerError::Refused("a subject stays in its zone"));
        }
        let mut write = self.begin(stamp).await?;
        move_to(&mut write, id, organisation_id, &target.path).await?;
        projection::refresh_subjects(&mut write, &[id]).await?;
        let detail = json!({"from": subject.organisation_id, "to": organisation_id});
        let action = Action::new("subject.move", subject.kind.as_str(), id)
            .in_zone(subject.zone_id)
            .with(detail);
        write.commit(action).await
    }
}

impl Write {
    pub(crate) async fn subject(&self, id: i64) -> Result<Subject> {
        let text = format!("SELECT {COLUMNS} FROM subjects WHERE id = $1");
        let row = self.row(Sql::with(&text, [id.into()])).await?;
        read_subject(&row.ok_or_else(|| LedgerError::not_found("subject", id))?)
    }
}

pub(crate) async fn move_to(
    write: &mut Write,
    id: i64,
    organisation_id: i64,
    path: &str,
) -> Result<()> {
    change(write, id, |subject| {
        subject.organisation_id = organisation_id;
        path.clone_into(&mut subject.path);
    })
    .await
}

/// Changes a subject and keeps what it was. The first state within one entry is what is kept.
pub(crate) async fn change(
    write: &mut Write,
    id: i64,
    change: impl FnOnce(&mut Subject),
) -> Result<()> {
    let before = write.subject(id).await?;
    let mut after = before.clone();
    change(&mut after);
    if after == before {
        return Ok(());
    }
    let entry = write.entry_id();
    if before.since_entry < entry {
        let archive = "INSERT INTO subject_versions SELECT id, since_entry, $2, name, code, \
             organisation_id, owner_id, status, merged_into FROM subjects WHERE id = $1";
        write
            .execute(Sql::with(archive, [id.into(), entry.into()]))
            .await?;
    }
    let mut sql = Sql::new("UPDATE subjects SET name = ");
    sql.bind(after.name.as_str());
    sql.push(", code = ").bind(after.code.clone());
    sql.push(", organisation_id = ").bind(after.organisation_id);
    sql.push(", path = ").bind(after.path.as_str());
    sql.push(", owner_id = ").bind(after.owner_id);
    sql.push(", status = ").bind(after.status.as_str());
    sql.push(", merged_into = ").bind(after.merged_into);
    sql.push(", since_entry = ").bind(entry);
    sql.push(" WHERE id = ").bind(id);
    write.execute(sql).await?;
    Ok(())
}

/// Gives a subject another name; it goes on answering to the old one.
pub(crate) async fn rename(write: &mut Write, id: i64, name: &str) -> Result<()> {
    let before = write.subject(id).await?;
    if before.name == name || name.is_empty() {
        return Ok(());
    }
    change(write, id, |subject| name.clone_into(&mut subject.name)).await?;
    // A project's name counts within its park, which stands in the keys that it has.
    let old = lookup_key(&before.name);
    let text = "SELECT key FROM subject_keys WHERE subject_id = $1 AND scheme = 'name'";
    let held = write.rows(Sql::with(text, [id.into()])).await?;
    let mut names = Vec::new();
    for row in held {
        let key: String = row.at(0)?;
        if let Some(within) = key.strip_suffix(old.as_str()) {
            names.push(format!("{within}{}", lookup_key(name)));
        }
    }
    for name in names {
        let identity = Identity { code: None, name };
        answer_to(write, &before, &identity).await?;
    }
    Ok(())
}

/// Makes a subject answer to more keys.
pub(crate) async fn answer_to(
    write: &mut Write,
    subject: &Subject,
    identity: &Identity,
) -> Result<()> {
    let mut rows = Vec::new();
    let entry = write.entry_id();
    identity.rows(
        subject.zone_id,
        subject.kind.as_str(),
        subject.id,
        entry,
        &mut rows,
    );
    for row in rows {
        let mut sql = Sql::new(&format!(
            "INSERT INTO subject_keys ({}) VALUES (",
            keys::COLUMNS
        ));
        sql.bind_all(row).push(") ON CONFLICT DO NOTHING");
        write.execute(sql).await?;
    }
    Ok(())
}

/// Lets name and code of a subject follow its facts, and brings a withdrawn one back.
pub(crate) async fn follow_facts(write: &mut Write, id: i64, latest: &Latest) -> Result<()> {
    let subject = write.subject(id).await?;
    if subject.status == SubjectStatus::Withdrawn && latest.rows().next().is_some() {
        change(write, id, |subject| subject.status = SubjectStatus::Active).await?;
    }
    let name = write.term("name").await?;
    if let Some(name) = latest.get((name, 0)).and_then(|row| row.text.as_deref()) {
        rename(write, id, name.trim()).await?;
    }
    let code_variable = match subject.kind {
        SubjectKind::Enterprise => "uscc",
        SubjectKind::Project => "code",
        _ => return Ok(()),
    };
    let code_variable = write.term(code_variable).await?;
    let code = latest
        .get((code_variable, 0))
        .and_then(|row| row.text.clone());
    if let Some(code) = code.filter(|code| subject.code.as_ref() != Some(code)) {
        take_code(write, &subject, code).await?;
    }
    Ok(())
}

/// Gives a subject a code, unless another subject has it.
async fn take_code(write: &mut Write, subject: &Subject, code: String) -> Result<()> {
    let key = lookup_key(&code);
    let text = "SELECT k.subject_id FROM subject_keys k JOIN subjects s ON s.id = k.subject_id \
         WHERE k.zone_id = $1 AND k.kind = $2 AND k.scheme = 'code' AND k.key = $3 \
         AND k.subject_id <> $4 AND s.status <> 'merged'";
    let params = [
        subject.zone_id.into(),
        subject.kind.as_str().into(),
        key.as_str().into(),
        subject.id.into(),
    ];
    if write.row(Sql::with(text, params)).await?.is_some() {
        return Err(LedgerError::Exists {
            what: "subject with code",
            id: code,
        });
    }
    let mut sql = Sql::new(&format!(
        "INSERT INTO subject_keys ({}) VALUES (",
        keys::COLUMNS
    ));
    sql.bind(subject.zone_id)
        .push(", ")
        .bind(subject.kind.as_str());
    sql.push(", 'code', ").bind(key).push(", ");
    sql.bind_all([subject.id, write.entry_id()]);
    sql.push(") ON CONFLICT DO NOTHING");
    write.execute(sql).await?;
    change(write, subject.id, |subject| subject.code = Some(code)).await
}
