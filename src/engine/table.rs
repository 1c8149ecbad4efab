//! The engines there are.

use super::opening::Opening;
use super::{Engine, EngineError, ErrorKind, Settings, espeak, flite, openai, piper, program, tone};

/// Where an engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// In a worker process of its own: native code that can crash, hang or remember.
    Process,
    /// In a thread of the service: safe Rust, or a library that its operator named to run there.
    Thread,
}

/// One engine of the table.
#[derive(Clone, Copy, Debug)]
pub struct EngineInfo {
    /// Its name in `voice.toml`, keys and metrics.
    pub name: &'static str,
    /// Where it runs.
    pub host: Host,
    /// What it is, in a line.
    pub about: &'static str,
    /// How to get what it needs.
    pub install: &'static str,
    /// It is made of phonemes, so it can say a part of a text by its given sound.
    pub takes_sounds: bool,
    /// Opens it, in the thread or process that will use it.
    pub(crate) open: fn(&Opening) -> Result<Box<dyn Engine>, EngineError>,
    /// Whether the table named after it in a `voice.toml` can be used (absent, it is empty), if it
    /// takes any: what is wrong with it otherwise. Each of its voices then has such a table of its own.
    pub(crate) check: Option<Check>,
}

/// Looks whether an engine can use a table of settings; says what is wrong with it.
pub(crate) type Check = fn(&Settings) -> Result<(), String>;

/// All engines, the default first. The order is also the preference between voices of one language.
pub const ENGINES: &[EngineInfo] = &[
    EngineInfo {
        name: "flite",
        host: Host::Process,
        about: "CMU Flite: English, small and exact about word times",
        install: flite::INSTALL,
        takes_sounds: false,
        open: |_| flite::open(),
        check: None,
    },
    EngineInfo {
        name: "espeak",
        host: Host::Process,
        about: "espeak-ng: more than a hundred languages, and phonemes for neural voices",
        install: espeak::INSTALL,
        takes_sounds: false,
        open: |_| espeak::open(),
        check: None,
    },
    EngineInfo {
        name: "piper",
        host: Host::Thread,
        about: "Piper: neural voices in many languages, made on this machine",
        install: piper::INSTALL,
        takes_sounds: true,
        open: piper::open,
        check: Some(piper::check),
    },
    EngineInfo {
        name: "openai",
        host: Host::Thread,
        about: "Any speech server that speaks OpenAI's API",
        install: openai::INSTALL,
        takes_sounds: false,
        open: openai::open,
        check: Some(openai::check),
    },
    EngineInfo {
        name: "program",
        host: Host::Thread,
        about: "Any program that makes a WAV of a text",
        install: program::INSTALL,
        takes_sounds: false,
        open: program::open,
        check: Some(program::check),
    },
    EngineInfo {
        name: "tone",
        host: Host::Thread,
        about: "A beep for every word: the same everywhere, for tests",
        install: "nothing to install",
        takes_sounds: false,
        open: |_| tone::open(),
        check: None,
    },
];

/// The engine of a name.
///
/// # Errors
/// [`ErrorKind::Refused`] with the names there are.
pub fn engine_info(name: &str) -> Result<&'static EngineInfo, EngineError> {
    ENGINES.iter().find(|info| info.name == name).ok_or_else(|| {
        let known: Vec<_> = ENGINES.iter().map(|info| info.name).collect();
        let name: String = name.chars().take(40).collect();
        EngineError::new(ErrorKind::Refused, format!("no engine \"{name}\"; there are {}", known.join(", ")))
    })
}
