use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use metrics::gauge;
use moka::sync::Cache;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::events::Board;
use super::handed_out::HandedOut;
use super::manifest::Seen;
use super::offers::{Granted, exact};
use super::plays::{self, Report};
use super::speech::Speeches;
use super::studio::Readable;
use super::types::Readiness;
use super::whole::Codings;
use super::{AppError, AudioFormat, Kind, Studio};
use crate::article::{Article, ArticleId};
use crate::audio::rope::{Piece, Rope};
use crate::catalog::{
    Catalog, CatalogError, ErrorKind, FeedQuery, Pick, PublisherKey, Revision, ServeLock, SqliteCatalog,
    authenticate, opens_feed,
};
use crate::config::Config;
use crate::render::{Plan, Timeline, blobs_of_record};
use crate::store::{Digest, Disk, GcOptions};
use crate::text::Lexicon;

/// Revisions and finished renditions kept ready in memory; each may be a few megabytes at most.
const READY_MAX: u64 = 64;

/// Wishes that are remembered, and for how long: the catalog is not asked for each request.
const GRANTED_MAX: u64 = 10_000;
const GRANTED_FOR: Duration = Duration::from_secs(30);

/// How long shutting down waits for syntheses that are running.
const DRAIN: Duration = Duration::from_secs(10);

/// How often the cache is brought under its limit, and a few blobs are checked.
pub(super) const UPKEEP_EVERY: Duration = Duration::from_secs(600);

/// Newest episodes whose audio goes last.
const FEED_WINDOW: u32 = 50;

/// Blobs the slow scrub looks at in one step.
const SCRUB_BLOBS: usize = 200;

/// The running service: a studio, a catalog, and the render queue's worker. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) studio: Studio,
    pub(super) catalog: Arc<dyn Catalog>,
    sqlite: Arc<SqliteCatalog>,
    /// Held while the service runs; falls with the process.
    _lock: ServeLock,
    public_url: RwLock<String>,
    /// Told when there may be something in the queue.
    pub(super) wake: Notify,
    /// Counts the revisions that were finished.
    pub(super) finished: watch::Sender<u64>,
    pub(super) stop: CancellationToken,
    /// Plays on their way to the catalog.
    pub(super) plays: mpsc::Sender<Report>,
    tasks: TaskTracker,
    /// Who follows what is made.
    pub(super) board: Board,
    plans: Cache<(ArticleId, String), Arc<Planned>>,
    pub(super) seen: Seen,
    pub(super) ropes: Cache<String, Arc<Ready>>,
    pub(super) codings: Codings,
    pub(super) speeches: Speeches,
    /// Wishes that were granted a moment ago.
    pub(super) granted: Cache<Granted, String>,
    pub(super) handed_out: HandedOut,
    /// The lexicon in force, and the tag of the publisher's part of it.
    pub(super) lexicon: RwLock<Option<(String, Arc<Lexicon>)>>,
}

impl Inner {
    /// Runs a task that ends when the service stops, and is waited for then.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }
}

/// A stored revision, ready to be worked with.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) article: Article,
    pub(super) plan: Arc<Plan>,
    /// The rate it is read at, against the voice's house pace.
    pub(super) rate: f64,
}

/// A finished rendition, ready to be read.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) format: AudioFormat,
    pub(super) article: ArticleId,
    pub(super) revision: String,
    pub(super) readable: Arc<Readable>,
    pub(super) timeline: Arc<Timeline>,
    pub(super) frames: u64,
    pub(super) finished_ms: i64,
    /// What a face keeps of it while it is ready.
    pub(super) face: OnceLock<Face>,
}

/// Something of a face's own.
pub(super) struct Face(pub(super) Box<dyn Any + Send + Sync>);

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Face")
    }
}

