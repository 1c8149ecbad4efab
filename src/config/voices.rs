//! Which voice reads what kind of block.

use serde::{Deserialize, Serialize};

/// Voices of blocks by their kind. A kind without one is read by the article's own voice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceByKind {
    /// Of the headline, and of the byline where that is read.
    pub title: Option<String>,
    /// Of the standfirst.
    pub dek: Option<String>,
    /// Of headings inside the body.
    pub heading: Option<String>,
    /// Of quotations set off from the body.
    pub quote: Option<String>,
    /// Of the items of lists.
    pub list_item: Option<String>,
}

impl VoiceByKind {
    /// The voices that it names.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        let Self { title, dek, heading, quote, list_item } = self;
        [title, dek, heading, quote, list_item].into_iter().flatten()
    }
}
