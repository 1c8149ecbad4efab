//! The verbs that the command line and HTTP call.

mod checkup;
mod clips;
mod decode;
mod episodes;
mod error;
mod keys;
mod listen;
mod manifest;
mod plays;
mod preview;
mod publish;
mod queue;
mod saying;
mod service;
mod speakers;
mod studio;
mod submission;
mod trials;
mod types;
mod ui;
mod upkeep;

pub use crate::catalog::{NewKey, PlayTotals, PublisherKey, State};
pub use crate::render::Plan;
pub use crate::store::{Files, Finding, GcReport, StoreStats, VerifyProgress, VerifyReport};
pub use crate::text::Format;
pub use checkup::{Advice, Checkup, HOUSE_WORDS_PER_MINUTE, LOUDNESS_TOLERANCE_LU, PACE_TOLERANCE, reading};
pub use decode::{BadEncoding, Decoded, decode};
pub use error::{AppError, Kind};
pub use keys::{create_key, keys, revoke_key};
pub use manifest::{AudioLink, ClipFormat, Links, Manifest, Sentence, SentenceState};
pub use plays::{ArticleFigures, DayFigures, Figures, Overview, Play, RevisionFigures, SentenceFigures};
pub use preview::{Preview, PreviewBlock, PreviewUtterance, preview};
pub use publish::rebuild;
pub use saying::{SAMPLE_RATE_HZ, Said};
pub use service::{App, feed_window};
pub use speakers::Speaker;
pub use studio::{AI_NOTE, Finished, Prepared, Studio, bitrate, this_program};
pub use submission::{RATES, Submission};
pub use types::{
    Audio, AudioFormat, ByteStream, ClipAddress, Episode, ListQuery, Listing, Published, Readiness,
    Rendition, Summary, Wish,
};
pub use ui::Ui;
pub use upkeep::{Cache, CacheStats, Rebuilt, rebuild_articles};
