//! Ropes of many segments, read by other people's programs: nothing shifts, nothing clicks, and the
//! length is exact.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use listen::audio::rope::{Blob, Coding, Part, Piece, Rope, Silence};
use listen::audio::tags::{Tags, id3, list_info};
use listen::audio::{Bitrate, FRAME_SAMPLES, SAMPLE_RATE_HZ, loudness, mp3, wav};

use super::voice::sentence;
use super::{Segment, make, tags};
use crate::outside::has;

const SENTENCES: u32 = 60;

/// Pause after a sentence, in frames.
fn pause(sentence: usize) -> u64 {
    if sentence % 7 == 6 { 27 } else { 15 }
}

/// A rendition in both formats, from the same segments.
struct Rendition {
    mp3: Vec<u8>,
    wav: Vec<u8>,
    frames: u32,
    /// Where each segment starts, in samples.
    starts: Vec<usize>,
}

fn rendition(bitrate: Bitrate, tags: &Tags) -> Rendition {
    let segments: Vec<Segment> = (0..SENTENCES)
        .map(|i| {
            let rate_hz = [16_000, 22_050, 24_000][i as usize % 3];
            let input = sentence(i, rate_hz, 600 + 97 * (i % 29));
            make(&input, rate_hz, 2.0, bitrate, &[1_040]).expect("a segment is made")
        })
        .collect();
    let (mut clips, mut samples, mut starts, mut frames) = (Rope::new(), Rope::new(), Vec::new(), 0);
    let (mut clip_blobs, mut wav_blobs) = (Vec::new(), Vec::new());
    for (i, segment) in segments.iter().enumerate() {
        starts.push(frames as usize * FRAME_SAMPLES);
        let silence = |coding| Piece::Silence(Silence { coding, frames: pause(i) });
        let blob = |offset: usize, len: usize| {
            let (offset, len) = (offset as u64, len as u64);
            Piece::Blob(Blob { digest: [i as u8; 32], offset, len })
        };
        clips.extend([blob(0, segment.clip.len()), silence(Coding::Mp3(bitrate))]);
        let segment_wav = wav::encode(&segment.samples).expect("whole frames");
        samples
            .extend([blob(wav::HEADER_BYTES, segment_wav.len() - wav::HEADER_BYTES), silence(Coding::Pcm)]);
        clip_blobs.push(segment.clip.clone());
        wav_blobs.push(segment_wav);
        frames += segment.mastered.frames + pause(i) as u32;
    }
    let coding = Coding::Mp3(bitrate);
    let mut mp3 = Rope::from(vec![Piece::Bytes(mp3::head(&id3(tags), frames, bitrate))]);
    mp3.extend(Vec::from(clips));
    mp3.push(Piece::Silence(Silence { coding, frames: u64::from(mp3::TAIL_FRAMES) }));
    let info = list_info(tags);
    let header =
        wav::header(u64::from(frames) * FRAME_SAMPLES as u64, info.len() as u32).expect("far under 4 GiB");
    let mut wav = Rope::from(vec![Piece::Bytes(Bytes::copy_from_slice(&header))]);
    wav.extend(Vec::from(samples));
    wav.push(Piece::Bytes(Bytes::from(info)));
    Rendition { mp3: read(&mp3, &clip_blobs), wav: read(&wav, &wav_blobs), frames, starts }
}

/// A whole rope's bytes; the first byte of a digest is the number of its blob.
fn read(rope: &Rope, blobs: &[Vec<u8>]) -> Vec<u8> {
    rope.slice(0..rope.len()).fold(Vec::new(), |mut all, part| {
        match part {
            Part::Bytes(bytes) => all.extend_from_slice(&bytes),
            Part::Blob(blob) => {
                let bytes = &blobs[usize::from(blob.digest[0])];
                all.extend_from_slice(&bytes[blob.offset as usize..(blob.offset + blob.len) as usize]);
            }
        }
        all
    })
}

