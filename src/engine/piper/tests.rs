//! Networks sound in both runtimes as they do in onnxruntime, and every time the same.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests say what they see")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::{Value, json};

use super::config::{self, Config};
use super::graph::{self, Noise};
use super::network::{Core, Manner, Network, Runtime};

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

/// The library of ONNX Runtime that Python has, or why there is none.
#[cfg(feature = "ort")]
fn library() -> Result<PathBuf, String> {
    let find = "import importlib.util, pathlib\n\
        folder = pathlib.Path(importlib.util.find_spec('onnxruntime').origin).parent / 'capi'\n\
        print(next(folder.glob('libonnxruntime.*')), end='')";
    match Command::new("python3").args(["-c", find]).output() {
        Ok(found) if found.status.success() => Ok(String::from_utf8(found.stdout).expect("a path").into()),
        _ => Err("python3 has no onnxruntime (tests/requirements.txt)".to_owned()),
    }
}

/// A runtime of ONNX Runtime's library; `None`, loudly, where there is no library, and a failure where nothing
/// may be skipped.
#[cfg(feature = "ort")]
fn onnxruntime() -> Option<Runtime> {
    let library = library().map_err(skip).ok()?;
    Some(Runtime::open(Some(&library)).expect("it opens"))
}

fn skip(why: String) {
    assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
}

/// The runtimes of this build that can be tried here.
fn runtimes() -> impl Iterator<Item = Runtime> {
    #[cfg(feature = "ort")]
    let more = onnxruntime();
    #[cfg(not(feature = "ort"))]
    let more = None;
    [Runtime::Rten].into_iter().chain(more)
}

/// The small voice of the tests.
fn small(runtime: &Runtime) -> Network {
    let file = std::fs::read(fixtures().join("small/small.onnx")).expect("it");
    runtime.load(&file).expect("a network")
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
        "durations": graph::prepare(&file, Noise::Theirs).expect("a network").durations,
        "runs": runs.iter().map(|(ids, scales, speaker)| json!({"ids": ids, "scales": scales, "speaker": speaker}))
            .collect::<Vec<_>>(),
    });
    let theirs = match reference(model, &asked) {
        Ok(theirs) => theirs,
        Err(why) => return skip(why),
    };
    for runtime in runtimes() {
        let network = runtime.load(&file).expect("a network");
        for (i, (ids, scales, speaker)) in runs.iter().enumerate() {
            let [noise_scale, length_scale, noise_w] = *scales;
            let speaker = config.speaker.map(|_| *speaker);
            let manner = Manner { noise_scale, length_scale, noise_w, speaker };
            let ours = network.run(ids, &manner, &Core::default()).expect("a run");
            let what = format!("{}, run {i} of {} numbers", runtime.revision(), ids.len());
            compare(&ours.samples, &ours.starts, &theirs[i], &what);
        }
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
    sounds_alike(ours, &samples, what);
}

fn sounds_alike(ours: &[f32], theirs: &[f32], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let level = (theirs.iter().map(|sample| sample * sample).sum::<f32>() / theirs.len() as f32).sqrt();
    let most = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{what}: {} samples, level {level:.2e}, largest difference {most:.1e}", theirs.len());
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

/// A run of the small voice with noise, its shares given.
fn noisy(network: &Network, length: i32, noise_scale: f32, noise_w: f32) -> Vec<f32> {
    let ids: Vec<i32> = (0..length).map(|i| i % 50).collect();
    let manner = Manner { noise_scale, length_scale: 1.0, noise_w, speaker: Some(0) };
    network.run(&ids, &manner, &Core::default()).expect("a run").samples
}

#[test]
fn noise_is_the_same_every_time_and_there() {
    for runtime in runtimes() {
        let (network, again) = (small(&runtime), small(&runtime));
        let first = noisy(&network, 80, 0.667, 0.8);
        assert!(noisy(&network, 80, 0.667, 0.8) == first, "{}", runtime.revision());
        noisy(&network, 33, 0.667, 0.8);
        assert!(noisy(&network, 80, 0.667, 0.8) == first, "{}, after another", runtime.revision());
        noisy(&again, 200, 0.667, 0.8);
        assert!(noisy(&again, 80, 0.667, 0.8) == first, "{}, loaded again", runtime.revision());
        for (noise_scale, noise_w) in [(0.0, 0.8), (0.667, 0.0)] {
            assert!(noisy(&network, 80, noise_scale, noise_w) != first, "{}", runtime.revision());
        }
    }
}

#[test]
fn threads_share_a_network_and_hear_what_one_hears_alone() {
    const THREADS: usize = 4;
    for runtime in runtimes() {
        let network = small(&runtime);
        let alone: Vec<_> = [40, 80, 120].map(|length| noisy(&network, length, 0.667, 0.8)).into();
        let start = std::sync::Barrier::new(THREADS);
        let speak = |thread: usize| {
            start.wait();
            for turn in 0..6 {
                let which = (thread + turn) % alone.len();
                let heard = noisy(&network, 40 * (which as i32 + 1), 0.667, 0.8);
                assert!(heard == alone[which], "{}, thread {thread}", runtime.revision());
            }
        };
        std::thread::scope(|scope| {
            (0..THREADS).for_each(|thread| drop(scope.spawn(move || speak(thread))));
        });
    }
}

#[cfg(feature = "ort")]
#[test]
fn both_runtimes_draw_the_same_noise() {
    let Some(onnxruntime) = onnxruntime() else { return };
    assert_ne!(onnxruntime.revision(), Runtime::Rten.revision());
    let (ours, theirs) = (small(&onnxruntime), small(&Runtime::Rten));
    for length in [5, 80, 300] {
        let what = format!("{length} numbers");
        sounds_alike(&noisy(&ours, length, 0.667, 0.8), &noisy(&theirs, length, 0.667, 0.8), &what);
    }
}

#[cfg(feature = "ort")]
#[test]
fn what_onnxruntime_refuses_is_refused_with_its_reason() {
    let Some(onnxruntime) = onnxruntime() else { return };
    assert!(onnxruntime.load(b"").is_err());
    let mut file = std::fs::read(fixtures().join("small/small.onnx")).expect("it");
    let named = |file: &[u8]| file.windows(8).position(|bytes| bytes == b"Softplus");
    while let Some(at) = named(&file) {
        file[at..at + 8].copy_from_slice(b"Hardplus");
    }
    let error = onnxruntime.load(&file).err().expect("a refusal");
    assert!(error.contains("Hardplus"), "{error}");
}
