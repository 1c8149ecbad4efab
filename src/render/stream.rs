use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use metrics::histogram;
use tokio::sync::mpsc;

use super::flight::Outcome;
use super::renderer::{Answer, Making};
use super::{Failure, FailureKind, Form, Plan, Renderer, Segment};
use crate::audio::rope::{Coding, Part, Piece, Rope, Silence};
use crate::audio::{mp3, wav};
use crate::engine::Lane;

/// Sentences that are asked for ahead of the one being sent.
const AHEAD: usize = 3;

/// How often, and after how long, a sentence is asked for again when too many are waiting.
const BUSY_TRIES: usize = 60;
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// Chunks that wait for a slow listener.
const WAITING_MAX: usize = 16;

/// What is heard of a plan, in order.
#[derive(Clone, Debug)]
pub enum Heard {
    /// The next bytes of its audio.
    Audio(Bytes),
    /// What ends the audio of a form that needs an end.
    Tail(Bytes),
    /// Utterance `i` was said: its audio, and that of the pause after it, came before this.
    Said {
        /// Its index.
        i: usize,
        /// What was made.
        segment: Arc<Segment>,
    },
    /// Utterance `i` could not be said, and is left out.
    Skipped {
        /// Its index.
        i: usize,
        /// Why.
        failure: Failure,
    },
}

