//! Samples → segments → clips → ropes: the house format. Synchronous, and pure but for the writer
//! it is given.
//!
//! Inside: mono, 24 000 Hz. A frame is 576 samples = 24 ms; every segment is a whole number of
//! frames, and at CBR an MPEG-2 Layer III frame is a whole number of bytes, so byte offsets are
//! times and times are byte offsets.

/// Samples per second of everything inside.
pub const SAMPLE_RATE_HZ: u32 = 24_000;

/// Samples of one frame: one MPEG-2 Layer III frame (ISO 13818-3).
pub const FRAME_SAMPLES: usize = 576;

/// Length of one frame in milliseconds.
pub const FRAME_MS: u64 = 24;
