//! What must not be lost: articles as received and as cleaned, their revisions with frozen scripts,
//! finished renditions, keys of publishers, their lexicon, and the render queue.
//!
//! The seam is a few small traits, together `Catalog`; every verb is one
//! transaction. Scripts, pieces and timelines are JSON texts the catalog keeps without looking inside.
//! Times are Unix milliseconds. A new implementation is done when it passes the conformance
//! suite in `tests/it/catalog`.

mod article;
mod clip;
mod clock;
mod error;
mod feed;
mod keys;
mod lexicon;
mod plays;
mod queue;
mod rendition;
mod sqlite;
mod token;

use async_trait::async_trait;

use crate::article::ArticleId;

pub use article::{
    ArticleQuery, ArticleRow, Change, NewArticle, NewRevision, Page, Pick, Put, Received, Revision, State,
    Summary,
};
pub use clip::{Clip, ClipSource};
pub use clock::{Clock, ManualClock};
pub use error::{CatalogError, ErrorKind};
pub use feed::{FeedItem, FeedQuery, FeedRendition, FeedState};
pub use keys::{NewKey, PublisherKey};
pub use lexicon::StoredLexicon;
pub use plays::{ArticlePlays, DayPlays, PLAY_DAYS_KEPT, PlaySums, PlayTotals};
pub use queue::{Claim, ClaimQuery, Depth, MAX_ATTEMPTS, Released, Verdict, backoff_ms};
pub use rendition::{Finish, Finished, NewClip, NewRendition, Rendition, RenditionStatus};
pub use sqlite::{ServeLock, SqliteCatalog};
pub use token::{Token, authenticate, opens_feed};

/// What a verb returns.
pub type Result<T, E = CatalogError> = std::result::Result<T, E>;

/// Articles and their revisions.
#[async_trait]
pub trait Articles: Send + Sync {
    /// Takes an article: what was received, what was cleaned, its revision and the queue entry for its
    /// audio. When this returns, the article is not lost. The same again changes nothing; going back
    /// to an older content finds the old revision, with its audio; after [`Articles::delete_article`] it
    /// starts anew.
    async fn put_article(&self, article: &NewArticle) -> Result<Put>;

    /// Adds a revision beside the current one (another voice or rate of the same content) and queues
    /// it. One that exists is queued again only if it had failed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such article.
    async fn add_revision(&self, id: &ArticleId, revision: &NewRevision, priority: i64) -> Result<Put>;

    /// The article, if it was ever put; a deleted one has [`Summary::deleted`] set and no content.
    async fn article(&self, id: &ArticleId) -> Result<Option<ArticleRow>>;

    /// The article as it was received; none when it is not there or was deleted.
    async fn received(&self, id: &ArticleId) -> Result<Option<Received>>;

    /// One revision of an article.
    async fn revision(&self, id: &ArticleId, pick: Pick<'_>) -> Result<Option<Revision>>;

    /// Articles that were not deleted, the newest first, a page at a time.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a cursor that is none.
    async fn articles(&self, query: &ArticleQuery) -> Result<Page>;

    /// Forgets an article's content and remembers that it was there: its addresses are gone, not
    /// unknown. Whether there was something to delete.
    async fn delete_article(&self, id: &ArticleId) -> Result<bool>;
}

/// Finished audio.
#[async_trait]
pub trait Renditions: Send + Sync {
    /// Takes the finished renditions of a revision, marks it ready, and takes it off the queue (but not
    /// for a further format of one that is ready, which comes without a claim). The article serves it if it is still the current revision. A live rendition of the same revision
    /// and format with another digest is gone from now on and names the new one.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when the claim is no longer the caller's (its lease ran out, the
    /// article was deleted): nothing was written. [`ErrorKind::NotFound`] for an unknown revision.
    async fn finish(&self, finish: &Finish) -> Result<Finished>;

    /// The rendition at an immutable address: of a format, also at a bit rate of its own (`mp3-48`).
    async fn rendition(&self, digest: &str, format: &str) -> Result<Option<Rendition>>;

    /// The live renditions of a revision.
    async fn renditions_of(&self, id: &ArticleId, revision: &str) -> Result<Vec<Rendition>>;

    /// Marks a rendition as gone for good, with the digest that takes its place. Whether it was there.
    async fn mark_gone(&self, digest: &str, format: &str, replaced_by: Option<&str>) -> Result<bool>;
}

/// Podcast feeds: what they show, and since when.
#[async_trait]
pub trait Feeds: Send + Sync {
    /// What a feed shows: finished articles, the newest publication first.
    async fn feed(&self, query: &FeedQuery) -> Result<Vec<FeedItem>>;

    /// How many articles a feed shows in all; `limit` and `offset` do not count.
    async fn feed_len(&self, query: &FeedQuery) -> Result<u64>;

    /// How a feed stands. Read it before [`Feeds::feed`]: what is written from that is then never newer
    /// than it says.
    async fn feed_state(&self, feed: &str) -> Result<FeedState>;

    /// The feed an article belongs to; none for one without a feed, unknown or deleted.
    async fn feed_of(&self, id: &ArticleId) -> Result<Option<String>>;

