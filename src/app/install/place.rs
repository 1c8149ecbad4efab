//! Where a voice that is being installed lies, and how it comes to its place: all at once.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use toml::Value;

use super::index::{IndexedVoice, file_name};
use crate::article::Lang;
use crate::engine::calibrate::{Calibration, Passage};
use crate::engine::{Settings, VOICE_FILE, Voices};

/// The folder within the voices' where downloads lie; names that start with a dot are no voices.
const STAGING: &str = ".install";
/// What a voice is given where nothing was measured.
const UNMEASURED: House = House { gain_db: 0.0, rate: 1.0, words_per_minute: 155.0 };
/// The sample sentence of languages without a passage.
const NO_SAMPLE: &str = "1, 2, 3.";

/// A voice on its way into the folder of voices.
pub struct Staged {
    voices: PathBuf,
    id: String,
    /// The language it is for.
    lang: Lang,
    folder: PathBuf,
    /// Held as long as it is being installed.
    _lock: File,
}

#[derive(Clone, Copy)]
struct House {
    gain_db: f64,
    rate: f32,
    words_per_minute: f64,
}

impl Staged {
    pub(super) fn new(voices: &Path, voice: &IndexedVoice) -> anyhow::Result<Self> {
        let id = voice.id();
        let place = voices.join(&id);
        ensure!(
            !place.join(VOICE_FILE).exists(),
            "{id} is installed already, in {}; `listen voices remove {id}` makes room for it",
            place.display()
        );
        if let Ok(other) = Voices::load(None)?.get(&id) {
            bail!("\"{id}\" is the name of a built-in voice ({})", other.title);
        }
        let folder = voices.join(STAGING).join(&id);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let lock = folder.join("lock");
        let lock = File::create(&lock).with_context(|| format!("making {}", lock.display()))?;
        lock.try_lock().map_err(|_| anyhow::anyhow!("{id} is being installed by another program already"))?;
        let lang = voice.lang().with_context(|| format!("\"{}\" is no language tag", voice.language.code))?;
        Ok(Self { voices: voices.to_owned(), id, lang, folder, _lock: lock })
    }

    /// The name it will have.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The language it is for, without a region.
    #[must_use]
    pub fn lang(&self) -> &str {
        self.lang.primary()
    }

    /// Where its files are for now.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes its `voice.toml`, not yet measured; `sha256` is its network's.
    pub(super) fn describe(
        &self,
        voice: &IndexedVoice,
        sha256: &str,
        speaker: Option<&str>,
        card: Option<&str>,
    ) -> anyhow::Result<()> {
        let model = file_name(voice.parts()?.model.0);
        let sample =
            Passage::for_lang(&self.lang).and_then(|passage| passage.sentences().nth(4)).unwrap_or(NO_SAMPLE);
        let licence = card.and_then(super::licence_of);
        let licence = licence.unwrap_or_else(|| "not stated: see MODEL_CARD, or ask its makers".to_owned());
        let quoted = |text: &str| Value::String(text.to_owned()).to_string();
        let mut toml = format!(
            "engine = \"piper\"\nlangs = [{}]\ntitle = {}\nlicence = {}\nsample = {}\n",
            quoted(self.lang.as_str()),
            quoted(&voice.title()),
            quoted(&licence),
            quoted(sample),
        );
        toml.push_str(&house_lines(UNMEASURED));
        let _ = write!(toml, "\n[piper]\nmodel = {}\nsha256 = {}\n", quoted(model), quoted(sha256));
        if let Some(speaker) = speaker {
            let _ = match speaker.parse::<u32>() {
                Ok(number) => writeln!(toml, "speaker = {number}"),
                Err(_) => writeln!(toml, "speaker = {}", quoted(speaker)),
            };
        }
        if let Some(card) = card {
            write_whole(&self.folder.join("MODEL_CARD"), card.as_bytes())?;
        }
        write_whole(&self.folder.join(VOICE_FILE), toml.as_bytes())
    }

    /// Puts it into its place, with what was measured. From then on it is installed.
    ///
    /// # Errors
    /// When something is in its place, or the disk is full.
    pub fn settle(self, measured: Option<&Calibration>) -> anyhow::Result<PathBuf> {
        if let Some(measured) = measured {
            let path = self.folder.join(VOICE_FILE);
            let house = House {
                gain_db: measured.gain_db.clamp(-40.0, 40.0),
                rate: measured.rate,
                words_per_minute: measured.words_per_minute,
            };
            let toml = fs::read_to_string(&path)?.replace(&house_lines(UNMEASURED), &house_lines(house));
            write_whole(&path, toml.as_bytes())?;
        }
        // Proven before it counts: a file that cannot be read would keep every voice from loading.
        Voices::load(self.folder.parent())?;
        let place = self.voices.join(&self.id);
        let _ = fs::remove_file(self.folder.join("lock"));
        fs::rename(&self.folder, &place).with_context(|| format!("moving it to {}", place.display()))?;
        sync_folder(&self.voices);
        let _ = fs::remove_dir(self.voices.join(STAGING));
        Ok(place)
    }
}

fn house_lines(House { gain_db, rate, words_per_minute }: House) -> String {
    format!("gain_db = {gain_db:.1}\nrate = {rate:.2}\nwords_per_minute = {words_per_minute:.0}\n")
}

/// Writes a file so that there is either all of it or what was there before.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> anyhow::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("writing {}", path.display()))
}

fn sync_folder(folder: &Path) {
    // Not every system can; then the rename is as safe as it makes it.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// What was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Where it was.
    pub folder: PathBuf,
    /// Bytes that were freed.
    pub bytes: u64,
    /// Whether the folder had other files too, which are left.
    pub others: bool,
}

/// Removes an installed voice: its `voice.toml` first, so that it is gone at once, then the files that it
/// names. What else is in its folder stays.
///
/// # Errors
/// When there is no such voice in the folder of voices.
pub fn remove_voice(voices: &Path, id: &str) -> anyhow::Result<Removed> {
    let all = Voices::load(Some(voices).filter(|dir| dir.is_dir()))?;
    let voice = all.get(id)?;
    if Voices::load(None)?.get(&voice.id).is_ok() {
        bail!("{} is built in and cannot be removed", voice.id);
    }
    let Settings { folder, table } = &voice.settings;
    let mut names = vec![VOICE_FILE.to_owned(), "MODEL_CARD".to_owned()];
    if let Some(model) = table.get("model").and_then(Value::as_str) {
        let config =
            table.get("config").and_then(Value::as_str).map_or(format!("{model}.json"), str::to_owned);
        names.extend([model.to_owned(), config]);
    }
    let mut bytes = 0;
    for name in names.iter().filter(|name| file_name(name) == name.as_str()) {
        let path = folder.join(name);
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        bytes += about.len();
    }
    let others = fs::remove_dir(folder).is_err();
    Ok(Removed { folder: folder.clone(), bytes, others })
}
