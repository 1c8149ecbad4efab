//! No audio leaves without the note that a machine reads.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::{AI_HEADER, AI_NOTE};

/// Middleware around everything, so that a new route of audio cannot forget it.
pub(super) async fn disclose(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if is_audio(response.headers()) {
        mark(response.headers_mut());
    }
    response
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
