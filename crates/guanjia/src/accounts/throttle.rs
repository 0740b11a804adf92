//! Slows down guessing: after a few failures of a login or an address, a wait that grows.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use chrono::{DateTime, Duration, Utc};
use ledger::Timestamp;
use ledger::accounts::LoginFailures;

use crate::app::App;
use crate::shell::PageError;

/// Failures of one login that cost no wait.
const FREE_FAILURES: i64 = 5;
/// Failures of one address that cost no wait: a whole office may stand behind it.
const FREE_FAILURES_OF_ADDRESS: i64 = 30;
/// The longest wait, in seconds.
const WAIT_SECONDS_MAX: i64 = 900;
/// Failures older than this many minutes no longer count.
pub const WINDOW_MINUTES: i64 = 60;

/// Servers in front of this one, whose word on who asks is taken; this machine is always one.
static TRUSTED: LazyLock<Vec<IpAddr>> = LazyLock::new(|| {
    let listed = std::env::var("GUANJIA_TRUSTED_PROXIES").unwrap_or_default();
    listed
        .split([',', ' '])
        .filter_map(|address| address.parse().ok())
        .collect()
});

/// Where a request comes from; `None` where the house was opened without a network, as tests do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The key its failures are counted under. An IPv6 line has a whole /64 to itself.
    pub fn key(self) -> Option<String> {
        Some(match self.0? {
            IpAddr::V4(address) => format!("address:{address}"),
            IpAddr::V6(address) => {
                let network = address.to_bits() & (u128::MAX << 64);
                format!("address:{}/64", Ipv6Addr::from_bits(network))
            }
        })
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        Ok(Self(peer.map(|peer| {
            behind(peer.to_canonical(), &parts.headers, &TRUSTED)
        })))
    }
}

/// Who asks: the peer, or whom a trusted peer says it asks for. What stands further left in the
/// header came from outside and can be made up.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: IpAddr| address.is_loopback() || trusted.contains(&address);
    if !is_trusted(peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for");
    let mut hops: Vec<&str> = forwarded
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    while let Some(hop) = hops.pop() {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if is_trusted(address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}

/// Seconds still to wait before this key may try again; 0 for none.
pub async fn seconds_to_wait(app: &App, key: &str, now: DateTime<Utc>) -> Result<i64, PageError> {
    let failures = app.ledger.login_failures(key).await?;
    Ok(wait_after(key, failures, now))
}

/// Lets an attempt of this key through, counted as failed, or gives the seconds still to wait. It is counted
/// before the password is looked at and taken back when that was right; of many attempts at once, each sees
/// those before it.
pub async fn admit(app: &App, key: &str, now: DateTime<Utc>) -> Result<i64, PageError> {
    let since = Timestamp::from(now - Duration::minutes(WINDOW_MINUTES));
    loop {
        let seen = app.ledger.login_failures(key).await?;
        let wait = wait_after(key, seen, now);
        if wait > 0 {
            return Ok(wait);
        }
        let counted = app
            .ledger
            .count_login_failure(key, seen, Timestamp::from(now), since);
        if counted.await? {
            return Ok(0);
        }
    }
}

fn wait_after(key: &str, failures: Option<LoginFailures>, now: DateTime<Utc>) -> i64 {
    let Some(failures) = failures else {
        return 0;
    };
    let free = if key.starts_with("address:") {
        FREE_FAILURES_OF_ADDRESS
    } else {
        FREE_FAILURES
    };
    let last = failures.last_at.to_datetime().unwrap_or(now);
    remaining(failures.failures - free, last, now)
}

/// The wait after so many failures beyond the free ones, the last at `last`: 2, 4, 8 … seconds.
fn remaining(beyond: i64, last: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    if beyond < 0 {
        return 0;
    }
    let doublings = u32::try_from(beyond.min(20)).unwrap_or(0) + 1;
    let wait = 2_i64.saturating_pow(doublings).min(WAIT_SECONDS_MAX);
    (wait - (now - last).num_seconds()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_wait_doubles_and_ends() {
        let start = DateTime::UNIX_EPOCH;
        assert_eq!(remaining(-1, start, start), 0);
        assert_eq!(remaining(0, start, start), 2);
        assert_eq!(remaining(2, start, start), 8);
        assert_eq!(remaining(2, start, start + Duration::seconds(5)), 3);
        assert_eq!(remaining(35, start, start), WAIT_SECONDS_MAX);
        assert_eq!(remaining(35, start, start + Duration::hours(1)), 0);
    }

    fn asked_by(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|one| one.parse().unwrap()).collect();
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_servers_are_believed() {
        assert_eq!(asked_by("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(asked_by("127.0.0.1", "198.51.100.1", &[]), "198.51.100.1");
        assert_eq!(
            asked_by("10.0.0.5", "1.1.1.1, 198.51.100.1", &["10.0.0.5"]),
            "198.51.100.1"
        );
        assert_eq!(
            asked_by("127.0.0.1", "198.51.100.1, 10.0.0.5", &["10.0.0.5"]),
            "198.51.100.1"
        );
        assert_eq!(asked_by("127.0.0.1", "nonsense", &[]), "127.0.0.1");
        assert_eq!(asked_by("127.0.0.1", "", &[]), "127.0.0.1");
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one() {
        let key = |text: &str| ClientAddress(Some(text.parse().unwrap())).key().unwrap();
        assert_eq!(key("2001:db8:1:2::7"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::7"), key("2001:db8:1:3::7"));
    }
}
