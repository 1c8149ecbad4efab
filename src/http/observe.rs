//! What is seen of each request: an id, one line in the log, two figures. No query, no body, no
//! address of a listener.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Counter, Histogram, counter, histogram};
use tracing::Instrument as _;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a caller.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// What requests to no route are counted under, so that strangers cannot invent labels.
const NO_ROUTE: &str = "unmatched";

/// Middleware around everything.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let seen = Seen::start(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", id = seen.id);
    let mut response = next.run(request).instrument(span).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    seen.answered(&method, route, &Tally::of(route, response.status()), &mut response);
    response
}

/// How often a route gave a status, and how long it took.
pub(super) struct Tally {
    answers: Counter,
    seconds: Histogram,
}

impl Tally {
    /// That of a route and a status.
    pub(super) fn of(route: &str, status: StatusCode) -> Self {
        let labels = [("route", route.to_owned()), ("status", status.as_str().to_owned())];
        Self {
            answers: counter!("listen_http_requests_total", &labels),
            seconds: histogram!("listen_http_seconds", "route" => route.to_owned()),
        }
    }
}

/// A request that is being answered.
pub(super) struct Seen {
    started: Instant,
    id: String,
}

impl Seen {
    /// It has come.
    pub(super) fn start(headers: &HeaderMap) -> Self {
        Self { started: Instant::now(), id: request_id(headers) }
    }

    /// It has its answer, which is counted, told in the log, and given the id.
    pub(super) fn answered(self, method: &Method, route: &str, tally: &Tally, response: &mut Response) {
        let (id, status) = (self.id, response.status());
        let elapsed = self.started.elapsed();
        tally.answers.increment(1);
        tally.seconds.record(elapsed.as_secs_f64());
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(id, method = method.as_str(), route, status = status.as_u16(), ms, "answered");
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
    }
}

/// The caller's id when it is a harmless one, so that a line can be followed through proxies;
/// otherwise a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
        !id.is_empty()
            && id.len() <= REQUEST_ID_BYTES_MAX
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    });
    given.map_or_else(new_id, str::to_owned)
}

/// An id that no other request of this process has and that nobody can tell from its neighbours': the
/// number of the request under a secret, since the system's entropy costs a call of it each time.
fn new_id() -> String {
    static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("{:016x}", SECRET.hash_one(NUMBER.fetch_add(1, Ordering::Relaxed)))
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
