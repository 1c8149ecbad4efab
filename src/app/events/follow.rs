use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::StreamExt as _;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use crate::app::service::Planned;
use crate::app::{App, Kind};
use crate::article::ArticleId;
use crate::catalog::State;
use crate::render::Plan;
use crate::store::Key;

/// What is followed is looked at this often even when nobody says that it changed: another process
/// may be making it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Sentences looked for at such a look: the next ones, since they are made in order.
const LOOK_AHEAD: usize = 64;

/// Looks at the same time.
const LOOKS_AT_ONCE: usize = 16;

/// Looks without any listener after which a revision is not followed any more.
const IDLE_LOOKS_MAX: u32 = 6;

/// A revision that is followed while it is made.
pub(super) struct Followed {
    /// Names the log, for ids; another log of the same revision has another one.
    pub(super) epoch: String,
    log: watch::Sender<Log>,
}

/// What became of a revision so far.
#[derive(Debug)]
pub(super) struct Log {
    /// What is made, under the keys it is made under.
    pub(super) plan: Arc<Plan>,
    pub(super) state: State,
    /// Sentences in the order in which they were made; at most two entries a sentence and engine.
    pub(super) told: Vec<Told>,
    pub(super) end: Option<End>,
}

/// What became of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) i: u32,
    /// It was made; otherwise it could not be, for now.
    pub(super) said: bool,
}

/// Why there is nothing more to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It is ready, or failed for the reason given.
    Over(State, Option<String>),
    /// Another revision took its place; none when the article is gone.
    Replaced(Option<String>),
}

impl App {
    /// Joins those who follow a revision, or is the first.
    pub(super) async fn follow(
        &self,
        id: &ArticleId,
        name: &str,
        planned: &Planned,
        state: State,
    ) -> (Arc<Followed>, watch::Receiver<Log>) {
        let plan = self.inner.studio.current(&planned.plan).await;
        let plan = plan.unwrap_or_else(|_| Arc::clone(&planned.plan));
        let place = (id.clone(), name.to_owned());
        let mut board = self.inner.board.followed();
        if let Some(followed) = board.get(&place) {
            return (Arc::clone(followed), followed.log.subscribe());
        }
        let log = watch::Sender::new(Log { plan, state, told: Vec::new(), end: None });
        let seen = log.subscribe();
        let followed = Arc::new(Followed { epoch: epoch(), log });
        board.insert(place.clone(), Arc::clone(&followed));
        let follower = Follower::new(self.clone(), place, Arc::clone(&followed));
        self.inner.spawn(follower.run());
        (followed, seen)
    }
}

/// Random, so that no two logs share it; without entropy a returning listener may miss a clip, which
/// the manifest has.
fn epoch() -> String {
    let mut random = [0; 8];
    let _ = getrandom::fill(&mut random);
    hex::encode(random)
}

/// Follows one revision for all its listeners.
struct Follower {
    app: App,
    place: (ArticleId, String),
    followed: Arc<Followed>,
    plan: Arc<Plan>,
    /// Sentences that are not made yet.
    open: HashMap<Key, Vec<u32>>,
    /// Those of them that were told to be impossible for now.
    skipped: HashSet<u32>,
    /// Whether it was the article's current revision when it was first looked at.
    was_current: bool,
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut board = self.app.inner.board.followed();
        if board.get(&self.place).is_some_and(|there| Arc::ptr_eq(there, &self.followed)) {
            board.remove(&self.place);
        }
    }
}

impl Follower {
    fn new(app: App, place: (ArticleId, String), followed: Arc<Followed>) -> Self {
        let plan = Arc::clone(&followed.log.borrow().plan);
        let open = open(&plan);
        Self { app, place, followed, plan, open, skipped: HashSet::new(), was_current: false }
    }

