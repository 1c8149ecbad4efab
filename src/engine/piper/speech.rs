//! Piper as an engine.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::config::{self, Config, Source};
use super::ids::pieces;
use super::network::{Core, Manner, Runtime, Sound};
use super::settings::Piper;
use super::words::{self, Said};
use super::{INSTALL, given, shelf};
use crate::engine::opening::Opening;
use crate::engine::{
    AudioSink, Clause, Description, Engine, EngineError, EngineVoice, ErrorKind, ProcessEngine, Request,
    Stop, Voice, WordMark, engine_info,
};

/// What this engine makes of a network, in whichever runtime; raise it when a sentence would sound different.
const REVISION: &str = "1";
/// Samples that are handed on at once.
const CHUNK: usize = 4_096;

/// Opens it. The networks of its voices are loaded when they are first needed.
pub(in crate::engine) fn open(opening: &Opening) -> Result<Box<dyn Engine>, EngineError> {
    let espeak = opening.worker(engine_info("espeak")?);
    let runtime = Runtime::open(opening.onnxruntime.as_deref())
        .map_err(|why| EngineError::new(ErrorKind::Unavailable, why))?;
    let voices = opening.voices_of("piper").cloned().collect();
    // One run takes one core; the pool of engines has a thread for each.
    Ok(Box::new(PiperEngine { voices, ready: HashMap::new(), espeak, runtime, core: Core::default() }))
}

struct PiperEngine {
    voices: Vec<Arc<Voice>>,
    ready: HashMap<String, Arc<Ready>>,
    espeak: ProcessEngine,
    runtime: Runtime,
    core: Core,
}

/// A voice whose files were looked at.
struct Ready {
    config: Config,
    model: PathBuf,
    /// Digests of its network and of the file beside it.
    model_sha256: String,
    config_sha256: String,
}

impl Ready {
    fn new(voice: &Voice) -> Result<Self, String> {
        let settings = &voice.settings;
        let piper: Piper = settings.read()?;
        let model = settings.path(&piper.model);
        let beside = settings.path(&piper.config.clone().unwrap_or_else(|| format!("{}.json", piper.model)));
        let json = shelf::read(&beside, config::MAX_BYTES)?;
        let config = Config::read(&json, &piper).map_err(|why| format!("{}: {why}", beside.display()))?;
        let model_sha256 = match piper.sha256 {
            Some(stated) if model.is_file() => stated,
            _ => shelf::digest(&model)?,
        };
        Ok(Self { config, model, model_sha256, config_sha256: hex::encode(Sha256::digest(&json)) })
    }

    /// A digest of all that makes its sound.
    fn revision(&self, phonemes: &str) -> String {
        let mut all = Sha256::new();
        for part in [self.model_sha256.as_str(), &self.config_sha256, phonemes] {
            all.update((part.len() as u64).to_be_bytes());
            all.update(part);
        }
        hex::encode(&all.finalize()[..8])
    }
}

impl PiperEngine {
    fn ready(&mut self, voice: &Voice) -> Result<Arc<Ready>, String> {
        if let Some(ready) = self.ready.get(&voice.name) {
            return Ok(Arc::clone(ready));
        }
        let ready = Arc::new(Ready::new(voice).map_err(|why| format!("{}: {why}", voice.id))?);
        self.ready.insert(voice.name.clone(), Arc::clone(&ready));
        Ok(ready)
    }

    fn described(&mut self, voice: &Voice, espeak: &Result<Description, EngineError>) -> EngineVoice {
        let named = EngineVoice::new(voice.name.clone(), voice.langs.clone());
        let revision = self.ready(voice).and_then(|ready| match (&ready.config.source, espeak) {
            (Source::Text, _) => Ok(ready.revision("text")),
            (Source::Espeak(_), Ok(espeak)) => Ok(ready.revision(&espeak.revision)),
            (Source::Espeak(_), Err(error)) => Err(format!("{}: {}", voice.id, error.message)),
        });
        if self.ready.get(&voice.name).is_some_and(|ready| ready.config.quality == "high") {
            tracing::warn!(
                voice = voice.id,
                "a voice of quality high takes a core longer to make than to hear; medium is six times faster"
            );
        }
        match revision {
            Ok(revision) => EngineVoice { revision: Some(revision), ..named },
            Err(problem) => EngineVoice { problem: Some(problem), ..named },
        }
    }

