use std::ops::Range;

use bytes::Bytes;

use super::types::{
    Audio, AudioFormat, ByteStream, ClipAddress, Episode, ListQuery, Listing, Published, Readiness,
};
use super::types::{Rendition, Wish};
use super::{AppError, Kind, Manifest, Submission};
use crate::article::ArticleId;
use crate::config::Config;

/// The pieces of a finished rendition.
#[derive(Debug)]
pub(super) struct StoredRope {}

/// Everything the service is made of; cheap to clone.
#[derive(Clone)]
pub struct App {
    config: std::sync::Arc<Config>,
}

fn later<T>() -> Result<T, AppError> {
    Err(AppError::new(Kind::NotBuilt, "not_built", "in the making"))
}

#[allow(clippy::unused_async, missing_docs, unused_variables)]
impl App {
    /// Opens store, catalog and engines, and starts the render loop.
    pub async fn open(config: Config) -> Result<Self, AppError> {
        Ok(Self { config: std::sync::Arc::new(config) })
    }
    /// The configuration it runs on.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// Sets the address that links in manifests and feeds are built on (known once bound).
    pub fn set_public_url(&self, url: &str) {}
    pub fn public_url(&self) -> String {
        String::new()
    }
    pub async fn put_article(&self, id: &ArticleId, submission: Submission) -> Result<Published, AppError> {
        later()
    }
    pub async fn delete_article(&self, id: &ArticleId) -> Result<(), AppError> {
        later()
    }
    pub async fn list(&self, query: ListQuery) -> Result<Listing, AppError> {
        later()
    }
    pub async fn preview(&self, submission: &Submission) -> Result<serde_json::Value, AppError> {
        later()
    }
    pub async fn manifest(&self, id: &ArticleId, wish: &Wish) -> Result<Manifest, AppError> {
        later()
    }
    pub async fn audio(&self, id: &ArticleId, format: AudioFormat, wish: &Wish) -> Result<Audio, AppError> {
        later()
    }
    /// A finished rendition by its digest (hex).
    pub async fn rendition(&self, digest: &str, format: AudioFormat) -> Result<Rendition, AppError> {
        later()
    }
    /// Reads a range of a finished rendition; the first bytes are at hand when this returns.
    pub async fn read(&self, rendition: &Rendition, range: Range<u64>) -> Result<ByteStream, AppError> {
        later()
    }
    /// Makes sentence `i` next if it is not made, waiting at most the configured time.
    pub async fn clip_at(
        &self,
        id: &ArticleId,
        i: usize,
        rev: Option<&str>,
    ) -> Result<ClipAddress, AppError> {
        later()
    }
    /// One made sentence by the SHA-256 (hex) of its bytes.
    pub async fn clip(&self, sha: &str) -> Result<Bytes, AppError> {
        later()
    }
    /// The WebVTT transcript of the last finished revision.
    pub async fn transcript_vtt(&self, id: &ArticleId, wish: &Wish) -> Result<String, AppError> {
        later()
    }
    /// Finished episodes of a feed, newest first.
    pub async fn episodes(&self, feed: &str) -> Result<Vec<Episode>, AppError> {
        later()
    }
    /// Whether a bearer token is a publisher's valid key.
    pub async fn is_publisher(&self, token: &str) -> Result<bool, AppError> {
        later()
    }
    /// Whether any publisher's key exists (configured or in the catalog, not revoked).
    pub async fn has_keys(&self) -> Result<bool, AppError> {
        later()
    }
    pub async fn readiness(&self) -> Readiness {
        Readiness { ready: false, problems: Vec::new() }
    }
    /// Refreshes gauges (queue depth) before metrics are shown.
    pub async fn refresh_gauges(&self) {}
    /// Stops taking work and waits for what is running.
    pub async fn shutdown(&self) {}
}
