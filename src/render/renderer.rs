use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use metrics::counter;
use moka::sync::Cache;
use tokio::sync::{broadcast, oneshot};
use tokio_util::task::TaskTracker;

use super::flight::{Flight, Outcome};
use super::make::{Made, Publisher, make};
use super::purpose::Purpose;
use super::segment::{SEGMENT_VERSION, Segment};
use super::{Casting, Failure, FailureKind, Form};
use crate::audio::{Bitrate, ClipEncoder, FRAME_SAMPLES, wav};
use crate::engine::{EngineError, Engines, ErrorKind, Lane};
use crate::store::{BlobRef, Ext, Key, Store};
use crate::text::Utterance;

/// How long a sentence that could not be said is not tried again for listeners.
const FAILURE_SHARED: Duration = Duration::from_secs(60);

/// Failures remembered at once.
const FAILURES_MAX: u64 = 10_000;

/// Segment records kept in memory.
const SEGMENTS_MAX: u64 = 20_000;

/// Keys that wait for who watches what is made; one who is further behind looks for himself.
const TOLD_MAX: usize = 1024;

/// Makes segments: once each, whoever asks, through the store.
#[derive(Clone)]
pub struct Renderer {
    inner: Arc<Inner>,
    purpose: Purpose,
}

struct Inner {
    engines: Arc<Engines>,
    store: Arc<Store>,
    bitrate: Bitrate,
    flights: Mutex<HashMap<Key, Arc<Flight>>>,
    failures: Cache<Key, (Instant, Failure)>,
    segments: Cache<Key, Arc<Segment>>,
    told: broadcast::Sender<Key>,
    tasks: TaskTracker,
}

/// What a flight makes: who says what, and what for.
type Saying = (Casting, Utterance, Purpose);

/// What asking for a segment gives.
pub enum Answer {
    /// It is in the store.
    Stored(Arc<Segment>),
    /// It is being made.
    Making(Making),
}

/// A share in a running synthesis; dropping it is leaving.
pub struct Making {
    flight: Arc<Flight>,
    key: Key,
    renderer: Arc<Inner>,
}

impl Drop for Making {
    fn drop(&mut self) {
        let mut flights = self.renderer.flights();
        if self.flight.leave() {
            land(&mut flights, &self.key, &self.flight);
        }
    }
}

impl Renderer {
    /// A renderer over engines and a store, coding clips at `bitrate`.
    #[must_use]
    pub fn new(engines: Arc<Engines>, store: Arc<Store>, bitrate: Bitrate) -> Self {
        let inner = Inner {
            engines,
            store,
            bitrate,
            flights: Mutex::new(HashMap::new()),
            failures: Cache::builder().max_capacity(FAILURES_MAX).time_to_live(FAILURE_SHARED).build(),
            segments: Cache::new(SEGMENTS_MAX),
            told: broadcast::Sender::new(TOLD_MAX),
            tasks: TaskTracker::new(),
        };
        Self { inner: Arc::new(inner), purpose: Purpose::default() }
    }

    /// The same renderer, whose work is counted under another purpose.
    #[must_use]
    pub fn counted_as(&self, purpose: Purpose) -> Self {
        Self { purpose, ..self.clone() }
    }

    /// The bit rate its clips have.
    #[must_use]
    pub fn bitrate(&self) -> Bitrate {
        self.inner.bitrate
    }

