//! Articles and revisions as the catalog takes and gives them.

use crate::article::{Article, ArticleId, Note};

/// How far a revision's audio is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Accepted; nobody works on it.
    Queued,
    /// Somebody works on it.
    Rendering,
    /// Finished.
    Ready,
    /// Given up; [`Revision::error`] says why.
    Failed,
}

impl State {
    /// Its name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Rendering => "rendering",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

/// What a publisher sent, byte for byte, so that it can be cleaned again by a better front end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Media type of `body`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// Everything else that was asked for, as JSON.
    pub submission: String,
}

/// An article to put.
#[derive(Clone, Debug, PartialEq)]
pub struct NewArticle {
    /// Its name.
    pub id: ArticleId,
    /// Who put it: a key's prefix, or none where no key is needed.
    pub publisher: Option<String>,
    /// The feed it belongs to.
    pub feed: Option<String>,
    /// The canonical address of its page, by which [`ArticleQuery::url`] finds it.
    pub url: Option<String>,
    /// As received.
    pub received: Received,
    /// As cleaned.
    pub article: Article,
    /// Its revision.
    pub revision: NewRevision,
    /// Priority of its audio in the queue; higher goes first.
    pub priority: i64,
}

/// A revision to put.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRevision {
    /// Its name: 16 hexadecimal digits.
    pub name: String,
    /// The voice that reads it.
    pub voice: String,
    /// The rate it is read at.
    pub rate: f64,
    /// The front end that made the script.
    pub front_end_version: u32,
    /// Words that are read.
    pub words: u64,
    /// The frozen script: utterances and segment keys, as JSON.
    pub script: String,
}

/// What a put did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// Whether there was anything new.
    pub change: Change,
    /// Whether a queue entry was made, or made due, for it.
    pub queued: bool,
    /// How far the put revision's audio is.
    pub state: State,
    /// The last finished revision, served meanwhile.
    pub ready_revision: Option<String>,
}

/// What a put changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there, or had been deleted.
    Created,
    /// It is different from before.
    Changed,
    /// It was there like this.
    Unchanged,
}

/// An article in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its name.
    pub id: ArticleId,
    /// Who put it.
    pub publisher: Option<String>,
    /// The feed it belongs to.
    pub feed: Option<String>,
    /// The canonical address of its page.
    pub url: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The language tag.
    pub lang: String,
    /// When it was published, as the article says it.
    pub published: Option<String>,
    /// The revision that should be served.
    pub current_revision: String,
    /// The last finished revision, which is served.
    pub ready_revision: Option<String>,
    /// How far the current revision's audio is.
    pub state: State,
    /// Words of the current revision.
    pub words: u64,
    /// When it was first put.
    pub created_ms: i64,
    /// When a put last changed it.
    pub changed_ms: i64,
    /// It was deleted.
    pub deleted: bool,
}

/// An article.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleRow {
    /// What lists show.
    pub summary: Summary,
    /// As cleaned; empty when it was deleted.
    pub article: Article,
}

/// A revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The article it is a revision of.
    pub article_id: ArticleId,
    /// Its name.
    pub name: String,
    /// The voice that reads it.
    pub voice: String,
    /// The rate it is read at.
    pub rate: f64,
    /// The front end that made the script.
    pub front_end_version: u32,
    /// Words that are read.
    pub words: u64,
    /// The article as it was cleaned then.
    pub article: Article,
    /// The frozen script, as JSON.
    pub script: String,
    /// How far its audio is.
    pub state: State,
    /// What its rendering reported.
    pub notes: Vec<Note>,
    /// Why it failed, or what went wrong last.
    pub error: Option<String>,
    /// When it was made.
    pub created_ms: i64,
    /// When its audio was finished.
    pub finished_ms: Option<i64>,
}

/// Which revision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pick<'a> {
    /// The current one.
    Current,
    /// The last finished one.
    Ready,
    /// The one of this name.
    Named(&'a str),
    /// The newest in this voice at this rate.
    Spoken {
        /// The voice.
        voice: &'a str,
        /// The rate, exactly.
        rate: f64,
    },
}

/// Which articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleQuery {
    /// Only of this feed.
    pub feed: Option<String>,
    /// None of these feeds.
    pub without_feeds: Vec<String>,
    /// Only with exactly this canonical address.
    pub url: Option<String>,
    /// At most so many; at most [`ArticleQuery::LIMIT_MAX`].
    pub limit: u32,
    /// Where the page before ended: its [`Page::next`].
    pub cursor: Option<String>,
}

impl ArticleQuery {
    /// The most articles of one page.
    pub const LIMIT_MAX: u32 = 500;
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The articles, the newest first.
    pub articles: Vec<Summary>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}
