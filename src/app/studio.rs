mod bitrate;
mod output;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{AppError, FrontEnd, Kind, Submission};
use crate::article::{Article, Lang};
use crate::audio::Bitrate;
use crate::config::Config;
use crate::engine::{Description, EngineOptions, Engines, ErrorKind, Servers, Voice, Voices};
use crate::render::{Casting, Plan, Renderer};
use crate::store::{Store, StoreOptions};
use crate::text::Script;

pub use output::Finished;
pub(super) use output::{Readable, Source, at_hand};
pub(super) use whole::{CHANGED, Opening};

/// Renditions that are coded as one at the same time; each takes a core for as long as it lasts.
const CODED_AT_ONCE: usize = 1;

/// Where speech is made: text front end, voices, engines and store, without a catalog. All that
/// `listen render` needs.
#[derive(Clone)]
pub struct Studio {
    front_end: FrontEnd,
    renderer: Renderer,
    coding: Arc<Semaphore>,
}

/// An article that is ready to be planned.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What is read, and what was dropped.
    pub article: Article,
    /// How it is read.
    pub script: Script,
}

impl Studio {
    /// Opens voices, engines and store. `worker_exe` is the program that runs engine workers: this
    /// one.
    ///
    /// # Errors
    /// A voice's file that cannot be read; a cache that cannot be used.
    pub async fn open(config: Config, worker_exe: PathBuf) -> Result<Self, AppError> {
        let front_end = FrontEnd::open(config)?;
        let config = front_end.config();
        let mut options = EngineOptions::new(worker_exe);
        if config.speech.bulk_workers > 0 {
            options.bulk_workers = config.speech.bulk_workers;
        }
        options.listener_workers = config.speech.listener_workers;
        options.voices = front_end.voices().clone();
        options.onnxruntime = config.speech.onnxruntime.clone();
        options.servers = Servers::new(&options.voices, crate::config::secret);
        let engines = Engines::new(options)
            .map_err(|error| AppError::internal("starting the engine threads", error))?;
        let store = Store::open(StoreOptions {
            dir: PathBuf::from(&config.cache),
            memory_bytes: config.limits.memory_bytes,
            limit_bytes: config.limits.cache_bytes,
        })
        .await
        .map_err(|error| AppError::new(Kind::Unavailable, "cache", error.to_string()))?;
        let bitrate = bitrate(config.speech.mp3_kbps)?;
        let renderer = Renderer::new(Arc::new(engines), Arc::new(store), bitrate);
        let coding = Arc::new(Semaphore::new(CODED_AT_ONCE));
        Ok(Self { front_end, renderer, coding })
    }

