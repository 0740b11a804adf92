//! Every route × role × scope: nobody is let in whom the table of roles does not name, nothing of
//! another zone or park is to be seen, and a route that no line here covers fails the test.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use guanjia::app::routes;
use guanjia::shell::{Access, Permission, Role};
use ledger::Scope;

use crate::house::{
    House, NORTH_ENTERPRISE, NORTH_PROJECT, OTHER_ENTERPRISE, OTHER_PROJECT, SOUTH_ENTERPRISE,
    SOUTH_PROJECT, on_every_database, request,
};

/// Which of the house's things fills the parameters of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    /// Of the zone, and of the park and enterprise that the narrow roles hold.
    Own,
    /// Of the same zone's other park.
    NextPark,
    /// Of the other zone.
    OtherZone,
}

/// The address of a route with its parameters filled in; `None` where no line says how.
///
/// A parameter is known by the word before it: `/projects/{id}` wants a project. A fact is one that
/// the role sees: of an enterprise, or of a project for a role that sees those alone.
async fn filled(house: &House, path: &str, role: Role, whose: Whose) -> Option<String> {
    let mut address = Vec::new();
    let mut word = String::new();
    for piece in path.split('/') {
        if !piece.starts_with('{') {
            word = piece.to_owned();
            address.push(piece.to_owned());
            continue;
        }
        address.push(thing(house, &word, piece, role, whose).await?);
    }
    Some(address.join("/"))
}

async fn thing(house: &House, word: &str, piece: &str, role: Role, whose: Whose) -> Option<String> {
    let (project, enterprise) = match whose {
        Whose::Own => (NORTH_PROJECT, NORTH_ENTERPRISE),
        Whose::NextPark => (SOUTH_PROJECT, SOUTH_ENTERPRISE),
        Whose::OtherZone => (OTHER_PROJECT, OTHER_ENTERPRISE),
    };
    let organisation = match whose {
        Whose::Own => house.north.id,
        Whose::NextPark => house.south.id,
        Whose::OtherZone => house.other_zone.id,
    };
    let (login, auditor) = match whose {
        Whose::OtherZone => ("other-admin", "other-auditor"),
        _ => ("spare", "auditor"),
    };
    Some(match word {
        "assets" => "app.css".to_owned(),
        "projects" => house.subjects[project].to_string(),
        "enterprises" | "subjects" => house.subjects[enterprise].to_string(),
        "facts" if role.may(Permission::SeeEnterprises) => house.facts[enterprise].to_string(),
        "facts" => house.facts[project].to_string(),
        "users" => house.people[login].to_string(),
        "organisations" => organisation.to_string(),
        "grants" => {
            let grants = house
                .app
                .ledger
                .grants_of(house.people[login])
                .await
                .unwrap();
            grants.first().map_or(0, |grant| grant.id).to_string()
        }
        "audit" => entry_about(house, auditor).await.to_string(),
        "sources" => {
            let subject = if role.may(Permission::SeeEnterprises) {
                enterprise
            } else {
                project
            };
            let everything = Scope::everything();
            let fact = house.app.ledger.fact(&everything, house.facts[subject]);
            fact.await.unwrap().source_id.to_string()
        }
        // Things that the house holds none of: an id nobody has is as good as a foreign one.
        "files" if piece.contains("sha") => "0".repeat(64),
        "files" | "tokens" | "imports" | "drafts" | "views" | "undo" => "999999".to_owned(),
        "exports" | "export" | "templates" | "template" => "projects".to_owned(),
        "charts" | "history" => "remarks".to_owned(),
        "policies" | "verdicts" => "hnte_cit_rate".to_owned(),
        _ => return None,
    })
}

/// The entry that says that a person was added.
async fn entry_about(house: &House, login: &str) -> i64 {
    let query = ledger::audit::AuditQuery {
        object_kind: Some("user".to_owned()),
        object_id: Some(house.people[login].to_string()),
        limit: 1,
        ..ledger::audit::AuditQuery::default()
    };
    house.app.ledger.audit_entries(&query).await.unwrap()[0].id
}

