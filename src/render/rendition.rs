use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;

use super::chapters::chapters;
use super::segment::{Mark, Segment};
use super::timeline::{Length, MarksKind, Timeline};
use super::{Failure, FailureKind, Plan, Renderer};
use crate::article::Article;
use crate::audio::rope::{Blob, Coding, Piece, Rope, Silence};
use crate::audio::tags::{Tags, id3, list_info};
use crate::audio::whole::Whole;
use crate::audio::{AudioError, Bitrate, FRAME_SAMPLES, mp3, wav};
use crate::engine::Lane;
use crate::store::{BlobRef, KeyBuilder};
use crate::text::Utterance;

/// Version of the digest's fields that names a finished rendition.
const RENDITION_VERSION: u32 = 1;

/// The cover in the tags, at most 500 pixels wide; drawn by `scripts/cover.py`.
const COVER: &[u8] = include_bytes!("cover.png");

/// What a rendition is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What is made for each sentence, laid side by side.
    Joined(Form),
    /// One coded stream, cut into blobs at any place.
    Whole(Whole),
}

/// What a joined rendition is coded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// MP3 frames at a bit rate.
    Mp3(Bitrate),
    /// Samples.
    Wav,
}

impl Form {
    /// What its silence looks like.
    #[must_use]
    pub fn coding(self) -> Coding {
        match self {
            Self::Mp3(bitrate) => Coding::Mp3(bitrate),
            Self::Wav => Coding::Pcm,
        }
    }

    fn blob(self, segment: &Segment) -> Option<&BlobRef> {
        match self {
            Self::Mp3(bitrate) => segment.clips.get(&bitrate.encoder()),
            Self::Wav => Some(&segment.wav),
        }
    }
}

/// A plan whose every sentence was made, or could not be.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The segments in order; `None` is one that could not be said.
    pub segments: Vec<Option<Arc<Segment>>>,
    /// Why, by sentence.
    pub skipped: Vec<(usize, Failure)>,
}

impl Rendered {
    /// Whether trying the skipped sentences again would change nothing.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.skipped.iter().all(|(_, failure)| failure.kind == FailureKind::Refused)
    }

    /// Where everything lies.
    #[must_use]
    pub fn timeline(&self, plan: &Plan) -> Timeline {
        let said = || self.segments.iter().flatten();
        let engine = said().all(|segment| segment.marks_kind == MarksKind::Engine) && said().next().is_some();
        let marks = if engine { MarksKind::Engine } else { MarksKind::Spread };
        Timeline::new(plan, marks, self.segments.iter().map(|segment| length(segment.as_deref())))
    }
}

fn length(segment: Option<&Segment>) -> Length<'_> {
    segment.map(|segment| (segment.frames, segment.marks.as_slice() as &[Mark]))
}

/// A finished rendition: its rope, and the digest that names it.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// What it is made of.
    pub shape: Shape,
    /// Its pieces.
    pub rope: Rope,
    /// Digest of its pieces, hex.
    pub digest: String,
    /// Its length in frames.
    pub frames: u64,
}

/// Words that go into the tags of a rendition.
#[derive(Clone, Copy, Debug)]
pub struct RenditionTags<'a> {
    /// What is read.
    pub article: &'a Article,
    /// The album, where the article names no publisher.
    pub publisher: &'a str,
    /// The note that it is an AI's voice.
    pub ai_note: &'a str,
}

impl RenditionTags<'_> {
    /// The tags of a rendition of a plan.
    #[must_use]
    pub fn of(self, plan: &Plan, timeline: &Timeline) -> Tags {
        self.tags(&plan.utterances, timeline)
    }

    fn tags(&self, utterances: &[Utterance], timeline: &Timeline) -> Tags {
        let article = self.article;
        Tags {
            title: article.title.clone().unwrap_or_default(),
            author: article.byline.clone().unwrap_or_default(),
            publisher: article.publisher.clone().unwrap_or_else(|| self.publisher.to_owned()),
            published: article.published.clone().unwrap_or_default(),
            lang: article.lang.as_str().to_owned(),
            ai_note: self.ai_note.to_owned(),
            text: article.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n"),
            chapters: chapters(article, utterances, timeline),
            cover: Some(Bytes::from_static(COVER)),
        }
    }
}

