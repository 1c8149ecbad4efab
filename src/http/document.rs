//! Small text answers (JSON, HTML, XML, VTT): whole, with a tag of what they say, compressible.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
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
    body: Bytes,
    content_type: &'static str,
    cache: &'static str,
    tag: Option<String>,
    modified_ms: Option<i64>,
}

impl Document {
    /// A text of a media type, with its `Cache-Control`.
    pub(super) fn new(content_type: &'static str, cache: &'static str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), content_type, cache, tag: None, modified_ms: None }
    }

    /// A text whose tag ([`tag_of`]) is known already.
    pub(super) fn known(content_type: &'static str, cache: &'static str, body: &Bytes, tag: &str) -> Self {
        Self { tag: Some(tag.to_owned()), ..Self::new(content_type, cache, body.clone()) }
    }

    /// Says when it changed last.
    pub(super) fn modified(self, modified_ms: Option<i64>) -> Self {
        Self { modified_ms, ..self }
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
        let etag = Etag::weak(self.tag.unwrap_or_else(|| tag_of(&self.body)));
        let validators = Validators::new(etag, self.modified_ms);
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
        if let Some(Ok(date)) =
            validators.last_modified.map(|time| HeaderValue::try_from(httpdate::fmt_http_date(time)))
        {
            headers.insert(LAST_MODIFIED, date);
        }
        response
    }
}

/// What tells a text from others.
pub(super) fn tag_of(body: &[u8]) -> String {
    hex::encode(&Sha256::digest(body)[..TAG_HEX / 2])
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
