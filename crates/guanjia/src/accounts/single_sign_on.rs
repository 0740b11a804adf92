//! Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce.
//!
//! `GUANJIA_OIDC_ISSUER`, `GUANJIA_OIDC_CLIENT_ID` and `GUANJIA_OIDC_REDIRECT` switch it on;
//! `GUANJIA_OIDC_CLIENT_SECRET` is for confidential clients. The provider is asked for the first time
//! when somebody signs in, so that the house opens while the provider is down.
//!
//! An account is known by `issuer|subject`. The first time, it is linked to the account whose login
//! is the e-mail that the provider says it has verified, or else the `preferred_username`: so the
//! provider must not let people choose user names freely. Nobody gets an account by signing in.
//!
//! # Source
//! OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636 (PKCE); RFC 9700 on what may go wrong.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use ledger::accounts::User;
use ledger::{Action, Actor, Sql, Stamp};
use miette::miette;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tower_sessions::Session;

use super::identity::{PENDING_KEY, SSO_KEY};
use super::login;
use super::outbound::Outbound;
use crate::app::App;
use crate::clock;
use crate::shell::{PageError, guard};
use crate::words::Lang;

/// Key of a sign-in that has gone to the provider and not come back.
const AWAY_KEY: &str = "oidc";
/// Seconds after which such a sign-in is no longer taken.
const AWAY_SECONDS_MAX: i64 = 600;
/// How long the provider's addresses and keys are kept before they are asked for again.
const KEPT: Duration = Duration::from_hours(1);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider, as the environment names it.
pub struct SingleSignOn {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    http: Outbound,
    discovered: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// A sign-in on its way, kept in the session.
#[derive(Serialize, Deserialize)]
struct Away {
    state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    next: String,
    begun_at: i64,
}

/// What the provider says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Person {
    external_id: String,
    verified_email: Option<String>,
    username: Option<String>,
}

impl SingleSignOn {
    /// The provider that the environment names; `None` where it names none. Asks nobody yet.
    ///
    /// # Errors
    /// When a setting is missing or an address would send secrets in the clear.
    pub fn from_environment() -> miette::Result<Option<Arc<Self>>> {
        let lang = Lang::of_environment();
        let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(issuer) = setting("GUANJIA_OIDC_ISSUER") else {
            return Ok(None);
        };
        let needed = |name: &str| {
            setting(name).ok_or_else(|| miette!("{}", lang.with("oidc-missing", name)))
        };
        let client_id = needed("GUANJIA_OIDC_CLIENT_ID")?;
        let redirect = needed("GUANJIA_OIDC_REDIRECT")?;
        let secret = setting("GUANJIA_OIDC_CLIENT_SECRET");
        Self::new(&issuer, client_id, secret, &redirect, lang).map(|one| Some(Arc::new(one)))
    }

    /// A provider with these settings.
    ///
    /// # Errors
    /// When an address is none, or is `http:` and not on this machine.
    pub fn new(
        issuer: &str,
        client_id: String,
        client_secret: Option<String>,
        redirect: &str,
        lang: Lang,
    ) -> miette::Result<Self> {
        let wrong = |value: &str| miette!("{}", lang.with("oidc-address-wrong", value));
        for address in [issuer, redirect] {
            if !is_private_enough(address) {
                return Err(miette!("{}", lang.with("oidc-address-open", address)));
            }
        }
        Ok(Self {
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(|_| wrong(issuer))?,
            client_id: ClientId::new(client_id),
            client_secret: client_secret.map(ClientSecret::new),
            redirect: RedirectUrl::new(redirect.to_owned()).map_err(|_| wrong(redirect))?,
            http: Outbound::default(),
            discovered: Mutex::new(None),
        })
    }

    /// Address of the provider.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Asks the provider for its addresses and keys, unless they were asked for within the hour.
    ///
    /// # Errors
    /// The cause in words, when the provider cannot be reached or contradicts itself.
    pub async fn discover(&self) -> Result<CoreProviderMetadata, String> {
        let mut kept = self.discovered.lock().await;
        if let Some((since, metadata)) = kept.as_ref().filter(|(since, _)| since.elapsed() < KEPT) {
            tracing::trace!(age_seconds = since.elapsed().as_secs(), "provider known");
            return Ok(metadata.clone());
        }
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| with_causes(&error))?;
        *kept = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    async fn forget(&self) {
        *self.discovered.lock().await = None;
    }

