//! Whether there is room for what is made next.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Disk, ErrorKind, Store, StoreError, blocking};

/// A disk with less room than this is told of before it is full, in bytes; on a small disk, this share
/// of it.
const LOW_BYTES: u64 = 100_000_000;
const LOW_ONE_IN: u64 = 50;

/// Most bytes that are written to see whether there is room again.
const PROBE_BYTES_MAX: u64 = 1 << 20;

/// Length of the last write that found no room, in bytes; 0 when there is room as far as is known.
#[derive(Debug, Default)]
pub(super) struct Room {
    wanted_bytes: AtomicU64,
}

impl Room {
    /// Takes down how a write of `bytes` ended.
    pub(super) fn note<T>(&self, bytes: u64, written: &Result<T, StoreError>) {
        match written {
            Ok(_) => self.wanted_bytes.store(0, Ordering::Relaxed),
            Err(error) if error.kind() == ErrorKind::Full => {
                self.wanted_bytes.store(bytes.max(1), Ordering::Relaxed);
            }
            Err(_) => {}
        }
    }
}

impl Disk {
    /// The disk that holds a file or folder; none where that cannot be asked.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        super::folder::disk(path)
    }

    /// Whether so little room is left that writes fail, or soon will.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.free_bytes < LOW_BYTES.min(self.total_bytes / LOW_ONE_IN)
    }
}

impl Store {
    /// Why there is no room for what is made next, and what to do; none while there is. A write that
    /// failed for want of room is tried again here, in a file of no meaning, so that the answer
    /// changes by itself when room is back.
    pub async fn shortage(&self) -> Option<String> {
        let folder = self.inner.folder.clone()?;
        if let Some(disk) = self.disk()
            && disk.is_low()
        {
            return Some(format!(
                "the disk of the cache is nearly full ({} kB are free); make room, or lower limits.cache_bytes",
                disk.free_bytes / 1000
            ));
        }
        let wanted_bytes = self.inner.room.wanted_bytes.load(Ordering::Relaxed);
        if wanted_bytes == 0 {
            return None;
        }
        let probed = blocking(move || folder.probe(wanted_bytes.min(PROBE_BYTES_MAX))).await;
        if probed.is_err() {
            return Some(
                "the cache may not grow any more (a quota?); make room, or lower limits.cache_bytes"
                    .to_owned(),
            );
        }
        self.inner.room.wanted_bytes.store(0, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Op;
    use super::*;

    #[test]
    fn low_is_a_share_of_a_small_disk_and_a_size_on_a_large_one() {
        let low = |total_bytes, free_bytes| Disk { total_bytes, free_bytes }.is_low();
        assert!(low(4_000_000, 79_999) && !low(4_000_000, 80_000));
        assert!(low(1_000_000_000_000, 99_999_999) && !low(1_000_000_000_000, 100_000_000));
        assert!(!low(0, 0), "a disk that tells nothing");
    }

    #[test]
    fn only_a_lack_of_room_is_remembered_and_only_until_a_write_works() {
        let room = Room::default();
        let wanted = || room.wanted_bytes.load(Ordering::Relaxed);
        let failed = |kind| Err::<(), _>(StoreError::new(kind, Op::PutBlob, "no"));
        room.note(7, &failed(ErrorKind::Denied));
        assert_eq!(wanted(), 0);
        room.note(7, &failed(ErrorKind::Full));
        room.note(9, &failed(ErrorKind::Failed));
        assert_eq!(wanted(), 7);
        room.note(9, &Ok(()));
        assert_eq!(wanted(), 0);
    }
}
