//! Articles of private feeds: by id they answer who shows a key of the feed, or a publisher's.
//!
//! The immutable addresses of audio need none: they cannot be guessed, and only those who were let in
//! learn them.

use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::deliver::PRIVATE;
use super::error::Error;
use super::extract::Asked;
use super::{Site, access};
use crate::article::ArticleId;

#[derive(Deserialize)]
struct Shown {
    key: Option<String>,
}

/// Middleware of the routes that listeners ask by an article's id.
pub(super) async fn only_subscribers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let private = match private_feed(&site, &mut parts).await {
        Ok(None) => return next.run(Request::from_parts(parts, body)).await,
        Ok(Some(feed)) => admit(&site, &mut parts, &feed).await,
        Err(error) => Err(error),
    };
    if let Err(error) = private {
        return error.into_response();
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Refuses what only subscribers may have, where no key could let anybody in: in frames, to oEmbed.
///
/// # Errors
/// 401 for an article of a private feed.
pub(super) async fn refuse_private(site: &Site, id: &ArticleId) -> Result<(), Error> {
    match site.app.private_feed_of(id).await? {
        None => Ok(()),
        Some(_) => Err(Error::unauthorized("private", "this article is for subscribers of a private feed")),
    }
}

/// The private feed of the article that the address names.
async fn private_feed(site: &Site, parts: &mut Parts) -> Result<Option<String>, Error> {
    let Ok(segments) = RawPathParams::from_request_parts(parts, &()).await else { return Ok(None) };
    let id = segments.iter().find(|(name, _)| *name == "id").and_then(|(_, id)| id.parse::<ArticleId>().ok());
    match id {
        Some(id) => Ok(site.app.private_feed_of(&id).await?),
        None => Ok(None),
    }
}

async fn admit(site: &Site, parts: &mut Parts, feed: &str) -> Result<(), Error> {
    let Asked(shown) = Asked::<Shown>::from_request_parts(parts, &()).await?;
    if let Some(key) = shown.key
        && site.app.opens_feed(&key, feed).await?
    {
        return Ok(());
    }
    match access::admit_publisher(site, parts).await {
        Err(error)
            if error.status() == StatusCode::UNAUTHORIZED || error.status() == StatusCode::FORBIDDEN =>
        {
            Err(Error::unauthorized(
                "private",
                "this article is for subscribers of a private feed: use the addresses that the feed holds, \
                 with their `key`, or send a publisher's key",
            ))
        }
        admitted => admitted,
    }
}
