use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::offers::says_the_same;
use super::service::Planned;
use super::types::{ClipAddress, Wish};
use super::{App, AppError, Kind};
use crate::article::ArticleId;
use crate::catalog::Summary;
use crate::engine::Lane;
use crate::store::{BlobRef, Digest, Ext};

/// Seconds after which one who waited long enough for a sentence may ask again, and how long its place
/// in the queue is held.
const CLIP_RETRY_S: u64 = 1;
const CLIP_HELD: Duration = Duration::from_secs(5);

impl App {
    /// Makes sentence `i` next if it is not made, waiting at most the configured time.
    ///
    /// # Errors
    /// A sentence or revision that is not there; one that could not be said, or not in time.
    pub async fn clip_at(&self, id: &ArticleId, i: usize, wish: &Wish) -> Result<ClipAddress, AppError> {
        let row = self.row(id).await?;
        let (name, planned) = match (self.granted(&row, wish).await?, &wish.rev) {
            (Some(revision), _) => {
                let planned = self.planned(id, &revision).await?;
                (revision, planned)
            }
            (None, Some(rev)) => (rev.clone(), self.served(&row, rev).await?),
            (None, None) => (row.current_revision.clone(), self.planned(id, &row.current_revision).await?),
        };
        let plan = self.inner.studio.current(&planned.plan).await?;
        if i >= plan.len() {
            let message = format!(
                "{id} has {} sentences, the last one is {}",
                plan.len(),
                plan.len().saturating_sub(1)
            );
            return Err(AppError::new(Kind::NotFound, "unknown_sentence", message).about("i"));
        }
        let (renderer, (casting, utterance)) = (self.inner.studio.renderer(), plan.said(i));
        let answer = renderer.ask(casting, utterance, Lane::Listener).await?;
        let making = async {
            let segment = answer.segment().await?;
            let clip = segment.clips.get(&renderer.bitrate().encoder()).copied().ok_or_else(|| {
                AppError::internal("finding a clip", anyhow::anyhow!("a segment without a clip was answered"))
            })?;
            if !renderer.store().has_blob(&clip).await {
                // Nobody is sent to an address that is not there yet. It is, but with no memory tier.
                answer.kept().await?;
            }
            Ok::<_, AppError>(clip)
        };
        let wait_s = self.config().limits.clip_wait_s;
        let Ok(clip) = tokio::time::timeout(Duration::from_secs(wait_s), making).await else {
            // Whoever is told to come back keeps the place in the queue meanwhile.
            let stop = self.inner.stop.clone();
            self.inner.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(CLIP_HELD) => {}
                }
                drop(answer);
            });
            let message = "the sentence is still being made; ask again";
            return Err(AppError::new(Kind::Unavailable, "clip_wait", message).retry_after(CLIP_RETRY_S));
        };
        let clip = clip?;
        self.inner.handed_out.note(id, &name, i, &clip);
        Ok(ClipAddress { sha: clip.digest.to_string() })
    }

    /// A revision that is listened to now: the current one, the last finished one, or one that says the
    /// same as the current one in another voice.
    async fn served(&self, row: &Summary, rev: &str) -> Result<Arc<Planned>, AppError> {
        let changed = || {
            let (id, current) = (&row.id, &row.current_revision);
            let message =
                format!("{id} is not at revision {rev} any more but at {current}; read its manifest again");
            AppError::new(Kind::Conflict, "revision_changed", message).about("rev")
        };
        let planned = self.planned(&row.id, rev).await.map_err(|error| match error.kind {
            Kind::NotFound => changed(),
            _ => error,
        })?;
        if rev == row.current_revision || row.ready_revision.as_deref() == Some(rev) {
            return Ok(planned);
        }
        let current = self.planned(&row.id, &row.current_revision).await?;
        if says_the_same(&planned, &current) { Ok(planned) } else { Err(changed()) }
    }

    /// One made sentence by the SHA-256 (hex) of its bytes.
    ///
    /// # Errors
    /// An unknown one; one that cannot be made again as it was.
    pub async fn clip(&self, sha: &str) -> Result<Bytes, AppError> {
        let none = || {
            AppError::new(Kind::NotFound, "unknown_clip", "there is no clip at this address").about("sha256")
        };
        let digest: Digest = sha.parse().map_err(|_| none())?;
        if let Ok(Some(bytes)) = self.inner.studio.renderer().store().blob_named(digest, Ext::MP3).await {
            return Ok(bytes);
        }
        let clip = self.inner.catalog.clip(digest.as_bytes()).await?.ok_or_else(none)?;
        let planned = self.planned(&clip.article_id, &clip.revision).await?;
        let i = clip.i as usize;
        if i >= planned.plan.len() {
            return Err(none());
        }
        let form = self.inner.studio.mp3();
        let blob = BlobRef { digest, ext: Ext::MP3, len: clip.bytes };
        self.inner.studio.remake(&blob, form, &planned.plan, i).await
    }
}
