//! Any program as a voice: a command line from `voice.toml` that is given a text and makes a WAV.
//!
//! No shell is between: each word of the command is one argument. The text goes to its stdin, or where
//! `{text}` stands; the WAV comes from its stdout, or out of the file that `{out}` names. Every sentence
//! is a process of its own, the leader of a group that is killed as a whole, bounded in processor time,
//! waiting time and the length of files it writes.

mod command;
mod run;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::opening::Opening;
use super::{
    AudioSink, Description, Engine, EngineError, EngineVoice, ErrorKind, Limits, Request, Settings, WordMark,
};
use command::Command;
use run::Runner;

/// What an operator does to get one.
pub(super) const INSTALL: &str = "write a voice.toml with a [program] table: docs/engines.md";

/// Hex digits of the digest of what a program says of its version.
const DIGEST_HEX: usize = 16;

/// The `[program]` table of a `voice.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    /// The program and its arguments.
    command: Command,
    /// A command whose output tells its version: another output, another sound.
    #[serde(default)]
    version: Option<Command>,
    #[serde(default)]
    limits: ProgramLimits,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramLimits {
    /// Processor time of a sentence, in seconds, over the house's own limit.
    cpu_s: Option<u32>,
}

/// Whether a `[program]` table can be used.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    let program: Program = settings.read()?;
    match &program.version {
        Some(version) if version.asks_for_text() => Err("`version` has no place for a text".to_owned()),
        _ => Ok(()),
    }
}

/// Opens it: nothing is started before there is something to say.
pub(super) fn open(opening: &Opening) -> Result<Box<dyn Engine>, EngineError> {
    let mut voices = Vec::new();
    for voice in opening.voices_of("program") {
        let program: Program = voice
            .settings
            .read()
            .map_err(|why| EngineError::new(ErrorKind::Unavailable, format!("{}: {why}", voice.id)))?;
        let mut limits = opening.limits;
        if let Some(cpu_s) = program.limits.cpu_s {
            limits.cpu = std::time::Duration::from_secs(u64::from(cpu_s.max(1)));
        }
        let runner = Runner { folder: voice.settings.folder.clone(), limits, ending: opening.ending.clone() };
        let about = EngineVoice::new(voice.name.clone(), voice.langs.clone());
        voices.push(Speaker { about, program, runner });
    }
    Ok(Box::new(Programs { voices }))
}

struct Programs {
    voices: Vec<Speaker>,
}

struct Speaker {
    about: EngineVoice,
    program: Program,
    runner: Runner,
}

impl Speaker {
    /// The voice, its revision, and what keeps it from speaking: as far as that is known without a text.
    fn described(&self) -> EngineVoice {
        let mut about = self.about.clone();
        let Some(version) = &self.program.version else { return about };
        match self.runner.version(version) {
            Ok(told) => about.revision = Some(hex::encode(Sha256::digest(told))[..DIGEST_HEX].to_owned()),
            Err(error) => about.problem = Some(error.message),
        }
        about
    }
}

impl Engine for Programs {
    fn describe(&mut self) -> Result<Description, EngineError> {
        Ok(Description {
            engine: "program".to_owned(),
            revision: "1".to_owned(),
            // Nobody knows what a program does.
            deterministic: false,
            word_marks: false,
            voices: self.voices.iter().map(Speaker::described).collect(),
        })
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let Some(voice) = self.voices.iter().find(|voice| voice.about.name == request.voice) else {
            let message = format!("no program is set up as the voice \"{}\"", request.voice);
            return Err(EngineError::new(ErrorKind::Refused, message));
        };
        voice.runner.speak(&voice.program.command, request, sink)?;
        Ok(Vec::new())
    }
}
