//! Which object holds what. The names are a promise to caches that exist: change one and change the
//! version in its folder's name.

use object_store::path::Path;

use super::{BlobRef, Digest, Ext, Key};

/// Folder of the records.
pub(super) const RECORDS: &str = "segments-v1";
/// Folder of the blobs.
pub(super) const BLOBS: &str = "blobs";
/// Folder of what was found to be bad, kept for a look.
pub(super) const QUARANTINE: &str = "quarantine";

/// `segments-v1/ab/ab12….json`
pub(super) fn record_path(key: &Key) -> Path {
    let name = key.to_string();
    Path::from_iter([RECORDS, &name[..2], &format!("{name}.json")])
}

/// `blobs/cd/cd34….wav`
pub(super) fn blob_path(digest: &Digest, ext: Ext) -> Path {
    let name = digest.to_string();
    Path::from_iter([BLOBS, &name[..2], &format!("{name}.{ext}")])
}

impl BlobRef {
    pub(super) fn path(&self) -> Path {
        blob_path(&self.digest, self.ext)
    }
}

/// The folder of all blobs whose digest starts with `shard`.
pub(super) fn blob_shard(shard: u8) -> Path {
    Path::from_iter([BLOBS, &hex::encode([shard])])
}

/// The record at `path`; none for a stranger's file.
pub(super) fn record_at(path: &Path) -> Option<Key> {
    let key = path.filename()?.strip_suffix(".json")?.parse().ok()?;
    (record_path(&key) == *path).then_some(key)
}

/// The blob at `path`; none for a stranger's file.
pub(super) fn blob_at(path: &Path) -> Option<(Digest, Ext)> {
    let (digest, ext) = path.filename()?.split_once('.')?;
    let (digest, ext) = (digest.parse().ok()?, ext.parse().ok()?);
    (blob_path(&digest, ext) == *path).then_some((digest, ext))
}

/// Where a bad file goes: `quarantine/cd34….wav.1764000000`
pub(super) fn quarantine_path(path: &Path, now_s: i64) -> Path {
    Path::from_iter([QUARANTINE, &format!("{}.{now_s}", path.filename().unwrap_or("unnamed"))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::KeyBuilder;

    #[test]
    fn names_lie_where_the_design_says_and_read_back() {
        let key = KeyBuilder::new("test", 1).finish();
        let hex = key.to_string();
        assert_eq!(record_path(&key).as_ref(), format!("segments-v1/{}/{hex}.json", &hex[..2]));
        assert_eq!(record_at(&record_path(&key)), Some(key));

        let blob = BlobRef::of(Ext::MP3, b"sound");
        let hex = blob.digest.to_string();
        assert_eq!(blob.path().as_ref(), format!("blobs/{}/{hex}.mp3", &hex[..2]));
        assert_eq!(blob_at(&blob.path()), Some((blob.digest, Ext::MP3)));
        assert_eq!(blob_shard(0x0a).as_ref(), "blobs/0a");
    }

    #[test]
    fn strangers_files_are_nobodys() {
        let hex = Digest::of(b"x").to_string();
        for stranger in ["blobs/README.md".to_owned(), format!("blobs/zz/{hex}.wav"), format!("{hex}.wav")] {
            assert_eq!(blob_at(&Path::from(stranger.as_str())), None, "{stranger}");
            assert_eq!(record_at(&Path::from(stranger.as_str())), None, "{stranger}");
        }
    }
}
