use std::ops::Range;
use std::sync::{Arc, OnceLock};

use futures::stream::StreamExt;

use super::publish::{estimated_minutes, gone, unknown};
use super::service::{Planned, Ready};
use super::studio::{Readable, Source, at_hand};
use super::types::{Audio, AudioFormat, ByteStream, Rendition, Wish};
use super::whole::{no_samples, too_early};
use super::{App, AppError, Kind};
use crate::article::{ArticleId, listen_minutes};
use crate::audio::FRAME_MS;
use crate::audio::rope::{Coding, Piece, Rope, Silence};
use crate::audio::tags::id3_bytes;
use crate::catalog::{RenditionStatus, State, Summary};
use crate::render::{Form, Plan, Shape, Timeline, stream, stream_head};

impl App {
    /// The whole audio of an article: the last finished revision's, or, while there is none, the
    /// current one's as it is made.
    ///
    /// # Errors
    /// See [`App::manifest`]; an engine that is not there, when nothing is finished yet.
    pub async fn audio(&self, id: &ArticleId, format: AudioFormat, wish: &Wish) -> Result<Audio, AppError> {
        let row = self.row(id).await?;
        self.offers_format(format)?;
        let granted = self.granted(&row, wish).await?;
        let name = match (granted.or_else(|| wish.rev.clone()), &row.ready_revision) {
            (Some(rev), _) => rev,
            (None, Some(rev)) => rev.clone(),
            (None, None) => row.current_revision.clone(),
        };
        let revision = self.revision(id, &name).await?;
        let planned = self.planned(id, &name).await?;
        if revision.state == State::Ready {
            let found = match format {
                AudioFormat::Mp3At(bitrate) => Some(self.at_bitrate(id, &name, bitrate).await?),
                _ if format.is_further() => Some(self.further(id, &name, format).await?),
                _ => self.finished(id, &name, format).await?,
            };
            if let Some((digest, ready)) = found {
                return Ok(Audio::Finished(rendition(digest, &ready)));
            }
        }
        match revision.state {
            State::Failed => {
                let why = revision.error.unwrap_or_default();
                Err(AppError::new(
                    Kind::Unprocessable,
                    "rendering_failed",
                    format!("the article cannot be read: {why}"),
                ))
            }
            State::Ready => Err(no_samples(format)),
            State::Queued | State::Rendering => self.unfinished(&planned, format).await,
        }
    }

    async fn unfinished(&self, planned: &Planned, format: AudioFormat) -> Result<Audio, AppError> {
        let form = match format {
            AudioFormat::Mp3 => self.inner.studio.mp3(),
            AudioFormat::Mp3At(bitrate) if self.inner.studio.mp3() == Form::Mp3(bitrate) => {
                Form::Mp3(bitrate)
            }
            AudioFormat::Wav => Form::Wav,
            AudioFormat::Mp3At(_) | AudioFormat::Opus | AudioFormat::Flac => {
                return Err(too_early("this format is made when all of the article is there"));
            }
        };
        let plan = self.inner.studio.current(&planned.plan).await?;
        let tags = self.inner.studio.tags(&planned.article);
        let bytes = stream(self.inner.studio.renderer(), plan, form, stream_head(form, tags));
        Ok(Audio::Unfinished(bytes.map(|chunk| chunk.map_err(AppError::from)).boxed()))
    }

    /// A finished rendition by its digest (hex).
    ///
    /// # Errors
    /// An unknown one; one whose article was deleted, or that cannot be made again as it was.
    pub async fn rendition(&self, digest: &str, format: AudioFormat) -> Result<Rendition, AppError> {
        if let Some(ready) = self.inner.ropes.get(&rope_name(digest, format)) {
            return Ok(rendition(digest.to_owned(), &ready));
        }
        let found = self.inner.catalog.rendition(digest, format.extension()).await?;
        let stored = found.ok_or_else(|| {
            AppError::new(Kind::NotFound, "unknown_rendition", "there is no audio at this address")
                .about("digest")
        })?;
        match &stored.status {
            RenditionStatus::Live => {}
            RenditionStatus::Gone { replaced_by: None } | RenditionStatus::Deleted => {
                return Err(AppError::new(Kind::Gone, "gone", "the audio at this address is gone for good"));
            }
            RenditionStatus::Gone { replaced_by: Some(digest) } => return Err(replaced(digest, format)),
        }
        let ready = self.ready(stored)?;
        Ok(rendition(digest.to_owned(), &ready))
    }

