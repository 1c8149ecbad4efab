//! The voices there are: built-in ones, and the folders of `--voices` over them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ENGINES, Request, engine_info};
use crate::article::Lang;

mod file;
mod settings;

pub use settings::Settings;

/// The folders of `voices/` that every build carries, by name.
const BUILT_IN: &[(&str, &str)] = &[
    ("rms", include_str!("../../voices/rms/voice.toml")),
    ("slt", include_str!("../../voices/slt/voice.toml")),
    ("awb", include_str!("../../voices/awb/voice.toml")),
    ("kal16", include_str!("../../voices/kal16/voice.toml")),
    ("espeak", include_str!("../../voices/espeak/voice.toml")),
    ("tone", include_str!("../../voices/tone/voice.toml")),
];
/// Folders that are looked into for a `voice.toml`.
const MAX_FOLDERS: usize = 1_000;
/// The file that makes a folder a voice.
pub const VOICE_FILE: &str = "voice.toml";
/// Longest `voice.toml`, in bytes.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// A speaker of an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// Its name: `rms`, `espeak-de`.
    pub id: String,
    /// The engine, by its name in [`ENGINES`].
    pub engine: String,
    /// The engine's own name of it.
    pub name: String,
    /// The languages it speaks; `en` covers `en-gb` too.
    pub langs: Vec<Lang>,
    /// Gain that brings it to the house loudness, in decibels.
    pub gain_db: f64,
    /// The house pace against the engine's own.
    pub rate: f32,
    /// Words a minute at the house pace, pauses included.
    pub words_per_minute: f64,
    /// What a list of voices calls it.
    pub title: String,
    /// Under which terms it may be used.
    pub licence: String,
    /// A sentence to hear it by.
    pub sample: String,
    /// What its `voice.toml` tells its engine alone.
    pub settings: Settings,
}

impl Voice {
    /// Everything that makes its sound, as text: a part of the key of what it says.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Self { engine, name, gain_db, rate, settings, .. } = self;
        let mut all =
            serde_json::json!(["voice-1", engine, name, format!("{gain_db:?}"), format!("{rate:?}")]);
        let mut table = settings.table.clone();
        // What bounds an engine makes no sound.
        table.remove("limits");
        if let (Some(all), false) = (all.as_array_mut(), table.is_empty()) {
            all.push(serde_json::json!(table));
        }
        all.to_string()
    }

    /// The request that has it say `text` at `pace` times its house pace.
    #[must_use]
    pub fn request(&self, text: impl Into<String>, lang: &Lang, pace: f32) -> Request {
        Request {
            text: text.into(),
            voice: self.name.clone(),
            lang: lang.clone(),
            rate: self.rate * pace,
            sounds: Vec::new(),
        }
    }

    /// Whether it speaks a language.
    #[must_use]
    pub fn speaks(&self, lang: &Lang) -> bool {
        self.fits(lang) > 0
    }

    /// Whether the two have one name within their engine, which finds their settings by it, but not the
    /// same settings.
    fn contradicts(&self, other: &Self) -> bool {
        let same_name = self.engine == other.engine && self.name == other.name;
        same_name
            && engine_info(&self.engine).is_ok_and(|info| info.check.is_some())
            && self.settings != other.settings
    }

    /// How well it fits a language: 2 exactly, 1 as the same language, 0 not at all.
    fn fits(&self, lang: &Lang) -> u8 {
        let alike = |own: &Lang| u8::from(macro_language(own.primary()) == macro_language(lang.primary()));
        self.langs.iter().map(|own| if own == lang { 2 } else { alike(own) }).max().unwrap_or(0)
    }
}

/// Tags that mean the same for a voice: Chinese is read as Mandarin, Norwegian as Bokmål.
fn macro_language(primary: &str) -> &str {
    match primary {
        "cmn" => "zh",
        "no" | "nn" => "nb",
        "iw" => "he",
        "in" => "id",
        "tl" => "fil",
        other => other,
    }
}

/// All voices, in the order in which they are preferred.
#[derive(Clone, Debug, Default)]
pub struct Voices {
    voices: Vec<Arc<Voice>>,
}

