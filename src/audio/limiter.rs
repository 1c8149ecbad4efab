//! The limiter: holds the true peak (ITU-R BS.1770-4, Annex 2) under the house ceiling by looking
//! ahead.

use std::collections::VecDeque;

use super::SAMPLE_RATE_HZ;

/// The ceiling in dB of full scale, under −1 dBTP by what comes after: the gain moves between the
/// samples that the detector looks at, the result is rounded to 16 bits, and MP3 at 48 kbit/s adds 0.3 dB to a
/// peak where the limiter works hard.
const CEILING_DBFS: f32 = -1.5;

/// Points at which the signal is looked at per sample.
const OVERSAMPLING: usize = 4;

/// Length of the interpolating filter in samples, as in BS.1770-4.
const TAPS: usize = 12;

/// How long a peak holds the gain down, in samples: 2 ms.
const WINDOW: usize = SAMPLE_RATE_HZ as usize / 500;

/// Samples over which the gain moves. Shorter than [`WINDOW`] by a margin, so that the neighbours
/// of a peak, from which its height comes, are turned down as far as the peak.
const SMOOTHING: usize = WINDOW - 4;

/// What the limiter waits for: the window, and the half of the filter.
pub(super) const DELAY: usize = WINDOW + TAPS / 2 - 3;

/// Time in which 63 % of the gain comes back after a peak, in seconds.
const RELEASE_S: f32 = 0.08;

/// Samples that are looked at together. What comes out does not depend on it.
const RUN: usize = 32;

/// A look-ahead limiter for mono audio at the house rate. What stays under the ceiling passes
/// unchanged.
pub(super) struct Limiter {
    detector: Detector,
    /// Samples that are still to be given: [`DELAY`] of them between two pushes, but at the start.
    delayed: Vec<f32>,
    /// Gains of the window that no later one undercuts, with their times, rising. Empty stands for
    /// a window of ones.
    least: VecDeque<(u64, f32)>,
    time: u64,
    release: f32,
    envelope: f32,
    /// The last [`SMOOTHING`] envelopes, the oldest at `oldest`.
    smooth: [f32; SMOOTHING],
    oldest: usize,
    smooth_sum: f64,
    /// Samples since the envelope last moved.
    steady: usize,
    /// The lowest gain applied so far.
    lowest: f32,
    limited: u64,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self {
            detector: Detector::new(),
            delayed: Vec::with_capacity(DELAY + RUN),
            least: VecDeque::with_capacity(WINDOW + 1),
            time: 0,
            release: 1.0 - (-1.0 / (RELEASE_S * SAMPLE_RATE_HZ as f32)).exp(),
            envelope: 1.0,
            smooth: [1.0; SMOOTHING],
            oldest: 0,
            smooth_sum: SMOOTHING as f64,
            steady: SMOOTHING,
            lowest: 1.0,
            limited: 0,
        }
    }

    /// Takes samples; appends those from [`DELAY`] samples before.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for run in samples.chunks(RUN) {
            self.delayed.extend_from_slice(run);
            let mut gains = [1.0; RUN];
            let gains = &mut gains[..run.len()];
            self.gains(run, gains);
            let due = self.delayed.len().saturating_sub(DELAY).min(run.len());
            let gains = &gains[run.len() - due..];
            out.extend(self.delayed[..due].iter().zip(gains).map(|(sample, gain)| sample * gain));
            self.delayed.drain(..due);
            self.lowest = gains.iter().fold(self.lowest, |lowest, gain| lowest.min(*gain));
            self.limited += gains.iter().filter(|gain| **gain < 1.0).count() as u64;
        }
    }

    /// Appends the rest, after the last sample.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        let rest = self.delayed.len().min(DELAY);
        let (silence, mut gains) = ([0.0; DELAY], [1.0; DELAY]);
        for (silence, gains) in silence[..rest].chunks(RUN).zip(gains[..rest].chunks_mut(RUN)) {
            self.gains(silence, gains);
        }
        out.extend(self.delayed.drain(..rest).zip(gains).map(|(sample, gain)| sample * gain));
    }

    /// How far it turned down at most, in dB (0 or less), and for how many samples.
    pub(super) fn reduction(&self) -> (f32, u64) {
        (super::decibels(self.lowest), self.limited)
    }

    /// The gains for the samples of [`DELAY`] ago, now that these are known.
    fn gains(&mut self, samples: &[f32], gains: &mut [f32]) {
        let mut needed = [1.0; RUN];
        let quiet = !self.detector.needed(samples, &mut needed[..samples.len()]);
        if quiet && self.least.is_empty() && self.steady >= SMOOTHING {
            // Nothing moves: every envelope of the window is the one that the next would be.
            gains.fill(self.smoothed());
            self.time += samples.len() as u64;
            return;
        }
        for (gain, needed) in gains.iter_mut().zip(needed) {
            *gain = self.gain(needed);
        }
    }

    /// The gain for the sample of [`DELAY`] ago: the least that a peak of the window needs, released
    /// slowly, averaged over [`SMOOTHING`] samples.
    fn gain(&mut self, needed: f32) -> f32 {
        while self.least.back().is_some_and(|&(_, gain)| gain >= needed) {
            self.least.pop_back();
        }
        if needed < 1.0 {
            self.least.push_back((self.time, needed));
        }
        while self.least.front().is_some_and(|&(time, _)| time + (WINDOW as u64) < self.time) {
            self.least.pop_front();
        }
        self.time += 1;
        let least = self.least.front().map_or(1.0, |&(_, gain)| gain);
        let released = self.envelope + (1.0 - self.envelope) * self.release;
        let envelope = least.min(released);
        self.steady = if envelope == self.envelope { self.steady + 1 } else { 0 };
        self.envelope = envelope;
        let oldest = std::mem::replace(&mut self.smooth[self.oldest], envelope);
        self.oldest = (self.oldest + 1) % SMOOTHING;
        self.smooth_sum += f64::from(envelope) - f64::from(oldest);
        self.smoothed()
    }

    fn smoothed(&self) -> f32 {
        ((self.smooth_sum / SMOOTHING as f64) as f32).min(1.0)
    }
}

