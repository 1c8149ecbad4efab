//! What every object store under a `Store` must do: one suite, run on a folder and in memory. A
//! store over a bucket is done when it passes.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::{BlobRef, Digest, Ext, GcOptions, Key, KeyBuilder, RECORD_BYTES_MAX, Store, StoreOptions};

/// Makes stores over the same objects: without a memory tier, so that each read is from the store.
type Make<'a> = &'a dyn Fn() -> Store;

fn key(n: u64) -> Key {
    KeyBuilder::new("conformance", 1).field("n", n.to_le_bytes()).finish()
}

fn refs(record: &[u8]) -> Option<Vec<BlobRef>> {
    serde_json::from_slice(record).ok()
}

async fn store_conformance(make: Make<'_>) {
    records_read_as_written(make).await;
    blobs_read_as_written(make).await;
    damage_is_answered_as_absence_and_mended(make).await;
    everything_is_counted_checked_and_collected(make).await;
}

async fn records_read_as_written(make: Make<'_>) {
    let (store, other) = (make(), make());
    assert_eq!(store.record(&key(1)).await.unwrap(), None);
    assert!(!store.record_exists(&key(1)).await);
    store.quarantine_record(&key(1)).await;
    for record in ["{}", "{\"again\":true}", ""] {
        store.put_record(&key(1), Bytes::from_static(record.as_bytes())).await.unwrap();
        assert_eq!(other.record(&key(1)).await.unwrap().as_deref(), Some(record.as_bytes()));
        assert!(other.record_exists(&key(1)).await);
    }
    assert_eq!(store.record(&key(2)).await.unwrap(), None);
    let too_long = vec![b' '; usize::try_from(RECORD_BYTES_MAX).unwrap() + 1];
    assert!(store.put_record(&key(2), too_long.into()).await.is_err());
    assert!(!store.record_exists(&key(2)).await);
    store.put_record(&key(1), Bytes::from_static(b"[]")).await.unwrap();
}

async fn blobs_read_as_written(make: Make<'_>) {
    let (store, other) = (make(), make());
    for bytes in [Bytes::new(), Bytes::from_static(b"sound"), Bytes::from(vec![7; 300_000])] {
        let blob = BlobRef::of(Ext::WAV, &bytes);
        assert!(!store.has_blob(&blob).await);
        assert_eq!(store.blob(&blob).await.unwrap(), None);
        assert_eq!(store.put_blob(Ext::WAV, bytes.clone()).await.unwrap(), blob);
        assert_eq!(store.put_blob(Ext::WAV, bytes.clone()).await.unwrap(), blob);
        assert!(other.has_blob(&blob).await);
        assert_eq!(other.blob(&blob).await.unwrap(), Some(bytes));
        assert!(!other.has_blob(&BlobRef { ext: Ext::MP3, ..blob }).await);
    }
    let bytes = Bytes::from_static(b"made by many at once");
    let puts = (0..8).map(|_| store.put_blob(Ext::MP3, bytes.clone()));
    for put in futures::future::join_all(puts).await {
        assert_eq!(put.unwrap(), BlobRef::of(Ext::MP3, &bytes));
    }
}

async fn damage_is_answered_as_absence_and_mended(make: Make<'_>) {
    for damage in [&b"sOund of a bad disk"[..], b"sound of", b"sound of a bad disk and more", b""] {
        let store = make();
        let bytes = Bytes::from_static(b"sound of a bad disk");
        let blob = store.put_blob(Ext::WAV, bytes.clone()).await.unwrap();
        store.inner.objects.put(&blob.path(), Bytes::copy_from_slice(damage).into()).await.unwrap();
        let reader = make();
        assert_eq!(reader.blob(&blob).await.unwrap(), None, "{damage:?}");
        assert_eq!(reader.put_blob(Ext::WAV, bytes.clone()).await.unwrap(), blob);
        assert_eq!(make().blob(&blob).await.unwrap(), Some(bytes));
    }
}

