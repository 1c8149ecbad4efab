//! The store in a folder: what a crash, a bad disk, a full disk and a long life do to it.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use listen::store::{
    BlobRef, Digest, ErrorKind, Ext, GcOptions, GcReport, Key, KeyBuilder, Store, StoreOptions,
};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::tmpfs::Tmpfs;

const HOUR: Duration = Duration::from_secs(3600);

async fn open(dir: &Path) -> Store {
    open_with_memory(dir, 0).await
}

async fn open_with_memory(dir: &Path, memory_bytes: u64) -> Store {
    Store::open(StoreOptions { dir: dir.to_owned(), memory_bytes, limit_bytes: 0 }).await.unwrap()
}

fn key(name: &str) -> Key {
    KeyBuilder::new("test", 1).field("name", name).finish()
}

fn blob_file(dir: &Path, blob: &BlobRef) -> PathBuf {
    dir.join("blobs").join(&blob.digest.to_string()[..2]).join(blob.to_string())
}

fn record_file(dir: &Path, key: &Key) -> PathBuf {
    dir.join("segments-v1").join(&key.to_string()[..2]).join(format!("{key}.json"))
}

fn age(file: &Path, age: Duration) {
    File::options().write(true).open(file).unwrap().set_modified(SystemTime::now() - age).unwrap();
}

fn age_of(file: &Path) -> Duration {
    fs::metadata(file).unwrap().modified().unwrap().elapsed().unwrap_or_default()
}

fn refs(record: &[u8]) -> Option<Vec<BlobRef>> {
    serde_json::from_slice(record).ok()
}

/// A sentence as the renderer keeps one: two blobs, then the record.
async fn put_segment(store: &Store, name: &str) -> (Key, [BlobRef; 2]) {
    let wav = store.put_blob(Ext::WAV, Bytes::from(format!("{name:>600}"))).await.unwrap();
    let mp3 = store.put_blob(Ext::MP3, Bytes::from(format!("{name:>300}"))).await.unwrap();
    let record = serde_json::to_vec(&[wav, mp3]).unwrap();
    store.put_record(&key(name), record.into()).await.unwrap();
    (key(name), [wav, mp3])
}

fn age_segment(dir: &Path, (key, blobs): &(Key, [BlobRef; 2]), by: Duration) {
    age(&record_file(dir, key), by);
    for blob in blobs {
        age(&blob_file(dir, blob), by);
    }
}

#[tokio::test]
async fn the_folder_says_that_it_is_a_cache_and_keeps_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("a/b/cache");
    open(&cache).await;
    let tag = fs::read_to_string(cache.join("CACHEDIR.TAG")).unwrap();
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
    assert!(fs::read_to_string(cache.join(".gitignore")).unwrap().starts_with("*\n"));
    fs::write(cache.join(".gitignore"), "mine").unwrap();
    open(&cache).await;
    assert_eq!(fs::read_to_string(cache.join(".gitignore")).unwrap(), "mine");
}

#[tokio::test]
async fn other_storage_is_refused_in_words() {
    for location in ["s3://bucket/cache", "gs://bucket", "az://container"] {
        let options = StoreOptions { dir: location.into(), memory_bytes: 0, limit_bytes: 0 };
        let error = Store::open(options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("keeps its cache in a folder"), "{error}");
        assert!(!Path::new(location).exists());
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let options = StoreOptions { dir: file.path().into(), memory_bytes: 0, limit_bytes: 0 };
    assert!(Store::open(options).await.unwrap_err().to_string().contains(&file.path().display().to_string()));
}

#[tokio::test]
async fn leftovers_of_killed_writers_go_after_an_hour() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let blob = store.put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    let kept = blob_file(dir.path(), &blob);
    age(&kept, 100 * HOUR);
    let old = kept.with_file_name("cd34.wav#1");
    let young = kept.with_file_name("cd34.wav#2");
    for file in [&old, &young] {
        fs::write(file, "half").unwrap();
    }
    age(&old, 2 * HOUR);
    open(dir.path()).await;
    assert!(!old.exists() && young.exists() && kept.exists());
    assert_eq!(store.stats().await.unwrap().blobs, 1, "a staging file is no blob");
}