/// What stands before audio that is still being made: the tags without what is not known yet and
/// without what would keep the first words waiting, or a WAV header without sizes.
#[must_use]
pub fn stream_head(form: Form, tags: RenditionTags<'_>) -> Bytes {
    match form {
        Form::Wav => Bytes::copy_from_slice(&wav::streaming_header()),
        Form::Mp3(_) => {
            let known = tags.tags(&[], &Timeline::default());
            Bytes::from(id3(&Tags { text: String::new(), cover: None, ..known }))
        }
    }
}

impl Rendition {
    /// Lays the segments of a plan side by side.
    ///
    /// # Errors
    /// A WAV over 4 GiB; a segment without a clip of the form.
    pub fn new(
        plan: &Plan,
        rendered: &Rendered,
        timeline: &Timeline,
        form: Form,
        tags: RenditionTags<'_>,
    ) -> Result<Self, AudioError> {
        let tags = tags.tags(&plan.utterances, timeline);
        let mut rope = Rope::new();
        let mut trailer = Bytes::new();
        match form {
            Form::Mp3(bitrate) => {
                let frames = u32::try_from(timeline.frames).unwrap_or(u32::MAX);
                rope.push(Piece::Bytes(mp3::head(&id3(&tags), frames, bitrate)));
            }
            Form::Wav => {
                trailer = Bytes::from(list_info(&tags));
                let samples = timeline.frames * FRAME_SAMPLES as u64;
                let trailing = u32::try_from(trailer.len()).unwrap_or(u32::MAX);
                rope.push(Piece::Bytes(Bytes::copy_from_slice(&wav::header(samples, trailing)?)));
            }
        }
        for (segment, span) in rendered.segments.iter().zip(&timeline.sentences) {
            let Some(segment) = segment else { continue };
            if let Some(blob) = form.blob(segment) {
                rope.push(Piece::Blob(sound(form, blob)));
            }
            let frames = u64::from(span.pause_frames);
            rope.push(Piece::Silence(Silence { coding: form.coding(), frames }));
        }
        if let Form::Mp3(_) = form {
            let frames = u64::from(mp3::TAIL_FRAMES);
            rope.push(Piece::Silence(Silence { coding: form.coding(), frames }));
        }
        rope.push(Piece::Bytes(trailer));
        Ok(Self::of_rope(Shape::Joined(form), rope, timeline.frames))
    }

    /// A rendition of these pieces, under their digest.
    #[must_use]
    pub fn of_rope(shape: Shape, rope: Rope, frames: u64) -> Self {
        let pieces = serde_json::to_vec(&rope).expect("a list of plain pieces always has a JSON form");
        let digest = KeyBuilder::new("listen-rendition", RENDITION_VERSION).field("pieces", &pieces).finish();
        Self { shape, rope, digest: digest.to_string(), frames }
    }
}

/// The part of a blob that sounds: all of a clip, the samples of a WAV.
fn sound(form: Form, blob: &BlobRef) -> Blob {
    let offset = if form == Form::Wav { wav::HEADER_BYTES as u64 } else { 0 };
    Blob { digest: *blob.digest.as_bytes(), offset, len: blob.len - offset.min(blob.len) }
}

/// Sentences of each worker, at the end of an article, that are made longest first: enough to have a short
/// one among them, which comes last.
const LAST_PER_WORKER: usize = 8;

