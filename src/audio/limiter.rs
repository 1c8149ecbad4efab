//! The limiter: holds the true peak (ITU-R BS.1770-4, Annex 2) under the house ceiling by looking
//! ahead.

use std::collections::VecDeque;

use super::SAMPLE_RATE_HZ;

/// The ceiling in dB of full scale. A little under −1 dBTP: the gain moves between the samples that
/// the detector looks at, and the result is rounded to 16 bits.
const CEILING_DBFS: f32 = -1.2;

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

/// A look-ahead limiter for mono audio at the house rate. What stays under the ceiling passes
/// unchanged.
pub(super) struct Limiter {
    ceiling: f32,
    filter: [[f32; TAPS]; OVERSAMPLING],
    recent: [f32; TAPS],
    delayed: VecDeque<f32>,
    /// Gains of the window that no later one undercuts, with their times, rising.
    least: VecDeque<(u64, f32)>,
    time: u64,
    release: f32,
    envelope: f32,
    smooth: VecDeque<f32>,
    smooth_sum: f64,
    /// The lowest gain applied so far.
    lowest: f32,
    limited: u64,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self {
            ceiling: super::amplitude(CEILING_DBFS),
            filter: interpolation_filter(),
            recent: [0.0; TAPS],
            delayed: VecDeque::with_capacity(DELAY + 1),
            least: VecDeque::with_capacity(WINDOW + 1),
            time: 0,
            release: 1.0 - (-1.0 / (RELEASE_S * SAMPLE_RATE_HZ as f32)).exp(),
            envelope: 1.0,
            smooth: VecDeque::from(vec![1.0; SMOOTHING]),
            smooth_sum: SMOOTHING as f64,
            lowest: 1.0,
            limited: 0,
        }
    }

    /// Takes one sample; gives the one from [`DELAY`] samples ago.
    pub(super) fn push(&mut self, sample: f32) -> Option<f32> {
        let gain = self.gain(sample);
        self.delayed.push_back(sample);
        if self.delayed.len() <= DELAY {
            return None;
        }
        let due = self.delayed.pop_front()?;
        if gain < 1.0 {
            self.lowest = self.lowest.min(gain);
            self.limited += 1;
        }
        Some(due * gain)
    }

    /// The rest, after the last sample.
    pub(super) fn finish(&mut self, mut out: impl FnMut(f32)) {
        for _ in 0..self.delayed.len().min(DELAY) {
            let gain = self.gain(0.0);
            if let Some(due) = self.delayed.pop_front() {
                out(due * gain);
            }
        }
    }

    /// How far it turned down at most, in dB (0 or less), and for how many samples.
    pub(super) fn reduction(&self) -> (f32, u64) {
        (super::decibels(self.lowest), self.limited)
    }

    /// The gain for the sample of [`DELAY`] ago, now that this one is known: the least that a peak
    /// of the window needs, released slowly, averaged over [`SMOOTHING`] samples.
    fn gain(&mut self, sample: f32) -> f32 {
        let peak = self.peak(sample);
        let needed = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.least.back().is_some_and(|&(_, gain)| gain >= needed) {
            self.least.pop_back();
        }
        self.least.push_back((self.time, needed));
        while self.least.front().is_some_and(|&(time, _)| time + (WINDOW as u64) < self.time) {
            self.least.pop_front();
        }
        self.time += 1;
        let least = self.least.front().map_or(1.0, |&(_, gain)| gain);
        let released = self.envelope + (1.0 - self.envelope) * self.release;
        self.envelope = least.min(released);
        self.smooth.push_back(self.envelope);
        let oldest = self.smooth.pop_front().unwrap_or(1.0);
        self.smooth_sum += f64::from(self.envelope) - f64::from(oldest);
        ((self.smooth_sum / SMOOTHING as f64) as f32).min(1.0)
    }

    /// The highest point around the middle of the last [`TAPS`] samples.
    fn peak(&mut self, sample: f32) -> f32 {
        self.recent.rotate_left(1);
        self.recent[TAPS - 1] = sample;
        let mut peak = 0f32;
        for phase in &self.filter {
            let at: f32 = phase.iter().zip(&self.recent).map(|(tap, sample)| tap * sample).sum();
            peak = peak.max(at.abs());
        }
        peak
    }
}

/// Windowed sinc for the points 0, ¼, ½ and ¾ of the way between the two middle samples.
fn interpolation_filter() -> [[f32; TAPS]; OVERSAMPLING] {
    let mut filter = [[0.0; TAPS]; OVERSAMPLING];
    for (p, phase) in filter.iter_mut().enumerate() {
        for (t, tap) in phase.iter_mut().enumerate() {
            let middle = (TAPS / 2 - 1) as f64 + p as f64 / OVERSAMPLING as f64;
            let x = t as f64 - middle;
            let sinc =
                if x == 0.0 { 1.0 } else { (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) };
            let window = 0.5 + 0.5 * (std::f64::consts::PI * x / (TAPS / 2) as f64).cos();
            *tap = if x.abs() < (TAPS / 2) as f64 { (sinc * window) as f32 } else { 0.0 };
        }
    }
    filter
}
