//! What listeners heard, as sums.

use crate::article::{ArticleId, Lang};

/// Days that are told apart; older ones are only in the sums of their revisions.
pub const PLAY_DAYS_KEPT: i64 = 400;

/// How often something was played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct PlayTotals {
    /// Visits in which something was heard.
    pub plays: u64,
    /// Those that came to the end.
    pub completed: u64,
    /// Seconds of sound that were heard.
    pub seconds: u64,
}

impl PlayTotals {
    /// Adds another sum to this one.
    pub fn add(&mut self, other: &Self) {
        self.plays = self.plays.saturating_add(other.plays);
        self.completed = self.completed.saturating_add(other.completed);
        self.seconds = self.seconds.saturating_add(other.seconds);
    }
}

/// Sums over the plays of one revision, sentence by sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaySums {
    /// The article.
    pub article_id: ArticleId,
    /// The revision that was heard.
    pub revision: String,
    /// How often.
    pub totals: PlayTotals,
    /// For each sentence, the plays in which it was heard.
    pub heard: Vec<u32>,
    /// For each sentence, the plays that came no further.
    pub furthest: Vec<u32>,
}

impl PlaySums {
    /// No plays of a revision of so many sentences.
    #[must_use]
    pub fn none(article_id: ArticleId, revision: String, sentences: usize) -> Self {
        Self {
            article_id,
            revision,
            totals: PlayTotals::default(),
            heard: vec![0; sentences],
            furthest: vec![0; sentences],
        }
    }

    /// For each sentence, the plays that came as far as it or further: the drop-off curve. It never
    /// rises.
    #[must_use]
    pub fn reached(&self) -> Vec<u64> {
        let mut reached: Vec<u64> = self
            .furthest
            .iter()
            .rev()
            .scan(0u64, |sum, plays| {
                *sum += u64::from(*plays);
                Some(*sum)
            })
            .collect();
        reached.reverse();
        reached
    }
}

/// The sums of one day, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPlays {
    /// Days since 1970-01-01.
    pub day: i64,
    /// How often.
    pub totals: PlayTotals,
}

/// The sums of one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticlePlays {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Its language.
    pub lang: Lang,
    /// How often, over all its revisions.
    pub totals: PlayTotals,
}

/// Counts as a column keeps them.
pub(super) fn to_bytes(counts: &[u32]) -> Vec<u8> {
    counts.iter().flat_map(|count| count.to_le_bytes()).collect()
}

/// Adds the counts of a column to others, place by place. A script's length never changes, so a column
/// of another length is not ours; what fits is taken.
pub(super) fn add_bytes(counts: &mut [u32], column: &[u8]) {
    for (count, bytes) in counts.iter_mut().zip(column.as_chunks::<4>().0) {
        *count = count.saturating_add(u32::from_le_bytes(*bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_keep_their_place_and_end_at_their_most() {
        let mut counts = [1, u32::MAX, 0];
        add_bytes(&mut counts, &to_bytes(&[2, 5, 7]));
        assert_eq!(counts, [3, u32::MAX, 7]);
        add_bytes(&mut counts, &[1, 0, 0]);
        assert_eq!(counts, [3, u32::MAX, 7], "half a count is none");
    }

    #[test]
    fn the_curve_starts_at_all_plays_and_never_rises() {
        let id = "a".parse().expect("an id");
        let mut sums = PlaySums::none(id, "0".repeat(16), 4);
        sums.furthest = vec![2, 0, 5, 1];
        assert_eq!(sums.reached(), [8, 6, 6, 1]);
    }
}
