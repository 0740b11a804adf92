//! One subject for programs: looked at with its facts, registered, and told more about.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::SubjectKind;
use ledger::{Action, AsOf, Ledger, NewSubject, Scope, Subject as Known};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::answer::{Tagged, found};
use super::body::Body;
use super::fact::{Fact, NewFact, Recorded, fact_of, new_fact, recorded_facts, request_id, taken};
use super::operations::editing;
use super::parameters::has_control;
use super::problem::{Fault, Place, Said};
use super::value::{self, Written};
use crate::app::App;
use crate::imports::parks;
use crate::shell::{PageError, Permission, Viewer};

/// The longest name or code of a subject.
const NAME_CHARS_MAX: usize = 200;

/// A subject with its facts.
#[derive(Serialize, ToSchema)]
pub struct Subject {
    /// Its id.
    pub id: i64,
    /// What it is.
    #[schema(examples("project"))]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its code; null where not known.
    pub code: Option<String>,
    /// The organisation it belongs to.
    pub organisation: i64,
    /// The enterprise that owns it; null for none.
    pub owner: Option<i64>,
    /// Whether it is invented, to fill a demonstration.
    pub invented: bool,
    /// What is known of it, by variable and period.
    pub facts: Vec<Fact>,
}

/// A project or an enterprise to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Its name.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    pub name: String,
    /// Its code; none other in the zone may have it.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    #[serde(default)]
    pub code: Option<String>,
    /// The park, by its name; without one it is the zone's, or the account's own park's.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    #[serde(default)]
    pub park: Option<String>,
    /// What is known of it.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub facts: Vec<NewFact>,
}

/// Facts to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFacts {
    /// The facts. All are recorded, or none.
    #[schema(min_items = 1, max_items = 500)]
    pub facts: Vec<NewFact>,
}

/// `GET /api/v1/projects/{id}`.
pub async fn project(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let scope = viewer.scope(Permission::SeeProjects);
    let subject = show(&app, &scope, &SubjectKind::Project, id, viewer.reading()).await?;
    found(&headers, &subject)
}

/// `GET /api/v1/enterprises/{id}`.
pub async fn enterprise(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let scope = viewer.scope(Permission::SeeEnterprises);
    let subject = show(&app, &scope, &SubjectKind::Enterprise, id, viewer.reading()).await?;
    found(&headers, &subject)
}

async fn show(
    app: &App,
    scope: &Scope,
    kind: &SubjectKind,
    id: i64,
    as_of: AsOf,
) -> Result<Subject, Fault> {
    let known = app.ledger.subject(scope, id, as_of).await?;
    if known.kind != *kind {
        return Err(PageError::NotFound.into());
    }
    with_facts(&app.ledger, scope, known, as_of).await
}

async fn with_facts(
    ledger: &Ledger,
    scope: &Scope,
    known: Known,
    as_of: AsOf,
) -> Result<Subject, Fault> {
    let facts = ledger.facts_of(scope, known.id, as_of).await?;
    Ok(Subject {
        id: known.id,
        kind: known.kind.to_string(),
        name: known.name,
        code: known.code,
        organisation: known.organisation_id,
        owner: known.owner_id,
        invented: known.invented,
        facts: facts.iter().filter_map(fact_of).collect(),
    })
}

/// `POST /api/v1/projects`.
pub async fn register_project(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Body(new): Body<Registration>,
) -> Result<Response, Fault> {
    register(&app, &viewer, &headers, SubjectKind::Project, new).await
}

/// `POST /api/v1/enterprises`.
pub async fn register_enterprise(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Body(mut new): Body<Registration>,
) -> Result<Response, Fault> {
    let code = new.code.as_deref().map(value::credit_code).transpose();
    let wrong = |key| Fault::value(Place::Body("/code".to_owned()), Said::Key(key));
    new.code = code.map_err(wrong)?;
    register(&app, &viewer, &headers, SubjectKind::Enterprise, new).await
}

