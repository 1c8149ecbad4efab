//! Text-to-speech engines behind one trait, their voices, and the pool that runs them.
//!
//! Reading order: the nouns below, from `Request` to `EngineError`; `table`, the engines there are;
//! one file per engine; then how they are run. `pool` takes jobs and owns the threads, `process` is
//! an engine in a worker process, `worker` the inside of that process, `wire` what the two say to
//! each other (`docs/worker-protocol.md`), `guard` what stands before every engine, `os` the system
//! calls. `voices` are the speakers and `calibrate` measures them.

/// A voice's house loudness and pace, measured.
pub mod calibrate;
mod espeak;
mod flite;
mod guard;
mod heard;
#[cfg(all(unix, any(feature = "flite", feature = "espeak")))]
mod library;
mod openai;
mod opening;
mod os;
mod piper;
mod pool;
mod process;
mod program;
mod table;
mod tone;
mod voices;
mod wire;
mod worker;

pub use guard::{MAX_RATE, MAX_TEXT_BYTES, MIN_RATE};
pub use openai::Servers;
pub use pool::{EngineOptions, Engines, Job, Lane, MAX_BULK_JOBS, MAX_LISTENER_JOBS, QUEUE_FULL, Ticket};
pub use process::{Limits, ProcessEngine};
pub use table::{ENGINES, EngineInfo, Host, engine_info};
pub use voices::{NoVoiceForLang, Settings, UnknownVoice, VOICE_FILE, Voice, VoiceError, Voices};
pub use worker::run_if_asked;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::article::{Lang, Sound};

/// What an engine is asked to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The text: one utterance, no control characters.
    pub text: String,
    /// The engine's own name of the voice.
    pub voice: String,
    /// The language of the text.
    pub lang: Lang,
    /// Speed against the engine's own pace: 1.0 is the engine's, 2.0 twice as fast.
    pub rate: f32,
    /// Parts of the text whose sound is given: in order, without overlap. Only for engines that take
    /// sounds ([`EngineInfo::takes_sounds`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sounds: Vec<Sound>,
}

/// A word as the engine said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordMark {
    /// Bytes of the request's text.
    pub text: Range<u32>,
    /// Samples of the engine's audio, at the engine's rate.
    pub audio: Range<u64>,
}

/// A part of a text that is said in one go, in phonemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The phonemes (IPA), words between spaces, and the mark it ends with: one of `. ? ! , : ;`.
    pub phonemes: String,
    /// Bytes of the text.
    pub text: Range<u32>,
}

/// Where an engine puts its audio, as it makes it: mono, 16 bit.
pub trait AudioSink {
    /// Takes the next samples. The rate is the same for all of one utterance.
    ///
    /// # Errors
    /// [`Stop`] when no more audio is wanted; the engine then returns [`ErrorKind::Stopped`].
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop>;
}

/// No more audio is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// A voice as its engine knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineVoice {
    /// The engine's own name of it.
    pub name: String,
    /// The languages it speaks.
    pub langs: Vec<Lang>,
    /// A digest of what makes this voice's sound and not its neighbours' (its model, its server's
    /// settings), where the engine has voices that come and go one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Why it cannot speak here, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl EngineVoice {
    /// A voice that can speak, with the sound of its engine.
    #[must_use]
    pub fn new(name: impl Into<String>, langs: Vec<Lang>) -> Self {
        Self { name: name.into(), langs, revision: None, problem: None }
    }
}

/// What an engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The engine's name in [`ENGINES`].
    pub engine: String,
    /// A digest of the library or model it runs: other sound, other revision.
    pub revision: String,
    /// The same request gives the same samples, whatever was said before.
    pub deterministic: bool,
    /// It reports word marks.
    pub word_marks: bool,
    /// Its voices.
    pub voices: Vec<EngineVoice>,
}

impl Description {
    /// The voice of a name.
    #[must_use]
    pub fn voice(&self, name: &str) -> Option<&EngineVoice> {
        self.voices.iter().find(|voice| voice.name == name)
    }

    /// Whether a voice can speak here.
    #[must_use]
    pub fn can_speak(&self, name: &str) -> bool {
        self.voice(name).is_some_and(|voice| voice.problem.is_none())
    }

    /// The digest of all that makes a voice's sound: other sound, other revision.
    #[must_use]
    pub fn revision_of(&self, name: &str) -> String {
        match self.voice(name).and_then(|voice| voice.revision.as_ref()) {
            Some(own) => format!("{}+{own}", self.revision),
            None => self.revision.clone(),
        }
    }
}

/// A text-to-speech engine: the only trait an engine's author meets. Blocking; one utterance at a
/// time.
pub trait Engine: Send {
    /// Who it is and which voices it has.
    ///
    /// # Errors
    /// When its library or model cannot be had ([`ErrorKind::Unavailable`]).
    fn describe(&mut self) -> Result<Description, EngineError>;

    /// Says one utterance into `sink`, as the audio is made, and returns its word marks (empty when
    /// the engine has none).
    ///
    /// # Errors
    /// See [`ErrorKind`] for what the caller does next.
    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError>;

    /// Goes back to the state it was opened in, so that what it says next depends on nothing that was
    /// said before; false when it cannot. A worker forks for every ask of such an engine, which costs
    /// several milliseconds each time.
    fn start_afresh(&mut self) -> bool {
        false
    }

    /// The text in phonemes, clause by clause, for engines that need another's.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where the engine has none.
    fn phonemes(&mut self, text: &str, lang: &Lang) -> Result<Vec<Clause>, EngineError> {
        let _ = text;
        Err(EngineError::new(ErrorKind::Refused, format!("this engine gives no phonemes ({lang})")))
    }
}

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The engine cannot run here (library or model missing): tell the operator how to get it.
    Unavailable,
    /// This request will never work (unknown voice, no such language): do not retry.
    Refused,
    /// The engine died or overran its time: it has been replaced, try again.
    Crashed,
    /// Something else went wrong: try again.
    Failed,
    /// The sink wanted no more.
    Stopped,
}

/// What went wrong, and to what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct EngineError {
    /// What to do about it.
    pub kind: ErrorKind,
    /// What happened, and what to do, in words.
    pub message: String,
}

impl EngineError {
    /// An error of a kind.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}
