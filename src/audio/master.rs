//! An engine's audio → a segment in the house format, while it is being made.

use super::gate::{self, Gate};
use super::limiter::{self, Limiter};
use super::resample::{Resampler, house_position};
use super::{AudioError, FRAME_SAMPLES, amplitude, decibels, samples_to_ms};

/// Silence at the end of every segment, in samples: at least the 1105 (46 ms) that an MP3 encoder
/// and decoder together are late, so that what is cut off with the frames after the last one is
/// silence. Two frames.
pub const TAIL_SAMPLES: usize = 2 * FRAME_SAMPLES;

/// Largest gain, up or down, in dB.
const GAIN_DB_MAX: f32 = 60.0;

/// Samples of the house rate that [`Master::push`] keeps back of a running voice at 24 000 Hz
/// (6 ms): what may still be faded, and what the limiter looks ahead. Other rates add one block of
/// the resampler and half of its filter (24 ms at 16 000 Hz, 20 ms at 22 050 Hz).
pub const LOOK_AHEAD_SAMPLES: usize = gate::FADE + limiter::DELAY;

/// Makes a segment of one utterance's audio: resampled to 24 000 Hz, turned up by the voice's gain,
/// its silence cut at both ends (under −45 dB of full scale *after* the gain, keeping 20 ms, with
/// fades of 4 ms), limited to a true peak of −1 dBTP, 16 bit without dither, and padded with digital
/// silence to whole frames with at least [`TAIL_SAMPLES`] of it.
///
/// The samples that come out do not depend on how the input was cut into pushes.
pub struct Master {
    rate_hz: u32,
    gain: f32,
    resampler: Resampler,
    gate: Gate,
    limiter: Limiter,
    input: InputSeen,
    output: OutputGiven,
    scaled: Vec<f32>,
    resampled: Vec<f32>,
    gated: Vec<f32>,
    limited: Vec<f32>,
}

/// What an engine's samples were like.
#[derive(Clone, Copy, Debug, Default)]
struct InputSeen {
    samples: u64,
    peak: u16,
    clipped: u64,
}

/// What a segment's samples are like.
#[derive(Clone, Copy, Debug, Default)]
struct OutputGiven {
    samples: u64,
    peak: u16,
}

/// What a segment is made of, for the checks that it has to pass and for its word marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Mastered {
    /// Length in frames, with the silence at its end.
    pub frames: u32,
    /// Samples the engine gave.
    pub input_samples: u64,
    /// The engine's highest sample in dB of full scale; −120 for silence.
    pub input_peak_dbfs: f32,
    /// Samples of the engine at the end of the scale.
    pub clipped_samples: u64,
    /// The segment's highest sample in dB of full scale; −120 for silence.
    pub peak_dbfs: f32,
    /// How far the limiter turned down at most: 0 or less, in dB.
    pub reduction_db: f32,
    /// How long the limiter worked.
    pub limited_ms: u64,
    /// Sound: the kept audio without the silences within it; 0 when there is nothing to hear.
    pub voiced_ms: u64,
    /// The longest silence between two sounds.
    pub longest_inner_silence_ms: u64,
    /// Silence cut away at the start.
    pub head_cut_ms: u64,
    rate_hz: u32,
    head_cut: u64,
    kept: u64,
}

impl Master {
    /// A chain for an engine's rate (8 000 to 192 000 Hz) and its voice's gain (−60 to 60 dB).
    ///
    /// # Errors
    /// [`AudioError::Rate`] and [`AudioError::Gain`] outside of these.
    pub fn new(rate_hz: u32, gain_db: f32) -> Result<Self, AudioError> {
        if !(-GAIN_DB_MAX..=GAIN_DB_MAX).contains(&gain_db) {
            return Err(AudioError::Gain(gain_db));
        }
        Ok(Self {
            rate_hz,
            gain: amplitude(gain_db),
            resampler: Resampler::new(rate_hz)?,
            gate: Gate::new(),
            limiter: Limiter::new(),
            input: InputSeen::default(),
            output: OutputGiven::default(),
            scaled: Vec::new(),
            resampled: Vec::new(),
            gated: Vec::new(),
            limited: Vec::new(),
        })
    }

