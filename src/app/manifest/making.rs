use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{AudioLink, ClipFormat, Links, Manifest, Sentence, SentenceState};
use crate::app::UNTAGGED;
use crate::app::publish::estimated_minutes;
use crate::app::service::{Planned, Ready};
use crate::app::trials::TRIALS;
use crate::app::types::{AudioFormat, Wish};
use crate::app::{AI_NOTE, App, AppError, Ui};
use crate::article::{Article, ArticleId, BlockKind, listen_minutes, read_minutes};
use crate::audio::rope::Piece;
use crate::audio::{Bitrate, FRAME_MS, silent_frame};
use crate::catalog::State;
use crate::render::words;

impl App {
    /// What a player needs to know of an article, as far as it is made now.
    ///
    /// # Errors
    /// An unknown or deleted article; an unknown revision; a rendition that is not offered.
    pub async fn manifest(&self, id: &ArticleId, wish: &Wish) -> Result<Manifest, AppError> {
        let mut row = self.row(id).await?;
        let granted = self.granted(&row, wish).await?;
        let own = granted.is_none();
        let name = granted.or_else(|| wish.rev.clone()).unwrap_or_else(|| row.current_revision.clone());
        let revision = self.revision(id, &name).await?;
        if own && revision.state == State::Ready && row.ready_revision.as_ref() != Some(&name) {
            // It may have been finished between the two looks.
            row = self.row(id).await?;
        }
        let planned = self.planned(id, &name).await?;
        let offers = self.offers(self.planned(id, &row.current_revision).await?.as_ref());
        // A wish's revision stands beside the article's own, and is served as soon as it is finished.
        let (ready_revision, query) = if own {
            (row.ready_revision.clone(), String::new())
        } else {
            (Some(name.clone()).filter(|_| revision.state == State::Ready), query_of(wish))
        };
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
        let article = &planned.article;
        let ui = Ui::of(&article.lang);
        Ok(Manifest {
            v: 1,
            id: id.clone(),
            revision: name,
            ready_revision: ready_revision.clone(),
            title: article.title.clone(),
            byline: article.byline.clone(),
            publisher: self.publisher_of(article),
            lang: article.lang.to_string(),
            url: article.url.clone(),
            published: article.published.clone(),
            image: article.image.clone(),
            voice: planned.plan.casting.voice.clone(),
            rate: planned.rate,
            offers,
            state: revision.state,
            problem: revision.error,
            duration_ms,
            duration_is_estimate: finished.is_none(),
            words,
            read_minutes: read_minutes(words),
            listen_minutes: minutes,
            label: ui.label(minutes),
            frame_ms: FRAME_MS,
            audio: self.audio_links(id, ready_revision.as_deref(), &query).await?,
            clips: clip_format(self.inner.studio.renderer().bitrate()),
            sentences,
            next: self.follows(id).await?,
            ui,
            links: self.links(id, row.feed.as_deref(), &query),
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
        let segments = self.inner.seen.segments(self.inner.studio.renderer(), id, revision, &plan).await;
        let made = segments.iter().flatten().count();
        Ok((made, plan.len()))
    }

    pub(in crate::app) async fn audio_links(
        &self,
        id: &ArticleId,
        ready: Option<&str>,
        query: &str,
    ) -> Result<Vec<AudioLink>, AppError> {
        let finished = match ready {
            Some(revision) => self.inner.catalog.renditions_of(id, revision).await?,
            None => Vec::new(),
        };
        let mut links = Vec::new();
        for format in self.formats() {
            let (ext, media_type) = (format.extension(), format.media_type());
            let recorded = finished.iter().map(|stored| &stored.rendition).find(|r| r.format == ext);
            let (url, bytes) = match recorded {
                Some(recorded) => (format!("/audio/{}.{ext}", recorded.digest), Some(recorded.bytes)),
                // What is joined can be heard while it is made, the rest is coded when it is asked for.
                None if ready.is_some() == format.is_further() => {
                    (format!("/v1/articles/{id}/audio.{ext}{query}"), None)
                }
                None => continue,
            };
            let untagged = recorded.filter(|_| format == AudioFormat::Mp3);
            let untagged = untagged.map(|recorded| format!("/audio/{}.{UNTAGGED}.mp3", recorded.digest));
            links.push(AudioLink { url, media_type, bytes, kbps: None, untagged });
        }
        if ready.is_some() {
            links.extend(self.bitrates().skip(1).map(|bitrate| {
                let (kbps, name) = (bitrate.kbps(), AudioFormat::Mp3At(bitrate).name());
                let recorded = finished.iter().map(|stored| &stored.rendition).find(|r| r.format == name);
                let url = match recorded {
                    Some(recorded) => format!("/audio/{}.mp3", recorded.digest),
                    None if query.is_empty() => format!("/v1/articles/{id}/audio.mp3?kbps={kbps}"),
                    None => format!("/v1/articles/{id}/audio.mp3{query}&kbps={kbps}"),
                };
                let (media_type, bytes) = (AudioFormat::Mp3.media_type(), recorded.map(|r| r.bytes));
                AudioLink { url, media_type, bytes, kbps: Some(kbps), untagged: None }
            }));
        }
        Ok(links)
    }

    fn publisher_of(&self, article: &Article) -> Option<String> {
        let house = &self.config().publisher;
        article.publisher.clone().or_else(|| Some(house.clone()).filter(|house| !house.is_empty()))
    }

    fn links(&self, id: &ArticleId, feed: Option<&str>, query: &str) -> Links {
        Links {
            vtt: format!("/v1/articles/{id}/transcript.vtt{query}"),
            srt: format!("/v1/articles/{id}/transcript.srt{query}"),
            json: format!("/v1/articles/{id}/transcript.json{query}"),
            html: format!("/v1/articles/{id}/transcript.html{query}"),
            chapters: format!("/v1/articles/{id}/chapters.json{query}"),
            events: format!("/v1/articles/{id}/events{query}"),
            feed: format!("/feeds/{}.xml", feed.filter(|feed| *feed != TRIALS).unwrap_or("default")),
            embed: format!("/embed/{id}"),
            jsonld: format!("/v1/articles/{id}/jsonld"),
            download: format!("/v1/articles/{id}/audio.mp3{query}"),
            plays: format!("/v1/articles/{id}/plays"),
        }
    }

    pub(in crate::app) fn finished_sentences(&self, planned: &Planned, ready: &Ready) -> Vec<Sentence> {
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
        let made = self.inner.seen.segments(renderer, id, name, &plan).await;
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
                    self.inner.handed_out.note(id, name, i, clip);
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

fn clip_format(bitrate: Bitrate) -> ClipFormat {
    ClipFormat {
        media_type: AudioFormat::Mp3.media_type(),
        bytes_per_frame: bitrate.bytes_per_frame(),
        silent_frame: BASE64_STANDARD.encode(silent_frame(bitrate)),
    }
}

/// A wish as the query of an address.
pub(in crate::app) fn query_of(wish: &Wish) -> String {
    let mut query = url::form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
    if let Some(voice) = &wish.voice {
        query.append_pair("voice", voice);
    }
    if let Some(rate) = wish.rate {
        query.append_pair("rate", &rate.to_string());
    }
    query.finish()
}

/// Sentence `i` as far as it is known without audio.
fn sentence(planned: &Planned, i: usize) -> Sentence {
    let (plan, utterance) = (&planned.plan, &planned.plan.utterances[i]);
    let block = planned.article.blocks.get(utterance.block as usize);
    let casting = plan.casting_of(i);
    Sentence {
        i,
        block: utterance.block,
        kind: block.map_or(BlockKind::Paragraph, |block| block.kind),
        part: utterance.part,
        voice: Some(&casting.voice).filter(|voice| **voice != plan.casting.voice).cloned(),
        text: utterance.source.clone(),
        start_frame: None,
        frames: casting.estimate_frames(&utterance.source),
        pause_frames: u64::from(plan.pause_frames(i)),
        state: SentenceState::Pending,
        clip: String::new(),
        words: Vec::new(),
    }
}
