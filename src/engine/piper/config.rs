//! The JSON file beside a network: its sample rate, its symbols, its speakers, its defaults.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::settings::{Piper, Speaker};
use crate::article::Lang;

/// Longest such file, in bytes. One of 900 speakers has 60 kB.
pub(super) const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Numbers that one symbol may stand for.
const MAX_IDS_PER_SYMBOL: usize = 8;
/// Sample rates that make sense for speech.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=48_000;

/// As it is written. What is not needed is not read.
#[derive(Deserialize)]
struct File {
    audio: Audio,
    #[serde(default)]
    espeak: Espeak,
    #[serde(default)]
    inference: Inference,
    phoneme_type: Option<String>,
    #[serde(default)]
    phoneme_map: HashMap<String, Vec<String>>,
    phoneme_id_map: HashMap<String, Vec<i32>>,
    num_symbols: Option<i32>,
    #[serde(default)]
    num_speakers: u32,
    #[serde(default)]
    speaker_id_map: BTreeMap<String, u32>,
    default_speaker_id: Option<u32>,
    #[serde(default)]
    vowel_clusters: Vec<String>,
}

#[derive(Deserialize)]
struct Audio {
    sample_rate: u32,
    #[serde(default)]
    quality: String,
}

#[derive(Default, Deserialize)]
struct Espeak {
    #[serde(default)]
    voice: String,
}

#[derive(Default, Deserialize)]
struct Inference {
    noise_scale: Option<f32>,
    length_scale: Option<f32>,
    noise_w: Option<f32>,
}

/// Where a voice's symbols come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// espeak-ng's phonemes in a language.
    Espeak(Lang),
    /// The letters themselves.
    Text,
}

/// What is needed to have a network speak.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Config {
    /// Samples per second.
    pub(super) rate_hz: u32,
    /// `x_low`, `low`, `medium` or `high`; empty when it does not say.
    pub(super) quality: String,
    /// Where its symbols come from.
    pub(super) source: Source,
    /// The numbers of every symbol.
    pub(super) ids: HashMap<String, Vec<i32>>,
    /// What stands for a phoneme that the network has under other names.
    pub(super) replaced: HashMap<String, Vec<String>>,
    /// Symbols of several characters, the longest first.
    pub(super) clusters: Vec<String>,
    /// Which speaker, in a network with several.
    pub(super) speaker: Option<i32>,
    /// Noise in the sound.
    pub(super) noise_scale: f32,
    /// Length against the network's own.
    pub(super) length_scale: f32,
    /// Noise in the rhythm.
    pub(super) noise_w: f32,
}

impl Config {
    /// Reads the file, and what `voice.toml` says over it.
    ///
    /// # Errors
    /// What is wrong or cannot be spoken, in words.
    pub(super) fn read(json: &[u8], settings: &Piper) -> Result<Self, String> {
        let file: File = serde_json::from_slice(json)
            .map_err(|error| format!("it is not the file of a Piper voice: {error}"))?;
        if !RATES_HZ.contains(&file.audio.sample_rate) {
            return Err(format!("{} Hz is no sample rate of speech", file.audio.sample_rate));
        }
        check_symbols(&file)?;
        let source = source(&file)?;
        let speaker = speaker(&file, settings.speaker.as_ref())?;
        let noise = |own: Option<super::settings::Noise>, file: Option<f32>, usual: f32| {
            own.map_or(file.unwrap_or(usual), |noise| noise.0).clamp(0.0, 2.0)
        };
        let Inference { noise_scale, length_scale, noise_w } = file.inference;
        let mut clusters: Vec<String> = file
            .vowel_clusters
            .into_iter()
            .filter(|cluster| file.phoneme_id_map.contains_key(cluster))
            .collect();
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.len()));
        Ok(Self {
            rate_hz: file.audio.sample_rate,
            quality: file.audio.quality,
            source,
            ids: file.phoneme_id_map,
            replaced: file.phoneme_map,
            clusters,
            speaker,
            noise_scale: noise(settings.noise_scale, noise_scale, 0.667),
            length_scale: length_scale.filter(|scale| (0.1..=10.0).contains(scale)).unwrap_or(1.0),
            noise_w: noise(settings.noise_w, noise_w, 0.8),
        })
    }

    /// The numbers of a symbol.
    pub(super) fn ids_of(&self, symbol: &str) -> Option<&[i32]> {
        self.ids.get(symbol).map(Vec::as_slice).filter(|ids| !ids.is_empty())
    }
}

fn check_symbols(file: &File) -> Result<(), String> {
    for (name, what) in [("^", "start"), ("_", "pad"), ("$", "end")] {
        if file.phoneme_id_map.get(name).is_none_or(Vec::is_empty) {
            return Err(format!("its phoneme_id_map lacks \"{name}\" (the {what})"));
        }
    }
    let most = file.num_symbols.unwrap_or(i32::MAX);
    let fits =
        |ids: &Vec<i32>| ids.len() <= MAX_IDS_PER_SYMBOL && ids.iter().all(|id| (0..most).contains(id));
    match file.phoneme_id_map.iter().find(|(_, ids)| !fits(ids)) {
        Some((symbol, ids)) => {
            Err(format!("its phoneme_id_map has {ids:?} for \"{symbol}\", of {most} symbols"))
        }
        None => Ok(()),
    }
}

