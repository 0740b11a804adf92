//! What a zone publishes beside its growth: its own figures, and its parks, task forces, activities,
//! recognitions and funds with theirs.

use domain::SubjectKind;
use ledger::subjects::SubjectQuery;
use ledger::{FactRecord, Organisation, Scope, Subject};

use crate::app::App;
use crate::projects::facts_table::{self, FactLine};
use crate::shell::{PageError, Viewer};

/// Subjects of a kind that are shown.
const SHOWN: u32 = 50;
/// Kinds with a section of their own, in its order.
const KINDS: [SubjectKind; 5] = [
    SubjectKind::Activity,
    SubjectKind::Recognition,
    SubjectKind::Fund,
    SubjectKind::Programme,
    SubjectKind::Park,
];

/// A section of the cockpit.
pub struct Section {
    /// What kind of thing it is about, in words.
    pub title: String,
    /// The things of which anything is known.
    pub items: Vec<Item>,
}

/// A thing with its figures.
pub struct Item {
    /// Its name.
    pub name: String,
    /// Its figures.
    pub lines: Vec<FactLine>,
}

/// The facts of the zone itself; none where the scope does not reach it.
pub async fn zone_facts(
    app: &App,
    viewer: &Viewer,
    scope: &Scope,
    organisations: &[Organisation],
) -> Result<Vec<FactRecord>, PageError> {
    let zone = organisations.iter().find(|one| one.parent_id.is_none());
    let Some(id) = zone.and_then(|zone| zone.subject_id) else {
        return Ok(Vec::new());
    };
    let mut found = app
        .ledger
        .facts_of_many(scope, &[id], viewer.reading())
        .await?;
    Ok(found.remove(&id).unwrap_or_default())
}

/// The sections of which anything is known.
pub async fn sections(
    app: &App,
    viewer: &Viewer,
    scope: &Scope,
) -> Result<Vec<Section>, PageError> {
    let mut sections = Vec::new();
    for kind in KINDS {
        let query = SubjectQuery {
            kind: kind.clone(),
            zone_id: Some(viewer.zone_id()),
            owner_id: None,
            after: None,
            limit: SHOWN,
        };
        let found = app.ledger.subjects(scope, &query, viewer.reading()).await?;
        let items = items(app, viewer, scope, &kind, found).await?;
        if !items.is_empty() {
            let title = viewer
                .lang
                .find(&format!("section-{kind}"))
                .unwrap_or_default();
            sections.push(Section { title, items });
        }
    }
    Ok(sections)
}

async fn items(
    app: &App,
    viewer: &Viewer,
    scope: &Scope,
    kind: &SubjectKind,
    subjects: Vec<Subject>,
) -> Result<Vec<Item>, PageError> {
    let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
    let facts = app
        .ledger
        .facts_of_many(scope, &ids, viewer.reading())
        .await?;
    Ok(subjects
        .into_iter()
        .filter_map(|subject| {
            let own = facts.get(&subject.id)?;
            let lines = facts_table::lines(viewer, kind, own, "", |fact| fact.variable != "name");
            (!lines.is_empty()).then_some(Item {
                name: subject.name,
                lines,
            })
        })
        .collect())
}
