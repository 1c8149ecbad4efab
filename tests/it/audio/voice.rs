//! A voice for tests: nothing anyone would listen to, but with what an engine's audio has: voiced
//! sounds with a moving pitch, hisses, pauses, and near-silence at both ends.

/// One "sentence" of about `ms` milliseconds at `rate_hz`. The same seed gives the same samples.
pub(crate) fn sentence(seed: u32, rate_hz: u32, ms: u32) -> Vec<i16> {
    let mut noise = Noise(u64::from(seed) * 2 + 1);
    let mut samples = Vec::new();
    let silence = |noise: &mut Noise, samples: &mut Vec<i16>, ms: u32| {
        samples.extend((0..ms * rate_hz / 1_000).map(|_| (noise.next() * 20.0) as i16));
    };
    let head = 40 + noise.below(200);
    silence(&mut noise, &mut samples, head);
    let speech_end = samples.len() + (ms * rate_hz / 1_000) as usize;
    while samples.len() < speech_end {
        match noise.below(8) {
            0 => silence(&mut noise, &mut samples, 60),
            1 | 2 => hiss(&mut noise, &mut samples, rate_hz),
            _ => vowel(&mut noise, &mut samples, rate_hz),
        }
    }
    samples.truncate(speech_end);
    let tail = 60 + noise.below(300);
    silence(&mut noise, &mut samples, tail);
    samples
}

fn vowel(noise: &mut Noise, samples: &mut Vec<i16>, rate_hz: u32) {
    let len = (80 + noise.below(140)) * rate_hz / 1_000;
    let (start_hz, end_hz) = (90.0 + 60.0 * noise.next().abs(), 90.0 + 60.0 * noise.next().abs());
    let formants = [300.0 + 500.0 * noise.next().abs(), 900.0 + 1_500.0 * noise.next().abs(), 2_700.0];
    let mut phase = 0.0;
    for n in 0..len {
        let at = f64::from(n) / f64::from(len);
        let pitch_hz = start_hz + (end_hz - start_hz) * at;
        phase += std::f64::consts::TAU * pitch_hz / f64::from(rate_hz);
        let harmonics = (1..=24).map(|k| {
            let hz = pitch_hz * f64::from(k);
            let weight: f64 = formants.iter().map(|f| 1.0 / (1.0 + ((hz - f) / 120.0).powi(2))).sum();
            weight * (phase * f64::from(k)).sin()
        });
        let envelope = (std::f64::consts::PI * at).sin();
        samples.push((4_500.0 * envelope * harmonics.sum::<f64>()).clamp(-32_000.0, 32_000.0) as i16);
    }
}

fn hiss(noise: &mut Noise, samples: &mut Vec<i16>, rate_hz: u32) {
    let len = (40 + noise.below(80)) * rate_hz / 1_000;
    let mut last = 0.0;
    for n in 0..len {
        let white = noise.next();
        let envelope = (std::f64::consts::PI * f64::from(n) / f64::from(len)).sin();
        samples.push((2_500.0 * envelope * (white - last)) as i16);
        last = white;
    }
}

/// White noise (xorshift64*).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From −1 to 1.
    pub(crate) fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// From 0 to `end`, without it.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (self.bits() >> 33) as u32 % end
    }
}