#[tokio::test]
async fn a_damaged_blob_is_moved_aside_counted_and_made_again() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let bytes = Bytes::from_static(b"the sound of a sentence");
    let blob = store.put_blob(Ext::WAV, bytes.clone()).await.unwrap();
    let file = blob_file(dir.path(), &blob);

    let zeros = vec![0; bytes.len()];
    for damage in [&zeros[..], b"torn", b""] {
        fs::write(&file, damage).unwrap();
        age(&file, 2 * HOUR);
        assert_eq!(store.blob(&blob).await.unwrap(), None);
        assert!(!file.exists() && !store.has_blob(&blob).await);
        store.put_blob(Ext::WAV, bytes.clone()).await.unwrap();
        assert_eq!(store.blob(&blob).await.unwrap(), Some(bytes.clone()));
    }
    assert!(recorder.handle().render().contains("listen_corrupt_blobs_total 3"));
    assert!(store.stats().await.unwrap().quarantined >= 1);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_moved_aside_unless_it_is_young() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.put_record(&key("a"), Bytes::from_static(b"{")).await.unwrap();
    store.quarantine_record(&key("a")).await;
    assert!(store.record_exists(&key("a")).await, "another process may just have written it anew");
    age(&record_file(dir.path(), &key("a")), 2 * HOUR);
    store.quarantine_record(&key("a")).await;
    assert!(!store.record_exists(&key("a")).await);

    let huge = record_file(dir.path(), &key("a"));
    File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(store.record(&key("a")).await.unwrap(), None, "a terabyte is not read");
}

#[tokio::test]
async fn reading_marks_a_file_as_used_at_most_once_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let (_, [blob, _]) = put_segment(&open(dir.path()).await, "a").await;
    let files = [blob_file(dir.path(), &blob), record_file(dir.path(), &key("a"))];
    for (before, touched) in [(23 * HOUR, false), (25 * HOUR, true)] {
        let store = open_with_memory(dir.path(), 1 << 20).await;
        files.iter().for_each(|file| age(file, before));
        store.blob(&blob).await.unwrap().unwrap();
        store.record(&key("a")).await.unwrap().unwrap();
        for file in &files {
            assert_eq!(age_of(file) < HOUR, touched, "{}", file.display());
        }
    }
}

#[tokio::test]
async fn what_is_put_again_is_young_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let blob = store.put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    age(&blob_file(dir.path(), &blob), 2 * HOUR);
    store.put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    assert!(age_of(&blob_file(dir.path(), &blob)) < HOUR);
}

async fn gc(store: &Store, limit_bytes: u64, pinned: &[BlobRef]) -> GcReport {
    let pinned: HashSet<Digest> = pinned.iter().map(|blob| blob.digest).collect();
    store.gc(GcOptions { limit_bytes, pinned: &pinned }, &refs).await.unwrap()
}

#[tokio::test]
async fn what_was_used_least_recently_goes_first_and_goes_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut segments = Vec::new();
    for (name, days) in [("a", 4), ("b", 3), ("c", 2), ("d", 1)] {
        let segment = put_segment(&store, name).await;
        age_segment(dir.path(), &segment, 24 * HOUR * days);
        segments.push(segment);
    }
    // Of "a", the oldest, only the clip was heard since.
    age(&blob_file(dir.path(), &segments[0].1[1]), 2 * HOUR);
    let total = store.stats().await.unwrap().total_bytes();
    assert_eq!(gc(&store, total, &[]).await.records, 0, "nothing goes while it fits");

    let report = gc(&store, total - 1, &[]).await;
    assert_eq!((report.records, report.blobs), (1, 2));
    assert_eq!(report.after_bytes, store.stats().await.unwrap().total_bytes());
    let there: Vec<bool> =
        futures::future::join_all(segments.iter().map(|(key, _)| store.record_exists(key))).await;
    assert_eq!(there, [true, false, true, true]);

    let report = gc(&store, 0, &[]).await;
    assert_eq!((report.records, report.blobs, report.after_bytes), (3, 6, 0));
}

