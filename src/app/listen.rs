use std::ops::Range;
use std::sync::Arc;

use futures::stream::StreamExt;

use super::publish::{estimated_minutes, gone, unknown};
use super::service::{Planned, Ready};
use super::studio::{Readable, Source, at_hand};
use super::types::{Audio, AudioFormat, ByteStream, Rendition, Wish};
use super::{AI_NOTE, App, AppError, Kind};
use crate::article::{ArticleId, listen_minutes};
use crate::audio::FRAME_MS;
use crate::audio::rope::{Piece, Rope};
use crate::catalog::{RenditionStatus, State, Summary};
use crate::render::{Form, Plan, RenditionTags, Timeline, stream, stream_head, transcript};

impl App {
    /// The whole audio of an article: the last finished revision's, or, while there is none, the
    /// current one's as it is made.
    ///
    /// # Errors
    /// See [`App::manifest`]; an engine that is not there, when nothing is finished yet.
    pub async fn audio(&self, id: &ArticleId, format: AudioFormat, wish: &Wish) -> Result<Audio, AppError> {
        let row = self.row(id).await?;
        let name = match (&wish.rev, &row.ready_revision) {
            (Some(rev), _) | (None, Some(rev)) => rev.clone(),
            (None, None) => row.current_revision.clone(),
        };
        let revision = self.revision(id, &name).await?;
        let planned = self.planned(id, &name).await?;
        offered(&planned.plan, revision.rate, wish)?;
        if revision.state == State::Ready
            && let Some((digest, ready)) = self.finished(id, &name, format).await?
        {
            return Ok(Audio::Finished(rendition(digest, format, &ready)));
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
            State::Ready => Err(AppError::new(
                Kind::Unprocessable,
                "no_such_rendition",
                format!(
                    "this article has no {} audio; it may be over 4 GiB: take the MP3",
                    format.extension()
                ),
            )),
            State::Queued | State::Rendering => self.unfinished(&planned, format).await,
        }
    }

    async fn unfinished(&self, planned: &Planned, format: AudioFormat) -> Result<Audio, AppError> {
        let plan = self.inner.studio.current(&planned.plan).await?;
        let form = self.inner.studio.form(format);
        let tags = RenditionTags {
            article: &planned.article,
            publisher: &self.config().publisher,
            ai_note: AI_NOTE,
        };
        let bytes = stream(self.inner.studio.renderer(), plan, form, stream_head(form, tags));
        Ok(Audio::Unfinished(bytes.map(|chunk| chunk.map_err(AppError::from)).boxed()))
    }

    /// A finished rendition by its digest (hex).
    ///
    /// # Errors
    /// An unknown one; one whose article was deleted, or that cannot be made again as it was.
    pub async fn rendition(&self, digest: &str, format: AudioFormat) -> Result<Rendition, AppError> {
        if let Some(ready) = self.inner.ropes.get(&rope_name(digest, format)) {
            return Ok(rendition(digest.to_owned(), format, &ready));
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
        let ready = self.ready(stored, format)?;
        Ok(rendition(digest.to_owned(), format, &ready))
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
            Err(error) if error.kind == Kind::Gone => Err(self.changed(rendition).await),
            bytes => bytes,
        }
    }

    /// What is made now has other bytes than the recorded rendition: its address is gone, and the
    /// revision is made anew.
    async fn changed(&self, rendition: &Rendition) -> AppError {
        tracing::warn!(digest = rendition.digest, article = %rendition.article, "a finished rendition cannot be made again as it was; it is made anew");
        self.inner.ropes.invalidate(&rope_name(&rendition.digest, rendition.format));
        if let Err(error) = self.inner.catalog.enqueue(&rendition.article, &rendition.revision, 0).await {
            tracing::error!(%error, "a rendition that has to be made anew could not be queued");
        }
        self.inner.wake.notify_one();
        AppError::new(Kind::Gone, "changed", "this audio cannot be made again as it was; it is being made anew, and the manifest names its new address")
            .retry_after(10)
    }

