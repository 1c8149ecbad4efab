//! The cuts: an engine's silence at both ends is cut away, softly.

use std::collections::VecDeque;

use super::SAMPLE_RATE_HZ;

/// What is quieter than this after the voice's gain is silence: −45 dB of full scale.
const SILENCE_DBFS: f32 = -45.0;

/// Silence that stays at both ends, and the shortest that counts as a silence within: 20 ms.
pub(super) const KEEP: usize = SAMPLE_RATE_HZ as usize / 50;

/// Length of the fade at both cuts: 4 ms. It is also what the gate holds back of a running voice.
pub(super) const FADE: usize = SAMPLE_RATE_HZ as usize / 250;

/// Silence that is held back to see whether the voice goes on: 30 s. What is longer is let through,
/// so that an engine which never ends cannot fill the memory.
const HELD_MAX: usize = SAMPLE_RATE_HZ as usize * 30;

/// Samples that are looked at together. What comes out does not depend on it.
const RUN: usize = 32;

/// What the gate saw, in samples of the house rate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cut {
    /// Samples cut away at the start.
    pub(super) head: u64,
    /// Samples kept.
    pub(super) kept: u64,
    /// Of these, samples in silences of at least [`KEEP`] between two sounds.
    pub(super) silent: u64,
    /// The longest such silence.
    pub(super) longest_silence: u64,
}

/// Cuts leading and trailing silence, keeping [`KEEP`] samples of it, and fades both ends with a
/// raised cosine. A sample is let through as soon as it cannot be cut or faded any more.
pub(super) struct Gate {
    threshold: f32,
    fade: [f32; FADE],
    /// Before the first sound: the last [`KEEP`] samples. After it: what was not let through yet.
    held: VecDeque<f32>,
    started: bool,
    /// Samples let through.
    passed: usize,
    /// Samples since (and without) the last sound.
    quiet: usize,
    cut: Cut,
}

impl Gate {
    pub(super) fn new() -> Self {
        let mut fade = [0.0; FADE];
        for (i, factor) in fade.iter_mut().enumerate() {
            let phase = std::f64::consts::PI * (i as f64 + 0.5) / FADE as f64;
            *factor = (0.5 - 0.5 * phase.cos()) as f32;
        }
        Self {
            threshold: super::amplitude(SILENCE_DBFS),
            fade,
            held: VecDeque::with_capacity(2 * KEEP),
            started: false,
            passed: 0,
            quiet: 0,
            cut: Cut::default(),
        }
    }

