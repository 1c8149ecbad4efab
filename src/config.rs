//! One configuration: defaults < file < environment < flags. Nothing else reads the environment.
//!
//! The file is TOML (`listen.toml`, or `--config FILE`); every key is a field of `Config`. In the
//! environment a key is `LISTEN_` and its name in capitals (`LISTEN_PUBLIC_URL`), a table's key
//! follows two underscores (`LISTEN_LIMITS__BODY_BYTES`).

mod feed;
mod voices;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use feed::{Feed, is_cover_image};
pub use voices::VoiceByKind;

/// The configuration file that is read when it is there and none is named.
pub const DEFAULT_FILE: &str = "listen.toml";

/// The collection of Piper voices.
const VOICES_INDEX: &str = "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address the service listens on; port 0 picks a free one.
    pub bind: SocketAddr,
    /// Address that feeds, guids and embeds are built on; the bound address when absent.
    pub public_url: Option<String>,
    /// Where audio that can be made again is kept.
    pub cache: String,
    /// Where articles, revisions, finished renditions, keys and the queue are kept.
    pub db: String,
    /// Folder of installed voices, laid over the built-in ones.
    pub voices: PathBuf,
    /// Address of the index that voices are installed from: `voices.json` of piper-voices, or a mirror.
    pub voices_index: String,
    /// File of pronunciations, in TOML or JSON; the lexicon that is put over HTTP goes before it.
    pub lexicon: Option<PathBuf>,
    /// What is logged: `info`, `debug`, or a filter such as `listen=debug,sqlx=warn`.
    pub log: String,
    /// Log lines as JSON objects.
    pub log_json: bool,
    /// A publisher's key without a database entry.
    pub api_key: Option<Secret>,
    /// The site or paper: album of the tags, author of the feed.
    pub publisher: String,
    /// Read the byline after the title.
    pub read_byline: bool,
    /// How speech is made.
    pub speech: Speech,
    /// What listeners may ask for.
    pub renditions: Renditions,
    /// What is bounded, and by how much.
    pub limits: Limits,
    /// Sites whose pages may show the player of any article in a frame, beside the article's own:
    /// `paper.example`, `*.paper.example`, `https://paper.example`, or `*` for all.
    pub embed_hosts: Vec<String>,
    /// The WebSub hub that is told of new episodes, so that apps that listen to it need not poll.
    pub hub: Option<String>,
    /// The feeds by name; `default` always exists.
    pub feeds: BTreeMap<String, Feed>,
}

/// How speech is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    /// Voice by language tag, over the built-in choice: `{ de = "espeak-de" }`.
    pub voice_by_lang: BTreeMap<String, String>,
    /// Voice by kind of block, beside an article's own voice: `{ title = "slt", quote = "awb" }`.
    pub voice_by_kind: VoiceByKind,
    /// Names by which programs may ask for a voice of `POST /v1/audio/speech`: `{ alloy = "slt" }`.
    pub voice_aliases: BTreeMap<String, String>,
    /// Bit rate of MP3 audio in kbit/s: 48, 64 or 96.
    pub mp3_kbps: u32,
    /// Bulk workers; 0 is one for each core.
    pub bulk_workers: usize,
    /// Workers that take only listeners' work.
    pub listener_workers: usize,
    /// Articles that are rendered at the same time.
    pub articles_at_once: usize,
    /// The library of ONNX Runtime that runs Piper voices in the place of the built-in rten, twice as fast.
    /// Builds with the feature `ort` have it.
    pub onnxruntime: Option<PathBuf>,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            voice_by_lang: BTreeMap::new(),
            voice_by_kind: VoiceByKind::default(),
            voice_aliases: BTreeMap::new(),
            mp3_kbps: 64,
            bulk_workers: 0,
            listener_workers: 1,
            articles_at_once: 2,
            onnxruntime: None,
        }
    }
}

/// What listeners may ask for, besides each article's own voice and rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Renditions {
    /// Voices; of an article those that speak its language.
    pub voices: Vec<String>,
    /// Rates, against the voice's house pace: 0.5 to 2.0.
    pub rates: Vec<f32>,
    /// Formats of the whole audio: some of [`FORMATS`], `mp3` always.
    pub formats: Vec<String>,
    /// Bit rates of the whole audio as MP3 in kbit/s: some of [`BIT_RATES`].
    pub mp3_kbps: Vec<u32>,
}

impl Default for Renditions {
    fn default() -> Self {
        let formats = FORMATS.iter().map(|format| (*format).to_owned()).collect();
        Self { voices: Vec::new(), rates: Vec::new(), formats, mp3_kbps: BIT_RATES.to_vec() }
    }
}

