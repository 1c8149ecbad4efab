use std::time::Duration;

use tokio::task::JoinSet;

use super::studio::Finished;
use super::types::AudioFormat;
use super::{App, AppError, Kind};
use crate::article::{Note, NoteKind};
use crate::audio::Bitrate;
use crate::catalog::{Claim, ClaimQuery, ErrorKind, Finish, NewClip, NewRendition, Verdict, backoff_ms};
use crate::render::{Form, Rendition, Timeline};

/// How long a claimed article is this process's, unless the lease is renewed.
const LEASE: Duration = Duration::from_secs(60);

/// The queue is looked at this often even when nobody says that there is something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Leases that ran out and articles that fell off the queue are looked for this often.
const RECONCILE_EVERY: Duration = Duration::from_secs(30);

/// Waits before sentences that could not be said are tried again.
const SKIPPED_AGAIN: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(600), Duration::from_secs(3600)];

/// Wait for an engine that is not installed, or for room on the disk.
const UNAVAILABLE_AGAIN: Duration = Duration::from_secs(15);

impl App {
    pub(super) async fn work_on_queue(self) {
        let owner = format!("serve-{}", std::process::id());
        let mut working: JoinSet<()> = JoinSet::new();
        let mut reconcile = tokio::time::interval(RECONCILE_EVERY);
        loop {
            let free = self.config().speech.articles_at_once.saturating_sub(working.len());
            if free > 0 {
                for claim in self.claim(&owner, free).await {
                    working.spawn(self.clone().work_on(claim));
                }
            }
            tokio::select! {
                () = self.inner.stop.cancelled() => break,
                Some(_) = working.join_next(), if !working.is_empty() => {}
                () = self.inner.wake.notified() => {}
                _ = reconcile.tick() => self.reconcile().await,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while working.join_next().await.is_some() {}
    }

    async fn claim(&self, owner: &str, free: usize) -> Vec<Claim> {
        let query = ClaimQuery {
            owner: owner.to_owned(),
            lease_ms: millis(LEASE),
            limit: u32::try_from(free).unwrap_or(ClaimQuery::LIMIT_MAX).min(ClaimQuery::LIMIT_MAX),
            min_priority: i64::MIN,
        };
        match self.inner.catalog.claim(&query).await {
            Ok(claims) => claims,
            Err(error) => {
                tracing::error!(%error, "the queue cannot be read; it is tried again");
                Vec::new()
            }
        }
    }

    async fn reconcile(&self) {
        let reaped = self.inner.catalog.reap().await;
        let queued = self.inner.catalog.reconcile().await;
        match (reaped, queued) {
            (Ok(0), Ok(0)) => {}
            (Ok(reaped), Ok(queued)) => tracing::warn!(reaped, queued, "articles were put back on the queue"),
            (Err(error), _) | (_, Err(error)) => tracing::error!(%error, "the queue cannot be looked after"),
        }
    }

    /// Works on one article until it is finished, fails, or the service stops.
    async fn work_on(self, claim: Claim) {
        let mut renew = tokio::time::interval(LEASE / 3);
        renew.tick().await;
        let rendering = self.render_claim(&claim);
        tokio::pin!(rendering);
        let verdict = loop {
            tokio::select! {
                () = self.inner.stop.cancelled() => break Some(Verdict::Return { after_ms: 0 }),
                done = &mut rendering => break done.unwrap_or_else(|error| Some(verdict_of(&claim, &error))),
                _ = renew.tick() => {
                    if matches!(self.inner.catalog.renew(&claim, millis(LEASE)).await, Ok(false)) {
                        return;
                    }
                }
            }
        };
        if let Some(verdict) = verdict
            && let Err(error) = self.inner.catalog.release(&claim, &verdict).await
        {
            tracing::error!(article = %claim.article_id, %error, "the queue entry will come back when its lease runs out");
        }
        self.inner.board.changed();
    }

    /// Renders the claimed revision; what is to become of the claim, when it is not finished.
    async fn render_claim(&self, claim: &Claim) -> Result<Option<Verdict>, AppError> {
        let started = std::time::Instant::now();
        let (id, name) = (&claim.article_id, &claim.revision);
        self.inner.board.changed();
        let planned = self.planned(id, name).await?;
        let finished = self.inner.studio.render(&planned.plan, |_| ()).await?;
        let skipped = finished.rendered.skipped.len();
        if !finished.rendered.is_final()
            && let Some(wait) = SKIPPED_AGAIN.get(claim.attempt.saturating_sub(1) as usize)
        {
            let error = format!("{skipped} sentences could not be said: {}", first_reason(&finished));
            return Ok(Some(Verdict::Retry { after_ms: millis(*wait), error, payload: None }));
        }
        let mut notes = notes(&finished);
        let mut renditions = Vec::new();
        for (format, form) in [(AudioFormat::Mp3, self.inner.studio.mp3()), (AudioFormat::Wav, Form::Wav)] {
            match self.inner.studio.join(&planned.article, &finished, form) {
                Ok(rendition) => renditions.push(record(&rendition, format, &finished.timeline)?),
                Err(error) => {
                    notes.push(Note::new(NoteKind::Dropped, "too long for this format", &error.message))
                }
            }
        }
        self.forget_further(id, name, &renditions).await?;
        let finish = Finish {
            article_id: id.clone(),
            revision: name.clone(),
            claim: Some(claim.clone()),
            renditions,
            notes,
            clips: clips(&finished, self.inner.studio.renderer().bitrate()),
        };
        let earlier = self.inner.catalog.renditions_of(id, name).await?;
        match self.inner.catalog.finish(&finish).await {
            Ok(done) => {
                // What was finished before and has other bytes now is gone, and must not be at hand any more.
                for stored in earlier {
                    if let Some(format) = AudioFormat::named(&stored.rendition.format) {
                        self.forget_rope(&stored.rendition.digest, format);
                    }
                }
                self.inner.finished.send_modify(|count| *count += 1);
                let ms = started.elapsed().as_millis() as u64;
                let audio_ms = finished.timeline.duration_ms();
                tracing::info!(article = %id, revision = %name, serves = done.serves, ms, audio_ms, skipped, "an article is ready");
                Ok(None)
            }
            // Deleted, or somebody else's by now: nothing is left to do.
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn verdict_of(claim: &Claim, error: &AppError) -> Verdict {
    match error.kind {
        Kind::Unavailable | Kind::Busy => {
            tracing::warn!(article = %claim.article_id, %error, "an article waits");
            Verdict::Return { after_ms: millis(UNAVAILABLE_AGAIN) }
        }
        Kind::NotFound | Kind::Gone => Verdict::GiveUp { error: error.message.clone() },
        _ => {
            let cause = error.source.as_ref().map(|source| format!("{source:#}")).unwrap_or_default();
            tracing::error!(article = %claim.article_id, attempt = claim.attempt, %error, cause, "an article could not be rendered");
            let attempt = claim.attempt.saturating_sub(1) as usize;
            let skipped = SKIPPED_AGAIN.get(attempt).map(|wait| millis(*wait));
            match (error.code, skipped) {
                ("nothing_sayable", _) | ("nothing_said", None) => {
                    Verdict::GiveUp { error: error.message.clone() }
                }
                ("nothing_said", Some(after_ms)) => {
                    Verdict::Retry { after_ms, error: error.message.clone(), payload: None }
                }
                _ => Verdict::Retry {
                    after_ms: backoff_ms(claim.attempt),
                    error: error.message.clone(),
                    payload: None,
                },
            }
        }
    }
}

fn first_reason(finished: &Finished) -> String {
    finished.rendered.skipped.first().map_or(String::new(), |(_, failure)| failure.message.clone())
}

/// The clips of a finished revision, by their addresses.
fn clips(finished: &Finished, bitrate: Bitrate) -> Vec<NewClip> {
    let mut seen = std::collections::HashSet::new();
    let segments = finished.rendered.segments.iter().enumerate();
    segments
        .filter_map(|(i, segment)| Some((i, segment.as_ref()?.clips.get(&bitrate.encoder())?)))
        .filter(|(_, clip)| seen.insert(clip.digest))
        .map(|(i, clip)| NewClip {
            digest: *clip.digest.as_bytes(),
            i: u32::try_from(i).unwrap_or(u32::MAX),
            bytes: clip.len,
        })
        .collect()
}

/// What an editor should know of the rendering.
fn notes(finished: &Finished) -> Vec<Note> {
    finished
        .rendered
        .skipped
        .iter()
        .map(|(i, failure)| {
            let reason = format!("could not be spoken: {failure}");
            Note::new(NoteKind::Dropped, reason, &finished.plan.utterances[*i].source)
        })
        .collect()
}

/// A rendition as the catalog keeps it.
pub(super) fn record(
    rendition: &Rendition,
    format: AudioFormat,
    timeline: &Timeline,
) -> Result<NewRendition, AppError> {
    let json = |error| AppError::internal("writing a rendition's record", anyhow::Error::from(error));
    Ok(NewRendition {
        digest: rendition.digest.clone(),
        format: format.name().into_owned(),
        head: Vec::new(),
        pieces: serde_json::to_string(&rendition.rope).map_err(json)?,
        frames: rendition.frames,
        bytes: rendition.rope.len(),
        timeline: serde_json::to_string(timeline).map_err(json)?,
    })
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
