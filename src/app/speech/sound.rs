use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Speech, SpeechFormat};
use crate::app::{AppError, AudioFormat, ByteStream, Kind};
use crate::audio::tags::{id3, list_info};
use crate::audio::whole::WholeCoder;
use crate::audio::{FRAME_MS, FRAME_SAMPLES, wav};
use crate::engine::Lane;
use crate::render::{Failure, Form, Heard, Plan, Segment, heard, words};

/// The sound of a text.
pub struct Sound {
    /// Its length in bytes, when it is known before it is made.
    pub bytes: Option<u64>,
    /// What it comes to; to be looked at when `stream` has ended.
    pub tally: Tally,
    /// The sound itself.
    pub stream: ByteStream,
}

/// How much was read and said.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Words of the text.
    pub words: u64,
    frames: Arc<AtomicU64>,
}

impl Tally {
    /// Of a text of so many words, of which nothing was said yet.
    #[must_use]
    pub fn new(words: u64) -> Self {
        Self { words, frames: Arc::default() }
    }

    /// Frames of 24 ms that were said so far, pauses included.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

/// A piece of sound, and the words in it. Laid side by side, the pieces are a file of the format.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// The next bytes.
    pub audio: Bytes,
    /// The words that are said in them.
    pub words: Vec<CaptionWord>,
}

/// A word as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptionWord {
    /// The word, with what is written onto it.
    pub word: String,
    /// When it begins, in milliseconds of the whole.
    pub start_ms: u64,
    /// When it ends.
    pub end_ms: u64,
}

impl Speech {
    /// The sound of the text, as it is made. When this returns, its first audio is there.
    ///
    /// # Errors
    /// An engine that is not there or has too much to do; a text of which nothing can be said.
    pub async fn sound(self, format: SpeechFormat) -> Result<Sound, AppError> {
        let known = if is_samples(format) { self.known_samples().await? } else { None };
        let tally = Tally::new(self.words as u64);
        let (frames, plan) = (Arc::clone(&tally.frames), Arc::clone(&self.plan));
        let wav = format == SpeechFormat::File(AudioFormat::Wav);
        // Where no size stands, nothing can stand behind the samples.
        let trailer = known.filter(|_| wav).map(|_| Bytes::from(list_info(&self.tags)));
        let trailing = trailer.as_ref().map_or(0, |trailer| trailer.len() as u64);
        let head = if wav { Some(wav_head(known, trailing)?) } else { None };
        let bytes = known.map(|samples| {
            head.as_ref().map_or(0, |head| head.len() as u64) + samples * wav::BYTES_PER_SAMPLE + trailing
        });
        let voiced = self.voiced(format).await?.try_filter_map(move |heard| {
            let next = match heard {
                Heard::Audio(bytes) | Heard::Tail(bytes) => Ok(Some(bytes)),
                Heard::Said { i, segment } => {
                    frames.fetch_add(length(&plan, i, &segment), Ordering::Relaxed);
                    Ok(None)
                }
                // A length was promised.
                Heard::Skipped { failure, .. } if known.is_some() => Err(failure.into()),
                Heard::Skipped { .. } => Ok(None),
            };
            std::future::ready(next)
        });
        let around = |bytes: Option<Bytes>| stream::iter(bytes.map(Ok));
        let stream = around(head).chain(voiced).chain(around(trailer)).boxed();
        Ok(Sound { bytes, tally, stream })
    }

    /// The sound in pieces, a sentence each, with the times of its words. When this returns, the first
    /// audio is there.
    ///
    /// # Errors
    /// See [`Speech::sound`].
    pub async fn captions(
        self,
        format: SpeechFormat,
    ) -> Result<BoxStream<'static, Result<Caption, AppError>>, AppError> {
        let plan = Arc::clone(&self.plan);
        let wav = format == SpeechFormat::File(AudioFormat::Wav);
        let mut waiting = if wav { wav_head(None, 0)?.to_vec() } else { Vec::new() };
        let mut frames = 0;
        let voiced = self.voiced(format).await?;
        let end = stream::once(std::future::ready(Ok(None)));
        let captions = voiced.map_ok(Some).chain(end).try_filter_map(move |heard| {
            let words = match heard {
                Some(Heard::Audio(bytes) | Heard::Tail(bytes)) => {
                    waiting.extend_from_slice(&bytes);
                    None
                }
                Some(Heard::Said { i, segment }) => {
                    let start_ms = frames * FRAME_MS;
                    frames += length(&plan, i, &segment);
                    Some(caption_words(&plan, i, &segment, start_ms))
                }
                Some(Heard::Skipped { .. }) => None,
                None if waiting.is_empty() => None,
                None => Some(Vec::new()),
            };
            let audio = words.map(|words| Caption { audio: std::mem::take(&mut waiting).into(), words });
            std::future::ready(Ok(audio))
        });
        Ok(captions.boxed())
    }

    /// Samples of the whole, when every sentence is made; one alone is waited for, since its WAV would
    /// begin no sooner.
    async fn known_samples(&self) -> Result<Option<u64>, AppError> {
        if self.plan.len() == 1 {
            let (casting, utterance) = self.plan.said(0);
            let answer = self.renderer.ask(casting, utterance, Lane::Listener).await?;
            let frames = length(&self.plan, 0, answer.segment().await?.as_ref());
            return Ok(Some(frames * FRAME_SAMPLES as u64));
        }
        let mut frames = 0;
        for (i, key) in self.plan.keys.iter().enumerate() {
            let Some(segment) = self.renderer.made(key).await else { return Ok(None) };
            frames += length(&self.plan, i, &segment);
        }
        Ok(Some(frames * FRAME_SAMPLES as u64))
    }

    /// What is heard, in a format, with the head of all formats but WAV; its first audio is there.
    async fn voiced(
        self,
        format: SpeechFormat,
    ) -> Result<BoxStream<'static, Result<Heard, AppError>>, AppError> {
        let (form, coder, head) = match format {
            SpeechFormat::File(AudioFormat::Mp3) => {
                let head = Bytes::from(id3(&self.tags));
                (Form::Mp3(self.renderer.bitrate()), None, head)
            }
            SpeechFormat::Pcm | SpeechFormat::File(AudioFormat::Wav) => (Form::Wav, None, Bytes::new()),
            SpeechFormat::File(file) => {
                let whole = file.whole().ok_or_else(|| not_coded("no coder has this format"))?;
                let (coder, head) = WholeCoder::streaming(whole, &self.tags).map_err(not_coded)?;
                (Form::Wav, Some(coder), head)
            }
        };
        let heard = opened(heard(&self.renderer, Arc::clone(&self.plan), form).boxed()).await?;
        let voicing = Voicing { heard, coder, coding: self.coding, _turn: self.turn };
        let head = (!head.is_empty()).then_some(Ok(Heard::Audio(head)));
        Ok(stream::iter(head).chain(stream::try_unfold(voicing, Voicing::next)).boxed())
    }
}

