//! `Master` and `ClipEncoder`: chunks, rates, cuts, peaks.

use listen::audio::{
    AudioError, Bitrate, ClipEncoder, FRAME_SAMPLES, LOOK_AHEAD_SAMPLES, Master, TAIL_SAMPLES, loudness,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::make;
use super::voice::{Noise, sentence};

const RATES_HZ: [u32; 8] = [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 23_456];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn samples_and_bytes_do_not_depend_on_the_chunks(
        seed in any::<u32>(), rate in prop::sample::select(&RATES_HZ[..]), ms in 0u32..1_500,
        chunks in vec(1usize..5_000, 1..20), bitrate in prop::sample::select(&Bitrate::ALL[..]),
    ) {
        let input = sentence(seed, rate, ms);
        let whole = make(&input, rate, 3.0, bitrate, &[usize::MAX]).unwrap();
        let cut = make(&input, rate, 3.0, bitrate, &chunks).unwrap();
        prop_assert_eq!(&cut.samples, &whole.samples);
        prop_assert_eq!(&cut.clip, &whole.clip);
        prop_assert_eq!(cut.mastered, whole.mastered);
    }

    #[test]
    fn a_segment_is_whole_frames_that_end_in_silence(
        seed in any::<u32>(), rate in prop::sample::select(&RATES_HZ[..]), ms in 0u32..1_500,
        bitrate in prop::sample::select(&Bitrate::ALL[..]),
    ) {
        let segment = make(&sentence(seed, rate, ms), rate, 0.0, bitrate, &[1_000]).unwrap();
        let frames = segment.mastered.frames as usize;
        prop_assert_eq!(segment.samples.len(), frames * FRAME_SAMPLES);
        prop_assert_eq!(segment.clip.len(), frames * bitrate.bytes_per_frame());
        let sound = segment.mastered.sound_samples() as usize;
        prop_assert!(segment.samples.len() - sound >= TAIL_SAMPLES);
        prop_assert!(segment.samples.len() - sound < TAIL_SAMPLES + FRAME_SAMPLES);
        prop_assert!(segment.samples[sound..].iter().all(|sample| *sample == 0));
    }

    #[test]
    fn every_frame_of_a_clip_starts_with_its_header(seed in any::<u32>(), bitrate in prop::sample::select(&Bitrate::ALL[..])) {
        let segment = make(&sentence(seed, 16_000, 700), 16_000, 0.0, bitrate, &[1_000]).unwrap();
        let silent = listen::audio::silent_frame(bitrate);
        for frame in segment.clip.chunks(bitrate.bytes_per_frame()) {
            prop_assert_eq!(&frame[..4], &silent[..4]);
            // main_data_begin: no frame borrows bits from the ones before (ISO 13818-3 §2.4.1.7).
            prop_assert_eq!(frame[4], 0);
        }
    }

    #[test]
    fn positions_rise_and_stay_in_the_segment(
        seed in any::<u32>(), rate in prop::sample::select(&RATES_HZ[..]), mut at in vec(any::<u64>(), 1..20),
    ) {
        let input = sentence(seed, rate, 400);
        let mastered = make(&input, rate, 0.0, Bitrate::K64, &[1_000]).unwrap().mastered;
        at.extend((0..20).map(|i| i * input.len() as u64 / 20));
        at.sort_unstable();
        let positions: Vec<u64> = at.into_iter().map(|sample| mastered.position(sample)).collect();
        prop_assert!(positions.is_sorted());
        prop_assert!(positions.iter().all(|position| *position <= mastered.sound_samples()));
    }

    #[test]
    fn true_peak_stays_under_minus_1_dbtp(
        seed in any::<u32>(), gain_db in 0f32..40.0, rate in prop::sample::select(&RATES_HZ[..]),
    ) {
        let segment = make(&sentence(seed, rate, 600), rate, gain_db, Bitrate::K64, &[1_000]).unwrap();
        let loudness = loudness::measure(&segment.samples).unwrap();
        prop_assert!(loudness.true_peak_dbtp <= loudness::TRUE_PEAK_MAX_DBTP, "{loudness:?}");
    }
}

