//! What listeners heard: taken from players, kept as sums, shown as figures.
//!
//! Nothing of a visit outlives the request that reports it: plays that arrive at the same time are
//! added up here and written together.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use metrics::counter;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use super::{App, AppError, Kind};
use crate::article::{ArticleId, Lang};
use crate::catalog::{DayPlays, PlaySums, PlayTotals};

/// Reports that wait for the one being written.
pub(super) const WAITING_MAX: usize = 256;

/// Reports that are written together.
const TOGETHER_MAX: usize = 64;

/// Most seconds of sound one visit can have heard.
const SECONDS_MAX: u32 = 86_400;

/// Days that figures show one by one.
const DAYS_SHOWN: u32 = 30;

/// Articles that the overview shows.
const ARTICLES_SHOWN: u32 = 100;

/// What one visit heard, as its player reports it at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Play {
    /// The revision.
    pub revision: String,
    /// The sentences that were heard: ranges of indices that rise and do not touch.
    pub heard: Vec<RangeInclusive<u32>>,
    /// Seconds of sound that were heard.
    pub seconds: u32,
    /// It came to the end.
    pub completed: bool,
}

/// A play on its way to the catalog.
#[derive(Debug)]
pub(super) struct Report {
    article: ArticleId,
    sentences: usize,
    play: Play,
    written: oneshot::Sender<bool>,
}

/// The figures of an article.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Its language.
    pub lang: Lang,
    /// Over all its revisions.
    #[serde(flatten)]
    pub totals: PlayTotals,
    /// Completed plays over all plays; 0 when there are none.
    pub completion: f64,
    /// The last days that had plays, the oldest first.
    pub days: Vec<DayFigures>,
    /// The revisions that were played, the newest first.
    pub revisions: Vec<RevisionFigures>,
    /// The revision that `sentences` is of.
    pub revision: String,
    /// What was heard of that revision, sentence by sentence.
    pub sentences: Vec<SentenceFigures>,
}

/// The figures of a revision.
#[derive(Clone, Debug, Serialize)]
pub struct RevisionFigures {
    /// The revision.
    pub revision: String,
    /// Its plays.
    #[serde(flatten)]
    pub totals: PlayTotals,
}

/// The figures of a day.
#[derive(Clone, Debug, Serialize)]
pub struct DayFigures {
    /// The day in UTC: `2026-11-26`.
    pub day: String,
    /// Its plays.
    #[serde(flatten)]
    pub totals: PlayTotals,
}

/// The figures of a sentence.
#[derive(Clone, Debug, Serialize)]
pub struct SentenceFigures {
    /// Its index.
    pub i: usize,
    /// Its text.
    pub text: String,
    /// Plays in which it was heard.
    pub heard: u32,
    /// Plays that came as far as this sentence, or further.
    pub reached: u64,
}

/// The figures of the whole service.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// Over all articles.
    #[serde(flatten)]
    pub totals: PlayTotals,
    /// Completed plays over all plays; 0 when there are none.
    pub completion: f64,
    /// The last days that had plays, the oldest first.
    pub days: Vec<DayFigures>,
    /// The most played articles.
    pub articles: Vec<ArticleFigures>,
}

/// An article in the overview.
#[derive(Clone, Debug, Serialize)]
pub struct ArticleFigures {
    /// The article.
    pub id: ArticleId,
    /// Its headline.
    pub title: Option<String>,
    /// Its language.
    pub lang: Lang,
    /// Its plays.
    #[serde(flatten)]
    pub totals: PlayTotals,
    /// Completed plays over all plays.
    pub completion: f64,
}

