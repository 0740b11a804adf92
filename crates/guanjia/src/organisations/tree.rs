//! The tree of organisations, and adding one.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::accounts::GrantScope;
use ledger::{LedgerError, NewOrganisation, Organisation, OrganisationKind};
use serde::Deserialize;

use crate::app::App;
use crate::shell::role::Role;
use crate::shell::{FieldError, Page, PageError, Permission, Viewer, render};
use crate::words::Lang;

/// Most characters of a name, and of a short code.
pub const NAME_LENGTH_MAX: usize = 120;
const CODE_LENGTH_MAX: usize = 40;
/// Levels that are indented; deeper ones stand with the last.
const INDENTED_DEPTH_MAX: usize = 5;

#[derive(Template)]
#[template(path = "organisations/tree.html")]
struct TreePage {
    page: Page,
    rows: Vec<TreeRow>,
    open: usize,
    closed: usize,
    only: String,
    parents: Vec<Choice>,
    kinds: Vec<Choice>,
    form: NewForm,
    error: FieldError,
}

struct TreeRow {
    address: String,
    name: String,
    kind: String,
    code: String,
    depth: usize,
    closed: bool,
    accounts: usize,
}

struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

/// Words of a kind of organisation.
pub fn kind_words(kind: OrganisationKind, lang: Lang) -> String {
    let key = format!("organisation-kind-{}", kind.as_str().replace('_', "-"));
    lang.find(&key).unwrap_or_else(|| kind.as_str().to_owned())
}

/// Which of them to show.
#[derive(Deserialize, Default)]
pub struct Narrowing {
    #[serde(default)]
    state: String,
}

/// `GET /organisations`.
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(narrowing): Query<Narrowing>,
) -> Result<Response, PageError> {
    page(
        &app,
        &viewer,
        &narrowing.state,
        NewForm::default(),
        FieldError::default(),
    )
    .await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    only: &str,
    form: NewForm,
    error: FieldError,
) -> Result<Response, PageError> {
    let scope = viewer.scope(Permission::ManageOrganisations);
    let found = in_tree_order(app.ledger.organisations(&scope, viewer.reading()).await?);
    let accounts = accounts_by_organisation(app).await?;
    let closed = found.iter().filter(|one| one.closed).count();
    let rows = found
        .iter()
        .filter(|one| match only {
            "open" => !one.closed,
            "closed" => one.closed,
            _ => true,
        })
        .map(|one| TreeRow {
            address: viewer.href(&format!("/organisations/{}", one.id)),
            name: one.name.clone(),
            kind: kind_words(one.kind, viewer.lang),
            code: one.code.clone().unwrap_or_default(),
            depth: depth(one).min(INDENTED_DEPTH_MAX),
            closed: one.closed,
            accounts: accounts.get(&one.id).copied().unwrap_or_default(),
        })
        .collect();
    let title = viewer.lang.t("nav-organisations");
    render(&TreePage {
        page: Page::new(viewer, "organisations", title.clone()).at(&[(&title, "")]),
        rows,
        open: found.len() - closed,
        closed,
        only: only.to_owned(),
        parents: parent_choices(&found, form.parent),
        kinds: kind_choices(app, viewer, &form.kind).await?,
        form,
        error,
    })
}

/// How many steps below its zone.
fn depth(organisation: &Organisation) -> usize {
    organisation.path.matches('/').count().saturating_sub(2)
}

/// Each one followed by those below it; siblings in the order they came in, which is by name.
pub fn in_tree_order(found: Vec<Organisation>) -> Vec<Organisation> {
    let known: Vec<i64> = found.iter().map(|one| one.id).collect();
    let mut below: HashMap<i64, Vec<Organisation>> = HashMap::new();
    let mut tops = Vec::new();
    for one in found {
        match one.parent_id.filter(|parent| known.contains(parent)) {
            Some(parent) => below.entry(parent).or_default().push(one),
            None => tops.push(one),
        }
    }
    let mut ordered = Vec::with_capacity(known.len());
    let mut waiting: Vec<Organisation> = tops.into_iter().rev().collect();
    while let Some(one) = waiting.pop() {
        if let Some(children) = below.remove(&one.id) {
            waiting.extend(children.into_iter().rev());
        }
        ordered.push(one);
    }
    ordered
}

async fn accounts_by_organisation(app: &App) -> Result<HashMap<i64, usize>, PageError> {
    let mut holders: HashMap<i64, Vec<i64>> = HashMap::new();
    for grant in app.ledger.grants().await? {
        if let GrantScope::Organisation { id, .. } = grant.scope {
            let users = holders.entry(id).or_default();
            if !users.contains(&grant.user_id) {
                users.push(grant.user_id);
            }
        }
    }
    Ok(holders
        .into_iter()
        .map(|(id, users)| (id, users.len()))
        .collect())
}

fn parent_choices(found: &[Organisation], chosen: i64) -> Vec<Choice> {
    found
        .iter()
        .filter(|one| !one.closed)
        .map(|one| Choice {
            value: one.id.to_string(),
            words: format!("{}{}", "　".repeat(depth(one)), one.name),
            chosen: one.id == chosen,
        })
        .collect()
}

async fn kind_choices(app: &App, viewer: &Viewer, chosen: &str) -> Result<Vec<Choice>, PageError> {
    let with_zones = keeps_the_installation(app, viewer).await?;
    Ok(OrganisationKind::ALL
        .into_iter()
        .filter(|kind| with_zones || *kind != OrganisationKind::Zone)
        .map(|kind| Choice {
            value: kind.as_str().to_owned(),
            words: kind_words(kind, viewer.lang),
            chosen: kind.as_str() == chosen,
        })
        .collect())
}

