//! Worker processes: the protocol as `docs/worker-protocol.md` has it, byte by byte, and what
//! happens when they misbehave. With the engine that needs no library.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use listen::engine::{Engine, ErrorKind, Limits, ProcessEngine};
use serde_json::{Value, json};

use super::{Heard, request};

const EXE: &str = env!("CARGO_BIN_EXE_listen");

struct Raw {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

impl Raw {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(EXE);
        command.arg("engine-worker").args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().expect("the binary under test starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("stdout is a pipe");
        Self { child, stdin, stdout }
    }

    fn send(&mut self, head: &Value) {
        let head = head.to_string();
        let mut frame = (head.len() as u32).to_le_bytes().to_vec();
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(head.as_bytes());
        self.stdin.as_mut().expect("stdin is open").write_all(&frame).expect("the worker reads");
    }

    /// The next frame, or `None` at the end of the stream.
    fn receive(&mut self) -> Option<(Value, Vec<u8>)> {
        let mut lengths = [0; 8];
        self.stdout.read_exact(&mut lengths).ok()?;
        let mut part = |bytes: &[u8]| {
            let length = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
            let mut part = vec![0; length as usize];
            self.stdout.read_exact(&mut part).expect("a whole frame");
            part
        };
        let (head, body) = (part(&lengths[..4]), part(&lengths[4..]));
        Some((serde_json::from_slice(&head).expect("the head is JSON"), body))
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.stdin = None;
        self.child.wait().expect("it can be waited for").code()
    }
}

fn speak(text: &str) -> Value {
    json!({"v": 1, "op": "speak", "text": text, "voice": "tone-flaky", "lang": "en", "rate": 1.0, "cpu_limit_s": 1})
}

#[test]
fn the_protocol_is_as_it_is_written_down() {
    let mut worker = Raw::start(&["tone"]);
    worker.send(&json!({"v": 1, "op": "describe", "cpu_limit_s": 10}));
    let (head, body) = worker.receive().unwrap();
    assert_eq!(
        (&head["v"], &head["is"], &head["engine"]),
        (&json!(1), &json!("description"), &json!("tone"))
    );
    assert_eq!(head["voices"][0], json!({"name": "tone", "langs": ["en", "de", "zh"]}));
    assert!(body.is_empty());

    worker.send(&speak("a ünd"));
    let mut samples = 0;
    let done = loop {
        let (head, body) = worker.receive().unwrap();
        if head["is"] != "audio" {
            break head;
        }
        assert_eq!(head, json!({"v": 1, "is": "audio", "rate_hz": 16_000}));
        samples += body.len() / 2;
    };
    let marks = json!([
        {"text": {"start": 0, "end": 1}, "audio": {"start": 0, "end": 960}},
        {"text": {"start": 2, "end": 6}, "audio": {"start": 1760, "end": 4640}},
    ]);
    assert_eq!(done, json!({"v": 1, "is": "done", "marks": marks}));
    assert_eq!(samples, 5_440);

    worker.send(&json!({"v": 1, "op": "phonemes", "text": "a", "lang": "en", "cpu_limit_s": 1}));
    let (head, _) = worker.receive().unwrap();
    assert_eq!((&head["is"], &head["kind"]), (&json!("error"), &json!("refused")));
    assert_eq!(worker.exit_code(), Some(0), "the end of stdin ends it well");
}

#[test]
fn an_engine_that_cannot_be_opened_answers_so() {
    let mut worker = Raw::start(&["siren"]);
    worker.send(&speak("a"));
    let (head, _) = worker.receive().unwrap();
    assert_eq!((&head["is"], &head["kind"]), (&json!("error"), &json!("refused")));
}

#[test]
fn other_versions_and_broken_frames_end_it() {
    for head in
        [json!({"v": 2, "op": "describe", "cpu_limit_s": 1}), json!({"v": 1, "op": "sing"}), json!([])]
    {
        let mut worker = Raw::start(&["tone"]);
        worker.send(&head);
        assert!(worker.receive().is_none(), "{head}");
        assert_eq!(worker.exit_code(), Some(1), "{head}");
    }
    let mut worker = Raw::start(&["tone"]);
    worker.stdin.as_mut().unwrap().write_all(&[0xff; 8]).unwrap();
    assert!(worker.receive().is_none());
    assert_eq!(Raw::start(&["tone", "--loud"]).exit_code(), Some(2));
}

#[test]
fn a_child_that_ends_badly_ends_the_worker_without_an_answer() {
    for (text, code) in [("!abort", 70), ("!panic", 70), ("!spin", 71)] {
        let mut worker = Raw::start(&["tone", "--nice", "10"]);
        worker.send(&speak(text));
        assert!(worker.receive().is_none(), "{text}");
        assert_eq!(worker.exit_code(), Some(code), "{text}");
    }
}

#[test]
fn without_fork_a_worker_says_one_sentence() {
    let mut worker = Raw::start(&["tone", "--once"]);
    worker.send(&speak("a"));
    while let Some((head, _)) = worker.receive() {
        assert!(head["is"] == "audio" || head["is"] == "done", "{head}");
    }
    assert_eq!(worker.exit_code(), Some(0));
}

fn tone(limits: Limits) -> ProcessEngine {
    ProcessEngine::new("tone", EXE.into(), ["engine-worker".into(), "tone".into()].into(), limits)
}

fn say(engine: &mut ProcessEngine, text: &str) -> super::Said {
    let mut heard = Heard::default();
    let marks = engine.speak(&request("tone-flaky", text), &mut heard)?;
    Ok(Heard { marks, ..heard })
}

#[test]
fn a_worker_that_dies_is_replaced() {
    let mut engine = tone(Limits::default());
    let good = say(&mut engine, "all is well").unwrap();
    for (text, words) in [("so !abort", "crashed"), ("so !panic", "crashed"), ("so !refuse", "told to")] {
        let error = say(&mut engine, text).unwrap_err();
        assert!(error.message.contains(words), "{text}: {error}");
        assert_eq!(say(&mut engine, "all is well").unwrap(), good);
    }
}

#[test]
fn a_worker_that_overruns_its_processor_time_is_replaced() {
    let mut engine = tone(Limits { cpu: Duration::from_secs(1), cpu_per_byte: Duration::ZERO });
    let error = say(&mut engine, "!spin").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Crashed);
    assert!(error.message.contains("processor time"), "{error}");
    assert!(say(&mut engine, "on").is_ok());
}

