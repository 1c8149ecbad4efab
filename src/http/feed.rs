//! Podcast feeds and their cover.

mod rss;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use self::rss::Channel;
use super::Site;
use super::deliver::SHORT;
use super::document::Document;
use super::error::Error;
use super::extract::{At, split_name};
use crate::app::AppError;

/// The cover of feeds that have none of their own; drawn by `scripts/cover.py`.
const COVER: &[u8] = include_bytes!("feed/cover.png");

/// Most episodes in a feed; podcast apps keep the older ones they have seen.
const EPISODES_MAX: usize = 300;

/// `GET /feeds/{feed}.xml`.
pub(super) async fn show(
    State(site): State<Site>,
    At(file): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let named = split_name(&file).filter(|(_, extension)| *extension == "xml");
    let Some((name, feed)) =
        named.and_then(|(name, _)| site.app.config().feed(name).map(|feed| (name, feed)))
    else {
        return Err(Error::new(
            StatusCode::NOT_FOUND,
            "unknown_feed",
            "there is no such feed; /feeds/default.xml always exists, others are set in listen.toml",
        ));
    };
    let mut episodes = site.app.episodes(name).await?;
    episodes.truncate(EPISODES_MAX);
    let public_url = site.app.public_url();
    let channel = Channel { name, feed, public_url: &public_url, episodes: &episodes };
    let xml = rss::write(&channel).map_err(|error| AppError::internal("writing the feed", error))?;
    Ok(Document::new("application/rss+xml; charset=utf-8", SHORT, xml).answer(&method, &headers))
}

/// `GET /cover.png`.
pub(super) async fn cover() -> Response {
    ([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "public, max-age=86400")], COVER).into_response()
}
