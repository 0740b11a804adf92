//! Who a session belongs to, and what that person may do.

use ledger::accounts::GrantScope;
use ledger::{AsOf, LedgerError, OrganisationKind, Scope};
use tower_sessions::Session;

use crate::app::App;
use crate::clock;
use crate::shell::PageError;
use crate::shell::role::Role;
use crate::shell::viewer::{Grant, Viewer, Zone};
use crate::words::Lang;

/// Key of the account in a session.
pub const USER_KEY: &str = "user";
/// Key of an account whose password was right and whose one-time code is still to come.
pub const PENDING_KEY: &str = "pending";
/// Key of a mark that the session came from single sign-on, which knows no password of ours.
pub const SSO_KEY: &str = "single_sign_on";
/// Key of the zone that is shown.
pub const ZONE_KEY: &str = "zone";

/// The account that is signed in; `None` for nobody.
pub async fn signed_in(session: &Session) -> Result<Option<i64>, PageError> {
    session
        .get(USER_KEY)
        .await
        .map_err(|error| PageError::internal(&error))
}

/// The person of an account; `None` when it is disabled, unknown, or of a demonstration that is not
/// running.
pub async fn viewer(
    app: &App,
    session: &Session,
    user_id: i64,
) -> Result<Option<Viewer>, PageError> {
    let user = match app.ledger.user(user_id).await {
        Ok(user) => user,
        Err(LedgerError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if user.disabled || (user.demo && !app.demo) {
        return Ok(None);
    }
    let zones = all_zones(app).await?;
    let grants = grants_of(app, user_id, &zones).await?;
    let mine: Vec<Zone> = zones
        .into_iter()
        .filter(|zone| grants.iter().any(|grant| grant.zone_id == zone.id))
        .collect();
    let chosen: Option<i64> = session
        .get(ZONE_KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let single_sign_on: Option<i64> = session
        .get(SSO_KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let single_sign_on = single_sign_on.is_some();
    let zone = mine
        .iter()
        .find(|zone| Some(zone.id) == chosen)
        .or_else(|| mine.first())
        .cloned();
    Ok(Some(Viewer {
        user_id,
        login: user.login,
        name: user.display_name,
        lang: Lang::default(),
        theme: String::new(),
        now: clock::now(),
        as_of: None,
        zones: mine,
        zone,
        grants,
        password_due: user.must_change_password && !single_sign_on,
    }))
}

/// What has been granted to an account, each grant in its zone.
async fn grants_of(app: &App, user_id: i64, zones: &[Zone]) -> Result<Vec<Grant>, PageError> {
    let mut grants = Vec::new();
    for grant in app.ledger.grants_of(user_id).await? {
        let Some(role) = Role::from_id(&grant.role) else {
            continue;
        };
        match grant.scope {
            GrantScope::Organisation { path, .. } => {
                if let Some(zone) = zones.iter().find(|zone| path.starts_with(&zone.path)) {
                    grants.push(Grant {
                        role,
                        zone_id: zone.id,
                        path: Some(path),
                        enterprise_id: None,
                    });
                }
            }
            GrantScope::Enterprise { subject_id } => {
                let scope = Scope::enterprise(subject_id);
                if let Ok(subject) = app.ledger.subject(&scope, subject_id, AsOf::Now).await {
                    grants.push(Grant {
                        role,
                        zone_id: subject.zone_id,
                        path: None,
                        enterprise_id: Some(subject_id),
                    });
                }
            }
            // Before there is a zone, somebody must be able to add the first.
            GrantScope::Installation if zones.is_empty() => {
                grants.push(Grant {
                    role,
                    zone_id: 0,
                    path: None,
                    enterprise_id: None,
                });
            }
            GrantScope::Installation => grants.extend(zones.iter().map(|zone| Grant {
                role,
                zone_id: zone.id,
                path: Some(zone.path.clone()),
                enterprise_id: None,
            })),
        }
    }
    Ok(grants)
}

/// All zones of the installation, by name.
pub async fn all_zones(app: &App) -> Result<Vec<Zone>, PageError> {
    let organisations = app
        .ledger
        .organisations(&Scope::everything(), AsOf::Now)
        .await?;
    Ok(organisations
        .into_iter()
        .filter(|organisation| organisation.kind == OrganisationKind::Zone)
        .map(|zone| Zone {
            id: zone.id,
            name: zone.name,
            path: zone.path,
        })
        .collect())
}