    async fn run(mut self) {
        let stop = self.app.inner.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.follow() => {}
        }
    }

    async fn follow(&mut self) {
        let mut told = self.app.inner.studio.renderer().told();
        let mut changes = self.app.inner.board.changes.subscribe();
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        look.tick().await;
        self.look_for(usize::MAX).await;
        let mut idle = 0;
        let mut is_over = self.is_over().await;
        while !is_over {
            tokio::select! {
                key = told.recv() => match key {
                    Ok(key) => self.look_at(&[key]).await,
                    Err(RecvError::Lagged(_)) => self.look_for(usize::MAX).await,
                    Err(RecvError::Closed) => return,
                },
                // The sender lives in the app.
                _ = changes.changed() => is_over = self.is_over().await,
                _ = look.tick() => {
                    self.follow_engine().await;
                    self.look_for(LOOK_AHEAD).await;
                    idle = if self.followed.log.receiver_count() == 0 { idle + 1 } else { 0 };
                    is_over = idle >= IDLE_LOOKS_MAX && self.leave() || self.is_over().await;
                }
            }
        }
    }

    /// Whether nobody listens, and nobody can come any more.
    fn leave(&self) -> bool {
        let mut board = self.app.inner.board.followed();
        let alone = self.followed.log.receiver_count() == 0;
        if alone {
            board.remove(&self.place);
        }
        alone
    }

    /// An engine that was not there when this began may be there now, and makes other keys.
    async fn follow_engine(&mut self) {
        let Ok(plan) = self.app.inner.studio.current(&self.plan).await else { return };
        if plan.keys != self.plan.keys {
            self.open = open(&plan);
            self.plan = Arc::clone(&plan);
            self.skipped.clear();
            self.followed.log.send_modify(|log| log.plan = plan);
        }
    }

    /// Looks for the first `most` sentences that are not made yet.
    async fn look_for(&mut self, most: usize) {
        let keys = self.plan.keys.iter().filter(|key| self.open.contains_key(*key)).take(most);
        let keys: Vec<Key> = keys.copied().collect();
        self.look_at(&keys).await;
    }

    /// Logs those sentences that are there, or could not be made.
    async fn look_at(&mut self, keys: &[Key]) {
        let renderer = self.app.inner.studio.renderer().clone();
        let encoder = renderer.bitrate().encoder();
        let keys: Vec<Key> = keys.iter().filter(|key| self.open.contains_key(*key)).copied().collect();
        let mut looks = futures::stream::iter(keys)
            .map(|key| {
                let (renderer, encoder) = (renderer.clone(), encoder.clone());
                async move {
                    let segment = renderer.made(&key).await;
                    // Nobody is sent to an address that is not there yet.
                    let there = match segment.as_ref().and_then(|segment| segment.clips.get(&encoder)) {
                        Some(clip) => renderer.store().has_blob(clip).await,
                        None => false,
                    };
                    (key, there)
                }
            })
            .buffered(LOOKS_AT_ONCE);
        let mut news = Vec::new();
        while let Some((key, made)) = looks.next().await {
            if made {
                let sentences = self.open.remove(&key).unwrap_or_default();
                news.extend(sentences.into_iter().map(|i| Told { i, said: true }));
            } else if renderer.failure(&key).is_some() {
                let sentences = self.open.get(&key).into_iter().flatten();
                news.extend(
                    sentences.filter(|i| self.skipped.insert(**i)).map(|i| Told { i: *i, said: false }),
                );
            }
        }
        drop(looks);
        self.log(news);
    }

    fn log(&self, news: Vec<Told>) {
        if !news.is_empty() {
            self.followed.log.send_modify(|log| log.told.extend(news));
        }
    }

    /// Looks at the article; whether there is nothing more to follow.
    async fn is_over(&mut self) -> bool {
        let (id, name) = self.place.clone();
        let row = match self.app.row(&id).await {
            Ok(row) => row,
            Err(error) if matches!(error.kind, Kind::Gone | Kind::NotFound) => {
                return self.end(End::Replaced(None));
            }
            // The catalog cannot be read now; the next look may be luckier.
            Err(_) => return false,
        };
        let Ok(revision) = self.app.revision(&id, &name).await else { return false };
        let is_current = row.current_revision == name;
        let was_current = self.was_current;
        self.was_current |= is_current;
        match revision.state {
            State::Ready => {
                self.look_for(usize::MAX).await;
                let left = self.open.values().flatten().filter(|i| !self.skipped.contains(i));
                self.log(left.map(|i| Told { i: *i, said: false }).collect());
                self.end(End::Over(State::Ready, None))
            }
            State::Failed => self.end(End::Over(State::Failed, revision.error)),
            _ if was_current && !is_current => self.end(End::Replaced(Some(row.current_revision))),
            state => {
                self.followed.log.send_if_modified(|log| std::mem::replace(&mut log.state, state) != state);
                false
            }
        }
    }

    fn end(&self, end: End) -> bool {
        self.followed.log.send_modify(|log| log.end = Some(end));
        true
    }
}

fn open(plan: &Plan) -> HashMap<Key, Vec<u32>> {
    let mut open: HashMap<Key, Vec<u32>> = HashMap::with_capacity(plan.len());
    for (i, key) in plan.keys.iter().enumerate() {
        open.entry(*key).or_default().push(u32::try_from(i).unwrap_or(u32::MAX));
    }
    open
}
