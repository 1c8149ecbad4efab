//! Where clips come from.

use crate::article::ArticleId;

/// A clip, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Where it comes from.
    pub source: ClipSource,
}

/// Where a clip comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipSource {
    /// An article that has it.
    pub article_id: ArticleId,
    /// The revision.
    pub revision: String,
    /// The sentence.
    pub i: u32,
    /// Its length in bytes.
    pub bytes: u64,
}
