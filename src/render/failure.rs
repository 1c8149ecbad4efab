use std::fmt;

use crate::engine::{EngineError, ErrorKind, QUEUE_FULL};

/// Why a sentence has no audio; shared by everyone who waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it means for the rest.
    pub kind: FailureKind,
    /// What happened to what, and what to do.
    pub message: String,
}

/// What a failure means for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// This sentence could not be said; the others can. Trying again later may help.
    Sentence,
    /// This sentence will never be said by this voice; the others can.
    Refused,
    /// The engine cannot run here; nothing can be said until it is there.
    Unavailable,
    /// Too much is waiting already.
    Busy,
    /// The audio was made but could not be kept.
    Store,
    /// What can be made now is not what was made then.
    Changed,
    /// Nobody waited any more, or the service stops.
    Stopped,
}

impl Failure {
    /// A failure of a kind.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Whether only this sentence is without audio: it is skipped, and the others go on.
    #[must_use]
    pub fn is_of_one_sentence(&self) -> bool {
        matches!(self.kind, FailureKind::Sentence | FailureKind::Refused)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let kind = match error.kind {
            ErrorKind::Failed if error.message.starts_with(QUEUE_FULL) => FailureKind::Busy,
            ErrorKind::Unavailable => FailureKind::Unavailable,
            ErrorKind::Stopped => FailureKind::Stopped,
            ErrorKind::Refused => FailureKind::Refused,
            ErrorKind::Crashed | ErrorKind::Failed => FailureKind::Sentence,
        };
        Self { kind, message: error.message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
