//! What happens to the audio of an article, told as it happens.
//!
//! One task follows a revision that is being made, however many listeners there are, and keeps a log
//! of its sentences in the order in which they were made. A listener is a place in that log: nothing
//! waits in memory for a slow one, and one who comes back with the last id it saw goes on from there.

mod follow;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use self::follow::{Followed, Log, Told};
use super::manifest::query_of;
use super::service::{Planned, Ready};
use super::{AI_NOTE, App, AppError, AudioFormat, AudioLink, Kind, Sentence, SentenceState, Wish};
use crate::article::{ArticleId, listen_label, listen_minutes};
use crate::audio::FRAME_MS;
use crate::catalog::State;
use crate::render::{Plan, Word, words};

/// Events on their way to a listener.
const WAITING_MAX: usize = 16;

/// How long a listener may take no event before it is sent away; it may come back and go on.
const SEND_WAIT: Duration = Duration::from_secs(30);

/// Seconds after which one who was sent away for want of room may come back.
const FULL_RETRY_S: u64 = 10;

/// What ends the id of the last event of a finished revision.
const END: &str = "end";

/// One event, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `state`, `clip`, `ready` or `changed`.
    pub name: &'static str,
    /// What a listener that comes back tells.
    pub id: String,
    /// JSON, on one line.
    pub data: String,
}

/// What a listener gets.
pub enum Events {
    /// Events as they come; the stream ends after the last one.
    Coming(mpsc::Receiver<Event>),
    /// The listener has had the last one.
    Over,
}

/// Who follows what.
pub(super) struct Board {
    followed: Mutex<HashMap<(ArticleId, String), Arc<Followed>>>,
    places: Arc<Semaphore>,
    /// Stepped when the state of any article may have changed.
    changes: watch::Sender<u64>,
}

impl Board {
    pub(super) fn new(places: usize) -> Self {
        let places = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self { followed: Mutex::default(), places, changes: watch::Sender::new(0) }
    }

    /// The state of an article may have changed.
    pub(super) fn changed(&self) {
        self.changes.send_modify(|step| *step = step.wrapping_add(1));
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<(ArticleId, String), Arc<Followed>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Serialize)]
struct StateData<'a> {
    revision: &'a str,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
}

#[derive(Serialize)]
struct ClipData<'a> {
    i: usize,
    state: SentenceState,
    frames: u64,
    pause_frames: u64,
    clip: Option<&'a str>,
    words: &'a [Word],
}

#[derive(Serialize)]
struct ReadyData<'a> {
    revision: &'a str,
    duration_ms: u64,
    label: String,
    audio: Vec<AudioLink>,
    ai: &'static str,
}

#[derive(Serialize)]
struct ChangedData<'a> {
    revision: Option<&'a str>,
}

impl App {
    /// What happens to the audio of a revision (the current one when none is wished for): first how it
    /// stands and every sentence that is there, then what changes, until it is ready, failed or
    /// replaced. `last_id` is the id of the last event a returning listener saw.
    ///
    /// # Errors
    /// An unknown or deleted article or revision; too many listeners.
    pub async fn events(
        &self,
        id: &ArticleId,
        wish: &Wish,
        last_id: Option<&str>,
    ) -> Result<Events, AppError> {
        let row = self.row(id).await?;
        let granted = self.granted(&row, wish).await?;
        let query = if granted.is_some() { query_of(wish) } else { String::new() };
        let name = granted.or_else(|| wish.rev.clone()).unwrap_or_else(|| row.current_revision.clone());
        let revision = self.revision(id, &name).await?;
        let (before, place) = last_id.and_then(|last| last.rsplit_once('.')).unzip();
        let is_over = matches!(revision.state, State::Ready | State::Failed);
        if is_over && before == Some(name.as_str()) && place == Some(END) {
            return Ok(Events::Over);
        }
        let permit = Arc::clone(&self.inner.board.places).try_acquire_owned().map_err(|_| {
            let message = "too many listeners follow articles now; read the manifest instead, or come back";
            AppError::new(Kind::Unavailable, "too_many_streams", message).retry_after(FULL_RETRY_S)
        })?;
        let (send, coming) = mpsc::channel(WAITING_MAX);
        let planned = self.planned(id, &name).await?;
        let teller = Teller {
            app: self.clone(),
            id: id.clone(),
            name,
            query,
            planned,
            send,
            wait: SEND_WAIT,
            _permit: permit,
        };
        if is_over {
            self.inner.spawn(teller.run_whole(revision.error, revision.state));
        } else {
            let (followed, log) = self.follow(id, &teller.name, &teller.planned, revision.state).await;
            let from = place.and_then(|place| place.parse().ok());
            let from = from.filter(|_| before == Some(followed.epoch.as_str())).unwrap_or(0);
            self.inner.spawn(teller.run(followed.epoch.clone(), log, from));
        }
        Ok(Events::Coming(coming))
    }
}

/// The listener is gone, or takes nothing.
struct Gone;

/// Tells one listener.
struct Teller {
    app: App,
    id: ArticleId,
    name: String,
    /// What asks for it, when it is another than the publisher's own.
    query: String,
    planned: Arc<Planned>,
    send: mpsc::Sender<Event>,
    wait: Duration,
    /// Its place among the listeners, until it leaves.
    _permit: OwnedSemaphorePermit,
}

impl Teller {
    /// Tells what is followed, from a place in its log on.
    async fn run(self, epoch: String, log: watch::Receiver<Log>, from: usize) {
        let stop = self.app.inner.stop.clone();
        tokio::select! {
            () = self.send.closed() => {}
            () = stop.cancelled() => {}
            _ = self.tell(&epoch, log, from) => {}
        }
    }

