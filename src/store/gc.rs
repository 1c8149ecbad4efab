//! Keeping the store within its bound: what was used least recently goes first.

use std::collections::{HashMap, HashSet};

use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};

use super::layout::{self, BLOBS, QUARANTINE, RECORDS};
use super::verify::RefsOf;
use super::{Digest, Ext, Key, Op, Store, StoreError, YOUNG, now_s, seconds};

/// How long damaged files are kept for a look.
const QUARANTINE_KEPT_S: i64 = 7 * 24 * 3600;

/// Most files one collection weighs (about 100 bytes of memory each); the rest waits for the next.
const FILES_MAX: usize = 4_000_000;

/// What a collection aims at.
#[derive(Clone, Copy, Debug)]
pub struct GcOptions<'a> {
    /// What may remain, in bytes.
    pub limit_bytes: u64,
    /// Blobs that go last, with the records that name them: those of the feed window.
    pub pinned: &'a HashSet<Digest>,
}

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct GcReport {
    /// Bytes before.
    pub before_bytes: u64,
    /// Bytes after. Over the limit when the rest is younger than an hour.
    pub after_bytes: u64,
    /// Records removed.
    pub records: u64,
    /// Blobs removed.
    pub blobs: u64,
    /// Damaged files removed.
    pub quarantined: u64,
}

/// What can go as one: a record with the blobs that only it names, or a blob that no record names.
struct Candidate {
    pinned: bool,
    used_s: i64,
    what: What,
}

enum What {
    Record(Key),
    Blob(Digest, Ext),
}

/// What is known of a blob.
struct Blob {
    used_s: i64,
    /// Records that name it.
    refs: u32,
}

type Blobs = HashMap<(Digest, Ext), Blob>;

impl Store {
    /// Removes what was used least recently until no more than the limit remains: a record first, then
    /// the blobs that no other record names, so that a crash leaves nothing that points nowhere. Files
    /// younger than an hour stay. Old quarantined files always go.
    ///
    /// # Errors
    /// When the store cannot be listed, read, or removed from.
    pub async fn gc(&self, options: GcOptions<'_>, refs_of: RefsOf<'_>) -> Result<GcReport, StoreError> {
        let stats = self.stats().await?;
        let mut report = GcReport { before_bytes: stats.total_bytes(), ..GcReport::default() };
        report.after_bytes = report.before_bytes;
        self.purge_quarantine(options.limit_bytes, &mut report).await?;
        if report.after_bytes <= options.limit_bytes {
            return Ok(report);
        }
        let mut blobs = self.weigh_blobs().await?;
        let mut candidates = self.weigh_records(&mut blobs, options.pinned, refs_of).await?;
        let lone = blobs.iter().filter(|(_, blob)| blob.refs == 0).map(|(&(digest, ext), blob)| Candidate {
            pinned: options.pinned.contains(&digest),
            used_s: blob.used_s,
            what: What::Blob(digest, ext),
        });
        candidates.extend(lone);
        candidates.sort_unstable_by_key(|candidate| (candidate.pinned, candidate.used_s));
        let young_s = now_s() - seconds(YOUNG);
        for candidate in candidates {
            if report.after_bytes <= options.limit_bytes {
                break;
            }
            if candidate.used_s > young_s {
                continue;
            }
            match candidate.what {
                What::Record(key) => self.evict(&key, &mut blobs, refs_of, &mut report).await?,
                What::Blob(digest, ext) => self.remove_blob(digest, ext, &mut report).await?,
            }
        }
        Ok(report)
    }

    /// Removes quarantined files that are old, and all but the youngest when room is needed.
    async fn purge_quarantine(&self, limit_bytes: u64, report: &mut GcReport) -> Result<(), StoreError> {
        let kept_s = if report.before_bytes > limit_bytes { seconds(YOUNG) } else { QUARANTINE_KEPT_S };
        let mut old = Vec::new();
        self.each_file(QUARANTINE, |meta| {
            // A file keeps its modification time when it is moved; the end of its name says when that was.
            let moved =
                meta.location.filename().and_then(|name| name.rsplit('.').next()?.parse::<i64>().ok());
            if now_s() - moved.unwrap_or(0) > kept_s && old.len() < FILES_MAX {
                old.push(meta.location);
            }
        })
        .await?;
        for path in old {
            report.after_bytes -= self.remove(&path).await?.unwrap_or(0).min(report.after_bytes);
            report.quarantined += 1;
        }
        Ok(())
    }