impl Voices {
    /// The built-in voices, and those in the folders of `dir` over them (a folder's name replaces the
    /// built-in folder of that name). A `dir` that does not exist holds none.
    ///
    /// # Errors
    /// When a `voice.toml` cannot be read or understood: the message names file, line and reason.
    pub fn load(dir: Option<&Path>) -> Result<Self, VoiceError> {
        let own = dir.map(read_folders).transpose()?.unwrap_or_default();
        let built_in = BUILT_IN.iter().filter(|(folder, _)| own.iter().all(|(own, ..)| own != folder));
        let built_in = built_in.map(|(folder, text)| {
            let path = Path::new("voices").join(folder).join("voice.toml");
            ((*folder).to_owned(), path, (*text).to_owned())
        });
        // The built-in ones first, so that of two voices with one id the added one is named.
        let folders: Vec<Folder> = built_in.chain(own.iter().cloned()).collect();
        let mut voices: Vec<Voice> = Vec::new();
        for (folder, path, text) in folders {
            for voice in file::parse(&folder, &path, &text)? {
                if let Some(other) = voices.iter().find(|other| other.id == voice.id) {
                    let reason = format!("there is already a voice \"{}\" (of {})", other.id, other.engine);
                    return Err(VoiceError { path, reason });
                }
                if let Some(other) = voices.iter().find(|other| voice.contradicts(other)) {
                    let reason = format!(
                        "{} already has a voice \"{}\" with other settings (\"{}\"); give this one another `name`",
                        voice.engine, voice.name, other.id
                    );
                    return Err(VoiceError { path, reason });
                }
                voices.push(voice);
            }
        }
        voices.sort_by_key(|voice| {
            let engine = ENGINES.iter().position(|info| info.name == voice.engine);
            let built_in = BUILT_IN.iter().position(|(folder, _)| *folder == voice.id);
            (engine.unwrap_or(usize::MAX), built_in.unwrap_or(usize::MAX))
        });
        Ok(Self { voices: voices.into_iter().map(Arc::new).collect() })
    }

    /// All of them, preferred ones first.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Arc<Voice>> {
        self.voices.iter()
    }

    /// The voice of an id: `rms`, or with its engine's name before it, `flite-rms`; `espeak-de`, or
    /// with another name of the language, `espeak-zh`. Upper and lower case are the same.
    ///
    /// # Errors
    /// [`UnknownVoice`] with the names there are.
    pub fn get(&self, id: &str) -> Result<&Arc<Voice>, UnknownVoice> {
        let id = id.trim().to_ascii_lowercase();
        let exact = self.voices.iter().find(|voice| voice.id == id);
        let alias = || {
            self.voices.iter().find(|voice| {
                id.strip_prefix(&voice.engine).and_then(|rest| rest.strip_prefix('-')).is_some_and(|rest| {
                    rest == voice.name
                        || voice.id == rest
                        || voice.langs.iter().any(|lang| lang.as_str() == rest)
                })
            })
        };
        exact.or_else(alias).ok_or_else(|| UnknownVoice {
            asked: id.chars().take(60).collect(),
            known: self.voices.iter().map(|voice| voice.id.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// The voice for a language: of the first engine that speaks it, the one that fits best.
    ///
    /// # Errors
    /// [`NoVoiceForLang`] when none does.
    pub fn for_lang(&self, lang: &Lang) -> Result<&Arc<Voice>, NoVoiceForLang> {
        let speaks = |voice: &&Arc<Voice>| voice.fits(lang) > 0 && voice.engine != "tone";
        let engine = self.voices.iter().find(speaks).map(|voice| voice.engine.as_str());
        let mut best: Option<&Arc<Voice>> = None;
        for voice in self.voices.iter().filter(speaks).filter(|voice| Some(voice.engine.as_str()) == engine) {
            if best.is_none_or(|best| voice.fits(lang) > best.fits(lang)) {
                best = Some(voice);
            }
        }
        best.ok_or_else(|| NoVoiceForLang(lang.clone()))
    }
}

/// A folder's name, its `voice.toml`'s path and text.
type Folder = (String, PathBuf, String);

fn read_folders(dir: &Path) -> Result<Vec<Folder>, VoiceError> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(VoiceError { path: dir.to_owned(), reason: error.to_string() }),
    };
    let mut folders = Vec::new();
    for entry in entries.flatten().take(MAX_FOLDERS) {
        // A voice that is being installed is none yet.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path().join(VOICE_FILE);
        let Ok(about) = std::fs::metadata(&path) else { continue };
        let unreadable = |reason: String| VoiceError { path: path.clone(), reason };
        if about.len() > MAX_FILE_BYTES {
            return Err(unreadable(format!("longer than {MAX_FILE_BYTES} bytes")));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
        folders.push((entry.file_name().to_string_lossy().into_owned(), path, text));
    }
    folders.sort();
    Ok(folders)
}

/// A `voice.toml` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct VoiceError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, with the line where that is known.
    pub reason: String,
}

/// There is no voice of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no voice \"{asked}\"; there are {known}")]
pub struct UnknownVoice {
    /// The name asked for.
    pub asked: String,
    /// The names there are.
    pub known: String,
}

/// No voice speaks the language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no voice speaks \"{0}\"; `listen voices` lists those there are")]
pub struct NoVoiceForLang(pub Lang);

#[cfg(test)]
mod tests;