    /// A finished MP3 by its digest (hex), without the ID3 tag it begins with, under a name of its own: for
    /// players in pages. Chromium reads half a megabyte of a file that begins with a picture before it plays.
    ///
    /// # Errors
    /// See [`App::rendition`].
    pub async fn untagged(&self, digest: &str) -> Result<Rendition, AppError> {
        let (name, format) = (format!("{digest}.{UNTAGGED}"), AudioFormat::Mp3);
        if let Some(ready) = self.inner.ropes.get(&rope_name(&name, format)) {
            return Ok(rendition(name, &ready));
        }
        let whole = self.rendition(digest, format).await?;
        let ready = Arc::new(Ready {
            format: whole.format,
            article: whole.article,
            revision: whole.revision,
            readable: Arc::new(Readable::new(without_tag(&whole.readable.rope), whole.readable.shape)),
            timeline: whole.timeline,
            frames: whole.duration_ms / FRAME_MS,
            finished_ms: whole.finished_ms,
            face: OnceLock::new(),
        });
        self.inner.ropes.insert(rope_name(&name, format), Arc::clone(&ready));
        Ok(rendition(name, &ready))
    }

    /// Reads a range of a finished rendition; the first bytes are at hand when this returns.
    ///
    /// # Errors
    /// When what is missing in the store cannot be made again.
    pub async fn read(&self, rendition: &Rendition, range: Range<u64>) -> Result<ByteStream, AppError> {
        let source = Recorded {
            app: self.clone(),
            article: rendition.article.clone(),
            revision: rendition.revision.clone(),
            timeline: Arc::clone(&rendition.timeline),
        };
        let bytes = at_hand(self.inner.studio.read(&rendition.readable, range, source)).await;
        match bytes {
            Err(error) if error.code == REPLACED => {
                self.forget_rope(&rendition.digest, rendition.format);
                Err(error)
            }
            Err(error) if error.kind == Kind::Gone => Err(self.changed(rendition).await),
            bytes => bytes,
        }
    }

    /// Keeps a rendition no longer ready, with its tag and without.
    pub(super) fn forget_rope(&self, name: &str, format: AudioFormat) {
        let digest = name.split_once('.').map_or(name, |(digest, _)| digest);
        for name in [digest, &format!("{digest}.{UNTAGGED}")] {
            self.inner.ropes.invalidate(&rope_name(name, format));
        }
    }

    /// What is made now has other bytes than the recorded rendition: its address is gone, and the
    /// revision is made anew.
    async fn changed(&self, rendition: &Rendition) -> AppError {
        tracing::warn!(digest = rendition.digest, article = %rendition.article, "a finished rendition cannot be made again as it was; it is made anew");
        self.forget_rope(&rendition.digest, rendition.format);
        if rendition.format.is_further()
            && let Ok(digest) = self.anew(&rendition.article, &rendition.revision, rendition.format).await
        {
            return replaced(&digest, rendition.format);
        }
        if let Err(error) = self.inner.catalog.enqueue(&rendition.article, &rendition.revision, 0).await {
            tracing::error!(%error, "a rendition that has to be made anew could not be queued");
        }
        self.inner.wake.notify_one();
        AppError::new(Kind::Gone, "changed", "this audio cannot be made again as it was; it is being made anew, and the manifest names its new address")
            .retry_after(10)
    }

    /// Minutes for a label: real ones when the audio is there.
    pub(super) async fn minutes(
        &self,
        id: &ArticleId,
        revision: &str,
        state: State,
        planned: &Planned,
    ) -> Result<u64, AppError> {
        if state == State::Ready
            && let Some((_, ready)) = self.finished(id, revision, AudioFormat::Mp3).await?
        {
            return Ok(listen_minutes(ready.frames * FRAME_MS));
        }
        Ok(estimated_minutes(planned.article.words(), &planned.plan.casting))
    }

    pub(super) async fn row(&self, id: &ArticleId) -> Result<Summary, AppError> {
        match self.inner.catalog.article(id).await? {
            None => Err(unknown(id)),
            Some(row) if row.summary.deleted => Err(gone(id)),
            Some(row) => Ok(row.summary),
        }
    }

