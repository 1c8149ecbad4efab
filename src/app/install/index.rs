//! What voices there are to install: `voices.json` of the piper-voices collection, or a mirror of it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::article::Lang;

/// Longest index, in bytes. The collection's has 400 kB.
pub(super) const MAX_INDEX_BYTES: u64 = 16 * 1024 * 1024;
/// Largest file of a voice, in bytes. Networks of quality high have 114 MB.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;
/// Names that are suggested for one that is not there.
const SUGGESTIONS: usize = 8;

/// The index.
#[derive(Clone, Debug)]
pub struct VoiceIndex {
    voices: BTreeMap<String, IndexedVoice>,
}

/// A voice that can be installed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct IndexedVoice {
    /// Its name there: `en_US-ljspeech-medium`.
    pub key: String,
    /// Its speaker's name.
    pub name: String,
    /// What it speaks.
    pub language: IndexedLanguage,
    /// `x_low`, `low`, `medium` or `high`.
    pub quality: String,
    /// How many speakers it has.
    #[serde(default = "one")]
    pub num_speakers: u32,
    /// Their numbers by name.
    #[serde(default)]
    pub speaker_id_map: BTreeMap<String, u32>,
    /// Its files by their path beside the index.
    pub(super) files: BTreeMap<String, IndexedFile>,
    /// Other names of it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A language as the index writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct IndexedLanguage {
    /// `en_US`.
    pub code: String,
    /// `English`.
    #[serde(default)]
    pub name_english: String,
    /// `United States`.
    #[serde(default)]
    pub country_english: String,
}

/// A file of a voice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct IndexedFile {
    /// Its length.
    pub(super) size_bytes: u64,
    /// Its MD5, in hexadecimal digits.
    pub(super) md5_digest: String,
    /// Its SHA-256, where a mirror has it.
    pub(super) sha256_digest: Option<String>,
}

fn one() -> u32 {
    1
}

impl VoiceIndex {
    /// Reads an index.
    ///
    /// # Errors
    /// When it is not one.
    pub(super) fn read(json: &[u8]) -> anyhow::Result<Self> {
        let voices: BTreeMap<String, IndexedVoice> = serde_json::from_slice(json)
            .context("this is no index of voices (a voices.json as piper-voices has)")?;
        Ok(Self { voices })
    }

    /// All voices, by name.
    pub fn all(&self) -> impl Iterator<Item = &IndexedVoice> {
        self.voices.values()
    }

    /// The voice of a name or another name of it, in upper or lower case.
    ///
    /// # Errors
    /// When there is none: the message names those that are nearest.
    pub fn find(&self, name: &str) -> anyhow::Result<&IndexedVoice> {
        let is = |other: &str| other.eq_ignore_ascii_case(name.trim());
        let found = self.all().find(|voice| is(&voice.key));
        if let Some(voice) =
            found.or_else(|| self.all().find(|voice| voice.aliases.iter().any(|alias| is(alias))))
        {
            return Ok(voice);
        }
        let asked: String = name.trim().to_ascii_lowercase().replace('-', "_");
        let parts: Vec<&str> = asked.split('_').filter(|part| part.len() > 2).collect();
        let near = |voice: &&IndexedVoice| {
            let key = voice.key.to_ascii_lowercase();
            parts.iter().any(|part| key.contains(part))
        };
        let near: Vec<&str> =
            self.all().filter(near).take(SUGGESTIONS).map(|voice| voice.key.as_str()).collect();
        let hint =
            if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(", ")) };
        bail!("no voice \"{name}\" in the index; {hint}`listen voices list --remote` lists all")
    }
}

impl IndexedVoice {
    /// Its name here, which is a folder's too.
    #[must_use]
    pub fn id(&self) -> String {
        let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        self.key.nfd().filter(fits).collect::<String>().to_ascii_lowercase()
    }

    /// What it speaks; none when the index writes it in a way of its own.
    #[must_use]
    pub fn lang(&self) -> Option<Lang> {
        self.language.code.replace('_', "-").parse().ok()
    }

    /// All its bytes.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.files.values().map(|file| file.size_bytes).fold(0, u64::saturating_add)
    }

    /// A line about it.
    #[must_use]
    pub fn title(&self) -> String {
        let IndexedLanguage { code, name_english, country_english } = &self.language;
        let language = match (name_english.as_str(), country_english.as_str()) {
            ("", _) => code.clone(),
            (language, "") => language.to_owned(),
            (language, country) => format!("{language}, {country}"),
        };
        format!("{} ({language}), quality {}", self.name, self.quality)
    }

    /// Its files by kind, checked: names that cannot leave a folder, lengths and digests that make sense.
    pub(super) fn parts(&self) -> anyhow::Result<Parts<'_>> {
        let of = |ending: &str| self.files.iter().find(|(path, _)| path.ends_with(ending));
        for (path, file) in &self.files {
            ensure!(is_plain(path), "the index has a file \"{path}\", which is no plain path");
            ensure!(
                file.size_bytes <= MAX_FILE_BYTES,
                "{path} has {} bytes; {MAX_FILE_BYTES} is the limit",
                file.size_bytes
            );
        }
        let missing = |what: &str| format!("the index has no {what} for {}", self.key);
        Ok(Parts {
            model: of(".onnx").with_context(|| missing(".onnx file"))?,
            config: of(".onnx.json").with_context(|| missing(".onnx.json file"))?,
            card: of("MODEL_CARD"),
        })
    }
}

