//! The memory tier: verified blobs, most used first, filled once for all who ask at the same time.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use futures::FutureExt as _;
use moka::future::Cache;

use super::Digest;

/// What an entry costs besides its bytes (key, counters, links), so that many tiny blobs are bounded too.
const ENTRY_BYTES: usize = 256;

/// Looks at a [`Spot`] after which the tier is asked again, so that it knows what is in use.
const LOOKS_MAX: u8 = 16;

/// Bytes that were found to be what their digest says.
pub(super) struct Held {
    pub(super) bytes: Bytes,
    /// When their file was last marked as used, in Unix seconds.
    touched_s: AtomicI64,
}

impl Held {
    pub(super) fn new(bytes: Bytes, touched_s: i64) -> Self {
        Self { bytes, touched_s: AtomicI64::new(touched_s) }
    }

    /// Whether the file should be marked as used.
    pub(super) fn is_touch_due(&self, now_s: i64, every_s: i64) -> bool {
        now_s - self.touched_s.load(Ordering::Relaxed) > every_s
    }

    /// Whether the caller is the one who should mark the file as used: at most once every `every_s`.
    pub(super) fn claim_touch(&self, now_s: i64, every_s: i64) -> bool {
        let touched = self.touched_s.load(Ordering::Relaxed);
        self.is_touch_due(now_s, every_s)
            && self.touched_s.compare_exchange(touched, now_s, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

/// Where a reader found a blob in memory last time: finding it there again costs a fraction of what a look
/// into the tier does. It keeps nothing in memory that the tier lets go.
#[derive(Debug, Default)]
pub struct Spot(Mutex<(Weak<Held>, u8)>);

impl Spot {
    /// What the tier holds under a digest.
    pub(super) fn find(&self, memory: &Memory, digest: &Digest) -> Option<Arc<Held>> {
        let mut spot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, looks) = &mut *spot;
        if *looks < LOOKS_MAX
            && let Some(held) = last.upgrade()
        {
            *looks += 1;
            return Some(held);
        }
        // Looking waits for nothing, but for the tier's own housekeeping once in a while.
        let held = memory.get(digest).now_or_never()??;
        *spot = (Arc::downgrade(&held), 0);
        Some(held)
    }
}

pub(super) type Memory = Cache<Digest, Arc<Held>>;

/// A tier of at most `bytes` bytes.
pub(super) fn memory(bytes: u64) -> Memory {
    Cache::builder()
        .max_capacity(bytes)
        .weigher(|_, held: &Arc<Held>| u32::try_from(held.bytes.len() + ENTRY_BYTES).unwrap_or(u32::MAX))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_spot_finds_what_the_tier_holds_and_nothing_else() {
        let (memory, spot) = (memory(1 << 20), Spot::default());
        let digest = Digest::of(b"sound");
        let found = |memory: &Memory| spot.find(memory, &digest).map(|held| held.bytes.clone());
        assert_eq!(found(&memory), None);
        memory.insert(digest, Arc::new(Held::new(Bytes::from_static(b"sound"), 0))).await;
        for _ in 0..3 * LOOKS_MAX {
            assert_eq!(found(&memory).as_deref(), Some(&b"sound"[..]));
        }
        memory.invalidate(&digest).await;
        memory.run_pending_tasks().await;
        assert_eq!(found(&memory), None);
    }
}
