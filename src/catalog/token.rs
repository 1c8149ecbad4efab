//! The token of a key: `lk_<8 hexadecimal digits>_<32 random bytes in base64url>`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{CatalogError, ErrorKind, Keys, PublisherKey, Result};

/// What every token starts with, so that secret scanners and people know one.
const SCHEME: &str = "lk";
const PREFIX_BYTES: usize = 4;
const SECRET_BYTES: usize = 32;

/// The token of a key, in the clear. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one, from the system's randomness.
    pub(super) fn generate() -> Result<Self> {
        let mut random = [0; PREFIX_BYTES + SECRET_BYTES];
        getrandom::fill(&mut random).map_err(|e| {
            CatalogError::new(ErrorKind::Failed, format!("the system gives no random numbers for a key: {e}"))
        })?;
        let (prefix, secret) = random.split_at(PREFIX_BYTES);
        Ok(Self(format!("{SCHEME}_{}_{}", hex::encode(prefix), URL_SAFE_NO_PAD.encode(secret))))
    }

    /// Reads what a client sent; none when it does not have the form of a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '_');
        let (scheme, prefix, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let lower_hex = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
        let fits = scheme == SCHEME
            && prefix.len() == PREFIX_BYTES * 2
            && prefix.bytes().all(lower_hex)
            && URL_SAFE_NO_PAD.decode(secret).is_ok_and(|secret| secret.len() == SECRET_BYTES);
        fits.then(|| Self(text.to_owned()))
    }

    /// The public part.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.split('_').nth(1).unwrap_or_default()
    }

    /// The whole token: a secret.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({SCHEME}_{}_…)", self.prefix())
    }
}

/// The publisher's key that `text` is the token of, if it is in force. A key of a feed is none.
///
/// # Errors
/// When the keys cannot be read.
pub async fn authenticate(keys: &dyn Keys, text: &str) -> Result<Option<PublisherKey>> {
    Ok(in_force(keys, text).await?.filter(|key| key.feed.is_none()))
}

/// Whether `text` is the token of a key in force that opens this feed.
///
/// # Errors
/// When the keys cannot be read.
pub async fn opens_feed(keys: &dyn Keys, text: &str, feed: &str) -> Result<bool> {
    Ok(in_force(keys, text).await?.is_some_and(|key| key.feed.as_deref() == Some(feed)))
}

async fn in_force(keys: &dyn Keys, text: &str) -> Result<Option<PublisherKey>> {
    let Some(token) = Token::parse(text) else { return Ok(None) };
    let found = keys.key(token.prefix()).await?;
    Ok(found.filter(|key| bool::from(key.sha256.ct_eq(&token.sha256())) && key.revoked_ms.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back_and_differ() {
        let (a, b) = (Token::generate().unwrap(), Token::generate().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.reveal().len(), 3 + 8 + 1 + 43);
        assert_eq!(Token::parse(a.reveal()), Some(a.clone()));
        assert!(!format!("{a:?}").contains(&a.reveal()[12..]));
    }

    #[test]
    fn what_is_not_a_token_is_refused() {
        let token = Token::generate().unwrap();
        let good = token.reveal();
        let bad = [
            String::new(),
            "lk".to_owned(),
            good[..good.len() - 1].to_owned(),
            format!("{good}A"),
            good.replacen("lk_", "sk_", 1),
            good.to_uppercase(),
            format!(" {good}"),
            "lk_0123456g_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        ];
        for bad in bad {
            assert_eq!(Token::parse(&bad), None, "{bad}");
        }
    }
}