/// Signals that peak between their samples, at every gain.
#[test]
fn hot_signals_stay_under_minus_1_dbtp() {
    let mut noise = Noise(77);
    let white: Vec<i16> = (0..48_000).map(|_| (noise.next() * 32_767.0) as i16).collect();
    let square =
        |hz: u32| move |n: u32| if (n * hz / 12_000).is_multiple_of(2) { i16::MAX } else { i16::MIN };
    let sine = |hz: f64, phase: f64| {
        move |n: u32| (32_767.0 * (std::f64::consts::TAU * hz / 24_000.0 * f64::from(n) + phase).sin()) as i16
    };
    let click = |n: u32| if n % 4_801 == 4_000 { i16::MAX } else { 200 };
    let signals: [(&str, Vec<i16>); 7] = [
        ("white noise", white),
        ("square 100 Hz", (0..48_000).map(square(100)).collect()),
        ("square 3 kHz", (0..48_000).map(square(3_000)).collect()),
        ("sine 6 kHz, between samples", (0..48_000).map(sine(6_000.0, 0.785)).collect()),
        ("sine 997 Hz", (0..48_000).map(sine(997.0, 0.1)).collect()),
        ("sine 9.1 kHz", (0..48_000).map(sine(9_100.0, 0.3)).collect()),
        ("clicks", (0..48_000).map(click).collect()),
    ];
    for (name, signal) in signals {
        for gain_db in [-6.0, 0.0, 3.0, 12.0, 30.0] {
            let segment = make(&signal, 24_000, gain_db, Bitrate::K64, &[1_000]).unwrap();
            let peak = loudness::measure(&segment.samples).unwrap().true_peak_dbtp;
            assert!(peak <= loudness::TRUE_PEAK_MAX_DBTP, "{name}, gain {gain_db} dB: {peak} dBTP");
        }
    }
}

#[test]
fn at_the_house_rate_what_is_not_too_loud_passes_unchanged() {
    let input: Vec<i16> = sentence(3, 24_000, 900).into_iter().map(|sample| sample / 2).collect();
    let segment = make(&input, 24_000, 0.0, Bitrate::K64, &[777]).unwrap();
    assert_eq!(segment.mastered.reduction_db, 0.0);
    let head = (0..input.len()).find(|n| segment.mastered.position(*n as u64) == 1).unwrap() - 1;
    let sound = segment.mastered.sound_samples() as usize;
    assert_eq!(segment.samples[96..sound - 96], input[head + 96..head + sound - 96]);
}

#[test]
fn positions_are_where_the_sound_is() {
    for rate_hz in RATES_HZ {
        // A click 1 s into 2 s of a soft tone that starts after 0.3 s of silence.
        let click = rate_hz as usize;
        let mut input: Vec<i16> =
            (0..2 * rate_hz).map(|n| if n < rate_hz * 3 / 10 { 0 } else { (n % 40) as i16 * 20 }).collect();
        input[click] = 30_000;
        let segment = make(&input, rate_hz, 0.0, Bitrate::K64, &[999]).unwrap();
        let loudest = (0..segment.samples.len()).max_by_key(|n| segment.samples[*n].unsigned_abs()).unwrap();
        let position = segment.mastered.position(click as u64);
        assert!(position.abs_diff(loudest as u64) <= 1, "{rate_hz} Hz: {position} {loudest}");
    }
}

