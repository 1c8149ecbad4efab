//! Installing voices: from an index over HTTP (or a folder) into the folder of voices.

mod download;
mod index;
mod place;

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use anyhow::{Context as _, ensure};

use crate::article::Lang;
use crate::engine::calibrate::{Calibration, Passage, calibrate};
use crate::engine::{Engine, EngineOptions, Engines, Lane, Voices};

pub use download::Patience;
pub use index::{IndexedLanguage, IndexedVoice, VoiceIndex, licence_of};
pub use place::{Removed, Staged, remove_voice};

/// Longest MODEL_CARD, in bytes.
const MAX_CARD_BYTES: u64 = 256 * 1024;

/// An index, and the folder that its voices are installed into.
pub struct Installer {
    source: download::Source,
    index: VoiceIndex,
    voices: PathBuf,
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Bytes that are there.
    pub bytes: u64,
    /// Bytes of all files.
    pub of_bytes: u64,
}

impl Installer {
    /// Reads the index at an address. Blocks.
    ///
    /// # Errors
    /// When it cannot be reached or understood.
    pub fn open(index: &str, voices: &Path, patience: Patience) -> anyhow::Result<Self> {
        let source = download::Source::new(index, patience)?;
        let index = VoiceIndex::read(&source.index(index::MAX_INDEX_BYTES)?)?;
        Ok(Self { source, index, voices: voices.to_owned() })
    }

    /// What can be installed.
    #[must_use]
    pub fn index(&self) -> &VoiceIndex {
        &self.index
    }

    /// What the makers of a voice say of it, its licence among others; none when the index has no such
    /// file. Blocks.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn card(&self, voice: &IndexedVoice) -> anyhow::Result<Option<String>> {
        let Some((path, file)) = voice.parts()?.card else { return Ok(None) };
        self.source.text(&download::Expected { path, file }, MAX_CARD_BYTES).map(Some)
    }

    /// Downloads a voice, and goes on with what an earlier try has brought. Nothing of it can be used
    /// before it is settled. Blocks.
    ///
    /// # Errors
    /// When it is installed already, is being installed, or cannot be downloaded whole.
    pub fn stage(
        &self,
        voice: &IndexedVoice,
        speaker: Option<&str>,
        card: Option<&str>,
        progress: &mut dyn FnMut(Downloaded),
    ) -> anyhow::Result<Staged> {
        let parts = voice.parts()?;
        check_speaker(voice, speaker)?;
        let staged = Staged::new(&self.voices, voice)?;
        let of_bytes = parts.config.1.size_bytes + parts.model.1.size_bytes;
        let mut before = 0;
        let mut bring = |(path, file): (&String, &index::IndexedFile)| {
            let to = staged.folder().join(index::file_name(path));
            let expected = download::Expected { path, file };
            let sha256 = self.source.file(&expected, &to, &mut |bytes| {
                progress(Downloaded { bytes: before + bytes, of_bytes });
            })?;
            before += file.size_bytes;
            anyhow::Ok(sha256)
        };
        bring(parts.config)?;
        let sha256 = bring(parts.model)?;
        progress(Downloaded { bytes: of_bytes, of_bytes });
        staged.describe(voice, &sha256, speaker, card)?;
        Ok(staged)
    }
}

fn check_speaker(voice: &IndexedVoice, speaker: Option<&str>) -> anyhow::Result<()> {
    let Some(speaker) = speaker else { return Ok(()) };
    let is_number = speaker.parse::<u32>().is_ok_and(|number| number < voice.num_speakers);
    let known: Vec<&str> = voice.speaker_id_map.keys().take(12).map(String::as_str).collect();
    ensure!(
        is_number || voice.speaker_id_map.contains_key(speaker),
        "{} has no speaker \"{speaker}\"; it has {}: {} …",
        voice.key,
        voice.num_speakers,
        known.join(", ")
    );
    Ok(())
}

/// Has a staged voice read the calibration passage of its language, in workers of `worker_exe`. `None`
/// when there is no passage in it. `onnxruntime` is the library that runs it, if it is not the built-in
/// runtime. Blocks.
///
/// # Errors
/// What its engine says.
pub fn measure(
    staged: &Staged,
    worker_exe: &Path,
    onnxruntime: Option<PathBuf>,
) -> anyhow::Result<Option<Calibration>> {
    let voices = Voices::load(staged.folder().parent())?;
    let voice = voices.get(staged.id())?.clone();
    let lang = voice.langs.first().cloned().unwrap_or_else(Lang::english);
    if Passage::for_lang(&lang).is_none() {
        return Ok(None);
    }
    let options = EngineOptions::new(worker_exe);
    let options = EngineOptions { voices, onnxruntime, bulk_workers: 1, listener_workers: 0, ..options };
    let engines = Engines::new(options).context("starting the engine threads")?;
    let (answer, answered) = mpsc::channel();
    let engine = voice.engine.clone();
    let job = Box::new(move |engine: &mut dyn Engine| {
        let _ = answer.send(calibrate(engine, &voice, &lang));
    });
    engines.submit(&engine, Lane::Bulk, job)?;
    let measured = answered.recv().context("the engine was lost")?;
    engines.shutdown();
    Ok(Some(measured?))
}
