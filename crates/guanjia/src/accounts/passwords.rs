//! Passwords: argon2id hashes, and what a password must be.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Fewest characters of a password.
///
/// # Source
/// NIST SP 800-63B-4 asks for 8 with a second factor and 15 without; ten is between, with throttling.
pub const LENGTH_MIN: usize = 10;

/// Most characters, so that hashing stays cheap.
pub const LENGTH_MAX: usize = 200;

/// Why a password is not taken; the name is the key of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Under [`LENGTH_MIN`] or over [`LENGTH_MAX`] characters.
    Length,
    /// One character, or the login, over and over.
    Guessable,
}

impl Weakness {
    /// Key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Length => "password-length",
            Self::Guessable => "password-guessable",
        }
    }
}

/// Whether a password may be used.
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        return Some(Weakness::Length);
    }
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let contains_login = login.len() > 3 && password.to_lowercase().contains(&login.to_lowercase());
    (distinct.len() < 4 || contains_login).then_some(Weakness::Guessable)
}

/// The hash of a password, salted anew, in its text form. Takes tens of milliseconds on purpose.
pub async fn hash(password: String) -> Result<String, tokio::task::JoinError> {
    tokio::task::spawn_blocking(move || hash_now(&password)).await
}

/// As [`hash`], on this thread: for commands.
pub fn hash_now(password: &str) -> String {
    Argon2::default()
        .hash_password(password.as_bytes())
        .expect("the default parameters are valid and the system has randomness")
        .to_string()
}

/// Whether the password has this hash. Where there is none, as much time is spent, so that nobody
/// learns from the clock which logins exist.
pub async fn verify(
    password: String,
    hash: Option<String>,
) -> Result<bool, tokio::task::JoinError> {
    tokio::task::spawn_blocking(move || {
        if let Some(Ok(hash)) = hash.as_deref().map(PasswordHash::new) {
            return Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok();
        }
        hash_now(&password);
        false
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let stored = hash("长城外古道边-2024".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(
            verify("长城外古道边-2024".to_owned(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify("长城外古道边-2025".to_owned(), Some(stored))
                .await
                .unwrap()
        );
        assert!(!verify("anything".to_owned(), None).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_named() {
        assert_eq!(weakness("short", "li"), Some(Weakness::Length));
        assert_eq!(weakness("aaaaaaaaaaaa", "li"), Some(Weakness::Guessable));
        assert_eq!(
            weakness("zhangsan-2024", "zhangsan"),
            Some(Weakness::Guessable)
        );
        assert_eq!(weakness("correct horse", "li"), None);
    }
}
