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
    /// For every sample of the filter's length, what it weighs at each point.
    filter: [[f32; OVERSAMPLING]; TAPS],
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
        let mut points = [0f32; OVERSAMPLING];
        for (weights, sample) in self.filter.iter().zip(self.recent) {
            for (point, weight) in points.iter_mut().zip(weights) {
                *point += weight * sample;
            }
        }
        points.iter().fold(0.0, |peak, point| peak.max(point.abs()))
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
    use super::*;

    fn run(samples: &[f32]) -> (Vec<f32>, Limiter) {
        let (mut limiter, mut out) = (Limiter::new(), Vec::new());
        out.extend(samples.iter().filter_map(|sample| limiter.push(*sample)));
        limiter.finish(|sample| out.push(sample));
        (out, limiter)
    }

    fn tone(amplitude: f32, len: usize) -> impl Iterator<Item = f32> {
        (0..len).map(move |n| amplitude * (0.21 * n as f32).sin())
    }

    #[test]
    fn what_is_not_too_loud_passes_bit_by_bit_and_in_place() {
        for len in [0, 1, DELAY - 1, DELAY, DELAY + 1, 5_000] {
            let samples: Vec<f32> = tone(0.8, len).collect();
            let (out, limiter) = run(&samples);
            assert_eq!(out, samples);
            assert_eq!(limiter.reduction(), (0.0, 0));
        }
    }

    #[test]
    fn the_gain_falls_before_a_peak_and_comes_back_after_it() {
        let mut samples: Vec<f32> = tone(0.2, 48_000).collect();
        samples[24_000] = 2.0;
        let (out, limiter) = run(&samples);
        let gain = |n: usize| out[n] / samples[n];
        assert!((gain(24_000) - limiter.ceiling / 2.0).abs() < 0.01);
        assert_eq!(gain(24_000 - 2 * WINDOW), 1.0, "before it looks ahead");
        assert!(gain(24_000 + 2 * WINDOW) < 0.7, "release takes longer than attack");
        assert!(gain(24_000 + 15_000) > 0.999, "all is back after 0.6 s");
        assert!((limiter.reduction().0 + 7.2).abs() < 0.1, "2.0 comes down to -1.2 dB");
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