    /// The store it keeps segments in.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.inner.store
    }

    /// The engines it has speak.
    #[must_use]
    pub fn engines(&self) -> &Arc<Engines> {
        &self.inner.engines
    }

    /// What is already made under `key`, without making anything; also what is only being kept yet.
    pub async fn made(&self, key: &Key) -> Option<Arc<Segment>> {
        if let Some(segment) = self.inner.look(key).await {
            return Some(segment);
        }
        self.in_flight(key)
    }

    /// What is known to be made under `key` without asking the store; its blobs may be lost by now.
    #[must_use]
    pub fn at_hand(&self, key: &Key) -> Option<Arc<Segment>> {
        self.inner.segments.get(key).or_else(|| self.in_flight(key))
    }

    fn in_flight(&self, key: &Key) -> Option<Arc<Segment>> {
        let flight = self.inner.flights().get(key).cloned();
        flight.and_then(|flight| flight.made())
    }

    /// The failure that is still remembered for `key`.
    #[must_use]
    pub fn failure(&self, key: &Key) -> Option<Failure> {
        self.inner.remembered(key, Lane::Listener)
    }

    /// Asks for a segment: found in the store, joined in flight, or started.
    ///
    /// # Errors
    /// When it could not be made a moment ago; the failure is shared for a minute.
    pub async fn ask(&self, casting: &Casting, utterance: &Utterance, lane: Lane) -> Result<Answer, Failure> {
        let key = casting.key(utterance);
        if let Some(segment) = self.inner.look(&key).await {
            counter!("listen_segment_requests_total", "outcome" => "hit").increment(1);
            return Ok(Answer::Stored(segment));
        }
        if let Some(failure) = self.inner.remembered(&key, lane) {
            return Err(failure);
        }
        let (flight, entered) = {
            let mut flights = self.inner.flights();
            if let Some(flight) = flights.get(&key) {
                flight.join(lane);
                (Arc::clone(flight), false)
            } else {
                let flight = Arc::new(Flight::new(lane));
                flights.insert(key, Arc::clone(&flight));
                (flight, true)
            }
        };
        if entered {
            let (inner, flight) = (Arc::clone(&self.inner), Arc::clone(&flight));
            let job = (casting.clone(), utterance.clone(), self.purpose);
            self.inner.tasks.spawn(async move {
                inner.fly(&flight, key, job).await;
                land(&mut inner.flights(), &key, &flight);
                inner.tell(key);
            });
        } else {
            counter!("listen_segment_requests_total", "outcome" => "shared").increment(1);
        }
        Ok(Answer::Making(Making { flight, key, renderer: Arc::clone(&self.inner) }))
    }

    /// A blob of the segment that says an utterance; when the store has lost it, it is made again.
    ///
    /// # Errors
    /// [`FailureKind::Changed`] when what is made now has other bytes than the blob had.
    pub async fn blob(
        &self,
        blob: &BlobRef,
        form: Form,
        casting: &Casting,
        utterance: &Utterance,
    ) -> Result<Bytes, Failure> {
        match self.inner.store.blob(blob).await {
            Ok(Some(bytes)) => return Ok(bytes),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a blob cannot be read; it is made again"),
        }
        let wav = self.wav(casting, utterance).await?;
        let bytes = match form {
            Form::Wav => wav,
            Form::Mp3(bitrate) => code(wav, bitrate).await?,
        };
        if BlobRef::of(blob.ext, &bytes) != *blob {
            let message =
                "the voice does not say this sentence as it did; the old audio cannot be made again";
            return Err(Failure::new(FailureKind::Changed, message));
        }
        if let Err(error) = self.inner.store.put_blob(blob.ext, bytes.clone()).await {
            tracing::error!(%error, "a blob that was made again could not be kept");
        }
        Ok(bytes)
    }

    /// A WAV segment as a clip at any bit rate, coded and kept.
    ///
    /// # Errors
    /// When it cannot be coded or kept.
    pub async fn clip(&self, wav: Bytes, bitrate: Bitrate) -> Result<BlobRef, Failure> {
        let clip = code(wav, bitrate).await?;
        self.inner.store.put_blob(Ext::MP3, clip).await.map_err(store_failure)
    }

    async fn wav(&self, casting: &Casting, utterance: &Utterance) -> Result<Bytes, Failure> {
        let key = casting.key(utterance);
        if let Some(record) = self.inner.store.record(&key).await.ok().flatten()
            && let Some(segment) = Segment::parse(&record)
            && let Ok(Some(wav)) = self.inner.store.blob(&segment.wav).await
        {
            return Ok(wav);
        }
        // Twice, since a blob may turn out to be damaged when it is read.
        for _ in 0..2 {
            let answer = self.ask(casting, utterance, Lane::Listener).await?;
            let segment = match &answer {
                Answer::Stored(segment) => Arc::clone(segment),
                Answer::Making(making) => match making.outcome().await {
                    Outcome::Made { wav, .. } => return Ok(wav),
                    Outcome::Found(segment) => segment,
                    Outcome::Failed(failure) => return Err(failure),
                },
            };
            if let Some(wav) = self.inner.store.blob(&segment.wav).await.map_err(store_failure)? {
                return Ok(wav);
            }
        }
        Err(Failure::new(FailureKind::Store, "the store loses what it is given"))
    }

    /// The keys of segments whose flight has ended since this was called, made or not; a key may come
    /// twice.
    #[must_use]
    pub fn told(&self) -> broadcast::Receiver<Key> {
        self.inner.told.subscribe()
    }

    /// Runs a task that ends by itself and is waited for at the end.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.tasks.spawn(task);
    }

    /// Waits for every synthesis that is still running.
    pub async fn drain(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }
}

