//! Other people's programs, as judges.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests, and a skipped one says so")]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Whether a program runs here; without it a test is skipped, loudly, or fails where nothing may be.
pub(crate) fn has(program: &str, args: &[&str]) -> bool {
    let runs = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = runs.is_ok_and(|status| status.success());
    if !there {
        let why = format!("{program} {} does not run here", args.join(" "));
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|strict| strict != "1"), "{why}");
        eprintln!("SKIPPED: {why}");
    }
    there
}

/// The library of ONNX Runtime that Python has; without one a test is skipped, loudly, or fails where nothing may be.
#[cfg(feature = "ort")]
pub(crate) fn onnxruntime() -> Option<std::path::PathBuf> {
    let find = "import importlib.util, pathlib\n\
        folder = pathlib.Path(importlib.util.find_spec('onnxruntime').origin).parent / 'capi'\n\
        print(next(folder.glob('libonnxruntime.*')), end='')";
    let found =
        Command::new("python3").args(["-c", find]).output().ok().filter(|found| found.status.success());
    if found.is_none() {
        let why = "python3 has no onnxruntime (tests/requirements.txt)";
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|strict| strict != "1"), "{why}");
        eprintln!("SKIPPED: {why}");
    }
    found.map(|found| String::from_utf8(found.stdout).unwrap().into())
}

/// What a program writes; it must end well and complain of nothing.
pub(crate) fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{command:?}: {said}");
    output.stdout
}

/// The JSON that a Python script prints of a file.
pub(crate) fn python(script: &str, file: &Path) -> Value {
    let printed = output(Command::new("python3").args(["-c", script]).arg(file));
    serde_json::from_slice(&printed).unwrap_or_else(|error| panic!("{error}: {printed:?}"))
}

/// The samples that ffmpeg decodes of a file, at the file's own rate.
pub(crate) fn decoded(file: &Path) -> Vec<i16> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-xerror", "-i"]).arg(file).args(["-f", "s16le", "-c:a", "pcm_s16le", "-"]);
    output(&mut ffmpeg).chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// What ffprobe says of a file.
pub(crate) fn probed(file: &Path) -> Value {
    let mut ffprobe = Command::new("ffprobe");
    ffprobe.args(["-v", "error", "-of", "json", "-show_format", "-show_chapters", "-show_streams"]).arg(file);
    serde_json::from_slice(&output(&mut ffprobe)).unwrap()
}