    /// Id and title of the article that stands under another one in its feed: the finished one that was
    /// published before it.
    async fn follows(&self, id: &ArticleId) -> Result<Option<(ArticleId, Option<String>)>>;

    /// Digest and format of live renditions whose bytes were not hashed yet, the newest first, at most
    /// `limit`.
    async fn unhashed(&self, limit: u32) -> Result<Vec<(String, String)>>;

    /// Keeps the SHA-384 of a rendition's bytes. Whether it was there.
    async fn keep_sha384(&self, digest: &str, format: &str, sha384: &[u8; 48]) -> Result<bool>;
}

/// Where clips come from, so that one that the cache has lost can be made again from its address alone.
#[async_trait]
pub trait Clips: Send + Sync {
    /// Takes down clips whose addresses were handed out before their revision is finished; finishing
    /// takes down all of a revision's own. A clip that is known keeps its source while that is there.
    async fn index_clips(&self, clips: &[Clip]) -> Result<()>;

    /// Where a clip comes from, by the SHA-256 of its bytes; none for one that was never taken down or
    /// whose article was deleted.
    async fn clip(&self, digest: &[u8; 32]) -> Result<Option<ClipSource>>;
}

/// The render queue: at most one live entry for a revision, leased to who works on it.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Queues a revision, or raises the priority of its live entry. A waiting entry keeps its time: a
    /// crowd of listeners must not use up the attempts of what fails. One that was given up starts
    /// over, so that is for publishers and operators to ask.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown revision or a deleted article.
    async fn enqueue(&self, id: &ArticleId, revision: &str, priority: i64) -> Result<()>;

    /// Leases due entries, the highest priority first, then the oldest. Counts an attempt of each.
    async fn claim(&self, query: &ClaimQuery) -> Result<Vec<Claim>>;

    /// Renews a lease for `lease_ms` from now; false when it is no longer the caller's.
    async fn renew(&self, claim: &Claim, lease_ms: i64) -> Result<bool>;

    /// Gives an entry back.
    async fn release(&self, claim: &Claim, verdict: &Verdict) -> Result<Released>;

    /// Makes entries whose lease ran out due again, and gives up on those that used all attempts.
    /// Returns how many leases had run out.
    async fn reap(&self) -> Result<u64>;

    /// What waits and runs.
    async fn depth(&self, publisher: Option<&str>) -> Result<Depth>;

    /// Queues current revisions that are neither ready nor failed and have no live entry, whatever
    /// lost it. Returns how many.
    async fn reconcile(&self) -> Result<u64>;
}

/// Keys of publishers, and of the listeners of private feeds. Only their hashes are kept.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Makes a publisher's key, or one that opens a private feed and nothing else. Its token is shown
    /// this once.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for an empty name or one over 100 characters.
    async fn create_key(&self, name: &str, feed: Option<&str>) -> Result<NewKey>;

    /// All keys, revoked ones too, the oldest first.
    async fn keys(&self) -> Result<Vec<PublisherKey>>;

    /// Revokes a key for good. Whether it was there and in force.
    async fn revoke_key(&self, prefix: &str) -> Result<bool>;

    /// The key with this public prefix, revoked or not.
    async fn key(&self, prefix: &str) -> Result<Option<PublisherKey>>;
}

/// The publisher's lexicon.
#[async_trait]
pub trait Lexicons: Send + Sync {
    /// The lexicon; none when it was never put.
    async fn lexicon(&self) -> Result<Option<StoredLexicon>>;

    /// Puts a lexicon in the place of the one there is, all at once. With `expected` only if that is
    /// still the tag of the one there is (none: there is none).
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when another one is there: nothing was changed.
    async fn put_lexicon(&self, tag: &str, entries: &str, expected: Option<Option<&str>>) -> Result<()>;
}

/// What listeners heard. Sums only: nothing of a visit or a visitor is kept.
#[async_trait]
pub trait Plays: Send + Sync {
    /// Adds to the sums of revisions and of today, all at once. What is of a revision that is not there
    /// (any more) is left out. Returns how many plays were counted.
    async fn add_plays(&self, sums: &[PlaySums]) -> Result<u64>;

    /// The sums of an article's revisions, the newest revision first; none of those never played.
    async fn plays_of(&self, id: &ArticleId) -> Result<Vec<PlaySums>>;

    /// The sums of the last days that had any, today's included, the oldest first: of one article, or
    /// of all.
    async fn play_days(&self, id: Option<&ArticleId>, days: u32) -> Result<Vec<DayPlays>>;

    /// The articles that were played, the most played first.
    async fn most_played(&self, limit: u32) -> Result<Vec<ArticlePlays>>;

    /// The sums over everything that is still there.
    async fn play_totals(&self) -> Result<PlayTotals>;
}

/// The whole catalog.
pub trait Catalog: Articles + Renditions + Feeds + Clips + Queue + Keys + Lexicons + Plays {}

impl<T: Articles + Renditions + Feeds + Clips + Queue + Keys + Lexicons + Plays> Catalog for T {}
