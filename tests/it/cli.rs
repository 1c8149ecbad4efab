//! The program itself, as a person or a script runs it.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "cli/beside.rs"]
mod beside;
#[path = "cli/cache.rs"]
mod cache;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/lexicon.rs"]
mod lexicon;
#[path = "cli/listening.rs"]
mod listening;
#[path = "cli/onnxruntime.rs"]
mod onnxruntime;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A short article of our own.
const MARKDOWN: &str = "---\nlang: en\n---\n\n# The lamp at the weir\n\n\
    Someone lights it every evening. Nobody has ever seen who.\n\n\
    ## What is known\n\nThe oil is cheap. The wick is changed on Mondays.\n";

/// The program in a folder of its own, with nothing of this machine's settings.
struct Program {
    dir: TempDir,
    exe: PathBuf,
}

/// How a run of it ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl Program {
    fn new() -> Self {
        Self { dir: TempDir::new().unwrap(), exe: env!("CARGO_BIN_EXE_listen").into() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(&self.exe);
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("LISTEN_")) {
                command.env_remove(name);
            }
        }
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        self.command(args).output().unwrap().into()
    }

    fn run_with(&self, args: &[&str], input: &str) -> Ended {
        let mut command = self.command(args);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Writes the article and makes its audio with the voice that needs no library.
    fn rendered(&self, output: &str) -> Value {
        std::fs::write(self.path("lamp.md"), MARKDOWN).unwrap();
        self.run(&["render", "lamp.md", "-o", output, "--voice", "tone", "--json"]).json()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { code: output.status.code(), stdout: output.stdout, stderr }
    }
}

impl Ended {
    #[track_caller]
    fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.text(), self.stderr);
        self
    }

    fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    /// Standard output as JSON, of a run that succeeded.
    #[track_caller]
    fn json(self) -> Value {
        self.assert_code(0).json_at_least()
    }

    /// Standard output as JSON, however it ended.
    #[track_caller]
    fn json_at_least(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn every_command_explains_itself_with_examples() {
    let program = Program::new();
    for command in [
        "",
        "serve",
        "render",
        "play",
        "script",
        "text",
        "text split",
        "text normalize",
        "text repair",
        "voices",
        "voices list",
        "voices audition",
        "voices check",
        "voices install",
        "voices remove",
        "cache",
        "cache stats",
        "cache verify",
        "cache gc",
        "keys",
        "keys create",
        "keys list",
        "keys revoke",
        "rebuild",
    ] {
        let args: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let help = program.run(&args).assert_code(0).text();
        assert!(help.contains("Usage: listen"), "{command}: {help}");
        assert!(help.contains("Examples:"), "{command}: {help}");
    }
    assert!(program.run(&["--version"]).assert_code(0).text().starts_with("listen "));
    assert_eq!(files(program.dir.path()), Vec::<PathBuf>::new(), "asking for help leaves nothing behind");
}

#[test]
fn wrong_usage_exits_2_and_failure_exits_1() {
    let program = Program::new();
    std::fs::write(program.path("a.txt"), "One sentence.").unwrap();
    for usage in [
        "",
        "nonsense",
        "render",
        "render a.txt",
        "render a.txt -o a.mp3 --rate fast",
        "cache gc --cache-limit big",
        "rebuild",
        "rebuild x --all",
        "rebuild Not/An/Id",
        "keys create",
        "voices audition",
        "play",
        "voices audition rms slt -o a.wav",
    ] {
        let args: Vec<&str> = usage.split_whitespace().collect();
        let ended = program.run(&args).assert_code(2);
        assert!(
            ended.stderr.contains("Usage") || ended.stderr.starts_with("error: "),
            "{usage}: {}",
            ended.stderr
        );
    }
    for (failing, words) in [
        ("render missing.html -o a.mp3", "cannot open missing.html"),
        ("render a.txt -o a.ogg", "--format mp3"),
        ("render a.txt -o a.mp3 --bitrate 50", "48, 64 or 96"),
        ("render a.txt -o a.mp3 --config none.toml", "none.toml"),
        ("render https://news.example/a -o a.mp3", "save the page"),
        ("play https://news.example/a", "save the page"),
        ("rebuild night-ferry", "there is no database"),
        ("cache --cache s3://bucket", "s3://"),
        ("keys --db postgres://somewhere/x", "SQLite"),
        ("keys revoke 01234567", "no key"),
    ] {
        let args: Vec<&str> = failing.split_whitespace().collect();
        let ended = program.run(&args).assert_code(1);
        assert!(ended.stderr.starts_with("listen: "), "{failing}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{failing}: {}", ended.stderr);
        assert_eq!(ended.text(), "", "{failing}");
    }
}

#[test]
fn a_copied_program_works_from_an_empty_folder() {
    let mut program = Program::new();
    let copy = program.path("listen-copy");
    std::fs::copy(&program.exe, &copy).unwrap();
    program.exe = copy;
    let voices = program.run(&["voices", "--json"]).json();
    assert!(voices["voices"].as_array().unwrap().iter().any(|voice| voice["id"] == "tone"));
    assert_eq!(files(program.dir.path()).len(), 1, "a list leaves nothing behind");
    assert!(program.rendered("lamp.mp3")["bytes"].as_u64().unwrap() > 1_000);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let program = Program::new();
    std::fs::write(program.path("lamp.md"), MARKDOWN).unwrap();
    for command in [
        "voices",
        "voices --json",
        "cache",
        "keys --json",
        "script lamp.md",
        "script lamp.md --json",
        "render lamp.md -o - --voice tone",
        "render lamp.md -o a.wav --voice tone --json",
    ] {
        let args: Vec<&str> = command.split_whitespace().collect();
        // A pipe whose reader is gone before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended: Ended = program.command(&args).stdout(writer).output().unwrap().into();
        ended.assert_code(0);
    }
}