    /// The finished rendition of a revision in a format.
    pub(super) async fn finished(
        &self,
        id: &ArticleId,
        revision: &str,
        format: AudioFormat,
    ) -> Result<Option<(String, Arc<Ready>)>, AppError> {
        let renditions = self.inner.catalog.renditions_of(id, revision).await?;
        let Some(stored) = renditions.into_iter().find(|r| r.rendition.format == format.name()) else {
            return Ok(None);
        };
        let digest = stored.rendition.digest.clone();
        if let Some(ready) = self.inner.ropes.get(&rope_name(&digest, format)) {
            return Ok(Some((digest, ready)));
        }
        Ok(Some((digest, self.ready(stored)?)))
    }

    fn ready(&self, stored: crate::catalog::Rendition) -> Result<Arc<Ready>, AppError> {
        let broken = |error| AppError::internal("reading a rendition's record", anyhow::Error::from(error));
        let format = AudioFormat::named(&stored.rendition.format).ok_or_else(|| {
            AppError::internal("reading a rendition's record", anyhow::anyhow!("its format is not known"))
        })?;
        let rope: Rope = serde_json::from_str(&stored.rendition.pieces).map_err(broken)?;
        let timeline: Timeline = serde_json::from_str(&stored.rendition.timeline).map_err(broken)?;
        let shape = shape_of(&rope, format);
        let ready = Arc::new(Ready {
            format,
            article: stored.article_id,
            revision: stored.revision,
            readable: Arc::new(Readable::new(rope, shape)),
            timeline: Arc::new(timeline),
            frames: stored.rendition.frames,
            finished_ms: stored.finished_ms,
            face: OnceLock::new(),
        });
        self.inner.ropes.insert(rope_name(&stored.rendition.digest, format), Arc::clone(&ready));
        Ok(ready)
    }
}

/// Where a finished rendition's lost blobs are made again from: its revision's record.
pub(super) struct Recorded {
    pub(super) app: App,
    pub(super) article: ArticleId,
    pub(super) revision: String,
    pub(super) timeline: Arc<Timeline>,
}

impl Source for Recorded {
    async fn sentences(&self) -> Result<(Arc<Plan>, Arc<Timeline>), AppError> {
        let planned = self.app.planned(&self.article, &self.revision).await?;
        Ok((Arc::clone(&planned.plan), Arc::clone(&self.timeline)))
    }

    async fn recode(&self, readable: &Arc<Readable>) -> Result<(), AppError> {
        self.app.recode(&self.article, &self.revision, readable).await
    }
}

/// The rope of an MP3 from behind its tag on, which is in the first piece.
fn without_tag(rope: &Rope) -> Rope {
    let mut pieces = rope.pieces().to_vec();
    if let Some(Piece::Bytes(head)) = pieces.first_mut() {
        *head = head.slice(id3_bytes(head) as usize..);
    }
    Rope::from(pieces)
}

/// What a stored rope is made of; the silence of an MP3 tells its bit rate.
fn shape_of(rope: &Rope, format: AudioFormat) -> Shape {
    if let Some(whole) = format.whole() {
        return Shape::Whole(whole);
    }
    let bitrate = rope.pieces().iter().find_map(|piece| match piece {
        Piece::Silence(Silence { coding: Coding::Mp3(bitrate), .. }) => Some(*bitrate),
        _ => None,
    });
    match format {
        AudioFormat::Wav => Shape::Joined(Form::Wav),
        _ => Shape::Joined(Form::Mp3(bitrate.unwrap_or_default())),
    }
}

/// What stands behind the digest in the name of an MP3 without its tag.
pub const UNTAGGED: &str = "untagged";

/// The name of a rendition among those kept ready.
pub(super) fn rope_name(digest: &str, format: AudioFormat) -> String {
    format!("{digest}.{}", format.extension())
}

pub(super) fn rendition(digest: String, ready: &Ready) -> Rendition {
    Rendition {
        digest,
        format: ready.format,
        bytes: ready.readable.rope.len(),
        duration_ms: ready.frames * FRAME_MS,
        finished_ms: ready.finished_ms,
        article: ready.article.clone(),
        revision: ready.revision.clone(),
        readable: Arc::clone(&ready.readable),
        timeline: Arc::clone(&ready.timeline),
    }
}

/// Code of the error that names the address which takes an older one's place.
const REPLACED: &str = "replaced";

/// The address that is asked for is gone; the new one is named.
pub(super) fn replaced(digest: &str, format: AudioFormat) -> AppError {
    let new = format!("/audio/{digest}.{}", format.extension());
    AppError::new(
        Kind::Gone,
        REPLACED,
        format!("the audio at this address was made anew; it is now at {new}"),
    )
}
