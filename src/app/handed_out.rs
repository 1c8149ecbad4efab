//! Clip addresses that were handed out before their article is finished. They are taken down in the
//! catalog, so that they still mean something when the cache is gone: not by the listener, who would
//! wait for the disk, but a little later by a task of its own, many at a time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;

use super::App;
use crate::article::ArticleId;
use crate::catalog::{Clip, ClipSource};
use crate::store::BlobRef;

/// How long addresses are gathered before they are written; a crash loses no more than these.
const GATHER: Duration = Duration::from_millis(250);

/// Pause after the catalog could not be written.
const AGAIN: Duration = Duration::from_secs(5);

/// Most addresses that wait to be written. More are not taken down here; finishing their article does.
const WAITING_MAX: usize = 20_000;

/// Addresses that are known to be written, so that a player that asks again costs nothing.
const WRITTEN_MAX: u64 = 50_000;

/// What is still to be written, and what was.
pub(super) struct HandedOut {
    waiting: Mutex<HashMap<[u8; 32], ClipSource>>,
    written: Cache<[u8; 32], ()>,
    some: Notify,
}

impl HandedOut {
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::default(), written: Cache::new(WRITTEN_MAX), some: Notify::new() }
    }

    /// Notes that the address of sentence `i`'s clip was given to somebody. Does not wait for anything.
    pub(super) fn note(&self, article_id: &ArticleId, revision: &str, i: usize, clip: &BlobRef) {
        let digest = *clip.digest.as_bytes();
        if self.written.contains_key(&digest) {
            return;
        }
        let mut waiting = self.waiting();
        if waiting.len() < WAITING_MAX && !waiting.contains_key(&digest) {
            let i = u32::try_from(i).unwrap_or(u32::MAX);
            let (article_id, revision) = (article_id.clone(), revision.to_owned());
            waiting.insert(digest, ClipSource { article_id, revision, i, bytes: clip.len });
            drop(waiting);
            self.some.notify_one();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<[u8; 32], ClipSource>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Clip> {
        std::mem::take(&mut *self.waiting())
            .into_iter()
            .map(|(digest, source)| Clip { digest, source })
            .collect()
    }

    fn give_back(&self, clips: Vec<Clip>) {
        let mut waiting = self.waiting();
        for Clip { digest, source } in clips {
            waiting.entry(digest).or_insert(source);
        }
    }
}

impl App {
    /// Writes what was handed out, until the service stops; then what is left.
    pub(super) async fn take_down_addresses(self) {
        let handed_out = &self.inner.handed_out;
        loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => break,
                () = handed_out.some.notified() => {}
            }
            tokio::select! {
                () = self.inner.stop.cancelled() => break,
                () = tokio::time::sleep(GATHER) => {}
            }
            if !self.take_down().await {
                tokio::select! {
                    () = self.inner.stop.cancelled() => break,
                    () = tokio::time::sleep(AGAIN) => handed_out.some.notify_one(),
                }
            }
        }
        self.take_down().await;
    }

    /// Whether all that waited is written.
    async fn take_down(&self) -> bool {
        let handed_out = &self.inner.handed_out;
        let clips = handed_out.take();
        if clips.is_empty() {
            return true;
        }
        match self.inner.catalog.index_clips(&clips).await {
            Ok(()) => {
                clips.iter().for_each(|clip| handed_out.written.insert(clip.digest, ()));
                true
            }
            Err(error) => {
                tracing::warn!(%error, clips = clips.len(), "addresses of clips could not be taken down; it is tried again");
                handed_out.give_back(clips);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Ext;

    #[test]
    fn an_address_is_written_once_and_not_lost_when_writing_fails() {
        let handed_out = HandedOut::new();
        let id: ArticleId = "ferry".parse().expect("an id");
        let note = |i: usize, bytes: &[u8]| {
            handed_out.note(&id, "0123456789abcdef", i, &BlobRef::of(Ext::MP3, bytes))
        };
        note(0, b"one");
        note(7, b"one");
        note(1, b"two");
        let clips = handed_out.take();
        assert_eq!((clips.len(), handed_out.take().len()), (2, 0));
        handed_out.give_back(clips);
        note(1, b"two");
        let clips = handed_out.take();
        assert_eq!(clips.len(), 2);
        assert!(clips.iter().any(|clip| clip.source.i == 0 && clip.source.bytes == 3));
        clips.iter().for_each(|clip| handed_out.written.insert(clip.digest, ()));
        note(1, b"two");
        assert!(handed_out.take().is_empty());
    }
}