#[test]
fn a_worker_that_hangs_is_replaced() {
    let mut engine = tone(Limits { cpu: Duration::from_millis(20), cpu_per_byte: Duration::ZERO });
    let error = say(&mut engine, "!sleep").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Crashed);
    assert!(error.message.contains("silent for too long"), "{error}");
}

#[test]
fn a_program_that_is_no_worker_is_told_apart() {
    let missing =
        ProcessEngine::new("x", "/no/such/program".into(), Vec::new(), Limits::default()).describe();
    assert_eq!(missing.unwrap_err().kind, ErrorKind::Unavailable);
    let mut wrong = ProcessEngine::new("x", EXE.into(), vec!["--help".into()], Limits::default());
    let error = wrong.describe().unwrap_err();
    assert!(error.kind == ErrorKind::Crashed && error.message.contains("protocol"), "{error}");
}

#[cfg(target_os = "linux")]
mod with_a_host_that_is_killed {
    use std::collections::HashMap;
    use std::time::Instant;

    use super::super::PATIENCE;
    use super::*;

    const ROLE: &str = "LISTEN_TEST_OWNS_WORKERS";

    /// Not a test by itself: the process that is killed. It has a worker that sleeps in a sentence.
    #[test]
    fn host() {
        if std::env::var_os(ROLE).is_some() {
            let _ = say(&mut tone(Limits::default()), "!sleep");
        }
    }

    /// Parent of every live process.
    fn parents() -> HashMap<u32, u32> {
        let mut parents = HashMap::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
            let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
            let (state, parent) = (fields.next(), fields.next().and_then(|field| field.parse().ok()));
            if let (Some(state), Some(parent)) = (state, parent)
                && !matches!(state, "Z" | "X")
            {
                parents.insert(pid, parent);
            }
        }
        parents
    }

    fn child_of(pid: u32) -> Option<u32> {
        parents().into_iter().find(|(_, parent)| *parent == pid).map(|(pid, _)| pid)
    }

    fn until<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
        let since = Instant::now();
        loop {
            if let Some(seen) = seen() {
                return seen;
            }
            assert!(since.elapsed() < PATIENCE, "never {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn nothing_survives() {
        let mut host = Command::new(std::env::current_exe().unwrap());
        host.args(["--exact", "engine::worker::with_a_host_that_is_killed::host"]).env(ROLE, "1");
        let mut host = host.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let worker = until("a worker", || child_of(host.id()));
        let sentence = until("a sentence", || child_of(worker));
        host.kill().unwrap();
        host.wait().unwrap();
        until("the end of both", || {
            let parents = parents();
            (!parents.contains_key(&worker) && !parents.contains_key(&sentence)).then_some(())
        });
    }
}

#[test]
fn the_example_of_the_document_is_a_worker() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/speech/worker.py");
    let document = include_str!("../../../docs/worker-protocol.md");
    let code = std::fs::read_to_string(example).unwrap();
    assert!(document.contains(&code), "docs/worker-protocol.md shows another program than {example}");
    if Command::new("python3").arg("--version").output().is_err() {
        let strict = std::env::var_os("LISTEN_TEST_STRICT").is_some_and(|strict| strict == "1");
        assert!(!strict, "python3 is not installed");
        eprintln!("SKIPPED: python3 is not installed");
        return;
    }
    let args = vec![example.into()];
    let mut engine = ProcessEngine::new("hum", "python3".into(), args, Limits::default());
    let about = engine.describe().unwrap();
    assert!(about.deterministic && about.voices[0].name == "hum", "{about:?}");
    let mut heard = Heard::default();
    let text = "It hums: caf\u{e9}, twice.";
    let marks = engine.speak(&request("hum", text), &mut heard).unwrap();
    assert_eq!((heard.rate_hz, heard.samples.len()), (16_000, 4 * 1_600));
    let words: Vec<&str> =
        marks.iter().map(|mark| &text[mark.text.start as usize..mark.text.end as usize]).collect();
    assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
    let refused = engine.speak(&request("nobody", "A line."), &mut heard).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused);
    assert!(
        engine.speak(&request("hum", "It goes on."), &mut heard).is_ok(),
        "after an error it can be asked again"
    );
}
