use proptest::prelude::*;

use super::*;
use crate::audio::FRAME_SAMPLES;
use crate::audio::tags::Chapter;

const BUILT: &[Whole] = if cfg!(feature = "opus") { &[Whole::Flac, Whole::Opus] } else { &[Whole::Flac] };

fn tags() -> Tags {
    Tags {
        title: "Rain".to_owned(),
        ai_note: "Read by an AI voice".to_owned(),
        // More than one Ogg page.
        text: "It rained all night, and nobody came. ".repeat(4_000),
        chapters: vec![Chapter { title: "One".to_owned(), start_ms: 0, end_ms: 1_000 }],
        ..Tags::default()
    }
}

fn sound(frames: usize) -> Vec<i16> {
    (0..frames * FRAME_SAMPLES).map(|i| ((i as f64 * 0.05).sin() * 8_000.0) as i16).collect()
}

/// The head and what stands behind it, pushed in pieces of these sizes.
fn code(whole: Whole, samples: &[i16], before: Before<'_>, cuts: &[usize]) -> (Bytes, Vec<u8>) {
    let mut coder = WholeCoder::new(whole, samples.len() as u64, before).unwrap();
    let (mut out, mut rest, mut cuts) = (Vec::new(), samples, cuts.iter().cycle());
    while !rest.is_empty() {
        let (now, later) = rest.split_at((*cuts.next().unwrap()).clamp(1, rest.len()));
        coder.push(now, &mut out).unwrap();
        rest = later;
    }
    let head = coder.finish(&mut out).unwrap();
    (head, out)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_bytes_do_not_depend_on_how_the_samples_come(
        frames in 0usize..40, cuts in prop::collection::vec(1usize..9_000, 1..5),
    ) {
        let samples = sound(frames);
        for whole in BUILT {
            let once = code(*whole, &samples, Before::Tags(&tags()), &[usize::MAX]);
            let cut = code(*whole, &samples, Before::Tags(&tags()), &cuts);
            prop_assert!(once == cut, "{whole:?}");
            let again = code(*whole, &samples, Before::Head(&once.0), &cuts);
            prop_assert!(once.1 == again.1, "{whole:?}, behind a head that is there");
        }
    }
}

#[test]
fn a_stream_has_the_same_sound_behind_a_head_that_is_known_at_once() {
    for samples in [0, 1, 479, 480, 576, 4_096, 30_000] {
        let samples = &sound(60)[..samples];
        for whole in BUILT {
            let (announced, sound) = code(*whole, samples, Before::Tags(&tags()), &[usize::MAX]);
            let (mut coder, head) = WholeCoder::streaming(*whole, &tags()).unwrap();
            let mut out = Vec::new();
            for part in samples.chunks(1_000) {
                coder.push(part, &mut out).unwrap();
            }
            coder.finish(&mut out).unwrap();
            assert!(out == sound, "{whole:?}: {} samples", samples.len());
            match whole {
                Whole::Opus => assert!(head == announced, "the end stands in the last page alone"),
                Whole::Flac => {
                    assert!(head.starts_with(b"fLaC\x00"), "STREAMINFO comes first");
                    assert_eq!(head[8..12], announced[8..12], "the block size");
                    assert_eq!(head[12..18], [0; 6], "RFC 9639 §8.2: sizes of frames, not known");
                    assert_eq!(head[21] & 0x0F, 0, "and the number of samples");
                    assert_eq!(head[22..42], [0; 20], "and their digest");
                }
            }
        }
    }
}

#[test]
fn a_wrong_number_of_samples_and_a_foreign_head_are_refused() {
    for whole in BUILT {
        for (announced, pushed) in [(576, 0), (576, 575), (576, 1_152), (0, 576)] {
            let mut coder = WholeCoder::new(*whole, announced, Before::Tags(&Tags::default())).unwrap();
            let mut out = Vec::new();
            let pushed = coder.push(&vec![0; pushed], &mut out).and_then(|()| coder.finish(&mut out));
            assert!(matches!(pushed, Err(AudioError::Coder(_))), "{whole:?} {announced}");
        }
    }
    assert!(WholeCoder::new(Whole::Flac, 1 << 36, Before::Tags(&Tags::default())).is_err());
    if cfg!(feature = "opus") {
        for head in [&b""[..], b"OggS", &[0; 300]] {
            assert!(WholeCoder::new(Whole::Opus, 576, Before::Head(head)).is_err());
        }
    }
}

#[test]
fn a_flac_says_what_it_holds_before_it_does() {
    let samples = sound(30 * 42);
    let (head, _) = code(Whole::Flac, &samples, Before::Tags(&tags()), &[10_000]);
    // RFC 9639 §8.2: 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of samples.
    let packed = u64::from_be_bytes(head[18..26].try_into().unwrap());
    assert_eq!(packed >> 44, 24_000);
    assert_eq!(packed >> 41 & 7, 0);
    assert_eq!(packed >> 36 & 31, 15);
    assert_eq!(packed & ((1 << 36) - 1), samples.len() as u64);
    assert_ne!(head[26..42], [0; 16], "the MD5 of the samples");
    // §8.5: three points of 18 bytes, at 0, 10 and 20 seconds at the latest.
    assert_eq!(head[42..46], [3, 0, 0, 4 * 18]);
    let points: Vec<u64> = head[46..46 + 72]
        .chunks(18)
        .map(|point| u64::from_be_bytes(point[..8].try_into().unwrap()))
        .collect();
    assert_eq!(points[0], 0);
    for (point, seconds) in points.iter().zip([0, 10, 20, 30]) {
        assert!((seconds * 24_000..seconds * 24_000 + 4_096).contains(point), "{points:?}");
    }
}

#[cfg(feature = "opus")]
#[test]
fn an_opus_ends_where_its_sound_ends() {
    for frames in [1usize, 5, 6, 41, 50] {
        let samples = sound(frames);
        let (head, body) = code(Whole::Opus, &samples, Before::Tags(&tags()), &[576]);
        let pre_skip = u64::from(u16::from_le_bytes(head[28 + 10..28 + 12].try_into().unwrap()));
        assert_eq!(pre_skip, 312, "RFC 7845 §4.2: 6.5 ms at 48 kHz");
        let last = body.windows(4).rposition(|four| four == b"OggS").unwrap();
        assert_eq!(body[last + 5] & 0x04, 0x04, "RFC 3533 §6: the last page says so");
        let granule = u64::from_le_bytes(body[last + 6..last + 14].try_into().unwrap());
        assert_eq!(granule - pre_skip, 2 * samples.len() as u64, "{frames} frames");
    }
}
