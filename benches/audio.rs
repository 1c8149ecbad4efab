//! What the audio chain costs: run with `cargo bench --bench audio`. A minute of speech goes through
//! in chunks of 65 ms, as an engine hands it over.

use divan::Bencher;
use divan::counter::ItemsCount;
use listen::audio::{Bitrate, ClipEncoder, Master, loudness};

#[path = "../tests/it/audio/voice.rs"]
mod voice;

/// Seconds of audio per round: one minute of sentences of 4 s.
const SENTENCES: u32 = 15;
const SENTENCE_MS: u32 = 4_000;

fn main() {
    divan::main();
}

fn sentences(rate_hz: u32) -> Vec<Vec<i16>> {
    (0..SENTENCES).map(|seed| voice::sentence(seed, rate_hz, SENTENCE_MS)).collect()
}

/// A sentence as it comes from [`Master`].
fn master(input: &[i16], rate_hz: u32, gain_db: f32) -> (Vec<i16>, u32) {
    let mut master = Master::new(rate_hz, gain_db).expect("a rate and a gain that are taken");
    let mut samples = Vec::new();
    for chunk in input.chunks(rate_hz as usize * 65 / 1_000) {
        master.push(chunk, &mut samples);
    }
    let frames = master.finish(&mut samples).frames;
    (samples, frames)
}

fn encode(samples: &[i16], frames: u32, bitrate: Bitrate) -> Vec<u8> {
    let mut encoder = ClipEncoder::new(bitrate).expect("LAME starts");
    let mut clip = Vec::new();
    for chunk in samples.chunks(1_560) {
        encoder.push(chunk, &mut clip).expect("LAME takes samples");
    }
    encoder.finish(frames, &mut clip).expect("as many frames as there are");
    clip
}

/// A minute through `Master`; the limiter works in the louder case.
#[divan::bench(args = [(16_000, 0.0), (22_050, 0.0), (24_000, 0.0), (48_000, 0.0), (16_000, 12.0)])]
fn minute_mastered(bencher: Bencher, (rate_hz, gain_db): (u32, f32)) {
    let sentences = sentences(rate_hz);
    bencher
        .counter(ItemsCount::new(60u32))
        .bench(|| sentences.iter().map(|input| master(input, rate_hz, gain_db).0.len()).sum::<usize>());
}

/// A minute through `ClipEncoder`.
#[divan::bench(args = Bitrate::ALL)]
fn minute_encoded(bencher: Bencher, bitrate: Bitrate) {
    let segments: Vec<_> = sentences(24_000).iter().map(|input| master(input, 24_000, 0.0)).collect();
    bencher.counter(ItemsCount::new(60u32)).bench(|| {
        segments.iter().map(|(samples, frames)| encode(samples, *frames, bitrate).len()).sum::<usize>()
    });
}

/// From an engine's first 300 ms to their MP3 frames, with everything that has to be set up.
#[divan::bench]
fn first_300_ms(bencher: Bencher) {
    let input = voice::sentence(7, 16_000, 1_000);
    bencher.bench(|| {
        let mut master = Master::new(16_000, 0.0).expect("taken");
        let mut encoder = ClipEncoder::new(Bitrate::K64).expect("LAME starts");
        let (mut samples, mut clip) = (Vec::new(), Vec::new());
        master.push(&input[..4_800], &mut samples);
        encoder.push(&samples, &mut clip).expect("LAME takes samples");
        clip
    });
}

/// Setting up LAME, once a sentence.
#[divan::bench]
fn encoder_set_up() -> ClipEncoder {
    ClipEncoder::new(Bitrate::K64).expect("LAME starts")
}

/// Setting up the chain, once a sentence.
#[divan::bench(args = [16_000, 22_050, 24_000])]
fn master_set_up(rate_hz: u32) -> Master {
    Master::new(rate_hz, 0.0).expect("taken")
}

/// A minute's loudness.
#[divan::bench]
fn minute_measured(bencher: Bencher) {
    let samples: Vec<i16> = sentences(24_000).concat();
    bencher.bench(|| loudness::measure(&samples));
}