/// Adds a subject and all that is said of it in one write.
async fn register(
    app: &App,
    viewer: &Viewer,
    headers: &HeaderMap,
    kind: SubjectKind,
    new: Registration,
) -> Result<Response, Fault> {
    let name = named("/name", Some(&new.name))?.unwrap_or_default();
    let code = named("/code", new.code.as_deref())?;
    let reach = viewer.scope(editing(&kind));
    let place = parks::place_of_sender(&app.ledger, viewer, &reach, new.park.as_deref()).await?;
    let place = place.ok_or_else(|| {
        Fault::value(
            Place::Body("/park".to_owned()),
            Said::Key("problem-no-park"),
        )
    })?;
    let park = named("/park", new.park.as_deref())?
        .or_else(|| (!place.is_zone).then(|| place.name.clone()));
    let request = request_id(headers);
    let mut facts = taken(&kind, &new.facts, &request)?;
    // As an import records them: what names a subject is a fact about it.
    let (code_variable, path) = if kind == SubjectKind::Project {
        ("code", "/api/v1/projects")
    } else {
        ("uscc", "/api/v1/enterprises")
    };
    for (variable, text) in [
        ("name", Some(&name)),
        (code_variable, code.as_ref()),
        ("park", park.as_ref()),
    ] {
        let Some(text) = text else { continue };
        if facts.iter().all(|fact| fact.variable != variable) {
            let own = NewFact::plain(variable, Written::Plain(text.clone()));
            let own = new_fact(&kind, &own, &request);
            let wrong = |key| Fault::value(Place::Body(format!("/{variable}")), Said::Key(key));
            facts.push(own.map_err(|(_, key)| wrong(key))?);
        }
    }
    let subject = NewSubject {
        code,
        park,
        ..NewSubject::of(kind.clone(), &name, place.id)
    };
    let mut write = app.ledger.begin(&viewer.stamp()).await?;
    let id = write.add_subject(subject).await?;
    let recorded = write.record(id, facts).await?;
    let action = Action::new("subject.add", kind.as_str(), id)
        .in_zone(viewer.zone_id())
        .with(json!({"added": recorded.added, "request": request}));
    write.commit(action).await?;
    let known = app.ledger.subject(&reach, id, AsOf::Now).await?;
    let body = with_facts(&app.ledger, &reach, known, AsOf::Now).await?;
    let mut answer = Tagged::of(&body)?.answer(StatusCode::CREATED);
    let location = HeaderValue::from_str(&format!("{path}/{id}"));
    let location = location.map_err(|error| PageError::internal(&error))?;
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

/// A name without the blanks around it; `None` where it is not given.
fn named(pointer: &str, text: Option<&str>) -> Result<Option<String>, Fault> {
    let wrong = |key| Fault::value(Place::Body(pointer.to_owned()), Said::Key(key));
    match text.map(str::trim) {
        None => Ok(None),
        Some("") => Err(wrong("correction-empty")),
        Some(text) if text.chars().count() > NAME_CHARS_MAX => Err(wrong("problem-too-long")),
        Some(text) if has_control(text) => Err(wrong("problem-control")),
        Some(text) => Ok(Some(text.to_owned())),
    }
}

/// `POST /api/v1/projects/{id}/facts`.
pub async fn record_of_project(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    Body(new): Body<NewFacts>,
) -> Result<Response, Fault> {
    record(&app, &viewer, &headers, &SubjectKind::Project, id, &new).await
}

/// `POST /api/v1/enterprises/{id}/facts`.
pub async fn record_of_enterprise(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    Body(new): Body<NewFacts>,
) -> Result<Response, Fault> {
    record(&app, &viewer, &headers, &SubjectKind::Enterprise, id, &new).await
}

/// Records facts about a subject that the viewer may change. What differs supersedes.
async fn record(
    app: &App,
    viewer: &Viewer,
    headers: &HeaderMap,
    kind: &SubjectKind,
    id: i64,
    new: &NewFacts,
) -> Result<Response, Fault> {
    if new.facts.is_empty() {
        let said = Said::Key("correction-empty");
        return Err(Fault::form(Place::Body("/facts".to_owned()), said));
    }
    let scope = viewer.scope(editing(kind));
    let known = app.ledger.subject(&scope, id, AsOf::Now).await?;
    if known.kind != *kind {
        return Err(PageError::NotFound.into());
    }
    let request = request_id(headers);
    let facts = taken(kind, &new.facts, &request)?;
    let keys: Vec<_> = facts
        .iter()
        .map(|fact| (fact.variable.clone(), fact.period.clone()))
        .collect();
    let mut write = app.ledger.begin(&viewer.stamp()).await?;
    if headers.contains_key(header::IF_MATCH) {
        // Nobody else writes while this write is open, so what is read now is what it changes.
        let now = show(app, &scope, kind, id, AsOf::Now).await?;
        Tagged::of(&now)?.require_match(headers)?;
    }
    let recorded = write.record(id, facts).await?;
    // What only imports had said so far stands by this call, too: that is kept as well.
    if recorded.added + recorded.superseded + recorded.confirmed == 0 {
        write.abandon().await?;
    } else {
        let detail = json!({
            "added": recorded.added, "superseded": recorded.superseded,
            "confirmed": recorded.confirmed, "request": request,
        });
        let action = Action::new("facts.record", kind.as_str(), id)
            .in_zone(known.zone_id)
            .with(detail);
        write.commit(action).await?;
    }
    let facts = recorded_facts(&app.ledger, &scope, id, &keys).await?;
    let body = Recorded {
        added: recorded.added,
        superseded: recorded.superseded,
        unchanged: recorded.unchanged,
        request,
        facts,
    };
    Ok(Tagged::of(&body)?.answer(StatusCode::OK))
}

/// `GET /api/v1/organisations/{id}`: a zone or a park with its figures.
pub async fn organisation(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let scope = viewer.scope(Permission::SeeOverview);
    let as_of = viewer.reading();
    let organisation = app.ledger.organisation(&scope, id, as_of).await?;
    let subject_id = organisation.subject_id.ok_or(PageError::NotFound)?;
    let known = app.ledger.subject(&scope, subject_id, as_of).await?;
    found(
        &headers,
        &with_facts(&app.ledger, &scope, known, as_of).await?,
    )
}

/// `POST /api/v1/organisations/{id}/facts`: figures of a zone or a park.
pub async fn record_of_organisation(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Path(id): Path<i64>,
    Body(new): Body<NewFacts>,
) -> Result<Response, Fault> {
    let scope = viewer.scope(Permission::EditFacts);
    let organisation = app.ledger.organisation(&scope, id, AsOf::Now).await?;
    let subject_id = organisation.subject_id.ok_or(PageError::NotFound)?;
    let subject = app.ledger.subject(&scope, subject_id, AsOf::Now).await?;
    record(&app, &viewer, &headers, &subject.kind, subject_id, &new).await
}