impl Answer {
    /// The segment, as soon as it is made.
    ///
    /// # Errors
    /// Why it could not be made.
    pub async fn segment(&self) -> Result<Arc<Segment>, Failure> {
        match self {
            Self::Stored(segment) => Ok(Arc::clone(segment)),
            Self::Making(making) => match making.flight.outcome().await {
                Outcome::Found(segment) | Outcome::Made { segment, .. } => Ok(segment),
                Outcome::Failed(failure) => Err(failure),
            },
        }
    }

    /// The segment, once the store has it.
    ///
    /// # Errors
    /// Why it could not be made or kept.
    pub async fn kept(&self) -> Result<Arc<Segment>, Failure> {
        let segment = self.segment().await?;
        if let Self::Making(making) = self {
            making.flight.kept().await?;
        }
        Ok(segment)
    }
}

impl Making {
    /// Frames of the clip from the `from`th chunk on, as they are made, and how it ended once it did.
    pub(super) async fn more(&self, from: usize) -> (Vec<Bytes>, Option<Outcome>) {
        self.flight.more(from).await
    }

    /// How it ended.
    pub(super) async fn outcome(&self) -> Outcome {
        self.flight.outcome().await
    }
}

impl Inner {
    fn flights(&self) -> MutexGuard<'_, HashMap<Key, Arc<Flight>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, key: Key) {
        // An error says that nobody watches.
        let _ = self.told.send(key);
    }

    /// A publisher's work tries again by its own plan; listeners share the failure for a while.
    fn remembered(&self, key: &Key, lane: Lane) -> Option<Failure> {
        let (since, failure) = self.failures.get(key)?;
        let shared = lane == Lane::Listener && since.elapsed() < FAILURE_SHARED;
        shared.then_some(failure)
    }

    /// A segment that is whole: its record, and the blobs of it that are served.
    async fn look(&self, key: &Key) -> Option<Arc<Segment>> {
        let segment = match self.segments.get(key) {
            Some(segment) => segment,
            None => {
                let record = self.store.record(key).await.ok().flatten()?;
                let Some(segment) = Segment::parse(&record) else {
                    tracing::warn!(%key, "a segment record is damaged; it is set aside and made again");
                    self.store.quarantine_record(key).await;
                    return None;
                };
                Arc::new(segment)
            }
        };
        let clip = segment.clips.get(&self.bitrate.encoder())?;
        if self.store.has_blob(clip).await && self.store.has_blob(&segment.wav).await {
            self.segments.insert(*key, Arc::clone(&segment));
            Some(segment)
        } else {
            self.segments.invalidate(key);
            None
        }
    }

    /// A segment that was made at another bit rate only, coded again from its samples.
    async fn recode(&self, key: &Key) -> Option<Arc<Segment>> {
        let record = self.store.record(key).await.ok().flatten()?;
        let mut segment = Segment::parse(&record)?;
        if segment.clips.get(&self.bitrate.encoder()).is_some() {
            return None;
        }
        let wav = self.store.blob(&segment.wav).await.ok().flatten()?;
        let clip = code(wav, self.bitrate).await.ok()?;
        let blob = self.store.put_blob(Ext::MP3, clip).await.ok()?;
        segment.clips = segment.clips.with(self.bitrate.encoder(), blob);
        self.store.put_record(key, Bytes::from(segment.to_record())).await.ok()?;
        Some(Arc::new(segment))
    }

    async fn fly(&self, flight: &Arc<Flight>, key: Key, job: Saying) {
        if let Some(segment) = self.look(&key).await {
            counter!("listen_segment_requests_total", "outcome" => "hit").increment(1);
            flight.finish(Outcome::Found(segment));
            flight.keep(Ok(()));
            return;
        }
        if let Some(segment) = self.recode(&key).await {
            counter!("listen_segment_requests_total", "outcome" => "hit").increment(1);
            flight.finish(Outcome::Found(segment));
            flight.keep(Ok(()));
            return;
        }
        counter!("listen_segment_requests_total", "outcome" => "made").increment(1);
        match self.make(flight, job).await {
            Ok(made) => self.keep(flight, key, made).await,
            Err(failure) => {
                if failure.is_of_one_sentence() {
                    tracing::warn!(%key, %failure, "a sentence could not be said");
                    self.failures.insert(key, (Instant::now(), failure.clone()));
                }
                flight.finish(Outcome::Failed(failure.clone()));
                flight.keep(Err(failure));
            }
        }
    }

    async fn make(
        &self,
        flight: &Arc<Flight>,
        (casting, utterance, purpose): Saying,
    ) -> Result<Made, Failure> {
        let (send, made) = oneshot::channel();
        let (engine, bitrate) = (casting.engine.clone(), self.bitrate);
        let listeners = Arc::clone(flight);
        // Known without asking: describing an engine may mean reading all of its library.
        let streaming = self.engines.described(&engine).is_some_and(|known| known.deterministic);
        flight.submit(|lane| {
            let job = Box::new(move |engine: &mut dyn crate::engine::Engine| {
                let publish = |frames: &[u8]| listeners.publish(frames);
                let publisher = Publisher::new(&publish, streaming);
                let making = || make(engine, &casting, &utterance, purpose, bitrate, publisher);
                let made = catch_unwind(AssertUnwindSafe(making));
                // The receiver is gone only when the service stops.
                match made {
                    Ok(result) => drop(send.send(result)),
                    Err(panic) => {
                        let error = EngineError::new(ErrorKind::Failed, "a panic broke the synthesis off");
                        drop(send.send(Err(error)));
                        // The pool replaces the engine, whose state nobody knows now.
                        resume_unwind(panic)
                    }
                }
            });
            self.engines.submit(&engine, lane, job).map_err(Failure::from)
        })?;
        match made.await {
            Ok(result) => result.map_err(Failure::from),
            Err(_) => Err(Failure::new(FailureKind::Stopped, "the synthesis was stopped")),
        }
    }

    /// Hands the segment to its listeners first, then to the store: blobs, and the record last.
    async fn keep(&self, flight: &Flight, key: Key, made: Made) {
        let (wav, mp3) = (Bytes::from(made.wav), Bytes::from(made.mp3));
        let (wav_ref, clip_ref) = (made.wav_ref, made.mp3_ref);
        self.store.hold(&clip_ref, mp3.clone()).await;
        let segment = Arc::new(Segment {
            v: SEGMENT_VERSION,
            frames: made.frames,
            wav: wav_ref,
            clips: BTreeMap::from([(self.bitrate.encoder(), clip_ref)]).into(),
            marks_kind: made.marks_kind,
            marks: made.marks,
        });
        flight.finish(Outcome::Made { segment: Arc::clone(&segment), wav: wav.clone() });
        self.tell(key);
        let blobs = futures::future::try_join(
            self.store.put_blob_as(wav_ref, wav),
            self.store.put_blob_as(clip_ref, mp3),
        )
        .await;
        let kept = match blobs {
            Ok(_) => self.store.put_record(&key, Bytes::from(segment.to_record())).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => {
                self.segments.insert(key, segment);
                flight.keep(Ok(()));
            }
            Err(error) => {
                tracing::error!(%key, %error, "a segment could not be kept; it will be made again when it is asked for");
                flight.keep(Err(Failure::new(FailureKind::Store, error.to_string())));
            }
        }
    }
}

