//! Xml as they were written: once for each change, however many apps ask.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use moka::future::Cache;

use super::rss::{self, Channel};
use crate::app::{App, AppError};
use crate::config::Feed;
use crate::http::document::tag_of;

/// Memory for written feeds, in bytes.
const BYTES_MAX: u64 = 32 << 20;

/// A feed that nobody asks for is forgotten after this time.
const IDLE_MAX: Duration = Duration::from_secs(3600);

/// Stands for the key in the one written form of a private feed.
const KEY: &str = "listeners-own-key";

/// The written feeds: by name, page, and the version of what they show.
#[derive(Clone)]
pub(in crate::http) struct Written {
    documents: Cache<(String, u32, i64), Arc<Xml>>,
    started_ms: i64,
}

/// One written document.
#[derive(Debug)]
pub(super) struct Xml {
    /// The XML; a private feed's with [`KEY`] where each listener's own belongs.
    pub(super) body: Bytes,
    /// What tells it from others.
    pub(super) tag: String,
    /// When what it shows, or the program that shows it, changed last.
    changed_ms: i64,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The feed's name.
    pub(super) name: &'a str,
    /// What the configuration says of it.
    pub(super) feed: &'a Feed,
    /// The page, from 1.
    pub(super) page: u32,
}

impl Written {
    /// Nothing yet.
    pub(in crate::http) fn new() -> Self {
        let weight =
            |_: &(String, u32, i64), feed: &Arc<Xml>| u32::try_from(feed.body.len()).unwrap_or(u32::MAX);
        let documents =
            Cache::builder().max_capacity(BYTES_MAX).weigher(weight).time_to_idle(IDLE_MAX).build();
        Self { documents, started_ms: now_ms() }
    }

    /// The document as it stands now.
    ///
    /// # Errors
    /// A page that the feed does not have; a catalog that cannot be read.
    pub(super) async fn get(&self, app: &App, wanted: Wanted<'_>) -> Result<Arc<Xml>, AppError> {
        let state = app.feed_state(wanted.name).await?;
        let changed_ms = state.changed_ms.max(self.started_ms);
        let name = (wanted.name.to_owned(), wanted.page, state.version);
        let written = self.documents.try_get_with(name, write(app, wanted, changed_ms)).await;
        written.map_err(|shared| match Arc::try_unwrap(shared) {
            Ok(error) => error,
            // Somebody else who waited for it tells the log its cause.
            Err(shared) => AppError::new(shared.kind, shared.code, shared.message.clone()),
        })
    }
}

async fn write(app: &App, wanted: Wanted<'_>, changed_ms: i64) -> Result<Arc<Xml>, AppError> {
    let page = app.feed_page(wanted.name, wanted.page).await?;
    let private = wanted.feed.private;
    let xml = rss::write(&Channel {
        name: wanted.name,
        feed: wanted.feed,
        public_url: &app.public_url(),
        hub: app.config().hub.as_deref().filter(|_| !private),
        key: private.then_some(KEY),
        page: &page,
    });
    let body = xml.map_err(|error| AppError::internal("writing the feed", error))?;
    Ok(Arc::new(Xml { tag: tag_of(&body), body: Bytes::from(body), changed_ms }))
}

impl Xml {
    /// The document of the listener who has this key.
    pub(super) fn with_key(&self, key: &str) -> Vec<u8> {
        String::from_utf8_lossy(&self.body).replace(KEY, key).into_bytes()
    }

    /// What `Last-Modified` may say. In the second of a change it says nothing: another change in the
    /// same second would have the same date.
    pub(super) fn modified_ms(&self) -> Option<i64> {
        (now_ms() / 1000 > self.changed_ms / 1000).then_some(self.changed_ms)
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
