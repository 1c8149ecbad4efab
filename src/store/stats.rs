//! How much a store holds.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore as _};

use super::layout::{self, BLOBS, QUARANTINE, RECORDS};
use super::{Ext, Op, Store, StoreError};

/// Some files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Files {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct StoreStats {
    /// Records.
    pub records: u64,
    /// Their bytes.
    pub record_bytes: u64,
    /// Blobs.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// Damaged files kept for a look.
    pub quarantined: u64,
    /// Their bytes.
    pub quarantined_bytes: u64,
    /// Blobs in memory (this process).
    pub memory_blobs: u64,
    /// Bytes of memory they take.
    pub memory_bytes: u64,
    /// What the store may hold, in bytes.
    pub limit_bytes: u64,
    /// Room left on the disk, where that can be asked.
    pub disk_free_bytes: Option<u64>,
}

impl StoreStats {
    /// Bytes of everything on disk.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.record_bytes + self.blob_bytes + self.quarantined_bytes
    }
}

impl Store {
    /// Counts what is there. Walks every file.
    ///
    /// # Errors
    /// When the store cannot be listed.
    pub async fn stats(&self) -> Result<StoreStats, StoreError> {
        let (records, record_bytes) = self.count(RECORDS).await?;
        let (blobs, blob_bytes) = self.count(BLOBS).await?;
        let (quarantined, quarantined_bytes) = self.count(QUARANTINE).await?;
        self.inner.memory.run_pending_tasks().await;
        Ok(StoreStats {
            records,
            record_bytes,
            blobs,
            blob_bytes,
            quarantined,
            quarantined_bytes,
            memory_blobs: self.inner.memory.entry_count(),
            memory_bytes: self.inner.memory.weighted_size(),
            limit_bytes: self.limit_bytes(),
            disk_free_bytes: self.disk().map(|disk| disk.free_bytes),
        })
    }

    /// Counts the blobs of each kind. Walks every blob.
    ///
    /// # Errors
    /// When the store cannot be listed.
    pub async fn blobs_by_ext(&self) -> Result<BTreeMap<Ext, Files>, StoreError> {
        let mut kinds = BTreeMap::<Ext, Files>::new();
        self.each_file(BLOBS, |meta| {
            if let Some((_, ext)) = layout::blob_at(&meta.location) {
                let kind = kinds.entry(ext).or_default();
                kind.files += 1;
                kind.bytes += meta.size;
            }
        })
        .await?;
        Ok(kinds)
    }

    async fn count(&self, folder: &str) -> Result<(u64, u64), StoreError> {
        let (mut files, mut bytes) = (0, 0);
        self.each_file(folder, |meta| {
            files += 1;
            bytes += meta.size;
        })
        .await?;
        Ok((files, bytes))
    }

    /// Calls `see` for every file of a folder, in no order, without holding them.
    pub(super) async fn each_file(
        &self,
        folder: &str,
        mut see: impl FnMut(ObjectMeta),
    ) -> Result<(), StoreError> {
        let prefix = Path::from(folder);
        let mut files = self.inner.objects.list(Some(&prefix));
        loop {
            match files.try_next().await {
                Ok(Some(meta)) => see(meta),
                Ok(None) => return Ok(()),
                Err(error) => return Err(super::failed(Op::Tend, "listing", &prefix, &error)),
            }
        }
    }
}