#[tokio::test]
async fn pinned_goes_last_young_stays_and_shared_blobs_outlive_one_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let pinned = put_segment(&store, "pinned").await;
    let plain = put_segment(&store, "plain").await;
    let young = put_segment(&store, "young").await;
    age_segment(dir.path(), &pinned, 240 * HOUR);
    age_segment(dir.path(), &plain, 48 * HOUR);
    // An older record names a blob of the young one.
    let sharing = key("sharing");
    let shared = young.1[0];
    store.put_record(&sharing, serde_json::to_vec(&[shared]).unwrap().into()).await.unwrap();
    age(&record_file(dir.path(), &sharing), 96 * HOUR);

    let total = store.stats().await.unwrap().total_bytes();
    let report = gc(&store, total - 1, &pinned.1[..1]).await;
    assert_eq!((report.records, report.blobs), (1, 2));
    assert!(!store.record_exists(&plain.0).await && store.record_exists(&pinned.0).await);

    gc(&store, 0, &pinned.1[..1]).await;
    assert!(!store.record_exists(&pinned.0).await, "a pin is an order, not a promise");
    assert!(store.record_exists(&young.0).await && store.has_blob(&shared).await);

    age_segment(dir.path(), &young, 2 * HOUR);
    age(&record_file(dir.path(), &sharing), 96 * HOUR);
    let total = store.stats().await.unwrap().total_bytes();
    let report = gc(&store, total - 1, &[]).await;
    assert_eq!(report.records, 1);
    assert!(store.has_blob(&shared).await, "the other record still names it");
}

#[tokio::test]
async fn a_blob_that_no_record_names_is_collected_by_its_own_age() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let lone = store.put_blob(Ext::OPUS, Bytes::from(vec![1; 5000])).await.unwrap();
    let fresh = store.put_blob(Ext::OPUS, Bytes::from(vec![2; 5000])).await.unwrap();
    age(&blob_file(dir.path(), &lone), 2 * HOUR);
    assert_eq!(gc(&store, 0, &[]).await.blobs, 1);
    assert!(!store.has_blob(&lone).await && store.has_blob(&fresh).await);
}

#[tokio::test]
async fn quarantine_is_purged_after_a_week_or_when_room_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let folder = dir.path().join("quarantine");
    fs::create_dir(&folder).unwrap();
    for hours in [0, 2, 24 * 8] {
        fs::write(folder.join(format!("{hours}.wav.{}", now - hours * 3600)), "bad").unwrap();
    }
    assert_eq!(gc(&store, 1000, &[]).await.quarantined, 1);
    let report = gc(&store, 0, &[]).await;
    assert_eq!((report.quarantined, report.after_bytes), (1, 3));
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_listener_still_hears() {
    let Some(disk) = Tmpfs::mount(1 << 20) else { return };
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let store = open_with_memory(disk.path(), 8 << 20).await;
    let kept = store.put_blob(Ext::WAV, Bytes::from(vec![1; 100_000])).await.unwrap();

    let bytes = Bytes::from(vec![2; 2 << 20]);
    let error = store.put_blob(Ext::WAV, bytes.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Full);
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(recorder.handle().render().contains("listen_store_errors_total{op=\"put_blob\"} 1"));
    let unstored = BlobRef::of(Ext::WAV, &bytes);
    assert_eq!(store.blob(&unstored).await.unwrap(), Some(bytes.clone()));

    let reader = open(disk.path()).await;
    assert!(!reader.has_blob(&unstored).await, "nothing half written is left");
    assert!(reader.blob(&kept).await.unwrap().is_some());
    assert_eq!(reader.stats().await.unwrap().blobs, 1);

    // A disk full to the last byte.
    let filler = disk.path().join("filler");
    let _ = fs::write(&filler, vec![0; 2 << 20]);
    let error = store.put_record(&key("a"), Bytes::from_static(b"{}")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Full);
    fs::remove_file(filler).unwrap();
    store.put_record(&key("a"), Bytes::from_static(b"{}")).await.unwrap();
}

#[tokio::test]
async fn the_default_limit_is_the_smaller_of_20_gb_and_most_of_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let disk = store.disk().unwrap();
    assert!(disk.total_bytes > 0 && disk.free_bytes <= disk.total_bytes);
    assert_eq!(store.limit_bytes(), 20_000_000_000.min(disk.total_bytes / 100 * 80));
    let options = StoreOptions { dir: dir.path().into(), memory_bytes: 0, limit_bytes: 5 };
    assert_eq!(Store::open(options).await.unwrap().limit_bytes(), 5);
}