    fn clauses(&mut self, config: &Config, request: &Request) -> Result<Vec<Clause>, EngineError> {
        let Request { text, sounds, .. } = request;
        let Source::Espeak(lang) = &config.source else {
            return Ok(vec![Clause { phonemes: text.clone(), text: 0..text.len() as u32 }]);
        };
        let mut clauses = self.espeak.phonemes(text, lang)?;
        given::put(&mut clauses, text, sounds, |between| {
            let said: Vec<String> =
                self.espeak.phonemes(between, lang)?.into_iter().map(|clause| clause.phonemes).collect();
            Ok(said.join(" "))
        })?;
        Ok(clauses)
    }
}

impl Engine for PiperEngine {
    fn describe(&mut self) -> Result<Description, EngineError> {
        if self.voices.is_empty() {
            let message = format!("there is no Piper voice in the folder of voices; {INSTALL}");
            return Err(EngineError::new(ErrorKind::Unavailable, message));
        }
        let espeak = self.espeak.describe();
        let voices = self.voices.clone();
        Ok(Description {
            engine: "piper".to_owned(),
            revision: format!("{REVISION}-{}", self.runtime.revision()),
            deterministic: true,
            word_marks: true,
            voices: voices.iter().map(|voice| self.described(voice, &espeak)).collect(),
        })
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let voice =
            self.voices.iter().find(|voice| voice.name == request.voice).cloned().ok_or_else(|| {
                EngineError::new(ErrorKind::Refused, format!("piper has no voice \"{}\"", request.voice))
            })?;
        if !voice.speaks(&request.lang) {
            let message = format!("{} does not speak \"{}\"", voice.id, request.lang);
            return Err(EngineError::new(ErrorKind::Refused, message));
        }
        let unavailable = |why: String| EngineError::new(ErrorKind::Unavailable, why);
        let ready = self.ready(&voice).map_err(unavailable)?;
        let network =
            shelf::network(&self.runtime, &ready.model, &ready.model_sha256).map_err(unavailable)?;
        let config = &ready.config;
        let manner = Manner {
            noise_scale: config.noise_scale,
            length_scale: config.length_scale / request.rate,
            noise_w: config.noise_w,
            speaker: config.speaker,
        };
        let clauses = self.clauses(config, request)?;
        let mut said: Vec<Vec<Said>> = vec![Vec::new(); clauses.len()];
        let mut at = 0;
        for piece in pieces(&clauses, config) {
            let sound = network.run(&piece.ids, &manner, &self.core).map_err(|why| {
                EngineError::new(ErrorKind::Failed, format!("{}: its network failed: {why}", voice.id))
            })?;
            for word in &piece.words {
                if let [start, .., end] = sound.starts.get(word.ids.start..=word.ids.end).unwrap_or_default()
                {
                    said[word.clause].push(Said { sounds: word.sounds, audio: at + start..at + end });
                }
            }
            at += sound.samples.len() as u64;
            hand_on(&sound, config.rate_hz, sink)?;
        }
        Ok(marks(&request.text, &clauses, &said))
    }
}

fn hand_on(sound: &Sound, rate_hz: u32, sink: &mut dyn AudioSink) -> Result<(), EngineError> {
    for chunk in sound.samples.chunks(CHUNK) {
        // A cast saturates, and makes what is no number silent.
        let samples: Vec<i16> = chunk.iter().map(|sample| (sample * f32::from(i16::MAX)) as i16).collect();
        sink.samples(rate_hz, &samples)
            .map_err(|Stop| EngineError::new(ErrorKind::Stopped, "no more audio was wanted"))?;
    }
    Ok(())
}

fn marks(text: &str, clauses: &[Clause], said: &[Vec<Said>]) -> Vec<WordMark> {
    let of_clause = |(clause, said): (&Clause, &Vec<Said>)| {
        let range = clause.text.start as usize..clause.text.end as usize;
        words::marks(text.get(range).unwrap_or_default(), clause.text.start, said)
    };
    clauses.iter().zip(said).flat_map(of_clause).collect()
}
