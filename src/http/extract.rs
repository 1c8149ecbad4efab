//! What handlers take out of a request, with failures in our own shape.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::Error;
use crate::app::Wish;
use crate::article::ArticleId;

/// Hex digits of a SHA-256.
const SHA256_HEX: usize = 64;

/// The variable segments of the path.
pub(super) struct At<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Path(segments) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_| Error::invalid("bad_path", "the address is not valid UTF-8"))?;
        Ok(Self(segments))
    }
}

/// The query; parameters that nobody knows are left alone.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let Query(query) = Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| {
            let text = rejection.body_text();
            let why = text.rsplit_once("string: ").map_or(text.as_str(), |(_, why)| why);
            Error::invalid("bad_query", format!("the query does not fit: {why}"))
        })?;
        Ok(Self(query))
    }
}

/// Which rendition is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WishQuery {
    voice: Option<String>,
    rate: Option<f32>,
    rev: Option<String>,
}

impl WishQuery {
    /// The wish, when it can be one.
    pub(super) fn wish(self) -> Result<Wish, Error> {
        if self.rate.is_some_and(|rate| !rate.is_finite()) {
            return Err(Error::invalid("bad_rate", "rate is not a number; use 0.5 to 2.0").about("rate"));
        }
        Ok(Wish { voice: self.voice, rate: self.rate, rev: self.rev })
    }
}

/// An article's id out of the path.
pub(super) fn article_id(segment: &str) -> Result<ArticleId, Error> {
    segment
        .parse()
        .map_err(|bad: crate::article::BadId| Error::invalid("bad_id", bad.to_string()).about("id"))
}

/// `NAME.EXTENSION`, both not empty.
pub(super) fn split_name(file: &str) -> Option<(&str, &str)> {
    file.rsplit_once('.').filter(|(name, extension)| !name.is_empty() && !extension.is_empty())
}

/// A SHA-256 in lower-case hex.
pub(super) fn digest(name: &str) -> Result<&str, Error> {
    let fits = name.len() == SHA256_HEX && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if fits { Ok(name) } else { Err(Error::invalid("bad_digest", "an address of audio is 64 hex digits")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_digests_are_checked() {
        assert_eq!(split_name("3.mp3"), Some(("3", "mp3")));
        assert_eq!(split_name("a.b.xml"), Some(("a.b", "xml")));
        for bad in ["mp3", ".mp3", "3.", "."] {
            assert_eq!(split_name(bad), None, "{bad}");
        }
        assert!(digest(&"0f".repeat(32)).is_ok());
        for bad in ["", "0f", &"0F".repeat(32), &"0g".repeat(32), &"0f".repeat(33)] {
            assert!(digest(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_a_number() {
        let wish = |rate| WishQuery { rate: Some(rate), ..WishQuery::default() }.wish();
        assert_eq!(wish(1.5).ok().and_then(|wish| wish.rate), Some(1.5));
        assert!(wish(f32::NAN).is_err());
        assert!(wish(f32::INFINITY).is_err());
    }
}
