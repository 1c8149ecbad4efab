use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::stream::StreamExt;

use super::publish::{estimated_minutes, gone, unknown};
use super::service::{Planned, Ready};
use super::studio::{Readable, Source, at_hand};
use super::types::{Audio, AudioFormat, ByteStream, ClipAddress, Rendition, Wish};
use super::{AI_NOTE, App, AppError, AudioLink, ClipFormat, Kind, Links, Manifest, Sentence, SentenceState};
use crate::article::{ArticleId, BlockKind, listen_label, listen_minutes, read_minutes};
use crate::audio::rope::{Piece, Rope};
use crate::audio::{FRAME_MS, silent_frame};
use crate::catalog::{RenditionStatus, State, Summary};
use crate::engine::Lane;
use crate::render::{Failure, Form, Plan, RenditionTags, Segment, Timeline, stream, stream_head, transcript, words};
use crate::store::{BlobRef, Digest, Ext};

/// Segment records that are looked up at the same time.
const LOOKS_AT_ONCE: usize = 32;

impl App {
    /// What a player needs to know of an article, as far as it is made now.
    ///
    /// # Errors
    /// An unknown or deleted article; an unknown revision; a rendition that is not offered.
    pub async fn manifest(&self, id: &ArticleId, wish: &Wish) -> Result<Manifest, AppError> {
        let mut row = self.row(id).await?;
        let name = wish.rev.clone().unwrap_or_else(|| row.current_revision.clone());
        let revision = self.revision(id, &name).await?;
        if revision.state == State::Ready && row.ready_revision.as_ref() != Some(&name) {
            // It may have been finished between the two looks.
            row = self.row(id).await?;
        }
        let planned = self.planned(id, &name).await?;
        offered(&planned.plan, revision.rate, wish)?;
        let finished = match revision.state {
            State::Ready => self.finished(id, &name, AudioFormat::Mp3).await?,
            _ => None,
        };
        let sentences = match &finished {
            Some((_, ready)) => self.finished_sentences(&planned, ready),
            None => self.unfinished_sentences(id, &name, &planned).await,
        };
        let frames: u64 = sentences.iter().map(|sentence| sentence.frames + sentence.pause_frames).sum();
        let duration_ms = finished.as_ref().map_or(frames, |(_, ready)| ready.frames) * FRAME_MS;
        let minutes = match &finished {
            Some(_) => listen_minutes(duration_ms),
            None => estimated_minutes(planned.article.words(), &planned.plan.casting),
        };
        let words = planned.article.words();
        let bitrate = self.inner.studio.renderer().bitrate();
        let article = &planned.article;
        Ok(Manifest {
            v: 1,
            id: id.clone(),
            revision: name,
            ready_revision: row.ready_revision.clone(),
            title: article.title.clone(),
            byline: article.byline.clone(),
            publisher: article
                .publisher
                .clone()
                .or_else(|| Some(self.config().publisher.clone()).filter(|p| !p.is_empty())),
            lang: article.lang.to_string(),
            url: article.url.clone(),
            published: article.published.clone(),
            image: article.image.clone(),
            voice: planned.plan.casting.voice.clone(),
            state: revision.state,
            problem: revision.error,
            duration_ms,
            duration_is_estimate: finished.is_none(),
            words,
            read_minutes: read_minutes(words),
            listen_minutes: minutes,
            label: listen_label(minutes),
            frame_ms: FRAME_MS,
            audio: self.audio_links(id, row.ready_revision.as_deref()).await?,
            clips: ClipFormat {
                media_type: AudioFormat::Mp3.media_type(),
                bytes_per_frame: bitrate.bytes_per_frame(),
                silent_frame: BASE64_STANDARD.encode(silent_frame(bitrate)),
            },
            sentences,
            links: self.links(id, row.feed.as_deref()),
            ai: AI_NOTE,
        })
    }

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
        let form = self.form(format);
        let tags = RenditionTags {
            article: &planned.article,
            publisher: &self.config().publisher,
            ai_note: AI_NOTE,
        };
        let bytes = stream(self.inner.studio.renderer(), plan, form, stream_head(form, tags));
        Ok(Audio::Unfinished(bytes.map(|chunk| chunk.map_err(AppError::from)).boxed()))
    }

    fn form(&self, format: AudioFormat) -> Form {
        match format {
            AudioFormat::Mp3 => Form::Mp3(self.inner.studio.renderer().bitrate()),
            AudioFormat::Wav => Form::Wav,
        }
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
            RenditionStatus::Gone { replaced_by: Some(digest) } => return Err(self.replaced(digest, format)),
        }
        let ready = self.ready(stored, format)?;
        Ok(rendition(digest.to_owned(), format, &ready))
    }

    fn replaced(&self, digest: &str, format: AudioFormat) -> AppError {
        let new = format!("{}/audio/{digest}.{}", self.public_url(), format.extension());
        AppError::new(
            Kind::Gone,
            "replaced",
            format!("the audio at this address was made anew; it is now at {new}"),
        )
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

    /// Makes sentence `i` next if it is not made, waiting at most the configured time.
    ///
    /// # Errors
    /// A sentence or revision that is not there; one that could not be said, or not in time.
    pub async fn clip_at(
        &self,
        id: &ArticleId,
        i: usize,
        rev: Option<&str>,
    ) -> Result<ClipAddress, AppError> {
        let row = self.row(id).await?;
        let serves = |rev: &str| rev == row.current_revision || row.ready_revision.as_deref() == Some(rev);
        if let Some(rev) = rev.filter(|rev| !serves(rev)) {
            let message = format!(
                "{id} is not at revision {rev} any more but at {}; read its manifest again",
                row.current_revision
            );
            return Err(AppError::new(Kind::Conflict, "revision_changed", message).about("rev"));
        }
        let planned = self.planned(id, rev.unwrap_or(&row.current_revision)).await?;
        let plan = self.inner.studio.current(&planned.plan).await?;
        let Some(utterance) = plan.utterances.get(i) else {
            let message = format!(
                "{id} has {} sentences, the last one is {}",
                plan.len(),
                plan.len().saturating_sub(1)
            );
            return Err(AppError::new(Kind::NotFound, "unknown_sentence", message).about("i"));
        };
        let renderer = self.inner.studio.renderer();
        let making = async {
            let answer = renderer.ask(&plan.casting, &utterance.spoken, Lane::Listener).await?;
            let segment = answer.segment().await?;
            // Nobody is sent to an address that is not there yet; what the disk refuses is in memory.
            let _ = answer.kept().await;
            Ok::<_, Failure>(segment)
        };
        let wait_s = self.config().limits.clip_wait_s;
        let segment = tokio::time::timeout(Duration::from_secs(wait_s), making).await.map_err(|_| {
            AppError::new(Kind::Unavailable, "clip_wait", "the sentence is still being made").retry_after(1)
        })??;
        let clip = segment.clips.get(&renderer.bitrate().encoder()).ok_or_else(|| {
            AppError::internal("finding a clip", anyhow::anyhow!("a segment without a clip was answered"))
        })?;
        Ok(ClipAddress { sha: clip.digest.to_string() })
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
        let form = self.form(AudioFormat::Mp3);
        let blob = BlobRef { digest, ext: Ext::MP3, len: clip.bytes };
        self.inner.studio.remake(&blob, form, &planned.plan, i).await
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

    async fn row(&self, id: &ArticleId) -> Result<Summary, AppError> {
        match self.inner.catalog.article(id).await? {
            None => Err(unknown(id)),
            Some(row) if row.summary.deleted => Err(gone(id)),
            Some(row) => Ok(row.summary),
        }
    }

    /// The finished rendition of a revision in a format.
    async fn finished(
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

    async fn audio_links(&self, id: &ArticleId, ready: Option<&str>) -> Result<Vec<AudioLink>, AppError> {
        let mut links = Vec::new();
        for format in AudioFormat::ALL {
            let media_type = format.media_type();
            let finished = match ready {
                Some(revision) => self.finished(id, revision, format).await?,
                None => None,
            };
            let base = self.public_url();
            let ext = format.extension();
            match finished {
                Some((digest, ready)) => {
                    let bytes = Some(ready.readable.rope.len());
                    links.push(AudioLink { url: format!("{base}/audio/{digest}.{ext}"), media_type, bytes });
                }
                None if ready.is_none() => {
                    let url = format!("{base}/v1/articles/{id}/audio.{ext}");
                    links.push(AudioLink { url, media_type, bytes: None });
                }
                None => {}
            }
        }
        Ok(links)
    }

    fn links(&self, id: &ArticleId, feed: Option<&str>) -> Links {
        let base = self.public_url();
        Links {
            vtt: format!("{base}/v1/articles/{id}/transcript.vtt"),
            feed: format!("{base}/feeds/{}.xml", feed.unwrap_or("default")),
            download: format!("{base}/v1/articles/{id}/audio.mp3"),
        }
    }

    fn finished_sentences(&self, planned: &Planned, ready: &Ready) -> Vec<Sentence> {
        let base = self.public_url();
        let mut clips = ready.readable.rope.pieces().iter().filter_map(|piece| match piece {
            Piece::Blob(blob) => Some(hex::encode(blob.digest)),
            _ => None,
        });
        let spans = ready.timeline.sentences.iter().enumerate();
        spans
            .map(|(i, span)| {
                let said = span.frames > 0;
                let clip = if said { clips.next() } else { None };
                Sentence {
                    start_frame: Some(span.start_frame),
                    frames: u64::from(span.frames),
                    pause_frames: u64::from(span.pause_frames),
                    state: if said { SentenceState::Ready } else { SentenceState::Skipped },
                    clip: clip.map_or(String::new(), |sha| format!("{base}/clips/{sha}.mp3")),
                    words: span.words.clone(),
                    ..sentence(planned, i)
                }
            })
            .collect()
    }

    async fn unfinished_sentences(&self, id: &ArticleId, name: &str, planned: &Planned) -> Vec<Sentence> {
        let plan =
            self.inner.studio.current(&planned.plan).await.unwrap_or_else(|_| Arc::clone(&planned.plan));
        let renderer = self.inner.studio.renderer();
        let made: Vec<Option<Arc<Segment>>> = futures::stream::iter(0..plan.len())
            .map(|i| {
                let (renderer, key) = (renderer.clone(), plan.keys[i]);
                async move { renderer.made(&key).await }
            })
            .buffered(LOOKS_AT_ONCE)
            .collect()
            .await;
        let (base, encoder) = (self.public_url(), renderer.bitrate().encoder());
        let mut at = Some(0);
        let mut sentences = Vec::with_capacity(plan.len());
        for (i, segment) in made.into_iter().enumerate() {
            let mut sentence = sentence(planned, i);
            sentence.start_frame = at;
            sentence.clip = format!("{base}/v1/articles/{id}/clips/{i}.mp3?rev={name}");
            if let Some(segment) = segment {
                sentence.frames = u64::from(segment.frames);
                sentence.state = SentenceState::Ready;
                sentence.words = words(&plan, i, segment.frames, &segment.marks);
                if let Some(clip) = segment.clips.get(&encoder) {
                    sentence.clip = format!("{base}/clips/{}.mp3", clip.digest);
                }
            } else if renderer.failure(&plan.keys[i]).is_some() {
                (sentence.frames, sentence.pause_frames) = (0, 0);
                sentence.state = SentenceState::Skipped;
            } else {
                at = None;
            }
            at = at.map(|at| at + sentence.frames + sentence.pause_frames);
            sentences.push(sentence);
        }
        sentences
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

/// Sentence `i` as far as it is known without audio.
fn sentence(planned: &Planned, i: usize) -> Sentence {
    let (plan, utterance) = (&planned.plan, &planned.plan.utterances[i]);
    let block = planned.article.blocks.get(utterance.block as usize);
    Sentence {
        i,
        block: utterance.block,
        kind: block.map_or(BlockKind::Paragraph, |block| block.kind),
        part: utterance.part,
        text: utterance.source.clone(),
        start_frame: None,
        frames: plan.casting.estimate_frames(&utterance.source),
        pause_frames: u64::from(plan.pause_frames(i)),
        state: SentenceState::Pending,
        clip: String::new(),
        words: Vec::new(),
    }
}

/// Only the rendition that the publisher chose is offered.
fn offered(plan: &Plan, rate: f64, wish: &Wish) -> Result<(), AppError> {
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