/// Finds out what gain the signal's peaks need, also between the samples.
struct Detector {
    ceiling: f32,
    /// For every sample of the filter's length, what it weighs at each point.
    filter: [[f32; OVERSAMPLING]; TAPS],
    /// Samples that no other within the filter's length exceeds stay under the ceiling at every
    /// point when they are under this.
    harmless: f32,
    /// The samples before the next ones, which follow behind them.
    line: [f32; TAPS - 1 + RUN],
}

impl Detector {
    fn new() -> Self {
        let ceiling = super::amplitude(CEILING_DBFS);
        let filter = interpolation_filter();
        let weights = |point: usize| filter.iter().map(|weights| weights[point].abs()).sum::<f32>();
        let most = (0..OVERSAMPLING).map(weights).fold(0.0, f32::max);
        // A margin far above what rounding adds to a sum of twelve.
        let harmless = ceiling / most * 0.999;
        Self { ceiling, filter, harmless, line: [0.0; TAPS - 1 + RUN] }
    }

    /// Writes the gain that is needed at each of up to [`RUN`] samples, going by the highest point
    /// around the middle of the last [`TAPS`] samples, and says whether one is under 1.
    fn needed(&mut self, samples: &[f32], needed: &mut [f32]) -> bool {
        let line = &mut self.line[..TAPS - 1 + samples.len()];
        line[TAPS - 1..].copy_from_slice(samples);
        let loudest = line.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
        let harmful = loudest > self.harmless;
        if harmful {
            for (at, needed) in needed.iter_mut().enumerate() {
                let mut points = [0f32; OVERSAMPLING];
                for (weights, sample) in self.filter.iter().zip(&line[at..at + TAPS]) {
                    for (point, weight) in points.iter_mut().zip(weights) {
                        *point += weight * sample;
                    }
                }
                let peak = points.iter().fold(0.0, |peak: f32, point| peak.max(point.abs()));
                *needed = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
            }
        } else {
            needed.fill(1.0);
        }
        line.copy_within(samples.len().., 0);
        harmful && needed.iter().any(|needed| *needed < 1.0)
    }
}

