use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use rustc_hash::FxBuildHasher;

use super::Studio;
use super::whole::Opening;
use crate::app::{AI_NOTE, AppError, AudioFormat, ByteStream, Kind};
use crate::article::Article;
use crate::audio::AudioError;
use crate::audio::rope::{Blob, Part, Piece, Rope};
use crate::audio::whole::Whole;
use crate::render::{
    Failure, FailureKind, Form, Plan, Rendered, Rendition, RenditionTags, Shape, Timeline, transcript,
};
use crate::store::{BlobRef, Digest, Ext, Spot};

/// A plan whose audio is there.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What was made.
    pub plan: Arc<Plan>,
    /// The segments.
    pub rendered: Rendered,
    /// Where everything lies.
    pub timeline: Arc<Timeline>,
}

impl Finished {
    /// Its transcript as WebVTT.
    #[must_use]
    pub fn vtt(&self) -> String {
        transcript::vtt(&self.plan, &self.timeline, AI_NOTE, transcript::Grain::Sentences)
    }

    /// Its transcript as SubRip.
    #[must_use]
    pub fn srt(&self) -> String {
        transcript::srt(&self.plan, &self.timeline)
    }

    /// Its timeline as JSON; see [`transcript::json`].
    #[must_use]
    pub fn timeline_json(&self) -> serde_json::Value {
        transcript::json(&self.plan, &self.timeline)
    }
}

/// Where a rope's lost blobs are made again from.
pub(in crate::app) trait Source: Send + Sync {
    /// The plan, and where its sentences lie.
    fn sentences(&self) -> impl Future<Output = Result<(Arc<Plan>, Arc<Timeline>), AppError>> + Send;

    /// Sees to it that the store has all blobs of a rope that is coded as one.
    fn recode(&self, readable: &Arc<Readable>) -> impl Future<Output = Result<(), AppError>> + Send;
}

/// A rope that is ready to be read from a store.
#[derive(Debug)]
pub(in crate::app) struct Readable {
    pub(in crate::app) rope: Rope,
    pub(in crate::app) shape: Shape,
    /// How long each of its blobs is, by digest (a rope holds the sounding end of a blob, so the whole is
    /// as long as the piece reaches), and where it was found.
    blobs: HashMap<[u8; 32], (u64, Spot), FxBuildHasher>,
}

impl Readable {
    pub(in crate::app) fn new(rope: Rope, shape: Shape) -> Self {
        let blobs = rope.pieces().iter().filter_map(|piece| match piece {
            Piece::Blob(blob) => Some((blob.digest, (blob.offset + blob.len, Spot::default()))),
            _ => None,
        });
        let blobs = blobs.collect();
        Self { rope, shape, blobs }
    }

    fn whole(&self, part: &Blob) -> BlobRef {
        let ext = ext(self.shape);
        let len = self.blobs.get(&part.digest).map_or(part.offset + part.len, |(len, _)| *len);
        BlobRef { digest: Digest::from(part.digest), ext, len }
    }
}

/// A part of a blob out of the whole; none when it does not reach that far.
fn cut(whole: &Bytes, part: &Blob) -> Option<Bytes> {
    let start = usize::try_from(part.offset).ok()?;
    let end = start.checked_add(usize::try_from(part.len).ok()?)?;
    (end <= whole.len()).then(|| whole.slice(start..end))
}

/// What the blobs of a rendition are called.
pub(super) fn ext(shape: Shape) -> Ext {
    match shape {
        Shape::Joined(Form::Mp3(_)) => Ext::MP3,
        Shape::Joined(Form::Wav) => Ext::WAV,
        Shape::Whole(Whole::Flac) => Ext::FLAC,
        Shape::Whole(Whole::Opus) => Ext::OPUS,
    }
}

impl Studio {
    /// Makes every sentence of a plan; `done` is told after each how many are kept or skipped.
    ///
    /// # Errors
    /// When the engine or the store cannot go on. Sentences that cannot be said are in
    /// [`Rendered::skipped`].
    pub async fn render(&self, plan: &Arc<Plan>, done: impl Fn(usize)) -> Result<Finished, AppError> {
        let plan = self.current(plan).await?;
        let rendered = self.renderer.render(&plan, done).await?;
        if rendered.segments.iter().all(Option::is_none) {
            let why = rendered.skipped.first().map_or(String::new(), |(_, failure)| failure.message.clone());
            let message = format!("not one sentence could be said: {why}");
            let code = if rendered.is_final() { "nothing_sayable" } else { "nothing_said" };
            return Err(AppError::new(Kind::Unprocessable, code, message));
        }
        let timeline = Arc::new(rendered.timeline(&plan));
        Ok(Finished { plan, rendered, timeline })
    }