/// The audio of a plan from the start, each frame as soon as it is made, behind `head`; see [`heard`].
pub fn stream(
    renderer: &Renderer,
    plan: Arc<Plan>,
    form: Form,
    head: Bytes,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send + use<> {
    let heard = heard(renderer, plan, form).filter_map(|heard| {
        std::future::ready(match heard {
            Ok(Heard::Audio(bytes) | Heard::Tail(bytes)) => Some(Ok(bytes)),
            Ok(Heard::Said { .. } | Heard::Skipped { .. }) => None,
            Err(failure) => Some(Err(failure)),
        })
    });
    futures::stream::iter((!head.is_empty()).then_some(Ok(head))).chain(heard)
}

/// The audio of a plan from the start, each frame as soon as it is made, and which sentence it was.
/// Its audio frames are those of the finished rendition; a sentence that cannot be said is left out.
/// It ends when the receiver is dropped, and what only it had asked for is then not made.
///
/// An `Err` is its last item: nothing can be said for now.
pub fn heard(
    renderer: &Renderer,
    plan: Arc<Plan>,
    form: Form,
) -> impl Stream<Item = Result<Heard, Failure>> + Send + use<> {
    let (send, mut receive) = mpsc::channel(WAITING_MAX);
    let sender = Sender { renderer: renderer.clone(), plan, form, send, since: Some(Instant::now()) };
    renderer.spawn(async move {
        let listening = sender.send.clone();
        // A listener that left is no failure, and nothing is made for it any more: not even a sentence
        // that an engine has not begun.
        tokio::select! {
            () = listening.closed() => {}
            _ = sender.run() => {}
        }
    });
    futures::stream::poll_fn(move |context| receive.poll_recv(context))
}

/// The listener has left.
struct Left;

struct Sender {
    renderer: Renderer,
    plan: Arc<Plan>,
    form: Form,
    send: mpsc::Sender<Result<Heard, Failure>>,
    /// When the request came, until its first audio is sent.
    since: Option<Instant>,
}

impl Sender {
    async fn run(mut self) -> Result<(), Left> {
        let mut asked = VecDeque::with_capacity(AHEAD + 1);
        for i in 0..self.plan.len() {
            while asked.len() <= AHEAD && i + asked.len() < self.plan.len() {
                let (casting, utterance) = self.plan.said(i + asked.len());
                asked.push_back(self.renderer.ask(casting, utterance, Lane::Listener).await);
            }
            let Some(answer) = asked.pop_front() else { break };
            let mut said = self.sentence(i, answer).await?;
            // Many listeners of many new articles: this one's turn comes.
            for _ in 0..BUSY_TRIES {
                if !said.as_ref().is_err_and(|failure| failure.kind == FailureKind::Busy) {
                    break;
                }
                tokio::time::sleep(BUSY_PAUSE).await;
                let (casting, utterance) = self.plan.said(i);
                let again = self.renderer.ask(casting, utterance, Lane::Listener).await;
                said = self.sentence(i, again).await?;
            }
            match said {
                Ok(segment) => self.tell(Heard::Said { i, segment }).await?,
                Err(failure) if failure.is_of_one_sentence() => {
                    self.tell(Heard::Skipped { i, failure }).await?;
                }
                Err(failure) => {
                    let _ = self.send.send(Err(failure)).await;
                    return Ok(());
                }
            }
        }
        if let Form::Mp3(bitrate) = self.form {
            let tail = mp3::silent_frame(bitrate).repeat(mp3::TAIL_FRAMES as usize);
            self.tell(Heard::Tail(Bytes::from(tail))).await?;
        }
        Ok(())
    }

    async fn sentence(
        &mut self,
        i: usize,
        answer: Result<Answer, Failure>,
    ) -> Result<Result<Arc<Segment>, Failure>, Left> {
        let sent = match answer {
            Err(failure) => Err(failure),
            Ok(Answer::Stored(segment)) => {
                self.since = None;
                self.stored(i, segment).await?
            }
            Ok(Answer::Making(making)) => self.making(i, making).await?,
        };
        if sent.is_ok() {
            self.silence(self.form.coding(), u64::from(self.plan.pause_frames(i))).await?;
        }
        Ok(sent)
    }

    async fn making(&mut self, i: usize, making: Making) -> Result<Result<Arc<Segment>, Failure>, Left> {
        if self.form == Form::Wav {
            return match making.outcome().await {
                Outcome::Made { segment, wav } => {
                    self.audio(wav.slice(wav::HEADER_BYTES..)).await?;
                    Ok(Ok(segment))
                }
                Outcome::Found(segment) => self.stored(i, segment).await,
                Outcome::Failed(failure) => Ok(Err(failure)),
            };
        }
        let mut from = 0;
        loop {
            let (frames, outcome) = making.more(from).await;
            from += frames.len();
            for chunk in frames {
                self.audio(chunk).await?;
            }
            match outcome {
                None => {}
                Some(Outcome::Made { segment, .. }) => return Ok(Ok(segment)),
                Some(Outcome::Found(segment)) => return self.stored(i, segment).await,
                Some(Outcome::Failed(failure)) => return Ok(Err(failure)),
            }
        }
    }

    /// A segment from the store; one that is damaged there is made again.
    async fn stored(
        &mut self,
        i: usize,
        segment: Arc<Segment>,
    ) -> Result<Result<Arc<Segment>, Failure>, Left> {
        let blob = match self.form {
            Form::Mp3(bitrate) => segment.clips.get(&bitrate.encoder()),
            Form::Wav => Some(&segment.wav),
        };
        let Some(blob) = blob else {
            return Ok(Err(Failure::new(FailureKind::Store, "a segment has no clip of this bit rate")));
        };
        let (casting, utterance) = self.plan.said(i);
        let bytes = match self.renderer.blob(blob, self.form, casting, utterance).await {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Err(failure)),
        };
        let from = if self.form == Form::Wav { wav::HEADER_BYTES } else { 0 };
        self.audio(bytes.slice(from.min(bytes.len())..)).await?;
        Ok(Ok(segment))
    }

    async fn silence(&mut self, coding: Coding, frames: u64) -> Result<(), Left> {
        let mut run = Rope::new();
        run.push(Piece::Silence(Silence { coding, frames }));
        let parts: Vec<Part> = run.slice(0..run.len()).collect();
        for part in parts {
            if let Part::Bytes(bytes) = part {
                self.give(bytes).await?;
            }
        }
        Ok(())
    }

    async fn audio(&mut self, bytes: Bytes) -> Result<(), Left> {
        if let Some(since) = self.since.take() {
            histogram!("listen_first_audio_seconds").record(since.elapsed().as_secs_f64());
        }
        self.give(bytes).await
    }

    async fn give(&mut self, bytes: Bytes) -> Result<(), Left> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.tell(Heard::Audio(bytes)).await
    }

    async fn tell(&self, heard: Heard) -> Result<(), Left> {
        self.send.send(Ok(heard)).await.map_err(|_| Left)
    }
}
