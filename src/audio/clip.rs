//! A segment coded as MP3: whole frames that can be joined by laying bytes side by side.

use std::fmt;
use std::str::FromStr;

use mp3lame_encoder::{Builder, Encoder, FlushGap, Mode, MonoPcm, Quality, VbrMode, ffi};
use serde::{Deserialize, Serialize};

use super::{AudioError, SAMPLE_RATE_HZ};

/// The encoder's name and version in the keys of clips, and the gain it is driven with (u for unity).
const ENCODER: &str = "lame-3.100u";

/// By what LAME makes its input quieter at bit rates under 160 kbit/s (presets.c, `abr_switch_map`), so
/// that loud music does not clip. A segment is mastered to its loudness and its peak already.
const LAME_SCALE: f32 = 0.95;

/// LAME's quality (0 the best and slowest, 9 the worst and fastest).
const QUALITY: Quality = Quality::Ok;

/// Samples given to LAME at once, which bounds the buffer it needs.
const BLOCK_SAMPLES: usize = 4_608;

/// Room for what LAME gives for one block or a flush: its own bound (lame.h) of 1.25 × samples +
/// 7200.
const BLOCK_BYTES: usize = mp3lame_encoder::max_required_buffer_size(BLOCK_SAMPLES);

/// Constant bit rates of clips: those at which a frame is a whole number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum Bitrate {
    /// 48 kbit/s: 144 bytes a frame.
    K48,
    /// 64 kbit/s: 192 bytes a frame. The house's own.
    #[default]
    K64,
    /// 96 kbit/s: 288 bytes a frame.
    K96,
}

impl Bitrate {
    /// Every one, rising.
    pub const ALL: [Self; 3] = [Self::K48, Self::K64, Self::K96];

    /// Thousands of bits per second.
    #[must_use]
    pub const fn kbps(self) -> u32 {
        match self {
            Self::K48 => 48,
            Self::K64 => 64,
            Self::K96 => 96,
        }
    }

    /// Bytes of one frame of 24 ms.
    #[must_use]
    pub const fn bytes_per_frame(self) -> usize {
        self.kbps() as usize * 3
    }

    /// What makes the bytes of a clip, for its key: encoder, version, quality, bit rate
    /// (`lame-3.100u-q7-64`).
    #[must_use]
    pub fn encoder(self) -> String {
        format!("{ENCODER}-q{}-{}", QUALITY as u8, self.kbps())
    }
}

impl fmt::Display for Bitrate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kbps())
    }
}

/// What is wrong with a bit rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a bit rate of ours; use 48, 64 or 96 (kbit/s)")]
pub struct BadBitrate(String);

impl FromStr for Bitrate {
    type Err = BadBitrate;

    fn from_str(kbps: &str) -> Result<Self, BadBitrate> {
        let digits = kbps.strip_suffix('k').unwrap_or(kbps);
        Self::ALL
            .into_iter()
            .find(|bitrate| bitrate.to_string() == digits)
            .ok_or_else(|| BadBitrate(kbps.chars().take(40).collect()))
    }
}

impl TryFrom<u32> for Bitrate {
    type Error = BadBitrate;

    fn try_from(kbps: u32) -> Result<Self, BadBitrate> {
        kbps.to_string().parse()
    }
}

impl From<Bitrate> for u32 {
    fn from(bitrate: Bitrate) -> Self {
        bitrate.kbps()
    }
}

/// Codes one segment: a fresh LAME, bit reservoir and LAME's own tag off, so that every frame
/// stands for itself and the first `frames` of them are the segment.
pub struct ClipEncoder {
    lame: Encoder,
    bytes_per_frame: usize,
    given: usize,
}

