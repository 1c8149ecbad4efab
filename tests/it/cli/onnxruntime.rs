//! `speech.onnxruntime`: the library that runs Piper voices.

use std::path::Path;

use super::{Ended, Program};

/// A run of the program with the voices of the tests and a library.
fn run(program: &Program, library: &Path, args: &[&str]) -> Ended {
    let voices = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/voices");
    let mut command = program.command(args);
    command.arg("--voices").arg(voices).env("LISTEN_SPEECH__ONNXRUNTIME", library);
    command.output().unwrap().into()
}

#[cfg(not(feature = "ort"))]
#[test]
fn a_build_that_cannot_use_a_library_names_the_feature() {
    let program = Program::new();
    let ended = run(&program, Path::new("/nowhere/libonnxruntime.so"), &["voices", "list"]).assert_code(1);
    assert!(ended.stderr.contains("speech.onnxruntime is /nowhere/libonnxruntime.so"), "{}", ended.stderr);
    assert!(ended.stderr.contains("the feature `ort`"), "{}", ended.stderr);
    run(&program, Path::new(""), &["voices", "list"]).assert_code(0);
}

#[cfg(feature = "ort")]
mod with_the_feature {
    use super::*;
    use crate::cli::files;
    use crate::outside;

    #[test]
    fn a_library_that_cannot_be_opened_silences_piper_alone() {
        let program = Program::new();
        let library = program.path("libonnxruntime.so");
        std::fs::write(&library, "not a library").unwrap();
        let listed = run(&program, &library, &["voices", "list", "--json"]).json();
        let find = |list: &str, key: &str, name: &str| {
            let list = listed[list].as_array().unwrap();
            list.iter().find(|entry| entry[key] == name).cloned().unwrap_or_default()
        };
        assert_eq!(find("voices", "id", "small")["installed"], false);
        assert_eq!(find("voices", "id", "tone")["installed"], true);
        assert_eq!(find("engines", "name", "tone")["problem"], serde_json::Value::Null);
        let problem = find("engines", "name", "piper")["problem"].to_string();
        assert!(problem.contains("speech.onnxruntime") && problem.contains("libonnxruntime.so"), "{problem}");

        std::fs::write(program.path("a.txt"), "One sentence.").unwrap();
        let args = |voice| ["render", "a.txt", "-o", "a.wav", "--voice", voice];
        run(&program, &library, &args("tone")).assert_code(0);
        let ended = run(&program, &library, &args("small")).assert_code(1);
        assert!(ended.stderr.contains("speech.onnxruntime"), "{}", ended.stderr);
    }

    #[test]
    fn what_one_runtime_said_is_not_taken_for_what_the_other_says() {
        let program = Program::new();
        let Some(library) = outside::onnxruntime().filter(|_| !crate::is_left_out("piper")) else { return };
        std::fs::write(program.path("a.txt"), "One sentence.\n\nAnd another one.").unwrap();
        let segments = |library: &Path| {
            run(&program, library, &["render", "a.txt", "-o", "a.wav", "--voice", "small"]).assert_code(0);
            files(&program.path("cache/segments-v1")).len()
        };
        let built_in = segments(Path::new(""));
        assert!(built_in > 0);
        assert_eq!(segments(&library), 2 * built_in);
        assert_eq!(segments(&library), 2 * built_in, "each has its own");
    }
}
