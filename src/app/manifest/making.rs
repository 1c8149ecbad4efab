use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::stream::StreamExt;

use super::{AudioLink, ClipFormat, Links, Manifest, Sentence, SentenceState};
use crate::app::listen::offered;
use crate::app::publish::estimated_minutes;
use crate::app::service::{Planned, Ready};
use crate::app::trials::TRIALS;
use crate::app::types::{AudioFormat, Wish};
use crate::app::{AI_NOTE, App, AppError, Ui};
use crate::article::{ArticleId, BlockKind, listen_minutes, read_minutes};
use crate::audio::rope::Piece;
use crate::audio::{FRAME_MS, silent_frame};
use crate::catalog::State;
use crate::render::{Segment, words};

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
        let ui = Ui::of(&article.lang);
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
            label: ui.label(minutes),
            frame_ms: FRAME_MS,
            audio: self.audio_links(id, row.ready_revision.as_deref()).await?,
            clips: ClipFormat {
                media_type: AudioFormat::Mp3.media_type(),
                bytes_per_frame: bitrate.bytes_per_frame(),
                silent_frame: BASE64_STANDARD.encode(silent_frame(bitrate)),
            },
            sentences,
            ui,
            links: self.links(id, row.feed.as_deref()),
            ai: AI_NOTE,
        })
    }

    /// How many sentences of a revision are made, and how many there are.
    ///
    /// # Errors
    /// An unknown revision; an engine that is not there.
    pub async fn progress(&self, id: &ArticleId, revision: &str) -> Result<(usize, usize), AppError> {
        let planned = self.planned(id, revision).await?;
        let plan = self.inner.studio.current(&planned.plan).await?;
        let renderer = self.inner.studio.renderer();
        let made = futures::stream::iter(plan.keys.iter())
            .map(|key| renderer.made(key))
            .buffer_unordered(LOOKS_AT_ONCE)
            .filter(|made| std::future::ready(made.is_some()))
            .count()
            .await;
        Ok((made, plan.len()))
    }

    async fn audio_links(&self, id: &ArticleId, ready: Option<&str>) -> Result<Vec<AudioLink>, AppError> {
        let mut links = Vec::new();
        for format in AudioFormat::ALL {
            let media_type = format.media_type();
            let finished = match ready {
                Some(revision) => self.finished(id, revision, format).await?,
                None => None,
            };
            let ext = format.extension();
            match finished {
                Some((digest, ready)) => {
                    let bytes = Some(ready.readable.rope.len());
                    links.push(AudioLink { url: format!("/audio/{digest}.{ext}"), media_type, bytes });
                }
                None if ready.is_none() => {
                    let url = format!("/v1/articles/{id}/audio.{ext}");
                    links.push(AudioLink { url, media_type, bytes: None });
                }
                None => {}
            }
        }
        Ok(links)
    }

    fn links(&self, id: &ArticleId, feed: Option<&str>) -> Links {
        Links {
            vtt: format!("/v1/articles/{id}/transcript.vtt"),
            feed: format!("/feeds/{}.xml", feed.filter(|feed| *feed != TRIALS).unwrap_or("default")),
            download: format!("/v1/articles/{id}/audio.mp3"),
            plays: format!("/v1/articles/{id}/plays"),
        }
    }

    fn finished_sentences(&self, planned: &Planned, ready: &Ready) -> Vec<Sentence> {
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
                    clip: clip.map_or(String::new(), |sha| format!("/clips/{sha}.mp3")),
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
        let encoder = renderer.bitrate().encoder();
        let mut at = Some(0);
        let mut sentences = Vec::with_capacity(plan.len());
        for (i, segment) in made.into_iter().enumerate() {
            let mut sentence = sentence(planned, i);
            sentence.start_frame = at;
            sentence.clip = format!("/v1/articles/{id}/clips/{i}.mp3?rev={name}");
            if let Some(segment) = segment {
                sentence.frames = u64::from(segment.frames);
                sentence.state = SentenceState::Ready;
                sentence.words = words(&plan, i, segment.frames, &segment.marks);
                if let Some(clip) = segment.clips.get(&encoder) {
                    sentence.clip = format!("/clips/{}.mp3", clip.digest);
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