fn is_samples(format: SpeechFormat) -> bool {
    matches!(format, SpeechFormat::Pcm | SpeechFormat::File(AudioFormat::Wav))
}

fn wav_head(samples: Option<u64>, trailing: u64) -> Result<Bytes, AppError> {
    let head = match samples {
        None => wav::streaming_header(),
        Some(samples) => {
            wav::header(samples, u32::try_from(trailing).unwrap_or(u32::MAX)).map_err(|error| {
                AppError::new(Kind::Invalid, "wav_too_long", error.to_string()).about("response_format")
            })?
        }
    };
    Ok(Bytes::copy_from_slice(&head))
}

/// Frames of a sentence and the pause after it.
fn length(plan: &Plan, i: usize, segment: &Segment) -> u64 {
    u64::from(segment.frames) + u64::from(plan.pause_frames(i))
}

fn caption_words(plan: &Plan, i: usize, segment: &Segment, sentence_ms: u64) -> Vec<CaptionWord> {
    let source: Vec<u16> = plan.utterances[i].source.encode_utf16().collect();
    let words = words(plan, i, segment.frames, &segment.marks).into_iter();
    words
        .map(|[offset, length, start_ms, end_ms]| {
            let (from, to) = (offset as usize, offset as usize + length as usize);
            CaptionWord {
                word: String::from_utf16_lossy(source.get(from..to).unwrap_or_default()),
                start_ms: sentence_ms + u64::from(start_ms),
                end_ms: sentence_ms + u64::from(end_ms),
            }
        })
        .collect()
}

type Hearing = BoxStream<'static, Result<Heard, Failure>>;

/// Waits for the first audio, so that what cannot be said is known before an answer starts.
async fn opened(mut heard: Hearing) -> Result<Hearing, AppError> {
    let mut before = Vec::new();
    let mut why = None;
    while let Some(next) = heard.try_next().await? {
        match &next {
            Heard::Skipped { failure, .. } => why = Some(failure.clone()),
            Heard::Tail(_) => break,
            Heard::Audio(_) | Heard::Said { .. } => {
                before.push(Ok(next));
                return Ok(stream::iter(before).chain(heard).boxed());
            }
        }
        before.push(Ok(next));
    }
    Err(why.map_or_else(
        || AppError::new(Kind::Unprocessable, "nothing_said", "nothing of this text could be said"),
        AppError::from,
    ))
}

/// From what is heard to bytes of a format.
struct Voicing {
    heard: Hearing,
    coder: Option<WholeCoder>,
    coding: Arc<Semaphore>,
    /// Held until all is said or nobody listens any more.
    _turn: OwnedSemaphorePermit,
}

impl Voicing {
    async fn next(mut self) -> Result<Option<(Heard, Self)>, AppError> {
        loop {
            match (self.heard.try_next().await?, self.coder.take()) {
                (Some(Heard::Audio(samples)), Some(coder)) => {
                    let (coder, coded) = code(Arc::clone(&self.coding), coder, samples).await?;
                    self.coder = Some(coder);
                    if !coded.is_empty() {
                        return Ok(Some((Heard::Audio(coded), self)));
                    }
                }
                (Some(heard), coder) => {
                    self.coder = coder;
                    return Ok(Some((heard, self)));
                }
                (None, Some(coder)) => {
                    let finish = move || {
                        let mut out = Vec::new();
                        coder.finish(&mut out).map(|_| out)
                    };
                    let finished = tokio::task::spawn_blocking(finish).await.map_err(not_coded)?;
                    return Ok(Some((Heard::Tail(finished.map_err(not_coded)?.into()), self)));
                }
                (None, None) => return Ok(None),
            }
        }
    }
}

/// Codes samples, off the threads that serve.
async fn code(
    coding: Arc<Semaphore>,
    mut coder: WholeCoder,
    samples: Bytes,
) -> Result<(WholeCoder, Bytes), AppError> {
    let _turn = coding.acquire().await.map_err(not_coded)?;
    let coding = tokio::task::spawn_blocking(move || {
        let samples: Vec<i16> =
            samples.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        let mut out = Vec::new();
        coder.push(&samples, &mut out).map(|()| (coder, Bytes::from(out)))
    });
    coding.await.map_err(not_coded)?.map_err(not_coded)
}

fn not_coded(error: impl std::fmt::Display) -> AppError {
    AppError::internal("coding speech", anyhow::anyhow!("{error}"))
}