impl App {
    /// Counts what one visit heard. When this returns it is in the sums.
    ///
    /// # Errors
    /// An unknown or deleted article, an unknown revision, sentences it does not have; too much at
    /// once.
    pub async fn count_play(&self, id: &ArticleId, play: Play) -> Result<(), AppError> {
        self.row(id).await?;
        let sentences = self.planned(id, &play.revision).await?.plan.len();
        check(&play, sentences)?;
        let (written, answer) = oneshot::channel();
        let report = Report { article: id.clone(), sentences, play, written };
        let busy = |_| AppError::new(Kind::Busy, "plays_busy", "too many plays are reported at once");
        self.inner.plays.try_send(report).map_err(busy)?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(AppError::new(
                Kind::Unavailable,
                "plays_not_kept",
                "the play could not be counted; the service's log has the reason",
            )),
        }
    }

    /// Writes reports to the catalog, as many as wait at a time, until the service stops.
    pub(super) async fn write_plays(self, mut waiting: mpsc::Receiver<Report>) {
        let mut reports = Vec::with_capacity(TOGETHER_MAX);
        loop {
            tokio::select! {
                biased;
                received = waiting.recv_many(&mut reports, TOGETHER_MAX) => if received == 0 { return },
                () = self.inner.stop.cancelled() => return,
            }
            let counted = self.inner.catalog.add_plays(&sums(&reports)).await;
            if let Err(error) = &counted {
                tracing::error!(%error, plays = reports.len(), "plays could not be counted");
            }
            counter!("listen_plays_total").increment(*counted.as_ref().unwrap_or(&0));
            for report in reports.drain(..) {
                // Who does not wait any more needs no answer.
                let _ = report.written.send(counted.is_ok());
            }
        }
    }

    /// The figures of an article: of all its revisions, and sentence by sentence of one (the one asked
    /// for, or the newest that was played, or the current one).
    ///
    /// # Errors
    /// An unknown or deleted article, an unknown revision.
    pub async fn figures(&self, id: &ArticleId, revision: Option<&str>) -> Result<Figures, AppError> {
        let row = self.row(id).await?;
        let played = self.inner.catalog.plays_of(id).await?;
        let shown = match revision {
            Some(revision) => revision.to_owned(),
            None => played.first().map_or(&row.current_revision, |sums| &sums.revision).clone(),
        };
        let planned = self.planned(id, &shown).await?;
        let none = || PlaySums::none(id.clone(), shown.clone(), planned.plan.len());
        let sums = played.iter().find(|sums| sums.revision == shown).cloned().unwrap_or_else(none);
        let reached = sums.reached();
        let sentences = planned.plan.utterances.iter().enumerate();
        let sentences = sentences.map(|(i, utterance)| SentenceFigures {
            i,
            text: utterance.source.clone(),
            heard: sums.heard.get(i).copied().unwrap_or(0),
            reached: reached.get(i).copied().unwrap_or(0),
        });
        let mut totals = PlayTotals::default();
        played.iter().for_each(|sums| totals.add(&sums.totals));
        Ok(Figures {
            id: id.clone(),
            title: row.title,
            lang: planned.article.lang.clone(),
            totals,
            completion: completion(&totals),
            days: days(self.inner.catalog.play_days(Some(id), DAYS_SHOWN).await?),
            revisions: played
                .iter()
                .map(|sums| RevisionFigures { revision: sums.revision.clone(), totals: sums.totals })
                .collect(),
            revision: shown.clone(),
            sentences: sentences.collect(),
        })
    }

    /// The figures of the whole service, with the most played articles.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn figures_overview(&self) -> Result<Overview, AppError> {
        let catalog = &self.inner.catalog;
        let totals = catalog.play_totals().await?;
        let articles = catalog.most_played(ARTICLES_SHOWN).await?;
        Ok(Overview {
            totals,
            completion: completion(&totals),
            days: days(catalog.play_days(None, DAYS_SHOWN).await?),
            articles: articles
                .into_iter()
                .map(|played| ArticleFigures {
                    id: played.id,
                    title: played.title,
                    lang: played.lang,
                    completion: completion(&played.totals),
                    totals: played.totals,
                })
                .collect(),
        })
    }
}

fn check(play: &Play, sentences: usize) -> Result<(), AppError> {
    let unfit =
        |param, message: String| Err(AppError::new(Kind::Unprocessable, "bad_play", message).about(param));
    let rise = play.heard.windows(2).all(|pair| pair[0].end() < pair[1].start());
    if play.heard.is_empty() || play.heard.iter().any(RangeInclusive::is_empty) || !rise {
        return unfit("heard", "heard names the sentences in rising order, such as 0-12,15".to_owned());
    }
    if play.heard.last().is_some_and(|range| *range.end() as usize >= sentences) {
        return unfit("heard", format!("this revision has {sentences} sentences, counted from 0"));
    }
    if play.seconds > SECONDS_MAX {
        return unfit("seconds", format!("a visit hears at most {SECONDS_MAX} seconds"));
    }
    Ok(())
}

