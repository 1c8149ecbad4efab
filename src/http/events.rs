//! What happens to an article's audio, as server-sent events (HTML Standard §9.2).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;

use super::Site;
use super::audio::NO_BUFFERING;
use super::deliver::{NO_STORE, empty};
use super::error::Error;
use super::extract::{Asked, At, WishQuery, article_id};
use crate::app::Events;

/// What a browser that comes back sends by itself.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A comment goes out after so long without an event, so that nobody between takes the connection for
/// a dead one.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(3);

/// `GET /v1/articles/{id}/events`.
pub(super) async fn of_article(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(query): Asked<WishQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let events = site.app.events(&article_id(&id)?, &query.wish()?, last).await?;
    let coming = match events {
        // A browser does not come back after this (§9.2.3).
        Events::Over => return Ok((StatusCode::NO_CONTENT, [(CACHE_CONTROL, NO_STORE)]).into_response()),
        Events::Coming(coming) => coming,
    };
    if method == Method::HEAD {
        let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, NO_STORE), (NO_BUFFERING, "no")];
        return Ok((headers, empty()).into_response());
    }
    let mut is_first = true;
    let events = futures::stream::unfold(coming, |mut coming| async move {
        let event = coming.recv().await?;
        Some((event, coming))
    })
    .map(move |event| {
        let line = Event::default().event(event.name).id(event.id).data(event.data);
        let first = std::mem::replace(&mut is_first, false);
        Ok::<_, Infallible>(if first { line.retry(RETRY) } else { line })
    });
    // A service that stops does not wait for those who only listen.
    let closing = site.closing.clone();
    let events = events.take_until(async move { closing.cancelled().await });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(CACHE_CONTROL, NO_STORE), (NO_BUFFERING, "no")], stream).into_response())
}
