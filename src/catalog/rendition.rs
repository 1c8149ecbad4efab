//! Finished renditions as the catalog takes and gives them.

use crate::article::{ArticleId, Note};

use super::Claim;

/// A finished rendition to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRendition {
    /// Its address: a digest of its pieces, 64 hexadecimal digits.
    pub digest: String,
    /// `mp3`, `wav`, `opus`, `flac`; `mp3-48` for a bit rate that is not the house's own.
    pub format: String,
    /// The bytes before the first clip (tag, header, Info frame), frozen.
    pub head: Vec<u8>,
    /// The ordered pieces with their digests, as JSON.
    pub pieces: String,
    /// Length in frames of 24 ms.
    pub frames: u64,
    /// Length in bytes, head and all.
    pub bytes: u64,
    /// Where each utterance lies, as JSON.
    pub timeline: String,
}

/// A finished revision.
#[derive(Clone, Debug)]
pub struct Finish {
    /// The article.
    pub article_id: ArticleId,
    /// The revision.
    pub revision: String,
    /// The claim under which it was made; none for a further format of a revision, or one made for a
    /// listener.
    pub claim: Option<Claim>,
    /// Its renditions, one for each format.
    pub renditions: Vec<NewRendition>,
    /// What an editor should know of its rendering.
    pub notes: Vec<Note>,
    /// Its clips, so that one that the cache has lost can be made again from its address alone.
    pub clips: Vec<NewClip>,
}

/// A clip of a finished revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClip {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Its sentence.
    pub i: u32,
    /// Its length in bytes.
    pub bytes: u64,
}

/// What finishing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// It is the article's current revision and is served from now on.
    pub serves: bool,
}

/// A finished rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The article.
    pub article_id: ArticleId,
    /// The revision.
    pub revision: String,
    /// What was kept; empty but for digest and format when the article was deleted.
    pub rendition: NewRendition,
    /// Whether its address still answers.
    pub status: RenditionStatus,
    /// When it was finished.
    pub finished_ms: i64,
}

/// Whether an address still answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenditionStatus {
    /// It does.
    Live,
    /// It cannot be made again as it was.
    Gone {
        /// The digest that takes its place.
        replaced_by: Option<String>,
    },
    /// Its article was deleted.
    Deleted,
}