/// What ffmpeg decodes, at the file's own rate; it must have nothing to complain about at this level
/// of its log.
pub(super) fn decode(file: &[u8], log_level: &str) -> Vec<i16> {
    // From a file: ffmpeg compares the length in the Info frame with the file's own.
    let mut input = tempfile::NamedTempFile::new().expect("a file");
    input.write_all(file).expect("written");
    let output = Command::new("ffmpeg")
        .args(["-v", log_level, "-xerror", "-i"])
        .arg(input.path())
        .args(["-f", "s16le", "-c:a", "pcm_s16le", "-"])
        .output()
        .expect("ffmpeg runs");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// By how many samples `heard` is late against `meant`, around a place, at most ±1500.
pub(super) fn lag(heard: &[i16], meant: &[i16], at: usize) -> i64 {
    const REACH: usize = 1_500;
    const WINDOW: usize = 12_000;
    let start = at.clamp(REACH, meant.len().min(heard.len()) - WINDOW - REACH);
    let window = &meant[start..start + WINDOW];
    let likeness = |late: usize| -> i64 {
        let other = &heard[start + late - REACH..];
        window.iter().zip(other).map(|(a, b)| i64::from(*a) * i64::from(*b)).sum()
    };
    (0..=2 * REACH).max_by_key(|late| likeness(*late)).expect("there are lags") as i64 - REACH as i64
}

/// Signal to error in dB.
fn snr_db(heard: &[i16], meant: &[i16]) -> f64 {
    let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|x| x * x).sum::<f64>().max(1.0);
    let signal = power(&mut meant.iter().map(|x| f64::from(*x)));
    let error = power(&mut meant.iter().zip(heard).map(|(a, b)| f64::from(*a) - f64::from(*b)));
    10.0 * (signal / error).log10()
}

#[test]
fn an_mp3_rope_plays_sample_for_sample_what_its_wav_plays() {
    if !has("ffmpeg", &["-version"]) {
        return;
    }
    for bitrate in Bitrate::ALL {
        let rendition =
            rendition(bitrate, &tags("It rained.\nThen it rained again.", [20_000, 45_000], None));
        let (heard, meant) = (decode(&rendition.mp3, "warning"), decode(&rendition.wav, "error"));
        assert_eq!(meant.len(), rendition.frames as usize * FRAME_SAMPLES, "{bitrate}");
        assert_eq!(heard.len(), meant.len(), "{bitrate}");
        for at in [0, meant.len() / 2, meant.len()] {
            assert_eq!(lag(&heard, &meant, at), 0, "{bitrate}, at sample {at}");
        }
        for (i, &start) in rendition.starts.iter().enumerate() {
            let end = rendition.starts.get(i + 1).copied().unwrap_or(meant.len());
            let snr = snr_db(&heard[start..end], &meant[start..end]);
            assert!(snr > 10.0, "{bitrate}, sentence {i}: {snr} dB");
        }
    }
}

/// LAME turns its input down at these bit rates when it is let.
#[test]
fn an_mp3_is_as_loud_as_its_wav() {
    if !has("ffmpeg", &["-version"]) {
        return;
    }
    for bitrate in Bitrate::ALL {
        let rendition = rendition(bitrate, &tags("", [1, 2], None));
        let measured = |file: &[u8]| loudness::measure(&decode(file, "error")).expect("sound");
        let (mp3, wav) = (measured(&rendition.mp3), measured(&rendition.wav));
        let off = mp3.integrated_lufs - wav.integrated_lufs;
        assert!(off.abs() < 0.1, "{bitrate}: {off} LU");
        for found in [mp3, wav] {
            assert!(found.true_peak_dbtp <= loudness::TRUE_PEAK_MAX_DBTP, "{bitrate}: {mp3:?} of {wav:?}");
        }
    }
}

/// A join lies in silence, and the decoder's memory of the sentence before is silence as well: no
/// sample around it may be heard.
#[test]
fn joins_do_not_click() {
    if !has("ffmpeg", &["-version"]) {
        return;
    }
    const NOT_HEARD: u16 = 33; // -60 dB of full scale
    for bitrate in Bitrate::ALL {
        let rendition =
            rendition(bitrate, &tags("It rained.\nThen it rained again.", [20_000, 45_000], None));
        let heard = decode(&rendition.mp3, "warning");
        for (i, pair) in rendition.starts.windows(2).enumerate() {
            let join = pair[1] - pause(i) as usize * FRAME_SAMPLES;
            let around = &heard[join - FRAME_SAMPLES..pair[1]];
            let loudest = around.iter().map(|sample| sample.unsigned_abs()).max().expect("not empty");
            assert!(loudest < NOT_HEARD, "{bitrate}, after sentence {i}: {loudest}");
        }
    }
}

