//! The verbs that the command line and HTTP call.

mod announce;
mod at_hand;
mod checkup;
mod clips;
mod decode;
mod disclosure;
mod episodes;
mod error;
mod events;
mod front_end;
mod handed_out;
mod hashing;
mod install;
mod keys;
mod lexicon;
mod listen;
mod manifest;
mod offers;
mod plays;
mod preview;
mod publish;
mod queue;
mod saying;
mod service;
mod speakers;
mod speech;
mod studio;
mod submission;
mod transcript;
mod trials;
mod types;
mod ui;
mod upkeep;
mod whole;

pub use crate::catalog::{FeedState, NewKey, PlayTotals, PublisherKey, State};
pub use crate::render::Plan;
pub use crate::store::{Files, Finding, GcReport, StoreStats, VerifyProgress, VerifyReport};
pub use crate::text::Format;
pub use at_hand::AtHand;
pub use checkup::{Advice, Checkup, HOUSE_WORDS_PER_MINUTE, LOUDNESS_TOLERANCE_LU, PACE_TOLERANCE, reading};
pub use decode::{BadEncoding, Decoded, decode};
pub use disclosure::{AI_HEADER, AI_NOTE, AI_PURPOSE, AI_SENTENCE};
pub use episodes::EPISODES_ON_PAGE;
pub use error::{AppError, Kind};
pub use events::{Event, Events};
pub use front_end::FrontEnd;
pub use install::{
    Downloaded, IndexedLanguage, IndexedVoice, Installer, Patience, Removed, Staged, VoiceIndex, licence_of,
    measure, remove_voice,
};
pub use keys::{create_key, keys, revoke_key};
pub use lexicon::{
    LEXICON_BYTES_MAX, LexiconChange, LexiconFormat, Mentioned, PublishersLexicon, read_lexicon,
};
pub use listen::UNTAGGED;
pub use manifest::{AudioLink, ClipFormat, Links, Manifest, Next, Sentence, SentenceState};
pub use offers::Offers;
pub use plays::{ArticleFigures, DayFigures, Figures, Overview, Play, RevisionFigures, SentenceFigures};
pub use preview::{Preview, PreviewBlock, PreviewUtterance, preview};
pub use saying::{SAMPLE_RATE_HZ, Said};
pub use service::{App, feed_window};
pub use speakers::Speaker;
pub use speech::{
    Caption, CaptionWord, SPEEDS, Sound, Speech, SpeechFormat, SpeechRequest, Tally, VOICE_ALIASES,
};
pub use studio::{Finished, Prepared, Studio, bitrate, this_program};
pub use submission::{RATES, Submission};
pub use transcript::{Grain, Written};
pub use types::{
    Audio, AudioFormat, ByteStream, ClipAddress, Episode, EpisodeAudio, FeedPage, ListQuery, Listing,
    Published, Readiness, Rendition, Summary, Wish,
};
pub use ui::Ui;
pub use upkeep::{Cache, CacheStats, Rebuilt, rebuild_articles};