impl ClipEncoder {
    /// An encoder for one segment.
    ///
    /// # Errors
    /// [`AudioError::Encoder`] when LAME cannot be had (no memory).
    pub fn new(bitrate: Bitrate) -> Result<Self, AudioError> {
        let lame = new_lame(bitrate).map_err(|error| AudioError::Encoder(error.to_string()))?;
        Ok(Self { lame, bytes_per_frame: bitrate.bytes_per_frame(), given: 0 })
    }

    /// Takes the segment's next samples and appends the frames that are finished, always whole
    /// ones. The first comes after 800 samples, then one with every 576.
    ///
    /// # Errors
    /// [`AudioError::Encoder`] when LAME fails; the clip is then to be thrown away.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) -> Result<(), AudioError> {
        for block in samples.chunks(BLOCK_SAMPLES) {
            out.reserve(BLOCK_BYTES);
            self.given += self.lame.encode_to_vec(MonoPcm(block), out).map_err(failed)?;
        }
        Ok(())
    }

    /// Appends what is missing of `frames` whole frames. What LAME has beyond them holds nothing
    /// but the silence at the segment's end, and is dropped.
    ///
    /// # Errors
    /// [`AudioError::Encoder`] when LAME fails, or when other than `frames` frames of samples were
    /// pushed.
    pub fn finish(mut self, frames: u32, out: &mut Vec<u8>) -> Result<(), AudioError> {
        let due = frames as usize * self.bytes_per_frame;
        let start = out.len();
        out.reserve(BLOCK_BYTES);
        self.given += self.lame.flush_to_vec::<FlushGap>(out).map_err(failed)?;
        let flushed = out.len() - start;
        let surplus = self.given.checked_sub(due).filter(|surplus| *surplus <= flushed);
        match surplus {
            Some(surplus) => {
                out.truncate(out.len() - surplus);
                Ok(())
            }
            None => {
                let made = self.given / self.bytes_per_frame;
                Err(AudioError::Encoder(format!("{made} frames came out where {frames} were due")))
            }
        }
    }
}

fn failed(error: mp3lame_encoder::EncodeError) -> AudioError {
    AudioError::Encoder(error.to_string())
}

fn new_lame(bitrate: Bitrate) -> Result<Encoder, mp3lame_encoder::BuildError> {
    let mut builder = Builder::new().ok_or(mp3lame_encoder::BuildError::NoMem)?;
    builder.set_num_channels(1)?;
    builder.set_mode(Mode::Mono)?;
    builder.set_sample_rate(SAMPLE_RATE_HZ)?;
    builder.set_output_sample_rate(std::num::NonZeroU32::new(SAMPLE_RATE_HZ))?;
    builder.set_vbr_mode(VbrMode::Off)?;
    builder.set_brate(match bitrate {
        Bitrate::K48 => mp3lame_encoder::Bitrate::Kbps48,
        Bitrate::K64 => mp3lame_encoder::Bitrate::Kbps64,
        Bitrate::K96 => mp3lame_encoder::Bitrate::Kbps96,
    })?;
    builder.set_quality(QUALITY)?;
    builder.set_to_write_vbr_tag(false)?;
    disable_reservoir(&mut builder);
    keep_loudness(&mut builder);
    builder.build()
}

/// Makes every frame stand for itself: none borrows bits from the ones before.
#[allow(unsafe_code, reason = "the wrapper has no setter for the bit reservoir")]
fn disable_reservoir(builder: &mut Builder) {
    // SAFETY: the pointer comes from a live builder that is borrowed for the whole call, LAME only
    // writes a field of its own through it, and it is neither kept nor closed.
    unsafe {
        ffi::lame_set_disable_reservoir(builder.as_ptr(), 1);
    }
}

/// Undoes what LAME multiplies its input by.
#[allow(unsafe_code, reason = "the wrapper has no setter for the scale")]
fn keep_loudness(builder: &mut Builder) {
    // SAFETY: as above: a live builder, borrowed for the whole call, of which LAME writes one field.
    unsafe {
        ffi::lame_set_scale(builder.as_ptr(), 1.0 / LAME_SCALE);
    }
}