impl Renditions {
    fn check(&self) -> Result<(), ConfigError> {
        if let Some(rate) = self.rates.iter().find(|rate| !(0.5..=2.0).contains(*rate)) {
            return Err(ConfigError(format!("renditions.rates has {rate}; use 0.5 to 2.0")));
        }
        if let Some(format) = self.formats.iter().find(|format| !FORMATS.contains(&format.as_str())) {
            let built = FORMATS.join(", ");
            return Err(ConfigError(format!("renditions.formats has \"{format}\"; this build has {built}")));
        }
        if let Some(kbps) = self.mp3_kbps.iter().find(|kbps| !BIT_RATES.contains(*kbps)) {
            return Err(ConfigError(format!("renditions.mp3_kbps has {kbps}; use 48, 64 or 96")));
        }
        if !self.formats.iter().any(|format| format == "mp3") {
            return Err(ConfigError(
                "renditions.formats has no \"mp3\", which feeds and players need".to_owned(),
            ));
        }
        Ok(())
    }
}

/// The bit rates at which MP3 can be joined, in kbit/s.
pub const BIT_RATES: &[u32] = &[48, 64, 96];

/// The formats that this build makes.
pub const FORMATS: &[&str] =
    if cfg!(feature = "opus") { &["mp3", "wav", "opus", "flac"] } else { &["mp3", "wav", "flac"] };

/// What is bounded, and by how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest body of a request, in bytes.
    pub body_bytes: usize,
    /// Longest article, in words.
    pub article_words: usize,
    /// Articles that may wait for their audio at once.
    pub queue_depth: u64,
    /// Longest wait for a clip that is being made, in seconds.
    pub clip_wait_s: u64,
    /// Largest cache on disk, in bytes; 0 is the smaller of 20 GB and 80 % of the disk.
    pub cache_bytes: u64,
    /// Memory for hot audio, in bytes.
    pub memory_bytes: u64,
    /// Requests served at once; more wait.
    pub requests_at_once: usize,
    /// Streams of events that are open at once; more are sent away.
    pub event_streams: usize,
    /// Longest text of one request for speech, in characters.
    pub speech_chars: usize,
    /// Requests for speech that are answered at once; more are sent away.
    pub speech_streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 5_000_000,
            article_words: 200_000,
            queue_depth: 10_000,
            clip_wait_s: 10,
            cache_bytes: 0,
            memory_bytes: 32 << 20,
            requests_at_once: 1024,
            event_streams: 1024,
            speech_chars: 100_000,
            speech_streams: 32,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 5478)),
            public_url: None,
            cache: "cache".to_owned(),
            db: "sqlite:listen.db".to_owned(),
            voices: PathBuf::from("voices"),
            voices_index: VOICES_INDEX.to_owned(),
            lexicon: None,
            log: "info".to_owned(),
            log_json: false,
            api_key: None,
            publisher: String::new(),
            read_byline: false,
            speech: Speech::default(),
            renditions: Renditions::default(),
            limits: Limits::default(),
            embed_hosts: Vec::new(),
            hub: None,
            feeds: BTreeMap::from([("default".to_owned(), Feed::default())]),
        }
    }
}

/// What was typed on the command line; it wins over everything else.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// See [`Config::bind`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<SocketAddr>,
    /// See [`Config::public_url`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// See [`Config::cache`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// See [`Config::db`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub db: Option<String>,
    /// See [`Config::voices`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voices: Option<PathBuf>,
    /// See [`Config::lexicon`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexicon: Option<PathBuf>,
    /// See [`Config::log`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// See [`Config::log_json`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_json: Option<bool>,
    /// Overrides of [`Config::limits`].
    #[serde(skip_serializing_if = "FlagLimits::is_empty")]
    pub limits: FlagLimits,
}

/// Limits that have a flag.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FlagLimits {
    /// See [`Limits::cache_bytes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_bytes: Option<u64>,
}

impl FlagLimits {
    fn is_empty(&self) -> bool {
        self.cache_bytes.is_none()
    }
}

