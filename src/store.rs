//! Bytes by key. Two kinds of things are kept:
//!
//! - **records**, small texts under the `Key` of what made them
//!   (`segments-v1/ab/ab12….json`); a record names its blobs and is written after them, so it is the
//!   commit point;
//! - **blobs**, bytes under their own SHA-256 (`blobs/cd/cd34….wav`), so that two makers can never mix
//!   and a torn write is visible.
//!
//! Everything here can be made again. A blob is verified when it enters the memory tier; a bad one is
//! moved aside and answered as if it were not there. The store knows nothing of audio.
//!
//! When a file was last used is its modification time, which a read moves forward at most once a day:
//! access times are off or coarse on most mounts, and a log of reads would be one more thing to lose.

mod blob;
#[cfg(test)]
mod conformance;
mod error;
#[cfg(test)]
mod faults;
mod folder;
mod gc;
mod key;
mod layout;
mod memory;
mod room;
mod stats;
mod verify;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use moka::future::Cache;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};

pub use blob::{BadExt, BlobRef, Ext};
pub use error::{ErrorKind, Op, StoreError};
pub use folder::Disk;
pub use gc::{GcOptions, GcReport};
pub use key::{BadHash, Digest, Key, KeyBuilder};
pub use memory::Spot;
pub use stats::{Files, StoreStats};
pub use verify::{Finding, RefsOf, ScrubReport, VerifyProgress, VerifyReport};

use folder::Folder;
use memory::{Held, Memory};
use room::Room;

/// Longest record, in bytes. A longer file is not ours and is never read.
pub const RECORD_BYTES_MAX: u64 = 1 << 20;

/// Files younger than this are left alone by garbage collection, quarantine and the sweep of
/// leftovers: another process may be about to use them.
const YOUNG: Duration = Duration::from_secs(3600);

/// A file is marked as used at most this often.
const TOUCH_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Blobs up to this length are hashed where they are; longer ones on the blocking pool.
const HASH_HERE_BYTES_MAX: usize = 128 << 10;

/// How many blobs that are bad but too young to be moved are remembered.
const SUSPECTS_MAX: u64 = 10_000;

/// The default bound of a cache folder: 20 GB, or this share of its disk.
const LIMIT_BYTES: u64 = 20_000_000_000;
const LIMIT_DISK_PERCENT: u64 = 80;

/// Where a store is and how large it may be.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The folder; made when it is not there.
    pub dir: PathBuf,
    /// Size of the memory tier, in bytes; 0 keeps nothing in memory.
    pub memory_bytes: u64,
    /// What [`Store::gc`] brings the folder down to, in bytes; 0 is the smaller of 20 GB and 80 % of
    /// the disk.
    pub limit_bytes: u64,
}

/// A store. Cheap to clone; any number of processes may share one folder.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    objects: Arc<dyn ObjectStore>,
    /// Where `objects` keeps its files; none when it has none.
    folder: Option<Folder>,
    memory: Memory,
    /// Blobs whose file is bad but was too young to be moved: the next put writes over it.
    suspects: Cache<Digest, ()>,
    limit_bytes: u64,
    room: Room,
    scrub: Mutex<verify::ScrubCursor>,
}

/// The memory tier, as it is looked into once.
pub struct AtHand<'a> {
    memory: &'a Memory,
    now_s: i64,
}

impl AtHand<'_> {
    /// The bytes of a blob, when they lie in memory and nothing else is to be done than to hand them out.
    #[must_use]
    pub fn blob(&self, blob: &BlobRef, spot: &Spot) -> Option<Bytes> {
        let held = spot.find(self.memory, &blob.digest)?;
        let is_marked = !held.is_touch_due(self.now_s, seconds(TOUCH_EVERY));
        (is_marked && held.bytes.len() as u64 == blob.len).then(|| held.bytes.clone())
    }
}

/// Why a blob did not enter memory.
#[derive(Clone)]
enum NotLoaded {
    Missing,
    Failed(StoreError),
}

