//! The verbs that the command line and HTTP call.

mod error;
mod manifest;
mod service;
mod submission;
mod types;

pub use error::{AppError, Kind};
pub use manifest::{AudioLink, ClipFormat, Links, Manifest, Sentence, SentenceState, State};
pub use service::App;
pub use submission::{RATES, Submission};
pub use types::{
    Audio, AudioFormat, ByteStream, ClipAddress, Episode, ListQuery, Listing, Published, Readiness,
    Rendition, Summary, Wish,
};
