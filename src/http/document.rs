//! Small text answers (JSON, HTML, XML, VTT): whole, with a tag of what they say, compressible.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::conditional::{Etag, Validators, Verdict, evaluate};
use super::deliver::empty;
use super::error::Error;
use crate::app::AppError;

/// Hex digits of the tag.
const TAG_HEX: usize = 32;

/// A text and how it is answered.
pub(super) struct Document {
    body: Vec<u8>,
    content_type: &'static str,
    cache: &'static str,
}

impl Document {
    /// A text of a media type, with its `Cache-Control`.
    pub(super) fn new(content_type: &'static str, cache: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), content_type, cache }
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON: our fault.
    pub(super) fn json(cache: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        let body =
            serde_json::to_vec(value).map_err(|error| AppError::internal("writing the answer", error))?;
        Ok(Self::new("application/json", cache, body))
    }

    /// The answer to a GET or HEAD: all of it, or 304 to those who have it.
    pub(super) fn answer(self, method: &Method, request: &HeaderMap) -> Response {
        // Weak, because the same text may go out compressed (RFC 9110 §8.8.3.3).
        let etag = Etag::weak(&hex::encode(Sha256::digest(&self.body))[..TAG_HEX]);
        let validators = Validators::new(etag, None);
        let verdict = evaluate(method, request, &validators);
        let mut response = match verdict {
            Verdict::Proceed => {
                ([(CONTENT_TYPE, HeaderValue::from_static(self.content_type))], Body::from(self.body))
                    .into_response()
            }
            Verdict::NotModified => (StatusCode::NOT_MODIFIED, empty()).into_response(),
            Verdict::Failed => {
                return Error::new(
                    StatusCode::PRECONDITION_FAILED,
                    "precondition_failed",
                    "it has changed; ask again without the condition",
                )
                .into_response();
            }
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::try_from(validators.etag.header()) {
            headers.insert(ETAG, tag);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::IF_NONE_MATCH;

    use super::*;

    #[test]
    fn a_text_is_sent_once() {
        let answer = |request: &HeaderMap| {
            Document::new("text/vtt; charset=utf-8", "no-cache", "WEBVTT\n").answer(&Method::GET, request)
        };
        let first = answer(&HeaderMap::new());
        assert_eq!(first.status(), 200);
        let tag = first.headers()[ETAG].clone();
        assert!(tag.to_str().is_ok_and(|tag| tag.starts_with("W/\"")));
        let second = answer(&HeaderMap::from_iter([(IF_NONE_MATCH, tag.clone())]));
        assert_eq!((second.status().as_u16(), &second.headers()[ETAG]), (304, &tag));
        assert!(!second.headers().contains_key(CONTENT_TYPE));
        let other = answer(&HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("\"x\""))]));
        assert_eq!(other.status(), 200);
    }
}
