//! Keys as the catalog gives them.

use super::Token;

/// A key just made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What its owner sends. It is not kept: show it once.
    pub token: Token,
    /// What is kept of it.
    pub key: PublisherKey,
}

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherKey {
    /// Its public part, by which it is found, listed and revoked: 8 of `0-9 a-f`.
    pub prefix: String,
    /// What its owner called it.
    pub name: String,
    /// The private feed that it opens, and nothing else; none for a publisher's key.
    pub feed: Option<String>,
    /// SHA-256 of the whole token. A plain hash is enough: a token is 256 random bits, so there is
    /// nothing to guess.
    pub sha256: [u8; 32],
    /// When it was made.
    pub created_ms: i64,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
}
