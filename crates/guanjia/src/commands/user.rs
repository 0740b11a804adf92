//! `guanjia user`: accounts from the command line.

use std::io::Read;
use std::path::PathBuf;

use domain::SubjectKind;
use ledger::accounts::{NewGrant, NewUser};
use ledger::{AsOf, Ledger, Scope};
use miette::{IntoDiagnostic, miette};

use super::{CommandResult, Outcome, place};
use crate::accounts::passwords;
use crate::shell::role::Role;
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Add {
        login: String,
        #[arg(long)]
        role: String,
        #[arg(long, value_name = "ORG")]
        scope: Option<String>,
        #[arg(long)]
        name: Option<String>,
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    Password {
        login: String,
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    Disable {
        login: String,
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    List {
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    place::runtime()?.block_on(act(&args.what, lang))?;
    Ok(Outcome::Fine)
}

async fn act(what: &What, lang: Lang) -> miette::Result<()> {
    match what {
        What::Add {
            login,
            role,
            scope,
            name,
            data,
        } => {
            let ledger = place::open_ledger(&place::data_dir(data.as_deref())).await?;
            add(
                &ledger,
                login,
                name.as_deref(),
                role,
                scope.as_deref(),
                lang,
            )
            .await
        }
        What::Password { login, data } => {
            let ledger = place::open_ledger(&place::data_dir(data.as_deref())).await?;
            let user = known(&ledger, login, lang).await?;
            let hash = passwords::hash_now(&read_password(login, lang)?);
            ledger
                .set_password(&place::stamp(), user, &hash, false)
                .await
                .into_diagnostic()?;
            Ok(())
        }
        What::Disable { login, data } => {
            let ledger = place::open_ledger(&place::data_dir(data.as_deref())).await?;
            let user = known(&ledger, login, lang).await?;
            ledger
                .set_disabled(&place::stamp(), user, true)
                .await
                .into_diagnostic()?;
            Ok(())
        }
        What::List { data } => {
            let ledger = place::open_ledger(&place::data_dir(data.as_deref())).await?;
            list(&ledger, lang).await
        }
    }
}

async fn known(ledger: &Ledger, login: &str, lang: Lang) -> miette::Result<i64> {
    let user = ledger.user_by_login(login).await.into_diagnostic()?;
    user.map(|user| user.id)
        .ok_or_else(|| miette!("{}", lang.with("user-unknown", login)))
}

fn read_password(login: &str, lang: Lang) -> miette::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .into_diagnostic()?;
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    match passwords::weakness(&password, login) {
        Some(weakness) => Err(miette!("{}", lang.find(weakness.key()).unwrap_or_default())),
        None => Ok(password),
    }
}

async fn add(
    ledger: &Ledger,
    login: &str,
    name: Option<&str>,
    role: &str,
    scope: Option<&str>,
    lang: Lang,
) -> miette::Result<()> {
    let role = Role::from_id(role).ok_or_else(|| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.id()).collect();
        miette!(
            "{}",
            lang.with_all(
                "user-role-unknown",
                &[("value", role), ("known", &known.join(", "))]
            )
        )
    })?;
    let (organisation_id, enterprise_id) = reach(ledger, role, scope, lang).await?;
    if ledger
        .user_by_login(login)
        .await
        .into_diagnostic()?
        .is_some()
    {
        return Err(miette!("{}", lang.with("user-login-taken", login)));
    }
    let hash = passwords::hash_now(&read_password(login, lang)?);
    let mut write = ledger.begin(&place::stamp()).await.into_diagnostic()?;
    let user = write
        .add_user(NewUser {
            login: login.to_owned(),
            display_name: name.unwrap_or(login).to_owned(),
            password_hash: Some(hash),
            must_change_password: false,
            external_id: None,
            demo: false,
        })
        .await
        .into_diagnostic()?;
    let grant = NewGrant {
        user_id: user.id,
        role: role.id().to_owned(),
        organisation_id,
        enterprise_id,
    };
    write.grant(&grant).await.into_diagnostic()?;
    let detail = serde_json::json!({"login": user.login, "role": grant.role});
    let action = ledger::Action::new("user.add", "user", user.id).with(detail);
    write.commit(action).await.into_diagnostic()?;
    Ok(())
}

/// What the scope means: an organisation's name, an enterprise's code; without one, for an
/// administrator, the whole installation.
async fn reach(
    ledger: &Ledger,
    role: Role,
    scope: Option<&str>,
    lang: Lang,
) -> miette::Result<(Option<i64>, Option<i64>)> {
    let Some(wanted) = scope else {
        return if role == Role::Admin {
            Ok((None, None))
        } else {
            Err(miette!("{}", lang.t("user-scope-missing")))
        };
    };
    let everything = Scope::everything();
    let organisations = ledger
        .organisations(&everything, AsOf::Now)
        .await
        .into_diagnostic()?;
    let mut named = organisations
        .iter()
        .filter(|organisation| organisation.name == wanted);
    match (named.next(), named.next()) {
        (Some(one), None) => return Ok((Some(one.id), None)),
        (Some(_), Some(_)) => {
            return Err(miette!("{}", lang.with("user-scope-ambiguous", wanted)));
        }
        (None, _) => {}
    }
    let zones = organisations
        .iter()
        .filter(|organisation| organisation.parent_id.is_none());
    for zone in zones {
        let found = ledger
            .subject_by_code(&everything, zone.id, &SubjectKind::Enterprise, wanted)
            .await
            .into_diagnostic()?;
        if let Some(enterprise) = found {
            return Ok((None, Some(enterprise.id)));
        }
    }
    // The first administrator of a new installation brings its zone along.
    if role == Role::Admin && organisations.is_empty() {
        let zone = ledger
            .add_organisation(
                &place::stamp(),
                ledger::NewOrganisation {
                    parent_id: None,
                    kind: ledger::OrganisationKind::Zone,
                    code: None,
                    name: wanted.to_owned(),
                },
            )
            .await
            .into_diagnostic()?;
        return Ok((Some(zone.id), None));
    }
    Err(miette!("{}", lang.with("user-scope-unknown", wanted)))
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a command goes to standard output"
)]
async fn list(ledger: &Ledger, lang: Lang) -> miette::Result<()> {
    let grants = ledger.grants().await.into_diagnostic()?;
    for user in ledger.users().await.into_diagnostic()? {
        let roles: Vec<&str> = grants
            .iter()
            .filter(|grant| grant.user_id == user.id)
            .map(|grant| grant.role.as_str())
            .collect();
        let state = if user.disabled {
            lang.t("user-disabled")
        } else {
            lang.t("user-active")
        };
        println!(
            "{}\t{}\t{}\t{state}",
            user.login,
            user.display_name,
            roles.join(",")
        );
    }
    Ok(())
}