/// A voice's files: path beside the index, and what is known of each.
pub(super) struct Parts<'a> {
    pub(super) model: (&'a String, &'a IndexedFile),
    pub(super) config: (&'a String, &'a IndexedFile),
    pub(super) card: Option<(&'a String, &'a IndexedFile)>,
}

/// Whether a path goes down only, and is written in plain characters.
fn is_plain(path: &str) -> bool {
    let part = |part: &str| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
        !part.is_empty() && !part.starts_with('.') && part.chars().all(plain)
    };
    path.len() <= 300 && path.split('/').all(part)
}

/// The last part of a path of the index: the file's name here.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a MODEL_CARD says of the licence: its line `License: …`, with the line of the data's address.
#[must_use]
pub fn licence_of(card: &str) -> Option<String> {
    let field = |name: &str| {
        card.lines().find_map(|line| {
            let line = line.trim().trim_start_matches(['*', '-', '#', ' ']);
            let (key, value) = line.split_once(':')?;
            let value = value.trim();
            (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    field("license").or_else(|| field("licence"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(change: impl FnOnce(&mut serde_json::Value)) -> VoiceIndex {
        let mut voice = serde_json::json!({
            "key": "en_US-ann-medium", "name": "ann",
            "language": {"code": "en_US", "family": "en", "region": "US", "name_native": "English",
                         "name_english": "English", "country_english": "United States"},
            "quality": "medium", "num_speakers": 1, "speaker_id_map": {},
            "files": {
                "en/en_US/ann/medium/en_US-ann-medium.onnx": {"size_bytes": 7, "md5_digest": "a"},
                "en/en_US/ann/medium/en_US-ann-medium.onnx.json": {"size_bytes": 5, "md5_digest": "b"},
                "en/en_US/ann/medium/MODEL_CARD": {"size_bytes": 3, "md5_digest": "c"}
            },
            "aliases": ["en-us-ann"]
        });
        change(&mut voice);
        let json = serde_json::json!({ "en_US-ann-medium": voice });
        VoiceIndex::read(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_voice_is_found_by_its_names_and_others_are_suggested() {
        let index = index(|_| {});
        for name in ["en_US-ann-medium", "EN_us-ANN-medium", " en-us-ann "] {
            assert_eq!(index.find(name).unwrap().id(), "en_us-ann-medium");
        }
        let error = index.find("ann").unwrap_err().to_string();
        assert!(error.contains("did you mean en_US-ann-medium"), "{error}");
        assert!(!index.find("xy").unwrap_err().to_string().contains("did you mean"));
        let voice = index.find("en-us-ann").unwrap();
        assert_eq!((voice.size_bytes(), voice.lang()), (15, "en-us".parse().ok()));
        assert_eq!(voice.title(), "ann (English, United States), quality medium");
        let parts = voice.parts().unwrap();
        assert_eq!(file_name(parts.model.0), "en_US-ann-medium.onnx");
        assert_eq!((parts.config.1.size_bytes, parts.card.is_some()), (5, true));
    }

    #[test]
    fn paths_that_leave_the_folder_and_files_without_bounds_are_refused() {
        for path in
            ["../x.onnx", "/etc/x.onnx", "a//x.onnx", "a/./x.onnx", "a/.x.onnx", "a\\x.onnx", "C:x.onnx"]
        {
            let index =
                index(|voice| voice["files"][path] = serde_json::json!({"size_bytes": 1, "md5_digest": "d"}));
            assert!(index.find("en-us-ann").unwrap().parts().is_err(), "{path}");
        }
        let large = index(|voice| {
            voice["files"]["x.onnx"] = serde_json::json!({"size_bytes": u64::MAX, "md5_digest": "d"})
        });
        assert!(large.find("en-us-ann").unwrap().parts().is_err());
        let bare = index(|voice| voice["files"] = serde_json::json!({}));
        assert!(bare.find("en-us-ann").unwrap().parts().is_err());
        assert!(VoiceIndex::read(b"<html>").is_err());
    }

    #[test]
    fn letters_that_no_id_has_are_written_plainly() {
        let index = index(|voice| voice["key"] = "pt_PT-tugão-medium".into());
        assert_eq!(index.all().next().unwrap().id(), "pt_pt-tugao-medium");
    }

    #[test]
    fn the_licence_of_a_card_is_its_line_of_that_name() {
        let card = "# Model card for ann (medium)\n\n* Language: en_US\n\n## Dataset\n\n* URL: https://example.org\n* License: CC BY 4.0\n";
        assert_eq!(licence_of(card).as_deref(), Some("CC BY 4.0"));
        assert_eq!(licence_of("LICENCE : public domain").as_deref(), Some("public domain"));
        assert_eq!(licence_of("* License:\n\nunknown"), None);
    }
}