    /// Makes the rendition of what was said, joined or coded as one.
    ///
    /// # Errors
    /// A WAV over 4 GiB, of which Opus and FLAC are made too; a cache that does not keep what is coded.
    pub async fn rendition(
        &self,
        article: &Article,
        finished: &Finished,
        format: AudioFormat,
    ) -> Result<Rendition, AppError> {
        let Some(whole) = format.whole() else {
            let form = if format == AudioFormat::Wav { Form::Wav } else { self.mp3() };
            return self.join(article, finished, form);
        };
        let wav = self.join(article, finished, Form::Wav)?;
        let wav = Arc::new(Readable::new(wav.rope, wav.shape));
        let tags = self.tags(article).of(&finished.plan, &finished.timeline);
        self.code(whole, &wav, &finished.timeline, finished.clone(), Opening::Tags(Box::new(tags))).await
    }

    /// Joins what was made.
    ///
    /// # Errors
    /// A WAV over 4 GiB; the message names MP3.
    pub fn join(&self, article: &Article, finished: &Finished, form: Form) -> Result<Rendition, AppError> {
        let tags = self.tags(article);
        Rendition::new(&finished.plan, &finished.rendered, &finished.timeline, form, tags).map_err(unjoinable)
    }

    /// What the tags of an article's renditions say.
    pub(in crate::app) fn tags<'a>(&'a self, article: &'a Article) -> RenditionTags<'a> {
        RenditionTags { article, publisher: &self.config().publisher, ai_note: AI_NOTE }
    }

    /// What MP3 is coded in now.
    #[must_use]
    pub fn mp3(&self) -> Form {
        Form::Mp3(self.renderer.bitrate())
    }

    /// The bytes of a range of a rope; blobs that the store has lost are made again.
    pub(in crate::app) fn read(
        &self,
        readable: &Arc<Readable>,
        range: Range<u64>,
        source: impl Source + 'static,
    ) -> ByteStream {
        let parts: Vec<Part> = readable.rope.slice(range).collect();
        // One count for each part, however much is shared.
        let shared = Arc::new((self.clone(), Arc::clone(readable), source));
        let read = move |part| {
            let shared = Arc::clone(&shared);
            async move {
                let (studio, readable, source) = shared.as_ref();
                match part {
                    Part::Bytes(bytes) => Ok(bytes),
                    Part::Blob(blob) => studio.part(readable, &blob, source).await,
                }
            }
        };
        stream::iter(parts).then(read).boxed()
    }

    /// The bytes of a range of a rope, when all of them lie in memory.
    pub(in crate::app) fn at_hand(&self, readable: &Readable, range: Range<u64>) -> Option<Vec<Bytes>> {
        let store = self.renderer.store().at_hand();
        let parts = readable.rope.slice(range).map(|part| match part {
            Part::Bytes(bytes) => Some(bytes),
            Part::Blob(blob) => {
                let (_, spot) = readable.blobs.get(&blob.digest)?;
                cut(&store.blob(&readable.whole(&blob), spot)?, &blob)
            }
        });
        parts.collect()
    }

    /// All the bytes of a rendition that was just made.
    #[must_use]
    pub fn bytes(&self, rendition: &Rendition, finished: &Finished) -> ByteStream {
        let readable = Arc::new(Readable::new(rendition.rope.clone(), rendition.shape));
        self.read(&readable, 0..rendition.rope.len(), finished.clone())
    }

    /// Hands over all bytes of a rope in order; whether they were all in the store. Nothing is made.
    pub(in crate::app) async fn read_kept(&self, readable: &Readable, mut take: impl FnMut(&[u8])) -> bool {
        for part in readable.rope.slice(0..readable.rope.len()) {
            match part {
                Part::Bytes(bytes) => take(&bytes),
                Part::Blob(blob) => {
                    let Ok(Some(bytes)) = self.renderer.store().blob(&readable.whole(&blob)).await else {
                        return false;
                    };
                    let Some(bytes) = cut(&bytes, &blob) else { return false };
                    take(&bytes);
                }
            }
        }
        true
    }