/// Reports added up by revision.
fn sums(reports: &[Report]) -> Vec<PlaySums> {
    let mut sums: BTreeMap<(&ArticleId, &str), PlaySums> = BTreeMap::new();
    for Report { article, sentences, play, .. } in reports {
        let sums = sums
            .entry((article, &play.revision))
            .or_insert_with(|| PlaySums::none(article.clone(), play.revision.clone(), *sentences));
        let (completed, seconds) = (u64::from(play.completed), u64::from(play.seconds));
        sums.totals.add(&PlayTotals { plays: 1, completed, seconds });
        for i in play.heard.iter().cloned().flatten() {
            sums.heard[i as usize] += 1;
        }
        if let Some(range) = play.heard.last() {
            sums.furthest[*range.end() as usize] += 1;
        }
    }
    sums.into_values().collect()
}

fn completion(totals: &PlayTotals) -> f64 {
    if totals.plays == 0 { 0.0 } else { totals.completed as f64 / totals.plays as f64 }
}

fn days(days: Vec<DayPlays>) -> Vec<DayFigures> {
    let named = |day: i64| {
        let start = jiff::Timestamp::from_second(day.checked_mul(86_400)?).ok()?;
        Some(start.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
    };
    days.into_iter()
        .filter_map(|DayPlays { day, totals }| Some(DayFigures { day: named(day)?, totals }))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn play(heard: Vec<RangeInclusive<u32>>) -> Play {
        Play { revision: "0".repeat(16), heard, seconds: 3, completed: false }
    }

    fn report(article: &str, sentences: usize, play: Play) -> Report {
        let article = article.parse().expect("an id");
        Report { article, sentences, play, written: oneshot::channel().0 }
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges, reason = "what a stranger may send")]
    fn what_cannot_have_been_heard_is_refused() {
        for heard in [
            vec![],
            vec![3..=2],
            vec![0..=3, 3..=4],
            vec![4..=4, 0..=1],
            vec![0..=10],
            vec![0..=0, u32::MAX..=u32::MAX],
        ] {
            assert!(check(&play(heard.clone()), 10).is_err(), "{heard:?}");
        }
        assert!(check(&play(vec![0..=3, 4..=4, 9..=9]), 10).is_ok());
        assert!(check(&Play { seconds: SECONDS_MAX + 1, ..play(vec![0..=0]) }, 1).is_err());
    }

    #[test]
    fn days_are_named_in_utc() {
        let totals = PlayTotals::default();
        let named = days(vec![DayPlays { day: 0, totals }, DayPlays { day: i64::MAX, totals }]);
        assert_eq!(named.iter().map(|day| day.day.as_str()).collect::<Vec<_>>(), ["1970-01-01"]);
    }

    /// Sentences that one visit heard, of ten.
    fn visit() -> impl Strategy<Value = Vec<bool>> {
        proptest::collection::vec(any::<bool>(), 10).prop_filter("something is heard", |v| v.contains(&true))
    }

    fn ranges(visit: &[bool]) -> Vec<RangeInclusive<u32>> {
        let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
        for i in (0u32..).zip(visit).filter_map(|(i, heard)| heard.then_some(i)) {
            match ranges.last_mut() {
                Some(last) if *last.end() + 1 == i => *last = *last.start()..=i,
                _ => ranges.push(i..=i),
            }
        }
        ranges
    }

    proptest! {
        #[test]
        fn sums_are_what_counting_by_hand_gives(visits in proptest::collection::vec(visit(), 1..30), cut in 0usize..30) {
            let reports: Vec<Report> = visits.iter().map(|visit| report("a", 10, play(ranges(visit)))).collect();
            for report in &reports {
                prop_assert!(check(&report.play, 10).is_ok());
            }
            let whole = sums(&reports);
            prop_assert_eq!(whole.len(), 1);
            let whole = &whole[0];
            prop_assert_eq!(whole.totals.plays, visits.len() as u64);
            let reached = whole.reached();
            for i in 0..10 {
                let heard = visits.iter().filter(|visit| visit[i]).count();
                prop_assert_eq!(whole.heard[i] as usize, heard);
                let further = visits.iter().filter(|visit| visit[i..].contains(&true)).count();
                prop_assert_eq!(reached[i] as usize, further);
            }
            prop_assert_eq!(reached[0], whole.totals.plays);
            prop_assert!(reached.windows(2).all(|pair| pair[0] >= pair[1]));
            // However the reports are cut into batches, they add up to the same.
            let (first, second) = reports.split_at(cut.min(reports.len()));
            let parts: u64 = [first, second].iter().flat_map(|part| sums(part)).map(|sums| sums.totals.plays).sum();
            prop_assert_eq!(parts, whole.totals.plays);
        }
    }
}
