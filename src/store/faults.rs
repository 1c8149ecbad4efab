//! A store whose disk fails, or is slow, when it is told to; and what a `Store` makes of that.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use metrics_exporter_prometheus::PrometheusBuilder;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::Semaphore;

use super::{BlobRef, ErrorKind, Ext, KeyBuilder, Store};

/// Memory behind a disk that can be made to fail.
#[derive(Debug)]
struct Faulty {
    inner: InMemory,
    /// What the next gets and puts fail with.
    fault: std::sync::Mutex<Option<io::ErrorKind>>,
    gets: AtomicUsize,
    /// Each get of bytes waits for a permit.
    gate: Semaphore,
}

impl Faulty {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: InMemory::new(),
            fault: std::sync::Mutex::new(None),
            gets: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    fn fail_with(&self, fault: Option<io::ErrorKind>) {
        *self.fault.lock().unwrap() = fault;
    }

    fn check(&self) -> Result<()> {
        match *self.fault.lock().unwrap() {
            None => Ok(()),
            Some(kind) => Err(Error::Generic { store: "Faulty", source: io::Error::from(kind).into() }),
        }
    }

    fn over(self: &Arc<Self>, memory_bytes: u64) -> Store {
        Store::over(Arc::clone(self) as Arc<dyn ObjectStore>, None, memory_bytes, 0)
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.check()?;
        self.inner.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        if !options.head {
            self.gets.fetch_add(1, Ordering::SeqCst);
            let _permit = self.gate.acquire().await.unwrap();
            self.check()?;
        }
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn many_askers_cost_one_read() {
    let disk = Faulty::new();
    let bytes = Bytes::from_static(b"sound");
    let blob = disk.over(0).put_blob(Ext::WAV, bytes.clone()).await.unwrap();
    disk.gate.forget_permits(Semaphore::MAX_PERMITS);

    let store = disk.over(1 << 20);
    let askers = futures::future::join_all((0..50).map(|_| store.blob(&blob)));
    let open_later = async {
        // Every asker has been polled once by now; the first holds the read.
        tokio::task::yield_now().await;
        assert_eq!(disk.gets.load(Ordering::SeqCst), 1);
        disk.gate.add_permits(1);
    };
    let (heard, ()) = futures::future::join(askers, open_later).await;
    assert!(heard.into_iter().all(|got| got.unwrap() == Some(bytes.clone())));
    assert_eq!(disk.gets.load(Ordering::SeqCst), 1);
    store.blob(&blob).await.unwrap();
    assert_eq!(disk.gets.load(Ordering::SeqCst), 1, "and none after that");
}

#[tokio::test]
async fn an_asker_that_leaves_does_not_take_the_read_with_it() {
    let disk = Faulty::new();
    let blob = disk.over(0).put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    let store = disk.over(1 << 20);
    disk.gate.forget_permits(Semaphore::MAX_PERMITS);
    let mut leaver = Box::pin(store.blob(&blob));
    assert!(futures::poll!(leaver.as_mut()).is_pending());
    let mut stayer = Box::pin(store.blob(&blob));
    assert!(futures::poll!(stayer.as_mut()).is_pending());
    drop(leaver);
    disk.gate.add_permits(1);
    assert!(stayer.await.unwrap().is_some());
}

#[tokio::test]
async fn a_failed_read_is_counted_and_not_remembered() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let disk = Faulty::new();
    let blob = disk.over(0).put_blob(Ext::WAV, Bytes::from_static(b"sound")).await.unwrap();
    let store = disk.over(1 << 20);
    disk.fail_with(Some(io::ErrorKind::TimedOut));
    let error = store.blob(&blob).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains(&blob.to_string()), "{error}");
    assert!(recorder.handle().render().contains("listen_store_errors_total{op=\"get_blob\"} 1"));
    disk.fail_with(None);
    assert!(store.blob(&blob).await.unwrap().is_some());
}

#[tokio::test]
async fn what_cannot_be_written_is_heard_all_the_same() {
    let disk = Faulty::new();
    let store = disk.over(1 << 20);
    let bytes = Bytes::from_static(b"sound");
    let blob = BlobRef::of(Ext::WAV, &bytes);
    let key = KeyBuilder::new("test", 1).finish();
    for (fault, kind) in [
        (io::ErrorKind::StorageFull, ErrorKind::Full),
        (io::ErrorKind::QuotaExceeded, ErrorKind::Full),
        (io::ErrorKind::ReadOnlyFilesystem, ErrorKind::Denied),
        (io::ErrorKind::Other, ErrorKind::Failed),
    ] {
        disk.fail_with(Some(fault));
        assert_eq!(store.put_blob(Ext::WAV, bytes.clone()).await.unwrap_err().kind(), kind);
        assert_eq!(store.put_record(&key, Bytes::from_static(b"{}")).await.unwrap_err().kind(), kind);
        assert_eq!(store.blob(&blob).await.unwrap(), Some(bytes.clone()));
        assert!(store.has_blob(&blob).await);
    }
    disk.fail_with(None);
    store.put_blob(Ext::WAV, bytes.clone()).await.unwrap();
    assert_eq!(disk.over(0).blob(&blob).await.unwrap(), Some(bytes), "the disk has it once it can");
}