/// Windowed sinc for the points 0, ¼, ½ and ¾ of the way between the two middle samples.
fn interpolation_filter() -> [[f32; OVERSAMPLING]; TAPS] {
    use std::f64::consts::PI;
    const REACH: f64 = (TAPS / 2) as f64;
    std::array::from_fn(|tap| {
        std::array::from_fn(|point| {
            let x = tap as f64 - (REACH - 1.0) - point as f64 / OVERSAMPLING as f64;
            let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let window = 0.5 + 0.5 * (PI * x / REACH).cos();
            if x.abs() < REACH { (sinc * window) as f32 } else { 0.0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(samples: &[f32]) -> (Vec<f32>, Limiter) {
        let (mut limiter, mut out) = (Limiter::new(), Vec::new());
        limiter.push(samples, &mut out);
        limiter.finish(&mut out);
        (out, limiter)
    }

    fn tone(amplitude: f32, len: usize) -> impl Iterator<Item = f32> {
        (0..len).map(move |n| amplitude * (0.21 * n as f32).sin())
    }

    #[test]
    fn what_is_not_too_loud_passes_bit_by_bit_and_in_place() {
        for len in [0, 1, DELAY - 1, DELAY, DELAY + 1, 5_000] {
            let samples: Vec<f32> = tone(0.75, len).collect();
            let (out, limiter) = run(&samples);
            assert_eq!(out, samples);
            assert_eq!(limiter.reduction(), (0.0, 0));
        }
    }

    /// The limiter as its parts are defined, sample by sample.
    fn defined(samples: &[f32]) -> Vec<f32> {
        let Limiter { release, detector: Detector { ceiling, filter, .. }, .. } = Limiter::new();
        let at = |n: usize| n.checked_sub(TAPS).and_then(|n| samples.get(n)).copied().unwrap_or(0.0);
        let needed = |n: usize| {
            let point = |p: usize| (0..TAPS).fold(0.0, |sum, tap| sum + filter[tap][p] * at(n + tap + 1));
            let peak = (0..OVERSAMPLING).fold(0.0, |peak: f32, p| peak.max(point(p).abs()));
            if peak > ceiling { ceiling / peak } else { 1.0 }
        };
        let needed: Vec<f32> = (0..samples.len() + DELAY).map(needed).collect();
        let mut envelopes = vec![1.0; SMOOTHING];
        let (mut sum, mut out) = (SMOOTHING as f64, Vec::new());
        for n in 0..needed.len() {
            let least =
                needed[n.saturating_sub(WINDOW)..=n].iter().fold(1.0, |least: f32, gain| least.min(*gain));
            let last = envelopes[n + SMOOTHING - 1];
            envelopes.push(least.min(last + (1.0 - last) * release));
            sum += f64::from(envelopes[n + SMOOTHING]) - f64::from(envelopes[n]);
            if n >= DELAY {
                out.push(samples[n - DELAY] * ((sum / SMOOTHING as f64) as f32).min(1.0));
            }
        }
        out
    }

    proptest! {
        #[test]
        fn it_is_bit_by_bit_what_its_definition_says(
            parts in prop::collection::vec((0.0f32..1.6, 0usize..3_000), 1..6), cut in 1usize..200,
        ) {
            let samples: Vec<f32> = parts.iter().flat_map(|&(amplitude, len)| tone(amplitude, len)).collect();
            prop_assume!(samples.len() >= DELAY);
            let (mut limiter, mut out) = (Limiter::new(), Vec::new());
            samples.chunks(cut).for_each(|part| limiter.push(part, &mut out));
            limiter.finish(&mut out);
            prop_assert!(out == defined(&samples));
        }
    }

    #[test]
    fn the_gain_falls_before_a_peak_and_comes_back_after_it() {
        let mut samples: Vec<f32> = tone(0.2, 48_000).collect();
        samples[24_000] = 2.0;
        let (out, limiter) = run(&samples);
        let gain = |n: usize| out[n] / samples[n];
        assert!((gain(24_000) - limiter.detector.ceiling / 2.0).abs() < 0.01);
        assert_eq!(gain(24_000 - 2 * WINDOW), 1.0, "before it looks ahead");
        assert!(gain(24_000 + 2 * WINDOW) < 0.7, "release takes longer than attack");
        assert!(gain(24_000 + 15_000) > 0.999, "all is back after 0.6 s");
        assert!((limiter.reduction().0 + 7.5).abs() < 0.1, "2.0 comes down to -1.5 dB");
    }

    #[test]
    fn the_gain_never_jumps() {
        let samples: Vec<f32> = (0..20_000).map(|n| if n % 3_000 < 1_500 { 3.0 } else { 0.01 }).collect();
        let (out, _) = run(&samples);
        let gains: Vec<f32> = out.iter().zip(&samples).map(|(out, sample)| out / sample).collect();
        let steepest = gains.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest <= 1.01 / SMOOTHING as f32, "{steepest}");
    }
}
