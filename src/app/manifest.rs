mod making;
mod seen;

pub(super) use seen::Seen;

pub(super) use making::query_of;

use serde::Serialize;

use super::{Offers, Ui};
use crate::article::{ArticleId, BlockKind};
use crate::catalog::State;

/// What a player needs to know of an article. Addresses are relative to the service's root, whatever
/// name it is reached by.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Version of this shape.
    pub v: u32,
    /// The article.
    pub id: ArticleId,
    /// The revision this manifest is of.
    pub revision: String,
    /// The revision whose audio is finished and served meanwhile.
    pub ready_revision: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// Its language.
    pub lang: String,
    /// The page's address.
    pub url: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// Its lead image.
    pub image: Option<String>,
    /// The voice that reads it, but for sentences that name another.
    pub voice: String,
    /// The rate it is read at, against the voice's house pace.
    pub rate: f64,
    /// What else may be asked for, with `?voice=` and `?rate=`.
    pub offers: Offers,
    /// How far its audio is.
    pub state: State,
    /// Why it failed, or what is missing for it to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Length of the audio.
    pub duration_ms: u64,
    /// Whether that is an estimate.
    pub duration_is_estimate: bool,
    /// Words that are read.
    pub words: usize,
    /// Minutes to read it silently.
    pub read_minutes: usize,
    /// Minutes to hear it.
    pub listen_minutes: u64,
    /// "🎧 5 min listen", in the language of the article.
    pub label: String,
    /// Length of a frame.
    pub frame_ms: u64,
    /// The finished audio, or the address that streams it.
    pub audio: Vec<AudioLink>,
    /// What all clips have in common.
    pub clips: ClipFormat,
    /// The sentences in order.
    pub sentences: Vec<Sentence>,
    /// The article to go on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// What the player says, in the language of the article.
    pub ui: &'static Ui,
    /// Addresses of what belongs to it.
    pub links: Links,
    /// Said wherever the audio goes.
    pub ai: &'static str,
}

/// The article that stands under another one in its feed.
#[derive(Clone, Debug, Serialize)]
pub struct Next {
    /// Its id.
    pub id: ArticleId,
    /// Its headline, or its id.
    pub title: String,
}

/// One form of the whole audio.
#[derive(Clone, Debug, Serialize)]
pub struct AudioLink {
    /// Its address.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: &'static str,
    /// Its length, when it is finished.
    pub bytes: Option<u64>,
    /// Its bit rate in kbit/s, where it is not the house's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kbps: Option<u32>,
    /// Of a finished MP3: the address of the same sound without its ID3 tag, see [`crate::app::App::untagged`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untagged: Option<String>,
}

/// What all clips have in common.
#[derive(Clone, Debug, Serialize)]
pub struct ClipFormat {
    /// Their media type.
    #[serde(rename = "type")]
    pub media_type: &'static str,
    /// Bytes of one frame.
    pub bytes_per_frame: usize,
    /// One frame of silence, in base64, to fill pauses with.
    pub silent_frame: String,
}

/// How far a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SentenceState {
    /// Not made yet.
    Pending,
    /// Made.
    Ready,
    /// The engine could not say it.
    Skipped,
}

/// One sentence.
#[derive(Clone, Debug, Serialize)]
pub struct Sentence {
    /// Its index.
    pub i: usize,
    /// Index of the block it is in.
    pub block: u32,
    /// Kind of that block.
    pub kind: BlockKind,
    /// `[k, n]`: part k of n of one long sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<[u32; 2]>,
    /// The voice that reads it, where that is not the article's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Its text as on the page.
    pub text: String,
    /// Where it starts; null while something before it is not made yet.
    pub start_frame: Option<u64>,
    /// Its length: real when it is ready, otherwise an estimate.
    pub frames: u64,
    /// Silence after it.
    pub pause_frames: u64,
    /// How far it is.
    pub state: SentenceState,
    /// Address of its clip.
    pub clip: String,
    /// `[offset, length, start_ms, end_ms]` a word: UTF-16 code units of `text`, milliseconds from
    /// the sentence's own start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<[u32; 4]>,
}

/// Addresses of what belongs to an article.
#[derive(Clone, Debug, Serialize)]
pub struct Links {
    /// WebVTT transcript.
    pub vtt: String,
    /// SubRip transcript.
    pub srt: String,
    /// Transcript in the podcast namespace's JSON.
    pub json: String,
    /// Transcript as a page.
    pub html: String,
    /// Chapters in the podcast namespace's JSON.
    pub chapters: String,
    /// Server-sent events, while the audio is made.
    pub events: String,
    /// The podcast feed it is in.
    pub feed: String,
    /// Its player, to be shown in a frame.
    pub embed: String,
    /// Its audio as schema.org describes it.
    pub jsonld: String,
    /// The finished MP3, to save.
    pub download: String,
    /// Where a player reports what was heard.
    pub plays: String,
}