#[test]
fn the_checks_get_what_they_need() {
    let tone = |ms: u32| (0..ms * 24).map(|n| if n % 24 < 12 { 8_000 } else { -8_000 });
    let rest = |ms: u32| std::iter::repeat_n(0, ms as usize * 24);
    let mut input: Vec<i16> =
        rest(500).chain(tone(400)).chain(rest(700)).chain(tone(300)).chain(rest(900)).collect();
    input[15_000] = i16::MAX;
    input[15_001] = i16::MIN;
    let mastered = make(&input, 24_000, -6.0, Bitrate::K64, &[480]).unwrap().mastered;
    assert_eq!((mastered.head_cut_ms, mastered.longest_inner_silence_ms), (480, 700));
    assert_eq!((mastered.voiced_ms, mastered.clipped_samples), (740, 2));
    assert_eq!((mastered.input_peak_dbfs, mastered.input_samples), (0.0, input.len() as u64));
    // 740 ms of sound, 700 of silence within, 48 of silence at the end.
    assert_eq!(mastered.frames, (740 + 700 + 48u32).div_ceil(24));
    let nothing = make(&[], 24_000, 0.0, Bitrate::K64, &[1]).unwrap();
    assert_eq!((nothing.mastered.voiced_ms, nothing.mastered.frames), (0, 2));
}

#[test]
fn a_running_voice_comes_out_as_it_goes_in() {
    for (rate_hz, late_ms) in [(24_000, 7), (22_050, 27), (16_000, 31), (48_000, 20)] {
        let input: Vec<i16> =
            sentence(5, rate_hz, 2_000).into_iter().filter(|sample| sample.abs() > 40).collect();
        let (mut master, mut samples) = (Master::new(rate_hz, 0.0).unwrap(), Vec::new());
        master.push(&input[..rate_hz as usize * 3 / 10], &mut samples);
        let missing = 7_200 - samples.len();
        assert!(missing <= late_ms * 24, "{rate_hz} Hz: {missing} samples late");
        let (mut encoder, mut clip) = (ClipEncoder::new(Bitrate::K64).unwrap(), Vec::new());
        encoder.push(&samples, &mut clip).unwrap();
        assert_eq!(clip.len() / 192, 1 + (samples.len() - 800) / FRAME_SAMPLES, "{rate_hz} Hz");
    }
    assert_eq!(LOOK_AHEAD_SAMPLES, 96 + 51);
}

#[test]
fn what_is_out_of_range_is_refused() {
    for rate_hz in [0, 7_999, 192_001, u32::MAX] {
        assert!(matches!(Master::new(rate_hz, 0.0), Err(AudioError::Rate(_))), "{rate_hz} Hz");
    }
    for gain_db in [f32::NAN, f32::INFINITY, -60.1, 1e9] {
        assert!(matches!(Master::new(24_000, gain_db), Err(AudioError::Gain(_))), "{gain_db} dB");
    }
    for rate_hz in [8_000, 191_999, 192_000] {
        let segment = make(&sentence(1, rate_hz, 100), rate_hz, 0.0, Bitrate::K64, &[5_000]).unwrap();
        assert!(segment.mastered.voiced_ms > 50, "{rate_hz} Hz");
    }
}

#[test]
fn a_clip_with_other_frames_than_were_pushed_is_refused() {
    for frames in [0, 5, 9, 100] {
        let mut encoder = ClipEncoder::new(Bitrate::K64).unwrap();
        let mut clip = Vec::new();
        encoder.push(&[0; 20 * FRAME_SAMPLES], &mut clip).unwrap();
        assert!(encoder.finish(frames, &mut clip).is_err(), "{frames}");
    }
}

#[test]
fn the_encoder_is_the_one_it_says_it_is() {
    let names = Bitrate::ALL.map(Bitrate::encoder);
    assert_eq!(names, ["lame-3.100u-q7-48", "lame-3.100u-q7-64", "lame-3.100u-q7-96"]);
    assert_eq!(mp3lame_encoder::mp3lame_version(), "3.100");
    for bitrate in Bitrate::ALL {
        assert_eq!(bitrate.to_string().parse(), Ok(bitrate));
    }
    assert!("128".parse::<Bitrate>().is_err() && "".parse::<Bitrate>().is_err());
}
