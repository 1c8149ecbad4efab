//! Feeds as the catalog gives them.

use super::Summary;
use crate::article::Article;

/// Which part of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedQuery {
    /// The feed; none for all articles.
    pub feed: Option<String>,
    /// The format of the enclosures.
    pub format: String,
    /// At most so many; at most [`FeedQuery::LIMIT_MAX`].
    pub limit: u32,
    /// After so many.
    pub offset: u32,
}

impl FeedQuery {
    /// The most items of one answer.
    pub const LIMIT_MAX: u32 = 1000;
}

/// An article in a feed: always its last finished revision.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedItem {
    /// What lists show.
    pub summary: Summary,
    /// The article as that revision has it.
    pub article: Article,
    /// The revision.
    pub revision: String,
    /// Words that are read.
    pub words: u64,
    /// Address of the rendition in the format that was asked for.
    pub digest: String,
    /// Its length in frames of 24 ms.
    pub frames: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was finished.
    pub finished_ms: i64,
    /// All live renditions of the revision by format, the one above among them.
    pub renditions: Vec<FeedRendition>,
}

/// A rendition as a feed offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRendition {
    /// Its address.
    pub digest: String,
    /// `mp3`, `wav`, `opus`, `flac`.
    pub format: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-384 of its bytes, once they were hashed.
    pub sha384: Option<[u8; 48]>,
}

/// How a feed stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedState {
    /// Grows with every change of what the feed shows; 0 for one that never showed anything.
    pub version: i64,
    /// When it last grew.
    pub changed_ms: i64,
}