    async fn tell(&self, epoch: &str, mut log: watch::Receiver<Log>, from: usize) -> Result<(), Gone> {
        let mut at = from;
        let mut state = None;
        loop {
            let seen = {
                let log = log.borrow_and_update();
                at = at.min(log.told.len());
                Seen {
                    plan: Arc::clone(&log.plan),
                    state: log.state,
                    new: log.told[at..].to_vec(),
                    end: log.end.clone(),
                }
            };
            if state != Some(seen.state) && seen.end.is_none() {
                state = Some(seen.state);
                let data = StateData { revision: &self.name, state: seen.state, problem: None };
                self.give("state", format!("{epoch}.{at}"), &data).await?;
            }
            for told in seen.new {
                at += 1;
                self.sentence(told, &seen.plan, format!("{epoch}.{at}")).await?;
            }
            match seen.end {
                None => {}
                Some(follow::End::Over(state, problem)) => return self.end(state, problem.as_deref()).await,
                Some(follow::End::Replaced(revision)) => {
                    let data = ChangedData { revision: revision.as_deref() };
                    return self.give("changed", format!("{}.{END}", self.name), &data).await;
                }
            }
            if log.changed().await.is_err() {
                // Whoever followed it has stopped: so does the service.
                return Ok(());
            }
        }
    }

    async fn sentence(&self, told: Told, plan: &Plan, id: String) -> Result<(), Gone> {
        let Told { i, said } = told;
        let i = i as usize;
        let skipped =
            ClipData { i, state: SentenceState::Skipped, frames: 0, pause_frames: 0, clip: None, words: &[] };
        if !said {
            return self.give("clip", id, &skipped).await;
        }
        let renderer = self.app.inner.studio.renderer();
        // What was collected meanwhile is made again by those who ask for it.
        let Some(segment) = renderer.made(&plan.keys[i]).await else { return Ok(()) };
        let clip = segment.clips.get(&renderer.bitrate().encoder());
        let clip = clip.map(|clip| format!("/clips/{}.mp3", clip.digest));
        let words = words(plan, i, segment.frames, &segment.marks);
        let data = ClipData {
            state: SentenceState::Ready,
            frames: segment.frames.into(),
            pause_frames: plan.pause_frames(i).into(),
            clip: clip.as_deref(),
            words: &words,
            ..skipped
        };
        self.give("clip", id, &data).await
    }

    /// Tells a listener who comes when all is over.
    async fn run_whole(self, problem: Option<String>, state: State) {
        let stop = self.app.inner.stop.clone();
        let telling = async {
            self.state(state, problem.as_deref()).await?;
            let ready = self.app.finished(&self.id, &self.name, AudioFormat::Mp3).await;
            match ready {
                Ok(Some((_, ready))) if state == State::Ready => {
                    self.all(&ready).await?;
                    self.ready(&ready).await
                }
                _ => Ok(()),
            }
        };
        tokio::select! {
            () = self.send.closed() => {}
            () = stop.cancelled() => {}
            _ = telling => {}
        }
    }

    async fn all(&self, ready: &Ready) -> Result<(), Gone> {
        for sentence in self.app.finished_sentences(&self.planned, ready) {
            let Sentence { i, state, frames, pause_frames, clip, words, .. } = &sentence;
            let clip = Some(clip.as_str()).filter(|clip| !clip.is_empty());
            let data =
                ClipData { i: *i, state: *state, frames: *frames, pause_frames: *pause_frames, clip, words };
            self.give("clip", format!("{}.0", self.name), &data).await?;
        }
        Ok(())
    }

    /// How it ended, to a listener who has had all the rest.
    async fn end(&self, state: State, problem: Option<&str>) -> Result<(), Gone> {
        self.state(state, problem).await?;
        let ready = self.app.finished(&self.id, &self.name, AudioFormat::Mp3).await;
        match ready {
            Ok(Some((_, ready))) if state == State::Ready => self.ready(&ready).await,
            _ => Ok(()),
        }
    }

    /// A state in which nothing is made any more; the last event when that is a failure.
    async fn state(&self, state: State, problem: Option<&str>) -> Result<(), Gone> {
        let place = if state == State::Failed { END } else { "0" };
        let data = StateData { revision: &self.name, state, problem };
        self.give("state", format!("{}.{place}", self.name), &data).await
    }

    async fn ready(&self, ready: &Ready) -> Result<(), Gone> {
        // Deleted this moment: the stream ends, and the next look says so.
        let audio = self.app.audio_links(&self.id, Some(&self.name), &self.query).await;
        let Ok(audio) = audio else { return Ok(()) };
        let duration_ms = ready.frames * FRAME_MS;
        let label = listen_label(listen_minutes(duration_ms));
        let data = ReadyData { revision: &self.name, duration_ms, label, audio, ai: AI_NOTE };
        self.give("ready", format!("{}.{END}", self.name), &data).await
    }

    async fn give(&self, name: &'static str, id: String, data: &impl Serialize) -> Result<(), Gone> {
        let data = serde_json::to_string(data).expect("plain data with string keys always has a JSON form");
        let sent = self.send.send_timeout(Event { name, id, data }, self.wait).await;
        sent.map_err(|_| Gone)
    }
}

/// What a log says at one moment.
struct Seen {
    plan: Arc<Plan>,
    state: State,
    new: Vec<Told>,
    end: Option<follow::End>,
}

#[cfg(test)]
mod tests;
