//! Accounts to look around with, one per role. Their passwords are known, so `serve` refuses them.

use domain::SubjectKind;
use ledger::accounts::{NewGrant, NewUser};
use ledger::{Action, AsOf, Ledger, Scope, Stamp};
use miette::{IntoDiagnostic, miette};

use super::organisations::DemoZone;
use crate::accounts::passwords;
use crate::shell::role::Role;
use crate::words::Lang;

/// How far an account of the demonstration reaches.
#[derive(Debug, Clone, Copy)]
enum Reach {
    /// The whole installation.
    Installation,
    /// Each of the zones.
    EveryZone,
    /// One organisation under a zone, by the names of both.
    Organisation(&'static str, &'static str),
    /// One enterprise of a zone, by the names of both.
    Enterprise(&'static str, &'static str),
}

/// An account of the demonstration.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// Its role.
    pub role: Role,
    /// What is typed to sign in.
    pub login: &'static str,
    /// The password that everybody knows.
    pub password: &'static str,
    reach: Reach,
}

const fn account(
    role: Role,
    login: &'static str,
    password: &'static str,
    reach: Reach,
) -> DemoAccount {
    DemoAccount {
        role,
        login,
        password,
        reach,
    }
}

/// All of them, in the order in which they are told.
pub const ACCOUNTS: [DemoAccount; 10] = [
    account(Role::Leader, "leader", "demo-leader-2024", Reach::EveryZone),
    account(
        Role::Projects,
        "projects",
        "demo-projects-2024",
        Reach::EveryZone,
    ),
    account(
        Role::Investment,
        "investment",
        "demo-investment-2024",
        Reach::EveryZone,
    ),
    account(Role::Policy, "policy", "demo-policy-2024", Reach::EveryZone),
    account(
        Role::Park,
        "park",
        "demo-park-2024",
        Reach::Organisation("随州高新区", "青春化工园"),
    ),
    account(
        Role::Statistics,
        "statistics",
        "demo-statistics-2024",
        Reach::EveryZone,
    ),
    account(
        Role::Enterprise,
        "enterprise",
        "demo-enterprise-2024",
        Reach::Enterprise("白银高新区", "甘肃东方钛业有限公司"),
    ),
    account(
        Role::Partner,
        "partner",
        "demo-partner-2024",
        Reach::Organisation("珠海高新区", "南方软件园"),
    ),
    account(
        Role::Auditor,
        "auditor",
        "demo-auditor-2024",
        Reach::EveryZone,
    ),
    account(Role::Admin, "admin", "demo-admin-2024", Reach::Installation),
];

/// Adds the accounts that are not there yet, all in one write.
pub async fn add(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    zones: &[DemoZone],
) -> miette::Result<()> {
    let mut new = Vec::new();
    for account in ACCOUNTS {
        if ledger
            .user_by_login(account.login)
            .await
            .into_diagnostic()?
            .is_none()
        {
            let hash = passwords::hash(account.password.to_owned())
                .await
                .into_diagnostic()?;
            new.push((account, hash, grants(ledger, zones, account).await?));
        }
    }
    let mut write = ledger.begin(&stamp()).await.into_diagnostic()?;
    for (account, hash, grants) in new {
        let display_name = Lang::Zh
            .find(&format!("role-{}", account.role.id()))
            .unwrap_or_else(|| account.login.to_owned());
        let user = write
            .add_user(NewUser {
                login: account.login.to_owned(),
                display_name,
                password_hash: Some(hash),
                must_change_password: false,
                external_id: None,
                demo: true,
            })
            .await
            .into_diagnostic()?;
        for grant in grants {
            let grant = NewGrant {
                user_id: user.id,
                ..grant
            };
            write.grant(&grant).await.into_diagnostic()?;
        }
    }
    write
        .commit(Action::new("demo.accounts", "installation", ""))
        .await
        .into_diagnostic()?;
    Ok(())
}

/// What an account is granted; the user's id is put in when it has one.
async fn grants(
    ledger: &Ledger,
    zones: &[DemoZone],
    account: DemoAccount,
) -> miette::Result<Vec<NewGrant>> {
    let grant = |organisation_id, enterprise_id| NewGrant {
        user_id: 0,
        role: account.role.id().to_owned(),
        organisation_id,
        enterprise_id,
    };
    Ok(match account.reach {
        Reach::Installation => vec![grant(None, None)],
        Reach::EveryZone => zones
            .iter()
            .map(|zone| grant(Some(zone.organisation.id), None))
            .collect(),
        Reach::Organisation(zone, name) => {
            let scope = scope_of(zones, zone)?;
            let organisations = ledger
                .organisations(&scope, AsOf::Now)
                .await
                .into_diagnostic()?;
            let found = organisations
                .iter()
                .find(|organisation| organisation.name == name);
            let found = found.ok_or_else(|| miette!("{zone}: {name}"))?;
            vec![grant(Some(found.id), None)]
        }
        Reach::Enterprise(zone, name) => {
            let scope = scope_of(zones, zone)?;
            let zone_id = zone_named(zones, zone)?.organisation.id;
            let found = ledger
                .subjects_by_name(&scope, zone_id, &SubjectKind::Enterprise, name)
                .await
                .into_diagnostic()?;
            let found = found.first().ok_or_else(|| miette!("{zone}: {name}"))?;
            vec![grant(None, Some(found.id))]
        }
    })
}

fn zone_named<'a>(zones: &'a [DemoZone], name: &str) -> miette::Result<&'a DemoZone> {
    let found = zones.iter().find(|zone| zone.organisation.name == name);
    found.ok_or_else(|| miette!("{name}"))
}

fn scope_of(zones: &[DemoZone], name: &str) -> miette::Result<Scope> {
    Ok(Scope::organisation(
        zone_named(zones, name)?.organisation.path.clone(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_account() {
        let roles: Vec<_> = ACCOUNTS.iter().map(|account| account.role).collect();
        assert!(Role::ALL.iter().all(|role| roles.contains(role)));
        assert_eq!(roles.len(), Role::ALL.len());
    }
}