impl App {
    /// Opens everything and starts working on the queue. `worker_exe` is the program that runs
    /// engine workers: this one.
    ///
    /// # Errors
    /// A cache or database that cannot be used, or that another `serve` is using.
    pub async fn open(config: Config, worker_exe: PathBuf) -> Result<Self, AppError> {
        let sqlite = Arc::new(SqliteCatalog::open(&config.db).await?);
        let lock = sqlite.lock().await?;
        let studio = Studio::open(config, worker_exe).await?;
        let catalog: Arc<dyn Catalog> = Arc::clone(&sqlite) as Arc<dyn Catalog>;
        let public_url = studio.config().public_url.clone().unwrap_or_default();
        let board = Board::new(studio.config().limits.event_streams);
        let speeches = Speeches::new(studio.config().limits.speech_streams);
        let (plays, reports) = mpsc::channel(plays::WAITING_MAX);
        let inner = Inner {
            studio,
            catalog,
            sqlite,
            _lock: lock,
            public_url: RwLock::new(public_url),
            wake: Notify::new(),
            finished: watch::Sender::new(0),
            stop: CancellationToken::new(),
            plays,
            tasks: TaskTracker::new(),
            board,
            plans: Cache::new(READY_MAX),
            seen: Seen::new(),
            // Of each with its tag, and without.
            ropes: Cache::new(2 * READY_MAX),
            codings: Codings::default(),
            speeches,
            granted: Cache::builder().max_capacity(GRANTED_MAX).time_to_live(GRANTED_FOR).build(),
            handed_out: HandedOut::new(),
            lexicon: RwLock::default(),
        };
        let app = Self { inner: Arc::new(inner) };
        app.inner.tasks.spawn(app.clone().work_on_queue());
        app.inner.tasks.spawn(app.clone().keep_house());
        app.inner.tasks.spawn(app.clone().hash_renditions());
        app.inner.tasks.spawn(app.clone().announce_feeds());
        app.inner.tasks.spawn(app.clone().take_down_addresses());
        app.inner.tasks.spawn(app.clone().write_plays(reports));
        Ok(app)
    }

    /// The configuration it runs on.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.inner.studio.config()
    }

    /// Where speech is made.
    #[must_use]
    pub fn studio(&self) -> &Studio {
        &self.inner.studio
    }

    /// The address that links are built on, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.inner.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the address that links are built on, when the configuration states none: the bound one.
    pub fn set_public_url(&self, url: &str) {
        if self.config().public_url.is_none() {
            url.trim_end_matches('/')
                .clone_into(&mut self.inner.public_url.write().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Whether a bearer token is a publisher's key that is in force.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn is_publisher(&self, token: &str) -> Result<bool, AppError> {
        use subtle::ConstantTimeEq as _;
        if let Some(key) = &self.config().api_key
            && bool::from(key.reveal().as_bytes().ct_eq(token.as_bytes()))
        {
            return Ok(true);
        }
        let key = authenticate(self.inner.sqlite.as_ref(), token).await?;
        Ok(key.is_some())
    }

    /// Whether a token is a key in force that opens a private feed.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn opens_feed(&self, token: &str, feed: &str) -> Result<bool, AppError> {
        Ok(opens_feed(self.inner.sqlite.as_ref(), token, feed).await?)
    }

    /// Whether any publisher's key is in force.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn has_keys(&self) -> Result<bool, AppError> {
        let publishes = |key: &PublisherKey| key.revoked_ms.is_none() && key.feed.is_none();
        Ok(self.config().api_key.is_some() || self.inner.catalog.keys().await?.iter().any(publishes))
    }

    /// Whether the voices that articles need can speak, the catalog answers, and there is room for what
    /// is made next.
    pub async fn readiness(&self) -> Readiness {
        let mut problems = Vec::new();
        let english = crate::article::Lang::english();
        match self.inner.studio.voice(&english, None) {
            Ok(voice) => {
                if let Err(error) = self.inner.studio.can_speak(&voice).await {
                    problems.push(error.message);
                }
            }
            Err(error) => problems.push(error.message),
        }
        if let Err(error) = self.inner.catalog.depth(None).await {
            problems.push(format!("the database does not answer: {error}"));
        }
        problems.extend(self.inner.studio.renderer().store().shortage().await);
        if let Some(disk) = Disk::of(self.inner.sqlite.path())
            && disk.is_low()
        {
            problems.push(format!(
                "the disk of the database is nearly full ({} kB are free); make room, or nothing can be published",
                disk.free_bytes / 1000
            ));
        }
        Readiness { ready: problems.is_empty(), problems }
    }

    /// Brings the gauges up to date.
    pub async fn refresh_gauges(&self) {
        if let Ok(depth) = self.inner.catalog.depth(None).await {
            let mut waiting: BTreeMap<&str, u64> = [("bulk", 0), ("listener", 0)].into();
            for (priority, entries) in depth.waiting {
                *waiting.entry(if priority > 0 { "listener" } else { "bulk" }).or_default() += entries;
            }
            for (priority, entries) in waiting {
                gauge!("listen_queue_depth", "priority" => priority).set(entries as f64);
            }
        }
    }

    /// Stops taking work, waits a while for what is running, and closes the catalog.
    pub async fn shutdown(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        let stopping = async {
            self.inner.tasks.wait().await;
            self.inner.studio.renderer().drain().await;
        };
        if tokio::time::timeout(DRAIN, stopping).await.is_err() {
            tracing::warn!("syntheses are still running and are ended");
        }
        let engines = Arc::clone(self.inner.studio.renderer().engines());
        let _ = tokio::task::spawn_blocking(move || engines.shutdown()).await;
        self.inner.sqlite.close().await;
    }

    pub(super) async fn planned(&self, id: &ArticleId, revision: &str) -> Result<Arc<Planned>, AppError> {
        let name = (id.clone(), revision.to_owned());
        if let Some(planned) = self.inner.plans.get(&name) {
            return Ok(planned);
        }
        let revision = self.revision(id, revision).await?;
        let plan: Plan = serde_json::from_str(&revision.script)
            .map_err(|error| AppError::internal("reading a stored script", error))?;
        let rate = exact(revision.rate as f32);
        let planned = Arc::new(Planned { article: revision.article, plan: Arc::new(plan), rate });
        self.inner.plans.insert(name, Arc::clone(&planned));
        Ok(planned)
    }

    pub(super) async fn revision(&self, id: &ArticleId, name: &str) -> Result<Revision, AppError> {
        self.inner.catalog.revision(id, Pick::Named(name)).await?.ok_or_else(|| {
            AppError::new(Kind::NotFound, "unknown_revision", format!("{id} has no revision {name}"))
                .about("rev")
        })
    }

    async fn keep_house(self) {
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => return,
                () = tokio::time::sleep(UPKEEP_EVERY) => {}
            }
            if let Err(error) = self.clear_trials(jiff::Timestamp::now().as_millisecond()).await {
                tracing::warn!(%error, "old trials could not be deleted");
            }
            let store = self.inner.studio.renderer().store();
            if let Err(error) = store.scrub_step(SCRUB_BLOBS).await {
                tracing::warn!(%error, "the slow check of the cache could not go on");
            }
            let pinned = match feed_window(self.inner.catalog.as_ref()).await {
                Ok(pinned) => pinned,
                Err(error) => {
                    tracing::warn!(%error, "what the feeds show cannot be read; the cache is not collected now");
                    continue;
                }
            };
            let options = GcOptions { limit_bytes: store.limit_bytes(), pinned: &pinned };
            if let Err(error) = store.gc(options, &blobs_of_record).await {
                tracing::warn!(%error, "the cache could not be brought under its limit");
            }
        }
    }
}