impl Renderer {
    /// Makes every sentence of a plan, a bounded number at a time, as a publisher's work, and
    /// tells `done` after each how many are kept or skipped.
    ///
    /// # Errors
    /// What keeps the whole from going on: the engine or the store. A sentence that cannot be said
    /// is no error.
    pub async fn render(&self, plan: &Arc<Plan>, done: impl Fn(usize)) -> Result<Rendered, Failure> {
        let workers = self.engines().bulk_workers();
        let mut rendered = Rendered { segments: vec![None; plan.len()], skipped: Vec::new() };
        let mut making = futures::stream::iter(order(plan.len(), workers, |i| plan.said(i).1.spoken.len()))
            .map(|i| {
                let (renderer, plan) = (self.clone(), Arc::clone(plan));
                async move {
                    let (casting, utterance) = plan.said(i);
                    let kept = async { renderer.ask(casting, utterance, Lane::Bulk).await?.kept().await };
                    (i, kept.await)
                }
            })
            .buffer_unordered(workers * 2 + 2)
            .enumerate();
        while let Some((earlier, (i, made))) = making.next().await {
            match made {
                Ok(segment) => rendered.segments[i] = Some(segment),
                Err(failure) if failure.is_of_one_sentence() => rendered.skipped.push((i, failure)),
                Err(failure) => return Err(failure),
            }
            done(earlier + 1);
        }
        rendered.skipped.sort_unstable_by_key(|(i, _)| *i);
        Ok(rendered)
    }
}

/// The order in which sentences are made: as they are read, but the last few of each worker longest
/// first, so that no worker begins a long one when the others have nothing left to do.
fn order(sentences: usize, workers: usize, len: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sentences).collect();
    let last = sentences - (workers * LAST_PER_WORKER).min(sentences / 2);
    order[last..].sort_by_key(|i| std::cmp::Reverse(len(*i)));
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::article::Lang;
    use crate::render::segment::SEGMENT_VERSION;
    use crate::store::Ext;

    /// A plan of one sentence that takes so many frames, as if it had been made.
    fn made(frames: u32) -> (Plan, Rendered) {
        let utterance = Utterance { pause_ms: 0, ..Utterance::plain("On and on.") };
        let segment = Segment {
            v: SEGMENT_VERSION,
            frames,
            wav: BlobRef { len: u64::from(frames) * 1152 + 44, ..BlobRef::of(Ext::WAV, b"wav") },
            clips: BTreeMap::from([(
                Bitrate::K64.encoder(),
                BlobRef { len: u64::from(frames) * 192, ..BlobRef::of(Ext::MP3, b"mp3") },
            )])
            .into(),
            marks_kind: MarksKind::Spread,
            marks: Vec::new(),
        };
        let rendered = Rendered { segments: vec![Some(Arc::new(segment))], skipped: Vec::new() };
        (Plan::of_beeps([utterance]), rendered)
    }

    #[test]
    fn sentences_are_made_as_they_are_read_and_the_last_ones_longest_first() {
        let lens = [9, 1, 8, 3, 5, 2, 5, 7];
        let order = |workers| order(lens.len(), workers, |i| lens[i]);
        assert_eq!(order(1), [0, 1, 2, 3, 7, 4, 6, 5]);
        assert_eq!(order(48), [0, 1, 2, 3, 7, 4, 6, 5], "the first half stays");
    }

    #[test]
    fn a_wav_over_4_gib_is_refused_in_words_that_name_mp3_which_is_made() {
        let article = Article::empty(Lang::english());
        let join = |frames, form| {
            let (plan, rendered) = made(frames);
            let timeline = rendered.timeline(&plan);
            let tags = RenditionTags { article: &article, publisher: "", ai_note: "" };
            Rendition::new(&plan, &rendered, &timeline, form, tags)
        };
        // 4 GiB of samples are 3 728 270 frames; the head and the tags come on top.
        assert!(join(3_728_000, Form::Wav).is_ok());
        let error = join(3_728_271, Form::Wav).expect_err("too long").to_string();
        assert!(error.contains("4 GiB") && error.contains("MP3"), "{error}");
        let mp3 = join(3_728_271, Form::Mp3(Bitrate::K64)).expect("an MP3");
        assert_eq!(mp3.frames, 3_728_271);
    }
}
