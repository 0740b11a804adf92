//! Which facts a person may see: those of subjects of a kind that their roles open, within the scope.

use domain::SubjectKind;
use ledger::{AsOf, FactRecord, Sight, Subject, Timestamp};

use crate::app::App;
use crate::shell::{PageError, Permission, Viewer};

/// What one needs to see facts of this kind of subject; `None` for records, which are their owner's.
pub fn permission(kind: &SubjectKind) -> Option<Permission> {
    match kind {
        SubjectKind::Project => Some(Permission::SeeProjects),
        SubjectKind::Enterprise => Some(Permission::SeeEnterprises),
        SubjectKind::Record(_) => None,
        SubjectKind::Zone
        | SubjectKind::Park
        | SubjectKind::Programme
        | SubjectKind::Activity
        | SubjectKind::Recognition
        | SubjectKind::Fund => Some(Permission::SeeOverview),
    }
}

/// Whose facts this person sees, by kind of subject.
pub fn sight(viewer: &Viewer) -> Sight {
    let kinds = SubjectKind::ALL.into_iter();
    kinds.fold(Sight::nothing(), |sight, kind| {
        let scope = permission(&kind).map(|needed| viewer.scope(needed));
        match scope.filter(|scope| !scope.is_empty()) {
            Some(scope) => sight.and(kind, scope),
            None => sight,
        }
    })
}

/// A fact that this person may see at the moment shown, with its subject.
///
/// # Errors
/// [`PageError::NotFound`] for one that they may not, or that was recorded later.
pub async fn seen_fact(
    app: &App,
    viewer: &Viewer,
    fact_id: i64,
) -> Result<(FactRecord, Subject), PageError> {
    let reach = viewer.scope(Permission::SeeFacts);
    let fact = app.ledger.fact(&reach, fact_id).await?;
    if viewer
        .as_of
        .is_some_and(|moment| fact.recorded_at > Timestamp::from(moment))
    {
        return Err(PageError::NotFound);
    }
    let subject = app
        .ledger
        .subject(&reach, fact.subject_id, viewer.reading())
        .await?;
    let judged_by = match (permission(&subject.kind), subject.owner_id) {
        (Some(_), _) | (None, None) => subject.clone(),
        (None, Some(owner)) => app.ledger.subject(&reach, owner, AsOf::Now).await?,
    };
    let permission = permission(&judged_by.kind).ok_or(PageError::NotFound)?;
    let scope = viewer.scope(permission);
    if scope.covers_subject(judged_by.id, judged_by.owner_id, &judged_by.path) {
        Ok((fact, subject))
    } else {
        Err(PageError::NotFound)
    }
}

/// Where a subject has a page of its own, or stands on the cockpit.
pub fn page_of(kind: &SubjectKind, id: i64) -> String {
    match kind {
        SubjectKind::Project => format!("/projects/{id}"),
        SubjectKind::Enterprise => format!("/enterprises/{id}"),
        _ => "/".to_owned(),
    }
}
