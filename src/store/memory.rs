//! The memory tier: verified blobs, most used first, filled once for all who ask at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use moka::future::Cache;

use super::Digest;

/// What an entry costs besides its bytes (key, counters, links), so that many tiny blobs are bounded too.
const ENTRY_BYTES: usize = 256;

/// Bytes that were found to be what their digest says.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    /// When their file was last marked as used, in Unix seconds.
    touched_s: Arc<AtomicI64>,
}

impl Held {
    pub(super) fn new(bytes: Bytes, touched_s: i64) -> Self {
        Self { bytes, touched_s: Arc::new(AtomicI64::new(touched_s)) }
    }

    /// Whether the caller is the one who should mark the file as used: at most once every `every_s`.
    pub(super) fn claim_touch(&self, now_s: i64, every_s: i64) -> bool {
        let touched = self.touched_s.load(Ordering::Relaxed);
        now_s - touched > every_s
            && self.touched_s.compare_exchange(touched, now_s, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

pub(super) type Memory = Cache<Digest, Held>;

/// A tier of at most `bytes` bytes.
pub(super) fn memory(bytes: u64) -> Memory {
    Cache::builder()
        .max_capacity(bytes)
        .weigher(|_, held: &Held| u32::try_from(held.bytes.len() + ENTRY_BYTES).unwrap_or(u32::MAX))
        .build()
}
