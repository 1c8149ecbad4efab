//! The publisher's lexicon as the catalog keeps it.

/// The lexicon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLexicon {
    /// What tells it from every other one.
    pub tag: String,
    /// Its entries, as JSON.
    pub entries: String,
    /// When it was put.
    pub changed_ms: i64,
}
