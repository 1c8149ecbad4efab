//! How often one address may do something: a bucket of tokens for each, in memory only.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use moka::sync::Cache;

/// Buckets that are remembered. When there are more, the ones unused for longest are forgotten, which
/// fills them.
const BUCKETS_MAX: u64 = 100_000;

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

impl Peer {
    /// Who sent a request. A proxy beside the service or in the same private network is believed about
    /// whom it asks for: it wrote the last entry of `X-Forwarded-For`. Nobody else is. None for what is
    /// nearby and names nobody: a program here, or a proxy that would stand for all its visitors.
    pub(super) fn behind(self, headers: &HeaderMap) -> Option<Self> {
        if !is_near(self.0) {
            return Some(self);
        }
        let told = headers.get_all("x-forwarded-for").iter().next_back()?;
        told.to_str().ok()?.rsplit(',').next()?.trim().parse().ok().map(Self)
    }

    /// What one customer has: an IPv4 address, or a network of IPv6 (a /64, RFC 6177).
    fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
            ip => ip,
        }
    }
}

fn is_near(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

/// A rule, and a bucket for each who comes under it. Addresses are held only as hashes under a secret
/// of this process.
pub(super) struct Quota {
    at_once: u32,
    one_more_each: Duration,
    secret: RandomState,
    buckets: Cache<u64, Arc<Mutex<Bucket>>>,
}

struct Bucket {
    /// When it will be full again.
    full_at: Instant,
}

impl Quota {
    /// So many at once, and then one more each `one_more_each`.
    pub(super) fn new(at_once: u32, one_more_each: Duration) -> Self {
        let buckets =
            Cache::builder().max_capacity(BUCKETS_MAX).time_to_idle(one_more_each * at_once).build();
        Self { at_once, one_more_each, secret: RandomState::new(), buckets }
    }

    /// Takes one; otherwise says how long to wait for it.
    pub(super) fn take(&self, peer: Peer, what: &str, now: Instant) -> Result<(), Duration> {
        let name = self.secret.hash_one((peer.network(), what));
        let bucket = self.buckets.get_with(name, || Arc::new(Mutex::new(Bucket { full_at: now })));
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = bucket.full_at.max(now) + self.one_more_each;
        let wait = (full_at - now).saturating_sub(self.one_more_each * self.at_once);
        if !wait.is_zero() {
            return Err(wait);
        }
        bucket.full_at = full_at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn peer(ip: &str) -> Peer {
        Peer(ip.parse().expect("an address"))
    }

    #[test]
    fn a_few_pass_at_once_and_then_one_at_a_time() {
        let quota = Quota::new(3, MINUTE);
        let (here, start) = (peer("192.0.2.1"), Instant::now());
        for _ in 0..3 {
            assert_eq!(quota.take(here, "a", start), Ok(()));
        }
        assert_eq!(quota.take(here, "a", start), Err(MINUTE));
        assert_eq!(quota.take(here, "a", start + MINUTE / 2), Err(MINUTE / 2));
        assert_eq!(quota.take(here, "b", start), Ok(()), "another article");
        assert_eq!(quota.take(peer("192.0.2.2"), "a", start), Ok(()), "another address");
        assert_eq!(quota.take(here, "a", start + MINUTE), Ok(()));
        assert!(quota.take(here, "a", start + MINUTE).is_err());
        let later = start + 10 * MINUTE;
        assert_eq!((0..9).filter(|_| quota.take(here, "a", later).is_ok()).count(), 3, "never more at once");
    }

    #[test]
    fn a_network_of_one_customer_is_one_address() {
        let quota = Quota::new(1, MINUTE);
        let now = Instant::now();
        assert_eq!(quota.take(peer("2001:db8:0:1::1"), "a", now), Ok(()));
        assert!(quota.take(peer("2001:db8:0:1:ffff::2"), "a", now).is_err());
        assert_eq!(quota.take(peer("2001:db8:0:2::1"), "a", now), Ok(()));
        assert_eq!(quota.take(peer("192.0.2.1"), "a", now), Ok(()));
        assert!(quota.take(peer("::ffff:192.0.2.1"), "a", now).is_err(), "the same, mapped");
    }

    #[test]
    fn only_a_proxy_nearby_is_believed() {
        let headers = |values: &[&str]| {
            let values = values.iter().map(|value| value.parse().expect("a value"));
            values.map(|value| (axum::http::HeaderName::from_static("x-forwarded-for"), value)).collect()
        };
        let told: HeaderMap = headers(&["198.51.100.1, 203.0.113.9"]);
        for (from, expected) in [
            ("127.0.0.1", "203.0.113.9"),
            ("10.1.2.3", "203.0.113.9"),
            ("::1", "203.0.113.9"),
            ("fd00::5", "203.0.113.9"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(peer(from).behind(&told), Some(peer(expected)), "{from}");
        }
        for told in [&[][..], &["unknown"], &["203.0.113.9, "], &["203.0.113.9", "x"]] {
            assert_eq!(peer("127.0.0.1").behind(&headers(told)), None, "{told:?}");
        }
        let last = headers(&["198.51.100.1", "203.0.113.9"]);
        assert_eq!(peer("127.0.0.1").behind(&last), Some(peer("203.0.113.9")));
    }
}
