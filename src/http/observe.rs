//! What is seen of each request: an id, one line in the log, two figures. No query, no body, no
//! address of a listener.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, histogram};
use tracing::Instrument as _;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a caller.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// What requests to no route are counted under, so that strangers cannot invent labels.
const NO_ROUTE: &str = "unmatched";

/// Middleware around everything.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    let status_label = response.status().as_str().to_owned();
    counter!("listen_http_requests_total", "route" => route.to_owned(), "status" => status_label)
        .increment(1);
    histogram!("listen_http_seconds", "route" => route.to_owned()).record(elapsed.as_secs_f64());
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(id, method = method.as_str(), route, status, ms, "answered");
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// The caller's id when it is a harmless one, so that a line can be followed through proxies;
/// otherwise a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
        !id.is_empty()
            && id.len() <= REQUEST_ID_BYTES_MAX
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    });
    given.map_or_else(
        || {
            let mut random = [0u8; 8];
            // Without entropy the line has an id of zeros: worse to find, nothing else.
            let _ = getrandom::fill(&mut random);
            hex::encode(random)
        },
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_id_is_kept_only_when_it_is_harmless() {
        let id = |value: &str| {
            request_id(&HeaderMap::from_iter([(
                X_REQUEST_ID,
                HeaderValue::try_from(value).expect("a value"),
            )]))
        };
        assert_eq!(id("abc-1.2_3"), "abc-1.2_3");
        for bad in ["", "a b", "a\"b", "a=b", &"x".repeat(65)] {
            let made = id(bad);
            assert!(made.len() == 16 && made != bad, "{bad}");
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
