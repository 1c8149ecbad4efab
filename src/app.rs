//! The verbs that the command line and HTTP call.

mod clips;
mod decode;
mod episodes;
mod error;
mod listen;
mod manifest;
mod preview;
mod publish;
mod queue;
mod service;
mod studio;
mod submission;
mod types;

pub use crate::catalog::State;
pub use crate::text::Format;
pub use decode::{BadEncoding, Decoded, decode};
pub use error::{AppError, Kind};
pub use manifest::{AudioLink, ClipFormat, Links, Manifest, Sentence, SentenceState};
pub use preview::{Preview, PreviewBlock, PreviewUtterance, preview};
pub use publish::rebuild;
pub use service::{App, feed_window};
pub use studio::{AI_NOTE, Finished, Prepared, Studio, bitrate, this_program};
pub use submission::{RATES, Submission};
pub use types::{
    Audio, AudioFormat, ByteStream, ClipAddress, Episode, ListQuery, Listing, Published, Readiness,
    Rendition, Summary, Wish,
};
