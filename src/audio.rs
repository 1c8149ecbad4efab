//! Samples → segments → clips → ropes: the house format. Synchronous, and pure but for the writer
//! it is given.
//!
//! Inside: mono, 24 000 Hz. A frame is 576 samples = 24 ms; every segment is a whole number of
//! frames, and at CBR an MPEG-2 Layer III frame is a whole number of bytes, so byte offsets are
//! times and times are byte offsets.
//!
//! Everything is pushed: an engine's audio goes through `Master` and `ClipEncoder` in pieces of
//! any size as it is made, and what comes out does not depend on how it was cut.

mod clip;
mod gate;
mod limiter;
/// How loud a piece of audio is.
pub mod loudness;
mod master;
/// What stands around the clips of an MP3: our own Info frame, the tail, silence.
pub mod mp3;
mod resample;
/// A rendition as a list of pieces with exact byte lengths.
pub mod rope;
/// What a file says about itself: ID3v2.3 before an MP3, LIST/INFO behind a WAV, Vorbis comments in FLAC
/// and Opus.
pub mod tags;
/// WAV: segments at rest, and the header of a rope.
pub mod wav;
/// FLAC and Opus: what is coded as one.
pub mod whole;

pub use clip::{Bitrate, ClipEncoder};
pub use master::{LOOK_AHEAD_SAMPLES, Master, Mastered, TAIL_SAMPLES};
pub use mp3::silent_frame;

/// Samples per second of everything inside.
pub const SAMPLE_RATE_HZ: u32 = 24_000;

/// Samples of one frame: one MPEG-2 Layer III frame (ISO 13818-3).
pub const FRAME_SAMPLES: usize = 576;

/// Length of one frame in milliseconds.
pub const FRAME_MS: u64 = 24;

/// The version of what [`Master`] does to an engine's audio; part of a segment's key. Raise it when
/// the same input gives other samples.
pub const HOUSE_VERSION: u32 = 2;

/// What cannot be done to audio.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AudioError {
    /// A sample rate that [`Master`] does not take.
    #[error("{0} Hz is not a sample rate this takes; use 8000 to 192000 Hz")]
    Rate(u32),
    /// A gain that is no gain.
    #[error("{0} dB is not a gain this takes; use -60 to 60 dB")]
    Gain(f32),
    /// LAME refused its settings or its input.
    #[error("the MP3 encoder failed: {0}")]
    Encoder(String),
    /// The coder of a whole rendition refused its settings or its input.
    #[error("the audio could not be coded as one: {0}")]
    Coder(String),
    /// A format that this build leaves out.
    #[error("this build does not have {0}; build it with `cargo build --features {0}`")]
    NotBuilt(&'static str),
    /// Something that is not a segment in the house format.
    #[error("not a segment in the house format (WAV, mono, 24000 Hz, 16 bit, whole frames): {0}")]
    NotASegment(String),
    /// More audio than a WAV file's 32-bit sizes can tell.
    #[error("{bytes} bytes do not fit into a WAV file (its sizes end at 4 GiB); ask for MP3")]
    TooLong {
        /// Bytes the file would have.
        bytes: u64,
    },
    /// A loudness that cannot be measured.
    #[error("loudness cannot be measured: {0}")]
    Loudness(String),
}

/// The factor of a gain in decibels.
fn amplitude(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// The decibels of an amplitude, −120 at the least so that silence has a finite one.
fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.max(1e-6).log10()).max(-120.0)
}

/// The time that samples of the house rate last, in whole milliseconds (rounded down).
fn samples_to_ms(samples: u64) -> u64 {
    samples * 1000 / u64::from(SAMPLE_RATE_HZ)
}