    /// Takes samples and appends what can be let through.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let mut samples = samples;
        if !self.started {
            let first = samples.iter().position(|sample| sample.abs() > self.threshold);
            let (silence, sound) = samples.split_at(first.unwrap_or(samples.len()));
            self.held.extend(silence);
            let cut = self.held.len().saturating_sub(KEEP);
            self.held.drain(..cut);
            self.cut.head += cut as u64;
            self.started = first.is_some();
            samples = sound;
        }
        self.held.extend(samples);
        samples.chunks(RUN).for_each(|run| self.look_at(run));
        if self.started {
            // The cut lies here at the earliest, or KEEP after the last sound.
            let cuttable = self.quiet.saturating_sub(KEEP);
            let back = (cuttable + FADE).min(HELD_MAX);
            self.pass(self.held.len().saturating_sub(back), out);
        }
    }

    /// Counts the silence in a run that is too short to hold one within.
    fn look_at(&mut self, run: &[f32]) {
        const { assert!(RUN < KEEP) };
        let sounds = |sample: &f32| sample.abs() > self.threshold;
        let loudest = run.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
        if !sounds(&loudest) {
            self.quiet += run.len();
            return;
        }
        let (first, last) = (run.iter().position(sounds), run.iter().rposition(sounds));
        self.quiet += first.unwrap_or_default();
        if self.quiet >= KEEP {
            self.end_silence();
        }
        self.quiet = last.map_or(0, |last| run.len() - 1 - last);
    }

    /// Appends the rest up to the cut.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) -> Cut {
        if !self.started {
            self.cut.head += self.held.len() as u64;
            return self.cut;
        }
        self.held.truncate(self.held.len() - self.quiet.saturating_sub(KEEP).min(self.held.len()));
        let held = self.held.len();
        for (i, sample) in self.held.iter_mut().enumerate() {
            if let Some(factor) = self.fade.get(held - 1 - i) {
                *sample *= factor;
            }
        }
        self.pass(held, out);
        self.cut.kept = self.passed as u64;
        self.cut
    }

    fn pass(&mut self, samples: usize, out: &mut Vec<f32>) {
        let before = out.len();
        let (first, rest) = self.held.as_slices();
        let of_first = samples.min(first.len());
        out.extend_from_slice(&first[..of_first]);
        out.extend_from_slice(&rest[..samples - of_first]);
        self.held.drain(..samples);
        let faded = self.fade.get(self.passed..).unwrap_or_default();
        out[before..].iter_mut().zip(faded).for_each(|(sample, factor)| *sample *= factor);
        self.passed += samples;
    }

    fn end_silence(&mut self) {
        self.cut.silent += self.quiet as u64;
        self.cut.longest_silence = self.cut.longest_silence.max(self.quiet as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: f32 = 0.5;
    const FAINT: f32 = 0.001;

    fn run(samples: &[f32]) -> (Vec<f32>, Cut) {
        let (mut gate, mut out) = (Gate::new(), Vec::new());
        for part in samples.chunks(77) {
            gate.push(part, &mut out);
        }
        let cut = gate.finish(&mut out);
        (out, cut)
    }

    fn runs(lengths: &[(usize, f32)]) -> Vec<f32> {
        lengths.iter().flat_map(|(len, sample)| vec![*sample; *len]).collect()
    }

    #[test]
    fn silence_at_both_ends_is_cut_to_20_ms() {
        let (out, cut) = run(&runs(&[(3_000, FAINT), (1_000, LOUD), (4_000, FAINT)]));
        assert_eq!(out.len(), KEEP + 1_000 + KEEP);
        assert_eq!((cut.head, cut.kept), (3_000 - KEEP as u64, out.len() as u64));
        assert_eq!(out[KEEP..KEEP + 1_000], vec![LOUD; 1_000]);
        assert!(out[FADE..KEEP].iter().all(|sample| *sample == FAINT), "only the fade is changed");
    }

    #[test]
    fn less_silence_than_20_ms_stays_as_it_is() {
        let (out, cut) = run(&runs(&[(100, FAINT), (1_000, LOUD), (200, FAINT)]));
        assert_eq!((out.len(), cut.head, cut.silent), (1_300, 0, 0));
    }

    #[test]
    fn sound_up_to_the_edge_is_faded() {
        for len in [1, 10, FADE, 2 * FADE, 1_000] {
            let (out, _) = run(&vec![LOUD; len]);
            assert_eq!(out.len(), len);
            assert!(out[0] < 0.001 * LOUD && out[len - 1] < 0.001 * LOUD, "{len}");
            let steps = out.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            assert!(steps.fold(0.0, f32::max) < LOUD * 4.0 / FADE as f32, "no step is a click ({len})");
        }
    }

    #[test]
    fn silence_within_is_kept_and_counted() {
        let samples = runs(&[
            (500, LOUD),
            (KEEP - 1, 0.0),
            (500, LOUD),
            (9_000, 0.0),
            (500, LOUD),
            (700, 0.0),
            (1, LOUD),
        ]);
        let (out, cut) = run(&samples);
        assert_eq!(out.len(), samples.len());
        assert_eq!((cut.silent, cut.longest_silence), (9_700, 9_000));
    }

    #[test]
    fn nothing_to_hear_leaves_nothing() {
        for samples in [vec![], vec![FAINT; 10], vec![0.0; 100_000]] {
            let (out, cut) = run(&samples);
            assert_eq!((out.len(), cut.kept, cut.head), (0, 0, samples.len() as u64));
        }
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let (mut gate, mut out) = (Gate::new(), Vec::new());
        gate.push(&[LOUD], &mut out);
        for _ in 0..2 * HELD_MAX / FADE {
            gate.push(&[0.0; FADE], &mut out);
            assert!(gate.held.len() <= HELD_MAX);
        }
        gate.finish(&mut out);
        assert!(out.len() <= 1 + HELD_MAX + FADE, "of 60 s of silence 30 s are cut");
    }

    #[test]
    fn a_running_voice_waits_for_the_fade_alone() {
        let (mut gate, mut out) = (Gate::new(), Vec::new());
        for _ in 0..10_000 {
            gate.push(&[LOUD], &mut out);
        }
        assert_eq!(out.len(), 10_000 - FADE);
    }
}
