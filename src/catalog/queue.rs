//! Entries of the render queue as the catalog gives and takes them.

use crate::article::ArticleId;

/// How often an entry is claimed before it is given up. Only a claim that ended badly uses one up:
/// see [`Verdict::Return`].
pub const MAX_ATTEMPTS: u32 = 10;

/// First wait after a failure, and the longest.
const BACKOFF_FIRST_MS: i64 = 5_000;
const BACKOFF_MAX_MS: i64 = 3_600_000;

/// How long to wait after the given attempt (from 1) failed: 5 s, doubled each time, at most an hour.
#[must_use]
pub fn backoff_ms(attempt: u32) -> i64 {
    let doubled = 1_i64 << attempt.saturating_sub(1).min(20);
    (BACKOFF_FIRST_MS * doubled).min(BACKOFF_MAX_MS)
}

/// What a worker is ready to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimQuery {
    /// Who claims: a name no other process or worker has.
    pub owner: String,
    /// How long the lease lasts unless it is renewed.
    pub lease_ms: i64,
    /// At most so many; at most [`ClaimQuery::LIMIT_MAX`].
    pub limit: u32,
    /// Nothing below this priority: for the worker that takes only listeners' work.
    pub min_priority: i64,
}

impl ClaimQuery {
    /// The most entries of one claim.
    pub const LIMIT_MAX: u32 = 64;
}

/// A leased entry. Owner and attempt fence it: after the lease has gone to somebody else, nothing can
/// be done with this claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Number of the entry.
    pub id: i64,
    /// The article.
    pub article_id: ArticleId,
    /// The revision to make.
    pub revision: String,
    /// Its priority.
    pub priority: i64,
    /// Who claimed it.
    pub owner: String,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Until when it is the owner's.
    pub lease_until_ms: i64,
    /// What the last attempt left for this one ([`Verdict::Retry`]), as JSON.
    pub payload: Option<String>,
}

/// How a claim ended, when it did not end in [`finish`](super::Renditions::finish).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again. The last attempt's failure is final.
    Retry {
        /// Not before this long from now.
        after_ms: i64,
        /// What went wrong.
        error: String,
        /// What the next attempt should know (which sentences were skipped, how often), as JSON.
        payload: Option<String>,
    },
    /// Do not try again.
    GiveUp {
        /// What went wrong.
        error: String,
    },
    /// Nothing went wrong (a shutdown, no engine installed yet): due again after a while, the attempt
    /// does not count.
    Return {
        /// Not before this long from now.
        after_ms: i64,
    },
}

/// What became of a released entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// It waits for its next attempt.
    Queued,
    /// It was given up: the revision has failed, with the last error.
    Failed,
    /// It was no longer the caller's; nothing was changed.
    Lost,
}

/// What waits and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Waiting entries by priority, the highest first.
    pub waiting: Vec<(i64, u64)>,
    /// Leased entries.
    pub leased: u64,
    /// Entries that were given up.
    pub dead: u64,
    /// When the oldest waiting entry was made.
    pub oldest_ms: Option<i64>,
}

impl Depth {
    /// Waiting entries of all priorities.
    #[must_use]
    pub fn waiting_total(&self) -> u64 {
        self.waiting.iter().map(|(_, entries)| entries).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let table =
            [(0, 5_000), (1, 5_000), (2, 10_000), (5, 80_000), (11, 3_600_000), (u32::MAX, 3_600_000)];
        for (attempt, wait_ms) in table {
            assert_eq!(backoff_ms(attempt), wait_ms, "{attempt}");
        }
    }
}