    pub(super) async fn part(
        &self,
        readable: &Arc<Readable>,
        blob: &Blob,
        source: &impl Source,
    ) -> Result<Bytes, AppError> {
        let whole = readable.whole(blob);
        let bytes = match self.renderer.store().blob(&whole).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(_) => self.again(readable, &whole, source).await?,
        };
        cut(&bytes, blob).ok_or_else(|| {
            AppError::internal(
                "reading a rendition",
                anyhow::anyhow!("{whole} is shorter than its rope says"),
            )
        })
    }

    /// Makes a lost blob again from what its revision recorded.
    async fn again(
        &self,
        readable: &Arc<Readable>,
        blob: &BlobRef,
        source: &impl Source,
    ) -> Result<Bytes, AppError> {
        let form = match readable.shape {
            Shape::Joined(form) => form,
            Shape::Whole(_) => {
                source.recode(readable).await?;
                return self.renderer.store().blob(blob).await.ok().flatten().ok_or_else(forgetful);
            }
        };
        let (plan, timeline) = source.sentences().await?;
        let i = sentence_of(&readable.rope, &timeline, blob.digest).ok_or_else(|| {
            AppError::internal("reading a rendition", anyhow::anyhow!("{blob} belongs to no sentence"))
        })?;
        self.remake(blob, form, &plan, i).await
    }

    /// Makes the blob of sentence `i` again.
    pub(in crate::app) async fn remake(
        &self,
        blob: &BlobRef,
        form: Form,
        plan: &Arc<Plan>,
        i: usize,
    ) -> Result<Bytes, AppError> {
        let plan = self.current(plan).await?;
        tracing::info!(%blob, sentence = i, "a blob is gone from the cache and is made again");
        let (casting, utterance) = plan.said(i);
        Ok(self.renderer.blob(blob, form, casting, utterance).await?)
    }
}

impl Source for Finished {
    async fn sentences(&self) -> Result<(Arc<Plan>, Arc<Timeline>), AppError> {
        Ok((Arc::clone(&self.plan), Arc::clone(&self.timeline)))
    }

    /// It was coded a moment ago: a store that has lost it already would lose it again.
    async fn recode(&self, _: &Arc<Readable>) -> Result<(), AppError> {
        Err(forgetful())
    }
}

/// What was put a moment ago is not there.
fn forgetful() -> AppError {
    let message = "the cache does not keep what it is given; look at its disk, then try again";
    AppError::new(Kind::Unavailable, "cache", message).retry_after(30)
}

/// The sentence a blob belongs to: blobs stand in the order of the sentences that sound.
fn sentence_of(rope: &Rope, timeline: &Timeline, digest: Digest) -> Option<usize> {
    let sounding = timeline.sentences.iter().enumerate().filter(|(_, span)| span.frames > 0);
    let blobs = rope.pieces().iter().filter_map(|piece| match piece {
        Piece::Blob(blob) => Some(blob.digest),
        _ => None,
    });
    sounding.zip(blobs).find(|(_, blob)| blob == digest.as_bytes()).map(|((i, _), _)| i)
}

fn unjoinable(error: AudioError) -> AppError {
    AppError::new(Kind::Unprocessable, "wav_too_long", error.to_string()).about("format")
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        let (kind, code, retry_after_s) = match failure.kind {
            FailureKind::Sentence | FailureKind::Refused => (Kind::Unprocessable, "sentence_skipped", None),
            FailureKind::Unavailable => (Kind::Unavailable, "engine_missing", Some(30)),
            FailureKind::Busy => (Kind::Busy, "busy", Some(5)),
            FailureKind::Store => (Kind::Unavailable, "cache", Some(30)),
            FailureKind::Changed => (Kind::Gone, "changed", None),
            FailureKind::Stopped => (Kind::Unavailable, "stopping", Some(5)),
        };
        Self { retry_after_s, ..Self::new(kind, code, failure.message) }
    }
}

/// Parts that are waited for: a head, and the first sound behind it.
const FIRST_PARTS: usize = 2;

/// Waits for the first bytes, so that what cannot be read is known before an answer starts.
pub(in crate::app) async fn at_hand(mut bytes: ByteStream) -> Result<ByteStream, AppError> {
    let mut first = Vec::with_capacity(FIRST_PARTS);
    while first.len() < FIRST_PARTS
        && let Some(part) = bytes.try_next().await?
    {
        first.push(Ok(part));
    }
    Ok(stream::iter(first).chain(bytes).boxed())
}