    async fn weigh_blobs(&self) -> Result<Blobs, StoreError> {
        let mut blobs = Blobs::new();
        self.each_file(BLOBS, |meta| {
            if let Some(name) = layout::blob_at(&meta.location)
                && blobs.len() < FILES_MAX
            {
                blobs.insert(name, Blob { used_s: used_s(&meta), refs: 0 });
            }
        })
        .await?;
        Ok(blobs)
    }

    /// The records as candidates; counts who names which blob.
    async fn weigh_records(
        &self,
        blobs: &mut Blobs,
        pinned: &HashSet<Digest>,
        refs_of: RefsOf<'_>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut records = Vec::new();
        self.each_file(RECORDS, |meta| {
            if let Some(key) = layout::record_at(&meta.location)
                && records.len() < FILES_MAX
            {
                records.push((key, used_s(&meta)));
            }
        })
        .await?;
        let mut candidates = Vec::with_capacity(records.len());
        for (key, record_used_s) in records {
            let mut candidate = Candidate { pinned: false, used_s: record_used_s, what: What::Record(key) };
            for name in self.named_by(&key, refs_of).await? {
                candidate.pinned |= pinned.contains(&name.0);
                if let Some(blob) = blobs.get_mut(&name) {
                    blob.refs += 1;
                    candidate.used_s = candidate.used_s.max(blob.used_s);
                }
            }
            candidates.push(candidate);
        }
        Ok(candidates)
    }

    /// The blobs a record names, each once. Read past [`Store::record`], which would mark it as used.
    async fn named_by(&self, key: &Key, refs_of: RefsOf<'_>) -> Result<HashSet<(Digest, Ext)>, StoreError> {
        let path = layout::record_path(key);
        let failed = |e: object_store::Error| super::failed(Op::Tend, "reading", &path, &e);
        let got = match self.inner.objects.get(&path).await {
            Ok(got) if got.meta.size <= super::RECORD_BYTES_MAX => got,
            Ok(_) | Err(object_store::Error::NotFound { .. }) => return Ok(HashSet::new()),
            Err(error) => return Err(failed(error)),
        };
        let record = got.bytes().await.map_err(failed)?;
        let refs = refs_of(&record).unwrap_or_default();
        Ok(refs.into_iter().map(|blob| (blob.digest, blob.ext)).collect())
    }

    /// Removes a record, then the blobs that only it named.
    async fn evict(
        &self,
        key: &Key,
        blobs: &mut Blobs,
        refs_of: RefsOf<'_>,
        report: &mut GcReport,
    ) -> Result<(), StoreError> {
        let names = self.named_by(key, refs_of).await?;
        let Some(len) = self.remove(&layout::record_path(key)).await? else { return Ok(()) };
        report.records += 1;
        report.after_bytes = report.after_bytes.saturating_sub(len);
        for name in names {
            let Some(blob) = blobs.get_mut(&name) else { continue };
            blob.refs = blob.refs.saturating_sub(1);
            if blob.refs == 0 {
                self.remove_blob(name.0, name.1, report).await?;
            }
        }
        Ok(())
    }

    async fn remove_blob(&self, digest: Digest, ext: Ext, report: &mut GcReport) -> Result<(), StoreError> {
        if let Some(len) = self.remove(&layout::blob_path(&digest, ext)).await? {
            self.inner.memory.invalidate(&digest).await;
            report.blobs += 1;
            report.after_bytes = report.after_bytes.saturating_sub(len);
        }
        Ok(())
    }

    /// Removes a file and says how long it was; none when it is gone or was used meanwhile.
    async fn remove(&self, path: &Path) -> Result<Option<u64>, StoreError> {
        let failed = |e: object_store::Error| super::failed(Op::Tend, "removing", path, &e);
        let in_quarantine = path.as_ref().starts_with(QUARANTINE);
        match self.inner.objects.head(path).await {
            Ok(meta) if in_quarantine || !super::is_young(&meta) => {
                match self.inner.objects.delete(path).await {
                    Ok(()) => Ok(Some(meta.size)),
                    Err(object_store::Error::NotFound { .. }) => Ok(None),
                    Err(error) => Err(failed(error)),
                }
            }
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

fn used_s(meta: &ObjectMeta) -> i64 {
    meta.last_modified.timestamp()
}
