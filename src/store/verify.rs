//! Whether what is kept is still what it was: all at once, or a little at a time.

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};

use super::key::Digester;
use super::layout::{self, BLOBS, RECORDS};
use super::{BlobRef, Digest, Op, Store, StoreError};

/// The blobs that a record names; none when the record cannot be understood. The store knows nothing
/// of what is in a record, so its owner says.
pub type RefsOf<'a> = &'a (dyn Fn(&[u8]) -> Option<Vec<BlobRef>> + Send + Sync);

/// How far [`Store::verify`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Files looked at.
    pub files: u64,
    /// Bytes hashed.
    pub bytes: u64,
}

/// Most findings that a [`VerifyReport`] names; the rest are only counted.
const FINDINGS_MAX: usize = 1_000;

/// A file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Its path inside the store.
    pub file: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// What [`Store::verify`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct VerifyReport {
    /// Blobs hashed.
    pub blobs: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// Blobs that were not what their name says; moved aside.
    pub corrupt_blobs: u64,
    /// Records read.
    pub records: u64,
    /// Records that could not be understood; moved aside.
    pub corrupt_records: u64,
    /// Records of which a blob is missing or has another length; it is made again when it is asked for.
    pub incomplete_records: u64,
    /// The files of these three, the first 1000.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    fn found(&mut self, file: &Path, problem: &'static str) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { file: file.to_string(), problem });
        }
    }
}

/// What [`Store::scrub_step`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScrubReport {
    /// Blobs hashed.
    pub blobs: u64,
    /// Blobs that were not what their name says; moved aside.
    pub corrupt_blobs: u64,
    /// Whether this step came to the end of the store; the next one starts over.
    pub wrapped: bool,
}

/// Where the next scrub step goes on: a shard, and the last file looked at in it.
#[derive(Clone, Debug, Default)]
pub(super) struct ScrubCursor {
    shard: u8,
    after: Option<Path>,
}

impl Store {
    /// Hashes every blob and reads every record. Damaged files are moved aside (those younger than an
    /// hour are only counted), so that they are made again when they are asked for.
    ///
    /// # Errors
    /// When the store cannot be listed or read.
    pub async fn verify(
        &self,
        refs_of: RefsOf<'_>,
        mut progress: impl FnMut(VerifyProgress) + Send,
    ) -> Result<VerifyReport, StoreError> {
        let mut report = VerifyReport::default();
        let mut blobs = self.inner.objects.list(Some(&Path::from(BLOBS)));
        while let Some(meta) = next(&mut blobs).await? {
            let Some((digest, _)) = layout::blob_at(&meta.location) else { continue };
            let sound = self.check_blob(digest, &meta).await?;
            report.blobs += 1;
            report.bytes += meta.size;
            if !sound {
                report.corrupt_blobs += 1;
                report.found(&meta.location, "its bytes are not what its name says");
            }
            progress(VerifyProgress { files: report.blobs, bytes: report.bytes });
        }
        let mut records = self.inner.objects.list(Some(&Path::from(RECORDS)));
        while let Some(meta) = next(&mut records).await? {
            let Some(key) = layout::record_at(&meta.location) else { continue };
            let Some(record) = self.record(&key).await? else { continue };
            report.records += 1;
            match refs_of(&record) {
                None => {
                    self.quarantine_record(&key).await;
                    report.corrupt_records += 1;
                    report.found(&meta.location, "this record cannot be understood");
                }
                Some(blobs) if !self.has_all(&blobs).await => {
                    report.incomplete_records += 1;
                    report.found(&meta.location, "a blob of this record is missing or has another length");
                }
                Some(_) => {}
            }
            progress(VerifyProgress { files: report.blobs + report.records, bytes: report.bytes });
        }
        Ok(report)
    }

    /// Hashes the next `n` blobs, wherever the last step ended: the slow check that a service runs
    /// beside its work. Looks at no more than the whole store once.
    ///
    /// # Errors
    /// When the store cannot be listed or read.
    pub async fn scrub_step(&self, n: usize) -> Result<ScrubReport, StoreError> {
        let mut report = ScrubReport::default();
        let mut cursor = self.lock_scrub().clone();
        while !report.wrapped && report.blobs < n as u64 {
            let left = n - usize::try_from(report.blobs).unwrap_or(n);
            let files = self.shard_after(&cursor, left).await?;
            for meta in &files {
                if let Some((digest, _)) = layout::blob_at(&meta.location) {
                    report.corrupt_blobs += u64::from(!self.check_blob(digest, meta).await?);
                }
                report.blobs += 1;
                cursor.after = Some(meta.location.clone());
            }
            if files.len() < left {
                report.wrapped = cursor.shard == u8::MAX;
                cursor = ScrubCursor { shard: cursor.shard.wrapping_add(1), after: None };
            }
        }
        *self.lock_scrub() = cursor;
        Ok(report)
    }

    fn lock_scrub(&self) -> std::sync::MutexGuard<'_, ScrubCursor> {
        // A cursor is whole after any panic: it is only ever replaced.
        self.inner.scrub.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The first `n` files of the cursor's shard after its last one, in order of their names.
    async fn shard_after(&self, cursor: &ScrubCursor, n: usize) -> Result<Vec<ObjectMeta>, StoreError> {
        let prefix = layout::blob_shard(cursor.shard);
        let listed = self.inner.objects.list(Some(&prefix)).try_collect::<Vec<_>>().await;
        let mut files = listed.map_err(|e| super::failed(Op::Tend, "listing", &prefix, &e))?;
        files.retain(|meta| cursor.after.as_ref().is_none_or(|after| meta.location > *after));
        files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        files.truncate(n);
        Ok(files)
    }

    /// Hashes a blob in pieces. Whether it is sound; a bad one is moved aside. One that was removed
    /// meanwhile is nobody's fault.
    async fn check_blob(&self, digest: Digest, meta: &ObjectMeta) -> Result<bool, StoreError> {
        let failed = |e: object_store::Error| super::failed(Op::Tend, "checking", &meta.location, &e);
        let got = match self.inner.objects.get(&meta.location).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => return Ok(true),
            Err(error) => return Err(failed(error)),
        };
        let mut pieces = got.into_stream();
        let mut digester = Digester::default();
        while let Some(piece) = pieces.try_next().await.map_err(failed)? {
            digester.update(&piece);
        }
        let sound = digester.finish() == digest;
        if !sound {
            self.quarantine_blob(digest, meta).await;
        }
        Ok(sound)
    }

    async fn has_all(&self, blobs: &[BlobRef]) -> bool {
        for blob in blobs {
            if !self.has_blob(blob).await {
                return false;
            }
        }
        true
    }
}

async fn next(
    files: &mut (impl futures::TryStream<Ok = ObjectMeta, Error = object_store::Error> + Unpin),
) -> Result<Option<ObjectMeta>, StoreError> {
    files.try_next().await.map_err(|e| super::failed(Op::Tend, "listing", &Path::default(), &e))
}
