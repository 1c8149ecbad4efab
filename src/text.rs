//! Page → article → script. Pure and total: nothing here does IO, panics or returns an error; what
//! was dropped, repaired or rewritten is told in notes.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::article::{Lang, Note, Sound};

mod clauses;
mod lexicon;
mod normalize;
mod script;
mod split;

pub use lexicon::{LEXICON_ENTRIES_MAX, Lexicon, LexiconCase, LexiconEntry, LexiconFile, lexicon_problems};
pub use normalize::{Spoken, TOKEN_BYTES_MAX, mentions, spoken};
pub use script::{
    PAUSE_AFTER_HEADING_MS, PAUSE_AFTER_TITLE_MS, PAUSE_BEFORE_HEADING_MS, PAUSE_CLAUSE_MS,
    PAUSE_PARAGRAPH_MS, PAUSE_SENTENCE_MS, script,
};
pub use split::sentences;
mod extract;
mod repair;

pub use extract::{detect, extract, language, warm_up};
pub use repair::{Repaired, repair};

/// The version of this front end; part of a revision's name. Raise it when scripts change.
pub const FRONT_END_VERSION: u32 = 4;

/// Longest utterance, in characters of `source`; a longer sentence is split at clauses.
pub const UTTERANCE_CHARS_MAX: usize = 300;

/// Longest utterance of Chinese and Japanese, in characters of `source`.
pub const UTTERANCE_CHARS_MAX_CJK: usize = 100;

/// What a page is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Look at the text and decide.
    #[default]
    Auto,
    /// HTML.
    Html,
    /// CommonMark, with optional front matter.
    Markdown,
    /// Plain text: an article, or a dump of a page's text with its menus and ads.
    Text,
}

/// What is known or wished besides the page itself.
#[derive(Clone, Debug, Default)]
pub struct ExtractOptions {
    /// What the page is written in.
    pub format: Format,
    /// The page's address, to resolve links and as `url` when the page names none.
    pub url: Option<String>,
    /// The language, when the publisher states it; otherwise the page's own statement, otherwise
    /// what its text looks like.
    pub lang: Option<Lang>,
}

/// How a script is made.
#[derive(Clone, Debug, Default)]
pub struct ScriptOptions {
    /// Read the byline after the title.
    pub read_byline: bool,
    /// How the publisher wants names and terms said.
    pub lexicon: Option<Arc<Lexicon>>,
}

/// One row of the link between `spoken` and `source`: byte ranges that say the same thing. Rows are
/// in order, do not overlap, and every spoken word lies in one.
/// On the wire: `[spoken_start, spoken_end, source_start, source_end]`.
pub type MapRow = [u32; 4];

/// One sentence (or a clause of an over-long one) as a voice is asked to say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// Index of the block it is in.
    pub block: u32,
    /// The text as it stands on the page.
    pub source: String,
    /// What the voice is given: no control characters, no token over 60 bytes.
    pub spoken: String,
    /// Where the words of `spoken` stand in `source`.
    pub map: Vec<MapRow>,
    /// Parts of `spoken` whose sound the publisher's lexicon gives: in order, without overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sounds: Vec<Sound>,
    /// `[k, n]`: part k (from 1) of n of one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<[u32; 2]>,
    /// Silence after it, in milliseconds.
    pub pause_ms: u32,
}

#[cfg(test)]
impl Utterance {
    /// One for tests: a sentence that is said as it is written, in the first block, with a pause after it.
    pub(crate) fn plain(text: &str) -> Self {
        let (source, spoken) = (text.to_owned(), text.to_owned());
        Self { block: 0, source, spoken, map: Vec::new(), sounds: Vec::new(), part: None, pause_ms: 350 }
    }
}

impl Utterance {
    /// The byte range of `source` that a byte range of `spoken` says; the whole of `source` when no
    /// row touches it.
    #[must_use]
    pub fn source_range(&self, spoken: Range<usize>) -> Range<usize> {
        let mut found: Option<Range<usize>> = None;
        for &[spoken_start, spoken_end, source_start, source_end] in &self.map {
            let touches = (spoken_start as usize) < spoken.end && spoken.start < spoken_end as usize;
            if touches {
                let (start, end) = (source_start as usize, source_end as usize);
                found = Some(found.map_or(start..end, |range| range.start.min(start)..range.end.max(end)));
            }
        }
        found.unwrap_or(0..self.source.len())
    }
}

/// The ordered utterances of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The utterances; their index is the sentence index `i` everywhere.
    pub utterances: Vec<Utterance>,
    /// What was rewritten for the voice.
    pub notes: Vec<Note>,
}
