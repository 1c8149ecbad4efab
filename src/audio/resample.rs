//! An engine's rate → the house rate, in blocks of a fixed size, so that the result does not depend
//! on how the input was cut.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::{AudioError, SAMPLE_RATE_HZ};

/// Lowest and highest rate taken, in Hz.
const RATE_HZ: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Length of the anti-aliasing filter at the lower of both rates, in samples, before it is rounded
/// up to what the ratio of the rates allows. 256 keeps speech flat to 0.94 of the lower Nyquist
/// frequency and waits 24 ms of a 16 kHz voice at most.
const FILTER_SAMPLES: usize = 256;

/// Resamples mono audio to [`SAMPLE_RATE_HZ`]. Rates without a large common factor with it (none in
/// use) are resampled as well, in blocks of up to one second.
pub(super) struct Resampler {
    /// None at the house rate: samples pass as they are.
    fft: Option<Block>,
    rate_hz: u32,
    taken: u64,
    given: u64,
}

/// One block on its way through the resampler.
struct Block {
    fft: Box<Fft<f32>>,
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Samples of the filter's own delay that are still to be dropped.
    delay: usize,
}

impl Resampler {
    /// A resampler from `rate_hz`.
    pub(super) fn new(rate_hz: u32) -> Result<Self, AudioError> {
        if !RATE_HZ.contains(&rate_hz) {
            return Err(AudioError::Rate(rate_hz));
        }
        let fft = if rate_hz == SAMPLE_RATE_HZ { None } else { Some(Block::new(rate_hz)?) };
        Ok(Self { fft, rate_hz, taken: 0, given: 0 })
    }

    /// Takes samples (−1 to 1) and appends what is ready.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let before = out.len();
        self.taken += samples.len() as u64;
        match &mut self.fft {
            None => out.extend_from_slice(samples),
            Some(block) => block.push(samples, out),
        }
        self.given += (out.len() - before) as u64;
    }

    /// Appends what is left, so that in all `taken · 24000 / rate` samples were given.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        let due = self.position(self.taken);
        let Some(block) = &mut self.fft else { return };
        let missing = (due - self.given.min(due)) as usize;
        let end = out.len() + missing;
        let silence = vec![0.0; block.input.len()];
        while out.len() < end {
            block.push(&silence, out);
        }
        out.truncate(end);
    }

    /// Where a sample of the input lies in the output.
    pub(super) fn position(&self, input_sample: u64) -> u64 {
        house_position(input_sample, self.rate_hz)
    }
}

/// Where a sample at `rate_hz` lies at the house rate, to the nearest sample.
pub(super) fn house_position(sample: u64, rate_hz: u32) -> u64 {
    let (sample, rate) = (u128::from(sample), u128::from(rate_hz.max(1)));
    let nearest = (sample * u128::from(SAMPLE_RATE_HZ) + rate / 2) / rate;
    u64::try_from(nearest).unwrap_or(u64::MAX)
}

impl Block {
    fn new(rate_hz: u32) -> Result<Self, AudioError> {
        let (from, to) = (rate_hz as usize, SAMPLE_RATE_HZ as usize);
        let filter = (FILTER_SAMPLES * from / from.min(to)).max(FILTER_SAMPLES);
        let fft =
            Fft::<f32>::new(from, to, filter, 1, FixedSync::Both).map_err(|_| AudioError::Rate(rate_hz))?;
        let (input, output) = (vec![0.0; fft.fft_size_in()], vec![0.0; fft.fft_size_out()]);
        let delay = fft.output_delay();
        Ok(Self { fft: Box::new(fft), input, filled: 0, output, delay })
    }

    fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        while !samples.is_empty() {
            let room = &mut self.input[self.filled..];
            let (fitting, rest) = samples.split_at(room.len().min(samples.len()));
            room[..fitting.len()].copy_from_slice(fitting);
            self.filled += fitting.len();
            samples = rest;
            if self.filled == self.input.len() {
                self.filled = 0;
                self.run();
                let dropped = self.delay.min(self.output.len());
                self.delay -= dropped;
                out.extend_from_slice(&self.output[dropped..]);
            }
        }
    }

    fn run(&mut self) {
        const SIZED: &str = "the buffers have the sizes that the resampler itself named";
        let (frames_in, frames_out) = (self.input.len(), self.output.len());
        let input = InterleavedSlice::new(&self.input, 1, frames_in).expect(SIZED);
        let mut output = InterleavedSlice::new_mut(&mut self.output, 1, frames_out).expect(SIZED);
        self.fft.process_into_buffer(&input, &mut output, None::<&Indexing>).expect(SIZED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 192_000];

    fn run(samples: &[f32], rate_hz: u32) -> Vec<f32> {
        let (mut resampler, mut out) = (Resampler::new(rate_hz).unwrap(), Vec::new());
        resampler.push(samples, &mut out);
        resampler.finish(&mut out);
        out
    }

    fn sine(hz: f64, rate_hz: u32, len: usize) -> Vec<f32> {
        (0..len).map(|n| (std::f64::consts::TAU * hz * n as f64 / f64::from(rate_hz)).sin() as f32).collect()
    }

    #[test]
    fn the_length_is_the_one_of_the_time() {
        for rate_hz in RATES {
            for len in [0, 1, 2, 100, 1_023, rate_hz as usize] {
                let out = run(&vec![0.1; len], rate_hz);
                assert_eq!(out.len() as u64, house_position(len as u64, rate_hz), "{len} at {rate_hz} Hz");
            }
        }
    }

    #[test]
    fn a_tone_keeps_its_height_place_and_pitch() {
        for rate_hz in RATES {
            let out = run(&sine(1_000.0, rate_hz, rate_hz as usize / 2), rate_hz);
            let meant = sine(1_000.0, SAMPLE_RATE_HZ, out.len());
            // The edges ring: the tone starts and ends at once.
            let inner = 400..out.len() - 400;
            let worst = inner.map(|n| (out[n] - meant[n]).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{rate_hz} Hz: {worst}");
        }
    }

    #[test]
    fn what_24_khz_cannot_hold_does_not_fold_back() {
        for rate_hz in [32_000, 44_100, 48_000, 192_000] {
            let out = run(&sine(13_500.0, rate_hz, rate_hz as usize / 2), rate_hz);
            let loudest =
                out[400..out.len() - 400].iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
            assert!(loudest < 1e-4, "{rate_hz} Hz: {loudest}");
        }
    }
}