    /// Takes the next samples of the engine and appends the segment's next samples.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        self.input.see(samples);
        self.scaled.clear();
        self.scaled.extend(samples.iter().map(|&sample| f32::from(sample) / 32_768.0));
        self.resampler.push(&self.scaled, &mut self.resampled);
        self.pass(out);
    }

    /// Appends the rest: the end of the sound, and silence to whole frames.
    #[must_use]
    pub fn finish(mut self, out: &mut Vec<i16>) -> Mastered {
        self.resampler.finish(&mut self.resampled);
        self.pass(out);
        let cut = self.gate.finish(&mut self.gated);
        self.limit(out);
        self.limiter.finish(&mut self.limited);
        self.output.give(&mut self.limited, out);
        let given = self.output.samples;
        let frames = (given + TAIL_SAMPLES as u64).div_ceil(FRAME_SAMPLES as u64);
        let padding = frames * FRAME_SAMPLES as u64 - given;
        out.resize(out.len() + padding as usize, 0);
        let (reduction_db, limited) = self.limiter.reduction();
        Mastered {
            frames: u32::try_from(frames).unwrap_or(u32::MAX),
            input_samples: self.input.samples,
            input_peak_dbfs: dbfs(self.input.peak),
            clipped_samples: self.input.clipped,
            peak_dbfs: dbfs(self.output.peak),
            reduction_db,
            limited_ms: samples_to_ms(limited),
            voiced_ms: samples_to_ms(cut.kept - cut.silent),
            longest_inner_silence_ms: samples_to_ms(cut.longest_silence),
            head_cut_ms: samples_to_ms(cut.head),
            rate_hz: self.rate_hz,
            head_cut: cut.head,
            kept: cut.kept,
        }
    }

    fn pass(&mut self, out: &mut Vec<i16>) {
        self.resampled.iter_mut().for_each(|sample| *sample *= self.gain);
        self.gate.push(&self.resampled, &mut self.gated);
        self.resampled.clear();
        self.limit(out);
    }

    fn limit(&mut self, out: &mut Vec<i16>) {
        self.limiter.push(&self.gated, &mut self.limited);
        self.gated.clear();
        self.output.give(&mut self.limited, out);
    }
}

impl Mastered {
    /// Where a sample of the engine's audio lies in the segment: in samples of 24 000 Hz from its
    /// start. What was cut away lies at the nearest end of the sound.
    #[must_use]
    pub fn position(&self, input_sample: u64) -> u64 {
        house_position(input_sample, self.rate_hz).saturating_sub(self.head_cut).min(self.kept)
    }

    /// Length of the sound in samples, without the silence that fills up the last frames.
    #[must_use]
    pub fn sound_samples(&self) -> u64 {
        self.kept
    }
}

impl InputSeen {
    fn see(&mut self, samples: &[i16]) {
        self.samples += samples.len() as u64;
        for &sample in samples {
            self.peak = self.peak.max(sample.unsigned_abs());
            self.clipped += u64::from(sample == i16::MAX || sample == i16::MIN);
        }
    }
}

impl OutputGiven {
    /// Gives the samples in 16 bits, without dither: the same sample always gives the same bits.
    fn give(&mut self, samples: &mut Vec<f32>, out: &mut Vec<i16>) {
        self.samples += samples.len() as u64;
        let before = out.len();
        out.extend(samples.iter().map(|sample| sample_16(*sample)));
        samples.clear();
        self.peak = out[before..].iter().fold(self.peak, |peak, sample| peak.max(sample.unsigned_abs()));
    }
}

/// The nearest of 16 bits, halves away from zero. Adding a half is exact in 64 bits.
fn sample_16(sample: f32) -> i16 {
    let scaled = f64::from(sample * 32_768.0);
    // A cast from a float saturates, and takes NaN to 0.
    (scaled + 0.5f64.copysign(scaled)) as i16
}

fn dbfs(peak: u16) -> f32 {
    decibels(f32::from(peak) / 32_768.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sample_16;

    proptest! {
        #[test]
        fn samples_are_rounded_to_the_nearest_halves_away_from_zero(
            sample in prop_oneof![-1.1f32..1.1, any::<f32>(), (-70_000i32..70_000).prop_map(|n| n as f32 / 65_536.0)],
        ) {
            prop_assert_eq!(sample_16(sample), (sample * 32_768.0).round() as i16, "{}", sample);
        }
    }
}