/// What is wrong with the configuration, in words, with the file or variable it came from.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads the configuration: defaults, then `file` (or `listen.toml` when that is there), then
    /// the environment, then `flags`.
    ///
    /// # Errors
    /// A named file that is not there; an unknown key; a value that does not fit, with its source.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Self, ConfigError> {
        let named =
            file.map(Path::to_path_buf).or_else(|| std::env::var_os("LISTEN_CONFIG").map(PathBuf::from));
        if let Some(path) = &named
            && !path.is_file()
        {
            return Err(ConfigError(format!("there is no file {}", path.display())));
        }
        let path = named.unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
        let environment =
            Env::prefixed("LISTEN_").split("__").filter(|key| key_names_a_setting(key.as_str()));
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if path.is_file() {
            figment = figment.merge(Toml::file_exact(&path));
        }
        let mut config: Self = figment
            .merge(environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| ConfigError(error.to_string()))?;
        // Read as it stands: the environment's values are guessed types, and a key may be all digits.
        if let Some(key) = std::env::var("LISTEN_API_KEY").ok().filter(|key| !key.is_empty()) {
            config.api_key = Some(Secret(key));
        }
        config.checked()
    }

    /// The feed of that name, when there is one.
    #[must_use]
    pub fn feed(&self, name: &str) -> Option<&Feed> {
        self.feeds.get(name)
    }

    /// Whether a feed is only for listeners who have a key.
    #[must_use]
    pub fn is_private(&self, feed: &str) -> bool {
        self.feeds.get(feed).is_some_and(|feed| feed.private)
    }

    /// The feeds that are only for listeners who have a key.
    pub fn private_feeds(&self) -> impl Iterator<Item = &str> {
        self.feeds.iter().filter(|(_, feed)| feed.private).map(|(name, _)| name.as_str())
    }

    fn checked(mut self) -> Result<Self, ConfigError> {
        self.feeds.entry("default".to_owned()).or_default();
        for (name, feed) in &self.feeds {
            if let Some(problem) = feed.problem(name) {
                return Err(ConfigError(format!("feeds.{name}: {problem}")));
            }
        }
        if !BIT_RATES.contains(&self.speech.mp3_kbps) {
            return Err(ConfigError(format!(
                "speech.mp3_kbps is {}; use 48, 64 or 96",
                self.speech.mp3_kbps
            )));
        }
        self.speech.onnxruntime = self.speech.onnxruntime.filter(|library| !library.as_os_str().is_empty());
        if let Some(library) = self.speech.onnxruntime.as_deref().filter(|_| cfg!(not(feature = "ort"))) {
            return Err(ConfigError(format!(
                "speech.onnxruntime is {}, but this build runs Piper voices by rten alone; leave it out, or build \
                 with the feature `ort`",
                library.display()
            )));
        }
        self.renditions.check()?;
        for (name, least) in [
            ("speech.articles_at_once", self.speech.articles_at_once),
            ("limits.requests_at_once", self.limits.requests_at_once),
            ("limits.body_bytes", self.limits.body_bytes),
            ("limits.speech_chars", self.limits.speech_chars),
            ("limits.speech_streams", self.limits.speech_streams),
        ] {
            if least == 0 {
                return Err(ConfigError(format!("{name} is 0; use 1 or more")));
            }
        }
        if let Some(host) = self.embed_hosts.iter().find(|host| !is_frame_ancestor(host)) {
            return Err(ConfigError(format!(
                "embed_hosts: \"{host}\" is no site; use paper.example, *.paper.example, https://paper.example, or *"
            )));
        }
        if let Some(hub) = self.hub.as_deref().filter(|hub| !feed::is_web_address(hub)) {
            return Err(ConfigError(format!("hub \"{hub}\" is not an http(s) address")));
        }
        if let Some(url) = &self.public_url {
            let parsed =
                url::Url::parse(url).map_err(|e| ConfigError(format!("public_url \"{url}\": {e}")))?;
            if !matches!(parsed.scheme(), "http" | "https") || parsed.host().is_none() {
                return Err(ConfigError(format!("public_url \"{url}\" is not an http(s) address")));
            }
            self.public_url = Some(url.trim_end_matches('/').to_owned());
        }
        Ok(self)
    }
}

/// The variables of the environment that are settings (others with our prefix belong to tests and
/// scripts, and must not make the program refuse to start).
fn key_names_a_setting(key: &str) -> bool {
    const TOP: &[&str] = &[
        "bind",
        "public_url",
        "cache",
        "db",
        "voices",
        "voices_index",
        "lexicon",
        "log",
        "log_json",
        "publisher",
        "read_byline",
        "hub",
    ];
    let key = key.to_ascii_lowercase();
    TOP.contains(&key.as_str())
        || ["speech.", "renditions.", "limits.", "feeds."].iter().any(|table| key.starts_with(table))
}

/// Whether a text is a source of `frame-ancestors` (CSP level 3, §6.1.7 and §2.3.1): all, or a host with
/// or without scheme and port.
fn is_frame_ancestor(source: &str) -> bool {
    let host = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://")).unwrap_or(source);
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let name = name.strip_prefix("*.").unwrap_or(name);
    let is_name = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && !name.starts_with(['.', '-']);
    source == "*" || is_name && (port == "*" || port.parse::<u16>().is_ok())
}

/// The secret in a variable whose name a `voice.toml` tells; an empty one is none.
#[must_use]
pub fn secret(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
impl Config {
    /// One for tests: cache, database and voices in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let path = |name: &str| folder.join(name).display().to_string();
        let db = format!("sqlite:{}", path("listen.db"));
        Self { cache: path("cache"), db, voices: path("voices").into(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
