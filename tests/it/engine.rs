//! Every engine, through the pool and through the worker protocol.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "tests say what they see")]

mod conformance;
mod house_values;
mod openai;
mod pool;
mod program;
mod worker;

use std::sync::mpsc;
use std::time::Duration;

use listen::article::Lang;
use listen::engine::{
    AudioSink, Engine, EngineError, EngineOptions, Engines, ErrorKind, Job, Lane, Request, Servers, Stop,
    Voices, WordMark,
};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(300);

fn engines(bulk_workers: usize, listener_workers: usize) -> Engines {
    let options = EngineOptions::new(env!("CARGO_BIN_EXE_listen"));
    Engines::new(EngineOptions { bulk_workers, listener_workers, voices: voices(), ..options })
        .expect("the system gives threads")
}

/// Engines with the voices of a folder, and the secrets that these may name.
fn engines_with(voices: &std::path::Path, secrets: &[(&str, &str)]) -> Engines {
    let voices = Voices::load(Some(voices)).unwrap();
    let secret = |name: &str| {
        let known = secrets.iter().find(|(known, _)| *known == name);
        known.map(|(_, secret)| (*secret).to_owned())
    };
    let servers = Servers::new(&voices, secret);
    let options = EngineOptions::new(env!("CARGO_BIN_EXE_listen"));
    Engines::new(EngineOptions { bulk_workers: 2, listener_workers: 1, voices, servers, ..options }).unwrap()
}

/// Writes the `voice.toml` of a voice: what every voice has, and a table of its engine's own.
fn write_voice(folder: &std::path::Path, id: &str, engine: &str, table: &str) {
    let about = "langs = [\"en\"]\ntitle = \"T\"\nlicence = \"L\"\nsample = \"S\"\ngain_db = 0.0\nrate = 1.0\n\
                 words_per_minute = 155\n";
    let voice = folder.join(id);
    std::fs::create_dir_all(&voice).unwrap();
    std::fs::write(voice.join("voice.toml"), format!("engine = \"{engine}\"\n{about}{table}")).unwrap();
}

/// The built-in voices, and those of the tests.
fn voices() -> Voices {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/voices");
    Voices::load(Some(&fixtures)).unwrap()
}

/// True, loudly, when an engine's library is not on this machine; a failure where nothing may be skipped.
fn skip_without(engines: &Engines, engine: &str) -> bool {
    if crate::is_left_out(engine) {
        eprintln!("SKIPPED: this build leaves {engine} out");
        return true;
    }
    let problem = match engines.describe(engine) {
        Ok(about) => match about.voices.first().and_then(|voice| voice.problem.clone()) {
            Some(problem) => problem,
            None => return false,
        },
        Err(error) if error.kind == ErrorKind::Unavailable => error.message,
        Err(error) => panic!("{engine}: {error}"),
    };
    assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{problem}");
    eprintln!("SKIPPED: {problem}");
    true
}

/// What came of one utterance.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    samples: Vec<i16>,
    rate_hz: u32,
    chunks: usize,
    marks: Vec<WordMark>,
}

impl AudioSink for Heard {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        self.samples.extend_from_slice(samples);
        self.rate_hz = rate_hz;
        self.chunks += 1;
        Ok(())
    }
}

type Said = Result<Heard, EngineError>;

fn request(voice: &str, text: &str) -> Request {
    Request {
        text: text.to_owned(),
        voice: voice.to_owned(),
        lang: Lang::english(),
        rate: 1.0,
        sounds: Vec::new(),
    }
}

/// A job that speaks, and where its result comes.
fn speaking(request: Request) -> (Job, mpsc::Receiver<Said>) {
    let (answer, answered) = mpsc::channel();
    let job = move |engine: &mut dyn Engine| {
        let mut heard = Heard::default();
        let marks = engine.speak(&request, &mut heard);
        let _ = answer.send(marks.map(|marks| Heard { marks, ..heard }));
    };
    (Box::new(job), answered)
}

fn say(engines: &Engines, engine: &str, lane: Lane, request: Request) -> Said {
    let (job, answered) = speaking(request);
    engines.submit(engine, lane, job)?;
    answered.recv_timeout(PATIENCE).expect("the job was dropped unrun")
}