    /// The configuration it runs on.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.front_end.config()
    }

    /// What is read, and by which voice.
    #[must_use]
    pub fn front_end(&self) -> &FrontEnd {
        &self.front_end
    }

    /// The voices that are there.
    #[must_use]
    pub fn voices(&self) -> &Voices {
        self.front_end.voices()
    }

    /// What makes the segments.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// Finds the article in a submission and writes its script, by the lexicon of the configuration.
    ///
    /// # Errors
    /// See [`FrontEnd::prepare`].
    pub async fn prepare(&self, submission: &Submission) -> Result<Prepared, AppError> {
        self.front_end.prepare(submission, self.front_end.lexicon()).await
    }

    /// The voice for an article: see [`FrontEnd::voice`].
    ///
    /// # Errors
    /// An unknown voice, or a language no voice speaks.
    pub fn voice(&self, lang: &Lang, asked: Option<&str>) -> Result<Arc<Voice>, AppError> {
        self.front_end.voice(lang, asked)
    }

    /// Gets the engine ready that will most likely read a submission, while its page is still being
    /// read: for one article, the start of the engine's workers is a good part of the wait.
    pub async fn expect(&self, submission: &Submission) {
        let lang = submission.lang.clone().unwrap_or_else(Lang::english);
        if let Ok(voice) =
            self.front_end.voice_in(submission.feed.as_deref(), &lang, submission.voice.as_deref())
        {
            self.renderer.engines().expect(&voice.engine);
            // What is wrong with it is said when it is needed.
            let _ = self.describe(&voice.engine).await;
        }
    }

    /// Plans a prepared article that is in no feed: see [`Studio::plan_in`].
    ///
    /// # Errors
    /// See [`Studio::voice`].
    pub async fn plan(&self, prepared: &Prepared, voice: Option<&str>, rate: f32) -> Result<Plan, AppError> {
        self.plan_in(None, prepared, voice, rate).await
    }

    /// Plans a prepared article of a feed for a voice, and those of the configuration for titles, quotes
    /// and other kinds of blocks. When an engine of them cannot run here yet, the plan waits for it: see
    /// [`Studio::current`].
    ///
    /// # Errors
    /// See [`Studio::voice`].
    pub async fn plan_in(
        &self,
        feed: Option<&str>,
        prepared: &Prepared,
        voice: Option<&str>,
        rate: f32,
    ) -> Result<Plan, AppError> {
        let lang = &prepared.article.lang;
        let voice = self.front_end.voice_in(feed, lang, voice)?;
        let casting = self.casting(&voice, lang, rate).await;
        let mut by_kind = Vec::new();
        for (kind, voice) in self.front_end.voices_by_kind(feed, lang) {
            by_kind.push((kind, self.casting(&voice, lang, rate).await));
        }
        Ok(Plan::cast(prepared.script.clone(), &prepared.article, casting, by_kind))
    }

    /// The same words with another voice in the place of the article's own, or at another rate.
    ///
    /// # Errors
    /// An unknown voice.
    pub async fn recast(&self, plan: &Plan, voice: &str, rate: f32) -> Result<Plan, AppError> {
        let lang = &plan.casting.lang;
        let mut others = Vec::with_capacity(plan.others.len());
        for other in &plan.others {
            let voice = self.voice(lang, Some(&other.voice))?;
            others.push(self.casting(&voice, lang, rate).await);
        }
        let voice = self.voice(lang, Some(voice))?;
        let casting = self.casting(&voice, lang, rate).await;
        Ok(plan.recast(casting, others))
    }

    async fn casting(&self, voice: &Voice, lang: &Lang, rate: f32) -> Casting {
        Casting::new(voice, &self.revision(voice).await, lang, rate)
    }

    /// The plan as it can be made now: under the keys of the engines that are installed.
    ///
    /// # Errors
    /// When an engine cannot run here; the message says how to get it.
    pub async fn current(&self, plan: &Arc<Plan>) -> Result<Arc<Plan>, AppError> {
        let mut revisions = Vec::with_capacity(1 + plan.others.len());
        for Casting { engine, engine_voice, .. } in plan.castings() {
            revisions.push(self.able(engine, engine_voice).await?.revision_of(engine_voice));
        }
        if plan.castings().map(|casting| &casting.engine_revision).eq(&revisions) {
            return Ok(Arc::clone(plan));
        }
        Ok(Arc::new(plan.for_engines(&revisions)))
    }

    /// What makes a voice's sound here; empty while it cannot speak.
    async fn revision(&self, voice: &Voice) -> String {
        let able = self.able(&voice.engine, &voice.name).await;
        able.map_or(String::new(), |description| description.revision_of(&voice.name))
    }

    /// What an engine says of itself, if this voice of it can speak here.
    async fn able(&self, engine: &str, voice: &str) -> Result<Arc<Description>, AppError> {
        let description = self.described(engine, Some(voice)).await?;
        match description.voice(voice).and_then(|own| own.problem.as_ref()) {
            Some(problem) => Err(AppError::new(Kind::Unavailable, "engine_missing", problem.clone())),
            None => Ok(description),
        }
    }

    /// Whether a voice can speak here.
    ///
    /// # Errors
    /// Why it cannot, and what to do.
    pub async fn can_speak(&self, voice: &Voice) -> Result<(), AppError> {
        self.able(&voice.engine, &voice.name).await.map(drop)
    }

    /// Waits for what is running, and ends the workers.
    pub async fn close(&self) {
        self.renderer.drain().await;
        let engines = Arc::clone(self.renderer.engines());
        let _ = tokio::task::spawn_blocking(move || engines.shutdown()).await;
    }

    /// What an engine says of itself; asked once.
    ///
    /// # Errors
    /// When it cannot run here; the message says how to get it.
    pub async fn describe(&self, engine: &str) -> Result<Arc<Description>, AppError> {
        self.described(engine, None).await
    }

    async fn described(&self, engine: &str, voice: Option<&str>) -> Result<Arc<Description>, AppError> {
        let engines = Arc::clone(self.renderer.engines());
        let (engine, voice) = (engine.to_owned(), voice.map(str::to_owned));
        let described = tokio::task::spawn_blocking(move || match voice {
            Some(voice) => engines.describe_for(&engine, &voice),
            None => engines.describe(&engine),
        })
        .await
        .map_err(|error| AppError::internal("asking the engine", error))?;
        described.map_err(|error| match error.kind {
            ErrorKind::Unavailable => AppError::new(Kind::Unavailable, "engine_missing", error.message),
            _ => AppError::internal("asking the engine", error),
        })
    }
}

/// A bit rate by its number.
///
/// # Errors
/// When it is not one of 48, 64, 96.
pub fn bitrate(kbps: u32) -> Result<Bitrate, AppError> {
    Bitrate::ALL.into_iter().find(|bitrate| bitrate.kbps() == kbps).ok_or_else(|| {
        AppError::new(
            Kind::Invalid,
            "bad_bitrate",
            format!("{kbps} kbit/s is not a bit rate; use 48, 64 or 96"),
        )
    })
}

/// The program that is running, to start workers with.
///
/// # Errors
/// When the system does not tell.
pub fn this_program() -> Result<PathBuf, AppError> {
    std::env::current_exe()
        .map(|path| strip_deleted(&path))
        .map_err(|error| AppError::internal("finding this program's own path", error))
}

/// Linux marks the path of a program that was replaced while it runs; the new one is at the path.
fn strip_deleted(path: &Path) -> PathBuf {
    path.to_str()
        .and_then(|text| text.strip_suffix(" (deleted)"))
        .map_or_else(|| path.to_owned(), PathBuf::from)
}
