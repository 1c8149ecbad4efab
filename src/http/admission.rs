//! How many requests are served at once; more wait a little, then are sent away.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::Site;
use super::error::Error;

/// Longest wait of a request for its turn.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// Middleware: one permit for the time until the answer's head is ready. A listener who holds an
/// audio stream open (a paused player does, for hours) holds none.
pub(super) async fn in_turn(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let turn = tokio::time::timeout(TURN_WAIT, site.permits.acquire()).await;
    let Ok(Ok(_permit)) = turn else { return Err(Error::overloaded()) };
    Ok(next.run(request).await)
}
