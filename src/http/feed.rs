//! Podcast feeds and their cover.

mod rss;
mod written;

use axum::extract::State;
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use self::written::Wanted;
pub(super) use self::written::Written;
use super::Site;
use super::deliver::{PRIVATE, SHORT};
use super::document::Document;
use super::error::Error;
use super::extract::{Asked, At, split_name};

/// The cover of feeds that have none of their own; drawn by `scripts/cover.py`.
const COVER: &[u8] = include_bytes!("feed/cover.png");

/// Which part of a feed, and by which right.
#[derive(Deserialize)]
pub(super) struct Part {
    page: Option<u32>,
    key: Option<String>,
}

/// `GET /feeds/{feed}.xml`.
pub(super) async fn show(
    State(site): State<Site>,
    At(file): At<String>,
    Asked(part): Asked<Part>,
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
    let key = match (feed.private, part.key) {
        (false, _) => None,
        (true, Some(key)) if site.app.opens_feed(&key, name).await? => Some(key),
        (true, _) => {
            return Err(Error::unauthorized(
                "private",
                "this feed is private: its address carries a `key`, which is missing, wrong or revoked; \
                 ask the publisher for a new address",
            ));
        }
    };
    let wanted = Wanted { name, feed, page: part.page.unwrap_or(1) };
    let written = site.feeds.get(&site.app, wanted).await?;
    let xml = match &key {
        None => Document::known(RSS, SHORT, &written.body, &written.tag),
        Some(key) => Document::new(RSS, PRIVATE, written.with_key(key)),
    };
    let mut response = xml.modified(written.modified_ms()).answer(&method, &headers);
    if key.is_some() {
        response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    Ok(response)
}

const RSS: &str = "application/rss+xml; charset=utf-8";

/// `GET /cover.png`.
pub(super) async fn cover(method: Method, headers: HeaderMap) -> Response {
    Document::new("image/png", "public, max-age=86400", COVER).answer(&method, &headers)
}