/// Blobs of the newest episodes: what a collection of the cache removes last.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn feed_window(catalog: &dyn Catalog) -> Result<HashSet<Digest>, AppError> {
    let query = FeedQuery { feed: None, format: "mp3".to_owned(), limit: FEED_WINDOW, offset: 0 };
    let mut pinned = HashSet::new();
    for item in catalog.feed(&query).await? {
        for stored in catalog.renditions_of(&item.summary.id, &item.revision).await? {
            let rope: Rope = serde_json::from_str(&stored.rendition.pieces)
                .map_err(|error| AppError::internal("reading a rendition's record", error))?;
            pinned.extend(rope.pieces().iter().filter_map(|piece| match piece {
                Piece::Blob(blob) => Some(Digest::from(blob.digest)),
                _ => None,
            }));
        }
    }
    Ok(pinned)
}

impl From<CatalogError> for AppError {
    fn from(error: CatalogError) -> Self {
        let (kind, code) = match error.kind() {
            ErrorKind::NotFound => (Kind::NotFound, "not_found"),
            ErrorKind::Conflict => (Kind::Conflict, "conflict"),
            ErrorKind::Invalid => (Kind::Invalid, "invalid"),
            ErrorKind::Busy => (Kind::Busy, "busy"),
            ErrorKind::Full => (Kind::Unavailable, "disk_full"),
            ErrorKind::Unsupported => (Kind::NotBuilt, "not_built"),
            ErrorKind::Failed => return Self::internal("the database", error),
        };
        let message = error.to_string();
        let retry_after_s = matches!(kind, Kind::Busy | Kind::Unavailable).then_some(10);
        Self { source: Some(error.into()), retry_after_s, ..Self::new(kind, code, message) }
    }
}
