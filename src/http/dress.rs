//! What every answer carries, by whichever way it was made.

use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::{AI_HEADER, AI_NOTE};

/// Middleware around everything, so that a new route cannot forget it.
pub(super) async fn dressed(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    dress(response.headers_mut());
    response
}

/// Browsers take an answer for what it says it is, and run nothing in it; and no audio leaves without
/// the note that a machine reads.
pub(super) fn dress(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if is_audio(headers) {
        mark(headers);
    }
}

/// For audio that does not go by that name: inside of JSON or of events.
pub(super) fn mark(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static(AI_HEADER), HeaderValue::from_static(AI_NOTE));
}

/// Only audio is sent in several ranges.
fn is_audio(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("audio/") || kind.starts_with("multipart/byteranges")
}
