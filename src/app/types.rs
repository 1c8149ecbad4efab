use std::borrow::Cow;
use std::str::FromStr;

use bytes::Bytes;
use futures::stream::BoxStream;
use serde::Serialize;

use super::studio::Readable;
use super::{AppError, Kind, Manifest};
use crate::article::{ArticleId, Lang};
use crate::audio::Bitrate;
use crate::audio::whole::Whole;
use crate::catalog::State;

/// Audio as it comes.
pub type ByteStream = BoxStream<'static, Result<Bytes, AppError>>;

/// The forms in which whole audio is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// MPEG-2 Layer III at the bit rate of the house.
    Mp3,
    /// MPEG-2 Layer III at a bit rate that a listener asked for.
    Mp3At(Bitrate),
    /// PCM, 16 bit.
    Wav,
    /// Opus in Ogg.
    Opus,
    /// FLAC.
    Flac,
}

impl AudioFormat {
    /// Every format, the first one preferred; MP3 once.
    pub const ALL: [Self; 4] = [Self::Mp3, Self::Wav, Self::Opus, Self::Flac];

    /// Its file extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 | Self::Mp3At(_) => "mp3",
            Self::Wav => "wav",
            Self::Opus => "opus",
            Self::Flac => "flac",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 | Self::Mp3At(_) => "audio/mpeg",
            Self::Wav => "audio/wav",
            // RFC 7845 §9 and RFC 5334: Ogg whose only stream is sound.
            Self::Opus => "audio/ogg; codecs=opus",
            Self::Flac => "audio/flac",
        }
    }

    /// As what it is coded as one, when it is not joined.
    #[must_use]
    pub fn whole(self) -> Option<Whole> {
        match self {
            Self::Mp3 | Self::Mp3At(_) | Self::Wav => None,
            Self::Opus => Some(Whole::Opus),
            Self::Flac => Some(Whole::Flac),
        }
    }

    /// What it is recorded as: its extension, and `mp3-48` of an MP3 at a bit rate asked for.
    pub(super) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Mp3At(bitrate) => Cow::Owned(format!("mp3-{bitrate}")),
            other => Cow::Borrowed(other.extension()),
        }
    }

    /// The format that is recorded under a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mp3s = Bitrate::ALL.into_iter().map(Self::Mp3At);
        Self::ALL.into_iter().chain(mp3s).find(|format| format.name() == name)
    }

    /// Whether it is made of a finished rendition when somebody asks for it, and not with it.
    pub(super) fn is_further(self) -> bool {
        !matches!(self, Self::Mp3 | Self::Wav)
    }

    /// Whether this build makes it.
    #[must_use]
    pub fn is_built(self) -> bool {
        self.whole().is_none_or(Whole::is_built)
    }

    /// The names of the formats this build has: `mp3, wav, opus, flac`.
    #[must_use]
    pub fn names() -> String {
        let built = Self::ALL.into_iter().filter(|format| format.is_built());
        built.map(Self::extension).collect::<Vec<_>>().join(", ")
    }
}

impl FromStr for AudioFormat {
    type Err = AppError;

    fn from_str(extension: &str) -> Result<Self, AppError> {
        let known = Self::ALL.into_iter().find(|format| format.extension() == extension);
        known.filter(|format| format.is_built()).ok_or_else(|| {
            let message =
                format!("there is no audio format \"{extension}\"; this build has {}", Self::names());
            AppError::new(Kind::NotFound, "unknown_format", message)
        })
    }
}

/// Which of an article's renditions a listener asks for; what is absent is the publisher's choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// A voice.
    pub voice: Option<String>,
    /// A speed.
    pub rate: Option<f32>,
    /// A revision.
    pub rev: Option<String>,
}

/// What publishing did.
#[derive(Clone, Debug)]
pub struct Published {
    /// The article is new.
    pub created: bool,
    /// How it stands now.
    pub manifest: Manifest,
}

/// A finished rendition.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// Digest of its pieces, hex; names it for ever. Of an MP3 without its tag: that of the tagged one, and
    /// `.untagged`.
    pub digest: String,
    /// Its form.
    pub format: AudioFormat,
    /// Its exact length.
    pub bytes: u64,
    /// Its exact duration.
    pub duration_ms: u64,
    /// When it was finished, in milliseconds since 1970.
    pub finished_ms: i64,
    /// The article it is of.
    pub article: ArticleId,
    /// The revision it is of.
    pub revision: String,
    pub(super) readable: std::sync::Arc<Readable>,
    pub(super) timeline: std::sync::Arc<crate::render::Timeline>,
}

/// The whole audio of an article.
pub enum Audio {
    /// It is finished: any range of it can be read.
    Finished(Rendition),
    /// It is being made: it comes from the start, as it is made, without a known length.
    Unfinished(ByteStream),
}

/// A page of articles.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Newest first.
    pub articles: Vec<Summary>,
    /// Cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An article in a listing.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The page's address.
    pub url: Option<String>,
    /// Its language.
    pub lang: Lang,
    /// When it was published.
    pub published: Option<String>,
    /// How far its audio is.
    pub state: State,
    /// The current revision.
    pub revision: String,
    /// The revision whose audio is served.
    pub ready_revision: Option<String>,
    /// Words that are read.
    pub words: usize,
    /// "🎧 5 min listen", in the language of the article.
    pub label: String,
}

/// Which articles are listed.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Only the article of this page address.
    pub url: Option<String>,
    /// Only articles of this feed.
    pub feed: Option<String>,
    /// Articles of private feeds too: for publishers alone.
    pub with_private: bool,
    /// Where the page starts: the `next` of the page before.
    pub cursor: Option<String>,
    /// Most articles on the page, 1–100.
    pub limit: Option<u32>,
}

/// A page of a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedPage {
    /// Its number, from 1.
    pub page: u32,
    /// How many pages the feed has.
    pub pages: u32,
    /// Its episodes, the newest first.
    pub episodes: Vec<Episode>,
}

/// A finished article in a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: String,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The revision whose audio it is.
    pub revision: String,
    /// Its first words, for a description.
    pub summary: String,
    /// The page's address.
    pub url: Option<String>,
    /// Its lead image.
    pub image: Option<String>,
    /// It has headings, so its audio has chapters.
    pub has_headings: bool,
    /// Its language.
    pub lang: Lang,
    /// When it was published (or first accepted), in milliseconds since 1970.
    pub published_ms: i64,
    /// Digest of its finished MP3.
    pub digest: String,
    /// Exact length of the MP3.
    pub bytes: u64,
    /// Exact duration.
    pub duration_ms: u64,
    /// Its audio in every format there is, the MP3 among them.
    pub audio: Vec<EpisodeAudio>,
}

/// The audio of an episode in one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeAudio {
    /// Its form.
    pub format: AudioFormat,
    /// Its digest, hex; names it for ever.
    pub digest: String,
    /// Its exact length.
    pub bytes: u64,
    /// SHA-384 of its bytes, once they were hashed.
    pub sha384: Option<[u8; 48]>,
}

/// Whether the service can do its work.
#[derive(Clone, Debug, Serialize)]
pub struct Readiness {
    /// It can.
    pub ready: bool,
    /// What is missing, and how to get it.
    pub problems: Vec<String>,
}

/// One made sentence, as it is found by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipAddress {
    /// SHA-256 of its bytes, hex.
    pub sha: String,
}
