//! Networks sound in rten as they do in onnxruntime.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests say what they see")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use rten::ThreadPool;
use serde_json::{Value, json};

use super::config::{self, Config};
use super::graph;
use super::network::{Manner, Network};

/// Largest difference of a sample, as a part of the sound's own level (its root mean square). The small
/// voice differs by 6e-6 of it, one of the size of quality medium by 1.1e-5; other processors add up in
/// another order.
const TOLERANCE: f32 = 1e-4;
/// Numbers of the runs: shorter and longer than the window of the attention, and the longest there is.
const LENGTHS: [usize; 5] = [3, 9, 10, 60, super::ids::MAX_IDS];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/voices")
}

/// Numbers that are in the network's table, in no pattern.
fn ids(config: &Config, length: usize) -> Vec<i32> {
    let mut known: Vec<i32> = config.ids.values().flatten().copied().collect();
    known.sort_unstable();
    let mut state = 7_usize;
    let next = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        known[(state >> 33) % known.len()]
    });
    next.take(length).collect()
}

/// What onnxruntime says, or why it was not asked.
fn reference(model: &Path, asked: &Value) -> Result<Value, String> {
    let has_it = Command::new("python3").args(["-c", "import onnxruntime"]).output();
    if !has_it.is_ok_and(|ended| ended.status.success()) {
        return Err("python3 has no onnxruntime (tests/requirements.txt)".to_owned());
    }
    let mut python = Command::new("python3")
        .arg(fixtures().join("reference.py"))
        .arg(model)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    python.stdin.take().expect("a pipe").write_all(asked.to_string().as_bytes()).expect("it reads");
    let ended = python.wait_with_output().expect("it ends");
    assert!(ended.status.success());
    Ok(serde_json::from_slice(&ended.stdout).expect("JSON"))
}

fn sounds_the_same(model: &Path) {
    let file = std::fs::read(model).expect("the network");
    let mut beside = model.as_os_str().to_owned();
    beside.push(".json");
    let json = std::fs::read(&beside).expect("the file beside it");
    assert!(json.len() as u64 <= config::MAX_BYTES);
    let settings = toml::from_str("model = \"x\"").expect("settings");
    let config = Config::read(&json, &settings).expect("a voice");
    let speakers: &[i32] = if config.speaker.is_some() { &[0, 1] } else { &[0] };
    let mut runs = Vec::new();
    for length in LENGTHS {
        for speaker in speakers {
            for length_scale in [1.0, 0.8] {
                runs.push((ids(&config, length), [0.0, length_scale, 0.0], *speaker));
            }
        }
    }
    let asked = json!({
        "durations": graph::prepare(&file).expect("a network").durations,
        "runs": runs.iter().map(|(ids, scales, speaker)| json!({"ids": ids, "scales": scales, "speaker": speaker}))
            .collect::<Vec<_>>(),
    });
    let theirs = match reference(model, &asked) {
        Ok(theirs) => theirs,
        Err(why) => {
            assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{why}");
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    let network = Network::load(&file).expect("a network");
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    for (i, (ids, [noise_scale, length_scale, noise_w], speaker)) in runs.into_iter().enumerate() {
        let manner = Manner { noise_scale, length_scale, noise_w, speaker: config.speaker.map(|_| speaker) };
        let ours = network.run(&ids, &manner, &pool).expect("a run");
        compare(&ours.samples, &ours.starts, &theirs[i], &format!("run {i} of {} numbers", ids.len()));
    }
}

fn compare(ours: &[f32], starts: &[u64], theirs: &Value, what: &str) {
    let bytes = theirs["samples"].as_str().expect("base64");
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).expect("base64");
    let samples: Vec<f32> = bytes.as_chunks().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect();
    assert_eq!(ours.len(), samples.len(), "{what}");
    let durations: Vec<f64> =
        theirs["durations"].as_array().expect("a list").iter().filter_map(Value::as_f64).collect();
    let hop = samples.len() as f64 / durations.iter().sum::<f64>();
    let mut at = 0.0;
    let expected: Vec<u64> = std::iter::once(0)
        .chain(durations.iter().map(|hops| {
            at += hops * hop;
            at.round() as u64
        }))
        .collect();
    assert_eq!(starts, expected, "{what}");
    let level = (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt();
    let most = ours.iter().zip(&samples).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{what}: {} samples, level {level:.2e}, largest difference {most:.1e}", samples.len());
    assert!(level > 0.0 && most <= TOLERANCE * level, "{what}: {most} of {level}");
}

#[test]
fn the_small_voice_sounds_as_in_onnxruntime() {
    sounds_the_same(&fixtures().join("small/small.onnx"));
}

#[test]
#[ignore = "needs a voice: LISTEN_TEST_VOICE=/a/voice.onnx cargo test --lib full_size -- --ignored --nocapture"]
fn a_full_size_voice_sounds_as_in_onnxruntime() {
    let model =
        std::env::var_os("LISTEN_TEST_VOICE").expect("a Piper voice: an .onnx file with its .onnx.json");
    sounds_the_same(Path::new(&model));
}

#[test]
fn noise_is_the_same_every_time_and_there() {
    let network =
        Network::load(&std::fs::read(fixtures().join("small/small.onnx")).expect("it")).expect("a network");
    let pool = Arc::new(ThreadPool::with_num_threads(1));
    let ids: Vec<i32> = (0..80).map(|i| i % 50).collect();
    let run = |noise_scale, noise_w| {
        let manner = Manner { noise_scale, length_scale: 1.0, noise_w, speaker: Some(0) };
        network.run(&ids, &manner, &pool).expect("a run").samples
    };
    let noisy = run(0.667, 0.8);
    assert!(run(0.667, 0.8) == noisy);
    assert!(run(0.0, 0.8) != noisy && run(0.667, 0.0) != noisy);
}
