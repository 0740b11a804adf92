//! Tokens for programs: shown once, kept as a hash.

use ledger::Timestamp;
use ledger::accounts::ApiToken;
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::clock;
use crate::shell::PageError;

/// What every token begins with, so that a leaked one is recognised.
const PREFIX: &str = "guanjia_";

/// A new secret.
pub fn new_secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("{PREFIX}{}", hex::encode(bytes))
}

/// What is kept of a secret. It has 256 random bits, so one plain hash is enough.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// The token of this secret; `None` for a wrong, revoked or outdated one.
pub async fn token_of(app: &App, secret: &str) -> Result<Option<ApiToken>, PageError> {
    let now = Timestamp::from(clock::now());
    Ok(app.ledger.api_token(&hash(secret), now).await?)
}