impl Store {
    /// Opens the store in a folder, and removes what writers that were killed more than an hour ago
    /// left there.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for an address such as `s3://…`; otherwise when the folder cannot
    /// be made or written.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let dir = options.dir.display().to_string();
        if let Some((scheme, _)) = dir.split_once("://") {
            let message = format!(
                "cache {dir}: this build keeps its cache in a folder and has no {scheme}:// storage; \
                 give a folder with --cache or LISTEN_CACHE"
            );
            return Err(StoreError::new(ErrorKind::Unsupported, Op::Open, message));
        }
        let opening = move || {
            let folder = Folder::prepare(&options.dir)?;
            let removed = folder.sweep(YOUNG)?;
            if removed > 0 {
                tracing::info!(removed, "removed leftovers of interrupted writes from the cache");
            }
            Ok::<_, std::io::Error>(folder)
        };
        let folder = blocking(opening).await;
        let folder = folder.map_err(|e| StoreError::because(Op::Open, &format!("opening {dir}"), &e))?;
        let objects = LocalFileSystem::new_with_prefix(folder.root())
            .map_err(|e| StoreError::because(Op::Open, &format!("opening {dir}"), &e))?;
        // Without fsync a power cut leaves files of the right length full of zeros.
        let objects = Arc::new(objects.with_fsync(true));
        Ok(Self::over(objects, Some(folder), options.memory_bytes, options.limit_bytes))
    }

    /// A store over any object store.
    fn over(
        objects: Arc<dyn ObjectStore>,
        folder: Option<Folder>,
        memory_bytes: u64,
        limit_bytes: u64,
    ) -> Self {
        let inner = Inner {
            objects,
            folder,
            memory: memory::memory(memory_bytes),
            suspects: Cache::new(SUSPECTS_MAX),
            limit_bytes,
            room: Room::default(),
            scrub: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The record under `key`, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn record(&self, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let path = layout::record_path(key);
        let failed = |e: object_store::Error| failed(Op::GetRecord, "reading", &path, &e);
        let got = match self.inner.objects.get(&path).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if got.meta.size > RECORD_BYTES_MAX {
            self.set_aside(&got.meta).await;
            return Ok(None);
        }
        let used_s = got.meta.last_modified.timestamp();
        let bytes = got.bytes().await.map_err(failed)?;
        if now_s() - used_s > seconds(TOUCH_EVERY) {
            self.touch(&path).await;
        }
        Ok(Some(bytes))
    }

    /// Whether there is a record under `key`. An unreadable store has none.
    pub async fn record_exists(&self, key: &Key) -> bool {
        self.inner.objects.head(&layout::record_path(key)).await.is_ok()
    }

    /// Writes the record under `key`, over one that is there. Its blobs come first.
    ///
    /// # Errors
    /// [`ErrorKind::Full`] when there is no room; otherwise when the store cannot be written or the
    /// record is over [`RECORD_BYTES_MAX`].
    pub async fn put_record(&self, key: &Key, record: Bytes) -> Result<(), StoreError> {
        let path = layout::record_path(key);
        if record.len() as u64 > RECORD_BYTES_MAX {
            let message =
                format!("cache: record {key} has {} bytes; the most is {RECORD_BYTES_MAX}", record.len());
            return Err(StoreError::new(ErrorKind::Unsupported, Op::PutRecord, message).counted());
        }
        let len = record.len() as u64;
        let put = self.inner.objects.put(&path, record.into()).await;
        let put = put.map(|_| ()).map_err(|e| failed(Op::PutRecord, "writing", &path, &e));
        self.inner.room.note(len, &put);
        put
    }

    /// Moves a record that its reader could not understand aside, so that it is made again. One that
    /// is younger than an hour stays; writing it again replaces it.
    pub async fn quarantine_record(&self, key: &Key) {
        if let Ok(meta) = self.inner.objects.head(&layout::record_path(key)).await {
            self.set_aside(&meta).await;
        }
    }

    /// The bytes of a blob, from memory or, verified, from the store; none when they are not there or
    /// are not what they should be, in which case they have been moved aside: make them again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn blob(&self, blob: &BlobRef) -> Result<Option<Bytes>, StoreError> {
        let loaded = self.inner.memory.try_get_with(blob.digest, self.load(blob)).await;
        let held = match loaded {
            Ok(held) => held,
            Err(why) => match &*why {
                NotLoaded::Missing => return Ok(None),
                NotLoaded::Failed(error) => return Err(error.clone()),
            },
        };
        if held.claim_touch(now_s(), seconds(TOUCH_EVERY)) {
            self.touch(&blob.path()).await;
        }
        // The bytes are right, so a wrong length is the reference's fault.
        Ok((held.bytes.len() as u64 == blob.len).then(|| held.bytes.clone()))
    }

    /// What lies in memory now.
    #[must_use]
    pub fn at_hand(&self) -> AtHand<'_> {
        AtHand { memory: &self.inner.memory, now_s: now_s() }
    }

    /// The bytes of a blob of which only the name is known; see [`Store::blob`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn blob_named(&self, digest: Digest, ext: Ext) -> Result<Option<Bytes>, StoreError> {
        if let Some(held) = self.inner.memory.get(&digest).await {
            return Ok(Some(held.bytes.clone()));
        }
        let path = BlobRef { digest, ext, len: 0 }.path();
        match self.inner.objects.head(&path).await {
            Ok(meta) => self.blob(&BlobRef { digest, ext, len: meta.size }).await,
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(Op::GetBlob, "reading", &path, &error)),
        }
    }

    async fn load(&self, blob: &BlobRef) -> Result<Arc<Held>, NotLoaded> {
        let path = blob.path();
        let failed = |e| NotLoaded::Failed(failed(Op::GetBlob, "reading", &path, &e));
        let got = match self.inner.objects.get(&path).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => return Err(NotLoaded::Missing),
            Err(error) => return Err(failed(error)),
        };
        let meta = got.meta.clone();
        if meta.size != blob.len {
            self.quarantine_blob(blob.digest, &meta).await;
            return Err(NotLoaded::Missing);
        }
        let bytes = got.bytes().await.map_err(failed)?;
        if digest_of(&bytes).await != blob.digest {
            self.quarantine_blob(blob.digest, &meta).await;
            return Err(NotLoaded::Missing);
        }
        Ok(Arc::new(Held::new(bytes, meta.last_modified.timestamp())))
    }

    /// Whether a blob can be had without being made, judged by name and length only.
    pub async fn has_blob(&self, blob: &BlobRef) -> bool {
        if self.inner.memory.contains_key(&blob.digest) {
            return true;
        }
        !self.inner.suspects.contains_key(&blob.digest)
            && self.inner.objects.head(&blob.path()).await.is_ok_and(|meta| meta.size == blob.len)
    }

    /// Holds a blob in memory, where [`Store::blob`] finds it at once; [`Store::put_blob`] keeps it.
    pub async fn hold(&self, blob: &BlobRef, bytes: Bytes) {
        self.inner.memory.insert(blob.digest, Arc::new(Held::new(bytes, now_s()))).await;
    }

    /// Keeps a blob, in memory first: even when this fails, [`Store::blob`] has it for a while under
    /// [`BlobRef::of`] the same bytes. One that is there already is not written again.
    ///
    /// # Errors
    /// [`ErrorKind::Full`] when there is no room; otherwise when the store cannot be written.
    pub async fn put_blob(&self, ext: Ext, bytes: Bytes) -> Result<BlobRef, StoreError> {
        let digest = digest_of(&bytes).await;
        let blob = BlobRef { digest, ext, len: bytes.len() as u64 };
        self.put_blob_as(blob, bytes).await
    }

    /// [`Store::put_blob`] for bytes whose reference is known: it must be [`BlobRef::of`] them.
    ///
    /// # Errors
    /// See [`Store::put_blob`].
    pub async fn put_blob_as(&self, blob: BlobRef, bytes: Bytes) -> Result<BlobRef, StoreError> {
        let BlobRef { digest, .. } = blob;
        let path = blob.path();
        self.inner.memory.insert(digest, Arc::new(Held::new(bytes.clone(), now_s()))).await;
        if let Ok(meta) = self.inner.objects.head(&path).await
            && meta.size == blob.len
            && !self.inner.suspects.contains_key(&digest)
        {
            // A collector elsewhere must see that it is wanted again before the record says so.
            if !is_young(&meta) {
                self.touch(&path).await;
            }
            return Ok(blob);
        }
        let put = self.inner.objects.put(&path, bytes.into()).await;
        let put = put.map_err(|e| failed(Op::PutBlob, "writing", &path, &e));
        self.inner.room.note(blob.len, &put);
        put?;
        self.inner.suspects.invalidate(&digest).await;
        Ok(blob)
    }

    /// Moves a bad blob aside and counts it.
    async fn quarantine_blob(&self, digest: Digest, meta: &ObjectMeta) {
        metrics::counter!("listen_corrupt_blobs_total").increment(1);
        self.inner.memory.invalidate(&digest).await;
        if !self.set_aside(meta).await {
            self.inner.suspects.insert(digest, ()).await;
        }
    }

    /// Moves a bad file to the quarantine, unless it is young. Whether it was moved.
    async fn set_aside(&self, meta: &ObjectMeta) -> bool {
        let path = &meta.location;
        if is_young(meta) {
            tracing::warn!(%path, "a file of the cache is damaged; it will be written over");
            return false;
        }
        match self.inner.objects.rename(path, &layout::quarantine_path(path, now_s())).await {
            Ok(()) => {
                tracing::warn!(%path, "a file of the cache is damaged; moved to quarantine/, will be made again");
                true
            }
            // Another process was faster.
            Err(object_store::Error::NotFound { .. }) => true,
            Err(error) => {
                let error = failed(Op::Quarantine, "moving aside", path, &error);
                tracing::warn!(%error, "a file of the cache is damaged and stays where it is");
                false
            }
        }
    }

    /// Marks a file as used now. Losing a mark only makes it look older to the collector.
    async fn touch(&self, path: &Path) {
        if let Some(folder) = self.inner.folder.clone() {
            let path = path.clone();
            let _ = blocking(move || folder.touch(&path)).await;
        }
    }

    /// The disk that holds the store; none where that has no meaning.
    #[must_use]
    pub fn disk(&self) -> Option<Disk> {
        self.inner.folder.as_ref().and_then(Folder::disk)
    }

    /// What the store may hold, in bytes: as opened, or the smaller of 20 GB and 80 % of the disk.
    #[must_use]
    pub fn limit_bytes(&self) -> u64 {
        match (self.inner.limit_bytes, self.disk()) {
            (0, Some(disk)) => LIMIT_BYTES.min(disk.total_bytes / 100 * LIMIT_DISK_PERCENT),
            (0, None) => LIMIT_BYTES,
            (limit, _) => limit,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.inner.objects)
    }
}

/// An error of the layer below, counted.
fn failed(op: Op, doing: &str, path: &Path, error: &object_store::Error) -> StoreError {
    StoreError::because(op, &format!("{doing} {path}"), error).counted()
}

async fn digest_of(bytes: &Bytes) -> Digest {
    if bytes.len() <= HASH_HERE_BYTES_MAX {
        return Digest::of(bytes);
    }
    let bytes = bytes.clone();
    blocking(move || Digest::of(&bytes)).await
}

/// Runs what blocks where it may. A panic in it goes on in the caller.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Blocking work is never cancelled once it runs; it is dropped unrun only when the run time
            // shuts down, and then nobody waits for it.
            Err(_) => std::future::pending().await,
        },
    }
}

fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn is_young(meta: &ObjectMeta) -> bool {
    now_s() - meta.last_modified.timestamp() < seconds(YOUNG)
}