/// Takes a flight from the table, unless another one is under its key by now.
fn land(flights: &mut HashMap<Key, Arc<Flight>>, key: &Key, flight: &Arc<Flight>) {
    if flights.get(key).is_some_and(|entered| Arc::ptr_eq(entered, flight)) {
        flights.remove(key);
    }
}

/// Codes a WAV segment as a clip.
async fn code(wav: Bytes, bitrate: Bitrate) -> Result<Bytes, Failure> {
    let coding = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, crate::audio::AudioError> {
        let samples = wav::decode(&wav)?;
        let mut encoder = ClipEncoder::new(bitrate)?;
        let mut clip = Vec::new();
        encoder.push(&samples, &mut clip)?;
        let frames = u32::try_from(samples.len() / FRAME_SAMPLES).unwrap_or(u32::MAX);
        encoder.finish(frames, &mut clip)?;
        Ok(clip)
    });
    match coding.await {
        Ok(Ok(clip)) => Ok(Bytes::from(clip)),
        Ok(Err(error)) => {
            Err(Failure::new(FailureKind::Store, format!("a stored segment cannot be coded: {error}")))
        }
        Err(_) => Err(Failure::new(FailureKind::Stopped, "coding a stored segment was stopped")),
    }
}

fn store_failure(error: crate::store::StoreError) -> Failure {
    Failure::new(FailureKind::Store, error.to_string())
}
