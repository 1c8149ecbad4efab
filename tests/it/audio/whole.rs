//! FLAC and Opus as other people's programs read them: the samples, the length, the tags.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use std::io::Write as _;
use std::process::Command;

use bytes::Bytes;
use listen::audio::whole::{Before, Whole, WholeCoder};
use listen::audio::{Bitrate, FRAME_SAMPLES};

use super::joined::{decode, probe};
use super::voice::sentence;
use super::{make, tags};
use crate::outside::has;

/// A PNG of one dark pixel.
const COVER: &[u8] = b"\
    \x89\x50\x4E\x47\x0D\x0A\x1A\x0A\x00\x00\x00\x0D\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\
    \x08\x02\x00\x00\x00\x90\x77\x53\xDE\x00\x00\x00\x0C\x49\x44\x41\x54\x78\x9C\x63\x10\x50\x30\x00\
    \x00\x00\xA4\x00\x61\x34\x66\x7D\x72\x00\x00\x00\x00\x49\x45\x4E\x44\xAE\x42\x60\x82";

/// Sentences with pauses between them, as a rendition has them.
fn sound() -> Vec<i16> {
    let mut samples = Vec::new();
    for i in 0..12 {
        let input = sentence(i, 24_000, 700 + 90 * (i % 7));
        let segment = make(&input, 24_000, 2.0, Bitrate::K64, &[1_040]).expect("a segment is made");
        samples.extend_from_slice(&segment.samples);
        samples.resize(samples.len() + (15 + i as usize % 3) * FRAME_SAMPLES, 0);
    }
    samples
}

fn code(whole: Whole, samples: &[i16]) -> Vec<u8> {
    let text = "It rained.\nThen it rained again. ".repeat(2_000);
    let tags = tags(&text, [4_000, 9_000], Some(Bytes::from_static(COVER)));
    let mut coder = WholeCoder::new(whole, samples.len() as u64, Before::Tags(&tags)).expect("a coder");
    let mut body = Vec::new();
    samples.chunks(12_345).for_each(|chunk| coder.push(chunk, &mut body).expect("it codes"));
    let head = coder.finish(&mut body).expect("it codes to the end");
    [&head[..], &body].concat()
}

fn file(bytes: &[u8], suffix: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(suffix).tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

/// What ffprobe has to say of tags and chapters, and the length in seconds.
fn assert_described(path: &std::path::Path, seconds: f64) {
    let found = probe(path);
    let tags = if found["format"]["tags"].is_object() {
        &found["format"]["tags"]
    } else {
        &found["streams"][0]["tags"]
    };
    let tag = |name: &str| tags[name].as_str().or(tags[name.to_uppercase()].as_str()).unwrap_or_default();
    assert_eq!(tag("title"), "Rain over the harbour", "{found}");
    assert_eq!(tag("artist"), "M. Østergård");
    assert_eq!(tag("comment"), "Read by an AI voice");
    assert_eq!(found["chapters"][1]["tags"]["title"], "雨の朝");
    assert_eq!(found["chapters"][1]["start_time"], "4.000000");
    let duration: f64 =
        found["format"]["duration"].as_str().and_then(|text| text.parse().ok()).expect("a duration");
    // FLAC counts samples, Opus has what comes before the first one in it.
    assert!((duration - seconds).abs() < 0.0066, "{duration} for {seconds}");
}

#[test]
fn a_flac_decodes_to_the_very_samples() {
    if !has("ffmpeg", &["-version"]) || !has("ffprobe", &["-version"]) {
        return;
    }
    let samples = sound();
    let flac = code(Whole::Flac, &samples);
    assert!(flac.len() < 2 * samples.len(), "{} bytes for {} samples", flac.len(), samples.len());
    // ffmpeg compares the MD5 in STREAMINFO when it is told to look for errors.
    assert!(decode(&flac, "warning") == samples);
    assert_described(file(&flac, ".flac").path(), samples.len() as f64 / 24_000.0);
}

#[cfg(feature = "opus")]
#[test]
fn an_opus_is_as_long_as_its_samples_and_late_by_none() {
    if !has("ffmpeg", &["-version"]) || !has("ffprobe", &["-version"]) {
        return;
    }
    let samples = sound();
    let opus = code(Whole::Opus, &samples);
    let heard = decode(&opus, "warning");
    assert_eq!(heard.len(), 2 * samples.len(), "decoders give 48 kHz");
    let heard: Vec<i16> = heard.into_iter().step_by(2).collect();
    for at in [0, samples.len() / 2, samples.len()] {
        assert_eq!(super::joined::lag(&heard, &samples, at), 0, "at {at}");
    }
    let seconds = samples.len() as f64 / 24_000.0;
    let bits = opus.len() as f64 * 8.0 / seconds;
    assert!((20_000.0..60_000.0).contains(&bits), "{bits} bits a second, tags and all");
    assert_described(file(&opus, ".opus").path(), seconds);
}

#[test]
fn mutagen_reads_lengths_tags_and_the_cover() {
    const SCRIPT: &str = r#"
import base64, json, sys, mutagen
from mutagen.flac import Picture
file = mutagen.File(sys.argv[1])
pictures = getattr(file, "pictures", None) or [Picture(base64.b64decode(p)) for p in file.tags.get("metadata_block_picture", [])]
print(json.dumps({
    "kind": type(file).__name__, "length": file.info.length, "tags": {k.lower(): v for k, v in file.tags.as_dict().items() if k.lower() != "metadata_block_picture"},
    "covers": [[p.type, p.mime, len(p.data)] for p in pictures], "md5": getattr(file.info, "md5_signature", None),
}))"#;
    if !has("python3", &["-c", "import mutagen"]) {
        return;
    }
    let samples = sound();
    let built = [(Whole::Flac, "FLAC", ".flac"), (Whole::Opus, "OggOpus", ".opus")];
    for (whole, kind, suffix) in built.into_iter().filter(|(whole, ..)| whole.is_built()) {
        let coded = file(&code(whole, &samples), suffix);
        let output =
            Command::new("python3").args(["-c", SCRIPT]).arg(coded.path()).output().expect("python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(found["kind"], kind);
        let length = found["length"].as_f64().unwrap() * 24_000.0;
        assert!((length - samples.len() as f64).abs() < 0.5, "{length} for {}", samples.len());
        for (name, value) in [
            ("title", "Rain over the harbour"),
            ("artist", "M. Østergård"),
            ("album", "The Quay"),
            ("date", "2026-11-22T08:30:00Z"),
            ("language", "en-gb"),
            ("comment", "Read by an AI voice"),
            ("chapter001name", "雨の朝"),
        ] {
            assert_eq!(found["tags"][name][0], value, "{kind} {name}");
        }
        assert!(found["tags"]["lyrics"][0].as_str().unwrap().starts_with("It rained.\nThen"));
        assert_eq!(found["covers"], serde_json::json!([[3, "image/png", COVER.len()]]), "{kind}");
        assert_eq!(found["md5"].is_number(), whole == Whole::Flac);
    }
}