    /// The WebVTT transcript of the last finished revision.
    ///
    /// # Errors
    /// See [`App::manifest`]; an article whose audio is not finished.
    pub async fn transcript_vtt(&self, id: &ArticleId, wish: &Wish) -> Result<String, AppError> {
        let row = self.row(id).await?;
        let not_yet = || {
            AppError::new(
                Kind::Conflict,
                "not_finished",
                "the audio is not finished, so its times are not known yet",
            )
            .retry_after(5)
        };
        let name = wish.rev.clone().or(row.ready_revision).ok_or_else(not_yet)?;
        let planned = self.planned(id, &name).await?;
        let (_, ready) = self.finished(id, &name, AudioFormat::Mp3).await?.ok_or_else(not_yet)?;
        Ok(transcript::vtt(&planned.plan, &ready.timeline))
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
        let Some(stored) = renditions.into_iter().find(|r| r.rendition.format == format.extension()) else {
            return Ok(None);
        };
        let digest = stored.rendition.digest.clone();
        if let Some(ready) = self.inner.ropes.get(&rope_name(&digest, format)) {
            return Ok(Some((digest, ready)));
        }
        Ok(Some((digest, self.ready(stored, format)?)))
    }

    fn ready(&self, stored: crate::catalog::Rendition, format: AudioFormat) -> Result<Arc<Ready>, AppError> {
        let broken = |error| AppError::internal("reading a rendition's record", anyhow::Error::from(error));
        let rope: Rope = serde_json::from_str(&stored.rendition.pieces).map_err(broken)?;
        let timeline: Timeline = serde_json::from_str(&stored.rendition.timeline).map_err(broken)?;
        let form = form_of(&rope, format);
        let ready = Arc::new(Ready {
            article: stored.article_id,
            revision: stored.revision,
            readable: Arc::new(Readable::new(rope, form)),
            timeline: Arc::new(timeline),
            frames: stored.rendition.frames,
            finished_ms: stored.finished_ms,
        });
        self.inner.ropes.insert(rope_name(&stored.rendition.digest, format), Arc::clone(&ready));
        Ok(ready)
    }
}

/// Where a finished rendition's lost blobs are made again from: its revision's record.
struct Recorded {
    app: App,
    article: ArticleId,
    revision: String,
    timeline: Arc<Timeline>,
}

impl Source for Recorded {
    async fn sentences(&self) -> Result<(Arc<Plan>, Arc<Timeline>), AppError> {
        let planned = self.app.planned(&self.article, &self.revision).await?;
        Ok((Arc::clone(&planned.plan), Arc::clone(&self.timeline)))
    }
}

/// Only the rendition that the publisher chose is offered.
pub(super) fn offered(plan: &Plan, rate: f64, wish: &Wish) -> Result<(), AppError> {
    let other_voice = wish.voice.as_ref().is_some_and(|voice| *voice != plan.casting.voice);
    let other_rate = wish.rate.is_some_and(|asked| (f64::from(asked) - rate).abs() > 1e-6);
    if other_voice || other_rate {
        let message =
            format!("this article is offered in the voice {} at rate {rate} only", plan.casting.voice);
        return Err(AppError::new(Kind::NotFound, "not_offered", message).about("voice"));
    }
    Ok(())
}

/// The form a stored rope was made in: its silence tells the bit rate.
fn form_of(rope: &Rope, format: AudioFormat) -> Form {
    use crate::audio::Bitrate;
    use crate::audio::rope::Coding;
    let coding = rope.pieces().iter().find_map(|piece| match piece {
        Piece::Silence(silence) => Some(silence.coding),
        _ => None,
    });
    match (format, coding) {
        (AudioFormat::Wav, _) | (_, Some(Coding::Pcm)) => Form::Wav,
        (AudioFormat::Mp3, Some(Coding::Mp3(bitrate))) => Form::Mp3(bitrate),
        (AudioFormat::Mp3, None) => Form::Mp3(Bitrate::K64),
    }
}

fn rope_name(digest: &str, format: AudioFormat) -> String {
    format!("{digest}.{}", format.extension())
}

fn rendition(digest: String, format: AudioFormat, ready: &Ready) -> Rendition {
    Rendition {
        digest,
        format,
        bytes: ready.readable.rope.len(),
        duration_ms: ready.frames * FRAME_MS,
        finished_ms: ready.finished_ms,
        article: ready.article.clone(),
        revision: ready.revision.clone(),
        readable: Arc::clone(&ready.readable),
        timeline: Arc::clone(&ready.timeline),
    }
}

fn replaced(digest: &str, format: AudioFormat) -> AppError {
    let new = format!("/audio/{digest}.{}", format.extension());
    AppError::new(
        Kind::Gone,
        "replaced",
        format!("the audio at this address was made anew; it is now at {new}"),
    )
}
