//! The one shape of every failure: `{"error":{"message","type","param","code"}}`.

use std::borrow::Cow;

use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::{AppError, Kind};

/// Seconds after which a client may try again when nothing better is known.
const RETRY_AFTER_S: u64 = 2;

/// A failure as it is answered.
#[derive(Debug)]
pub(super) struct Error {
    status: StatusCode,
    code: &'static str,
    param: Option<&'static str>,
    message: Cow<'static, str>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Error {
    /// A failure with a status, its stable name and words that say what to do.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, param: None, message: message.into(), headers: Vec::new() }
    }

    /// The request is malformed: 400.
    pub(super) fn invalid(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A publisher's key is needed: 401 (RFC 6750 §3).
    pub(super) fn unauthorized(code: &'static str, message: &'static str) -> Self {
        let challenge = match code {
            "unknown_key" => "Bearer realm=\"listen\", error=\"invalid_token\"",
            _ => "Bearer realm=\"listen\"",
        };
        Self::new(StatusCode::UNAUTHORIZED, code, message)
            .with(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// Names the parameter it is about.
    pub(super) fn about(mut self, param: &'static str) -> Self {
        self.param = Some(param);
        self
    }

    /// Adds a header to the answer.
    pub(super) fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Too much is asked at once: 503.
    pub(super) fn overloaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "too many requests are being served; try again in a moment",
        )
        .with(RETRY_AFTER, RETRY_AFTER_S)
    }

    /// Its words as they are answered.
    pub(super) fn json(&self) -> serde_json::Value {
        let inner = Inner {
            message: &self.message,
            r#type: type_of(self.status),
            param: self.param,
            code: self.code,
        };
        serde_json::json!({ "error": inner })
    }

    /// Its status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Its stable name.
    #[cfg(test)]
    pub(super) fn code(&self) -> &'static str {
        self.code
    }
}

/// The only place where kinds of failure become status codes.
fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::NotBuilt => StatusCode::NOT_IMPLEMENTED,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        if let Some(source) = &error.source {
            tracing::error!(code = error.code, error = format!("{source:#}"), "{}", error.message);
        }
        let mut answer =
            Self { param: error.param, ..Self::new(status_of(error.kind), error.code, error.message) };
        let waits = matches!(error.kind, Kind::Busy | Kind::Unavailable);
        if let Some(seconds) = error.retry_after_s.or(waits.then_some(RETRY_AFTER_S)) {
            answer = answer.with(RETRY_AFTER, seconds);
        }
        answer
    }
}

#[derive(Serialize)]
struct Inner<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'static str>,
    code: &'static str,
}

/// The families of failures, named as OpenAI's clients know them.
fn type_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::NOT_FOUND | StatusCode::GONE => "not_found_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.json())).into_response();
        // A failure must never outlive its cause in a cache.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().extend(self.headers);
        response
    }
}

/// No route has this address: 404.
pub(super) async fn no_route(uri: Uri) -> Error {
    let path: String = uri.path().chars().take(200).collect();
    Error::new(
        StatusCode::NOT_FOUND,
        "no_route",
        format!("there is nothing at {path}; /docs lists what there is"),
    )
}

/// The address exists, the method does not: 405. The router adds `Allow`.
pub(super) async fn no_method(method: Method, uri: Uri) -> Error {
    let path: String = uri.path().chars().take(200).collect();
    let method: String = method.as_str().chars().take(20).collect();
    Error::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("{path} does not take {method}; the header Allow says what it takes"),
    )
}

/// A handler panicked: 500, and not a word of why to the stranger.
pub(super) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("of unknown cause");
    tracing::error!(panic = text, "a request handler panicked");
    Error::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "the service failed on this request; its log has the details",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(error: Error) -> serde_json::Value {
        let bytes = axum::body::to_bytes(error.into_response().into_body(), 1 << 16).await;
        serde_json::from_slice(&bytes.expect("a body")).expect("JSON")
    }

    #[tokio::test]
    async fn every_kind_has_its_status_and_the_one_shape() {
        for (kind, status) in [
            (Kind::Invalid, 400),
            (Kind::Unprocessable, 422),
            (Kind::TooLarge, 413),
            (Kind::NotFound, 404),
            (Kind::Gone, 410),
            (Kind::Conflict, 409),
            (Kind::Stale, 412),
            (Kind::Busy, 429),
            (Kind::Unavailable, 503),
            (Kind::NotBuilt, 501),
            (Kind::Internal, 500),
        ] {
            let error = Error::from(AppError::new(kind, "some_code", "what to do").about("title"));
            assert_eq!(error.status().as_u16(), status, "{kind:?}");
            let waits = error.headers.iter().any(|(name, _)| name == RETRY_AFTER);
            assert_eq!(waits, matches!(status, 429 | 503), "{kind:?}");
            let json = body(error).await;
            assert_eq!(json["error"]["message"], "what to do");
            assert_eq!(json["error"]["param"], "title");
            assert_eq!(json["error"]["code"], "some_code");
            assert!(json["error"]["type"].is_string());
            assert_eq!(json["error"].as_object().map(serde_json::Map::len), Some(4));
        }
    }

    #[tokio::test]
    async fn causes_stay_inside() {
        let error = Error::from(AppError::internal("reading", anyhow::anyhow!("/secret/path")));
        assert!(!body(error).await.to_string().contains("secret"));
        let response = panicked(Box::new("secret".to_owned()));
        assert_eq!(response.status(), 500);
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a body");
        assert!(!String::from_utf8_lossy(&bytes).contains("secret"));
    }

    #[test]
    fn a_failure_says_when_to_try_again_and_is_never_cached() {
        let busy = AppError::new(Kind::Unavailable, "clip_wait", "later").retry_after(7);
        let response = Error::from(busy).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "7");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let response = Error::unauthorized("unknown_key", "no such key").into_response();
        assert!(response.headers()[WWW_AUTHENTICATE].to_str().is_ok_and(|v| v.starts_with("Bearer realm=")));
    }
}