    async fn client(&self) -> Result<Client, String> {
        let metadata = self.discover().await?;
        let (id, secret) = (self.client_id.clone(), self.client_secret.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, secret);
        Ok(client.set_redirect_uri(self.redirect.clone()))
    }

    /// Trades the code for what the provider says of the person.
    async fn person(&self, code: String, away: Away) -> Result<Person, String> {
        let client = self.client().await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| with_causes(&error))?
            .set_pkce_verifier(away.verifier)
            .request_async(&self.http)
            .await
            .map_err(|error| with_causes(&error))?;
        let claims = match checked_claims(&client, &tokens, &away.nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // The provider has changed its keys since they were asked for.
                self.forget().await;
                checked_claims(&self.client().await?, &tokens, &away.nonce)
            }
            checked => checked,
        }
        .map_err(|error| with_causes(&error))?;
        let mut person = Person {
            external_id: format!("{}|{}", self.issuer.as_str(), claims.subject().as_str()),
            verified_email: verified(claims.email_verified(), claims.email().map(|e| e.as_str())),
            username: claims
                .preferred_username()
                .map(|name| name.as_str().to_owned()),
        };
        if person.verified_email.is_none() || person.username.is_none() {
            let subject = claims.subject().clone();
            if let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) {
                let more: CoreUserInfoClaims = request
                    .request_async(&self.http)
                    .await
                    .map_err(|error| with_causes(&error))?;
                let email = more.email().map(|email| email.as_str());
                person.verified_email = person
                    .verified_email
                    .or_else(|| verified(more.email_verified(), email));
                let name = more
                    .preferred_username()
                    .map(|name| name.as_str().to_owned());
                person.username = person.username.or(name);
            }
        }
        Ok(person)
    }
}

/// Claims of the id token, after signature, issuer, audience, expiry, nonce and the hash of the
/// access token were found right.
fn checked_claims(
    client: &Client,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let other = |words: &str| ClaimsVerificationError::Other(words.to_owned());
    let id_token = tokens
        .id_token()
        .ok_or_else(|| other("the answer holds no id token"))?;
    let verifier = client.id_token_verifier();
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(stated) = claims.access_token_hash() {
        let algorithm = id_token
            .signing_alg()
            .map_err(|_| other("unknown signature"))?;
        let key = id_token
            .signing_key(&verifier)
            .map_err(|_| other("unknown signing key"))?;
        let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
            .map_err(|_| other("the access token's hash cannot be made"))?;
        if found != *stated {
            return Err(other("the access token is not the id token's"));
        }
    }
    Ok(claims.clone())
}

fn verified(is_verified: Option<bool>, email: Option<&str>) -> Option<String> {
    email
        .filter(|_| is_verified == Some(true))
        .map(str::to_owned)
}

/// Whether an address keeps secrets: TLS, or the machine itself.
fn is_private_enough(address: &str) -> bool {
    let Ok(url) = openidconnect::url::Url::parse(address) else {
        return false;
    };
    match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

/// `GET /login/oidc`: off to the provider.
pub async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    session: Session,
    Query(next): Query<login::Next>,
) -> Result<Response, PageError> {
    let Some(provider) = &app.single_sign_on else {
        return Err(PageError::NotFound);
    };
    let client = match provider.client().await {
        Ok(client) => client,
        Err(cause) => {
            tracing::warn!(cause, "the single sign-on provider cannot be used");
            return failed(&app, &headers, "oidc-unreachable", StatusCode::BAD_GATEWAY);
        }
    };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("profile".to_owned()))
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let away = Away {
        state: state.into_secret(),
        nonce,
        verifier,
        next: login::safe_next(next.path()).to_owned(),
        begun_at: clock::now().timestamp(),
    };
    session
        .insert(AWAY_KEY, away)
        .await
        .map_err(|error| PageError::internal(&error))?;
    Ok(Redirect::to(address.as_str()).into_response())
}