#[test]
fn ffprobe_reads_length_chapters_and_texts() {
    if !has("ffprobe", &["-version"]) {
        return;
    }
    let rendition =
        rendition(Bitrate::K48, &tags("It rained.\nThen it rained again.", [20_000, 45_000], None));
    let folder = tempfile::tempdir().expect("a folder");
    let (mp3, wav) = (folder.path().join("a.mp3"), folder.path().join("a.wav"));
    std::fs::write(&mp3, &rendition.mp3).expect("written");
    std::fs::write(&wav, &rendition.wav).expect("written");
    let seconds = f64::from(rendition.frames) * 0.024;
    for path in [&mp3, &wav] {
        let found = probe(path);
        let duration: f64 = found["format"]["duration"].as_str().unwrap().parse().unwrap();
        assert!((duration - seconds).abs() < 0.06, "{path:?}: {duration} for {seconds}");
        assert_eq!(found["format"]["tags"]["title"], "Rain over the harbour");
        assert_eq!(found["format"]["tags"]["artist"], "M. Østergård");
    }
    let found = probe(&mp3);
    assert_eq!(found["chapters"][1]["tags"]["title"], "雨の朝");
    assert_eq!(found["chapters"][1]["start_time"], "20.000000");
    assert_eq!(found["format"]["tags"]["AI voice"], "Read by an AI voice");
    assert_eq!(found["streams"][0]["bit_rate"], "48000");
}

pub(super) fn probe(path: &Path) -> serde_json::Value {
    let args = ["-v", "error", "-of", "json", "-show_format", "-show_chapters", "-show_streams"];
    let output = Command::new("ffprobe").args(args).arg(path).output().expect("ffprobe runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("ffprobe writes JSON")
}

/// Mutagen reads the Info frame as the field's players do.
#[test]
fn mutagen_reads_the_exact_length_and_every_frame() {
    const SCRIPT: &str = r#"
import json, sys, mutagen.mp3
file = mutagen.mp3.MP3(sys.argv[1])
tags = file.tags
print(json.dumps({
    "length": file.info.length, "bitrate": file.info.bitrate, "sketchy": file.info.sketchy,
    "encoder": file.info.encoder_info, "keys": sorted(tags.keys()), "text": str(tags["USLT::eng"]),
    "chapter": [tags["CHAP:c1"].start_time, tags["CHAP:c1"].end_time, str(tags["CHAP:c1"].sub_frames["TIT2"])],
    "contents": tags["CTOC:toc"].child_element_ids, "date": str(tags["TDRC"]), "lang": str(tags["TLAN"]),
}))"#;
    if !has("python3", &["-c", "import mutagen"]) {
        return;
    }
    for bitrate in Bitrate::ALL {
        let rendition =
            rendition(bitrate, &tags("It rained.\nThen it rained again.", [20_000, 45_000], None));
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&rendition.mp3).expect("written");
        let output =
            Command::new("python3").args(["-c", SCRIPT]).arg(file.path()).output().expect("python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let samples = found["length"].as_f64().unwrap() * f64::from(SAMPLE_RATE_HZ);
        assert!((samples - f64::from(rendition.frames) * FRAME_SAMPLES as f64).abs() < 0.01, "{found}");
        assert_eq!((&found["sketchy"], &found["encoder"]), (&false.into(), &"LAME 3.100.0+".into()));
        assert_eq!(found["bitrate"], bitrate.kbps() * 1_000, "{found}");
        assert_eq!(found["text"], "It rained.\nThen it rained again.");
        assert_eq!(found["chapter"], serde_json::json!([20_000, 45_000, "雨の朝"]));
        assert_eq!(found["contents"], serde_json::json!(["c0", "c1"]));
        assert_eq!((&found["date"], &found["lang"]), (&"2026-11-22".into(), &"eng".into()));
    }
}
