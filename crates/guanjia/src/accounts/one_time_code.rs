//! One-time codes of an authenticator (TOTP): six digits, thirty seconds, each good once.
//!
//! # Source
//! RFC 6238.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, Secret, TOTP};

const STEP_SECONDS: u64 = 30;

/// A new secret in base 32, as it is stored and typed into an authenticator.
pub fn new_secret() -> String {
    Secret::generate_secret().to_encoded().to_string()
}

fn totp(secret: &str) -> Option<TOTP> {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().ok()?;
    TOTP::new(Algorithm::SHA1, 6, 1, STEP_SECONDS, bytes).ok()
}

/// The time step whose code this is, among the present one and its neighbours; `None` for a wrong
/// code.
pub fn step_of_code(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let totp = totp(secret)?;
    let present = now
        .timestamp()
        .div_euclid(i64::try_from(STEP_SECONDS).ok()?);
    (present - 1..=present + 1).find(|step| {
        u64::try_from(*step).is_ok_and(|step| totp.generate(step * STEP_SECONDS) == code.trim())
    })
}

/// The address that an authenticator reads from a link.
pub fn setup_address(secret: &str, login: &str) -> String {
    let login: String = login
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.@".contains(*c))
        .collect();
    format!("otpauth://totp/Guanjia:{login}?secret={secret}&issuer=Guanjia")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_standard_are_known() {
        // RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890.
        let secret = Secret::Raw(b"12345678901234567890".to_vec())
            .to_encoded()
            .to_string();
        let moment = DateTime::from_timestamp(59, 0).unwrap();
        assert_eq!(step_of_code(&secret, "287082", moment), Some(1));
        assert_eq!(step_of_code(&secret, "287083", moment), None);
        let much_later = DateTime::from_timestamp(200, 0).unwrap();
        assert_eq!(step_of_code(&secret, "287082", much_later), None);
    }

    #[test]
    fn a_new_secret_makes_codes() {
        let secret = new_secret();
        assert!(totp(&secret).is_some());
    }
}