/// What the provider sends back.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /login/oidc/callback`: back from the provider, once.
pub async fn finish(
    State(app): State<App>,
    headers: HeaderMap,
    session: Session,
    Query(answer): Query<Answer>,
) -> Result<Response, PageError> {
    let Some(provider) = &app.single_sign_on else {
        return Err(PageError::NotFound);
    };
    let away: Option<Away> = session
        .remove(AWAY_KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    let age = |away: &Away| clock::now().timestamp() - away.begun_at;
    let Some(away) =
        away.filter(|away| same(&away.state, &answer.state) && age(away) <= AWAY_SECONDS_MAX)
    else {
        return failed(&app, &headers, "oidc-stale", StatusCode::BAD_REQUEST);
    };
    if !answer.error.is_empty() || answer.code.is_empty() {
        tracing::warn!(
            error = answer.error.escape_debug().to_string(),
            "provider refused"
        );
        return failed(&app, &headers, "oidc-refused", StatusCode::UNAUTHORIZED);
    }
    let next = away.next.clone();
    let person = match provider.person(answer.code, away).await {
        Ok(person) => person,
        Err(cause) => {
            tracing::warn!(cause, "the provider's answer was not taken");
            return failed(&app, &headers, "oidc-not-taken", StatusCode::BAD_GATEWAY);
        }
    };
    let Some(user) = account_of(&app, &person).await? else {
        return failed(&app, &headers, "oidc-no-account", StatusCode::FORBIDDEN);
    };
    if user.totp_secret.is_some() {
        // Who has set up codes here is asked for one, whatever the provider asked.
        let pending = session.insert(PENDING_KEY, user.id).await;
        pending.map_err(|error| PageError::internal(&error))?;
        return login::ask_code(guard::language(&headers), &next);
    }
    login::enter(&app, &session, &user, "single sign-on").await?;
    session
        .insert(SSO_KEY, 1)
        .await
        .map_err(|error| PageError::internal(&error))?;
    Ok(Redirect::to(login::safe_next(&next)).into_response())
}

/// Compares hashes, so that the time taken tells nothing of the text.
fn same(kept: &str, given: &str) -> bool {
    super::tokens::hash(kept) == super::tokens::hash(given)
}

fn failed(
    app: &App,
    headers: &HeaderMap,
    key: &str,
    status: StatusCode,
) -> Result<Response, PageError> {
    let lang = guard::language(headers);
    let why = lang.find(key).unwrap_or_default();
    login::page_again(app, lang, lang.with("sign-in-oidc-failed", why), status)
}

/// The account of a person, linked where it is met for the first time; `None` where none fits.
async fn account_of(app: &App, person: &Person) -> Result<Option<User>, PageError> {
    let usable = |user: &User| !user.disabled && (app.demo || !user.demo);
    if let Some(user) = app.ledger.user_by_external_id(&person.external_id).await? {
        return Ok(Some(user).filter(usable));
    }
    for name in person.verified_email.iter().chain(&person.username) {
        let found = app.ledger.user_by_login(name).await?;
        if let Some(user) = found.filter(|user| usable(user) && user.external_id.is_none()) {
            return link(app, person, user).await;
        }
    }
    Ok(None)
}

async fn link(app: &App, person: &Person, user: User) -> Result<Option<User>, PageError> {
    let actor = Actor {
        user_id: Some(user.id),
        name: user.login.clone(),
    };
    let write = app.ledger.begin(&Stamp::new(clock::now(), actor)).await?;
    let text = "UPDATE users SET external_id = $1, since_entry = $2 \
         WHERE id = $3 AND external_id IS NULL";
    let external_id = person.external_id.as_str();
    let params = [external_id.into(), write.entry_id().into(), user.id.into()];
    if write.execute(Sql::with(text, params)).await? == 0 {
        write.abandon().await?;
        return Ok(None);
    }
    write
        .commit(Action::new("user.link", "user", user.id))
        .await?;
    Ok(Some(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_over_tls_or_stay_on_the_machine() {
        assert!(is_private_enough("https://sso.zone.example/realms/zone"));
        assert!(is_private_enough("http://127.0.0.1:4000"));
        assert!(is_private_enough("http://localhost:4000"));
        assert!(is_private_enough("http://[::1]:4000/"));
        assert!(!is_private_enough("http://sso.zone.example"));
        assert!(!is_private_enough("http://127.0.0.1.evil.example"));
        assert!(!is_private_enough("ftp://127.0.0.1"));
        assert!(!is_private_enough("sso"));
    }

    #[test]
    fn an_email_counts_when_the_provider_has_verified_it() {
        assert_eq!(
            verified(Some(true), Some("li@zone.example")).as_deref(),
            Some("li@zone.example")
        );
        assert_eq!(verified(Some(false), Some("li@zone.example")), None);
        assert_eq!(verified(None, Some("li@zone.example")), None);
    }

    #[test]
    fn a_provider_in_the_clear_is_refused() {
        let made = SingleSignOn::new(
            "http://sso.zone.example",
            "guanjia".to_owned(),
            None,
            "https://zone.example/login/oidc/callback",
            Lang::En,
        );
        assert!(made.is_err());
    }
}