/// Things the house holds none of, so that even their owner finds nothing.
fn may_be_missing(path: &str) -> bool {
    [
        "/tokens/",
        "/imports/",
        "/drafts/",
        "/views/",
        "/files/",
        "/undo/",
    ]
    .iter()
    .any(|word| path.contains(&format!("{word}{{")))
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/") && path != "/api/docs"
}

#[tokio::test]
async fn every_route_is_covered() {
    on_every_database(|house| async move {
        let mut missing = Vec::new();
        for route in routes() {
            if filled(&house, route.path, Role::Leader, Whose::Own)
                .await
                .is_none()
            {
                missing.push(route.path);
            }
        }
        assert!(
            missing.is_empty(),
            "the walk does not know how to fill: {missing:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn strangers_are_let_in_nowhere_but_at_the_door() {
    on_every_database(|house| async move {
        let mut let_in = Vec::new();
        for route in routes() {
            let address = filled(&house, route.path, Role::Leader, Whose::Own)
                .await
                .unwrap_or_default();
            let answer = house.ask(request(&route.method, &address, "", "")).await;
            let turned_away = if is_api(route.path) {
                answer.status() == StatusCode::UNAUTHORIZED
            } else {
                answer.asks_to_sign_in()
            };
            if turned_away == (route.access == Access::Public) && !is_door(route.path) {
                let_in.push(format!(
                    "{} {} → {}",
                    route.method,
                    address,
                    answer.status()
                ));
            }
        }
        assert!(let_in.is_empty(), "{let_in:#?}");
    })
    .await;
}

/// The sign-in pages themselves, which lead back to the sign-in page.
fn is_door(path: &str) -> bool {
    path.starts_with("/login") || path == "/language"
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    on_every_database(|house| async move {
        let mut wrong = Vec::new();
        for route in routes() {
            for role in Role::ALL {
                let Some(address) = filled(&house, route.path, role, Whose::Own).await else {
                    continue;
                };
                let cookie = house.session_of(role.id()).await;
                let answer = house
                    .ask(request(&route.method, &address, &cookie, ""))
                    .await;
                let status = answer.status();
                // The start sends on whoever may not see the cockpit.
                let sent_on = route.path == "/" && status == StatusCode::SEE_OTHER;
                let refused = status == StatusCode::FORBIDDEN || sent_on;
                let broken = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
                let lost = route.access.allows(role)
                    && route.method == Method::GET
                    && status == StatusCode::NOT_FOUND
                    && !may_be_missing(route.path)
                    && !is_single_sign_on(route.path);
                let turned_away = route.access != Access::Public
                    && (status == StatusCode::UNAUTHORIZED
                        || (answer.asks_to_sign_in() && route.path != "/logout"));
                if refused == route.access.allows(role) || broken || lost || turned_away {
                    wrong.push(format!(
                        "{} {address} as {} → {status}",
                        route.method,
                        role.id()
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

/// Single sign-on is not set up in this house.
fn is_single_sign_on(path: &str) -> bool {
    path.starts_with("/login/oidc")
}

#[tokio::test]
async fn what_lies_outside_the_scope_is_not_there() {
    on_every_database(|house| async move {
        let mut seen = Vec::new();
        for route in routes()
            .into_iter()
            .filter(|route| route.path.contains('{'))
        {
            if route.access == Access::Public || may_be_missing(route.path) {
                continue;
            }
            for role in Role::ALL {
                if !route.access.allows(role) || is_choice_of_list(route.path) {
                    continue;
                }
                let mut foreign = vec![Whose::OtherZone];
                if matches!(role, Role::Park | Role::Enterprise) && !is_kept_by_zone(route.path) {
                    foreign.push(Whose::NextPark);
                }
                for whose in foreign {
                    seen.extend(looked_at(&house, &route.method, route.path, role, whose).await);
                }
            }
        }
        assert!(seen.is_empty(), "{seen:#?}");
    })
    .await;
}

/// Addresses whose parameter names a list, not a thing.
fn is_choice_of_list(path: &str) -> bool {
    is_list_of_policy(path)
        || ["/exports/{", "/export/{", "/templates/{", "/template/{"]
            .iter()
            .any(|list| path.contains(list))
}

/// What a policy says of all enterprises.
fn is_list_of_policy(path: &str) -> bool {
    path.starts_with("/api/v1/policies/{")
}

/// What belongs to the zone as a whole.
fn is_kept_by_zone(path: &str) -> bool {
    path.starts_with("/users") || path.starts_with("/audit") || path.starts_with("/organisations")
}

/// What is wrong with the answer to somebody who asks for what is not theirs.
async fn looked_at(
    house: &House,
    method: &Method,
    path: &str,
    role: Role,
    whose: Whose,
) -> Option<String> {
    let address = filled(house, path, role, whose).await?;
    let cookie = house.session_of(role.id()).await;
    let before = house.audit_entries().await;
    let answer = house.ask(request(method, &address, &cookie, "")).await;
    let status = answer.status();
    let hidden = if method == Method::GET {
        status == StatusCode::NOT_FOUND
    } else {
        // A form that cannot be read is refused before anything is looked up.
        status.is_client_error() && status != StatusCode::FORBIDDEN
    };
    let written = house.audit_entries().await != before;
    (!hidden || written)
        .then(|| format!("{method} {address} as {} → {status} ({whose:?})", role.id()))
}

#[tokio::test]
async fn lists_show_nothing_from_outside_the_scope() {
    on_every_database(|house| async move {
        let mut seen = Vec::new();
        for route in routes() {
            let is_list = !route.path.contains('{') || is_list_of_policy(route.path);
            if route.method != Method::GET || !is_list {
                continue;
            }
            for role in Role::ALL {
                if route.access == Access::Public || !route.access.allows(role) {
                    continue;
                }
                let mut text = String::new();
                for address in addresses_of(route.path) {
                    text.push_str(&page_of(&house, address, role).await);
                }
                let mut foreign = vec![OTHER_PROJECT, OTHER_ENTERPRISE, "彼区", "other-admin"];
                if matches!(role, Role::Park | Role::Enterprise) {
                    foreign.extend([SOUTH_PROJECT, SOUTH_ENTERPRISE]);
                }
                for name in foreign.into_iter().filter(|name| text.contains(name)) {
                    seen.push(format!("{} as {} shows {name}", route.path, role.id()));
                }
            }
        }
        assert!(seen.is_empty(), "{seen:#?}");
    })
    .await;
}

/// The addresses of a list: one that shows nothing until it is asked for something is asked.
fn addresses_of(path: &'static str) -> Vec<&'static str> {
    match path {
        "/api/v1/facts" => vec![
            "/api/v1/facts?kind=project",
            "/api/v1/facts?kind=enterprise",
            "/api/v1/facts?kind=zone",
            "/api/v1/facts?kind=park",
        ],
        path if is_list_of_policy(path) => vec!["/api/v1/policies/hnte_cit_rate/verdicts"],
        path => vec![path],
    }
}

async fn page_of(house: &Arc<House>, path: &str, role: Role) -> String {
    let cookie = house.session_of(role.id()).await;
    house.get(path, &cookie).await.text()
}

#[tokio::test]
async fn a_person_without_a_role_sees_their_account_and_nothing_else() {
    on_every_database(|house| async move {
        let grants = house
            .app
            .ledger
            .grants_of(house.people["spare"])
            .await
            .unwrap();
        for grant in grants {
            house
                .app
                .ledger
                .revoke_grant(&crate::house::stamp(), grant.id)
                .await
                .unwrap();
        }
        let mut let_in = Vec::new();
        for route in routes() {
            let Access::May(_) = route.access else {
                continue;
            };
            let Some(address) = filled(&house, route.path, Role::Leader, Whose::Own).await else {
                continue;
            };
            let cookie = house.session_of("spare").await;
            let answer = house
                .ask(request(&route.method, &address, &cookie, ""))
                .await;
            let start = route.path == "/" && answer.header("location") == "/account";
            if answer.status() != StatusCode::FORBIDDEN && !start {
                let_in.push(format!("{} {address} → {}", route.method, answer.status()));
            }
        }
        assert!(let_in.is_empty(), "{let_in:#?}");
        let cookie = house.session_of("spare").await;
        assert_eq!(
            house.get("/account", &cookie).await.status(),
            StatusCode::OK
        );
    })
    .await;
}
