//! A speech server as a voice: OpenAI's API, as clouds and many programs speak it.
//!
//! What is sent is a text and never more; what is logged is neither the text nor the key. Servers that
//! are busy are asked again, later and later; a budget of characters a month stops before it is spent.

mod budget;
mod client;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use super::opening::Opening;
use super::{
    AudioSink, Description, Engine, EngineError, EngineVoice, ErrorKind, Request, Settings, WordMark,
};
use budget::Budget;
use client::Server;

/// What an operator does to get one.
pub(super) const INSTALL: &str = "write a voice.toml with an [openai] table: docs/engines.md";

/// The `[openai]` table of a `voice.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Where `/audio/speech` is: `https://api.openai.com/v1`.
    base_url: String,
    /// The variable of the environment that holds the key; none is sent without it.
    api_key_env: Option<String>,
    model: String,
    voice: String,
    instructions: Option<String>,
    /// `wav` or `pcm`; what the server takes, WAV first, when absent.
    format: Option<Format>,
    /// Sample rate of the server's PCM, which does not tell it.
    #[serde(default = "pcm_rate_hz")]
    pcm_rate_hz: u32,
    /// Whether words are timed by `/dev/captioned_speech`; what the server has, when absent.
    word_times: Option<bool>,
    /// More fields of the request, as they are.
    #[serde(default)]
    extra: BTreeMap<String, toml::Value>,
    #[serde(default)]
    limits: Bounds,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Bounds {
    /// Requests to the server at the same time.
    at_once: usize,
    /// How often a busy server is asked again.
    retries: u32,
    /// How long the server may be silent, in seconds.
    silence_s: u64,
    /// Characters in a calendar month (UTC); none are counted without it.
    chars_per_month: Option<u64>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { at_once: 4, retries: 3, silence_s: 30, chars_per_month: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Wav,
    Pcm,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Pcm => "pcm",
        }
    }
}

/// What OpenAI's own is.
fn pcm_rate_hz() -> u32 {
    24_000
}

/// Whether an `[openai]` table can be used.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    let table: Table = settings.read()?;
    let is_address = ["http://", "https://"].iter().any(|scheme| table.base_url.starts_with(scheme));
    if !is_address {
        return Err(format!("base_url \"{}\" is not an http(s) address", table.base_url));
    }
    if table.limits.at_once == 0 || table.limits.silence_s == 0 {
        return Err("limits.at_once and limits.silence_s are 1 or more".to_owned());
    }
    if !(8_000..=192_000).contains(&table.pcm_rate_hz) {
        return Err(format!("pcm_rate_hz {} is outside 8000 to 192000", table.pcm_rate_hz));
    }
    Ok(())
}

/// Opens it; no server is asked before there is something to say.
pub(super) fn open(opening: &Opening) -> Result<Box<dyn Engine>, EngineError> {
    let mut voices = Vec::new();
    for voice in opening.voices_of("openai") {
        let table: Table = voice
            .settings
            .read()
            .map_err(|why| EngineError::new(ErrorKind::Unavailable, format!("{}: {why}", voice.id)))?;
        let about = EngineVoice::new(voice.name.clone(), voice.langs.clone());
        let key = table.api_key_env.as_deref().map(|name| opening.servers.secret(name));
        let budget = table.limits.chars_per_month.map(|most| Budget::new(&voice.settings.folder, most));
        let server = opening.servers.shared(&table, &opening.ending);
        voices.push(Speaker { about, table, key, budget, server });
    }
    Ok(Box::new(OpenAi { voices }))
}

struct OpenAi {
    voices: Vec<Speaker>,
}

struct Speaker {
    about: EngineVoice,
    table: Table,
    /// None when the voice needs none; otherwise the key, if it is there.
    key: Option<Option<String>>,
    budget: Option<Budget>,
    server: Arc<Server>,
}

impl Speaker {
    fn key(&self) -> Result<Option<&str>, EngineError> {
        match &self.key {
            None => Ok(None),
            Some(Some(key)) => Ok(Some(key)),
            Some(None) => {
                let name = self.table.api_key_env.as_deref().unwrap_or_default();
                let message = format!("the voice \"{}\" needs a key in the variable {name}", self.about.name);
                Err(EngineError::new(ErrorKind::Unavailable, message))
            }
        }
    }

    fn speak(&self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let key = self.key()?;
        let chars = request.text.chars().count() as u64;
        if let Some(budget) = &self.budget {
            budget.spend(chars)?;
        }
        let said = self.server.speak(&self.table, key, request, sink);
        if let (Err(error), Some(budget)) = (&said, &self.budget)
            && error.kind != ErrorKind::Stopped
        {
            budget.give_back(chars);
        }
        said
    }
}

impl Engine for OpenAi {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let described = |voice: &Speaker| EngineVoice {
            problem: voice.key().err().map(|error| error.message),
            ..voice.about.clone()
        };
        Ok(Description {
            engine: "openai".to_owned(),
            revision: "1".to_owned(),
            // A server says a sentence twice, and each time another way.
            deterministic: false,
            word_marks: true,
            voices: self.voices.iter().map(described).collect(),
        })
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let Some(voice) = self.voices.iter().find(|voice| voice.about.name == request.voice) else {
            let message = format!("no server is set up as the voice \"{}\"", request.voice);
            return Err(EngineError::new(ErrorKind::Refused, message));
        };
        voice.speak(request, sink)
    }
}

/// What all threads share: the keys, and of each server its places, what it was found to take, and when
/// it wants to be asked again.
#[derive(Clone, Default)]
pub struct Servers {
    secrets: BTreeMap<String, String>,
    shared: Arc<Mutex<HashMap<String, Arc<Server>>>>,
}

impl Servers {
    /// For voices that name the variables of their keys, whose values `value_of` knows.
    #[must_use]
    pub fn new(voices: &super::Voices, value_of: impl Fn(&str) -> Option<String>) -> Self {
        let names = voices.all().filter_map(|voice| voice.settings.table.get("api_key_env")?.as_str());
        let secrets = names.filter_map(|name| Some((name.to_owned(), value_of(name)?))).collect();
        Self { secrets, shared: Arc::default() }
    }

    fn secret(&self, name: &str) -> Option<String> {
        self.secrets.get(name).cloned()
    }

    /// The server of a voice; voices that bound it alike share it.
    fn shared(&self, table: &Table, ending: &Arc<AtomicBool>) -> Arc<Server> {
        let Bounds { at_once, retries, silence_s, .. } = table.limits;
        let name = format!("{} {at_once} {retries} {silence_s}", table.base_url);
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let server = shared.entry(name).or_insert_with(|| Arc::new(Server::new(table, Arc::clone(ending))));
        Arc::clone(server)
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.secrets.keys()).finish()
    }
}
