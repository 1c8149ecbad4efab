//! One running synthesis, shared by everyone who asked for it.
//!
//! Its contract: whoever finds a flight under a key joins it; the flight looks into the store once
//! more after it was entered, so that nothing is made twice; it goes on while anybody holds a
//! handle, and when the last handle is dropped before an engine has started, it is cancelled.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::segment::Segment;
use super::{Failure, FailureKind};
use crate::engine::{Lane, Ticket};

/// How a flight ended for its listeners.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The segment was in the store already.
    Found(Arc<Segment>),
    /// It was made; its bytes are at hand.
    Made { segment: Arc<Segment>, wav: Bytes },
    /// It could not be made.
    Failed(Failure),
}

/// A running synthesis.
pub(super) struct Flight {
    state: Mutex<State>,
    /// More frames, or its end; for listeners.
    more: watch::Sender<()>,
    /// Its end, or that it is kept; who waits for these is not woken for each frame.
    ended: watch::Sender<()>,
}

struct State {
    askers: usize,
    lane: Lane,
    ticket: Option<Ticket>,
    frames: Vec<Bytes>,
    outcome: Option<Outcome>,
    kept: Option<Result<(), Failure>>,
}

impl Flight {
    pub(super) fn new(lane: Lane) -> Self {
        let state = State { askers: 1, lane, ticket: None, frames: Vec::new(), outcome: None, kept: None };
        Self { state: Mutex::new(state), more: watch::Sender::new(()), ended: watch::Sender::new(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more asker; a listener moves it before a publisher's bulk work.
    pub(super) fn join(&self, lane: Lane) {
        let mut state = self.state();
        state.askers += 1;
        if lane == Lane::Listener && state.lane == Lane::Bulk {
            state.lane = Lane::Listener;
            if let Some(ticket) = &state.ticket {
                ticket.promote();
            }
        }
    }

    /// One asker less; whether the flight is now cancelled and must leave the table.
    pub(super) fn leave(&self) -> bool {
        let mut state = self.state();
        state.askers -= 1;
        if state.askers > 0 || state.outcome.is_some() {
            return false;
        }
        let cancelled = state.ticket.as_ref().is_none_or(Ticket::cancel);
        if cancelled {
            state.outcome = Some(Outcome::Failed(nobody_waits()));
            state.kept = Some(Err(nobody_waits()));
        }
        cancelled
    }

    /// Runs `submit` for the lane its askers want, unless nobody waits any more.
    pub(super) fn submit(&self, submit: impl FnOnce(Lane) -> Result<Ticket, Failure>) -> Result<(), Failure> {
        let mut state = self.state();
        if state.outcome.is_some() {
            return Err(nobody_waits());
        }
        state.ticket = Some(submit(state.lane)?);
        Ok(())
    }

    /// More frames of the clip.
    pub(super) fn publish(&self, frames: &[u8]) {
        self.state().frames.push(Bytes::copy_from_slice(frames));
        self.more.send_replace(());
    }

    /// What became of it; listeners go on at once.
    pub(super) fn finish(&self, outcome: Outcome) {
        self.state().outcome.get_or_insert(outcome);
        self.more.send_replace(());
        self.ended.send_replace(());
    }

    /// Whether the store has it now; publishers wait for this.
    pub(super) fn keep(&self, kept: Result<(), Failure>) {
        self.state().kept.get_or_insert(kept);
        self.ended.send_replace(());
    }

    /// Frames from the `from`th chunk on, and how it ended once it did.
    pub(super) async fn more(&self, from: usize) -> (Vec<Bytes>, Option<Outcome>) {
        self.wait(&self.more, |state| {
            (state.frames.len() > from || state.outcome.is_some())
                .then(|| (state.frames.get(from..).unwrap_or_default().to_vec(), state.outcome.clone()))
        })
        .await
    }

    /// The segment, if it is made.
    pub(super) fn made(&self) -> Option<Arc<Segment>> {
        match &self.state().outcome {
            Some(Outcome::Found(segment) | Outcome::Made { segment, .. }) => Some(Arc::clone(segment)),
            Some(Outcome::Failed(_)) | None => None,
        }
    }

    /// Waits for the end.
    pub(super) async fn outcome(&self) -> Outcome {
        self.wait(&self.ended, |state| state.outcome.clone()).await
    }

    /// Waits until the store has it, or will not have it.
    pub(super) async fn kept(&self) -> Result<(), Failure> {
        self.wait(&self.ended, |state| state.kept.clone()).await
    }

    async fn wait<T>(&self, told: &watch::Sender<()>, ready: impl Fn(&State) -> Option<T>) -> T {
        let mut changed = told.subscribe();
        loop {
            changed.mark_unchanged();
            if let Some(value) = ready(&self.state()) {
                return value;
            }
            // The sender is a field of the flight that `self` borrows: it cannot be closed here.
            let _ = changed.changed().await;
        }
    }
}

fn nobody_waits() -> Failure {
    Failure::new(FailureKind::Stopped, "nobody waited for it any more")
}