async fn everything_is_counted_checked_and_collected(make: Make<'_>) {
    let store = make();
    let before = store.stats().await.unwrap();
    let blobs = [
        store.put_blob(Ext::WAV, Bytes::from_static(b"counted 1")).await.unwrap(),
        store.put_blob(Ext::WAV, Bytes::from_static(b"counted 2")).await.unwrap(),
    ];
    let missing = BlobRef::of(Ext::WAV, b"never written");
    let record = |refs: &[BlobRef]| Bytes::from(serde_json::to_vec(refs).unwrap());
    store.put_record(&key(10), record(&blobs)).await.unwrap();
    store.put_record(&key(11), record(&[missing])).await.unwrap();
    store.put_record(&key(12), Bytes::from_static(b"unreadable")).await.unwrap();

    let stats = store.stats().await.unwrap();
    assert_eq!((stats.blobs, stats.blob_bytes), (before.blobs + 2, before.blob_bytes + 18));
    assert_eq!(stats.records, before.records + 3);

    let mut files = 0;
    let report = store.verify(&refs, |progress| files = progress.files).await.unwrap();
    assert_eq!(
        (report.blobs, report.records, files),
        (stats.blobs, stats.records, stats.blobs + stats.records)
    );
    assert_eq!((report.corrupt_blobs, report.corrupt_records, report.incomplete_records), (0, 1, 1));

    store.inner.objects.put(&blobs[0].path(), Bytes::from_static(b"Counted 1").into()).await.unwrap();
    assert_eq!(store.verify(&refs, |_| {}).await.unwrap().corrupt_blobs, 1);
    let (mut seen, mut corrupt, mut steps) = (0, 0, 0);
    loop {
        let step = store.scrub_step(2).await.unwrap();
        (seen, corrupt, steps) = (seen + step.blobs, corrupt + step.corrupt_blobs, steps + 1);
        assert!(step.blobs <= 2);
        if step.wrapped {
            break;
        }
        assert!(steps < 100, "scrubbing never comes to the end");
    }
    assert_eq!((seen, corrupt), (stats.blobs, 1));

    // Everything is younger than an hour, so nothing may go.
    let options = GcOptions { limit_bytes: 0, pinned: &HashSet::new() };
    let report = store.gc(options, &refs).await.unwrap();
    assert_eq!((report.records, report.blobs), (0, 0));
    assert_eq!(report.before_bytes, report.after_bytes);
}

fn over(objects: Arc<dyn ObjectStore>) -> impl Fn() -> Store {
    move || Store::over(objects.clone(), None, 0, 0)
}

#[tokio::test]
async fn a_folder_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let objects = LocalFileSystem::new_with_prefix(dir.path()).unwrap().with_fsync(true);
    store_conformance(&over(Arc::new(objects))).await;
}

#[tokio::test]
async fn memory_conforms() {
    store_conformance(&over(Arc::new(InMemory::new()))).await;
}

#[tokio::test]
async fn verified_bytes_are_served_from_memory_even_if_the_store_goes_away() {
    let objects = Arc::new(InMemory::new());
    let store = Store::over(objects.clone(), None, 1 << 20, 0);
    let blob = store.put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    objects.delete(&blob.path()).await.unwrap();
    assert_eq!(store.blob(&blob).await.unwrap().as_deref(), Some(&b"sound"[..]));
    let wrong_length = BlobRef { len: 4, ..blob };
    assert_eq!(store.blob(&wrong_length).await.unwrap(), None);
    assert_eq!(Digest::of(b"sound"), blob.digest);
}

#[tokio::test]
async fn memory_is_bounded_by_bytes_however_small_the_blobs() {
    let store = Store::over(Arc::new(InMemory::new()), None, 64 << 10, 0);
    for n in 0..1000_u32 {
        store.put_blob(Ext::WAV, Bytes::copy_from_slice(&n.to_le_bytes())).await.unwrap();
    }
    let stats = store.stats().await.unwrap();
    assert!(stats.memory_bytes <= 64 << 10, "{stats:?}");
    assert!(stats.memory_blobs > 0 && stats.memory_blobs < 1000, "{stats:?}");
}

#[tokio::test]
async fn an_opened_folder_survives_a_power_cut() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions { dir: dir.path().to_owned(), memory_bytes: 0, limit_bytes: 0 };
    let store = Store::open(options).await.unwrap();
    // There is no cutting the power in a test; that files are synced is told only by its debug text.
    let objects = format!("{:?}", store.inner.objects);
    assert!(objects.contains("fsync: true"), "{objects}");
}