fn source(file: &File) -> Result<Source, String> {
    match file.phoneme_type.as_deref().unwrap_or("espeak") {
        "text" => Ok(Source::Text),
        "espeak" => {
            let tag = file.espeak.voice.replace('_', "-");
            let lang = tag.parse().map_err(|_| format!("its espeak voice \"{tag}\" is no language"))?;
            Ok(Source::Espeak(lang))
        }
        other => {
            let other: String = other.chars().take(40).collect();
            Err(format!(
                "it needs phonemes of the kind \"{other}\", which listen cannot make (it can: espeak, text); choose another voice"
            ))
        }
    }
}

fn speaker(file: &File, asked: Option<&Speaker>) -> Result<Option<i32>, String> {
    if file.num_speakers <= 1 {
        return match asked {
            Some(Speaker::Id(0)) | None => Ok(None),
            Some(_) => Err("it has one speaker; leave `speaker` out".to_owned()),
        };
    }
    let id = match asked {
        None => file.default_speaker_id.unwrap_or(0),
        Some(Speaker::Id(id)) => *id,
        Some(Speaker::Name(name)) => *file.speaker_id_map.get(name).ok_or_else(|| {
            let known: Vec<_> = file.speaker_id_map.keys().take(10).map(String::as_str).collect();
            format!("it has no speaker \"{name}\"; there are {}, …", known.join(", "))
        })?,
    };
    if id >= file.num_speakers {
        return Err(format!("it has no speaker {id}; there are {}, from 0", file.num_speakers));
    }
    Ok(Some(id as i32))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small file of the current kind.
    pub(in crate::engine::piper) fn sample() -> serde_json::Value {
        serde_json::json!({
            "audio": {"sample_rate": 22050, "quality": "medium"},
            "espeak": {"voice": "en-us"},
            "inference": {"noise_scale": 0.5, "length_scale": 1.25, "noise_w": 0.75},
            "phoneme_type": "espeak",
            "phoneme_map": {"ʔ": ["t"]},
            "phoneme_id_map": {
                "_": [0], "^": [1], "$": [2], " ": [3], "a": [4], "b": [5], ",": [6], ".": [7], "t": [8],
                "aɪ": [9], "ɪ": [10], "\u{303}": [11], "?": [12], "!": [13], ":": [14], ";": [15]
            },
            "num_symbols": 16, "num_speakers": 3,
            "speaker_id_map": {"ann": 0, "bob": 1, "cy": 2}, "default_speaker_id": 1,
            "vowel_clusters": ["aɪ", "eɪ"],
            "hop_length": 256, "piper_version": "1.0.0", "language": {"code": "en_US"}, "dataset": "x"
        })
    }

    pub(in crate::engine::piper) fn read(file: &serde_json::Value, table: &str) -> Result<Config, String> {
        let settings = toml::from_str(&format!("model = \"x.onnx\"\n{table}"))
            .map_err(|e: toml::de::Error| e.to_string())?;
        Config::read(&serde_json::to_vec(file).unwrap_or_default(), &settings)
    }

    #[test]
    fn the_file_counts_and_voice_toml_over_it() {
        let config = read(&sample(), "").expect("a good file");
        assert_eq!((config.rate_hz, config.speaker), (22_050, Some(1)));
        assert_eq!((config.noise_scale, config.length_scale, config.noise_w), (0.5, 1.25, 0.75));
        assert_eq!(config.source, Source::Espeak("en-us".parse().expect("a tag")));
        assert_eq!(config.clusters, ["aɪ"]);
        let config = read(&sample(), "speaker = \"cy\"\nnoise_scale = 0\nnoise_w = 0.1").expect("good");
        assert_eq!((config.speaker, config.noise_scale, config.noise_w), (Some(2), 0.0, 0.1));
    }

    #[test]
    fn files_of_the_first_years_are_read() {
        let old = serde_json::json!({
            "espeak": {"voice": "en-us"}, "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
            "phoneme_map": {}, "audio": {"sample_rate": 16000},
            "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}, "num_symbols": 130, "num_speakers": 1, "speaker_id_map": {}
        });
        let config = read(&old, "").expect("a good file");
        assert_eq!((config.speaker, config.length_scale, config.quality.as_str()), (None, 1.0, ""));
    }

    #[test]
    fn what_cannot_be_spoken_is_said_with_its_reason() {
        let with = |key: &str, value: serde_json::Value| {
            let mut file = sample();
            file[key] = value;
            file
        };
        let mut no_pad = sample();
        no_pad["phoneme_id_map"]["_"] = serde_json::json!([]);
        let mut too_many = sample();
        too_many["phoneme_id_map"]["a"] = serde_json::json!([16]);
        for (file, table, why) in [
            (with("phoneme_type", "pinyin".into()), "", "pinyin"),
            (with("phoneme_type", "japanese".into()), "", "japanese"),
            (with("audio", serde_json::json!({"sample_rate": 1})), "", "1 Hz"),
            (with("espeak", serde_json::json!({"voice": "?"})), "", "no language"),
            (with("phoneme_id_map", serde_json::json!(7)), "", "expected a map"),
            (no_pad, "", "pad"),
            (too_many, "", "16"),
            (sample(), "speaker = \"dan\"", "ann, bob, cy"),
            (sample(), "speaker = 3", "no speaker 3"),
            (with("num_speakers", 1.into()), "speaker = 1", "leave `speaker` out"),
            (sample(), "noise_w = 9", "no noise"),
            (sample(), "speker = 1", "speker"),
        ] {
            let error = read(&file, table).expect_err(why);
            assert!(error.contains(why), "{why}: {error}");
        }
    }
}