/// Whether the viewer is administrator of the whole installation, not of a zone alone.
async fn keeps_the_installation(app: &App, viewer: &Viewer) -> Result<bool, PageError> {
    let grants = app.ledger.grants_of(viewer.user_id).await?;
    Ok(grants.iter().any(|grant| {
        grant.role == Role::Admin.id() && matches!(grant.scope, GrantScope::Installation)
    }))
}

/// An organisation to be added.
#[derive(Deserialize, Default)]
pub struct NewForm {
    #[serde(default)]
    parent: i64,
    kind: String,
    name: String,
    #[serde(default)]
    code: String,
}

/// `POST /organisations`.
pub async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<NewForm>,
) -> Result<Response, PageError> {
    match addition(&app, &viewer, &form).await? {
        Ok(new) => match app.ledger.add_organisation(&viewer.stamp(), new).await {
            Ok(added) => Ok(Redirect::to(&format!("/organisations/{}", added.id)).into_response()),
            Err(LedgerError::Exists { .. }) => {
                let error = viewer
                    .lang
                    .with("organisation-code-taken", form.code.trim());
                let error = FieldError::new("code", error);
                page(&app, &viewer, "", form, error).await
            }
            Err(error) => Err(error.into()),
        },
        Err(error) => page(&app, &viewer, "", form, error).await,
    }
}

/// What the form asks for, or what is wrong with it.
async fn addition(
    app: &App,
    viewer: &Viewer,
    form: &NewForm,
) -> Result<Result<NewOrganisation, FieldError>, PageError> {
    let lang = viewer.lang;
    let scope = viewer.scope(Permission::ManageOrganisations);
    let found = app.ledger.organisations(&scope, ledger::AsOf::Now).await?;
    let wrong = FieldError::new;
    let name = form.name.trim();
    let code = form.code.trim();
    let Some(kind) = OrganisationKind::from_name(&form.kind) else {
        return Ok(Err(wrong("kind", lang.t("organisation-kind-needed"))));
    };
    let parent_id = if kind == OrganisationKind::Zone {
        if !keeps_the_installation(app, viewer).await? {
            return Err(PageError::Forbidden);
        }
        None
    } else {
        match found.iter().find(|one| one.id == form.parent) {
            Some(parent) if !parent.closed => Some(parent.id),
            Some(_) => return Ok(Err(wrong("parent", lang.t("organisation-parent-closed")))),
            None => return Ok(Err(wrong("parent", lang.t("organisation-parent-needed")))),
        }
    };
    if let Some(error) = wrong_name(&found, parent_id, None, name, lang) {
        return Ok(Err(wrong("name", error)));
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if code.chars().count() > CODE_LENGTH_MAX || !code.chars().all(fits) {
        return Ok(Err(wrong("code", lang.t("organisation-code-wrong"))));
    }
    let code = (!code.is_empty()).then(|| code.to_owned());
    Ok(Ok(NewOrganisation {
        parent_id,
        kind,
        code,
        name: name.to_owned(),
    }))
}

/// What is wrong with a name beside its siblings; `None` when it may be used.
pub fn wrong_name(
    found: &[Organisation],
    parent_id: Option<i64>,
    own_id: Option<i64>,
    name: &str,
    lang: Lang,
) -> Option<String> {
    if name.is_empty() || name.chars().count() > NAME_LENGTH_MAX {
        return Some(lang.with("organisation-name-needed", NAME_LENGTH_MAX));
    }
    found
        .iter()
        .any(|one| one.parent_id == parent_id && Some(one.id) != own_id && one.name == name)
        .then(|| lang.with("organisation-name-taken", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(id: i64, parent_id: Option<i64>, path: &str, name: &str) -> Organisation {
        Organisation {
            id,
            zone_id: 1,
            parent_id,
            path: path.to_owned(),
            kind: OrganisationKind::SubPark,
            code: None,
            name: name.to_owned(),
            closed: false,
            subject_id: None,
        }
    }

    #[test]
    fn each_is_followed_by_those_below_it() {
        let found = vec![
            organisation(1, None, "/1/", "高新区"),
            organisation(2, Some(1), "/1/2/", "北园"),
            organisation(3, Some(1), "/1/3/", "南园"),
            organisation(4, Some(2), "/1/2/4/", "北园办公室"),
        ];
        let ids: Vec<i64> = in_tree_order(found).iter().map(|one| one.id).collect();
        assert_eq!(ids, [1, 2, 4, 3]);
    }

    #[test]
    fn a_part_of_a_tree_has_its_own_top() {
        let found = vec![
            organisation(2, Some(1), "/1/2/", "北园"),
            organisation(4, Some(2), "/1/2/4/", "北园办公室"),
        ];
        let ids: Vec<i64> = in_tree_order(found).iter().map(|one| one.id).collect();
        assert_eq!(ids, [2, 4]);
    }

    #[test]
    fn siblings_have_names_of_their_own() {
        let found = vec![organisation(2, Some(1), "/1/2/", "北园")];
        assert!(wrong_name(&found, Some(1), None, "北园", Lang::Zh).is_some());
        assert!(wrong_name(&found, Some(1), Some(2), "北园", Lang::Zh).is_none());
        assert!(wrong_name(&found, Some(3), None, "北园", Lang::Zh).is_none());
        assert!(wrong_name(&found, Some(1), None, "", Lang::Zh).is_some());
    }
}
